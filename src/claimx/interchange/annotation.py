"""What every foreign format maps from and to: passages of a document with the claims that stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, Literal, TypeVar

from claimx.claim import Argument, Attribution, ClaimLabel, Entity, Source
from claimx.errors import OffsetMismatch, RecordError

Record = Mapping[str, Any]
FIELDS = ("id", "labels", "arguments", "entities", "value", "ref", "attribution", "certainty", "polarity", "note")
"""What a format may be able to hold of a claim beside its boundaries and its primary label."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A claim as a tool holds it; offsets count code points into the passage's text. `id` is empty for a new one.

    `status` is the verdict that the file itself gives, where its format knows verdicts.
    """

    id: str
    start: int
    end: int
    text: str
    labels: tuple[ClaimLabel, ...]
    arguments: tuple[Argument, ...] = ()
    entities: tuple[Entity, ...] = ()
    attribution: Attribution = field(default_factory=Attribution)
    certainty: str = "asserted"
    polarity: str = "positive"
    note: str | None = None
    score: float | None = None
    status: Literal["accepted", "rejected"] | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document, from `start` on, with its claims in text order.

    `reviewed`: a person went through it, so a claim left as it was is accepted. `complete`: a claim that the run has
    here and the passage has not was taken out. `left_out` names parts of claims that were in the file and lie in none.
    """

    document: str
    start: int
    text: str
    claims: tuple[Annotated, ...]
    title: str | None = None
    annotator: str | None = None
    reviewed: bool = False
    complete: bool = True
    left_out: tuple[str, ...] = ()


Spanned = TypeVar("Spanned", Argument, Entity, Source)


def shifted(claim: Annotated, by: int) -> Annotated:
    """The same claim with all offsets moved by a number of characters."""

    def moved(span: Spanned) -> Spanned:
        return replace(span, start=span.start + by, end=span.end + by)

    source = claim.attribution.source
    return replace(
        claim,
        start=claim.start + by,
        end=claim.end + by,
        arguments=tuple(moved(argument) for argument in claim.arguments),
        entities=tuple(moved(entity) for entity in claim.entities),
        attribution=replace(claim.attribution, source=None if source is None else moved(source)),
    )


def annotated(record: Record) -> Annotated:
    """The claim of a record (or of the correctable part of one), with offsets into its document."""
    attribution = record.get("attribution") or {"kind": "author", "source": None}
    source = attribution.get("source")
    review = record.get("review")
    status: Literal["accepted", "rejected"] | None = None
    if review is not None:
        status = "rejected" if review["status"] == "rejected" else "accepted"
    return Annotated(
        id=record.get("id", ""),
        start=record["start"],
        end=record["end"],
        text=record["text"],
        labels=tuple(record["labels"]),
        arguments=tuple(
            Argument(item["role"], item["start"], item["end"], item["text"]) for item in record.get("arguments") or ()
        ),
        entities=tuple(
            Entity(item["label"], item["start"], item["end"], item["text"], item.get("value"), item.get("ref"))
            for item in record.get("entities") or ()
        ),
        attribution=Attribution(
            attribution["kind"], None if source is None else Source(source["start"], source["end"], source["text"])
        ),
        certainty=record.get("certainty") or "asserted",
        polarity=record.get("polarity") or "positive",
        note=None if review is None else review.get("note"),
        score=record.get("confidence"),
        status=status,
    )


def passages_of(documents: Iterable[Record], claims: Iterable[Record], *, by_block: bool = False) -> Iterator[Passage]:
    """The documents of a run as passages with the claims that stand (rejected ones are left out).

    A passage is a whole document or, `by_block`, a paragraph with claims in it; claims across a border join blocks.
    """
    standing: dict[str, list[Annotated]] = {}
    for record in claims:
        if (record.get("review") or {}).get("status") != "rejected":
            standing.setdefault(record["document"]["id"], []).append(replace(annotated(record), status=None))
    for document in documents:
        own = sorted(standing.get(document["id"], ()), key=lambda claim: (claim.start, claim.end, claim.id))
        text = document["text"]
        for start, end in _blocks(document, own) if by_block else [(0, len(text))]:
            inside = tuple(shifted(claim, -start) for claim in own if start <= claim.start < end)
            if inside or not by_block:
                yield Passage(document["id"], start, text[start:end], inside, title=document.get("title"))


