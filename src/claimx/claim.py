"""Claims, entities and arguments: frozen values with half-open offsets in code points into the Document's text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ClaimLabel = Literal["finding", "cause", "recommendation"]
LABELS: tuple[ClaimLabel, ...] = ("finding", "cause", "recommendation")
EntityLabel = Literal["AGREEMENT", "DATE", "MONEY", "PERCENT"]
ENTITY_LABELS: tuple[EntityLabel, ...] = ("AGREEMENT", "DATE", "MONEY", "PERCENT")
ArgumentRole = Literal["cause", "effect", "connective", "addressee", "action"]
ARGUMENT_ROLES: tuple[ArgumentRole, ...] = ("cause", "effect", "connective", "addressee", "action")

Value = Mapping[str, str | None]
"""A normalised value: DATE `edtf` or `duration`; MONEY and PERCENT `min`, `max` (decimals as strings) …"""


@dataclass(frozen=True, slots=True)
class Entity:
    """One mention: `text[start:end]`, its normalised value (None: not resolvable), and a key shared by coreferents."""

    label: EntityLabel
    start: int
    end: int
    text: str
    value: Value | None = None
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A part of a claim that plays a role, such as the cause or the addressee."""

    role: ArgumentRole
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for a label or an attribute; `kind` is that label or attribute value."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Whom a reported statement is ascribed to: `text[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who vouches for the statement: the author, or somebody reported, with the words that name them."""

    kind: Literal["author", "reported"] = "author"
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Where a statement stands: a kind ("takeaways", "body", "footnote" …) and the heading above it."""

    kind: str = "body"
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or bullet of the body, with the classifier's verdict; `labels` is empty when it asserts nothing."""

    start: int
    end: int
    text: str
    section: Section = Section()
    labels: tuple[ClaimLabel, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that asserts something, with everything that the pipeline knows about it.

    `labels` holds the primary label first; `scores` gives a calibrated probability per label; `confidence` is the
    probability that the primary label is right.
    """

    id: str
    start: int
    end: int
    text: str
    labels: tuple[ClaimLabel, ...]
    scores: Mapping[str, float]
    confidence: float
    section: Section = Section()
    arguments: tuple[Argument, ...] = ()
    attribution: Attribution = Attribution()
    certainty: Literal["asserted", "hedged"] = "asserted"
    polarity: Literal["positive", "negative"] = "positive"
    cues: tuple[Cue, ...] = ()
    entities: tuple[Entity, ...] = ()

    @property
    def label(self) -> ClaimLabel:
        """The primary label."""
        return self.labels[0]
