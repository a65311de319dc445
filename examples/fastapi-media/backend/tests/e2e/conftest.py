"""Browser tests talk HTTP to a running app and import nothing of it; BASE_URL says where it is."""

import os

import pytest
from playwright.sync_api import expect

# A busy build machine takes its time to look at a picture.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def base_url(pytestconfig):
    """Where the app is: --base-url, else BASE_URL, else uvicorn's and Quayside's port on this machine."""
    return pytestconfig.getoption("--base-url") or os.environ.get("BASE_URL") or "http://127.0.0.1:8000"
