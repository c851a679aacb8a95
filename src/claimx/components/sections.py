"""Blocks with roles and headings come in, sections go out: `doc.spans["sections"]`, one Span a block.

Kinds are few: takeaways, abstract, introduction, background, method, findings, recommendations, conclusion, footnote,
quote, and body for all else. A block's role decides where it can; else the heading above it, by the first rule of
`pipelines/patterns/sections.jsonl` that matches the whole heading without its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from claimx.components.ruled import Rule, RuledPipe
from claimx.components.sentences import iter_blocks

DEFAULT_KIND = "body"
NUMBERING = re.compile(
    r"^\s*(?:(?:chapter|section|part|annex)\s+)?(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])[.):—–-]\s+|^\s*\d+\s+", re.I
)


class SectionKinds:
    """Names the kind of a block from its role and heading; a pure function of the rules."""

    def __init__(self, rules: Iterable[dict[str, Any]]) -> None:
        self._roles: dict[str, str] = {}
        self._headings: list[tuple[re.Pattern[str], str]] = []
        for rule in rules:
            self._roles.update(dict.fromkeys(rule.get("roles", ()), rule["kind"]))
            if "heading" in rule:
                self._headings.append((re.compile(rule["heading"], re.IGNORECASE), rule["kind"]))

    def kind_of(self, role: str | None, heading: str | None) -> str:
        """The kind of a block of this role under this heading."""
        if role in self._roles:
            return self._roles[role]
        title = NUMBERING.sub("", heading or "").strip(" \t:.–—-*_#")
        matches = (kind for pattern, kind in self._headings if pattern.fullmatch(title))
        return next(matches, DEFAULT_KIND) if title else DEFAULT_KIND


class SectionsPipe(RuledPipe):
    """The spaCy component: fills `doc.spans["sections"]`, whose attrs hold `kind` and `title` by span id."""

    def __call__(self, doc: Doc) -> Doc:
        """Add one Span a block; without blocks in `user_data` every paragraph is body."""
        given: list[dict[str, Any]] | None = doc.user_data.get("claimx", {}).get("blocks")
        blocks = given if given is not None else _paragraphs(doc)
        spans: list[Span] = []
        attrs: dict[str, dict[str, Any]] = {}
        for block in blocks:
            heading = block.get("heading")
            kind = self._kinds.kind_of(block.get("role"), heading)
            reach = doc.char_span(block["start"], block["end"], alignment_mode="expand")
            if reach is None:
                continue
            span = Span(doc, reach.start, reach.end, label=kind, span_id=f"section-{len(spans)}")
            attrs[span.id_] = {"kind": kind, "title": heading}
            spans.append(span)
        doc.spans["sections"] = SpanGroup(doc, name="sections", spans=spans, attrs=attrs)
        return doc

    def compile(self, rules: list[Rule]) -> None:
        """Index the rules."""
        self._kinds = SectionKinds(rules)


def _paragraphs(doc: Doc) -> list[dict[str, Any]]:
    return [{"start": start, "end": end} for start, end in iter_blocks(doc)]


@Language.factory("claimx_sections")
def make_sections(nlp: Language, name: str) -> SectionsPipe:
    """Make the component that names sections; its rules come with `initialize`."""
    return SectionsPipe(nlp, name)
