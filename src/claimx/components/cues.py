"""Rules with forms come in, matches in a Span go out: the words that trigger a rule, longest first.

A form is words parted by blanks. A word stands for its lemma or its lower-cased text, `a|b` for either, `word?` may
be missing, `=word` is the text only, `word/VERB` must have that part of speech (`word/VERB|AUX` either), and `*/VERB`
is any word of that part of speech at which no other rule begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spacy.tokens import Span, Token

ANY = "*"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a form."""

    forms: frozenset[str]
    text_only: bool
    parts: frozenset[str]

    def fits(self, token: Token) -> bool:
        """Whether the token can stand for this word."""
        known = token.lower_ in self.forms or ANY in self.forms
        if not known and (self.text_only or token.lemma_.lower() not in self.forms):
            return False
        return not self.parts or token.pos_ in self.parts


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A rule found at the tokens `start` to `end` (indices into the Doc)."""

    rule: Mapping[str, Any]
    start: int
    end: int


def _parse_word(source: str) -> Word:
    source = source.removesuffix("?")
    text_only = source.startswith("=")
    forms, _, parts = source.removeprefix("=").partition("/")
    return Word(frozenset(forms.split("|")), text_only, frozenset(parts.split("|")) if parts else frozenset())


def _expand(words: list[str]) -> Iterator[list[str]]:
    """Every way to read a form whose words marked `?` may be missing."""
    if not words:
        yield []
        return
    for rest in _expand(words[1:]):
        yield [words[0], *rest]
        if words[0].endswith("?"):
            yield rest


class Cues:
    """An index from first words to rules."""

    def __init__(self, rules: Iterable[Mapping[str, Any]]) -> None:
        self._index: dict[str, list[tuple[tuple[Word, ...], Mapping[str, Any]]]] = defaultdict(list)
        for rule in rules:
            for form in rule.get("forms", ()):
                for variant in _expand(form.split()):
                    words = tuple(_parse_word(word) for word in variant)
                    for first in words[0].forms:
                        self._index[first].append((words, rule))
        for entries in self._index.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, span: Span) -> list[CueMatch]:
        """All matches within the span in text order; where forms of one rule share tokens, the longest."""
        doc, end = span.doc, span.end
        found: list[CueMatch] = []
        covered: dict[int, int] = {}
        for at in range(span.start, end):
            token = doc[at]
            before = len(found)
            for key in dict.fromkeys((token.lower_, token.lemma_.lower(), ANY)):
                if key == ANY and len(found) > before:
                    break
                for words, rule in self._index.get(key, ()):
                    stop = at + len(words)
                    if stop > end or covered.get(id(rule), 0) > at:
                        continue
                    if all(word.fits(doc[at + offset]) for offset, word in enumerate(words)):
                        found.append(CueMatch(rule, at, stop))
                        covered[id(rule)] = stop
        return found
