import pytest

from flask_shop import ConfigError
from flask_shop.config import Config, database_url

GOOD = {
    "SECRET_KEY": "x",
    "DATABASE_URL": "postgresql://u:p@db/shop",
    "REDIS_URL": "redis://cache:6379/0",
    "SMTP_URL": "smtp://mail:25",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("CELERY_BROKER_URL", "CACHE_SECONDS", "LOG_LEVEL", "CONFIRM_AGAIN_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://u:p@db/shop", "postgresql+psycopg://u:p@db/shop"),
        ("postgres://u:p@db/shop", "postgresql+psycopg://u:p@db/shop"),
        ("postgresql+psycopg://u:p@db/shop?sslmode=require", "postgresql+psycopg://u:p@db/shop?sslmode=require"),
        ("mysql://u:p@db/shop", "mysql+pymysql://u:p@db/shop?charset=utf8mb4"),
        ("mariadb://u:p@db/shop", "mariadb+pymysql://u:p@db/shop?charset=utf8mb4"),
        ("mysql+pymysql://u:p@db/shop?charset=latin1", "mysql+pymysql://u:p@db/shop?charset=latin1"),
    ],
)
def test_database_url_gets_its_driver(given, expected):
    assert database_url(given) == expected


@pytest.mark.parametrize("given", ["sqlite:///shop.db", "oracle://u:secret@db/shop", "secret"])
def test_unusable_database_url_is_refused_without_showing_its_password(given):
    with pytest.raises(ConfigError, match="DATABASE_URL") as caught:
        database_url(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", GOOD)
def test_what_is_required_is_named(monkeypatch, name):
    monkeypatch.setenv(name, "")
    with pytest.raises(ConfigError, match=f"{name} is not set"):
        Config()


def test_the_broker_is_redis_unless_another_is_named(monkeypatch):
    assert Config().BROKER_URL == "redis://cache:6379/0"
    monkeypatch.setenv("CELERY_BROKER_URL", "amqp://u:p@rabbit:5672//")
    assert Config().BROKER_URL == "amqp://u:p@rabbit:5672//"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CELERY_BROKER_URL", "kafka://broker", "CELERY_BROKER_URL is not a URL"),
        ("SMTP_URL", "mail:25", "SMTP_URL is not a URL"),
        ("REDIS_URL", "cache:6379", "REDIS_URL is not a URL"),
        ("CACHE_SECONDS", "long", "CACHE_SECONDS is 'long'. Expected a whole number"),
        ("CONFIRM_AGAIN_SECONDS", "0", "Expected 1 or more"),
        ("LOG_LEVEL", "loud", "Expected one of DEBUG, INFO"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=message):
        Config()
