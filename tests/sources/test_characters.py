"""Damaged characters, torn words and stray spaces are mended; what only looks like damage stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimx.sources.characters import mend, stray_spaces, torn_words, vocabulary


def edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("the imple- mentation of tolls", "implementation", "the implementation of tolls"),
        ("a well- known case", "well-known", "a well-known case"),
        ("a toll- free road", "", "a toll-free road"),
        ("short- and long-term plans", "shortand", "short- and long-term plans"),
        ("pre- or post-war", "preor", "pre- or post-war"),
        ("a court- Smith said", "", "a court- Smith said"),
        ("from 2019- onwards", "", "from 2019- onwards"),
    ],
)
def test_torn_words(text: str, known: str, expected: str) -> None:
    """The hyphen goes where the document knows the word without it; hyphens that stand for a word stay."""
    assert edited(text, torn_words(text, vocabulary(known))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in the Code of Tolls , which", "in the Code of Tolls, which"),
        ("the law ( Tolls Act ) says", "the law (Tolls Act) says"),
        ("the Board ’s plan .", "the Board’s plan."),
        ("and so on . . .", "and so on . . ."),
        ("costs .5 per cent", "costs .5 per cent"),
    ],
)
def test_stray_spaces(text: str, expected: str) -> None:
    """Spaces before stops and inside brackets go; ellipses and decimals stay."""
    assert edited(text, stray_spaces(text)) == expected


@settings(deadline=None)
@given(text=st.text())
def test_mending_settles(text: str) -> None:
    """What has been mended holds no control characters; mending it again changes nothing but spelling of damage."""
    once = mend(text)
    assert not any(ord(character) < 32 and character not in "\t\n\x0b\x0c" for character in once)
    assert not any("\ud800" <= character <= "\udfff" for character in once)


def test_typography_stays() -> None:
    """Curly quotes, dashes and accents are no damage."""
    assert mend("“Café” – that’s it…") == "“Café” – that’s it…"
