"""Digests in Redis, with an event for everyone who watches whenever one changes."""

import time
from collections.abc import AsyncIterator
from typing import cast

from redis.asyncio import Redis

from digest.models import Digest

LISTED = 20


class Store:
    """All digests with their feeds and audio. Web processes and workers share nothing but this."""

    def __init__(self, redis: Redis, prefix: str, days: int) -> None:
        self._redis = redis
        self._prefix = prefix
        self._seconds = days * 24 * 60 * 60

    async def add(self, digest: Digest) -> None:
        """Store a new digest."""
        await self._redis.zadd(self._list, {digest.id: digest.created_at})
        await self.save(digest)

    async def save(self, digest: Digest) -> None:
        """Store what a digest has become, and tell everyone who watches it."""
        text = digest.model_dump_json()
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._key(digest.id), text, ex=self._seconds)
            pipe.publish(self._key(digest.id), text)
            await pipe.execute()

    async def put_feed(self, id: str, content: bytes) -> None:
        """Leave the feed of a digest for the worker, who may be on another machine."""
        await self._redis.set(f"{self._key(id)}:feed", content, ex=self._seconds)

    async def feed(self, id: str) -> bytes | None:
        """The feed of a digest, until that is over."""
        return cast(bytes | None, await self._redis.get(f"{self._key(id)}:feed"))

    async def forget_feed(self, id: str) -> None:
        """Remove the feed of a digest that is over."""
        await self._redis.delete(f"{self._key(id)}:feed")

    async def put_audio(self, id: str, content: bytes) -> None:
        """Keep the spoken digest as long as the digest itself."""
        await self._redis.set(f"{self._key(id)}:audio", content, ex=self._seconds)

    async def audio(self, id: str) -> bytes | None:
        """The spoken digest."""
        return cast(bytes | None, await self._redis.get(f"{self._key(id)}:audio"))

    async def find(self, id: str) -> Digest | None:
        """The digest with that id."""
        text = await self._redis.get(self._key(id))
        return None if text is None else Digest.model_validate_json(text)

    async def newest(self) -> list[Digest]:
        """The digests that were asked for last, newest first."""
        ids = await self._redis.zrevrange(self._list, 0, LISTED - 1)
        if not ids:
            return []
        texts = await self._redis.mget([self._key(_text(id)) for id in ids])
        return [Digest.model_validate_json(text) for text in texts if text is not None]

    async def forget_old(self) -> None:
        """Take digests that are no longer kept from the list."""
        await self._redis.zremrangebyscore(self._list, "-inf", time.time() - self._seconds)

    async def watch(self, id: str) -> AsyncIterator[Digest]:
        """A digest as it is now, then as it becomes, until it is over. Nothing in between is missed."""
        async with self._redis.pubsub() as pubsub:
            # First listen, then look: what changes between the two comes twice rather than never.
            await pubsub.subscribe(self._key(id))
            digest = await self.find(id)
            if digest is None:
                return
            yield digest
            while not digest.is_over:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=10)
                if message is not None:
                    digest = Digest.model_validate_json(message["data"])
                    yield digest

    async def check(self) -> None:
        """Raise RedisError when Redis does not answer."""
        await self._redis.ping()

    @property
    def _list(self) -> str:
        return f"{self._prefix}:digests"

    def _key(self, id: str) -> str:
        return f"{self._prefix}:digest:{id}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
