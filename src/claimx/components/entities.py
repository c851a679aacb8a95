"""`claimx_entities`: pattern files become AGREEMENT, DATE, MONEY and PERCENT spans with values.

`doc.spans["entities"]` holds one Span a mention; its `attrs[span.id_]` gives the exact character offsets, the value,
and the `ref` that all mentions of one agreement share. `doc.ents` gets the same spans, ours winning where they meet
those of the model's own recogniser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import srsly
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from claimx.claim import ENTITY_LABELS
from claimx.components.mentions import Mention, find_mentions, numeric_order
from claimx.values.context import Context
from claimx.values.grammar import Grammar, Row, compile_grammar

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

GROUP = "entities"


class EntityRecognizer:
    """Marks what the rules of its pattern rows find; without rows it finds nothing."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._rows: list[dict[str, Any]] = []
        self._grammar: Grammar = compile_grammar(())

    def __call__(self, doc: Doc) -> Doc:
        """Set `doc.spans["entities"]` and put the same spans into `doc.ents`."""
        mentions = find_mentions(doc.text, self._grammar, _context_of(doc, self._grammar))
        spans: list[Span] = []
        attrs: dict[str, dict[str, Any]] = {}
        for index, mention in enumerate(mentions):
            span = _span_of(doc, mention, f"{GROUP}-{index}")
            if span is None:
                continue
            spans.append(span)
            attrs[span.id_] = {
                "start": mention.start,
                "end": mention.end,
                "value": None if mention.value is None else dict(mention.value),
                "ref": mention.ref,
            }
        doc.spans[GROUP] = spans
        doc.spans[GROUP].attrs = attrs
        ours = filter_spans(spans)
        taken = {token.i for span in ours for token in span}
        others = [
            ent for ent in doc.ents if ent.label_ not in ENTITY_LABELS and taken.isdisjoint(range(ent.start, ent.end))
        ]
        doc.ents = cast("Any", sorted([*ours, *others]))
        return doc

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        patterns: list[dict[str, Any]] | None = None,
    ) -> None:
        """Take in pattern rows. Raises PipelineError naming a row that cannot be used."""
        self.add_patterns(patterns or [])

    def add_patterns(self, rows: Iterable[Row]) -> None:
        """Put the rows behind those already there. Raises PipelineError naming a row that cannot be used."""
        rows = [*self._rows, *(dict(row) for row in rows)]
        self._grammar = compile_grammar(rows)
        self._rows = rows

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The pattern rows as bytes."""
        return cast(bytes, srsly.json_dumps(self._rows).encode("utf-8"))

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> EntityRecognizer:
        """Take the pattern rows from `to_bytes`."""
        self._rows = []
        self.add_patterns(srsly.json_loads(data.decode("utf-8")))
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the pattern rows as JSONL."""
        Path(path).mkdir(parents=True, exist_ok=True)
        srsly.write_jsonl(Path(path) / "patterns.jsonl", self._rows)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> EntityRecognizer:
        """Take the pattern rows from `to_disk`."""
        self._rows = []
        self.add_patterns(srsly.read_jsonl(Path(path) / "patterns.jsonl"))
        return self


def make_entities(nlp: Language, name: str) -> EntityRecognizer:
    """The factory of `claimx_entities`, registered by entry point."""
    return EntityRecognizer(nlp, name)


def _context_of(doc: Doc, grammar: Grammar) -> Context:
    about = doc.user_data.get("claimx") or {}
    order = cast('Literal["day", "month"] | None', numeric_order(doc.text))
    return Context(published=about.get("published"), numeric_order=order)


def _span_of(doc: Doc, mention: Mention, span_id: str) -> Span | None:
    """The tokens that hold the mention; the exact offsets are kept beside."""
    span = doc.char_span(mention.start, mention.end, alignment_mode="expand")
    return None if span is None else Span(doc, span.start, span.end, label=mention.label, span_id=span_id)
