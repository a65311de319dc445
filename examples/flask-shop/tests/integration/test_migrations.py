from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from flask_shop.extensions import db


def test_the_migrated_schema_is_that_of_the_models(app):
    with app.app_context(), db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_migrating_again_changes_nothing(app):
    result = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 0, result.output
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output
