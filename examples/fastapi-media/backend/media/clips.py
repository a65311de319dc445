"""What ffmpeg does with clips: measure them, and cut a short one that every browser plays."""

import json
import subprocess
from pathlib import Path

from media.formats import Format, MediaError

PREVIEW_SECONDS = 4
TIMEOUT_SECONDS = 120


def measure(path: Path, kind: Format) -> float:
    """Length of a clip in seconds. Raises MediaError when it has no picture."""
    shown = ["-select_streams", "v:0", "-show_entries", "stream=width:format=duration", "-of", "json"]
    answer = json.loads(_run(["ffprobe", "-v", "error", *_input(kind), *shown, f"file:{path}"]))
    duration = answer.get("format", {}).get("duration")
    if not answer.get("streams") or duration in (None, "N/A"):
        raise MediaError("The clip holds no picture.")
    return round(float(duration), 2)


def make_preview(path: Path, kind: Format, target: Path) -> None:
    """Write the first seconds of a clip, small and silent, as MP4."""
    picture = ["-an", "-vf", "scale='min(320,iw)':-2", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28"]
    # Players other than the newest ask for this pixel format, and for the index at the beginning.
    form = ["-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"]
    cut = ["-t", str(PREVIEW_SECONDS), "-i", f"file:{path}"]
    _run(["ffmpeg", "-v", "error", "-nostdin", "-y", *_input(kind), *cut, *picture, *form, f"file:{target}"])


def _input(kind: Format) -> list[str]:
    # A fixed demuxer and local files only: a playlist in disguise must not make ffmpeg open other files or hosts.
    return ["-protocol_whitelist", "file", "-f", kind.demuxer]


def _run(args: list[str]) -> str:
    try:
        done = subprocess.run(args, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)  # noqa: S603
    except FileNotFoundError:
        raise MediaError(f"{args[0]} is not installed on the server.", 503) from None
    except subprocess.TimeoutExpired:
        raise MediaError("The clip takes too long to decode.") from None
    if done.returncode != 0:
        raise MediaError("The clip is damaged or not what it claims to be.")
    return done.stdout
