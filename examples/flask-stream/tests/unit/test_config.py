from pathlib import Path

import pytest

from flask_stream import ConfigError, create_app
from flask_stream.config import Config, data_directory, database_url

VARIABLES = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "UPLOAD_FOLDER", "MAX_UPLOAD_MB", "LOG_LEVEL", "FLASK_DEBUG")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def test_without_settings_the_database_is_a_file_in_the_data_directory(tmp_path):
    assert f"sqlite:///{tmp_path}/flask-stream.db" == Config().SQLALCHEMY_DATABASE_URI
    assert str(tmp_path / "uploads") == Config().UPLOAD_FOLDER


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("mysql://u:p@db/app", "mysql+pymysql://u:p@db/app?charset=utf8mb4"),
        ("mariadb://u:p@db/app", "mariadb+pymysql://u:p@db/app?charset=utf8mb4"),
        ("mysql+pymysql://u:p@db/app?ssl=1", "mysql+pymysql://u:p@db/app?ssl=1&charset=utf8mb4"),
        ("mysql://u:p@db/app?charset=latin1", "mysql+pymysql://u:p@db/app?charset=latin1"),
        ("sqlite:////srv/app.db", "sqlite:////srv/app.db"),
    ],
)
def test_database_url_gets_its_driver_and_character_set(given, expected):
    assert database_url(given, Path("/unused")) == expected


@pytest.mark.parametrize("given", ["postgresql://u:secret@db/app", "secret"])
def test_unusable_database_url_is_refused_without_showing_its_password(given):
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        database_url(given, Path("/unused"))
    assert "secret" not in str(caught.value)


def test_secret_key_is_required():
    with pytest.raises(ConfigError, match="SECRET_KEY is not set"):
        create_app()


def test_secret_key_is_not_required_in_debug_mode(monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert create_app().config["SECRET_KEY"]


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("MAX_UPLOAD_MB", "big", "MAX_UPLOAD_MB is 'big'. Expected a whole number"),
        ("MAX_UPLOAD_MB", "0", "Expected 1 or more"),
        ("LOG_LEVEL", "loud", "Expected one of DEBUG, INFO"),
    ],
)
def test_wrong_value_is_named(monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=message):
        Config()


def test_unreadable_redis_url_is_named(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    monkeypatch.setenv("REDIS_URL", "cache:6379")
    with pytest.raises(ConfigError, match="REDIS_URL"):
        create_app()


def test_data_directory_that_cannot_be_written_is_refused(monkeypatch):
    # Not even root can make a directory in /proc.
    monkeypatch.setenv("DATA_DIR", "/proc/version/data")
    with pytest.raises(ConfigError, match="DATA_DIR"):
        data_directory()


def test_data_directory_falls_back_when_the_code_is_read_only(monkeypatch):
    monkeypatch.delenv("DATA_DIR")
    monkeypatch.setattr("flask_stream.config._is_writable", lambda path: False)
    assert data_directory().name.startswith("flask-stream-")
