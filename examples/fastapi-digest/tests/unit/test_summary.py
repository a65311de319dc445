import pytest

from digest.models import Episode, Length
from digest.summary import split_sentences, summarise

TEXT = (
    "Every lighthouse blinks in a rhythm of its own. Sailors read the rhythm like a name. Last summer we had ice "
    "cream. Dr. Marsh explains how a lens turns one lamp into a rhythm that sailors see for miles."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Dr. Marsh and J. Smith met at 3.15 on Feb. 2 there.",
            ["Dr. Marsh and J. Smith met at 3.15 on Feb. 2 there."],
        ),
        ("He said “Go.” She went.", ["He said “Go.” She went."]),
        ("Version 2.0 is out. 3 people came.", ["Version 2.0 is out.", "3 people came."]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences(text, expected):
    assert split_sentences(text) == expected


@pytest.mark.parametrize(("length", "count"), [(Length.SHORT, 1), (Length.MEDIUM, 2), (Length.LONG, 4)])
def test_the_length_says_how_many_sentences_stay(length, count):
    assert len(split_sentences(summarise(Episode(title="t", text=TEXT), length).text)) == count


def test_what_the_text_is_about_stays_and_in_its_order():
    summary = summarise(Episode(title="t", text=TEXT), Length.MEDIUM).text
    assert "ice cream" not in summary
    assert "rhythm" in summary
    assert split_sentences(summary) == [sentence for sentence in split_sentences(TEXT) if sentence in summary]


def test_a_short_text_stays_as_it_is():
    assert summarise(Episode(title="t", text="Only this"), Length.LONG).text == "Only this"
