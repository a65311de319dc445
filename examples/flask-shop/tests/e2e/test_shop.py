import re

import pytest
from playwright.sync_api import Page, expect

from tests.mailbox import wait_for_messages


@pytest.fixture(autouse=True)
def no_problems(page: Page):
    """What the page complains about, which must be nothing in the end."""
    messages: list[str] = []
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
    yield
    assert messages == []


def add(page: Page, title: str):
    page.goto("/")
    page.get_by_role("button", name=f"Add {title} to the cart").click()
    expect(page.get_by_role("heading", name="Cart")).to_be_visible()


def test_the_shop_shows_what_is_for_sale(page: Page):
    page.goto("/")
    expect(page).to_have_title("Harbour Goods")
    compass = page.get_by_role("listitem").filter(has_text="Brass compass 🧭")
    expect(compass).to_contain_text("59.00\u202f€")
    expect(compass).to_contain_text(re.compile(r"\d+ left"))


def test_what_is_sold_out_cannot_be_bought(page: Page):
    page.goto("/")
    chart = page.get_by_role("listitem").filter(has_text="Chart of the bay")
    expect(chart).to_contain_text("sold out")
    expect(chart.get_by_role("button")).to_have_count(0)


def test_an_order_is_placed_confirmed_by_a_worker_and_mailed(page: Page, buyer):
    add(page, "Storm lantern")
    add(page, "Brass compass 🧭")
    page.get_by_label("Pieces of Brass compass 🧭").fill("2")
    page.get_by_role("row", name="Brass compass").get_by_role("button", name="Change").click()
    expect(page.locator("[data-total]")).to_have_text("152.90\u202f€")
    expect(page.get_by_role("link", name="Cart")).to_have_text("Cart (3)")

    page.get_by_label("Mail address").fill(buyer)
    page.get_by_role("button", name="Place order").click()

    # The page renews itself, without script, until the worker has sent the mail.
    expect(page.get_by_role("status")).to_have_text(f"Confirmed by mail to {buyer}.")
    expect(page.get_by_role("link", name="Cart")).to_have_text("Cart (0)")
    [message] = wait_for_messages(buyer)
    assert message["Subject"] == "Your order of 152.90\u202f€"
    assert "2 x Brass compass 🧭" in message["Text"]
    assert page.url.rsplit("/", 1)[1] in message["Text"]


def test_the_stock_goes_down(page: Page, buyer):
    def left() -> int:
        page.goto("/")
        rope = page.get_by_role("listitem").filter(has_text="Mooring rope")
        return int(re.search(r"(\d+) left", rope.inner_text())[1])

    before = left()
    add(page, "Mooring rope, 10 m")
    page.get_by_label("Mail address").fill(buyer)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Your order")).to_be_visible()
    assert left() == before - 1


def test_the_browser_itself_asks_for_an_address(page: Page):
    add(page, "Storm lantern")
    page.get_by_label("Mail address").fill("nobody")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Cart")).to_be_visible()
    assert page.get_by_label("Mail address").evaluate("field => field.validity.typeMismatch")


def test_the_shop_works_with_the_keyboard_alone(page: Page, buyer):
    page.goto("/")
    page.get_by_role("button", name="Add Storm lantern to the cart").press("Enter")
    expect(page.get_by_role("heading", name="Cart")).to_be_visible()
    page.get_by_label("Mail address").focus()
    page.keyboard.type(buyer)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your order")).to_be_visible()
