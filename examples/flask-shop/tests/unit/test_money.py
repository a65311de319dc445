import pytest

from flask_shop.money import euros


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0.00 €"),
        (5, "0.05 €"),
        (1295, "12.95 €"),
        (123456789, "1 234 567.89 €"),
        (2**53 + 1, "90 071 992 547 409.93 €"),
    ],
)
def test_euros(cents, text):
    assert euros(cents) == text.replace(" ", "\u202f")
