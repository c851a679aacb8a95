"""Which claims an annotator wants to see, and in which order: from the page's query to a list of claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from claimx.claim import ENTITY_LABELS, LABELS
from claimx.errors import ReviewError
from claimx.review.board import Entry
from claimx.review.fold import State

STATUSES = ("unreviewed", "reviewed", "accepted", "corrected", "rejected", "added", "disputed")
ORDERS = ("document", "uncertain", "newest")


@dataclass(frozen=True, slots=True)
class Filter:
    """What must hold of a claim; None lets everything through. Confidence bounds are inclusive, from 0 to 1."""

    document: str | None = None
    type: str | None = None
    entity: str | None = None
    section: str | None = None
    status: str | None = None
    low: float = 0.0
    high: float = 1.0
    flagged: bool = False
    annotator: str | None = None
    text: str | None = None
    order: str = "document"

    def matches(self, entry: Entry, state: State) -> bool:
        """Whether the claim in this state is wanted."""
        record = entry.record or {}
        return (
            (self.document is None or entry.document == self.document)
            and (self.type is None or self._has_type(state))
            and (self.entity is None or any(item["label"] == self.entity for item in state.content["entities"]))
            and (self.section is None or (record.get("section") or {}).get("kind", "body") == self.section)
            and (self.status is None or self._has_status(entry, state))
            and self.low <= float(record.get("confidence", 1.0)) <= self.high
            and (not self.flagged or state.flagged)
            and (self.annotator is None or self.annotator in entry.merged.by_annotator)
            and (self.text is None or self._has_text(state))
        )

    def _has_type(self, state: State) -> bool:
        return self.type in state.labels or (self.type == "none" and not state.labels)

    def _has_status(self, entry: Entry, state: State) -> bool:
        if self.status == "reviewed":
            return state.status != "unreviewed"
        if self.status == "disputed":
            return entry.merged.settlement == "unresolved"
        return state.status == self.status

    def _has_text(self, state: State) -> bool:
        words = (self.text or "").casefold().split()
        content = f"{state.content['text']} {state.note or ''}".casefold()
        return all(word in content for word in words)


def read_filter(query: Mapping[str, str]) -> Filter:
    """The filter that the page's query describes; ReviewError names the field that is wrong."""
    return Filter(
        document=query.get("document") or None,
        type=_one_of(query, "type", (*LABELS, "none")),
        entity=_one_of(query, "entity", ENTITY_LABELS),
        section=query.get("section") or None,
        status=_one_of(query, "status", STATUSES),
        low=_share(query, "low", 0.0),
        high=_share(query, "high", 1.0),
        flagged=query.get("flagged") in ("1", "true", "on"),
        annotator=query.get("annotator") or None,
        text=(query.get("text") or "").strip() or None,
        order=_one_of(query, "order", ORDERS) or "document",
    )


def ordered(found: Iterable[tuple[Entry, State]], order: str, documents: Mapping[str, int]) -> list[str]:
    """Claim ids in the wanted order: as in the documents, most uncertain first, or last decided first."""

    def place(item: tuple[Entry, State]) -> tuple[int, int, int]:
        entry, state = item
        return documents[entry.document], state.content["start"], state.content["end"]

    claims = sorted(found, key=place)
    if order == "uncertain":
        claims.sort(key=lambda item: float((item[0].record or {}).get("confidence", 1.0)))
    elif order == "newest":
        claims.sort(key=lambda item: item[1].last, reverse=True)
    return [entry.id for entry, _ in claims]


def _one_of(query: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    value = query.get(name) or None
    if value is not None and value not in allowed:
        raise ReviewError(f"{name} must be one of {', '.join(allowed)}")
    return value


def _share(query: Mapping[str, str], name: str, default: float) -> float:
    value = query.get(name) or default
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise ReviewError(f"{name} must be a number from 0 to 1, not {value!r}")
    return share
