"""Settings, all from environment variables; README.md lists them."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class ConfigError(RuntimeError):
    """A setting has a value the app cannot work with."""


class Config:
    """The settings of one app, read when the object is made so that tests can change the environment."""

    def __init__(self, overrides: Mapping[str, Any]) -> None:
        data = Path(overrides.get("DATA_DIR") or data_directory())
        self.DATA_DIR = str(data)
        self.DATABASE = str(Path(os.environ.get("DATABASE_DIR") or data / "db") / "gallery.sqlite3")
        self.UPLOAD_FOLDER = os.environ.get("UPLOAD_FOLDER") or str(data / "uploads")
        self.MAX_CONTENT_LENGTH = _integer("MAX_UPLOAD_MB", 64) * 1024 * 1024
        self.MAX_TRACK_MINUTES = _integer("MAX_TRACK_MINUTES", 30)
        self.PER_PAGE = _integer("PER_PAGE", 24)
        for name, value in overrides.items():
            setattr(self, name, value)
        if "SECRET_KEY" not in overrides:
            self.SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(Path(self.DATABASE).parent)


def data_directory() -> Path:
    """Where the app keeps everything: DATA_DIR, else /data where there is such a volume, else data/ in the project."""
    named = os.environ.get("DATA_DIR")
    if named:
        return Path(named).absolute()
    volume = Path("/data")
    return volume if volume.is_dir() and os.access(volume, os.W_OK) else PROJECT_ROOT / "data"


def make_directories(config: Mapping[str, Any]) -> None:
    """Make the directories on first use, which is when a volume is empty."""
    for path in (Path(config["DATABASE"]).parent, Path(config["UPLOAD_FOLDER"])):
        _make_directory(path)


def kept_secret(folder: Path) -> str:
    """The key that signs sessions, made at the first start and kept beside the database.

    All workers get the same one, whichever of them makes it.
    """
    _make_directory(folder)
    path = folder / "secret-key"
    mine = folder / f"secret-key.{os.getpid()}"
    if not path.exists():
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_hex(32))
        # A link appears with its content or not at all, and only the first one does.
        with suppress(FileExistsError):
            path.hardlink_to(mine)
        mine.unlink()
    return path.read_text()


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be made: {error.strerror}. Set DATA_DIR to where this user may write."
        ) from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigError(f"{path} is not writable for user {os.getuid()}. Set DATA_DIR to where it may write.")


def _integer(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise ConfigError(f"{name} is {text!r}. Expected a whole number above 0.")
    return int(text)
