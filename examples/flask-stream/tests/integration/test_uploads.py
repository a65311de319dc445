import pytest

from tests.pictures import png

pytestmark = pytest.mark.ffmpeg


def test_an_upload_is_described_stored_and_listed(client, upload, files):
    response = upload(title="Harbour 🌊")
    assert response.status_code == 201
    created = response.json
    assert created["title"] == "Harbour 🌊"
    assert (created["kind"], created["content_type"]) == ("image", "image/png")
    assert (created["width"], created["height"], created["duration"]) == (64, 48, None)
    assert created["size"] == len(png())
    assert files() == [f"{created['id']}.png", f"{created['id']}.thumbnail.jpg"]

    del created["delete_token"]
    assert client.get(response.headers["Location"]).json == created
    assert client.get("/api/uploads").json["items"] == [created]


def test_the_title_defaults_to_the_name_of_the_file(upload):
    assert upload(name="Pictures/sunset.beach.png").json["title"] == "sunset.beach"


def test_the_original_comes_back_unchanged_and_may_be_kept(client, upload):
    created = upload().json
    response = client.get(created["url"])
    assert response.data == png()
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "immutable" in response.headers["Cache-Control"]


def test_players_can_ask_for_a_part(client, upload):
    response = client.get(upload().json["url"], headers={"Range": "bytes=1-3"})
    assert response.status_code == 206
    assert response.data == b"PNG"


@pytest.mark.parametrize(
    ("name", "content_type", "has_duration"),
    [
        ("clip.mp4", "video/mp4", True),
        ("clip.mov", "video/quicktime", True),
        ("clip.webm", "video/webm", True),
        ("picture.jpg", "image/jpeg", False),
        ("picture.gif", "image/gif", False),
        ("picture.webp", "image/webp", False),
        ("picture.png", "image/png", False),
    ],
)
def test_every_accepted_format_gets_a_thumbnail(client, upload, clips, name, content_type, has_duration):
    created = upload(clips[name], name).json
    assert created["content_type"] == content_type
    assert (created["width"], created["height"]) == (640, 360)
    if has_duration:
        assert created["duration"] == pytest.approx(2, abs=0.3)
    else:
        assert created["duration"] is None
    thumbnail = client.get(created["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/jpeg"
    assert thumbnail.data.startswith(b"\xff\xd8\xff")
    assert jpeg_size(thumbnail.data) == (480, 270)


def test_a_small_picture_is_not_blown_up(client, upload):
    assert jpeg_size(client.get(upload().json["thumbnail_url"]).data) == (64, 48)


def test_the_content_decides_not_the_name(upload):
    assert upload(png(), "really.mp4").json["content_type"] == "image/png"


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "empty.png", 400, "empty_file"),
        (b"just text", "picture.png", 415, "unsupported_media"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture.svg", 415, "unsupported_media"),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "clip.mp4", 415, "unsupported_media"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "broken.png", 422, "unreadable_media"),
        (b"\x00\x00\x00\x20ftypisom" + b"\0" * 500, "broken.mp4", 422, "unreadable_media"),
        (png()[:60], "half.png", 422, "unreadable_media"),
    ],
)
def test_bad_files_are_refused_and_nothing_is_left(client, upload, files, content, name, status, code):
    response = upload(content, name)
    assert response.status_code == status
    assert response.json["error"]["code"] == code
    assert files() == []
    assert client.get("/api/uploads").json["total"] == 0


def test_a_picture_with_too_many_pixels_is_refused(upload, files):
    response = upload(png(8000, 6251))
    assert response.json["error"]["code"] == "too_many_pixels"
    assert files() == []


def test_a_file_over_the_limit_is_refused_with_the_limit(make_app, upload):
    small = make_app(MAX_CONTENT_LENGTH=1024 * 1024).test_client()
    response = upload(b"\x89PNG\r\n\x1a\n" + b"\0" * 1024 * 1024, via=small)
    assert response.status_code == 413
    assert response.json["error"] == {"code": "too_large", "message": "The file is larger than 1 MB."}


def test_a_request_without_file_says_so(client):
    response = client.post("/api/uploads", data={"title": "nothing"})
    assert response.status_code == 400
    assert "`file` is missing" in response.json["error"]["message"]


def test_a_title_that_the_database_would_cut_is_refused(upload, files):
    assert upload(title="x" * 200).status_code == 201
    assert upload(title="x" * 201).status_code == 400
    assert len(files()) == 2


def test_names_that_reach_out_of_the_folder_stay_names(upload, files, tmp_path):
    created = upload(name="../../../../tmp/evil.png").json
    assert created["title"] == "evil"
    assert files() == [f"{created['id']}.png", f"{created['id']}.thumbnail.jpg"]


@pytest.mark.parametrize(
    "path",
    [
        "/media/..%2f..%2fpyproject.toml",
        "/media/../pyproject.toml",
        "/media/%2e%2e/%2e%2e/etc/passwd",
        "/media/nothing",
        "/media/nothing/thumbnail",
        "/media/a.png",
    ],
)
def test_only_what_is_on_the_wall_can_be_fetched(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.is_json


def test_the_uploader_can_delete(client, upload, files):
    created = upload().json
    response = client.delete(f"/api/uploads/{created['id']}", headers={"X-Delete-Token": created["delete_token"]})
    assert response.status_code == 204
    assert files() == []
    assert client.get(created["url"]).status_code == 404
    assert client.get("/api/uploads").json["total"] == 0


def test_nobody_else_can(client, upload):
    mine, other = upload().json, upload().json
    address = f"/api/uploads/{mine['id']}"
    for headers in ({}, {"X-Delete-Token": "guess"}, {"X-Delete-Token": other["delete_token"]}):
        assert client.delete(address, headers=headers).status_code == 403
    assert client.get(address).status_code == 200


def test_a_token_of_another_installation_is_worth_nothing(make_app, client, upload):
    created = upload().json
    other = make_app(SECRET_KEY="another").test_client()
    response = other.delete(f"/api/uploads/{created['id']}", headers={"X-Delete-Token": created["delete_token"]})
    assert response.status_code == 403


def jpeg_size(data):
    """Width and height from a JPEG's frame header."""
    position = 2
    while data[position + 1] not in (0xC0, 0xC1, 0xC2):
        position += 2 + int.from_bytes(data[position + 2 : position + 4])
    height, width = data[position + 5 : position + 7], data[position + 7 : position + 9]
    return int.from_bytes(width), int.from_bytes(height)
