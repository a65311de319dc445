import pytest

from flask_shop.mail import checked_address


@pytest.mark.parametrize("text", ["a@example.org", " first.last+tag@mail.example.org ", "x_y@host"])
def test_addresses(text):
    assert checked_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org",
        "a@",
        "@example.org",
        "a@b@example.org",
        "a..b@example.org",
        "a@example.org, b@example.org",
        "A <a@example.org>",
        "a@example.org\nBcc: everyone@example.org",
        "ä@example.org",
        f"{'a' * 65}@example.org",
    ],
)
def test_what_is_no_single_address(text):
    assert checked_address(text) is None
