"""The way from the web to the workers: arq's queue in Redis."""

from arq import ArqRedis, create_pool
from arq.connections import RedisSettings

from digest.settings import Settings

JOB = "make_digest"


def redis_settings(settings: Settings) -> RedisSettings:
    """Redis as arq wants it described."""
    return RedisSettings.from_dsn(str(settings.redis_url))


def queue_name(settings: Settings) -> str:
    """The key of the queue."""
    return f"{settings.redis_prefix}:queue"


async def connect(settings: Settings) -> ArqRedis:
    """A connection that serves as client of Redis and of the queue."""
    return await create_pool(redis_settings(settings), default_queue_name=queue_name(settings))


async def request_digest(redis: ArqRedis, id: str) -> None:
    """Have a worker make a digest. Asked twice, it is made once."""
    await redis.enqueue_job(JOB, id, _job_id=f"digest-{id}")
