"""Settings, all from environment variables; README.md lists them."""

import os
from urllib.parse import urlsplit

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

BROKERS = ("redis", "rediss", "amqp", "amqps", "pyamqp")


class ConfigError(RuntimeError):
    """A setting is missing or has a value the app cannot work with."""


class Config:
    """The settings of one app, read when the object is made so that tests can change the environment."""

    def __init__(self) -> None:
        self.SECRET_KEY = _required(
            "SECRET_KEY", os.environ.get("SECRET_KEY"), "a long random value, which signs the carts in cookies"
        )
        self.SQLALCHEMY_DATABASE_URI = database_url(
            _required("DATABASE_URL", os.environ.get("DATABASE_URL"), "postgresql://user:password@host/database")
        )
        # Orders are decided by single statements, so both databases may read what others have committed meanwhile.
        self.SQLALCHEMY_ENGINE_OPTIONS = {
            "pool_pre_ping": True,
            "pool_recycle": 1800,
            "isolation_level": "READ COMMITTED",
        }
        self.REDIS_URL = _url(
            "REDIS_URL", _required("REDIS_URL", os.environ.get("REDIS_URL"), "redis://host:6379/0"), ("redis", "rediss")
        )
        self.BROKER_URL = _url("CELERY_BROKER_URL", os.environ.get("CELERY_BROKER_URL") or self.REDIS_URL, BROKERS)
        self.SMTP_URL = _url(
            "SMTP_URL", _required("SMTP_URL", os.environ.get("SMTP_URL"), "smtp://host:25"), ("smtp", "smtps")
        )
        self.MAIL_FROM = os.environ.get("MAIL_FROM", "Harbour Goods <shop@example.org>")
        self.PREFIX = os.environ.get("PREFIX", "flask-shop")
        self.CACHE_SECONDS = _integer("CACHE_SECONDS", 60)
        self.CONFIRM_AGAIN_SECONDS = _integer("CONFIRM_AGAIN_SECONDS", 60, minimum=1)
        self.LOG_LEVEL = _choice("LOG_LEVEL", "INFO", LOG_LEVELS)
        self.SESSION_COOKIE_HTTPONLY = True
        # Forms of other sites come without the cookie, so they can change no cart and place no order.
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_SECURE = os.environ.get("COOKIES_OVER_HTTPS_ONLY", "0") == "1"


def database_url(url: str) -> str:
    """The SQLAlchemy URL for DATABASE_URL, its driver filled in."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if separator and scheme in ("mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"):
        # Titles hold emoji, which the three-byte "utf8" of old servers cannot store.
        if "charset=" not in rest:
            rest += ("&" if "?" in rest else "?") + "charset=utf8mb4"
        return f"{scheme.removesuffix('+pymysql')}+pymysql://{rest}"
    # The rest of the value may hold a password, so it stays out of the message.
    raise ConfigError("DATABASE_URL does not begin with postgresql://, mysql:// or mariadb://.")


def _required(name: str, value: str | None, example: str) -> str:
    if not value:
        raise ConfigError(f"{name} is not set. Expected {example}.")
    return value


def _url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise ConfigError(f"{name} is not a URL that begins with {'://, '.join(schemes)}://.")
    return value


def _integer(name: str, default: int, minimum: int = 0) -> int:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        raise ConfigError(f"{name} is {text!r}. Expected a whole number.") from None
    if value < minimum:
        raise ConfigError(f"{name} is {value}. Expected {minimum} or more.")
    return value


def _choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = os.environ.get(name, default).upper()
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}. Expected one of {', '.join(choices)}.")
    return value
