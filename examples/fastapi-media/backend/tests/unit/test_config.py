import pytest

from media.config import ConfigError, database_url, read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "MAX_UPLOAD_MB", "MAX_SECONDS", "UPLOAD_TOKEN_HASH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def test_without_a_database_a_file_does(tmp_path):
    settings = read_settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/media.sqlite3"
    assert settings.uploads == tmp_path / "uploads"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_usual_spelling_means_postgresql(scheme, tmp_path):
    assert database_url(f"{scheme}://u:p@db/app", tmp_path) == "postgresql+psycopg2://u:p@db/app"


@pytest.mark.parametrize(("url", "reason"), [("db/app", "not a URL"), ("mysql://u:p@db/app", "begins with mysql://")])
def test_another_database_is_refused_by_name(url, reason, tmp_path):
    with pytest.raises(ConfigError, match=reason):
        database_url(url, tmp_path)


def test_messages_do_not_repeat_passwords(tmp_path):
    with pytest.raises(ConfigError) as caught:
        database_url("oracle://u:hunter2@db/app", tmp_path)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("value", ["0", "-3", "ten"])
def test_a_number_that_makes_no_sense_is_refused(monkeypatch, value):
    monkeypatch.setenv("MAX_SECONDS", value)
    with pytest.raises(ConfigError, match="MAX_SECONDS"):
        read_settings()
