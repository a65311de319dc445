"""Whether this instance can do its work, for load balancers and orchestrators."""

import logging

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from flask_shop import catalogue
from flask_shop.extensions import db

log = logging.getLogger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> tuple[Response, int]:
    """200 when the database answers, else 503. The shop sells without its cache, so that one is only reported."""
    checks = {"database": _database(), "cache": _cache()}
    status = {"ok": "ok", "failed": "unavailable"}[checks["database"]]
    response = jsonify(status=status, checks=checks)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if status == "ok" else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        # To the log only: the answer is public, and the error names hosts and users.
        log.error("Database check failed: %s", error)
        return "failed"
    return "ok"


def _cache() -> str:
    try:
        catalogue.cache().check()
    except RedisError as error:
        log.error("Cache check failed: %s", error)
        return "failed"
    return "ok"
