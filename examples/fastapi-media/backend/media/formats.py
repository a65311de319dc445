"""What a file is, told by its content."""

from dataclasses import dataclass


class MediaError(Exception):
    """A file that cannot be accepted; `status` is the HTTP status that says so."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Format:
    """A format the app accepts; `demuxer` is what ffmpeg calls it, and only clips have one."""

    content_type: str
    extension: str
    demuxer: str = ""


PNG = Format("image/png", "png")
JPEG = Format("image/jpeg", "jpg")
WEBP = Format("image/webp", "webp")
MP4 = Format("video/mp4", "mp4", "mov")
WEBM = Format("video/webm", "webm", "matroska")

ACCEPTED = "PNG, JPEG, WebP, MP4 and WebM"


def recognise(head: bytes) -> Format:
    """The format of a file that begins with `head` (64 bytes are enough).

    Neither the name nor the sender's content type counts: both are claims. Raises MediaError for what is not accepted.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] != b"qt  ":
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return WEBM
    raise MediaError(f"Only {ACCEPTED} files are accepted.", 415)
