"""flask-gallery: pictures and music that people put up, on one machine and without any server beside it."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from gallery import database, health, views
from gallery.config import Config, ConfigError, make_directories

__all__ = ["ConfigError", "create_app"]


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Make the WSGI application from the environment; `overrides` win over it.

    Brings the database to the newest schema. Raises ConfigError when a setting is wrong or the data directory cannot
    be written to, before anything is served.
    """
    app = Flask(__name__)
    app.config.from_object(Config(overrides or {}))
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_NAME="gallery")
    make_directories(app.config)
    database.migrate(app.config["DATABASE"])
    database.init_app(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(views.blueprint)
    return app
