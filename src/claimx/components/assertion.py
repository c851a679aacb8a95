"""Claims come in with their parse; attribution, certainty and polarity go into their attrs, with the cue that says so.

In the manner of ConText (Harkema et al. 2009), with the parse in place of a window of words: a cue has a category
(`kind`) and a scope, and speaks for the claim when the word it governs is on the claim's main line: its root, what is
coordinated with it, and what the root says, thinks or begins (clausal complements). The rules are in
`pipelines/patterns/assertion.jsonl`.
"""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from claimx.components.cues import CueMatch, Cues
from claimx.components.ruled import Rule, RuledPipe

MAIN_LINE = frozenset({"conj", "ccomp", "xcomp", "parataxis"})
ARGUMENTS = frozenset({"nsubj", "nsubjpass", "dobj", "attr", "expl", "det", "amod", "advmod", "neg", "acomp"})


def main_line(span: Span) -> frozenset[int]:
    """Indices of the tokens that carry what the span asserts: its root and the clauses that complete it."""
    line = {span.root.i}
    queue = [span.root]
    while queue:
        for child in queue.pop().children:
            if (
                child.dep_ in MAIN_LINE
                and child.pos_ in {"VERB", "AUX", "ADJ", "NOUN"}
                and span.start <= child.i < span.end
            ):
                line.add(child.i)
                queue.append(child)
    return frozenset(line)


class AssertionPipe(RuledPipe):
    """The spaCy component: adds `attribution`, `certainty`, `polarity` and cues to the attrs of each claim."""

    def __call__(self, doc: Doc) -> Doc:
        """Judge each claim by the cues inside it."""
        if "claims" not in doc.spans:
            return doc
        group = doc.spans["claims"]
        attrs = dict(group.attrs)
        for span in group:
            attrs[span.id_] = {**attrs.get(span.id_, {}), **self._judge(span, attrs.get(span.id_, {}))}
        group.attrs = attrs
        return doc

    def _judge(self, span: Span, attrs: dict[str, Any]) -> dict[str, Any]:
        line = main_line(span)
        matches = self._cues.find(span)
        hedges = [match for match in matches if match.rule["kind"] == "hedged" and _governs(span, match, line)]
        ignored = {at for match in matches if match.rule["kind"] == "none" for at in range(match.start, match.end)}
        negations = [
            match
            for match in matches
            if match.rule["kind"] == "negative" and match.start not in ignored and _governs(span, match, line)
        ]
        reports = [
            (match, source)
            for match in matches
            if match.rule["kind"] == "reported"
            for source in self._source(span, match, line)
        ]
        source = next((source for _, source in reports if source), None)
        cues = [*hedges, *negations, *(match for match, _ in reports)]
        return {
            "attribution": {"kind": "reported" if reports else "author", "source": source},
            "certainty": "hedged" if hedges else "asserted",
            "polarity": "negative" if negations else "positive",
            "cues": [*attrs.get("cues", ()), *(_cue(span.doc, match) for match in cues)],
        }

    def _source(self, span: Span, match: CueMatch, line: frozenset[int]) -> list[dict[str, int] | None]:
        """The source of a report as offsets, in a list; [None] when nobody is named, [] when this is no report."""
        token = span.doc[match.start]
        scope = match.rule["scope"]
        if scope == "adverb":
            return [None]
        if scope == "prep":
            last = span.doc[match.end - 1]
            objects = [child for child in last.children if child.dep_ == "pobj"]
            return [_offsets(_phrase(objects[0], span))] if objects else []
        if match.start not in line:
            return []
        subjects = [child for child in token.children if child.dep_ == "nsubj"]
        if not subjects or subjects[0].lower_ in self._own:
            return []
        says = any(child.dep_ in {"ccomp", "dobj"} for child in token.children)
        return [_offsets(_phrase(subjects[0], span))] if says else []

    def compile(self, rules: list[Rule]) -> None:
        """Index the rules."""
        self._cues = Cues(rule for rule in rules if rule["kind"] != "author")
        self._own = frozenset(form for rule in rules if rule["kind"] == "author" for form in rule["forms"])


def _governs(span: Span, match: CueMatch, line: frozenset[int]) -> bool:
    """Whether the cue is on the main line or depends on a word that is; `argument` scope reaches through nouns."""
    token: Token = span.doc[match.start]
    steps = 3 if match.rule["scope"] == "argument" else 1
    for _ in range(steps + 1):
        if token.i in line:
            return True
        if token.dep_ not in ARGUMENTS and token.dep_ != "aux":
            return False
        token = token.head
    return False


def _phrase(head: Token, span: Span) -> Span:
    start, end = max(head.left_edge.i, span.start), min(head.right_edge.i + 1, span.end)
    return span.doc[start:end]


def _offsets(phrase: Span) -> dict[str, int]:
    return {"start": phrase.start_char, "end": phrase.end_char}


def _cue(doc: Doc, match: CueMatch) -> dict[str, Any]:
    words = doc[match.start : match.end]
    return {"kind": match.rule["kind"], "start": words.start_char, "end": words.end_char}


@Language.factory("claimx_assertion")
def make_assertion(nlp: Language, name: str) -> AssertionPipe:
    """Make the component that judges attribution, certainty and polarity; its rules come with `initialize`."""
    return AssertionPipe(nlp, name)
