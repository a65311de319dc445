import io
import json
import subprocess

import pytest
from PIL import Image

from gallery import media
from tests.samples import png, wav


def save(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def encoded(tmp_path_factory):
    """A tone of three seconds in each accepted format, made by ffmpeg and tagged."""
    folder = tmp_path_factory.mktemp("tones")
    names = {"mp3": media.MP3, "flac": media.FLAC, "ogg": media.OGG, "m4a": media.M4A, "wav": media.WAV}
    tone = ["-f", "lavfi", "-i", "sine=frequency=330:duration=3"]
    tags = ["-metadata", "title=Morning", "-metadata", "artist=The Herons"]
    for name in names:
        codec = ["-c:a", "libvorbis"] if name == "ogg" else []
        command = ["ffmpeg", "-v", "error", *tone, *tags, *codec, str(folder / f"tone.{name}")]
        subprocess.run(command, check=True)
    return {name: (folder / f"tone.{name}", media_type) for name, media_type in names.items()}


@pytest.mark.parametrize("name", ["mp3", "flac", "ogg", "m4a", "wav"])
def test_music_is_recognised_measured_and_cut(encoded, tmp_path, name):
    source, media_type = encoded[name]
    path = save(tmp_path, source.name, source.read_bytes())
    assert media.recognise(path.read_bytes()[:16]) == media_type
    known = media.describe(path, media_type, max_minutes=30)
    assert known.seconds == pytest.approx(3, abs=0.15)
    assert media.recognise((tmp_path / known.preview).read_bytes()[:16]) == media.MP3
    # WAV files have no place for these that all programs read.
    if name != "wav":
        assert (known.title, known.artist) == ("Morning", "The Herons")


@pytest.mark.parametrize(
    ("pillow", "media_type"), [("PNG", media.PNG), ("JPEG", media.JPEG), ("WEBP", media.WEBP), ("GIF", media.GIF)]
)
def test_pictures_are_recognised_and_made_small(tmp_path, pillow, media_type):
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 600), "teal").save(buffer, pillow)
    path = save(tmp_path, f"picture.{media_type.extension}", buffer.getvalue())
    assert media.recognise(buffer.getvalue()[:16]) == media_type
    known = media.describe(path, media_type, 1)
    assert (known.width, known.height) == (1200, 600)
    with Image.open(tmp_path / known.preview) as preview:
        assert (preview.format, preview.size) == ("JPEG", (480, 240))


def test_a_picture_on_its_side_is_set_up_and_its_notes_are_left_out(tmp_path):
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x013B] = "somebody"
    path = tmp_path / "phone.jpg"
    Image.new("RGB", (100, 50), "navy").save(path, exif=notes)
    known = media.describe(path, media.JPEG, 1)
    assert (known.width, known.height) == (50, 100)
    with Image.open(tmp_path / known.preview) as preview:
        assert preview.size == (50, 100)
        assert dict(preview.getexif()) == {}


def test_a_wave_grows_as_the_sound_does(tmp_path):
    known = media.describe(save(tmp_path, "rising.wav", wav(4)), media.WAV, 1)
    peaks = json.loads(known.peaks)
    assert 60 <= len(peaks) <= 64
    assert peaks == sorted(peaks)
    assert (peaks[0] < 5, peaks[-1]) == (True, 100)


def test_silence_has_a_wave_too(tmp_path):
    content = wav(1)
    silent = content[:44] + bytes(len(content) - 44)
    assert set(json.loads(media.describe(save(tmp_path, "s.wav", silent), media.WAV, 1).peaks)) == {0}


def test_a_long_track_is_refused_before_it_is_decoded(tmp_path):
    path = save(tmp_path, "long.wav", wav(61, rate=1000))
    with pytest.raises(media.MediaError, match="longer than 1 minutes"):
        media.describe(path, media.WAV, max_minutes=1)


def test_a_picture_of_too_many_pixels_is_refused_unopened(tmp_path):
    path = save(tmp_path, "huge.png", png(1, 1).replace(b"\0\0\0\x01\0\0\0\x01\x08", b"\0\0\x40\0\0\0\x40\0\x08"))
    with pytest.raises(media.MediaError):
        media.describe(path, media.PNG, 1)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (media.PNG, png()[:40]),
        (media.JPEG, png()),
        (media.MP3, b"ID3\x04" + bytes(500)),
        (media.FLAC, b"fLaC" + bytes(500)),
        (media.WAV, wav()[:30]),
        (media.OGG, b"OggS" + bytes(500)),
    ],
)
def test_what_cannot_be_decoded_is_refused_and_leaves_nothing(tmp_path, media_type, content):
    path = save(tmp_path, f"broken.{media_type.extension}", content)
    with pytest.raises(media.MediaError):
        media.describe(path, media_type, 1)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("head", [b"", b"%PDF-1.7", b"#EXTM3U\n", b"RIFF\0\0\0\0AVI ", b"\0\0\0\x18ftypisom", b"<svg"])
def test_everything_else_is_not_recognised(head):
    assert media.recognise(head) is None
