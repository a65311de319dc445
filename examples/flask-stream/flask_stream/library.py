"""The wall itself: adding, listing and removing uploads, and telling everyone about it."""

import json
import logging
import uuid
from pathlib import Path
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, select
from werkzeug.datastructures import FileStorage

from flask_stream import media
from flask_stream.broker import Broker, BrokerUnavailableError
from flask_stream.cache import Cache
from flask_stream.extensions import db
from flask_stream.models import StoredEvent, Upload
from flask_stream.sse import Event

log = logging.getLogger(__name__)

LIST_GROUP = "uploads"


def add_upload(file: FileStorage, title: str) -> Upload:
    """Store a picture or clip with its thumbnail and announce it.

    Raises media.MediaError when the file is not acceptable; then nothing of it is left.
    """
    head = file.stream.read(64)
    file.stream.seek(0)
    if not head:
        raise media.MediaError("The file is empty.", "empty_file", 400)
    media_type = media.recognise(head)
    if media_type is None:
        raise media.MediaError("Only PNG, JPEG, GIF, WebP, MP4, QuickTime and WebM files are accepted.")

    # The name on disk is ours alone; what the sender called the file survives only as a title.
    key = uuid.uuid4().hex
    folder = upload_folder()
    stored = folder / f"{key}.{media_type.extension}"
    thumbnail = folder / f"{key}.thumbnail.jpg"
    try:
        file.save(stored)
        properties = media.probe(stored, media_type)
        media.make_thumbnail(stored, media_type, properties, thumbnail)
        upload = Upload(
            key=key,
            title=title,
            content_type=media_type.content_type,
            filename=stored.name,
            thumbnail=thumbnail.name,
            size=stored.stat().st_size,
            width=properties.width,
            height=properties.height,
            duration=properties.duration,
        )
        db.session.add(upload)
        db.session.flush()
        _commit_and_announce("upload.created", upload.to_json())
    except BaseException:
        db.session.rollback()
        stored.unlink(missing_ok=True)
        thumbnail.unlink(missing_ok=True)
        raise
    return upload


def remove_upload(upload: Upload) -> None:
    """Delete an upload and its files, and announce that it is gone."""
    paths = [upload_folder() / upload.filename, upload_folder() / upload.thumbnail]
    db.session.delete(upload)
    _commit_and_announce("upload.deleted", {"id": upload.key})
    # After the commit: a file without a row is waste, a row without its file is an error.
    for path in paths:
        path.unlink(missing_ok=True)


def find_upload(key: str) -> Upload | None:
    """The upload with that public key."""
    return db.session.scalar(select(Upload).where(Upload.key == key))


def list_uploads(page: int, per_page: int) -> dict[str, Any]:
    """One page of uploads, newest first, as JSON; from the cache when nothing has changed."""

    def ask() -> dict[str, Any]:
        total = db.session.scalar(select(func.count()).select_from(Upload)) or 0
        rows = db.session.scalars(
            select(Upload).order_by(Upload.id.desc()).offset((page - 1) * per_page).limit(per_page)
        )
        return {
            "items": [row.to_json() for row in rows],
            "page": page,
            "per_page": per_page,
            "pages": -(-total // per_page),
            "total": total,
        }

    seconds = current_app.config["CACHE_SECONDS"]
    return _cache().get_or_make(LIST_GROUP, f"{page}:{per_page}", seconds, ask)


def forget_lists() -> None:
    """Let the next look at any list ask the database."""
    _cache().invalidate(LIST_GROUP)


def events_since(last_id: int) -> list[Event] | None:
    """The events after `last_id`, or None when some of them are no longer kept."""
    oldest = db.session.scalar(select(func.min(StoredEvent.id)))
    newest = db.session.scalar(select(func.max(StoredEvent.id))) or 0
    if last_id > newest or (oldest is not None and last_id < oldest - 1):
        return None
    rows = db.session.scalars(select(StoredEvent).where(StoredEvent.id > last_id).order_by(StoredEvent.id))
    return [Event(row.id, row.kind, row.data) for row in rows]


def newest_event_id() -> int:
    """The id of the last event there was, 0 when there was none."""
    return db.session.scalar(select(func.max(StoredEvent.id))) or 0


def upload_folder() -> Path:
    """The directory of the files, made on first use."""
    folder = Path(current_app.config["UPLOAD_FOLDER"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sign_delete_token(upload: Upload) -> str:
    """The key that only the uploader gets, and that deletes the upload."""
    return _signer().dumps(upload.key)


def is_delete_token(token: str, upload: Upload) -> bool:
    """Whether `token` is the one that was signed for this upload."""
    try:
        return _signer().loads(token) == upload.key
    except BadSignature:
        return False


def _commit_and_announce(kind: str, payload: dict[str, Any]) -> None:
    # The event is stored with the change it tells of, so neither can be there without the other.
    stored = StoredEvent(kind=kind, data=json.dumps(payload))
    db.session.add(stored)
    db.session.flush()
    event = Event(stored.id, stored.kind, stored.data)
    db.session.execute(delete(StoredEvent).where(StoredEvent.id <= event.id - current_app.config["EVENTS_KEPT"]))
    db.session.commit()
    forget_lists()
    broker: Broker = current_app.extensions["broker"]
    try:
        broker.publish(event)
    except BrokerUnavailableError as error:
        log.warning("Event %d was stored but not sent, browsers get it when they reconnect: %s", event.id, error)


def _cache() -> Cache:
    return current_app.extensions["cache"]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="delete upload")
