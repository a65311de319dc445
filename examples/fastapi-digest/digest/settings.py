"""Settings, all from environment variables; README.md lists them."""

import os
import tempfile
from pathlib import Path

from pydantic import Field, RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """The settings of one process, read when the object is made so that tests can change the environment."""

    redis_url: RedisDsn
    redis_prefix: str = "fastapi-digest"
    output_audio_dir: Path = Field(default_factory=lambda: data_directory() / "output_audio")
    credentials_file: Path | None = None
    default_summary_length: str = Field(default="medium", pattern="^(short|medium|long)$")
    default_tts_voice: str = Field(default="en-gb", pattern=r"^[a-z0-9+-]{2,20}$")
    max_feed_kb: int = Field(default=2048, ge=1)
    digest_days: int = Field(default=30, ge=1)


def data_directory() -> Path:
    """Where audio is kept for players: /data if it is a directory this user may write, else a temporary directory."""
    volume = Path("/data")
    if volume.is_dir() and os.access(volume, os.W_OK | os.X_OK):
        return volume
    return Path(tempfile.gettempdir()) / f"fastapi-digest-{os.getuid()}"
