import re

import pytest
from playwright.sync_api import Page, expect


def test_a_picture_goes_up_and_everyone_sees_it(page: Page, other_page: Page, put_up, picture, title):
    put_up(page, picture, title)
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_role("img", name=title)).to_have_js_property("naturalWidth", 320)

    other_page.goto("/")
    card = other_page.get_by_role("listitem").filter(has_text=title)
    expect(card.locator("img")).to_have_js_property("naturalWidth", 320)
    expect(card).to_contain_text("320 × 240")


def test_a_track_plays_and_jumps(page: Page, put_up, track, title):
    put_up(page, track, title)
    player = page.locator("audio")
    expect(player).to_have_js_property("duration", 3)
    player.evaluate("player => { player.muted = true; player.currentTime = 1.5; return player.play() }")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 1.6")
    assert player.evaluate("player => player.error") is None


def test_the_preview_of_a_track_is_music_to_the_browser(page: Page, put_up, track, title):
    put_up(page, track, title)
    page.goto("/")
    player = page.get_by_role("listitem").filter(has_text=title).locator("audio")
    player.evaluate("player => { player.preload = 'metadata'; player.load() }")
    page.wait_for_function("player => player.readyState >= 1", arg=player.element_handle())
    assert 2.5 < player.evaluate("player => player.duration") < 3.5


def test_only_who_put_it_up_takes_it_down(page: Page, other_page: Page, put_up, picture, title):
    put_up(page, picture, title)
    other_page.goto(page.url)
    expect(other_page.get_by_role("heading", name=title)).to_be_visible()
    expect(other_page.get_by_role("button", name="Take down")).to_have_count(0)
    page.get_by_role("button", name="Take down").click()
    expect(page.get_by_role("status")).to_contain_text("is gone")
    other_page.reload()
    expect(other_page.get_by_role("alert")).to_contain_text("nothing here")


def test_search_finds_it_by_the_beginning_of_a_word(page: Page, put_up, picture, title):
    put_up(page, picture, title)
    page.get_by_role("searchbox").fill(title[:-2])
    page.get_by_role("searchbox").press("Enter")
    expect(page).to_have_url(re.compile(r"q=Heron"))
    expect(page.get_by_role("listitem").filter(has_text=title)).to_have_count(1)


def test_a_file_that_is_nothing_of_both_is_refused_with_a_reason(page: Page, put_up, title):
    put_up(page, {"name": "notes.png", "mimeType": "image/png", "buffer": b"only text"}, title)
    expect(page.get_by_role("alert")).to_contain_text("Only PNG, JPEG")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_load_their_own_files_and_nothing_else(page: Page, base_url, scheme):
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.emulate_media(color_scheme=scheme)
    page.goto("/")
    expect(page.get_by_role("button", name="Put up")).to_be_enabled()
    assert all(url.startswith(base_url) for url in asked)
    assert complaints == []
