"""Sentences come in, statements go out: `doc.spans["statements"]`, every sentence or bullet that can assert something.

Left out are fragments: what holds no words, dates, labels, addresses and citations that stand alone. A block whose
role is footnote counts only where it is a full sentence. What is left out is decided by the rules of
`pipelines/patterns/statements.jsonl`; kind `fragment` is tried everywhere, kind `citation` in footnotes only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from claimx.components.ruled import Rule, RuledPipe
from claimx.components.sections import DEFAULT_KIND

BULLET = re.compile(r"(?:[•‣▪●○◦■⁃∙·–—*-]\s+)+")
FOOTNOTE_MARK = re.compile(
    r"(?<=[^\W\d]{2}[.!?])\d{1,3}(?:[,–-]\d{1,3})*$|(?<=[.!?][\"”’)])\d{1,3}$|(?:\[\d{1,3}\])+$|[\u00b9\u00b2\u00b3\u2070-\u2079†‡]+$"
)
FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "expl", "csubj", "csubjpass"})


class Fragments:
    """Tells fragments from statements by their text; a pure function of the rules."""

    def __init__(self, rules: Iterable[dict[str, Any]]) -> None:
        kinds: dict[str, list[str]] = {"fragment": [], "citation": []}
        for rule in rules:
            kinds[rule["kind"]].append(f"(?:{rule['regex']})")
        # Without rules, a pattern that nothing matches.
        self._kinds = {kind: re.compile("|".join(parts) or r"(?!)", re.I | re.S) for kind, parts in kinds.items()}

    def holds(self, text: str, *, footnote: bool = False) -> bool:
        """Whether `text` is a fragment, or in a footnote a citation."""
        if self._kinds["fragment"].fullmatch(text):
            return True
        return footnote and bool(self._kinds["citation"].fullmatch(text))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of a sentence without white space, bullets before it, and footnote marks behind it."""
    part = text[start:end]
    start, end = start + len(part) - len(part.lstrip()), start + len(part.rstrip())
    bullet = BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    mark = FOOTNOTE_MARK.search(text[start:end])
    return start, end if mark is None or mark.start() == 0 else start + mark.start()


def iter_sentences(doc: Doc) -> Iterator[tuple[Span, str, str | None]]:
    """Every sentence of every section, with the section's kind and title; whole Doc without sections."""
    if "sections" not in doc.spans:
        yield from ((sentence, DEFAULT_KIND, None) for sentence in doc.sents)
        return
    group = doc.spans["sections"]
    sentences = iter(doc.sents)
    sentence = next(sentences, None)
    for section in group:
        attrs = group.attrs[section.id_]
        while sentence is not None and sentence.start < section.end:
            if sentence.start >= section.start:
                yield sentence, attrs["kind"], attrs["title"]
            sentence = next(sentences, None)


def is_clause(sentence: Span) -> bool:
    """Whether the sentence has a finite verb and a subject, or the parser has not run."""
    if not sentence.doc.has_annotation("DEP"):
        return True
    finite = any(token.tag_ in FINITE for token in sentence)
    return finite and any(token.dep_ in SUBJECTS for token in sentence)


class StatementsPipe(RuledPipe):
    """The spaCy component: fills `doc.spans["statements"]`; attrs hold `start`, `end` and `section` by span id."""

    def __call__(self, doc: Doc) -> Doc:
        """Add one Span for each sentence that is a statement."""
        spans: list[Span] = []
        attrs: dict[str, dict[str, Any]] = {}
        text = doc.text  # put together anew at every call
        for sentence, kind, title in iter_sentences(doc):
            start, end = trim(text, sentence.start_char, sentence.end_char)
            footnote = kind == "footnote"
            if self._fragments.holds(text[start:end], footnote=footnote) or (footnote and not is_clause(sentence)):
                continue
            reach = doc.char_span(start, end, alignment_mode="expand")
            if reach is None:
                continue
            span = Span(doc, reach.start, reach.end, label="statement", span_id=f"statement-{len(spans)}")
            attrs[span.id_] = {"start": start, "end": end, "section": {"kind": kind, "title": title}}
            spans.append(span)
        doc.spans["statements"] = SpanGroup(doc, name="statements", spans=spans, attrs=attrs)
        return doc

    def compile(self, rules: list[Rule]) -> None:
        """Index the rules."""
        self._fragments = Fragments(rules)


@Language.factory("claimx_statements")
def make_statements(nlp: Language, name: str) -> StatementsPipe:
    """Make the component that selects statements; its rules come with `initialize`."""
    return StatementsPipe(nlp, name)
