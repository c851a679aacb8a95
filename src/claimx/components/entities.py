"""Pattern files become AGREEMENT, DATE, MONEY and PERCENT spans with values.

`doc.spans["entities"]` holds one Span a mention; its `attrs[span.id_]` gives the exact character offsets, the value,
and the `ref` that all mentions of one agreement share. `doc.ents` gets the same spans, ours winning where they meet
those of the model's own recogniser.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans

from claimx.claim import ENTITY_LABELS
from claimx.components.agreements import AgreementFinder
from claimx.components.mentions import Mention, find_mentions, read_context
from claimx.components.ruled import Rule, RuledPipe
from claimx.values.agreements import read_gazetteer
from claimx.values.grammar import compile_grammar

GROUP = "entities"


class EntitiesPipe(RuledPipe):
    """The spaCy component: fills `doc.spans["entities"]` and `doc.ents`; without rules it finds nothing."""

    def __call__(self, doc: Doc) -> Doc:
        """Add one Span a mention, with `start`, `end`, `value` and `ref` in the group's attrs by span id."""
        about = doc.user_data.get("claimx", {})
        text = doc.text
        context = read_context(self._grammar, text, about.get("published"), about.get("publisher"))
        spans: list[Span] = []
        attrs: dict[str, dict[str, Any]] = {}
        for mention in find_mentions(text, self._grammar, context, self._finder):
            reach = doc.char_span(mention.start, mention.end, alignment_mode="expand")
            if reach is None:
                continue
            span = Span(doc, reach.start, reach.end, label=mention.label, span_id=f"entity-{len(spans)}")
            attrs[span.id_] = _attrs_of(mention)
            spans.append(span)
        doc.spans[GROUP] = SpanGroup(doc, name=GROUP, spans=spans, attrs=attrs)
        doc.ents = _with_ours(doc.ents, spans)
        return doc

    def compile(self, rules: list[Rule]) -> None:
        """Compile the rules; PipelineError names one that cannot be used."""
        self._grammar = compile_grammar(rules)
        self._finder = AgreementFinder(self._grammar, read_gazetteer(rules))


def _attrs_of(mention: Mention) -> dict[str, Any]:
    value = None if mention.value is None else dict(mention.value)
    return {"start": mention.start, "end": mention.end, "value": value, "ref": mention.ref}


def _with_ours(ents: Iterable[Span], ours: list[Span]) -> list[Span]:
    """Our spans, and those of the model that meet none of them and bear none of our labels."""
    kept = filter_spans(ours)
    taken = {index for span in kept for index in range(span.start, span.end)}
    others = (ent for ent in ents if ent.label_ not in ENTITY_LABELS)
    return [*kept, *(ent for ent in others if taken.isdisjoint(range(ent.start, ent.end)))]


@Language.factory("claimx_entities")
def make_entities(nlp: Language, name: str) -> EntitiesPipe:
    """Make the component that finds entities; its rules come with `initialize`."""
    return EntitiesPipe(nlp, name)
