"""The HTTP interface; /docs describes it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from media import library
from media.config import Settings
from media.models import Medium

router = APIRouter()

FOREVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    # A file that someone uploaded never acts as a page of this site.
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


class MediumAnswer(BaseModel):
    """A picture or clip, and what was found in it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    content_type: str
    size: int
    created_at: datetime
    width: int
    height: int
    seconds: float | None
    findings: dict[str, Any]


def settings_of(request: Request) -> Settings:
    """The settings of the app that is asked."""
    return request.app.state.settings


def session_of(request: Request) -> Iterator[Session]:
    """A database session for one request."""
    with Session(request.app.state.engine, expire_on_commit=False) as session:
        yield session


def medium_of(key: str, session: Annotated[Session, Depends(session_of)]) -> Medium:
    """The medium that the address names."""
    # Names on disk come from the database only, never from the address.
    medium = session.get(Medium, key)
    if medium is None:
        raise HTTPException(404, "There is no such picture or clip.")
    return medium


def require_token(
    settings: Annotated[Settings, Depends(settings_of)], authorization: Annotated[str, Header()] = ""
) -> None:
    """Let only who knows the token change something, where there is one."""
    if not settings.token_hash:
        return
    scheme, _, token = authorization.partition(" ")
    try:
        PasswordHasher().verify(settings.token_hash, token if scheme.lower() == "bearer" else "")
    except (VerificationError, InvalidHashError):
        raise HTTPException(401, "This needs the upload token.", {"WWW-Authenticate": "Bearer"}) from None


Configured = Annotated[Settings, Depends(settings_of)]
Database = Annotated[Session, Depends(session_of)]
Found = Annotated[Medium, Depends(medium_of)]


@router.get("/health")
def health(session: Database, response: Response) -> dict[str, str]:
    """200 when the database answers and has the schema, 503 otherwise."""
    response.headers["Cache-Control"] = "no-store"
    try:
        session.execute(text("SELECT count(*) FROM media WHERE fingerprint = ''"))
    except SQLAlchemyError:
        response.status_code = 503
        return {"status": "unhealthy", "database": "failed"}
    return {"status": "healthy", "database": session.get_bind().dialect.name}


@router.post("/media", status_code=201, dependencies=[Depends(require_token)])
def add(file: UploadFile, session: Database, settings: Configured) -> MediumAnswer:
    """Store a picture or clip and say what is in it."""
    return MediumAnswer.model_validate(library.add(session, settings, file.file, file.filename or ""))


@router.get("/media")
def list_newest(
    session: Database, limit: Annotated[int, Query(ge=1, le=100)] = 24, offset: Annotated[int, Query(ge=0)] = 0
) -> list[MediumAnswer]:
    """Pictures and clips, newest first."""
    return [MediumAnswer.model_validate(medium) for medium in library.newest(session, limit, offset)]


@router.get("/media/{key}")
def show(medium: Found) -> MediumAnswer:
    """One picture or clip."""
    return MediumAnswer.model_validate(medium)


@router.get("/media/{key}/alike")
def list_alike(medium: Found, session: Database) -> list[MediumAnswer]:
    """What looks like it, most alike first."""
    return [MediumAnswer.model_validate(other) for other in library.alike(session, medium)]


@router.delete("/media/{key}", status_code=204, dependencies=[Depends(require_token)])
def delete(medium: Found, session: Database, settings: Configured) -> None:
    """Delete it with its files."""
    library.remove(session, settings, medium)


@router.get("/media/{key}/file")
def original(medium: Found, settings: Configured) -> FileResponse:
    """The file as it was sent, in ranges if the player asks for them."""
    return FileResponse(settings.uploads / medium.filename, media_type=medium.content_type, headers=FOREVER)


@router.get("/media/{key}/poster")
def poster(medium: Found, settings: Configured) -> FileResponse:
    """A small picture of it."""
    return FileResponse(library.poster_of(settings, medium.id), media_type="image/jpeg", headers=FOREVER)


@router.get("/media/{key}/preview")
def preview(medium: Found, settings: Configured) -> FileResponse:
    """The first seconds of a clip."""
    if medium.seconds is None:
        raise HTTPException(404, "Only clips have a preview.")
    return FileResponse(library.preview_of(settings, medium.id), media_type="video/mp4", headers=FOREVER)
