import uuid
from pathlib import Path

from playwright.sync_api import APIRequestContext, Page, expect

from tests.samples import png


def name(extension):
    """A name that nothing else has: the app may hold media of other tests."""
    return f"{uuid.uuid4().hex[:12]}.{extension}"


def send(page: Page, file):
    page.goto("/")
    page.get_by_label("Picture or clip").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()


def test_a_picture_is_looked_at(page: Page):
    file = {"name": name("png"), "mimeType": "image/png", "buffer": png(320, 240)}
    send(page, file)
    card = page.get_by_role("listitem").filter(has_text=file["name"])
    expect(card).to_contain_text("320 × 240")
    expect(card.locator("img")).to_have_js_property("naturalWidth", 320)
    expect(card.locator("i")).to_have_css("background-color", "rgb(15, 118, 110)")
    page.reload()
    expect(card).to_have_count(1)


def test_a_clip_is_looked_at_and_its_preview_is_there(page: Page):
    file = {"name": name("mp4"), "mimeType": "video/mp4"}
    file["buffer"] = (Path(__file__).parent / "clip.mp4").read_bytes()
    send(page, file)
    card = page.get_by_role("listitem").filter(has_text=file["name"])
    expect(card).to_contain_text("scenes")
    key = card.locator("img").get_attribute("src").split("/")[2]
    preview = page.request.get(f"/media/{key}/preview")
    assert (preview.status, preview.headers["content-type"]) == (200, "video/mp4")


def test_a_file_that_is_neither_is_refused_with_a_reason(page: Page):
    send(page, {"name": "notes.png", "mimeType": "image/png", "buffer": b"only text"})
    expect(page.get_by_role("alert")).to_contain_text("Only PNG, JPEG")


def test_production_is_healthy_and_says_on_which_database(page: Page):
    request: APIRequestContext = page.request
    answer = request.get("/health")
    assert answer.status == 200
    assert answer.json()["status"] == "healthy"
    assert answer.json()["database"] in ("postgresql", "sqlite")
