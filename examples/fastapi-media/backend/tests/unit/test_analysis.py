import cv2
import numpy as np
import pytest

from media import analysis
from media.formats import MediaError
from media.library import ALIKE
from tests.samples import png


@pytest.fixture(scope="module")
def scene():
    """A picture with edges, areas and detail, and nothing random."""
    y, x = np.mgrid[0:480, 0:640]
    waves = (127 + 60 * np.sin(x / 23) + 60 * np.cos(y / 31 + x / 97)).astype(np.uint8)
    image = cv2.merge([waves, cv2.flip(waves, 1), np.full_like(waves, 90)])
    cv2.rectangle(image, (60, 80), (300, 260), (20, 30, 200), -1)
    cv2.circle(image, (450, 300), 90, (240, 240, 240), -1)
    return image


def write(path, image, *options):
    cv2.imwrite(str(path), image, options)
    return path


def test_a_picture_is_measured(tmp_path, scene):
    found = analysis.analyse_picture(write(tmp_path / "scene.png", scene))
    assert (found.width, found.height) == (640, 480)
    assert found.findings["codes"] == []
    assert 0 < found.findings["brightness"] < 1
    poster = cv2.imdecode(np.frombuffer(found.poster, np.uint8), cv2.IMREAD_COLOR)
    assert poster.shape[:2] == (360, 480)


def test_blur_is_seen(scene):
    blurred = cv2.GaussianBlur(scene, (0, 0), 5)
    assert analysis.sharpness(blurred) < analysis.sharpness(scene) / 4


def test_colours_come_with_the_largest_area_first():
    flag = np.zeros((60, 100, 3), np.uint8)
    flag[:, :60] = (0, 0, 255)
    flag[:, 60:90] = (0, 255, 0)
    flag[:, 90:] = (255, 0, 0)
    assert analysis.colours(flag) == ["#ff0000", "#00ff00", "#0000ff"]


def test_one_colour_is_one_colour(tmp_path):
    path = tmp_path / "plain.png"
    path.write_bytes(png(colour=(15, 118, 110)))
    assert analysis.analyse_picture(path).findings["colours"] == ["#0f766e"]


def test_codes_are_read_where_they_stand_and_however_they_lie(scene):
    page = scene.copy()
    code = cv2.QRCodeEncoder.create().encode("berth 14")
    code = cv2.cvtColor(cv2.resize(code, (200, 200), interpolation=cv2.INTER_NEAREST), cv2.COLOR_GRAY2BGR)
    page[240:440, 380:580] = code
    assert analysis.codes(page) == ["berth 14"]
    assert analysis.codes(cv2.rotate(page, cv2.ROTATE_90_CLOCKWISE)) == ["berth 14"]


def test_fingerprints_survive_size_and_compression_but_not_another_picture(tmp_path, scene):
    one = analysis.fingerprint(scene)
    small = cv2.resize(scene, (160, 120), interpolation=cv2.INTER_AREA)
    pressed = cv2.imread(str(write(tmp_path / "pressed.jpg", small, cv2.IMWRITE_JPEG_QUALITY, 25)))
    assert analysis.distance(one, analysis.fingerprint(pressed)) <= 4
    assert analysis.distance(one, analysis.fingerprint(cv2.flip(scene, 1))) > ALIKE
    assert len(one) == 16


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", png()[:60], b"\xff\xd8\xff" + bytes(200)])
def test_what_is_no_picture_is_refused(tmp_path, content):
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises((MediaError, cv2.error)):
        analysis.analyse_picture(path)


def test_a_still_does_not_move_and_a_test_picture_does(make_clip):
    still = analysis.analyse_clip(make_clip("still.mp4", "color=teal:size=160x120:rate=10:duration=2"))
    moving = analysis.analyse_clip(make_clip("moving.mp4", "testsrc=size=160x120:rate=10:duration=2"))
    assert still.findings["motion"] < 0.001
    assert moving.findings["motion"] > 0.003
    assert (moving.findings["scenes"], still.findings["scenes"]) == (1, 1)


def test_scenes_are_counted_by_their_cuts(make_clip):
    names = ("red", "blue", "green")
    sources = [f"color={name}:size=160x120:rate=10:duration=1" for name in names]
    assert analysis.analyse_clip(make_clip("cuts.mp4", *sources)).findings["scenes"] == 3


def test_the_frame_that_says_most_is_the_poster(make_clip):
    clip = make_clip(
        "late.mp4", *(f"{name}:size=320x240:rate=10" for name in ("color=black:duration=1", "testsrc=duration=1"))
    )
    found = analysis.analyse_clip(clip)
    poster = cv2.imdecode(np.frombuffer(found.poster, np.uint8), cv2.IMREAD_COLOR)
    assert poster.mean() > 40


def test_opencv_reads_what_browsers_record(make_clip):
    clip = make_clip("vp8.webm", "testsrc=size=160x120:rate=10:duration=1", codec=("-c:v", "libvpx"))
    assert (analysis.analyse_clip(clip).width, analysis.analyse_clip(clip).height) == (160, 120)
