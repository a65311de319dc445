"""The things on show: adding, finding and removing them, each with its files."""

import sqlite3
import uuid
from pathlib import Path

from flask import current_app
from werkzeug.datastructures import FileStorage

from gallery import database, media


def add(file: FileStorage, title: str, owner: str) -> str:
    """Store a picture or a track with its preview and return its key.

    Raises media.MediaError when the file is not acceptable; then nothing of it is left.
    """
    head = file.stream.read(16)
    file.stream.seek(0)
    media_type = media.recognise(head)
    if not head:
        raise media.MediaError("The file is empty.")
    if media_type is None:
        raise media.MediaError(f"Only {media.ACCEPTED} files are accepted.")
    # The name on disk is ours alone; what the sender called the file survives only as a title.
    key = uuid.uuid4().hex
    stored = folder() / f"{key}.{media_type.extension}"
    preview: Path | None = None
    try:
        file.save(stored)
        known = media.describe(stored, media_type, current_app.config["MAX_TRACK_MINUTES"])
        preview = folder() / known.preview
        row = {
            "key": key,
            "kind": media_type.kind,
            "title": title or known.title or Path(file.filename or "").stem[:200] or "Untitled",
            "artist": known.artist,
            "content_type": media_type.content_type,
            "filename": stored.name,
            "preview": known.preview,
            "size": stored.stat().st_size,
            "owner": owner,
            "width": known.width,
            "height": known.height,
            "seconds": known.seconds,
            "peaks": known.peaks,
        }
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        database.get().execute(f"INSERT INTO items ({names}) VALUES ({values})", row)  # noqa: S608
    except BaseException:
        stored.unlink(missing_ok=True)
        if preview is not None:
            preview.unlink(missing_ok=True)
        raise
    return key


def find(key: str) -> sqlite3.Row | None:
    """One item, None when there is no such."""
    return database.get().execute("SELECT * FROM items WHERE key = ?", [key]).fetchone()


def page(number: int, search: str = "") -> tuple[list[sqlite3.Row], bool]:
    """A page of items, newest first, and whether there is another after it.

    Words of `search` are found by their beginnings too.
    """
    size = current_app.config["PER_PAGE"]
    rows = (
        database.get()
        .execute(
            """
            SELECT * FROM items
            WHERE :query = '' OR rowid IN (SELECT rowid FROM items_text WHERE items_text MATCH :query)
            ORDER BY created_at DESC, rowid DESC LIMIT :limit OFFSET :offset
            """,
            {"query": _query(search), "limit": size + 1, "offset": (number - 1) * size},
        )
        .fetchall()
    )
    return rows[:size], len(rows) > size


def _query(search: str) -> str:
    # Quoted, so that what people type is words and never the query language.
    return " ".join('"{}"*'.format(word.replace('"', "")) for word in search.split() if word.strip('"'))


def remove(item: sqlite3.Row) -> None:
    """Take an item away with its files."""
    database.get().execute("DELETE FROM items WHERE key = ?", [item["key"]])
    # After the row: a file without a row is waste, a row without its file is an error.
    for name in (item["filename"], item["preview"]):
        (folder() / name).unlink(missing_ok=True)


def folder() -> Path:
    """Where the files lie."""
    return Path(current_app.config["UPLOAD_FOLDER"])
