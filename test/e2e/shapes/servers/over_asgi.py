"""An ASGI app that shows what its server does with streams, websockets and requests that take long."""

import asyncio
import os

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute

said = asyncio.Queue()
print(f"worker {os.getpid()}", flush=True)


async def health(request):
    return PlainTextResponse("ok")


async def scheme(request):
    return PlainTextResponse(request.url.scheme)


async def events(request):
    async def stream():
        yield "data: open\n\n"
        while True:
            yield f"data: {await said.get()}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream")


async def say(request):
    await said.put(request.path_params["word"])
    return PlainTextResponse("said")


async def slow(request):
    async def parts():
        yield "begun\n"
        await asyncio.sleep(1)
        yield "done\n"

    return StreamingResponse(parts(), media_type="text/plain")


async def echo(socket):
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(f"heard {text}")


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/scheme", scheme),
        Route("/events", events),
        Route("/say/{word}", say, methods=["POST"]),
        Route("/slow", slow),
        WebSocketRoute("/echo", echo),
    ]
)
