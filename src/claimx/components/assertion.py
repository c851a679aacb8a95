"""Claims come in with their parse; attribution, certainty and polarity go into their attrs, with the cue that says so.

`scopes.py` says how far each cue of `pipelines/patterns/assertion.jsonl` reaches. A claim with a hedge or a negation on
its main line is hedged or negative; whether it is a report, and whose, is chosen among the readings that the reporting
cues allow, by weights learned from claims (`ranking.py`).
"""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from claimx.components.arguments import WEIGHT, offsets_of, trim_part
from claimx.components.cues import CueMatch, Cues
from claimx.components.frames import Candidate, Part
from claimx.components.ranking import Weights
from claimx.components.ruled import Rule, RuledPipe
from claimx.components.scopes import default_features, in_quotation, main_line, reading_features, readings_of

OWN = "author"


class AssertionPipe(RuledPipe):
    """The spaCy component: adds `attribution`, `certainty`, `polarity` and cues to the attrs of each claim."""

    def __call__(self, doc: Doc) -> Doc:
        """Judge each claim by the cues inside it."""
        if "claims" not in doc.spans:
            return doc
        group = doc.spans["claims"]
        attrs = dict(group.attrs)
        for span in group:
            given = attrs.get(span.id_, {})
            attrs[span.id_] = {**given, **self._judge(span, given)}
        group.attrs = attrs
        return doc

    def _judge(self, span: Span, given: dict[str, Any]) -> dict[str, Any]:
        matches = self._cues.find(span)
        report = choose_report(span, matches, given.get("labels", ()), self._own, self._weights)
        chosen = {"reported": report}
        for kind in ("hedged", "negative"):
            chosen[kind] = next(iter(readings_of(span, kind, matches)), None)
        source = None
        if report is not None and "source" in report.parts:
            source = offsets_of(
                span.doc, trim_part(span, "source", report.frame, report.parts["source"], self._weights)
            )
        cues = [
            {"kind": kind, **offsets_of(span.doc, Part(reading.start, reading.start, reading.end))}
            for kind, reading in chosen.items()
            if reading is not None
        ]
        return {
            "attribution": {"kind": "reported" if report is not None else "author", "source": source},
            "certainty": "hedged" if chosen["hedged"] is not None else "asserted",
            "polarity": "negative" if chosen["negative"] is not None else "positive",
            "cues": [*given.get("cues", ()), *cues],
        }

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Any]] | None = None,
        *,
        nlp: Language | None = None,
        patterns: list[Rule] | None = None,
        weights: list[Rule] | None = None,
    ) -> None:
        """Take over the rules (`kind`, `forms`, `scope`) and the weights (`model`, `weights` by feature)."""
        super().initialize(get_examples, nlp=nlp, patterns=[*(patterns or []), *(weights or [])])

    def compile(self, rules: list[Rule]) -> None:
        """Index cues and weights."""
        self._cues = Cues(rule for rule in rules if rule["kind"] not in {WEIGHT, OWN})
        self._own = own_words(rules)
        self._weights = Weights(rule for rule in rules if rule["kind"] == WEIGHT)


def own_words(rules: Iterable[Rule]) -> frozenset[str]:
    """The words with which an author speaks of himself."""
    return frozenset(form for rule in rules if rule["kind"] == OWN for form in rule["forms"])


def choose_report(
    span: Span, matches: list[CueMatch], labels: Iterable[str], own: frozenset[str], weights: Weights
) -> Candidate | None:
    """The likeliest reading as somebody's report, or None when it is likelier that the author speaks."""
    labels = list(labels)
    line = main_line(span)
    readings = readings_of(span, "reported", matches)
    options: list[tuple[Candidate | None, list[str]]] = [
        (reading, reading_features(span, reading, line, labels, own)) for reading in readings
    ]
    best = weights.best("reported", [*options, (None, default_features(span, readings, labels))])
    if best is None and in_quotation(span):
        return Candidate("quotation", "open_quotation", span.start, span.start + 1, {})
    return best


@Language.factory("claimx_assertion")
def make_assertion(nlp: Language, name: str) -> AssertionPipe:
    """Make the component that judges attribution, certainty and polarity; its rules come with `initialize`."""
    return AssertionPipe(nlp, name)
