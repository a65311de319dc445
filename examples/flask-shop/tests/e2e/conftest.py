"""Browser tests talk HTTP to a running shop and import nothing of it; BASE_URL says where it is."""

import os
import uuid

import pytest
from playwright.sync_api import expect

# A busy build machine takes its time until a worker has sent a mail.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def base_url(pytestconfig):
    """Where the shop is: --base-url, else BASE_URL, else gunicorn's and Quayside's port on this machine."""
    return pytestconfig.getoption("--base-url") or os.environ.get("BASE_URL") or "http://127.0.0.1:8000"


@pytest.fixture
def buyer():
    """A mail address that nobody else in Mailpit has."""
    return f"{uuid.uuid4().hex}@example.org"
