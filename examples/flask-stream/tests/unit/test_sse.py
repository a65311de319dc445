import pytest

from flask_stream import sse
from flask_stream.sse import Event


def test_an_event_is_a_block_of_lines_ended_by_an_empty_one():
    assert sse.encode(Event(7, "upload.created", '{"id":"a"}')) == 'id: 7\nevent: upload.created\ndata: {"id":"a"}\n\n'


@pytest.mark.parametrize("data", ["one\ntwo", "one\r\ntwo", "one\rtwo"])
def test_a_line_break_in_the_data_cannot_end_the_block(data):
    assert sse.encode(Event(1, "note", data)) == "id: 1\nevent: note\ndata: one\ndata: two\n\n"


def test_empty_data_still_dispatches():
    assert "data: \n" in sse.encode(Event(1, "note", ""))


def test_a_comment_is_no_event():
    assert sse.comment("keep-alive") == ": keep-alive\n\n"


def test_events_survive_transport():
    event = Event(3, "upload.deleted", '{"title":"Grüße 🎉\\n"}')
    assert Event.from_json(event.to_json()) == event


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id":"x","kind":"a","data":""}', "not json"])
def test_what_is_no_event_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        Event.from_json(text)
