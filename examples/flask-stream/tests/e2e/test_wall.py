import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect


def card(page: Page, title: str):
    return page.get_by_role("listitem").filter(has_text=title)


@pytest.fixture
def other_page(browser: Browser, base_url: str):
    """A page of someone else: another context shares no storage."""
    context = browser.new_context(base_url=base_url)
    yield context.new_page()
    context.close()


@pytest.fixture
def problems(page: Page):
    """What the page complains about, which must be nothing in the end."""
    messages: list[str] = []
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    yield messages
    assert messages == []


def open_live(page: Page):
    """Opens the page, and waits until it has what it asks for by itself: limits, list, list again at the stream's hello."""
    answered: list[str] = []

    def is_last(response: Response):
        if "/api/" in response.url:
            answered.append(response.url)
        return len(answered) == 3

    with page.expect_response(is_last, timeout=60_000):
        page.goto("/", timeout=60_000)
    expect(page.get_by_role("status")).to_have_text("Live")


def test_the_page_is_live_and_without_errors(page: Page, problems):
    open_live(page)
    # It is in the page from the beginning.
    expect(page).to_have_title("flask-stream", timeout=5_000)
    expect(page.get_by_role("button", name="Share")).to_be_disabled()


def test_an_upload_appears_for_everyone_without_reload(page: Page, other_page: Page, share, picture, title, screenshot):
    open_live(page)
    open_live(other_page)
    loads: list[str] = []
    other_page.on("request", lambda request: loads.append(request.url) if "/api/" in request.url else None)

    share(page, picture, title)

    expect(card(page, title)).to_be_visible()
    expect(card(other_page, title)).to_be_visible()
    image = card(other_page, title).get_by_role("img")
    expect(image).to_have_js_property("naturalWidth", 320)
    assert loads == [], "the event itself must bring the upload"
    screenshot(page, "uploader")
    screenshot(other_page, "live-update")


def test_an_upload_is_there_once_and_after_a_reload(page: Page, share, picture, title):
    open_live(page)
    share(page, picture, title)
    expect(card(page, title)).to_have_count(1)
    page.reload()
    expect(card(page, title)).to_have_count(1)


def test_a_clip_shows_a_frame_and_its_length(page: Page, share, clip, title):
    open_live(page)
    share(page, clip, title)
    expect(card(page, title).get_by_text("▶ 0:01")).to_be_visible()
    expect(card(page, title).get_by_role("img")).to_have_js_property("naturalWidth", 160)


def test_only_the_uploader_can_delete_and_everyone_sees_it(page: Page, other_page: Page, share, picture, title):
    open_live(page)
    open_live(other_page)
    share(page, picture, title)
    expect(card(other_page, title)).to_be_visible()
    expect(card(other_page, title).get_by_role("button", name="Delete")).to_have_count(0)

    card(page, title).get_by_role("button", name="Delete").click()
    expect(card(page, title)).to_have_count(0)
    expect(card(other_page, title)).to_have_count(0)


def test_a_file_that_is_no_picture_is_refused_with_a_reason(page: Page, share, title):
    open_live(page)
    share(page, {"name": "notes.png", "mimeType": "image/png", "buffer": b"only text"}, title)
    expect(page.get_by_role("alert")).to_contain_text("Only PNG, JPEG")
    expect(card(page, title)).to_have_count(0)
    expect(page.get_by_role("button", name="Share")).to_be_enabled()


def test_what_happened_while_away_is_caught_up(page: Page, other_page: Page, share, picture, title):
    other_page.route("**/events", lambda route: route.abort())
    other_page.goto("/")
    expect(other_page.get_by_role("status")).not_to_have_text("Live")
    open_live(page)
    share(page, picture, title)
    expect(card(page, title)).to_be_visible()
    expect(card(other_page, title)).to_have_count(0)

    other_page.unroute("**/events")
    expect(other_page.get_by_role("status")).to_have_text("Live")
    expect(card(other_page, title)).to_be_visible()


def test_the_form_works_with_the_keyboard_alone(page: Page, picture, title):
    open_live(page)
    page.get_by_label("Picture or clip").set_input_files(picture)
    page.get_by_label("Title").focus()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    expect(card(page, title)).to_be_visible()


def test_hashed_files_are_cached_for_ever_and_the_page_is_not(page: Page):
    responses = {}
    page.on("response", lambda response: responses.update({response.url: response.headers.get("cache-control", "")}))
    open_live(page)
    assets = {url: cache for url, cache in responses.items() if re.search(r"/assets/.+\.(js|css)$", url)}
    assert len(assets) >= 2
    assert all("immutable" in cache for cache in assets.values())
    assert responses[page.url] == "no-cache"
