"""The pages, and the files behind them. They work without JavaScript."""

import hmac
import json
import secrets

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from gallery import items
from gallery.media import MediaError

blueprint = Blueprint("gallery", __name__)

YEAR = 365 * 24 * 3600


@blueprint.get("/")
def index() -> str:
    """What is on show, newest first; `q` searches titles and artists."""
    search = request.args.get("q", "", str).strip()[:200]
    number = min(max(1, request.args.get("page", 1, int)), 100_000)
    shown, more = items.page(number, search)
    return render_template("index.html", items=shown, search=search, page=number, more=more)


@blueprint.post("/items")
def add() -> AnyResponse:
    """Take a file from the form; back to the page with the reason when it is not acceptable."""
    _check_form()
    file = request.files.get("file")
    if file is None or not file.filename:
        return _refused("Choose a file first.")
    try:
        key = items.add(file, request.form.get("title", "").strip()[:200], _visitor())
    except MediaError as error:
        return _refused(str(error))
    return redirect(url_for(".show", key=key), 303)


@blueprint.get("/items/<key>")
def show(key: str) -> str:
    """One picture or track in full."""
    return render_template("item.html", item=_find(key))


@blueprint.post("/items/<key>/delete")
def delete(key: str) -> AnyResponse:
    """Take down what this visitor put up."""
    _check_form()
    item = _find(key)
    if not _is_own(item):
        abort(403, "Only who put this up can take it down.")
    items.remove(item)
    flash(f"“{item['title']}” is gone.", "done")
    return redirect(url_for(".index"), 303)


@blueprint.get("/media/<key>")
def original(key: str) -> Response:
    """A file as it was sent, in ranges when the player asks for them."""
    item = _find(key)
    return _send(item["filename"], item["content_type"])


@blueprint.get("/media/<key>/preview")
def preview(key: str) -> Response:
    """The small picture, or the first seconds of the track."""
    item = _find(key)
    return _send(item["preview"], "image/jpeg" if item["kind"] == "picture" else "audio/mpeg")


@blueprint.app_errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """A page that says how large a file may be."""
    megabytes = current_app.config["MAX_CONTENT_LENGTH"] // 1024 // 1024
    return render_template("error.html", message=f"A file may have {megabytes} MB at most."), 413


@blueprint.app_errorhandler(404)
def not_found(_error: Exception) -> tuple[str, int]:
    """A page that leads back."""
    return render_template("error.html", message="There is nothing here."), 404


@blueprint.app_template_filter("minutes")
def minutes(seconds: float) -> str:
    """A length as players show it: 3:07."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


blueprint.app_template_filter("from_json")(json.loads)


@blueprint.app_context_processor
def helpers() -> dict[str, object]:
    """What the templates call."""
    return {"form_key": _form_key, "is_own": _is_own}


@blueprint.after_request
def protect(response: Response) -> Response:
    """Nothing from elsewhere runs in the pages."""
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _send(name: str, content_type: str) -> Response:
    response = send_from_directory(items.folder(), name, mimetype=content_type, max_age=YEAR, conditional=True)
    response.cache_control.immutable = True
    # A file that someone uploaded never acts as a page of this site.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _find(key: str):
    # Names on disk come from the database only, never from the address.
    return items.find(key) or abort(404)


def _refused(message: str) -> AnyResponse:
    flash(message, "error")
    return redirect(url_for(".index"), 303)


def _visitor() -> str:
    """A random name that a browser keeps: it tells visitors apart without asking who they are."""
    session.permanent = True
    return session.setdefault("visitor", secrets.token_hex(16))


def _is_own(item: object) -> bool:
    return hmac.compare_digest(item["owner"], session.get("visitor", ""))  # type: ignore[index]


def _form_key() -> str:
    """What proves that a form came from this site."""
    return session.setdefault("form", secrets.token_hex(16))


def _check_form() -> None:
    if not hmac.compare_digest(request.form.get("form", ""), session.get("form", "-")):
        abort(400, "This form is too old. Go back, reload the page and send it again.")
