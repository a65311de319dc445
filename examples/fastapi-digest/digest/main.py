"""The web application: `uvicorn digest.main:app`."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, cast

from fastapi import (
    APIRouter,
    Depends,
    FastAPI,
    Form,
    HTTPException,
    Path,
    Request,
    Response,
    UploadFile,
    WebSocket,
    WebSocketDisconnect,
)
from fastapi.responses import FileResponse, JSONResponse
from redis.exceptions import RedisError

from digest import audio, queue
from digest.models import Digest, Length
from digest.settings import Settings
from digest.speech import create_speech
from digest.store import Store

Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect to Redis, and make sure that everything else is there before the first request."""
    settings = Settings()
    app.state.settings = settings
    app.state.speech = create_speech(settings.credentials_file).name
    await asyncio.to_thread(audio.prepare, settings.output_audio_dir, settings.digest_days)
    app.state.redis = await queue.connect(settings)
    app.state.store = Store(app.state.redis, settings.redis_prefix, settings.digest_days)
    yield
    await app.state.redis.aclose()


app = FastAPI(title="fastapi-digest", version="1.0.0", lifespan=lifespan, openapi_url="/api/v1/openapi.json")
api = APIRouter(prefix="/api/v1")


def store_of(request: Request) -> Store:
    """The store of the app that got a request."""
    return cast(Store, request.app.state.store)


def settings_of(request: Request) -> Settings:
    """The settings of the app that got a request."""
    return cast(Settings, request.app.state.settings)


UsedStore = Annotated[Store, Depends(store_of)]
UsedSettings = Annotated[Settings, Depends(settings_of)]


@api.post("/digests", status_code=202)
async def create_digest(
    request: Request,
    response: Response,
    store: UsedStore,
    settings: UsedSettings,
    feed: UploadFile,
    length: Annotated[Length | None, Form()] = None,
) -> Digest:
    """Ask for a digest of an RSS file (form field `feed`). It is made by a worker; watch it at /api/v1/ws/ID."""
    content = await feed.read(settings.max_feed_kb * 1024 + 1)
    if not content:
        raise HTTPException(400, "The file is empty.")
    if len(content) > settings.max_feed_kb * 1024:
        raise HTTPException(413, f"The file is larger than {settings.max_feed_kb} KB.")
    digest = Digest(
        id=uuid.uuid4().hex,
        title=feed.filename or "feed",
        length=length or Length(settings.default_summary_length),
        created_at=time.time(),
    )
    await store.put_feed(digest.id, content)
    await store.add(digest)
    await queue.request_digest(request.app.state.redis, digest.id)
    response.headers["Location"] = f"/api/v1/digests/{digest.id}"
    return digest


@api.get("/digests")
async def list_digests(store: UsedStore) -> list[Digest]:
    """The digests that were asked for last, newest first."""
    return await store.newest()


@api.get("/digests/{id}")
async def get_digest(id: Id, store: UsedStore) -> Digest:
    """One digest, however far it is."""
    digest = await store.find(id)
    if digest is None:
        raise HTTPException(404, "There is no such digest.")
    return digest


@api.get("/audio/{id}.wav")
async def get_audio(id: Id, store: UsedStore, settings: UsedSettings) -> FileResponse:
    """The spoken digest. Players ask for parts of it (Range), so that they can jump."""
    path = await audio.find(settings.output_audio_dir, id, store)
    if path is None:
        raise HTTPException(404, "There is no such audio.")
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "private, max-age=31536000, immutable"})


@api.websocket("/ws/{id}")
async def watch_digest(socket: WebSocket, id: Id) -> None:
    """A digest as JSON whenever it changes; the server closes when it is over, with 4404 when there is none."""
    await socket.accept()
    store = cast(Store, socket.app.state.store)
    found = False

    async def send() -> None:
        nonlocal found
        async for digest in store.watch(id):
            found = True
            await socket.send_text(digest.model_dump_json())

    async def until_gone() -> None:
        while True:
            await socket.receive()

    # Whoever goes away is noticed by receiving, although there is nothing to receive.
    sending, gone = asyncio.create_task(send()), asyncio.create_task(until_gone())
    done, pending = await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if gone in done:
        return
    try:
        sending.result()
        await socket.close(1000 if found else 4404)
    except WebSocketDisconnect:
        return


@app.get("/health")
async def health(request: Request, store: UsedStore) -> JSONResponse:
    """200 when Redis answers, else 503."""
    try:
        await store.check()
        redis = "ok"
    except (RedisError, OSError):
        redis = "failed"
    content = {"status": "ok" if redis == "ok" else "unavailable", "redis": redis, "speech": request.app.state.speech}
    return JSONResponse(content, 200 if redis == "ok" else 503, {"Cache-Control": "no-store"})


app.include_router(api)
