"""Two lines become one text: whether a hyphen at a line's end was put there to break a word, or belongs to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from claimx.sources.layout.lines import HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W\d_]+)*")
_LAST = re.compile(r"([^\W_]+(?:[-‐‑][^\W_]+)*)[-‐\x02]$")
_FIRST = re.compile(r"([^\W_]+)")
_HYPHENS = ("-", "‐", HYPHEN)
_KEEPING = """
self non well long short high low cross multi anti pre post semi full half all ex vice quasi near mid two three four
five six ten first second third one part real large small medium state policy decision law rule risk data human
government community people market climate health evidence time cost country region year day month age old new so on
off up down in out over under inter intra co pro counter follow set start run land sea air water
"""
_LOOSE = "co inter intra over under pre anti counter post semi multi up out in on off so pro non"
STEMS = frozenset(_KEEPING.split()) - frozenset(_LOOSE.split())
"""Parts before a hyphen that more often keep it than not, when the document itself does not tell."""


BROKEN_SHARE = 0.025
"""Where words are broken at line ends, more of the long lines than this end in a hyphen."""


class Vocabulary:
    """The words of a document, as far as they were not broken at a line's end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        long = broken = 0
        for line in lines:
            if len(line) > 25:
                long += 1
                broken += line.endswith(_HYPHENS)
            words = _WORD.findall(line.casefold())
            if line.endswith(_HYPHENS) and words:
                words.pop()
            self._words.update(words)
            for word in words:
                if "-" in word or "‑" in word or "‐" in word:
                    self._words.update([re.sub("[‐‑]", "-", word)])

        self.breaks = broken > BROKEN_SHARE * long
        """Whether words were broken at line ends: else what ends in a hyphen has a hyphen."""

    def __contains__(self, word: str) -> bool:
        return word.casefold() in self._words


def joint(left: str, right: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """How `left`, a line, goes on into `right`, the next: what of `left` stays, and what comes between them."""
    if not left.endswith(_HYPHENS):
        return left, " "
    stem = left[:-1]
    before, after = _LAST.search(left), _FIRST.match(right)
    if before is None or after is None:
        return f"{stem}-", "" if stem and not stem.endswith(" ") and after else " "
    return (stem if _is_broken(before[1], after[1], vocabulary) else f"{stem}-"), ""


def _is_broken(before: str, after: str, vocabulary: Vocabulary) -> bool:
    """Whether the hyphen only broke the word."""
    if any(char.isdigit() for char in before + after) or before.isupper() or after[0].isupper():
        return False
    tail = before.rsplit("-", 1)[-1]
    joined, hyphenated = f"{tail}{after}", f"{before}-{after}"
    if hyphenated in vocabulary and joined not in vocabulary:
        return False
    if joined in vocabulary:
        return True
    if not vocabulary.breaks:
        return False
    if tail.casefold() in STEMS:
        return False
    return not (tail in vocabulary and after in vocabulary and len(tail) > 3 and len(after) > 3)
