"""The collection: adding, finding and removing media, each with its files."""

import uuid
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from media import analysis, clips
from media.config import Settings
from media.formats import MediaError, recognise
from media.models import Medium

CHUNK = 1024 * 1024
# Two pictures that differ in no more bits look alike.
ALIKE = 10


def add(session: Session, settings: Settings, file: BinaryIO, name: str) -> Medium:
    """Store a picture or clip and what was found in it.

    Raises MediaError when it is not acceptable; then nothing of it is left.
    """
    head = file.read(64)
    file.seek(0)
    if not head:
        raise MediaError("The file is empty.", 400)
    kind = recognise(head)
    # The name on disk is ours alone; what the sender called the file is only shown.
    key = uuid.uuid4().hex
    settings.uploads.mkdir(parents=True, exist_ok=True)
    stored = settings.uploads / f"{key}.{kind.extension}"
    try:
        size = _save(file, stored, settings.max_upload_bytes)
        seconds = clips.measure(stored, kind) if kind.demuxer else None
        if seconds is not None and seconds > settings.max_seconds:
            raise MediaError(f"The clip is longer than {settings.max_seconds} seconds.")
        found = analysis.analyse_clip(stored) if kind.demuxer else analysis.analyse_picture(stored)
        poster_of(settings, key).write_bytes(found.poster)
        if kind.demuxer:
            clips.make_preview(stored, kind, preview_of(settings, key))
        medium = Medium(
            id=key,
            name=Path(name).name[:200] or "untitled",
            content_type=kind.content_type,
            filename=stored.name,
            size=size,
            width=found.width,
            height=found.height,
            seconds=seconds,
            findings=found.findings,
            fingerprint=found.fingerprint,
        )
        session.add(medium)
        session.commit()
    except BaseException:
        session.rollback()
        for path in (stored, poster_of(settings, key), preview_of(settings, key)):
            path.unlink(missing_ok=True)
        raise
    return medium


def newest(session: Session, limit: int, offset: int) -> list[Medium]:
    """A page of media, newest first."""
    query = select(Medium).order_by(Medium.created_at.desc(), Medium.id).limit(limit).offset(offset)
    return list(session.scalars(query))


def alike(session: Session, medium: Medium) -> list[Medium]:
    """Media that look like one, most alike first; not the one itself."""
    query = select(Medium).where(Medium.id != medium.id, Medium.fingerprint.is_not(None))
    near = [(analysis.distance(other.fingerprint, medium.fingerprint), other) for other in session.scalars(query)]
    near = [(bits, other) for bits, other in near if bits <= ALIKE]
    return [other for _, other in sorted(near, key=lambda pair: (pair[0], pair[1].id))]


def remove(session: Session, settings: Settings, medium: Medium) -> None:
    """Delete a medium and its files."""
    paths = [settings.uploads / medium.filename, poster_of(settings, medium.id), preview_of(settings, medium.id)]
    session.delete(medium)
    session.commit()
    # After the commit: a file without a row is waste, a row without its file is an error.
    for path in paths:
        path.unlink(missing_ok=True)


def poster_of(settings: Settings, key: str) -> Path:
    """Where the small picture of a medium lies."""
    return settings.uploads / f"{key}.poster.jpg"


def preview_of(settings: Settings, key: str) -> Path:
    """Where the short clip of a medium lies; pictures have none."""
    return settings.uploads / f"{key}.preview.mp4"


def _save(file: BinaryIO, target: Path, most: int) -> int:
    size = 0
    with target.open("xb") as out:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise MediaError(f"A file may have {most // 1024 // 1024} MB at most.", 413)
            out.write(chunk)
    return size
