"""flask-shop: a small shop where nothing is sold twice and every order is confirmed by mail."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from flask_shop import commands, views
from flask_shop.cache import Cache
from flask_shop.config import Config, ConfigError
from flask_shop.extensions import db, migrate
from flask_shop.money import euros
from flask_shop.queue import create_celery

__all__ = ["ConfigError", "create_app"]


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Make the WSGI application from the environment; `overrides` win over it.

    Raises ConfigError when a setting is missing or wrong, before anything is opened.
    """
    app = Flask(__name__)
    app.config.from_object(Config())
    app.config.from_mapping(overrides or {})
    app.logger.setLevel(app.config["LOG_LEVEL"])

    db.init_app(app)
    migrate.init_app(app, db)
    app.extensions["cache"] = Cache(app.config["REDIS_URL"], app.config["PREFIX"], app.config["CACHE_SECONDS"])
    create_celery(app)

    app.jinja_env.filters["euros"] = euros
    app.register_blueprint(views.health.blueprint)
    app.register_blueprint(views.offers.blueprint)
    app.register_blueprint(views.cart.blueprint)
    app.register_blueprint(views.orders.blueprint)
    commands.register(app)
    return app
