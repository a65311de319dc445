import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from media.config import PROJECT_ROOT
from media.database import make_engine
from media.models import Base
from tests.api.conftest import alembic_config


@pytest.fixture
def config(database):
    """Alembic on a database that is at the newest revision again afterwards, whatever a test does to it."""
    config = alembic_config(database)
    yield config
    command.upgrade(config, "head")


@pytest.fixture
def engine(database):
    engine = make_engine(database)
    yield engine
    engine.dispose()


def test_there_is_one_newest_revision(config):
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_models_and_migrations_agree(config, engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_everything_can_be_taken_back_and_brought_again(config, engine):
    command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    command.upgrade(config, "head")
    assert "media" in inspect(engine).get_table_names()


def test_rows_survive_the_newest_revision(config, engine):
    command.downgrade(config, "0001")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO media (id, name, content_type, filename, size, created_at, width, height)"
                " VALUES ('k', 'früher 🌊', 'image/png', 'k.png', 5000000000, '2025-01-02 03:04:05', 4, 3)"
            )
        )
    command.upgrade(config, "head")
    with engine.begin() as connection:
        row = connection.execute(text("SELECT name, size, fingerprint FROM media")).one()
        connection.execute(text("DELETE FROM media"))
    assert tuple(row) == ("früher 🌊", 5_000_000_000, None)


# An SQLite file has one machine, which migrates before it starts.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_replicas_that_start_together_migrate_one_after_the_other(config, database, engine):
    command.downgrade(config, "base")
    script = (
        "import sys; from alembic import command; from tests.api.conftest import alembic_config;"
        "command.upgrade(alembic_config(sys.argv[1]), 'head')"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, database], cwd=PROJECT_ROOT) for _ in range(4)]
    assert [run.wait(timeout=60) for run in runs] == [0, 0, 0, 0]
    assert "media" in inspect(engine).get_table_names()
