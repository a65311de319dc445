import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from flask_stream.extensions import db
from tests.integration.conftest import MIGRATIONS

REVISIONS = [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()][::-1]


@pytest.fixture
def context(app):
    """An app whose database is at the newest revision again afterwards, whatever a test does to it."""
    with app.app_context():
        yield
        upgrade(MIGRATIONS)


def current():
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def test_there_is_one_newest_revision():
    assert len(ScriptDirectory(MIGRATIONS).get_heads()) == 1


def test_models_and_migrations_agree(context):
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_everything_can_be_taken_back_and_brought_again(context):
    downgrade(MIGRATIONS, revision="base")
    assert tables() == set()
    upgrade(MIGRATIONS)
    assert tables() == {"uploads", "events"}


def test_each_revision_goes_up_down_and_up(context):
    downgrade(MIGRATIONS, revision="base")
    for revision in REVISIONS:
        upgrade(MIGRATIONS, revision=revision)
        downgrade(MIGRATIONS, revision="-1")
        upgrade(MIGRATIONS, revision=revision)
        assert current() == revision


def test_upgrading_twice_changes_nothing(context):
    upgrade(MIGRATIONS)
    assert current() == REVISIONS[-1]


def test_rows_survive_the_newest_revision(context):
    downgrade(MIGRATIONS, revision="0002")
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO uploads (`key`, title, content_type, filename, thumbnail, size, created_at)"
                " VALUES ('k', 'Früher 🌊', 'image/png', 'k.png', 'k.jpg', 5000000000, '2025-01-02 03:04:05')"
            )
        )
    upgrade(MIGRATIONS)
    with db.engine.connect() as connection:
        row = connection.execute(text("SELECT title, size, width, duration FROM uploads")).one()
    assert tuple(row) == ("Früher 🌊", 5_000_000_000, None, None)
