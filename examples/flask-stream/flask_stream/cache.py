"""A cache for what is costly to ask the database: it may forget, and may be away, and the app still works."""

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError

from flask_stream.redis_client import connect

log = logging.getLogger(__name__)


class Cache(Protocol):
    def get_or_make(self, group: str, name: str, seconds: int, make: Callable[[], Any]) -> Any:
        """The JSON value kept under `name`, or what `make` returns, which then is kept for `seconds`."""

    def invalidate(self, group: str) -> None:
        """Forget every value of `group`."""

    def check(self) -> None:
        """Raise when the cache does not work."""


class LocalCache:
    """In this process alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._groups: dict[str, dict[str, tuple[float, str]]] = {}

    def get_or_make(self, group: str, name: str, seconds: int, make: Callable[[], Any]) -> Any:
        with self._lock:
            entries = self._groups.setdefault(group, {})
            expires, text = entries.get(name, (0.0, ""))
        if text and expires > self._clock():
            return json.loads(text)
        value = make()
        # Into the group as it was before `make` asked: after an invalidation meanwhile, nobody looks there.
        entries[name] = (self._clock() + seconds, json.dumps(value))
        return value

    def invalidate(self, group: str) -> None:
        with self._lock:
            self._groups.pop(group, None)

    def check(self) -> None:
        """Memory is always there."""


class RedisCache:
    """Shared by every process.

    A group has a generation number that is part of its keys. Invalidation raises the number, so a value made from
    an older state of the database can only be stored where nobody reads any more.
    """

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix

    def get_or_make(self, group: str, name: str, seconds: int, make: Callable[[], Any]) -> Any:
        key = None
        try:
            generation = self._client.get(self._generation(group)) or "0"
            key = f"{self._prefix}cache:{group}:{generation}:{name}"
            text = self._client.get(key)
            if text is not None:
                return json.loads(text)
        except RedisError as error:
            log.warning("Working without cache: %s", error)
            key = None
        value = make()
        if key and seconds > 0:
            try:
                self._client.set(key, json.dumps(value), ex=seconds)
            except RedisError as error:
                log.warning("Could not write to the cache: %s", error)
        return value

    def invalidate(self, group: str) -> None:
        try:
            self._client.incr(self._generation(group))
        except RedisError as error:
            log.warning("Could not invalidate the cache, lists may be old for a while: %s", error)

    def check(self) -> None:
        self._client.ping()

    def _generation(self, group: str) -> str:
        return f"{self._prefix}generation:{group}"


def create_cache(redis_url: str, prefix: str) -> Cache:
    """A cache in Redis when there is a URL, else one in this process."""
    return RedisCache(connect(redis_url), prefix) if redis_url else LocalCache()
