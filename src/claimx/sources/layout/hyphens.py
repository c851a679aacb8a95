"""Two lines become one text: whether a hyphen at a line's end was put there to break a word, or belongs to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from claimx.sources.layout.lines import HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑'’][^\W\d_]+)*")
_LAST = re.compile(r"([^\W_]+(?:[-‐‑][^\W_]+)*)[-‐\x02]$")
_FIRST = re.compile(r"([^\W_]+)")
_HYPHENS = ("-", "‐", HYPHEN)


@cache
def read_words() -> frozenset[str]:
    """The common words of English that ship with the package."""
    return frozenset((files("claimx") / "pipelines" / "patterns" / "words.txt").read_text("utf-8").split())


BROKEN_SHARE = 0.025
"""Where words are broken at line ends, more of the long lines than this end in a hyphen."""


class Vocabulary:
    """The words of a document, as far as they were not broken at a line's end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        long = broken = 0
        split = False
        for line in lines:
            if len(line) > 25:
                long += 1
                broken += line.endswith(_HYPHENS)
            words = _WORD.findall(line.casefold())[split:]
            split = line.endswith(_HYPHENS)
            if split and words:
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
    """Whether the hyphen only broke the word: the document's own words decide, then the common ones."""
    if any(char.isdigit() for char in before + after) or before.isupper() or after[0].isupper():
        return False
    tail = before.rsplit("-", 1)[-1]
    joined, hyphenated = f"{tail}{after}", f"{before}-{after}"
    if joined in vocabulary:
        return hyphenated not in vocabulary or vocabulary.breaks
    if hyphenated in vocabulary:
        return False
    common = read_words()
    if joined.casefold() in common:
        return True
    known = [word in vocabulary or word.casefold() in common for word in (tail, after)]
    return not all(known) or (min(len(tail), len(after)) < 3 and vocabulary.breaks)
