"""The worker's way in: `arq digest.worker.WorkerSettings`."""

import asyncio
import logging
import tempfile
from pathlib import Path
from typing import Any, cast

from arq import cron
from arq.typing import WorkerCoroutine

from digest import queue
from digest.feed import FeedError, read_feed
from digest.models import Digest, Episode, Status
from digest.settings import Settings
from digest.speech import Speech, SpeechError, create_speech, seconds_of
from digest.store import Store
from digest.summary import summarise

log = logging.getLogger(__name__)

Context = dict[str, Any]


async def start(context: Context) -> None:
    """Make what all jobs share. Wrong credentials end the worker here, before it takes a job."""
    settings = Settings()
    context["settings"] = settings
    context["speech"] = create_speech(settings.credentials_file)
    context["store"] = Store(context["redis"], settings.redis_prefix, settings.digest_days)


async def make_digest(context: Context, id: str) -> None:
    """Read, shorten and speak the feed of a digest. A job that comes again begins again, unless it was over."""
    settings: Settings = context["settings"]
    store: Store = context["store"]
    speech: Speech = context["speech"]
    digest = await store.find(id)
    if digest is None or digest.is_over:
        return
    try:
        await _advance(store, digest, status=Status.READING)
        content = await store.feed(id)
        if content is None:
            raise FeedError("The feed is no longer there.")
        title, episodes = await asyncio.to_thread(read_feed, content)
        summary = [summarise(episode, digest.length) for episode in episodes]
        await _advance(store, digest, title=title, summary=summary, status=Status.SPEAKING)

        seconds, audio = await _speak(speech, _script(title, summary), settings.default_tts_voice)
        await store.put_audio(id, audio)
        await _advance(store, digest, audio_url=f"/api/v1/audio/{id}.wav", audio_seconds=seconds, status=Status.DONE)
    except (FeedError, SpeechError) as error:
        await _advance(store, digest, problem=str(error), status=Status.FAILED)
    await store.forget_feed(id)


async def forget_old(context: Context) -> None:
    """Take digests that are no longer kept from the list."""
    await cast(Store, context["store"]).forget_old()


async def _advance(store: Store, digest: Digest, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(digest, name, value)
    log.info("digest %s is %s", digest.id, digest.status)
    await store.save(digest)


async def _speak(speech: Speech, text: str, voice: str) -> tuple[float, bytes]:
    with tempfile.TemporaryDirectory(prefix="digest-") as directory:
        target = Path(directory) / "speech.wav"
        await speech.speak(text, voice, target)
        return await asyncio.to_thread(lambda: (seconds_of(target), target.read_bytes()))


def _script(title: str, summary: list[Episode]) -> str:
    return "\n\n".join([f"This is the digest of {title}.", *(f"{part.title}. {part.text}" for part in summary)])


_settings = Settings()


class WorkerSettings:
    """What arq reads."""

    functions = (make_digest,)
    cron_jobs = (cron(cast(WorkerCoroutine, forget_old), hour=3, minute=17),)
    on_startup = start
    redis_settings = queue.redis_settings(_settings)
    queue_name = queue.queue_name(_settings)
    max_jobs = 4
    job_timeout = 300
    keep_result = 0
    # A worker that is told to stop takes no more jobs, and gives what is not done after these seconds back to the queue. Without them
    # a job that it has just taken stays its own, and nobody makes it until job_timeout is over.
    job_completion_wait = 6
    retry_jobs = True
