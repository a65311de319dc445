"""The built single-page app."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, send_from_directory

blueprint = Blueprint("frontend", __name__)

YEAR = 365 * 24 * 3600
POLICY = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """A file whose name holds a hash of its content: it never changes."""
    response = send_from_directory(_dist() / "assets", name, max_age=YEAR)
    response.cache_control.immutable = True
    response.cache_control.public = True
    return response


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def page(path: str) -> Response:
    """A file of the build by its name, and the app's page for every other address without a file extension."""
    if path.startswith(("api/", "media/")):
        abort(404)
    name = path.rpartition("/")[2]
    response = send_from_directory(_dist(), path if "." in name else "index.html")
    # The page names the hashed files, so it must be asked for each time.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _dist() -> Path:
    dist = Path(current_app.config["FRONTEND_DIST"])
    if not (dist / "index.html").is_file():
        abort(503, "The frontend is not built. Run `npm ci && npm run build` in frontend/.")
    return dist
