"""One way to connect to Redis for all that use it."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from flask_stream.config import ConfigError


def connect(url: str) -> Redis:
    """A client that connects on first use. Raises ConfigError when REDIS_URL cannot be read."""
    try:
        return Redis.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=2,
            socket_timeout=3,
            health_check_interval=15,
            # Once, for a connection that went stale: a request must not wait long for a cache.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise ConfigError(f"REDIS_URL cannot be read: {error}") from error
