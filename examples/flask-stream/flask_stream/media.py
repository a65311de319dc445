"""Recognises pictures and clips by their content, and makes thumbnails with ffmpeg."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

THUMBNAIL_WIDTH = 480
MAX_PIXELS = 50_000_000
TIMEOUT_SECONDS = 30


class MediaError(Exception):
    """A file that cannot be accepted; `code` and `status` say so to programs."""

    def __init__(self, message: str, code: str = "unsupported_media", status: int = 415) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class MediaType:
    """A format the app accepts; `demuxer` is what ffmpeg calls its container."""

    content_type: str
    extension: str
    demuxer: str


PNG = MediaType("image/png", "png", "png_pipe")
JPEG = MediaType("image/jpeg", "jpg", "jpeg_pipe")
GIF = MediaType("image/gif", "gif", "gif")
WEBP = MediaType("image/webp", "webp", "webp_pipe")
MP4 = MediaType("video/mp4", "mp4", "mov")
MOV = MediaType("video/quicktime", "mov", "mov")
WEBM = MediaType("video/webm", "webm", "matroska")

ACCEPTED = (PNG, JPEG, GIF, WEBP, MP4, MOV, WEBM)
MP4_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"dash",
    b"MSNV",
)


@dataclass(frozen=True)
class Properties:
    """What is known of a file that ffmpeg could read; `duration` is in seconds, None for pictures."""

    width: int
    height: int
    duration: float | None


def recognise(head: bytes) -> MediaType | None:
    """The type of a file that begins with `head` (64 bytes are enough), None when the app does not accept it.

    Neither the name nor the browser's content type counts: both are the sender's claim.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        if head[8:12] == b"qt  ":
            return MOV
        return MP4 if head[8:12] in MP4_BRANDS else None
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    return None


def probe(path: Path, media_type: MediaType) -> Properties:
    """Size and length of the first picture stream. Raises MediaError when there is none or it is too big."""
    output = _run(
        [
            "ffprobe", "-v", "error", *_input_options(media_type),
            "-select_streams", "v:0", "-show_entries", "stream=width,height:format=duration", "-of", "json",
            f"file:{path}",
        ]
    )  # fmt: skip
    answer = json.loads(output)
    stream = next(iter(answer.get("streams", [])), {})
    width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
    if width < 1 or height < 1:
        raise MediaError("The file holds no picture.", "unreadable_media", 422)
    if width * height > MAX_PIXELS:
        raise MediaError(f"The picture is too big: {width} x {height} pixels.", "too_many_pixels", 422)
    duration = None
    if media_type.content_type.startswith("video/"):
        text = answer.get("format", {}).get("duration")
        duration = round(float(text), 2) if text not in (None, "N/A") else None
    return Properties(width, height, duration)


def make_thumbnail(source: Path, media_type: MediaType, properties: Properties, target: Path) -> None:
    """Write a JPEG of at most 480 pixels width: the picture itself, or a frame from early in the clip.

    Raises MediaError when the file cannot be decoded; `target` then does not exist.
    """
    # The very first frame of a clip often is black.
    seek = min(1.0, (properties.duration or 0) / 2)
    try:
        _run(
            [
                "ffmpeg", "-v", "error", "-nostdin", "-y", "-threads", "1",
                *_input_options(media_type), "-max_pixels", str(MAX_PIXELS), "-ss", f"{seek:.2f}",
                "-i", f"file:{source}",
                "-map", "0:v:0", "-frames:v", "1", "-vf", f"scale='min({THUMBNAIL_WIDTH},iw)':-2",
                "-pix_fmt", "yuvj420p", "-q:v", "4", "-f", "image2", "-update", "1", f"file:{target}",
            ]
        )  # fmt: skip
        if not target.is_file() or target.stat().st_size == 0:
            raise MediaError("The file could not be decoded.", "unreadable_media", 422)
    except MediaError:
        target.unlink(missing_ok=True)
        raise


def _input_options(media_type: MediaType) -> list[str]:
    # A fixed demuxer and local files only: a playlist in disguise must not make ffmpeg open other files or hosts.
    return ["-protocol_whitelist", "file", "-f", media_type.demuxer]


def _run(args: list[str]) -> str:
    try:
        done = subprocess.run(args, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)  # noqa: S603
    except FileNotFoundError:
        raise MediaError(f"{args[0]} is not installed on the server.", "no_ffmpeg", 503) from None
    except subprocess.TimeoutExpired:
        raise MediaError("The file takes too long to decode.", "unreadable_media", 422) from None
    if done.returncode != 0:
        raise MediaError("The file is damaged or not what it claims to be.", "unreadable_media", 422)
    return done.stdout
