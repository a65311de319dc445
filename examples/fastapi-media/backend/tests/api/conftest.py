"""The app on real databases: SQLite always, and PostgreSQL where DATABASE_URL names one."""

import os
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import delete, func, inspect, select
from sqlalchemy.orm import Session

from media.app import create_app
from media.config import PROJECT_ROOT, Settings, database_url
from media.database import make_engine
from media.models import Medium
from tests.samples import png


def alembic_config(url):
    config = Config(PROJECT_ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request, tmp_path_factory):
    """URL of a migrated, empty database."""
    given = os.environ.get("DATABASE_URL")
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('data')}/media.sqlite3"
    elif given:
        url = database_url(given, Path())
        _refuse_a_used_database(url)
    else:
        pytest.skip("DATABASE_URL names no PostgreSQL")
    command.upgrade(alembic_config(url), "head")
    return url


def _refuse_a_used_database(url):
    """The tests empty the table, so they refuse one that holds something."""
    engine = make_engine(url)
    with Session(engine) as session:
        if inspect(engine).has_table("media") and session.scalar(select(func.count()).select_from(Medium)):
            pytest.exit(
                "DATABASE_URL holds media, and the tests would delete them. Give them a database of their own.", 4
            )
    engine.dispose()


@pytest.fixture
def settings(database, tmp_path):
    return Settings(data=tmp_path, database_url=database)


@pytest.fixture
def client(settings):
    app = create_app(settings)
    with TestClient(app) as client:
        yield client
        with Session(app.state.engine) as session:
            session.execute(delete(Medium))
            session.commit()


@pytest.fixture
def send(client):
    """Sends a file; a picture when nothing else is said."""

    def post(content=None, name="picture.png", via=client, **options):
        return via.post("/media", files={"file": (name, png() if content is None else content)}, **options)

    return post


@pytest.fixture
def files(settings):
    """Names of what is stored now."""
    return lambda: sorted(path.name for path in settings.uploads.iterdir()) if settings.uploads.exists() else []
