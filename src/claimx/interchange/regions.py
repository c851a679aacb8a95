"""Claims as flat labelled regions and relations between them, which is all that most annotation tools know."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from claimx.claim import (
    ARGUMENT_ROLES,
    ENTITY_LABELS,
    LABELS,
    Argument,
    ArgumentRole,
    Attribution,
    ClaimLabel,
    Entity,
    EntityLabel,
    Source,
)
from claimx.errors import RecordError
from claimx.interchange.annotation import Annotated

ALSO = tuple(f"also:{label}" for label in LABELS)
ARGUMENTS = tuple(f"argument:{role}" for role in ARGUMENT_ROLES)
SOURCE = "argument:source"
ATTRIBUTES = ("is:reported", "is:hedged", "is:negative")
"""Attributes of a claim as labels on its span, for tools in which regions have no attributes."""
REGION_LABELS = (*LABELS, *ALSO, *ARGUMENTS, SOURCE, *ATTRIBUTES, *ENTITY_LABELS)
"""Every label that a region may have: primary types, second types, parts of a claim, entities."""
RELATION_LABELS = ("also", "argument", "source", "is", "entity")


@dataclass(frozen=True, slots=True)
class Region:
    """`text[start:end]` with a label; `attributes` are the claim's or the entity's own, as text.

    `pointer` says where the file has it, for messages.
    """

    id: str
    label: str
    start: int
    end: int
    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    score: float | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """From a claim's region to the region of a part of it."""

    head: str
    child: str
    label: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Assembled:
    """Claims put together from regions, and the parts that lie in none, in words: their claim was taken out."""

    claims: tuple[Annotated, ...]
    left_out: tuple[str, ...]


def regions_of(claim: Annotated, *, flat: bool = False) -> tuple[list[Region], list[Relation]]:
    """The claim's own region, one for each part of it, and the relations from the claim to them.

    `flat` makes regions of the claim's attributes too.
    """
    own = Region(claim.id, claim.labels[0], claim.start, claim.end, claim.text, _claim_attributes(claim), claim.score)
    parts: list[tuple[str, str, int, int, str, dict[str, str]]] = [
        (f"also:{label}", "also", claim.start, claim.end, claim.text, {}) for label in claim.labels[1:]
    ]
    parts += [(f"argument:{a.role}", "argument", a.start, a.end, a.text, {}) for a in claim.arguments]
    if (source := claim.attribution.source) is not None:
        parts.append((SOURCE, "source", source.start, source.end, source.text, {}))
    if flat:
        said = (claim.attribution.kind, claim.certainty, claim.polarity)
        on_claim = (claim.start, claim.end, claim.text)
        parts += [(f"is:{name}", "is", *on_claim, {}) for name in said if f"is:{name}" in ATTRIBUTES]
    parts += [(e.label, "entity", e.start, e.end, e.text, _entity_attributes(e)) for e in claim.entities]
    regions, relations = [own], []
    for number, (label, kind, start, end, text, attributes) in enumerate(parts):
        region = Region(f"{claim.id}.{number}", label, start, end, text, attributes)
        regions.append(region)
        relations.append(Relation(own.id, region.id, kind))
    return regions, relations


def _claim_attributes(claim: Annotated) -> dict[str, str]:
    attributes = {
        "attribution": claim.attribution.kind,
        "certainty": claim.certainty,
        "polarity": claim.polarity,
    }
    return attributes | ({"note": claim.note} if claim.note is not None else {})


def _entity_attributes(entity: Entity) -> dict[str, str]:
    attributes = {}
    if entity.value is not None:
        attributes["value"] = json.dumps(dict(entity.value), ensure_ascii=False)
    if entity.ref is not None:
        attributes["ref"] = entity.ref
    return attributes


def claims_of(
    regions: Sequence[Region], relations: Iterable[Relation], *, path: str, line: int | None, named: bool = True
) -> Assembled:
    """The claims that these regions and relations make up, in text order.

    A part without a relation belongs to the claim around it: an entity to each, anything else to the smallest.
    `named`: the id of a claim's region is the claim's.
    Raises RecordError for an unknown label and for a relation that joins no claim and part.
    """
    assembly = _Assembly(regions, path, line)
    for relation in relations:
        assembly.relate(relation)
    assembly.place_the_rest()
    claims = [assembly.claim(head) for head in assembly.heads]
    if not named:
        claims = [replace(claim, id="") for claim in claims]
    claims.sort(key=lambda claim: (claim.start, claim.end, claim.id))
    return Assembled(tuple(claims), tuple(assembly.left_out))


