"""Whether this instance can do its work, for load balancers and orchestrators."""

import logging

from flask import Blueprint, Response, current_app, jsonify
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from flask_stream.extensions import db

log = logging.getLogger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """200 when the database and, if configured, Redis answer; 503 otherwise, naming what does not."""
    checks = {"database": _database(), "redis": _redis()}
    healthy = "failed" not in checks.values()
    response = jsonify(status="ok" if healthy else "unavailable", checks=checks)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if healthy else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        # To the log only: the answer is public, and the error names hosts and users.
        log.error("Database check failed: %s", error)
        return "failed"
    return "ok"


def _redis() -> str:
    if not current_app.config["REDIS_URL"]:
        return "not configured"
    try:
        current_app.extensions["cache"].check()
    except RedisError as error:
        log.error("Redis check failed: %s", error)
        return "failed"
    return "ok"
