"""The text format of server-sent events, as the HTML standard defines it."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Event:
    """One event: `id` lets a browser say what it saw last, `kind` is the listener's name, `data` is text."""

    id: int
    kind: str
    data: str

    def to_json(self) -> str:
        """The event as one line of JSON, for transport between processes."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Event":
        """The event that `to_json` wrote; raises ValueError for anything else."""
        try:
            value = json.loads(text)
            return cls(id=int(value["id"]), kind=str(value["kind"]), data=str(value["data"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an event: {error}") from error


def encode(event: Event) -> str:
    """The event as a block of the stream; a line break in its data starts another data line."""
    lines = [f"id: {event.id}", f"event: {event.kind}"]
    lines += [f"data: {line}" for line in event.data.splitlines() or [""]]
    return "\n".join(lines) + "\n\n"


def comment(text: str) -> str:
    """A line that browsers ignore and that proxies count as traffic."""
    return f": {text}\n\n"


def retry(milliseconds: int) -> str:
    """Tells the browser how long to wait before it connects again."""
    return f"retry: {milliseconds}\n\n"
