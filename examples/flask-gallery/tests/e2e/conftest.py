"""Browser tests talk HTTP to a running app and import nothing of it; BASE_URL says where it is."""

import os
import uuid

import pytest
from playwright.sync_api import expect

from tests.samples import png, wav

# A busy build machine takes its time to decode an upload.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def base_url(pytestconfig):
    """Where the app is: --base-url, else BASE_URL, else gunicorn's and Quayside's port on this machine."""
    return pytestconfig.getoption("--base-url") or os.environ.get("BASE_URL") or "http://127.0.0.1:8000"


@pytest.fixture
def title():
    """A name that nothing else on show has: the app may hold items of other tests."""
    return f"Heron {uuid.uuid4().hex[:8]}"


@pytest.fixture
def picture():
    return {"name": "heron.png", "mimeType": "image/png", "buffer": png(320, 240)}


@pytest.fixture
def track():
    return {"name": "tone.wav", "mimeType": "audio/wav", "buffer": wav(3)}


@pytest.fixture
def put_up():
    """Fills in the form of the front page and sends it."""

    def fill_and_send(page, file, title):
        page.goto("/")
        page.get_by_label("Picture or track").set_input_files(file)
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Put up").click()

    return fill_and_send


@pytest.fixture
def other_page(browser, base_url):
    """A page of another visitor."""
    context = browser.new_context(base_url=base_url)
    yield context.new_page()
    context.close()
