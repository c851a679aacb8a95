"""The only bridge between Claims, with offsets into a Document, and the span groups of a spaCy Doc, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from claimx.claim import Argument, Attribution, Claim, Cue, Entity, Section, Source, Statement
from claimx.document import Body, Document
from claimx.records import claim_id

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

CLAIMS, STATEMENTS, ENTITIES = "claims", "statements", "entities"
"""The names of the span groups; the attributes of each span are in the group's `attrs`, keyed by `span.id_`."""

Attrs = dict[str, Any]


def add_span(doc: Doc, group: str, start: int, end: int, label: str, attrs: Mapping[str, Any]) -> Span:
    """Adds `doc.text[start:end]` to a span group, with attributes, and returns the span.

    The span covers every token that the characters touch; the exact offsets are kept in the attributes.
    Attributes are keyed by span id because `Span._` is shared by spans with equal boundaries (spaCy issue 9706).
    Raises ValueError when the characters are outside the Doc.
    """
    from spacy.tokens import Span, SpanGroup

    if group not in doc.spans:
        doc.spans[group] = SpanGroup(doc, name=group)
    spans = doc.spans[group]
    touched = doc.char_span(start, end, alignment_mode="expand")
    if touched is None:
        raise ValueError(f"characters {start}:{end} are outside the Doc")
    span = Span(doc, touched.start, touched.end, label=label, span_id=f"{group}-{len(spans)}")
    spans.append(span)
    spans.attrs[span.id_] = {"start": start, "end": end, **attrs}
    return span


def attrs_of(doc: Doc, group: str) -> list[tuple[Span, Attrs]]:
    """The spans of a group, each with its attributes; empty where the Doc has no such group."""
    if group not in doc.spans:
        return []
    spans = doc.spans[group]
    return [(span, spans.attrs[span.id_]) for span in spans]


def set_claims(doc: Doc, claims: Iterable[Claim], body: Body) -> None:
    """Writes claims into `doc.spans["claims"]`, replacing what was there; `doc.text` must be `body.text`.

    Raises ValueError where a claim is not inside one body block.
    """
    doc.spans.pop(CLAIMS, None)
    for claim in claims:
        start, end = body.from_document(claim.start, claim.end)
        shift = start - claim.start
        attribution: Attrs = {"kind": claim.attribution.kind, "source": None}
        if claim.attribution.source is not None:
            attribution["source"] = _moved(claim.attribution.source, shift)
        attrs = {
            "id": claim.id,
            "section": {"kind": claim.section.kind, "title": claim.section.title},
            "labels": list(claim.labels),
            "scores": dict(claim.scores),
            "confidence": claim.confidence,
            "arguments": [{"role": part.role, **_moved(part, shift)} for part in claim.arguments],
            "attribution": attribution,
            "certainty": claim.certainty,
            "polarity": claim.polarity,
            "cues": [{"kind": cue.kind, **_moved(cue, shift)} for cue in claim.cues],
            "entities": [
                {"label": entity.label, **_moved(entity, shift), "value": entity.value, "ref": entity.ref}
                for entity in claim.entities
            ],
        }
        add_span(doc, CLAIMS, start, end, claim.label, attrs)


def _moved(span: Argument | Cue | Source | Entity, shift: int) -> Attrs:
    return {"start": span.start + shift, "end": span.end + shift}


def get_claims(doc: Doc, document: Document, body: Body) -> tuple[Claim, ...]:
    """The claims of `doc.spans["claims"]`, with offsets into the Document's text, in text order."""
    entities = get_entities(doc, document, body)
    ids = _ids(doc, document, body)
    return tuple(_claim(attrs, document, body, ids, entities) for _, attrs in attrs_of(doc, CLAIMS))


def get_statements(doc: Doc, document: Document, body: Body) -> tuple[Statement, ...]:
    """Every statement of `doc.spans["statements"]`, with offsets into the Document's text, in text order."""
    statements = []
    for _, attrs in attrs_of(doc, STATEMENTS):
        start, end = body.to_document(attrs["start"], attrs["end"])
        statements.append(
            Statement(
                start=start,
                end=end,
                text=document.text[start:end],
                section=Section(**attrs["section"]),
                labels=tuple(attrs.get("labels", ())),
                scores=attrs.get("scores", {}),
                confidence=attrs.get("confidence", 0.0),
            )
        )
    return tuple(statements)


def get_entities(doc: Doc, document: Document, body: Body) -> tuple[Entity, ...]:
    """Every entity of `doc.spans["entities"]`, in claims or not, with offsets into the Document's text."""
    return tuple(_entity({"label": span.label_, **attrs}, document, body) for span, attrs in attrs_of(doc, ENTITIES))


def _ids(doc: Doc, document: Document, body: Body) -> dict[tuple[int, int], str]:
    """The id of each statement by its offsets in the Document: equal words are told apart by their order."""
    seen: Counter[str] = Counter()
    ids = {}
    for statement in get_statements(doc, document, body):
        words = " ".join(statement.text.split())
        ids[statement.start, statement.end] = claim_id(document, statement.text, seen[words])
        seen[words] += 1
    return ids


def _claim(
    attrs: Attrs, document: Document, body: Body, ids: Mapping[tuple[int, int], str], entities: tuple[Entity, ...]
) -> Claim:
    start, end = body.to_document(attrs["start"], attrs["end"])
    own = attrs.get("entities")
    return Claim(
        id=attrs.get("id") or ids[start, end],
        start=start,
        end=end,
        text=document.text[start:end],
        labels=tuple(attrs["labels"]),
        scores=attrs["scores"],
        confidence=attrs["confidence"],
        section=Section(**attrs["section"]),
        arguments=tuple(Argument(part["role"], *_place(part, document, body)) for part in attrs.get("arguments", ())),
        attribution=_attribution(attrs.get("attribution"), document, body),
        certainty=attrs.get("certainty", "asserted"),
        polarity=attrs.get("polarity", "positive"),
        cues=tuple(Cue(cue["kind"], *_place(cue, document, body)) for cue in attrs.get("cues", ())),
        entities=tuple(entity for entity in entities if start <= entity.start and entity.end <= end)
        if own is None
        else tuple(_entity(entity, document, body) for entity in own),
    )


def _entity(attrs: Attrs, document: Document, body: Body) -> Entity:
    return Entity(attrs["label"], *_place(attrs, document, body), value=attrs["value"], ref=attrs["ref"])


def _attribution(attrs: Attrs | None, document: Document, body: Body) -> Attribution:
    if attrs is None:
        return Attribution()
    source = attrs["source"]
    return Attribution(attrs["kind"], None if source is None else Source(*_place(source, document, body)))


def _place(attrs: Attrs, document: Document, body: Body) -> tuple[int, int, str]:
    start, end = body.to_document(attrs["start"], attrs["end"])
    return start, end, document.text[start:end]
