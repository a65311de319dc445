"""Shortens a text to its most telling sentences, without anything but the text itself."""

import re
from collections import Counter

from digest.models import Episode, Length

SENTENCES = {Length.SHORT: 1, Length.MEDIUM: 2, Length.LONG: 4}

# Words that say nothing about what a text is about.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all also an and any are as at be because been but by can could did do for from had has have he
        her his how i if in into is it its just more most no not of on one or our out over she so some such than that
        the their them then there these they this to too up us was we were what when which who will with would you your
        """,
    )
)

# A full stop ends a sentence when something that begins one follows; not after one capital (J. Smith) or "Dr.".
SENTENCE_END = re.compile(
    r"(?<=[.!?…])(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|Ms|St|vs)\.)(?<!\b(?:Mrs|Jan|Feb|Nov|Dec|etc)\.)\s+(?=[\"'“(]?[A-Z0-9ÄÖÜÉ])"
)


def summarise(episode: Episode, length: Length) -> Episode:
    """The episode with its most telling sentences only, in the order they stand in."""
    sentences = split_sentences(episode.text)
    weights = Counter(word for sentence in sentences for word in _words(sentence))

    def telling(index: int) -> tuple[float, int]:
        words = _words(sentences[index])
        # The root keeps long sentences from winning by their length alone; the first of two equals wins.
        return (sum(weights[word] for word in words) / max(len(words), 1) ** 0.5, -index)

    best = sorted(range(len(sentences)), key=telling, reverse=True)[: SENTENCES[length]]
    return Episode(title=episode.title, text=" ".join(sentences[index] for index in sorted(best)))


def split_sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [sentence for sentence in SENTENCE_END.split(text.strip()) if sentence]


def _words(sentence: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]{2,}", sentence.lower()) if word not in COMMON]
