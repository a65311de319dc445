"""What is said about a digest, in the store, in the interface and in events alike."""

from enum import StrEnum

from pydantic import BaseModel


class Length(StrEnum):
    """How many sentences of each episode are kept."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Status(StrEnum):
    """The way of a digest; the last two are its ends."""

    QUEUED = "queued"
    READING = "reading"
    SPEAKING = "speaking"
    DONE = "done"
    FAILED = "failed"


class Episode(BaseModel):
    """One episode of the feed."""

    title: str
    text: str


class Digest(BaseModel):
    """A digest, however far it is."""

    id: str
    title: str
    length: Length
    status: Status = Status.QUEUED
    created_at: float
    summary: list[Episode] = []
    audio_url: str | None = None
    audio_seconds: float | None = None
    problem: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in (Status.DONE, Status.FAILED)
