"""The JSON interface."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request

from flask_stream import library, media

blueprint = Blueprint("api", __name__, url_prefix="/api")

MAX_PER_PAGE = 100
MAX_TITLE = 200


@blueprint.get("/uploads")
def list_uploads() -> dict[str, Any]:
    """One page of the wall: `page` from 1, `per_page` from 1 to 100 (default 12)."""
    return library.list_uploads(
        page=_number("page", 1, maximum=1_000_000), per_page=_number("per_page", 12, maximum=MAX_PER_PAGE)
    )


@blueprint.post("/uploads")
def create_upload() -> tuple[Response, int]:
    """Add a picture or clip: form fields `file` and, optionally, `title`."""
    file = request.files.get("file")
    if file is None:
        abort(400, "The form field `file` is missing.")
    title = request.form.get("title", "").strip() or _title_of(file.filename or "")
    if len(title) > MAX_TITLE:
        abort(400, f"The title is longer than {MAX_TITLE} characters.")
    upload = library.add_upload(file, title)
    response = jsonify({**upload.to_json(), "delete_token": library.sign_delete_token(upload)})
    response.headers["Location"] = f"/api/uploads/{upload.key}"
    return response, 201


@blueprint.get("/uploads/<key>")
def get_upload(key: str) -> dict[str, Any]:
    """One upload."""
    upload = library.find_upload(key) or abort(404, "There is no such upload.")
    return upload.to_json()


@blueprint.delete("/uploads/<key>")
def delete_upload(key: str) -> tuple[str, int]:
    """Remove an upload; the header X-Delete-Token holds what its creation returned."""
    upload = library.find_upload(key) or abort(404, "There is no such upload.")
    if not library.is_delete_token(request.headers.get("X-Delete-Token", ""), upload):
        abort(403, "Only the one who uploaded this can delete it.")
    library.remove_upload(upload)
    return "", 204


@blueprint.get("/limits")
def limits() -> dict[str, Any]:
    """What the upload form has to know."""
    return {
        "max_bytes": current_app.config["MAX_CONTENT_LENGTH"],
        "accept": [media_type.content_type for media_type in media.ACCEPTED],
    }


def _number(name: str, default: int, maximum: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:8]) <= maximum):
        abort(400, f"`{name}` must be a number from 1 to {maximum}.")
    return int(text[:8])


def _title_of(filename: str) -> str:
    # Browsers on Windows once sent whole paths.
    name = filename.replace("\\", "/").rpartition("/")[2]
    stem = name.rpartition(".")[0] or name
    return stem.strip()[:MAX_TITLE] or "Untitled"
