"""The live stream."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request

from flask_stream import library, sse
from flask_stream.broker import Broker, BrokerUnavailableError, StreamEndedError, Subscription
from flask_stream.extensions import db

blueprint = Blueprint("events", __name__)

RETRY_MILLISECONDS = 2000
# They carry the id of an event but do not stand for it.
STATE_KINDS = ("hello", "reset")


@blueprint.get("/events")
def events() -> Response | tuple[Response, int]:
    """Server-sent events: upload.created and upload.deleted.

    The first is hello for a new browser. One that reconnects sends Last-Event-ID and gets what it missed, or reset
    when that is no longer kept and it has to load the list anew. Around a reconnection an event may come twice.
    """
    broker: Broker = current_app.extensions["broker"]
    try:
        # Before reading what was missed, so that nothing falls in between.
        subscription = broker.subscribe()
    except BrokerUnavailableError:
        unavailable = Response("live updates are unavailable\n", 503, mimetype="text/plain")
        unavailable.headers["Retry-After"] = "5"
        return unavailable, 503
    try:
        missed = _missed(request.headers.get("Last-Event-ID", ""))
        # A stream lives for hours: it must not keep a database connection.
        db.session.remove()
    except BaseException:
        subscription.close()
        raise
    response = Response(
        _stream(subscription, missed, current_app.config["KEEPALIVE_SECONDS"]), mimetype="text/event-stream"
    )
    response.headers["Cache-Control"] = "no-cache"
    # nginx would hold events back until its buffer is full.
    response.headers["X-Accel-Buffering"] = "no"
    # Also when the browser has gone before the first byte, when the generator never runs.
    response.call_on_close(subscription.close)
    return response


def _missed(last_event_id: str) -> list[sse.Event]:
    if last_event_id.isascii() and last_event_id.isdigit():
        missed = library.events_since(int(last_event_id))
        if missed is not None:
            return missed
        return [sse.Event(library.newest_event_id(), "reset", "{}")]
    # Gives a new browser an id to come back with.
    return [sse.Event(library.newest_event_id(), "hello", "{}")]


def _stream(subscription: Subscription, missed: list[sse.Event], keepalive: float) -> Iterator[str]:
    replayed = {event.id for event in missed if event.kind not in STATE_KINDS}
    yield sse.retry(RETRY_MILLISECONDS) + "".join(map(sse.encode, missed))
    while True:
        try:
            event = subscription.get(timeout=keepalive)
        except StreamEndedError:
            return
        if event is None:
            # Writing is the only way to notice that a browser has gone.
            yield sse.comment("keep-alive")
        elif event.id not in replayed:
            yield sse.encode(event)
