import re

from playwright.sync_api import Page, expect


def test_a_member_hangs_up_a_notice_and_another_replies(page: Page, other_page: Page, sign_up, hang_up, title):
    sign_up(page)
    hang_up(page)
    other = sign_up(other_page)
    other_page.goto("/in/for-sale/")
    other_page.get_by_role("link", name=title).click()
    other_page.get_by_label("Your reply").fill("Is it still there?")
    other_page.get_by_role("button", name="Reply").click()
    page.reload()
    replies = page.get_by_role("region", name="Replies")
    expect(replies).to_contain_text("Is it still there?")
    expect(replies).to_contain_text(other)


def test_search_finds_it_and_its_author_takes_it_down(page: Page, other_page: Page, sign_up, hang_up, title):
    sign_up(page)
    hang_up(page)
    other_page.goto("/")
    search = other_page.get_by_role("searchbox")
    search.fill(f"{title} tuning")
    search.press("Enter")
    other_page.get_by_role("link", name=title).click()
    expect(other_page.get_by_role("button", name="Take down")).to_have_count(0)

    page.get_by_role("button", name="Take down").click()
    expect(page.get_by_role("status")).to_contain_text("is gone")
    assert other_page.reload().status == 404


def test_visitors_are_asked_to_sign_in(page: Page):
    page.goto("/notices/new/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_static_files_come_hashed_and_are_kept_for_ever(page: Page):
    responses = {}
    page.on("response", lambda response: responses.update({response.url: response}))
    page.goto("/")
    styles = [
        response for url, response in responses.items() if re.search(r"/static/board/style\.[0-9a-f]{12}\.css$", url)
    ]
    assert len(styles) == 1
    assert styles[0].status == 200
    assert "immutable" in styles[0].headers["cache-control"]
    assert all(response.status < 400 for response in responses.values())


def test_the_admin_has_its_styles(page: Page):
    failed = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.goto("/admin/")
    expect(page.get_by_role("button", name="Log in")).to_have_css(
        "text-transform", re.compile("none|capitalize|uppercase")
    )
    expect(page.locator("#header")).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert failed == []


def test_a_page_that_is_not_there_is_told_without_details(page: Page):
    response = page.goto("/notices/999999999/")
    assert response.status == 404
    assert "DEBUG" not in page.content()
