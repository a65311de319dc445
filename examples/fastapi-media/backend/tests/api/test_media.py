from dataclasses import replace

import cv2
import numpy as np
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from media.app import create_app
from tests.samples import png


def encode(image, form=".png"):
    return cv2.imencode(form, image)[1].tobytes()


def test_a_picture_is_stored_and_described(client, send, files):
    response = send(png(320, 200), "../../pier.png")
    assert response.status_code == 201
    medium = response.json()
    assert (medium["name"], medium["content_type"]) == ("pier.png", "image/png")
    assert (medium["width"], medium["height"], medium["seconds"]) == (320, 200, None)
    assert medium["findings"]["colours"] == ["#0f766e"]
    assert client.get(f"/media/{medium['id']}").json() == medium
    assert files() == [f"{medium['id']}.png", f"{medium['id']}.poster.jpg"]


def test_a_clip_is_cut_for_every_browser(client, send, make_clip):
    clip = make_clip("long.webm", "testsrc=size=640x360:rate=10:duration=6", codec=("-c:v", "libvpx"))
    medium = send(clip.read_bytes(), "long.webm").json()
    assert medium["seconds"] == pytest.approx(6, abs=0.2)
    assert {"motion", "scenes"} <= medium["findings"].keys()
    preview = client.get(f"/media/{medium['id']}/preview")
    assert preview.headers["content-type"] == "video/mp4"
    assert preview.content[4:8] == b"ftyp"
    assert client.get(f"/media/{medium['id']}/poster").content.startswith(b"\xff\xd8\xff")


def test_the_file_comes_back_whole_and_in_ranges(client, send):
    content = png(200, 200)
    key = send(content).json()["id"]
    whole = client.get(f"/media/{key}/file")
    assert whole.content == content
    assert "sandbox" in whole.headers["content-security-policy"]
    part = client.get(f"/media/{key}/file", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, content[10:20])


def test_codes_in_a_picture_are_read(send):
    code = cv2.QRCodeEncoder.create().encode("https://example.org/berth/14")
    code = cv2.copyMakeBorder(cv2.resize(code, None, fx=6, fy=6, interpolation=0), 40, 40, 40, 40, 0, value=255)
    assert send(encode(code)).json()["findings"]["codes"] == ["https://example.org/berth/14"]


def test_what_looks_alike_is_found_and_what_does_not_is_not(client, send):
    y, x = np.mgrid[0:300, 0:400]
    image = cv2.merge([(127 + 120 * np.sin(x / part + y / 50)).astype(np.uint8) for part in (31, 47, 61)])
    first = send(encode(image)).json()["id"]
    smaller = send(encode(cv2.resize(image, (200, 150)), ".jpg"), "smaller.jpg").json()["id"]
    send(encode(cv2.flip(image, -1)), "other.png")
    found = client.get(f"/media/{first}/alike").json()
    assert [medium["id"] for medium in found] == [smaller]


def test_newest_comes_first_in_pages(client, send):
    keys = [send(name=f"{at}.png").json()["id"] for at in range(3)][::-1]
    first = client.get("/media", params={"limit": 2}).json()
    rest = client.get("/media", params={"limit": 2, "offset": 2}).json()
    assert [medium["id"] for medium in first + rest] == keys
    assert client.get("/media", params={"limit": 0}).status_code == 422


def test_deleting_leaves_nothing(client, send, files, make_clip):
    clip = make_clip("short.mp4", "testsrc=size=160x120:rate=10:duration=1").read_bytes()
    for key in (send().json()["id"], send(clip, "short.mp4").json()["id"]):
        assert client.delete(f"/media/{key}").status_code == 204
        assert client.get(f"/media/{key}").status_code == 404
    assert files() == []


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"", 400, "empty"),
        (b"just text", 415, "Only PNG, JPEG"),
        (b"#EXTM3U\nfile:///etc/passwd", 415, "Only PNG"),
        (png()[:50], 422, "damaged"),
        (b"\0\0\0\x18ftypisom" + bytes(400), 422, "damaged"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason_and_leaves_nothing(send, files, content, status, reason):
    response = send(content)
    assert response.status_code == status
    assert reason in response.json()["detail"]
    assert files() == []


def test_limits_hold(settings, send, files, make_clip):
    with TestClient(create_app(replace(settings, max_upload_bytes=1024 * 1024, max_seconds=1))) as client:
        large = send(png() + bytes(1024 * 1024), via=client)
        assert (large.status_code, large.json()["detail"]) == (413, "A file may have 1 MB at most.")
        clip = make_clip("two.mp4", "testsrc=size=160x120:rate=10:duration=2").read_bytes()
        assert "longer than 1 seconds" in send(clip, via=client).json()["detail"]
    assert files() == []


def test_with_a_token_only_who_knows_it_changes_anything(settings, send, client):
    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    key = send().json()["id"]
    with TestClient(create_app(replace(settings, token_hash=hasher.hash("open sesame")))) as guarded:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic open sesame"}):
            assert send(via=guarded, headers=headers).status_code == 401
            assert guarded.delete(f"/media/{key}", headers=headers).status_code == 401
        assert guarded.get(f"/media/{key}").status_code == 200
        assert send(via=guarded, headers={"Authorization": "Bearer open sesame"}).status_code == 201


def test_health_names_the_database_that_is_used(client, database):
    response = client.get("/health")
    assert response.json() == {"status": "healthy", "database": database.split(":")[0].split("+")[0]}
    assert response.headers["cache-control"] == "no-store"


def test_health_fails_without_a_schema(tmp_path, settings):
    with TestClient(create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/empty.sqlite3"))) as client:
        response = client.get("/health")
    assert (response.status_code, response.json()["status"]) == (503, "unhealthy")


def test_the_interface_describes_itself(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/health", "/media", "/media/{key}", "/media/{key}/alike"} <= paths.keys()
