"""How Alembic runs in this app: on the app's own database, one process at a time."""

from contextlib import contextmanager

from alembic import context
from sqlalchemy import text

from media.config import read_settings
from media.database import make_engine
from media.models import Base

# A number that only this app's migrations use.
LOCK = 7_460_113

OPTIONS = {"target_metadata": Base.metadata, "render_as_batch": True, "compare_type": True}


@contextmanager
def migration_lock(connection):
    """Let replicas that start together migrate one after the other."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        connection.commit()


def run_online():
    engine = make_engine(context.config.attributes.get("url") or read_settings().database_url)
    with engine.connect() as connection, migration_lock(connection):
        context.configure(connection=connection, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


def run_offline():
    context.configure(url=read_settings().database_url, literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
