import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from gallery.config import Config, ConfigError, kept_secret, make_directories


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in ("DATA_DIR", "DATABASE_DIR", "UPLOAD_FOLDER", "SECRET_KEY", "MAX_UPLOAD_MB", "MAX_TRACK_MINUTES", "PER_PAGE"):
        monkeypatch.delenv(name, raising=False)


def test_database_and_uploads_lie_apart_below_the_data_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    config = Config({})
    assert f"{tmp_path}/db/gallery.sqlite3" == config.DATABASE
    assert f"{tmp_path}/uploads" == config.UPLOAD_FOLDER


def test_each_can_have_a_volume_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_DIR", str(tmp_path / "db_data"))
    monkeypatch.setenv("UPLOAD_FOLDER", str(tmp_path / "elsewhere"))
    config = Config({})
    make_directories(vars(config))
    assert f"{tmp_path}/db_data/gallery.sqlite3" == config.DATABASE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["db_data", "elsewhere"]


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_a_number_that_makes_no_sense_is_refused_by_name(monkeypatch, tmp_path, value):
    monkeypatch.setenv("MAX_UPLOAD_MB", value)
    with pytest.raises(ConfigError, match="MAX_UPLOAD_MB is"):
        Config({"DATA_DIR": str(tmp_path)})


def test_a_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file/uploads cannot be made"):
        make_directories({"DATABASE": str(tmp_path / "db" / "x"), "UPLOAD_FOLDER": str(tmp_path / "file" / "uploads")})


def test_the_environment_gives_the_key_first(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "from outside")
    assert Config({"DATA_DIR": str(tmp_path)}).SECRET_KEY == "from outside"
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_its_own_stays_the_same_and_is_for_this_user_alone(tmp_path):
    key = kept_secret(tmp_path)
    assert len(key) == 64
    assert kept_secret(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_workers_that_start_together_get_one_key(monkeypatch, tmp_path):
    # Threads of this process stand for workers: each with a process id of its own.
    pids = iter(range(1000, 1100))
    monkeypatch.setattr("os.getpid", lambda: next(pids))
    with ThreadPoolExecutor(16) as workers:
        keys = set(workers.map(lambda _: kept_secret(tmp_path), range(64)))
    assert len(keys) == 1
