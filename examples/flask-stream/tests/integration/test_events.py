import http.client
import json
import os
import re
import threading
import time

import pytest
from werkzeug.serving import make_server

from flask_stream import library
from flask_stream.broker import BrokerUnavailableError

pytestmark = pytest.mark.ffmpeg


class Stream:
    """A browser's side of /events, without a browser."""

    def __init__(self, app, last_event_id=None):
        headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
        self.response = app.test_client().get("/events", headers=headers, buffered=False)
        self._chunks = iter(self.response.response)
        self._text = ""

    def next_block(self):
        while "\n\n" not in self._text:
            chunk = next(self._chunks)
            self._text += chunk if isinstance(chunk, str) else chunk.decode()
        block, self._text = self._text.split("\n\n", 1)
        return block

    def next_event(self):
        """The next event as (id, kind, data); comments and retry do not count."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            match = re.fullmatch(r"id: (\d+)\nevent: (\S+)\ndata: (.*)", self.next_block())
            if match:
                return int(match[1]), match[2], json.loads(match[3])
        raise AssertionError("no event within a minute")

    def wait_for_end(self):
        """Read until the server ends the stream."""
        for _ in self._chunks:
            pass

    def close(self):
        self.response.close()


@pytest.fixture
def listen(app):
    streams = []

    def open_stream(last_event_id=None, at=app):
        streams.append(Stream(at, last_event_id))
        return streams[-1]

    yield open_stream
    for stream in streams:
        stream.close()


def test_the_stream_is_one_that_proxies_let_through(listen):
    stream = listen()
    assert stream.response.status_code == 200
    assert stream.response.headers["Content-Type"].startswith("text/event-stream")
    assert stream.response.headers["Cache-Control"] == "no-cache"
    assert stream.response.headers["X-Accel-Buffering"] == "no"
    assert stream.next_block() == "retry: 2000"
    assert stream.next_event()[1] == "hello"


def test_silence_is_filled_with_comments(listen):
    stream = listen()
    stream.next_event()
    assert stream.next_block() == ": keep-alive"
    assert stream.next_block() == ": keep-alive"


def test_an_upload_and_its_deletion_are_told(client, upload, listen):
    stream = listen()
    stream.next_event()
    created = upload(title="Grüße\nvom Hafen").json
    number, kind, data = stream.next_event()
    token = created.pop("delete_token")
    assert (kind, data) == ("upload.created", created)
    client.delete(f"/api/uploads/{created['id']}", headers={"X-Delete-Token": token})
    assert stream.next_event() == (number + 1, "upload.deleted", {"id": created["id"]})


def test_the_delete_token_is_never_told(upload, listen):
    stream = listen()
    stream.next_event()
    upload()
    assert "delete_token" not in stream.next_event()[2]


def test_every_stream_is_told(upload, listen):
    streams = [listen() for _ in range(3)]
    for stream in streams:
        stream.next_event()
    upload()
    assert len({stream.next_event()[0] for stream in streams}) == 1


def test_who_comes_back_gets_what_was_missed_and_then_what_is_new(upload, listen):
    upload()
    stream = listen()
    seen, _, _ = stream.next_event()
    stream.close()
    missed = [upload(title=f"missed {number}").json["id"] for number in range(2)]
    again = listen(last_event_id=seen)
    assert [again.next_event()[2]["id"] for _ in missed] == missed
    new = upload().json["id"]
    assert again.next_event()[2]["id"] == new


def test_what_happens_while_someone_comes_back_is_told_once(monkeypatch, upload, listen):
    upload()
    seen, _, _ = listen().next_event()
    read = library.events_since

    def read_after_an_upload(last_id):
        upload()
        return read(last_id)

    monkeypatch.setattr(library, "events_since", read_after_an_upload)
    again = listen(last_event_id=seen)
    assert again.next_event()[0] == seen + 1
    assert again.next_block() == ": keep-alive"


def test_who_missed_nothing_gets_nothing(upload, listen):
    upload()
    stream = listen()
    seen, _, _ = stream.next_event()
    again = listen(last_event_id=seen)
    assert again.next_block() == "retry: 2000"
    assert again.next_block() == ": keep-alive"


def test_who_missed_too_much_is_told_to_start_anew(make_app, upload, listen):
    forgetful = make_app(EVENTS_KEPT=2)
    upload(via=forgetful.test_client())
    first = listen(at=forgetful)
    seen, _, _ = first.next_event()
    for _ in range(4):
        upload(via=forgetful.test_client())
    assert listen(last_event_id=seen, at=forgetful).next_event() == (seen + 4, "reset", {})
    # Two are kept, and who saw the one before them misses nothing.
    assert listen(last_event_id=seen + 2, at=forgetful).next_event()[0] == seen + 3


def test_an_id_from_another_database_starts_anew(upload, listen):
    upload()
    assert listen(last_event_id=999_999_999).next_event()[1] == "reset"


@pytest.mark.parametrize("last_event_id", ["", "x", "-1", "1; DROP TABLE events"])
def test_an_id_that_is_none_is_ignored(listen, last_event_id):
    assert listen(last_event_id=last_event_id).next_event()[1] == "hello"


def test_a_stream_that_is_closed_is_forgotten(app, listen):
    broker = app.extensions["broker"]
    stream = listen()
    stream.next_event()
    assert broker.subscribers == 1
    stream.close()
    assert broker.subscribers == 0


def test_a_stopping_app_ends_its_streams(app, listen):
    stream = listen()
    stream.next_event()
    app.extensions["broker"].close()
    started = time.monotonic()
    stream.wait_for_end()
    assert time.monotonic() - started < 30
    assert app.test_client().get("/events").status_code == 503


def test_over_a_real_connection_events_arrive_at_once(app, upload):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        arrived = _read_until(server.port, b"upload.created", start=upload)
        assert arrived < 10
    finally:
        app.extensions["broker"].close()
        server.shutdown()
        thread.join(timeout=5)


def _read_until(port, expected, start):
    """Seconds between an upload's answer and its event on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/events")
    response = connection.getresponse()
    while b"event: hello" not in response.readline():
        pass
    start()
    answered = time.monotonic()
    while expected not in response.readline():
        pass
    connection.close()
    return time.monotonic() - answered


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs REDIS_URL")
def test_events_and_cache_reach_other_workers(make_app, app, upload, listen):
    other = make_app()
    assert other.test_client().get("/api/uploads").json["total"] == 0
    stream = listen(at=other)
    stream.next_event()
    created = upload(via=app.test_client()).json
    assert stream.next_event()[2]["id"] == created["id"]
    assert other.test_client().get("/api/uploads").json["total"] == 1


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs REDIS_URL")
def test_a_lost_redis_connection_makes_browsers_come_back(app, upload, listen):
    upload()
    stream = listen()
    seen, _, _ = stream.next_event()
    client = app.extensions["cache"]._client
    for entry in client.client_list(_type="pubsub"):
        client.client_kill(entry["addr"])
    stream.wait_for_end()
    missed = upload().json["id"]
    deadline = time.monotonic() + 60
    while True:
        try:
            app.extensions["broker"].subscribe().close()
            break
        except BrokerUnavailableError:
            assert time.monotonic() < deadline
    assert listen(last_event_id=seen).next_event()[2]["id"] == missed
