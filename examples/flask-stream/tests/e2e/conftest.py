"""Browser tests talk HTTP to a running app and import nothing of it; BASE_URL says where it is."""

import os
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.pictures import png

# A busy build machine takes its time to decode an upload.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def base_url(pytestconfig):
    """Where the app is: --base-url, else BASE_URL, else gunicorn's and Quayside's port on this machine."""
    return pytestconfig.getoption("--base-url") or os.environ.get("BASE_URL") or "http://127.0.0.1:8000"


@pytest.fixture
def title():
    """A name that nothing else on the wall has: the app may hold uploads of other tests."""
    return f"Harbour {uuid.uuid4().hex[:8]}"


@pytest.fixture
def picture():
    """A file for a form: a green PNG."""
    return {"name": "harbour.png", "mimeType": "image/png", "buffer": png(320, 240)}


@pytest.fixture
def clip():
    """A file for a form: a second of video."""
    content = (Path(__file__).parent / "clip.mp4").read_bytes()
    return {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": content}


@pytest.fixture
def screenshot(pytestconfig):
    """Saves what a page shows among the run's artifacts (--output)."""
    folder = Path(pytestconfig.getoption("--output"))

    def save(page, name):
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)

    return save


@pytest.fixture
def share():
    """Fills in the form of a page and sends it."""

    def fill_and_send(page, file, title):
        page.get_by_label("Picture or clip").set_input_files(file)
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Share").click()

    return fill_and_send
