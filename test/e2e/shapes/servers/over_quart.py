"""An app of Quart that does the same as over_asgi.py."""

import asyncio
import os

from quart import Quart, websocket

app = Quart(__name__)
said = asyncio.Queue()
print(f"worker {os.getpid()}", flush=True)


@app.get("/health")
async def health():
    return "ok"


@app.get("/events")
async def events():
    async def stream():
        yield "data: open\n\n"
        while True:
            yield f"data: {await said.get()}\n\n"

    return stream(), {"content-type": "text/event-stream"}


@app.post("/say/<word>")
async def say(word):
    await said.put(word)
    return "said"


@app.get("/slow")
async def slow():
    async def parts():
        yield "begun\n"
        await asyncio.sleep(1)
        yield "done\n"

    return parts(), {"content-type": "text/plain"}


@app.websocket("/echo")
async def echo():
    await websocket.accept()
    while True:
        await websocket.send(f"heard {await websocket.receive()}")
