import threading
import time

import pytest

from flask_stream.broker import QUEUE_LIMIT, BrokerUnavailableError, LocalBroker, StreamEndedError
from flask_stream.sse import Event


def test_every_subscriber_gets_every_event_in_order():
    broker = LocalBroker()
    first, second = broker.subscribe(), broker.subscribe()
    events = [Event(number, "note", "") for number in range(3)]
    for event in events:
        broker.publish(event)
    assert [first.get(1) for _ in events] == events
    assert [second.get(1) for _ in events] == events


def test_get_gives_up_after_its_timeout():
    started = time.monotonic()
    assert LocalBroker().subscribe().get(timeout=0.05) is None
    assert time.monotonic() - started < 5


def test_a_closed_subscription_is_forgotten():
    broker = LocalBroker()
    subscription = broker.subscribe()
    subscription.close()
    subscription.close()
    assert broker.subscribers == 0
    with pytest.raises(StreamEndedError):
        subscription.get(1)


def test_a_subscriber_that_does_not_keep_up_is_ended_and_others_are_not():
    broker = LocalBroker()
    slow, quick = broker.subscribe(), broker.subscribe()
    for number in range(QUEUE_LIMIT + 1):
        broker.publish(Event(number, "note", ""))
        quick.get(1)
    broker.publish(Event(999, "note", ""))
    assert quick.get(1) == Event(999, "note", "")
    with pytest.raises(StreamEndedError):
        slow.get(1)


def test_closing_wakes_waiting_streams_and_refuses_new_ones():
    broker = LocalBroker()
    subscription = broker.subscribe()
    timer = threading.Timer(0.1, broker.close)
    timer.start()
    started = time.monotonic()
    with pytest.raises(StreamEndedError):
        subscription.get(timeout=30)
    assert time.monotonic() - started < 10
    with pytest.raises(BrokerUnavailableError):
        broker.subscribe()
