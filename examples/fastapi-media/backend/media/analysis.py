"""What can be seen in a picture or clip, by OpenCV."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from media.formats import MediaError

Image = np.ndarray

MAX_PIXELS = 50_000_000
MAX_FRAMES = 48
# Analysis looks at small copies: what it measures does not depend on more.
WORKING_SIZE = 512
POSTER_SIZE = 480
# Frames whose colours agree less than this do not belong to one scene.
SCENE_CORRELATION = 0.6


@dataclass(frozen=True)
class Analysis:
    """What was found; `poster` is a JPEG."""

    width: int
    height: int
    fingerprint: str
    poster: bytes
    findings: dict[str, Any]


def analyse_picture(path: Path) -> Analysis:
    """Look at a picture. Raises MediaError when it cannot be decoded."""
    data = np.frombuffer(path.read_bytes(), np.uint8)
    try:
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error:
        # OpenCV's own limit of pixels.
        image = None
    if image is None:
        raise MediaError("The picture is damaged or not what it claims to be.")
    height, width = image.shape[:2]
    if width * height > MAX_PIXELS:
        raise MediaError(f"The picture is too big: {width} x {height} pixels.")
    return Analysis(width, height, fingerprint(image), poster(image), _still(image))


def analyse_clip(path: Path) -> Analysis:
    """Look at frames all along a clip. Raises MediaError when there are none."""
    frames = list(_frames(path))
    if not frames:
        raise MediaError("The clip is damaged or not what it claims to be.")
    # The first frame often is black: the sharpest one says most.
    best = max(frames, key=sharpness)
    height, width = best.shape[:2]
    small = [_shrink(frame, 160) for frame in frames]
    findings = {**_still(best), "motion": motion(small), "scenes": scenes(small)}
    return Analysis(width, height, fingerprint(best), poster(best), findings)


def _frames(path: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        count = max(1, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        step = max(1, -(-count // MAX_FRAMES))
        for at in range(count):
            # Decoding in order is exact for every codec; seeking is not.
            if not capture.grab():
                return
            if at % step == 0:
                decoded, frame = capture.retrieve()
                if decoded:
                    yield frame
    finally:
        capture.release()


def _still(image: Image) -> dict[str, Any]:
    return {
        "sharpness": sharpness(image),
        "brightness": round(float(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).mean()) / 255, 3),
        "colours": colours(image),
        "codes": codes(image),
    }


def sharpness(image: Image) -> float:
    """How much the finest details differ; below about 100 a photograph looks blurred."""
    grey = cv2.cvtColor(_shrink(image, WORKING_SIZE), cv2.COLOR_BGR2GRAY)
    return round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 1)


def colours(image: Image, count: int = 3) -> list[str]:
    """The colours that fill most of a picture, most first, as #rrggbb."""
    pixels = np.float32(_shrink(image, 64, cv2.INTER_NEAREST).reshape(-1, 3))
    count = min(count, len(np.unique(pixels, axis=0)))
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1.0)
    cv2.setRNGSeed(1)
    _, labels, centres = cv2.kmeans(pixels, count, None, criteria, 3, cv2.KMEANS_PP_CENTERS)
    order = np.argsort(-np.bincount(labels.ravel(), minlength=count))
    return ["#{2:02x}{1:02x}{0:02x}".format(*np.uint8(np.round(centres[at]))) for at in order]


def codes(image: Image) -> list[str]:
    """Texts of the QR codes in a picture."""
    found, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(_shrink(image, 1024))
    return sorted({text for text in texts if text}) if found else []


def motion(frames: list[Image]) -> float:
    """How much changes from frame to frame: 0 for a still, towards 1 when everything does."""
    greys = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) for frame in frames]
    changes = [float(cv2.absdiff(one, two).mean()) / 255 for one, two in pairwise(greys)]
    return round(sum(changes) / len(changes), 4) if changes else 0.0


def scenes(frames: list[Image]) -> int:
    """How many scenes there are, told by sudden changes of colours."""
    histograms = [
        cv2.normalize(cv2.calcHist([frame], [0, 1, 2], None, [8] * 3, [0, 256] * 3), None) for frame in frames
    ]
    pairs = pairwise(histograms)
    return 1 + sum(cv2.compareHist(one, two, cv2.HISTCMP_CORREL) < SCENE_CORRELATION for one, two in pairs)


def fingerprint(image: Image) -> str:
    """64 bits that stay nearly the same when a picture is resized or compressed.

    Each says whether it gets lighter to the right in one part of the picture.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()


def distance(one: str, two: str) -> int:
    """In how many of 64 bits two fingerprints differ."""
    return (int(one, 16) ^ int(two, 16)).bit_count()


def poster(image: Image) -> bytes:
    """A small JPEG."""
    encoded, data = cv2.imencode(".jpg", _shrink(image, POSTER_SIZE), [cv2.IMWRITE_JPEG_QUALITY, 82])
    if not encoded:
        raise MediaError("The picture could not be made smaller.")
    return data.tobytes()


def _shrink(image: Image, longest: int, how: int = cv2.INTER_AREA) -> Image:
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=how)
