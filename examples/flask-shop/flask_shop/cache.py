"""A cache in Redis for what is costly to ask the database: it may forget, and may be away, and the shop still works."""

import json
import logging
from collections.abc import Callable
from typing import Any, cast

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class Cache:
    """Values under one generation number, which is part of their keys.

    Clearing raises the number, so a value made from an older state of the database can only be stored where nobody
    looks any more.
    """

    def __init__(self, url: str, prefix: str, seconds: int) -> None:
        self._client = Redis.from_url(url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2)
        self._prefix = prefix
        self._seconds = seconds

    def get_or_make(self, name: str, make: Callable[[], Any]) -> Any:
        """The JSON value kept under `name`, or what `make` returns, which then is kept for a while."""
        key = None
        try:
            generation = cast(str | None, self._client.get(self._generation)) or "0"
            key = f"{self._prefix}:cache:{generation}:{name}"
            text = cast(str | None, self._client.get(key))
            if text is not None:
                return json.loads(text)
        except RedisError as error:
            log.warning("Working without cache: %s", error)
            key = None
        value = make()
        if key and self._seconds > 0:
            try:
                self._client.set(key, json.dumps(value), ex=self._seconds)
            except RedisError as error:
                log.warning("Could not write to the cache: %s", error)
        return value

    def clear(self) -> None:
        """Forget everything."""
        try:
            self._client.incr(self._generation)
        except RedisError as error:
            log.warning("Could not clear the cache, stock may look old for a while: %s", error)

    def check(self) -> None:
        """Raise RedisError when the cache does not work."""
        self._client.ping()

    @property
    def _generation(self) -> str:
        return f"{self._prefix}:generation"
