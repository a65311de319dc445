"""Audio on this machine's disk, for players that come back for one part after the other."""

import asyncio
import time
import uuid
from pathlib import Path

from digest.store import Store


def prepare(directory: Path, days: int) -> None:
    """Make the directory, and remove from it what is no longer kept elsewhere either."""
    directory.mkdir(parents=True, exist_ok=True)
    before = time.time() - days * 24 * 60 * 60
    for path in directory.iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


async def find(directory: Path, id: str, store: Store) -> Path | None:
    """The audio of a digest as a file, fetched from the store the first time; it has its name when it is complete."""
    path = directory / f"{id}.wav"
    if await asyncio.to_thread(path.is_file):
        return path
    content = await store.audio(id)
    if content is None:
        return None
    # Two players at once write two files, and the later one replaces the earlier one, which is the same.
    unfinished = directory / f"{uuid.uuid4().hex}.part"
    await asyncio.to_thread(unfinished.write_bytes, content)
    await asyncio.to_thread(unfinished.replace, path)
    return path
