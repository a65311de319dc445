"""The app on real stores: MariaDB and Redis where DATABASE_URL and REDIS_URL say so, else SQLite and this process."""

import os
import shutil
import subprocess
import uuid
from io import BytesIO
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from redis import Redis
from sqlalchemy import delete, func, select

from flask_stream import create_app
from flask_stream.config import PROJECT_ROOT
from flask_stream.extensions import db
from flask_stream.models import StoredEvent, Upload
from tests.pictures import png

MIGRATIONS = str(PROJECT_ROOT / "migrations")


def pytest_collection_modifyitems(items):
    missing = [name for name in ("ffmpeg", "ffprobe") if not shutil.which(name)]
    for item in items:
        if missing and item.get_closest_marker("ffmpeg"):
            item.add_marker(pytest.mark.skip(reason=f"{' and '.join(missing)} not installed"))


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """What all apps of the run share: the database."""
    folder = tmp_path_factory.mktemp("data")
    uri = os.environ.get("DATABASE_URL")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(folder))
        app = create_app({"SECRET_KEY": "test", "TESTING": True})
        with app.app_context():
            if uri:
                _require_usable_database()
            else:
                upgrade(MIGRATIONS)
            db.engine.dispose()
        yield {"SECRET_KEY": "test", "TESTING": True, "CACHE_SECONDS": 60, "KEEPALIVE_SECONDS": 0.2}


def _require_usable_database():
    """The tests empty the tables, so they refuse a database that holds something or is not theirs to migrate."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(MIGRATIONS).get_current_head()
    if current != head:
        pytest.exit(f"DATABASE_URL is at revision {current}, not {head}. Run `flask --app flask_stream db upgrade`.", 4)
    if db.session.scalar(select(func.count()).select_from(Upload)):
        pytest.exit(
            "DATABASE_URL holds uploads, and the tests would delete them. Give them a database of their own.", 4
        )


@pytest.fixture
def make_app(settings, tmp_path):
    """Makes apps that share one set of stores, as several workers do; everything is empty before and after."""
    prefix = f"test-{uuid.uuid4().hex}:"
    apps = []

    def make(**overrides):
        app = create_app({**settings, "UPLOAD_FOLDER": str(tmp_path), "REDIS_PREFIX": prefix, **overrides})
        apps.append(app)
        return app

    _empty_tables(make())
    yield make
    for app in apps:
        app.extensions["broker"].close()
    _empty_tables(apps[0])
    for app in apps:
        with app.app_context():
            db.engine.dispose()
    _empty_redis(prefix)


def _empty_tables(app):
    with app.app_context():
        db.session.execute(delete(Upload))
        db.session.execute(delete(StoredEvent))
        db.session.commit()


def _empty_redis(prefix):
    url = os.environ.get("REDIS_URL")
    if url:
        with Redis.from_url(url) as client:
            for key in client.scan_iter(f"{prefix}*"):
                client.delete(key)


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def upload(client):
    """Sends a file through the API; a green PNG when nothing else is said."""

    def send(content=None, name="picture.png", title=None, via=client):
        form = {"file": (BytesIO(png() if content is None else content), name)}
        if title is not None:
            form["title"] = title
        return via.post("/api/uploads", data=form)

    return send


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """Real files of every accepted format, two seconds of a test picture where there is time."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name, *options):
        source = ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=10:duration=2"]
        target = folder / name
        subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *options, str(target)], check=True)
        return target.read_bytes()

    return {
        "clip.mp4": make("clip.mp4", "-c:v", "mpeg4"),
        "clip.mov": make("clip.mov", "-c:v", "mjpeg"),
        "clip.webm": make("clip.webm", "-c:v", "libvpx", "-deadline", "realtime"),
        "picture.jpg": make("picture.jpg", "-frames:v", "1"),
        "picture.gif": make("picture.gif", "-frames:v", "3"),
        "picture.webp": make("picture.webp", "-frames:v", "1"),
        "picture.png": make("picture.png", "-frames:v", "1"),
    }


@pytest.fixture
def files(tmp_path):
    """Names of what is in the upload folder now."""
    return lambda: sorted(path.name for path in Path(tmp_path).iterdir())
