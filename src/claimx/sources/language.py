"""Clean text in, the language it is written in out."""

from __future__ import annotations

from claimx.document import Document

_SHORTEST = 60
_SAMPLE = 1_500
ENGLISH = "en"


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, or None when there is too little text to tell.

    Looks at three samples (beginning, middle, end), so that cost does not grow with the text.
    """
    if sum(map(str.isalpha, text)) < _SHORTEST:
        return None
    from py3langid import classify  # type: ignore[import-untyped]

    middle = max(len(text) // 2 - _SAMPLE // 2, 0)
    sample = text if len(text) <= 3 * _SAMPLE else " ".join((text[:_SAMPLE], text[middle:][:_SAMPLE], text[-_SAMPLE:]))
    return str(classify(sample)[0])


def prose_of(document: Document) -> str:
    """What language is told from: the body, or everything where there is none."""
    return document.body().text or document.text
