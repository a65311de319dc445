"""Brings events from the request that causes them to every open stream, in this process or through Redis."""

import logging
import threading
from collections.abc import Callable
from queue import Empty, Full, Queue
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

from flask_stream.redis_client import connect
from flask_stream.sse import Event

log = logging.getLogger(__name__)

# A browser this far behind does better to reconnect and read what it missed from the database.
QUEUE_LIMIT = 100


class BrokerUnavailableError(RuntimeError):
    """Events cannot be received or sent at the moment."""


class StreamEndedError(Exception):
    """The subscription is over; the browser is expected to come back."""


class Subscription:
    """The events for one stream, in the order of arrival."""

    def __init__(self, forget: Callable[["Subscription"], None]) -> None:
        self._queue: Queue[Event] = Queue(maxsize=QUEUE_LIMIT)
        self._ended = threading.Event()
        self._forget = forget

    def get(self, timeout: float) -> Event | None:
        """The next event, or None after `timeout` seconds. Raises StreamEndedError when there will be no more."""
        remaining = timeout
        while not self._ended.is_set():
            if remaining <= 0:
                return None
            # Short waits, because ending a stream cannot wake a queue that is full or empty.
            step = min(remaining, 0.25)
            try:
                return self._queue.get(timeout=step)
            except Empty:
                remaining -= step
        raise StreamEndedError

    def put(self, event: Event) -> None:
        """Hand over an event; a subscriber that does not keep up is ended."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self.end()

    def end(self) -> None:
        """Make `get` raise from now on."""
        self._ended.set()

    def close(self) -> None:
        """Stop receiving. Harmless when called again."""
        self.end()
        self._forget(self)


class Broker(Protocol):
    def publish(self, event: Event) -> None:
        """Send to every stream. Raises BrokerUnavailableError."""

    def subscribe(self) -> Subscription:
        """Receive everything published from now on. Raises BrokerUnavailableError."""

    def close(self) -> None:
        """End every stream and refuse new ones."""


class LocalBroker:
    """Between the threads of one process; enough for one worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._closed = False

    @property
    def subscribers(self) -> int:
        """How many streams are open."""
        return len(self._subscriptions)

    def publish(self, event: Event) -> None:
        with self._lock:
            for subscription in self._subscriptions:
                subscription.put(event)

    def subscribe(self) -> Subscription:
        with self._lock:
            if self._closed:
                raise BrokerUnavailableError("the app is stopping")
            subscription = Subscription(self._remove)
            self._subscriptions.add(subscription)
            return subscription

    def end_streams(self) -> None:
        """End the streams that are open now; new ones may come."""
        # A copy and no lock: this also runs in a signal handler, which may interrupt a holder of the lock.
        for subscription in tuple(self._subscriptions):
            subscription.end()

    def close(self) -> None:
        self._closed = True
        self.end_streams()

    def _remove(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions.discard(subscription)


class RedisBroker:
    """Between processes and machines: one listening connection per process feeds that process's streams.

    Pub/sub keeps nothing for a listener that is away, so whenever the connection was lost the streams are ended:
    their browsers reconnect and get what they missed from the database.
    """

    def __init__(self, client: Redis, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._streams = LocalBroker()
        self._lock = threading.Lock()
        self._listener: threading.Thread | None = None
        self._connected = threading.Event()
        self._closed = threading.Event()

    @property
    def subscribers(self) -> int:
        """How many streams of this process are open."""
        return self._streams.subscribers

    def publish(self, event: Event) -> None:
        try:
            self._client.publish(self._channel, event.to_json())
        except RedisError as error:
            raise BrokerUnavailableError(str(error)) from error

    def subscribe(self) -> Subscription:
        self._start_listener()
        if not self._connected.wait(timeout=3):
            raise BrokerUnavailableError("Redis does not answer")
        return self._streams.subscribe()

    def close(self) -> None:
        self._closed.set()
        self._streams.close()

    def _start_listener(self) -> None:
        # Not in the constructor: a thread started before gunicorn forks would not exist in the workers.
        with self._lock:
            if self._listener is None:
                self._listener = threading.Thread(target=self._listen, name="redis-listener", daemon=True)
                self._listener.start()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                self._receive()
            except RedisError as error:
                log.warning("Live updates paused, Redis is unreachable: %s", error)
            self._connected.clear()
            self._streams.end_streams()
            self._closed.wait(1)

    def _receive(self) -> None:
        with self._client.pubsub() as pubsub:
            pubsub.subscribe(self._channel)
            while not self._closed.is_set():
                message = pubsub.get_message(timeout=1)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    # Also after a reconnection that the client library made by itself.
                    self._streams.end_streams()
                    self._connected.set()
                elif message["type"] == "message":
                    self._deliver(message["data"])

    def _deliver(self, text: str) -> None:
        try:
            self._streams.publish(Event.from_json(text))
        except ValueError:
            log.warning("Ignored a message on %s that is not an event", self._channel)


def create_broker(redis_url: str, prefix: str) -> Broker:
    """A broker through Redis when there is a URL, else one for this process alone."""
    if not redis_url:
        return LocalBroker()
    return RedisBroker(connect(redis_url), f"{prefix}events")
