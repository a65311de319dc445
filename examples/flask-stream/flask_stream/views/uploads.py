"""The files themselves."""

from flask import Blueprint, Response, abort, send_from_directory

from flask_stream import library
from flask_stream.models import Upload

blueprint = Blueprint("uploads", __name__, url_prefix="/media")

YEAR = 365 * 24 * 3600


@blueprint.get("/<key>")
def original(key: str) -> Response:
    """An upload as it was sent, in ranges if the player asks for them."""
    upload = _find(key)
    return _send(upload.filename, upload.content_type)


@blueprint.get("/<key>/thumbnail")
def thumbnail(key: str) -> Response:
    """The small picture of an upload."""
    return _send(_find(key).thumbnail, "image/jpeg")


def _find(key: str) -> Upload:
    # Names on disk come from the database only, never from the address.
    return library.find_upload(key) or abort(404, "There is no such upload.")


def _send(name: str, content_type: str) -> Response:
    response = send_from_directory(library.upload_folder(), name, mimetype=content_type, max_age=YEAR)
    response.cache_control.immutable = True
    response.headers["X-Content-Type-Options"] = "nosniff"
    # A file that someone uploaded never acts as a page of this site.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
