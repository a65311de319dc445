"""The mail that the shop has sent, read from Mailpit (https://mailpit.axllent.org), which takes all of it."""

import json
import os
import time
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

SECONDS = 60


def mailpit_url():
    """Where Mailpit shows what it has: MAILPIT_URL, else its usual port on the host that takes the mail."""
    given = os.environ.get("MAILPIT_URL")
    return given or f"http://{urlsplit(os.environ['SMTP_URL']).hostname}:8025"


def messages_to(address):
    """Every message to that address, newest first."""
    found = _get(f"/api/v1/search?query={quote(f'to:{address}')}")["messages"]
    return [_get(f"/api/v1/message/{message['ID']}") for message in found]


def wait_for_messages(address, count=1):
    """The messages to that address as soon as there are that many."""
    deadline = time.monotonic() + SECONDS
    while len(messages := messages_to(address)) < count:
        assert time.monotonic() < deadline, f"{len(messages)} of {count} messages to {address} after {SECONDS} s"
        time.sleep(0.1)
    return messages


def _get(path):
    with urlopen(mailpit_url() + path, timeout=SECONDS) as response:  # noqa: S310
        return json.load(response)
