"""Settings, all from environment variables; README.md lists them."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class ConfigError(RuntimeError):
    """A setting has a value the app cannot work with."""


@dataclass(frozen=True)
class Settings:
    """The settings of one app."""

    data: Path
    database_url: str
    max_upload_bytes: int = 128 * 1024 * 1024
    max_seconds: int = 600
    # Argon2 hash of the token that uploads and deletions need; everyone may when it is empty.
    token_hash: str = ""

    @property
    def uploads(self) -> Path:
        """Where the files lie."""
        return self.data / "uploads"


def read_settings() -> Settings:
    """The settings as the environment gives them. Raises ConfigError when one makes no sense."""
    data = data_directory()
    return Settings(
        data=data,
        database_url=database_url(os.environ.get("DATABASE_URL"), data),
        max_upload_bytes=_integer("MAX_UPLOAD_MB", 128) * 1024 * 1024,
        max_seconds=_integer("MAX_SECONDS", 600),
        token_hash=os.environ.get("UPLOAD_TOKEN_HASH", ""),
    )


def database_url(url: str | None, data: Path) -> str:
    """The SQLAlchemy URL for DATABASE_URL, with its driver; an SQLite file in `data` when there is none."""
    if not url:
        return f"sqlite:///{data / 'media.sqlite3'}"
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise ConfigError(
            "DATABASE_URL is not a URL. Expected something like postgresql://user:password@host/database."
        )
    if scheme == "sqlite":
        return url
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise ConfigError(f"DATABASE_URL begins with {scheme}://. Expected postgresql:// or sqlite://.")
    return f"postgresql+psycopg2://{rest}"


def data_directory() -> Path:
    """Where the app keeps files: DATA_DIR, else /data where there is such a volume, else data/ in the project."""
    named = os.environ.get("DATA_DIR")
    if named:
        return Path(named).absolute()
    volume = Path("/data")
    return volume if volume.is_dir() and os.access(volume, os.W_OK) else PROJECT_ROOT / "data"


def _integer(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"{name} is {text!r}. Expected a whole number above 0.")
    return int(text)
