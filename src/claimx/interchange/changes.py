"""Claims as somebody else's tool has them, held against the claims of the run: what changed, as typed values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from claimx.claim import Argument, Entity
from claimx.errors import RecordError
from claimx.interchange.annotation import Annotated, Passage, reduced, shifted

Kind = Literal[
    "accepted",
    "relabelled",
    "boundary changed",
    "rejected",
    "added",
    "value corrected",
    "entities changed",
    "argument changed",
    "attribute changed",
    "noted",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
ACTIONS: Mapping[Kind, str] = {
    "accepted": "accept",
    "relabelled": "relabel",
    "boundary changed": "resize",
    "rejected": "reject",
    "added": "add",
    "value corrected": "edit_entity",
    "entities changed": "edit_entity",
    "argument changed": "edit_argument",
    "attribute changed": "edit_attribute",
    "noted": "note",
}
"""The decision that each kind of change becomes."""
OVERLAP = 0.5
"""A claim without a known id is the run's claim that it shares this part of their union with, or a new one."""


@dataclass(frozen=True, slots=True)
class Current:
    """A claim of the run as the annotator knew it; `status` is the review's (unreviewed, accepted, rejected …)."""

    claim: Annotated
    document: str
    status: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one claim: `after` holds the changed fields as in a record; `claim` is empty for an added one."""

    kind: Kind
    claim: str
    document: str
    annotator: str | None
    after: Mapping[str, Any]


def iter_changes(
    passages: Iterable[Passage],
    current: Iterable[Current],
    holds: Collection[str],
    *,
    accept: bool = False,
) -> Iterator[Change]:
    """Every change that the passages make to the current claims; fields that the format cannot hold do not count.

    `accept` takes an unchanged claim as accepted also where the file does not say that somebody looked at it.
    """
    by_document: dict[str, list[Current]] = {}
    for item in current:
        by_document.setdefault(item.document, []).append(item)
    for passage in passages:
        here = _within(by_document.get(passage.document, ()), passage)
        imported = [shifted(claim, passage.start) for claim in passage.claims]
        pairs, new = _paired(imported, here)
        for claim, known in pairs:
            yield from _claim_changes(claim, known, passage, holds, accept)
        matched = {known.claim.id for _, known in pairs}
        if passage.complete:
            for known in here:
                if known.claim.id not in matched and known.status != "rejected":
                    yield Change("rejected", known.claim.id, known.document, passage.annotator, {})
        for claim in new:
            if claim.status != "rejected":
                yield Change("added", "", passage.document, passage.annotator, _content(claim))


def check_kept_apart(passages: Sequence[Passage]) -> None:
    """Raises RecordError when one annotator went through the same words twice: which of the two should count?"""
    seen: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
    for passage in passages:
        end = passage.start + len(passage.text)
        spans = seen.setdefault((passage.document, passage.annotator), [])
        if any(passage.start < other_end and start < end for start, other_end in spans):
            who = passage.annotator or "the annotator"
            raise RecordError(f"{who} annotated the same words of {passage.document} twice; keep one of the two")
        spans.append((passage.start, end))


def _within(current: Iterable[Current], passage: Passage) -> list[Current]:
    end = passage.start + len(passage.text)
    return [item for item in current if passage.start <= item.claim.start and item.claim.end <= end]


def _paired(
    imported: Sequence[Annotated], current: Sequence[Current]
) -> tuple[list[tuple[Annotated, Current]], list[Annotated]]:
    """Imported claims with the run's claims that they are: by id, by equal boundaries, by overlap; and the rest."""
    left = {item.claim.id: item for item in current}
    pairs: list[tuple[Annotated, Current]] = []
    open_claims = list(imported)

    def settle(found: Mapping[int, str]) -> None:
        nonlocal open_claims
        for number, key in found.items():
            pairs.append((open_claims[number], left.pop(key)))
        open_claims = [claim for number, claim in enumerate(open_claims) if number not in found]

    settle(_first_come((number, claim.id) for number, claim in enumerate(open_claims) if claim.id in left))
    spans = {(item.claim.start, item.claim.end): key for key, item in left.items()}
    equal = ((number, spans.get((claim.start, claim.end))) for number, claim in enumerate(open_claims))
    settle(_first_come((number, key) for number, key in equal if key is not None))
    shares = [
        (share, number, key)
        for number, claim in enumerate(open_claims)
        for key, item in left.items()
        if (share := overlap(claim, item.claim)) >= OVERLAP
    ]
    settle(_first_come((number, key) for _, number, key in sorted(shares, key=lambda found: -found[0])))
    return pairs, open_claims


