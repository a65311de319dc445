"""What a file is, told by its content, and the previews made of it: Pillow for pictures, ffmpeg for music."""

import json
from dataclasses import dataclass
from pathlib import Path

import mutagen
from PIL import Image, ImageOps
from pydub import AudioSegment
from pydub.exceptions import CouldntDecodeError

THUMBNAIL_SIZE = (480, 480)
MAX_PIXELS = 50_000_000
PREVIEW_SECONDS = 20
PEAKS = 64
# Enough to see how loud a track is, and half an hour of it takes less than 30 MB.
PEAK_RATE = 8000


class MediaError(Exception):
    """A file that cannot be accepted; the message is for the person who sent it."""


@dataclass(frozen=True)
class MediaType:
    """A format the app accepts; `demuxer` is what Pillow or ffmpeg calls it."""

    kind: str
    content_type: str
    extension: str
    demuxer: str


PNG = MediaType("picture", "image/png", "png", "PNG")
JPEG = MediaType("picture", "image/jpeg", "jpg", "JPEG")
WEBP = MediaType("picture", "image/webp", "webp", "WEBP")
GIF = MediaType("picture", "image/gif", "gif", "GIF")
MP3 = MediaType("track", "audio/mpeg", "mp3", "mp3")
FLAC = MediaType("track", "audio/flac", "flac", "flac")
OGG = MediaType("track", "audio/ogg", "ogg", "ogg")
WAV = MediaType("track", "audio/wav", "wav", "wav")
M4A = MediaType("track", "audio/mp4", "m4a", "mp4")

ACCEPTED = "PNG, JPEG, WebP, GIF, MP3, FLAC, Ogg, WAV and M4A"


@dataclass(frozen=True)
class Description:
    """What is known of a file that could be read; a picture has a size, a track a length and a shape."""

    preview: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    peaks: str | None = None
    title: str = ""
    artist: str = ""


def recognise(head: bytes) -> MediaType | None:
    """The type of a file that begins with `head` (16 bytes are enough), None when the app does not accept it.

    Neither the name nor the browser's content type counts: both are the sender's claim.
    """
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return M4A if head[8:11] == b"M4A" else None
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return MP3
    starts = {
        b"\x89PNG\r\n\x1a\n": PNG,
        b"\xff\xd8\xff": JPEG,
        b"GIF87a": GIF,
        b"GIF89a": GIF,
        b"ID3": MP3,
        b"fLaC": FLAC,
        b"OggS": OGG,
    }
    return next((media_type for start, media_type in starts.items() if head.startswith(start)), None)


def describe(path: Path, media_type: MediaType, max_minutes: int) -> Description:
    """Decode a file and write its preview beside it.

    Raises MediaError when that is not possible; then no preview is left.
    """
    stem = path.with_suffix("")
    preview = stem.with_name(f"{stem.name}.preview.{'jpg' if media_type.kind == 'picture' else 'mp3'}")
    try:
        if media_type.kind == "picture":
            return _picture(path, media_type, preview)
        return _track(path, media_type, preview, max_minutes)
    except BaseException:
        preview.unlink(missing_ok=True)
        raise


def _picture(path: Path, media_type: MediaType, preview: Path) -> Description:
    try:
        # One decoder only: a file must not choose another by being almost two formats at once.
        with Image.open(path, formats=[media_type.demuxer]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise MediaError(f"The picture is too big: {image.width} x {image.height} pixels.")
            # Phones store pictures lying on their side, with a note how to turn them.
            upright = ImageOps.exif_transpose(image)
            size = upright.size
            upright.thumbnail(THUMBNAIL_SIZE)
            # A new picture carries over nothing of the camera's notes, such as where it was taken.
            clean = Image.new("RGB", upright.size, "white")
            layer = upright.convert("RGBA")
            clean.paste(layer, mask=layer)
            clean.save(preview, "JPEG", quality=82)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise MediaError("The picture is damaged or not what it claims to be.") from None
    return Description(preview.name, width=size[0], height=size[1])


def _track(path: Path, media_type: MediaType, preview: Path, max_minutes: int) -> Description:
    seconds, title, artist = _tags(path)
    if seconds > max_minutes * 60:
        raise MediaError(f"The track is longer than {max_minutes} minutes.")
    try:
        rough = AudioSegment.from_file(path, media_type.demuxer, parameters=["-ac", "1", "-ar", str(PEAK_RATE)])
        start = AudioSegment.from_file(path, media_type.demuxer, duration=PREVIEW_SECONDS)
        if len(rough) == 0:
            raise MediaError("The track is empty.")
        start.set_channels(2).fade_out(min(500, len(start))).export(preview, "mp3", bitrate="128k").close()
    except (CouldntDecodeError, IndexError, KeyError):
        raise MediaError("The track is damaged or not what it claims to be.") from None
    peaks = json.dumps(_peaks(rough))
    return Description(preview.name, seconds=round(len(rough) / 1000, 1), peaks=peaks, title=title, artist=artist)


def _tags(path: Path) -> tuple[float, str, str]:
    try:
        file = mutagen.File(path, easy=True)
    except mutagen.MutagenError:
        file = None
    if file is None:
        raise MediaError("The track is damaged or not what it claims to be.")
    tags = file.tags if file.tags is not None and hasattr(file.tags, "get") else {}
    title, artist = (_text(tags.get(name)) for name in ("title", "artist"))
    return getattr(file.info, "length", 0.0), title, artist


def _text(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return first.strip()[:200] if isinstance(first, str) else ""


def _peaks(audio: AudioSegment) -> list[int]:
    """How loud the track is from start to end, as percent of the loudest part."""
    step = max(1, -(-len(audio) // PEAKS))
    loudness = [audio[at : at + step].max for at in range(0, len(audio), step)]
    loudest = max(loudness) or 1
    return [round(100 * peak / loudest) for peak in loudness]