def _blocks(document: Record, claims: Iterable[Annotated]) -> list[tuple[int, int]]:
    """The blocks of a document in text order, joined where a claim or a part of one reaches over a border."""
    spans = [(block["start"], block["end"]) for block in document.get("blocks") or ()]
    spans += [_reach(claim) for claim in claims]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def _reach(claim: Annotated) -> tuple[int, int]:
    source = claim.attribution.source
    spans = [(part.start, part.end) for part in (*claim.arguments, *claim.entities, *((source,) if source else ()))]
    return min([claim.start, *(start for start, _ in spans)]), max([claim.end, *(end for _, end in spans)])


def reduced(claim: Annotated, holds: Iterable[str]) -> Annotated:
    """What is left of a claim in a format that holds only these of FIELDS."""
    held = set(holds)
    entities = tuple(
        replace(entity, value=entity.value if "value" in held else None, ref=entity.ref if "ref" in held else None)
        for entity in claim.entities
        if "entities" in held
    )
    return replace(
        claim,
        id=claim.id if "id" in held else "",
        labels=claim.labels if "labels" in held else claim.labels[:1],
        arguments=claim.arguments if "arguments" in held else (),
        entities=entities,
        attribution=claim.attribution if "attribution" in held else Attribution(),
        certainty=claim.certainty if "certainty" in held else "asserted",
        polarity=claim.polarity if "polarity" in held else "positive",
        note=claim.note if "note" in held else None,
        score=None,
    )


def losses(claims: Iterable[Annotated], holds: Iterable[str]) -> list[str]:
    """What of these claims a format that holds only these of FIELDS leaves behind, with how often it occurs."""
    counts = dict.fromkeys(FIELDS, 0)
    for claim in claims:
        counts["labels"] += len(claim.labels) > 1
        counts["arguments"] += len(claim.arguments)
        counts["entities"] += len(claim.entities)
        counts["value"] += sum(entity.value is not None for entity in claim.entities)
        counts["ref"] += sum(entity.ref is not None for entity in claim.entities)
        counts["attribution"] += claim.attribution != Attribution()
        counts["certainty"] += claim.certainty != "asserted"
        counts["polarity"] += claim.polarity != "positive"
        counts["note"] += claim.note is not None
    names = {"labels": "second labels", "value": "values of entities", "ref": "references of entities", "note": "notes"}
    return [f"{names.get(name, name)} ({counts[name]})" for name in FIELDS if counts[name] and name not in set(holds)]


def check_passage(passage: Passage, texts: Mapping[str, str], *, path: str, line: int | None, pointer: str) -> None:
    """Raises RecordError for a passage that is not of this run, and OffsetMismatch for a span that is not its text."""
    text = texts.get(passage.document)
    if text is None:
        message = f"document {passage.document!r} is not in this run; import into the run that was exported"
        raise RecordError(message, path=path, line=line, pointer=pointer)
    if text[passage.start : passage.start + len(passage.text)] != passage.text:
        message = f"the text is not that of {passage.document} from character {passage.start} on; was it edited?"
        raise RecordError(message, path=path, line=line, pointer=pointer)


def check_span(
    text: str, start: object, end: object, quote: object, *, path: str, line: int | None, pointer: str
) -> str:
    """`text[start:end]`; raises OffsetMismatch where that is no span, or not the quote (None: nothing to compare)."""
    if not isinstance(start, int) or not isinstance(end, int) or isinstance(start, bool) or isinstance(end, bool):
        raise OffsetMismatch(f"{start!r}:{end!r} are no offsets", path=path, line=line, pointer=pointer)
    if not 0 <= start < end <= len(text):
        message = f"{start}:{end} is not a span of the text's {len(text)} characters"
        raise OffsetMismatch(message, path=path, line=line, pointer=pointer)
    found = text[start:end]
    if quote is not None and quote != found:
        message = f"text[{start}:{end}] is {found[:60]!r}, not {str(quote)[:60]!r}; offsets count code points"
        raise OffsetMismatch(message, path=path, line=line, pointer=pointer)
    return found


def utf16_offsets(text: str) -> list[int]:
    """For each offset in code points, the end included, the offset in UTF-16 units.

    >>> utf16_offsets("a🏝b")
    [0, 1, 3, 4]
    """
    return list(accumulate((2 if ord(character) > 0xFFFF else 1 for character in text), initial=0))
