"""An app of Litestar that does the same as over_asgi.py."""

import asyncio
import os

from litestar import Litestar, get, post, websocket_listener
from litestar.response import Stream

said = asyncio.Queue()
print(f"worker {os.getpid()}", flush=True)


@get("/health", media_type="text/plain")
async def health() -> str:
    return "ok"


@get("/events")
async def events() -> Stream:
    async def stream():
        yield "data: open\n\n"
        while True:
            yield f"data: {await said.get()}\n\n"

    return Stream(stream(), media_type="text/event-stream")


@post("/say/{word:str}", media_type="text/plain")
async def say(word: str) -> str:
    await said.put(word)
    return "said"


@get("/slow")
async def slow() -> Stream:
    async def parts():
        yield "begun\n"
        await asyncio.sleep(1)
        yield "done\n"

    return Stream(parts(), media_type="text/plain")


@websocket_listener("/echo")
async def echo(data: str) -> str:
    return f"heard {data}"


app = Litestar([health, events, say, slow, echo])
