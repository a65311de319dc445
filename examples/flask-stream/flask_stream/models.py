"""What is stored: uploads, and the events that told browsers about them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from flask_stream.extensions import db


def now() -> datetime:
    """The time in UTC, without a zone because MariaDB and SQLite keep none."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


class Upload(db.Model):
    __tablename__ = "uploads"
    # Ids are never given out twice, so that a page position or an event id keeps its meaning.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    filename: Mapped[str] = mapped_column(String(100))
    thumbnail: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime, default=now, index=True)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    duration: Mapped[float | None] = mapped_column(Float)

    def to_json(self) -> dict[str, Any]:
        """What browsers get to know, the same in lists and in events."""
        return {
            "id": self.key,
            "title": self.title,
            "kind": self.content_type.partition("/")[0],
            "content_type": self.content_type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
            "duration": self.duration,
            "created_at": self.created_at.isoformat() + "Z",
            "url": f"/media/{self.key}",
            "thumbnail_url": f"/media/{self.key}/thumbnail",
        }


class StoredEvent(db.Model):
    """An event as it was published: what a browser missed is read back from here."""

    __tablename__ = "events"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime, default=now)
