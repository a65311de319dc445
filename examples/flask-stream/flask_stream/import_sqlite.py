"""Moves a wall from its SQLite file to MariaDB, as a whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from flask_stream.extensions import db

BATCH = 500


class ImportRefusedError(Exception):
    """Nothing was changed; the text says why and what to do."""


def import_sqlite(file: Path, target: Engine) -> dict[str, int]:
    """Copy every row with its id into the empty database `target`; how many rows each table got."""
    if target.dialect.name not in ("mysql", "mariadb"):
        raise ImportRefusedError(f"DATABASE_URL is a {target.dialect.name} database. Expected mysql:// or mariadb://.")
    if not file.is_file():
        raise ImportRefusedError(f"There is no file {file}.")
    source = create_engine(f"sqlite:///file:{file.absolute()}?mode=ro&uri=true")
    try:
        with source.connect() as reader:
            with target.begin() as writer:
                _require_same_revision(reader, writer, file)
                counts = {table.name: _copy(table, reader, writer) for table in db.metadata.sorted_tables}
            # In MariaDB this ends a transaction, so it comes when everything is there.
            with target.begin() as writer:
                for name, last in _sequences(reader):
                    writer.execute(text(f"ALTER TABLE {name} AUTO_INCREMENT = {last + 1}"))
        return counts
    except DBAPIError as error:
        raise ImportRefusedError(f"The database refused a row, and nothing was copied: {error.orig}") from None
    finally:
        source.dispose()


def _require_same_revision(reader: Connection, writer: Connection, file: Path) -> None:
    here = MigrationContext.configure(reader).get_current_revision()
    there = MigrationContext.configure(writer).get_current_revision()
    if here is None:
        raise ImportRefusedError(f"{file} is no database of this app.")
    if here != there:
        raise ImportRefusedError(
            f"{file} is at revision {here}, DATABASE_URL at {there}. "
            "Run `flask --app flask_stream db upgrade` on both first."
        )


def _copy(table: Table, reader: Connection, writer: Connection) -> int:
    if writer.scalar(select(func.count()).select_from(table)):
        raise ImportRefusedError(f"The table {table.name} of DATABASE_URL is not empty, and nothing is overwritten.")
    # The tables' own types read and write, so times stay times whatever SQLite keeps them as.
    rows = reader.execution_options(yield_per=BATCH).execute(select(table).order_by(*table.primary_key))
    for batch in rows.mappings().partitions(BATCH):
        writer.execute(table.insert(), [dict(row) for row in batch])
    expected = reader.scalar(select(func.count()).select_from(table)) or 0
    copied = writer.scalar(select(func.count()).select_from(table)) or 0
    if copied != expected:
        raise ImportRefusedError(f"{copied} of {expected} rows of {table.name} arrived, and nothing was kept.")
    return copied


def _sequences(reader: Connection) -> Iterator[tuple[str, int]]:
    """The last id that was ever given out in each table; the row that had it may be gone, and the id stays used."""
    for name, last in reader.execute(text("SELECT name, seq FROM sqlite_sequence")):
        if name in db.metadata.tables:
            yield name, int(last)
