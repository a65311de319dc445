import os
from datetime import datetime

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, func, select

from flask_stream.extensions import db
from flask_stream.models import StoredEvent, Upload
from tests.integration.conftest import MIGRATIONS

on_mariadb = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith(("mysql", "mariadb")), reason="DATABASE_URL names no MariaDB"
)


def row(number, **more):
    values = {
        "key": f"key-{number}",
        "title": f"Früher 🌊 {number}",
        "content_type": "video/mp4",
        "filename": f"{number}.mp4",
        "thumbnail": f"{number}.jpg",
        "size": 5_000_000_000,
        "created_at": datetime(2025, 1, 2, 3, 4, number % 60),
        "width": 640,
        "duration": 12.345,
    }
    return Upload(**{**values, **more})


@pytest.fixture
def file(make_app, tmp_path):
    """An SQLite wall with 1200 uploads and one event; the newest of both were deleted again."""
    path = tmp_path / "old" / "wall.db"
    path.parent.mkdir()
    with make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}").app_context():
        upgrade(MIGRATIONS)
        db.session.add_all([row(number) for number in range(1, 1202)])
        db.session.add_all([StoredEvent(kind="upload.created", data='{"id": "ü"}') for _ in range(2)])
        db.session.commit()
        db.session.execute(delete(Upload).where(Upload.id == 1201))
        db.session.execute(delete(StoredEvent).where(StoredEvent.id == 2))
        db.session.commit()
        db.engine.dispose()
    return path


@pytest.fixture
def change(make_app, file):
    """Does something to the SQLite wall."""

    def run(action):
        with make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{file}").app_context():
            action()
            db.engine.dispose()

    return run


@pytest.fixture
def run(app):
    """Runs the command."""
    return lambda *arguments: app.test_cli_runner().invoke(args=["import-sqlite", *map(str, arguments)])


def count(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Upload))


@on_mariadb
def test_a_wall_moves_with_everything_on_it(app, client, file, run):
    assert client.get("/api/uploads").json["total"] == 0
    before = file.read_bytes()
    result = run(file)
    assert result.exit_code == 0, result.output
    assert "uploads: 1200\n" in result.output
    assert "events: 1\n" in result.output
    assert file.read_bytes() == before
    page = client.get("/api/uploads?per_page=1").json
    assert page["total"] == 1200
    assert page["items"][0] == {
        "id": "key-1200",
        "title": "Früher 🌊 1200",
        "kind": "video",
        "content_type": "video/mp4",
        "size": 5_000_000_000,
        "width": 640,
        "height": None,
        "duration": pytest.approx(12.345),
        "created_at": "2025-01-02T03:04:00Z",
        "url": "/media/key-1200",
        "thumbnail_url": "/media/key-1200/thumbnail",
    }
    with app.app_context():
        assert db.session.scalars(select(Upload.id).order_by(Upload.id)).all() == list(range(1, 1201))
        assert db.session.scalar(select(StoredEvent.data)) == '{"id": "ü"}'


@on_mariadb
def test_ids_that_were_used_once_are_not_used_again(app, file, run):
    assert run(file).exit_code == 0
    with app.app_context():
        new = [row(2000), StoredEvent(kind="upload.created", data="{}")]
        db.session.add_all(new)
        db.session.commit()
        assert [item.id for item in new] == [1202, 3]


@on_mariadb
def test_files_that_did_not_come_along_are_named(file, run, tmp_path):
    for number in range(1, 1201):
        (tmp_path / f"{number}.jpg").touch()
        if number != 7:
            (tmp_path / f"{number}.mp4").touch()
    result = run(file)
    assert [line for line in result.output.splitlines() if "missing" in line] == ["missing in the upload folder: 7.mp4"]


@on_mariadb
def test_a_wall_with_something_on_it_is_not_overwritten(app, file, run):
    with app.app_context():
        db.session.add(row(1))
        db.session.commit()
    result = run(file)
    assert result.exit_code == 1
    assert "uploads of DATABASE_URL is not empty" in result.output
    assert count(app) == 1


@on_mariadb
def test_a_row_that_does_not_fit_leaves_nothing(app, change, file, run):
    def add_long_title():
        # SQLite takes it: it does not know how long a text may be.
        db.session.add(row(1500, title="x" * 201))
        db.session.commit()

    change(add_long_title)
    result = run(file)
    assert result.exit_code == 1
    assert "nothing was copied" in result.output
    assert "title" in result.output
    assert count(app) == 0


@on_mariadb
def test_an_older_wall_is_upgraded_first(app, change, file, run):
    change(lambda: downgrade(MIGRATIONS, revision="0002"))
    result = run(file)
    assert result.exit_code == 1
    assert "at revision 0002, DATABASE_URL at 0003" in result.output
    change(lambda: upgrade(MIGRATIONS))
    assert run(file).exit_code == 0
    assert count(app) == 1200


@on_mariadb
@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "There is no file"), (b"", "is no database of this app"), (b"just text" * 200, "not a database")],
)
def test_what_is_no_wall_is_refused(tmp_path, run, content, problem):
    path = tmp_path / "other.db"
    if content is not None:
        path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 1
    assert problem in result.output


def test_sqlite_is_no_target(make_app, file, tmp_path):
    app = make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/new.db")
    result = app.test_cli_runner().invoke(args=["import-sqlite", str(file)])
    assert result.exit_code == 1
    assert "DATABASE_URL is a sqlite database" in result.output
