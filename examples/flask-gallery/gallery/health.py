"""Whether this instance can do its work, for load balancers and orchestrators."""

import os
import sqlite3

from flask import Blueprint, Response, current_app, jsonify

from gallery import database, items

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """200 when the database answers and uploads can be stored; 503 otherwise, naming what is wrong."""
    checks = {"database": _database(), "uploads": _uploads()}
    healthy = set(checks.values()) == {"ok"}
    response = jsonify(status="ok" if healthy else "unavailable", checks=checks)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if healthy else 503


def _database() -> str:
    try:
        database.get().execute("SELECT count(*) FROM items").fetchone()
    except sqlite3.Error as error:
        current_app.logger.error("Database check failed: %s", error)
        return "failed"
    return "ok"


def _uploads() -> str:
    return "ok" if os.access(items.folder(), os.W_OK | os.X_OK) else "not writable"
