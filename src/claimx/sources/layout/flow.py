"""Paragraphs that a column, a page, a footnote or a figure interrupts are put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from claimx.sources.layout.drafts import Draft
from claimx.sources.layout.lines import HYPHEN

_OPEN = re.compile(
    r"[^.!?:…;\"”»)\]]$|\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|St|No|vol|pp?|cf|e\.g|i\.e|U\.S|U\.N|U\.K)\.$|[,)\]]$"
)
_FLOWING = ("paragraph", "list_item", "quote")
_LOOK_AHEAD = 14


def join_flow(drafts: Sequence[Draft]) -> list[Draft]:
    """The same drafts, with each part of a paragraph moved to where the paragraph began."""
    waiting = list(drafts)
    joined: list[Draft] = []
    taken: set[int] = set()
    for index, draft in enumerate(waiting):
        if index in taken:
            continue
        if draft.role in (*_FLOWING, "footnote"):
            at = index
            while True:
                after = _continuation(waiting, at, taken, draft)
                if after is None:
                    break
                taken.add(after)
                draft = replace(draft, lines=draft.lines + waiting[after].lines)
                at = after
        joined.append(draft)
    return joined


def _continuation(drafts: Sequence[Draft], index: int, taken: set[int], draft: Draft) -> int | None:
    """The index of the draft that goes on where this one was interrupted, if any does."""
    if not _OPEN.search(draft.lines[-1].text):
        return None
    for ahead in range(index + 1, min(index + 1 + _LOOK_AHEAD, len(drafts))):
        other = drafts[ahead]
        if ahead in taken:
            continue
        if draft.role == "footnote":
            if other.role == "footnote":
                return ahead if other.marker is None and _fits(draft, other) else None
            continue
        if (
            other.role in ("heading", "title")
            and other.page == draft.lines[-1].page
            and other.region == drafts[index].region
        ):
            return None
        if other.role in ("heading", "title"):
            return None
        if other.role not in _FLOWING:
            continue
        if _fits(draft, other):
            return ahead
        if other.page != draft.lines[-1].page or len(other.lines) > 1 or not _OPEN.search(other.text):
            return None
    return None


def _fits(draft: Draft, other: Draft) -> bool:
    last, first = draft.lines[-1], other.lines[0]
    if abs(draft.size - other.size) > 0.06 * draft.size or other.marker is not None:
        return False
    if other.page - last.page > 2:
        return False
    moved = last.page != first.page or draft.region != other.region or first.baseline < last.baseline
    if not moved and first.tag is not None and last.tag is not None:
        return False  # the author's own structure parts them
    lower = first.text[:1].islower()
    if last.text.endswith((HYPHEN, "-")):
        return lower or moved
    if not moved and other.role == "list_item":
        return False
    if not moved:
        return lower and last.baseline + 14 * draft.size > first.baseline
    return lower or (not last.text.endswith((")", "]")) and len(draft.text) > 60 and not first.text[:1].isdigit())
