"""Clean text in, the language it is written in out."""

from __future__ import annotations

from functools import cache
from typing import Any

from claimx.document import Document

ENGLISH = "en"
_SHORTEST = 60
_SAMPLE = 1_500
_SURE = 0.7


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, or None when there is too little text to tell, or of no one language.

    Looks at three samples (beginning, middle, end), so that cost does not grow with the text.
    """
    if sum(map(str.isalpha, text[: 3 * _SAMPLE])) < _SHORTEST:
        return None
    middle = max(len(text) // 2 - _SAMPLE // 2, 0)
    sample = text if len(text) <= 3 * _SAMPLE else " ".join((text[:_SAMPLE], text[middle:][:_SAMPLE], text[-_SAMPLE:]))
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _SURE else None


@cache
def _identifier() -> Any:
    """py3langid with probabilities, among the languages that have a two-letter code."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([label for label in identifier.labels if len(label) == 2])
    return identifier


def prose_of(document: Document) -> str:
    """What language is told from: the body, or everything where there is none."""
    return document.body().text or document.text
