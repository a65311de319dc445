"""Makes the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from media.config import PROJECT_ROOT, Settings, read_settings
from media.database import make_engine
from media.formats import MediaError
from media.routes import router

STATIC = PROJECT_ROOT / "static"


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the ASGI application from the environment, or from `settings`.

    Raises ConfigError when a setting is wrong, before anything is opened.
    """
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.engine.dispose()

    app = FastAPI(title="fastapi-media", version="1.0.0", lifespan=lifespan)
    app.state.settings = chosen
    app.state.engine = make_engine(chosen.database_url)

    @app.exception_handler(MediaError)
    async def refuse(_request: Request, error: MediaError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, error.status)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC))
    return app
