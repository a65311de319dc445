import re

import pytest

from tests.integration.conftest import form_key
from tests.samples import png, wav


def test_a_picture_is_shown_with_its_size(client, put_up):
    response = put_up(client, png(80, 60), title="Pier")
    assert response.status_code == 303
    page = client.get(response.location).text
    assert "<h1>Pier</h1>" in page
    assert 'width="80" height="60"' in page
    front = client.get("/").text
    assert "80 × 60" in front


def test_a_track_is_shown_with_its_length_and_wave(client, put_up):
    page = client.get(put_up(client, wav(2), "tone.wav").location).text
    assert "<h1>tone</h1>" in page
    assert "<audio" in page
    assert len(re.findall(r"M\d+ ", page)) > 40
    assert "0:02" in client.get("/").text


def test_original_and_preview_come_back(client, put_up):
    content = png(1000, 10)
    key = put_up(client, content).location.rsplit("/", 1)[1]
    original = client.get(f"/media/{key}")
    assert (original.data, original.mimetype) == (content, "image/png")
    assert client.get(f"/media/{key}/preview").mimetype == "image/jpeg"
    assert "immutable" in original.headers["Cache-Control"]
    assert "sandbox" in original.headers["Content-Security-Policy"]


def test_a_player_can_jump(client, put_up):
    content = wav(2)
    key = put_up(client, content, "tone.wav").location.rsplit("/", 1)[1]
    part = client.get(f"/media/{key}", headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.data == content[1000:2000]
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(content)}"


def test_newest_comes_first_and_pages_follow(make_app, put_up):
    client = make_app(PER_PAGE=2).test_client()
    for title in ("one", "two", "three"):
        put_up(client, title=title)
    titles = re.compile(r"<strong>(.+?)</strong>")
    first = client.get("/").text
    assert titles.findall(first) == ["three", "two"]
    assert "Newer" not in first
    last = client.get(re.search(r'rel="next" href="(.+?)"', first)[1]).text
    assert titles.findall(last) == ["one"]
    assert "Older" not in last


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("harb", 1),
        ("HARBOUR dawn", 1),
        ("café", 1),
        ("cafe", 1),
        ("harbour café", 0),
        ('"', 2),
        ("title:harbour OR", 0),
    ],
)
def test_search_takes_words_and_nothing_else(client, put_up, search, found):
    put_up(client, title="Harbour at dawn")
    put_up(client, title="Café")
    assert client.get("/", query_string={"q": search}).text.count("<strong>") == found


def test_only_the_visitor_who_put_it_up_can_take_it_down(app, client, put_up, files):
    address = put_up(client, title="Mine").location
    other = app.test_client()
    assert "Take down" not in other.get(address).text
    assert other.post(f"{address}/delete", data={"form": form_key(other)}).status_code == 403
    assert len(files()) == 2

    assert "Take down" in client.get(address).text
    response = client.post(f"{address}/delete", data={"form": form_key(client)}, follow_redirects=True)
    assert "“Mine” is gone." in response.text
    assert client.get(address).status_code == 404
    assert client.get("/", query_string={"q": "Mine"}).text.count("<strong>") == 0
    assert files() == []


def test_a_form_from_elsewhere_does_nothing(client, put_up, files):
    assert put_up(client, form="guessed").status_code == 400
    assert files() == []


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "empty.png", "The file is empty."),
        (b"just text", "notes.png", "Only PNG, JPEG"),
        (png()[:50], "half.png", "The picture is damaged"),
        (b"ID3\x04" + bytes(900), "noise.mp3", "The track is damaged"),
        (b"x", "", "Choose a file first."),
    ],
)
def test_a_bad_file_is_refused_with_a_reason_and_leaves_nothing(client, put_up, files, content, name, reason):
    response = put_up(client, content, name)
    assert response.status_code == 303
    assert reason in client.get(response.location).text
    assert files() == []


def test_a_file_that_is_too_large_gets_the_limit_as_answer(make_app, put_up):
    client = make_app(MAX_CONTENT_LENGTH=1024 * 1024).test_client()
    response = put_up(client, bytes(1024 * 1024 + 1))
    assert response.status_code == 413
    assert "1 MB at most" in response.text


def test_names_and_titles_are_text_and_never_markup_or_paths(client, put_up, files):
    page = client.get(put_up(client, name="../../<b>x.png").location).text
    assert "<b>x" not in page
    assert all(re.fullmatch(r"[0-9a-f]{32}(\.preview)?\.(png|jpg)", name) for name in files())
    assert client.get("/media/..%2f..%2fdb%2fgallery.sqlite3").status_code == 404


def test_a_restart_keeps_items_and_who_may_take_them_down(make_app, put_up):
    before = make_app().test_client()
    address = put_up(before, title="Stays").location
    cookie = before.get_cookie("gallery").value
    after = make_app().test_client()
    after.set_cookie("gallery", cookie)
    page = after.get(address).text
    assert "Stays" in page
    assert "Take down" in page


def test_health_names_what_is_wrong(client, tmp_path):
    assert client.get("/health").json == {"status": "ok", "checks": {"database": "ok", "uploads": "ok"}}
    (tmp_path / "uploads").rmdir()
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json["checks"]["uploads"] == "not writable"