class _Assembly:
    """The regions of one passage as they are put together."""

    def __init__(self, regions: Sequence[Region], path: str, line: int | None) -> None:
        self._path, self._line = path, line
        self._by_id: dict[str, Region] = {}
        for region in regions:
            if region.label not in REGION_LABELS:
                known = ", ".join(REGION_LABELS)
                raise self._error(f"unknown label {region.label!r}; use one of {known}", region.pointer)
            if region.id in self._by_id:
                raise self._error(f"two regions have the id {region.id!r}", region.pointer)
            self._by_id[region.id] = region
        self.heads = [region for region in regions if region.label in LABELS]
        self._parts: dict[str, list[Region]] = {head.id: [] for head in self.heads}
        self._placed: set[str] = set()
        self.left_out: list[str] = []

    def relate(self, relation: Relation) -> None:
        """Takes in one relation, whichever way it was drawn."""
        for end in (relation.head, relation.child):
            if end not in self._by_id:
                raise self._error(f"the relation names a region {end!r} that is not there", relation.pointer)
        head, child = relation.head, relation.child
        if head not in self._parts:
            head, child = child, head
        if head not in self._parts or child in self._parts:
            raise self._error("a relation joins a claim and a part of it, nothing else", relation.pointer)
        self._parts[head].append(self._by_id[child])
        self._placed.add(child)

    def place_the_rest(self) -> None:
        """Puts each part without a relation into the claim, or the claims, around it."""
        for region in self._by_id.values():
            if region.id in self._parts or region.id in self._placed:
                continue
            around = [head for head in self.heads if head.start <= region.start and region.end <= head.end]
            around.sort(key=lambda head: head.end - head.start)
            if not around:
                where = f"line {self._line}, " if self._line is not None else ""
                self.left_out.append(f"{where}{region.start}:{region.end} {region.label} {region.text[:40]!r}")
            for head in around if region.label in ENTITY_LABELS else around[:1]:
                self._parts[head.id].append(region)

    def claim(self, head: Region) -> Annotated:
        """The claim with this region and the parts that were found for it."""
        labels, arguments, entities = [cast(ClaimLabel, head.label)], [], []
        source, said = None, set()
        for part in self._parts[head.id]:
            kind, _, name = part.label.partition(":")
            if kind == "also":
                labels.append(cast(ClaimLabel, name))
            elif kind == "is":
                said.add(name)
            elif part.label == SOURCE:
                source = Source(part.start, part.end, part.text)
            elif kind == "argument":
                arguments.append(Argument(cast(ArgumentRole, name), part.start, part.end, part.text))
            else:
                entities.append(self._entity(part))
        told = self._attribute(head, "attribution", ("author", "reported"))
        certainty = self._attribute(head, "certainty", ("asserted", "hedged"))
        polarity = self._attribute(head, "polarity", ("positive", "negative"))
        return Annotated(
            id=head.id,
            start=head.start,
            end=head.end,
            text=head.text,
            labels=tuple(dict.fromkeys(labels)),
            arguments=tuple(arguments),
            entities=tuple(entities),
            attribution=Attribution(
                cast(Any, told or ("reported" if source or "reported" in said else "author")), source
            ),
            certainty=certainty or ("hedged" if "hedged" in said else "asserted"),
            polarity=polarity or ("negative" if "negative" in said else "positive"),
            note=head.attributes.get("note"),
            score=head.score,
        )

    def _entity(self, part: Region) -> Entity:
        value = None
        if (written := part.attributes.get("value")) is not None:
            try:
                value = json.loads(written)
            except ValueError as error:
                raise self._error(f"the value {written[:60]!r} is no JSON object: {error}", part.pointer) from error
            if value is not None and not isinstance(value, dict):
                raise self._error(f"the value {written[:60]!r} is no JSON object", part.pointer)
        label = cast(EntityLabel, part.label)
        return Entity(label, part.start, part.end, part.text, value, part.attributes.get("ref"))

    def _attribute(self, region: Region, name: str, allowed: tuple[str, ...]) -> str | None:
        value = region.attributes.get(name)
        if value is not None and value not in allowed:
            raise self._error(f"{name} must be {' or '.join(allowed)}, not {value!r}", region.pointer)
        return value

    def _error(self, message: str, pointer: str) -> RecordError:
        return RecordError(message, path=self._path, line=self._line, pointer=pointer)