def _first_come(found: Iterable[tuple[int, str]]) -> dict[int, str]:
    taken: dict[int, str] = {}
    for number, key in found:
        if number not in taken and key not in taken.values():
            taken[number] = key
    return taken


def overlap(first: Annotated, second: Annotated) -> float:
    """The share of the union of two spans that lies in both."""
    shared = min(first.end, second.end) - max(first.start, second.start)
    return max(0.0, shared / (max(first.end, second.end) - min(first.start, second.start)))


def _claim_changes(
    claim: Annotated, known: Current, passage: Passage, holds: Collection[str], accept: bool
) -> Iterator[Change]:
    def change(kind: Kind, after: Mapping[str, Any]) -> Change:
        return Change(kind, known.claim.id, known.document, passage.annotator, after)

    if claim.status == "rejected":
        if known.status != "rejected":
            yield change("rejected", {})
        return
    old = reduced(known.claim, holds)
    changed = False
    for kind, after in _differences(claim, old, known, holds):
        changed = True
        yield change(kind, after)
    looked = accept or passage.reviewed or claim.status == "accepted"
    if not changed and looked and known.status == "unreviewed":
        yield change("accepted", {})


def _differences(
    claim: Annotated, old: Annotated, known: Current, holds: Collection[str]
) -> Iterator[tuple[Kind, dict[str, Any]]]:
    if claim.labels != old.labels or known.status == "rejected":
        kept = [] if "labels" in holds else [label for label in known.claim.labels[1:] if label != claim.labels[0]]
        yield "relabelled", {"labels": [*claim.labels, *kept]}
    if (claim.start, claim.end) != (old.start, old.end):
        yield "boundary changed", {"start": claim.start, "end": claim.end, "text": claim.text}
    if "entities" in holds:
        entities = tuple(_with_known(entity, known.claim, holds) for entity in claim.entities)
        if _unordered(entities) != _unordered(known.claim.entities):
            same_spans = _unordered(map(_bare, entities)) == _unordered(map(_bare, known.claim.entities))
            kind: Kind = "value corrected" if same_spans else "entities changed"
            yield kind, {"entities": [_entity(entity) for entity in entities]}
    if "arguments" in holds and _unordered(claim.arguments) != _unordered(old.arguments):
        yield "argument changed", {"arguments": [asdict(argument) for argument in claim.arguments]}
    attributes: dict[str, Any] = {
        name: getattr(claim, name)
        for name in ("certainty", "polarity")
        if name in holds and getattr(claim, name) != getattr(old, name)
    }
    if "attribution" in holds and claim.attribution != old.attribution:
        attributes["attribution"] = asdict(claim.attribution)
    if attributes:
        yield "attribute changed", attributes
    if "note" in holds and claim.note != old.note:
        yield "noted", {"note": claim.note}


def _with_known(entity: Entity, known: Annotated, holds: Collection[str]) -> Entity:
    """An imported entity with what its format cannot hold taken from the run's entity on the same words."""
    same = (item for item in known.entities if _bare(item) == _bare(entity))
    match = next(same, None)
    if match is None:
        return entity
    value = entity.value if "value" in holds else match.value
    return replace(entity, value=value, ref=entity.ref if "ref" in holds else match.ref)


def _bare(entity: Entity) -> Entity:
    return replace(entity, value=None, ref=None)


def _entity(entity: Entity) -> dict[str, Any]:
    return {**asdict(replace(entity, value=None)), "value": None if entity.value is None else dict(entity.value)}


def _unordered(parts: Iterable[Argument | Entity]) -> list[str]:
    return sorted(
        repr((replace(part, value=None), sorted((part.value or {}).items()), part.value is None))
        if isinstance(part, Entity)
        else repr(part)
        for part in parts
    )


def _content(claim: Annotated) -> dict[str, Any]:
    """All correctable fields of a claim, as in a record, and its note when it has one."""
    return {
        "labels": list(claim.labels),
        "start": claim.start,
        "end": claim.end,
        "text": claim.text,
        "arguments": [asdict(argument) for argument in claim.arguments],
        "entities": [_entity(entity) for entity in claim.entities],
        "attribution": asdict(claim.attribution),
        "certainty": claim.certainty,
        "polarity": claim.polarity,
        **({} if claim.note is None else {"note": claim.note}),
    }
