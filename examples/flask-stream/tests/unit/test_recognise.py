import pytest

from flask_stream import media
from tests.pictures import png


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (png()[:64], media.PNG),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", media.JPEG),
        (b"GIF89a\x01\x00", media.GIF),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", media.WEBP),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", media.MP4),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", media.MOV),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", media.WEBM),
    ],
)
def test_accepted_formats_are_known_by_their_first_bytes(head, expected):
    assert media.recognise(head) is expected


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>",
        b"<html>",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd",
        b"%PDF-1.7",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00",
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska",
    ],
)
def test_everything_else_is_not(head):
    assert media.recognise(head) is None
