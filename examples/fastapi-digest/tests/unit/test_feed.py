from pathlib import Path

import pytest

from digest.feed import MAX_EPISODES, FeedError, read_feed

FEED = (Path(__file__).parents[1] / "feed.xml").read_bytes()


def rss(items, before=""):
    return f'{before}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def test_episodes_are_read_with_their_longest_text_and_without_html():
    title, episodes = read_feed(FEED)
    assert title == "Harbour Talk & Tide"
    assert [episode.title for episode in episodes] == ["Why lighthouses blink", "Knots – a love story"]
    assert episodes[0].text.startswith("Every lighthouse blinks in a rhythm of its own. Sailors read")
    assert "alert" not in episodes[0].text
    assert "<" not in episodes[0].text


def test_the_newest_episodes_are_enough():
    items = "".join(f"<item><title>{number}</title><description>x</description></item>" for number in range(30))
    _, episodes = read_feed(rss(items))
    assert [episode.title for episode in episodes] == [str(number) for number in range(MAX_EPISODES)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"just text", "no XML"),
        (b"\xff\xfe\x00broken", "no XML"),
        (b"<html><body/></html>", "no RSS feed"),
        (b"<rss/>", "no RSS feed"),
        (rss("<item><title>x</title></item>"), "No episode"),
        (rss("", before='<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">]>'), "entities"),
        (rss("<item>&x;</item>", before='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "entities"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(content, problem):
    with pytest.raises(FeedError, match=problem):
        read_feed(content)
