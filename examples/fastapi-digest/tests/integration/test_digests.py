import io
import json
import time
import wave

import httpx
import pytest
from redis import Redis
from websockets.sync.client import connect

from tests.integration.conftest import PATIENCE

NOBODY = "0" * 32


def watch(client, id):
    return connect(f"{str(client.base_url).replace('http', 'ws', 1).rstrip('/')}/api/v1/ws/{id}", open_timeout=PATIENCE)


def test_a_feed_becomes_a_digest_to_read_and_to_listen_to(client, ask, worker, wait_until_over):
    asked = ask(length="short")
    assert (asked["status"], asked["title"]) == ("queued", "harbour.xml")
    digest = wait_until_over(asked["id"])
    assert (digest["status"], digest["title"]) == ("done", "Harbour Talk & Tide")
    assert [part["title"] for part in digest["summary"]] == ["Why lighthouses blink", "Knots – a love story"]
    assert all(part["text"].count(". ") == 0 or "Dr. " in part["text"] for part in digest["summary"])
    audio = client.get(digest["audio_url"])
    assert audio.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(audio.content)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(digest["audio_seconds"], abs=0.1)
    assert digest["audio_seconds"] > 3


def test_who_watches_sees_every_step_until_the_end(client, ask, start_worker):
    asked = ask()
    with watch(client, asked["id"]) as socket:
        # Only now there is somebody who works on it.
        assert json.loads(socket.recv(timeout=PATIENCE))["status"] == "queued"
        process = start_worker()
        seen = [json.loads(message) for message in socket]
        assert socket.close_code == 1000
        process.terminate()
        process.wait(timeout=PATIENCE)
    assert [digest["status"] for digest in seen] == ["reading", "speaking", "done"]
    assert seen[1]["summary"] != []
    assert seen[2]["audio_url"] == f"/api/v1/audio/{asked['id']}.wav"


def test_who_comes_late_sees_the_end_at_once(client, ask, worker, wait_until_over):
    digest = wait_until_over(ask()["id"])
    with watch(client, digest["id"]) as socket:
        assert json.loads(socket.recv(timeout=PATIENCE)) == digest


def test_watching_what_is_not_there_ends_with_a_code(client):
    with watch(client, NOBODY) as socket, pytest.raises(Exception, match="4404"):
        socket.recv(timeout=PATIENCE)


def test_audio_is_served_in_parts(client, ask, worker, wait_until_over):
    url = wait_until_over(ask()["id"])["audio_url"]
    whole = client.get(url)
    assert whole.headers["accept-ranges"] == "bytes"
    size = len(whole.content)
    part = client.get(url, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    assert part.content == whole.content[100:200]
    end = client.get(url, headers={"Range": "bytes=-50"})
    assert (end.status_code, end.content) == (206, whole.content[-50:])
    beyond = client.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    changed = client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (changed.status_code, len(changed.content)) == (200, size)


def test_the_newest_digest_comes_first(client, ask):
    ids = [ask()["id"] for _ in range(3)]
    listed = [digest["id"] for digest in client.get("/api/v1/digests").json()]
    assert listed[:3] == ids[::-1]


def test_a_feed_that_cannot_be_used_fails_with_its_reason(ask, worker, wait_until_over):
    digest = wait_until_over(ask(content=b"<html/>")["id"])
    assert (digest["status"], digest["problem"]) == ("failed", "The file is XML, and no RSS feed.")
    assert digest["audio_url"] is None


def test_a_feed_that_has_gone_fails_with_its_reason(ask, environment, start_worker, wait_until_over):
    asked = ask()
    with Redis.from_url(environment["REDIS_URL"]) as redis:
        assert redis.delete(f"{environment['REDIS_PREFIX']}:digest:{asked['id']}:feed") == 1
    process = start_worker()
    assert wait_until_over(asked["id"])["problem"] == "The feed is no longer there."
    process.terminate()
    process.wait(timeout=PATIENCE)


def test_a_feed_is_kept_no_longer_than_it_is_needed(ask, worker, environment, wait_until_over):
    id = wait_until_over(ask()["id"])["id"]
    with Redis.from_url(environment["REDIS_URL"]) as redis:
        key = f"{environment['REDIS_PREFIX']}:digest:{id}"
        deadline = time.monotonic() + PATIENCE
        while redis.exists(f"{key}:feed"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert 0 < redis.ttl(f"{key}:audio") <= 30 * 24 * 60 * 60


def test_a_voice_that_fails_is_named_and_leaves_no_audio(client, ask, start_worker, wait_until_over):
    asked = ask()
    process = start_worker(DEFAULT_TTS_VOICE="xx-nowhere")
    digest = wait_until_over(asked["id"])
    process.terminate()
    process.wait(timeout=PATIENCE)
    assert (digest["status"], digest["problem"][:17]) == ("failed", "espeak-ng failed:")
    assert client.get(f"/api/v1/audio/{asked['id']}.wav").status_code == 404


def test_audio_outlives_redis_where_it_was_listened_to(client, ask, worker, environment, wait_until_over):
    digest = wait_until_over(ask()["id"])
    content = client.get(digest["audio_url"]).content
    with Redis.from_url(environment["REDIS_URL"]) as redis:
        redis.delete(f"{environment['REDIS_PREFIX']}:digest:{digest['id']}:audio")
    assert client.get(digest["audio_url"]).content == content


def test_another_web_process_serves_the_same_audio(client, ask, worker, serve, tmp_path, wait_until_over):
    digest = wait_until_over(ask()["id"])
    other = serve(OUTPUT_AUDIO_DIR=str(tmp_path / "audio"))
    answer = httpx.get(other + digest["audio_url"], headers={"Range": "bytes=0-3"}, timeout=PATIENCE)
    assert (answer.status_code, answer.content) == (206, b"RIFF")


@pytest.mark.parametrize(
    ("content", "form", "status"),
    [
        (b"", {}, 400),
        (b"x" * (64 * 1024 + 1), {}, 413),
        (b"<rss/>", {"length": "endless"}, 422),
    ],
)
def test_wrong_requests_are_refused(client, content, form, status):
    answer = client.post("/api/v1/digests", files={"feed": ("a.xml", content)}, data=form)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/api/v1/digests/{NOBODY}", 404),
        (f"/api/v1/audio/{NOBODY}.wav", 404),
        ("/api/v1/digests/..%2f..%2fetc", 404),
        ("/api/v1/audio/..%2f..%2fetc%2fpasswd.wav", 404),
        ("/api/v1/audio/UPPER.wav", 422),
    ],
)
def test_what_is_not_there_is_not_found(client, path, status):
    assert client.get(path).status_code == status
