"""Settings, all from environment variables; README.md lists them."""

import os
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url

PROJECT_ROOT = Path(__file__).resolve().parent.parent

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class ConfigError(RuntimeError):
    """A setting is missing or has a value the app cannot work with."""


class Config:
    """The settings of one app, read when the object is made so that tests can change the environment."""

    def __init__(self) -> None:
        data = data_directory()
        self.SECRET_KEY = os.environ.get("SECRET_KEY", "")
        self.SQLALCHEMY_DATABASE_URI = database_url(os.environ.get("DATABASE_URL"), data)
        self.SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True, "pool_recycle": 1800}
        self.REDIS_URL = os.environ.get("REDIS_URL", "")
        self.REDIS_PREFIX = os.environ.get("REDIS_PREFIX", "flask-stream:")
        self.UPLOAD_FOLDER = str(Path(os.environ.get("UPLOAD_FOLDER") or data / "uploads").absolute())
        self.MAX_CONTENT_LENGTH = _integer("MAX_UPLOAD_MB", 64, minimum=1) * 1024 * 1024
        self.FRONTEND_DIST = os.environ.get("FRONTEND_DIST") or str(PROJECT_ROOT / "frontend" / "dist")
        self.CACHE_SECONDS = _integer("CACHE_SECONDS", 60)
        self.KEEPALIVE_SECONDS = _integer("KEEPALIVE_SECONDS", 15, minimum=1)
        self.EVENTS_KEPT = _integer("EVENTS_KEPT", 1000, minimum=1)
        self.TRUSTED_PROXIES = _integer("TRUSTED_PROXIES", 0)
        self.LOG_LEVEL = _choice("LOG_LEVEL", "INFO", LOG_LEVELS)


def database_url(url: str | None, data: Path) -> str:
    """The SQLAlchemy URL for DATABASE_URL: its driver filled in, or an SQLite file in `data` when there is none."""
    if not url:
        return f"sqlite:///{data / 'flask-stream.db'}"
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise ConfigError("DATABASE_URL is not a URL. Expected something like mysql://user:password@host/database.")
    if scheme.startswith("sqlite"):
        return url
    if scheme not in ("mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"):
        raise ConfigError(f"DATABASE_URL begins with {scheme}://. Expected mysql://, mariadb:// or sqlite://.")
    # Titles hold emoji, which the three-byte "utf8" of old servers cannot store.
    if "charset=" not in rest:
        rest += ("&" if "?" in rest else "?") + "charset=utf8mb4"
    return f"{scheme.removesuffix('+pymysql')}+pymysql://{rest}"


def make_database_directory(url: str) -> None:
    """Make the directory of an SQLite file, which SQLite itself does not; nothing for other databases."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)


def data_directory() -> Path:
    """Where the app may write: DATA_DIR, else the first of /data, instance/ and a temporary directory that works."""
    named = os.environ.get("DATA_DIR")
    if named:
        path = Path(named).absolute()
        if not _is_writable(path):
            raise ConfigError(f"DATA_DIR is {path}, where this user may not write.")
        return path
    volume = Path("/data")
    if volume.is_dir() and _is_writable(volume):
        return volume
    instance = PROJECT_ROOT / "instance"
    if _is_writable(instance):
        return instance
    # A read-only image without a volume: the same for every worker, gone with the container.
    return Path(tempfile.gettempdir()) / f"flask-stream-{os.getuid()}"


def _is_writable(path: Path) -> bool:
    """Whether files can be made in `path`, or `path` itself can be made."""
    nearest = next(parent for parent in (path, *path.parents) if parent.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


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
