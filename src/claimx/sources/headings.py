"""A line of text in, out whether it has the form of a heading, and of which level."""

from __future__ import annotations

import re

_NUMBERED_HEADING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z]\.)[ \t]+(?=[A-Z])")
_LONGEST_HEADING = 100
_SMALL_WORDS = "a an and as at but by for from in into nor of on or over per the to under with via vs"
_SMALL = frozenset(_SMALL_WORDS.split())
TERMINAL = re.compile(r"[.!?;:,…][\"'”’)\]]*$")
"""How a sentence, and no heading, ends."""


def is_heading(text: str) -> bool:
    """Whether a line standing alone has the form of a heading: short, no full stop, capitals or title case."""
    if len(text) > _LONGEST_HEADING or not any(map(str.isalpha, text)):
        return False
    if TERMINAL.search(text):
        return False
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    if len(words) > 14:
        return False
    if _NUMBERED_HEADING.match(text) or text.isupper():
        return True
    large = [word for word in words if word.casefold() not in _SMALL]
    capital = sum(word[0].isupper() for word in large)
    return words[0][0].isupper() and (capital >= 0.7 * len(large) or len(words) <= 6)


def heading_level(text: str) -> int:
    """Depth by form: "2.1" is 2, capitals are 1, title case is 2."""
    if match := re.match(r"\d{1,2}((?:\.\d{1,2})*)", text):
        return 1 + match[1].count(".")
    return 1 if text.isupper() else 2
