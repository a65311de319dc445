import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from gallery.config import ConfigError
from gallery.database import SCHEMA, connect, migrate, statements

NEWEST = len(list(SCHEMA.glob("*.sql")))

ITEM = (
    "INSERT INTO items (key, kind, title, content_type, filename, preview, size, owner)"
    " VALUES (?, 'picture', ?, 'image/png', ? || '.png', ? || '.jpg', 5, 'me')"
)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "gallery.sqlite3")


def tables(path):
    with closing(connect(path)) as connection:
        return {row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_empty_file_gets_everything_and_a_second_time_nothing(path):
    assert migrate(path) == NEWEST
    assert {"items", "items_text"} <= tables(path)
    assert migrate(path) == NEWEST


def test_rows_from_before_are_kept_and_found(path):
    migrate(path, newest=1)
    with closing(connect(path)) as connection:
        connection.execute(ITEM, ["k", "Früher Morgen", "k", "k"])
    migrate(path)
    with closing(connect(path)) as connection:
        found = connection.execute("SELECT rowid FROM items_text WHERE items_text MATCH 'fruher'").fetchall()
    assert len(found) == 1


def test_a_step_that_fails_leaves_nothing_behind(path, monkeypatch, tmp_path):
    (tmp_path / "001_good.sql").write_text("CREATE TABLE good (x);")
    (tmp_path / "002_bad.sql").write_text("CREATE TABLE half (x);\nCREATE TABLE good (x);")
    monkeypatch.setattr("gallery.database.SCHEMA", tmp_path)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(path)
    assert tables(path) == set()


def test_a_file_of_a_newer_release_is_left_alone(path):
    migrate(path)
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="version 99"):
        migrate(path)


def test_workers_that_start_together_do_not_meet(path):
    with ThreadPoolExecutor(8) as workers:
        assert set(workers.map(lambda _: migrate(path), range(24))) == {NEWEST}


def test_a_reader_does_not_wait_for_a_writer(path):
    migrate(path)
    with closing(connect(path)) as writer, closing(connect(path)) as reader:
        reader.execute("PRAGMA busy_timeout = 0")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(ITEM, ["k", "Unfinished", "k", "k"])
        assert reader.execute("SELECT count(*) FROM items").fetchone()[0] == 0
        writer.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM items").fetchone()[0] == 1


def test_triggers_are_one_statement():
    script = "CREATE TABLE t (x);\nCREATE TRIGGER a AFTER INSERT ON t BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;\n"
    assert len(list(statements(script))) == 2
