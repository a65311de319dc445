"""The SQLite file: connections, and the steps that bring its schema to the newest version."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from flask import Flask, current_app, g

from gallery.config import ConfigError

SCHEMA = Path(__file__).parent / "schema"


def connect(path: str) -> sqlite3.Connection:
    """A connection that waits for other workers' writes instead of failing, and commits each statement by itself."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None)
    connection.row_factory = sqlite3.Row
    # Readers go on while one worker writes.
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def migrate(path: str, newest: int | None = None) -> int:
    """Apply the steps of schema/ that the file has not had yet, all or none; safe when workers start together.

    Returns the version. Raises ConfigError when the file is newer than this program.
    """
    steps = {int(file.name[:3]): file for file in sorted(SCHEMA.glob("*.sql"))}
    goal = max(steps) if newest is None else newest
    with closing(connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > max(steps):
            raise ConfigError(f"{path} is of version {version}, made by a newer release; this one knows {max(steps)}.")
        for number in range(version + 1, goal + 1):
            for statement in statements(steps[number].read_text()):
                connection.execute(statement)
        version = max(version, goal)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    return version


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: sqlite3's own executescript would commit before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def get() -> sqlite3.Connection:
    """The connection of the current request."""
    if "database" not in g:
        g.database = connect(current_app.config["DATABASE"])
    return g.database


def init_app(app: Flask) -> None:
    """Close each request's connection when the request ends."""

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        connection = g.pop("database", None)
        if connection is not None:
            connection.close()
