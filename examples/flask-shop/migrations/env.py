"""How Alembic runs in this app: with the app's own engine, one process at a time."""

from contextlib import contextmanager
from logging.config import fileConfig

from alembic import context
from flask import current_app
from sqlalchemy import text

config = context.config
if config.config_file_name and not current_app.testing:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

migrate = current_app.extensions["migrate"]

LOCK = "flask-shop migrations"
LOCK_SECONDS = 60


@contextmanager
def migration_lock(connection):
    """Let replicas that start together migrate one after the other."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('lock_timeout', :limit, false)"), {"limit": f"{LOCK_SECONDS}s"})
        connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": LOCK})
        release = "SELECT pg_advisory_unlock(hashtext(:name))"
    else:
        if not connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {"name": LOCK, "seconds": LOCK_SECONDS}):
            raise RuntimeError(f"another process has been migrating this database for {LOCK_SECONDS} seconds")
        release = "SELECT RELEASE_LOCK(:name)"
    # The lock belongs to the connection; its transaction must be over before the migrations begin theirs.
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text(release), {"name": LOCK})
        connection.commit()


def drop_empty_revision(_context, _revision, directives):
    """Write no file when `flask db migrate` finds nothing to do."""
    if getattr(config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run_online():
    arguments = {"process_revision_directives": drop_empty_revision, **migrate.configure_args}
    with migrate.db.engine.connect() as connection, migration_lock(connection):
        context.configure(connection=connection, target_metadata=migrate.db.metadata, **arguments)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def run_offline():
    url = migrate.db.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, target_metadata=migrate.db.metadata, literal_binds=True, **migrate.configure_args)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
