"""flask-stream: a shared wall of pictures and clips that updates live in every open browser."""

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_stream import commands, errors, shutdown
from flask_stream.broker import create_broker
from flask_stream.cache import create_cache
from flask_stream.config import Config, ConfigError, make_database_directory
from flask_stream.extensions import db, migrate
from flask_stream.views import api, events, frontend, health, uploads

__all__ = ["ConfigError", "create_app"]


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Make the WSGI application from the environment; `overrides` win over it.

    Raises ConfigError when a setting is missing or wrong, before anything is opened.
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_object(Config())
    app.config.from_mapping(overrides or {})
    if not app.config["SECRET_KEY"]:
        if not app.debug:
            raise ConfigError(
                "SECRET_KEY is not set. It signs the keys that let people delete their own uploads. "
                "Set it to a long random value that stays the same between restarts, or set FLASK_DEBUG=1 "
                "for development."
            )
        app.config["SECRET_KEY"] = "development only"  # noqa: S105
    app.logger.setLevel(app.config["LOG_LEVEL"])
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    make_database_directory(app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    migrate.init_app(app, db)
    app.extensions["cache"] = create_cache(app.config["REDIS_URL"], app.config["REDIS_PREFIX"])
    app.extensions["broker"] = create_broker(app.config["REDIS_URL"], app.config["REDIS_PREFIX"])
    shutdown.on_stop(app.extensions["broker"].close)

    errors.register(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(events.blueprint)
    app.register_blueprint(uploads.blueprint)
    # Last: its catch-all route answers what no other blueprint does.
    app.register_blueprint(frontend.blueprint)
    commands.register(app)

    logging.getLogger("alembic").setLevel(app.config["LOG_LEVEL"])
    return app
