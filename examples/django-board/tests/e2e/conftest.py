"""Browser tests talk HTTP to a running app and import nothing of it; BASE_URL says where it is."""

import os
import uuid

import pytest
from playwright.sync_api import expect

# A busy build machine takes its time.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def base_url(pytestconfig):
    """Where the app is: --base-url, else BASE_URL, else gunicorn's and Quayside's port on this machine."""
    return pytestconfig.getoption("--base-url") or os.environ.get("BASE_URL") or "http://127.0.0.1:8000"


@pytest.fixture
def sign_up():
    """Makes a page's visitor a member and gives the new name."""

    def fill_and_send(page):
        name = f"member-{uuid.uuid4().hex[:10]}"
        page.goto("/sign-up/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password", exact=False).first.fill("a long and unusual one")
        page.get_by_label("confirmation").fill("a long and unusual one")
        page.get_by_role("button", name="Sign up").click()
        expect(page.get_by_role("button", name=f"Sign out {name}")).to_be_visible()
        return name

    return fill_and_send


@pytest.fixture
def title():
    """A title that no other notice has: the board may hold those of other tests."""
    return f"Piano {uuid.uuid4().hex[:8]}"


@pytest.fixture
def hang_up(title):
    """Hangs up a notice under For sale."""

    def fill_and_send(page):
        page.get_by_role("link", name="New notice").click()
        page.get_by_label("Category").select_option("For sale")
        page.get_by_label("Title").fill(title)
        page.get_by_label("Text").fill("Upright, needs tuning.")
        page.get_by_role("button", name="Hang up").click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()

    return fill_and_send


@pytest.fixture
def other_page(browser, base_url):
    """A page of another visitor."""
    context = browser.new_context(base_url=base_url)
    yield context.new_page()
    context.close()
