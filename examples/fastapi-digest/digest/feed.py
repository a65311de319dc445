"""Reads RSS feeds that strangers send."""

import re
from html import unescape
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from digest.models import Episode

MAX_EPISODES = 10
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


class FeedError(Exception):
    """The feed cannot be used; the text is for the one who sent it."""


def read_feed(content: bytes) -> tuple[str, list[Episode]]:
    """The title of an RSS 2.0 feed and its newest episodes that say something about themselves."""
    try:
        root = ElementTree.fromstring(content)
    except DefusedXmlException:
        raise FeedError("The feed defines entities, which are not accepted.") from None
    except (ParseError, ValueError) as error:
        raise FeedError(f"The file is no XML: {error}.") from None
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise FeedError("The file is XML, and no RSS feed.")
    episodes = [episode for item in channel.findall("item") if (episode := _episode(item)).text]
    if not episodes:
        raise FeedError("No episode of the feed says what it is about.")
    return _plain(channel.findtext("title")) or "Untitled podcast", episodes[:MAX_EPISODES]


def _episode(item: Element) -> Episode:
    tags = (f"{CONTENT}encoded", f"{ITUNES}summary", "description")
    texts = [_plain(item.findtext(tag)) for tag in tags]
    return Episode(title=_plain(item.findtext("title")) or "Untitled", text=max(texts, key=len))


def _plain(html: str | None) -> str:
    """The text of HTML. It is shown and spoken as text, so a tag that is missed does no harm."""
    without_tags = re.sub(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", html or "", flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"\s+", " ", unescape(without_tags)).strip()
