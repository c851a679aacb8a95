"""Damaged characters in, clean ones out: mojibake, invisible and control characters, and hyphens at line ends."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_STRAY_SPACE = re.compile(r"(?<!\.) (?=[.,;](?:[\s”’)]|$))(?!\.\s?\.)| (?=[)\]](?:\W|$))|(?<=[(\[]) | (?=’s\b)")
_BROKEN_WORD = re.compile(r"(?<![\w-])([^\W\d_]{2,})[-\u2010]\s+([^\W\d_]{2,})(?!\w)")
_SUSPENDED = frozenset({"and", "or", "to", "nor", "versus", "vs", "but", "through", "und", "et"})
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def mend(text: str) -> str:
    """Undo wrong decodings ("â€™" becomes "’"), expand ligatures, and drop what nobody can see.

    Typographic quotes and dashes stay. Line breaks become "\\n"; the form feed stays, since it parts pages.
    """
    if not text.isascii():
        from ftfy import fix_text

        text = _INVISIBLE.sub("", fix_text(text, _ftfy_config()))
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _ftfy_config() -> TextFixerConfig:
    """The mending of ftfy that changes damage and no typography."""
    from ftfy import TextFixerConfig

    return TextFixerConfig(unescape_html=False, uncurl_quotes=False, remove_control_chars=False, explain=False)


def vocabulary(text: str) -> frozenset[str]:
    """Every word and hyphenated compound of a document, in lower case: the judge over hyphens at line ends."""
    return frozenset(word.casefold() for word in _WORD.findall(text))


def stray_spaces(text: str) -> list[tuple[int, int, str]]:
    """The edits that take out spaces which converters leave around emphasised words: "the ( Code ) , however"."""
    return [(match.start(), match.end(), "") for match in _STRAY_SPACE.finditer(text)]


def torn_words(text: str, words: Set[str]) -> list[tuple[int, int, str]]:
    """The edits (start, end, replacement) that join words torn at a line end: "imple- mentation".

    The hyphen goes where `words` knows the word without it; "short- and long-term" stays, for its hyphen stands for a
    word left out.
    """
    edits = []
    for match in _BROKEN_WORD.finditer(text):
        first, second = match.groups()
        if second.casefold() in _SUSPENDED or (second[0].isupper() and not first[0].isupper()):
            continue
        whole = (first + second).casefold() in words and f"{first}-{second}".casefold() not in words
        edits.append((match.end(1), match.start(2), "" if whole else "-"))
    return edits
