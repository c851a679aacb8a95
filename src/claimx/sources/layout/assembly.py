"""Drafts become the text of a Reading: lines joined, hyphens settled, every character with its place."""

from __future__ import annotations

from collections.abc import Sequence

from claimx.document import Place
from claimx.sources.layout.drafts import Draft
from claimx.sources.layout.hyphens import Vocabulary, joint
from claimx.sources.layout.lines import HYPHEN, Line
from claimx.sources.reading import GAP, Passage

Placed = tuple[Passage, tuple[Place, ...]]
"""A passage, and its places as if its text began at 0."""


def write_draft(draft: Draft, vocabulary: Vocabulary) -> Placed:
    """The draft's text and the places of its characters."""
    parts: list[str] = []
    places: list[Place] = []
    at = 0
    separator = "\n" if draft.role == "table" else None
    for index, line in enumerate(draft.lines):
        skip = draft.cut if index == 0 else 0
        text = line.text[skip:]
        between = ""
        if index + 1 < len(draft.lines):
            if separator is None:
                text, between = joint(text, draft.lines[index + 1].text, vocabulary)
            else:
                text, between = text.replace(HYPHEN, "-"), separator
        else:
            text = text.replace(HYPHEN, "-")
        places.extend(_places(line, at, skip, len(text)))
        parts.append(text + between)
        at += len(text) + len(between)
    whole = "".join(parts)
    lead = len(whole) - len(whole.lstrip())
    trimmed = whole.strip()
    moved = (
        Place(max(p.start - lead, 0), p.end - lead, p.page, p.top, p.bottom, p.edges[max(lead - p.start, 0) :])
        for p in places
        if p.end > lead
    )
    kept = tuple(
        p if p.end <= len(trimmed)
        else Place(p.start, len(trimmed), p.page, p.top, p.bottom, p.edges[: len(trimmed) - p.start + 1])
        for p in moved
        if p.start < len(trimmed)
    )  # fmt: skip
    return Passage(trimmed, draft.role, draft.level, draft.marker, draft.page), kept


def _places(line: Line, at: int, skip: int, length: int) -> list[Place]:
    """The places of `length` characters of the line after its first `skip`, put at `at`."""
    places: list[Place] = []
    offset = 0
    for run in line.runs:
        low, high = max(skip - offset, 0), min(skip + length - offset, len(run.text))
        if low < high:
            start = at + offset + low - skip
            edges = run.edges[low : high + 1]
            places.append(Place(start, start + high - low, line.page, round(line.top, 2), round(line.bottom, 2), edges))
        offset += len(run.text)
    return places


def move_places(placed: Sequence[Placed]) -> tuple[Place, ...]:
    """All places, moved to where their passages begin in the text that joins them."""
    places: list[Place] = []
    at = 0
    for passage, own in placed:
        places.extend(Place(p.start + at, p.end + at, p.page, p.top, p.bottom, p.edges) for p in own)
        at += len(passage.text) + len(GAP)
    return tuple(places)
