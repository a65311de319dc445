"""Commands for whoever runs the app: `flask --app flask_stream …`."""

from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from flask_stream import library
from flask_stream.extensions import db
from flask_stream.import_sqlite import ImportRefusedError, import_sqlite
from flask_stream.models import Upload


def register(app: Flask) -> None:
    """Add the commands to `flask`."""

    @app.cli.command("import-sqlite")
    @click.argument("file", type=click.Path(path_type=Path))
    def import_from_sqlite(file: Path) -> None:
        """Move the wall of an SQLite FILE to the empty MariaDB that DATABASE_URL names.

        The file is only read. The app must not run meanwhile; the upload folder stays where it is.
        """
        try:
            counts = import_sqlite(file, db.engine)
        except ImportRefusedError as error:
            raise click.ClickException(str(error)) from None
        library.forget_lists()
        for table, count in counts.items():
            click.echo(f"{table}: {count}")
        for name in _missing_files():
            click.echo(f"missing in the upload folder: {name}", err=True)


def _missing_files() -> list[str]:
    folder = library.upload_folder()
    names = db.session.execute(select(Upload.filename, Upload.thumbnail)).all()
    return [name for pair in names for name in pair if not (folder / name).is_file()]
