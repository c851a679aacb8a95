"""The small print that closes a document: biographies, funding notes and notices after the last of the argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from claimx.sources.layout.drafts import Draft, Style

LONGEST = 1_200
"""A closing paragraph longer than this is text."""
_PROSE = ("paragraph", "list_item", "quote")


def mark_endings(drafts: Sequence[Draft], style: Style) -> list[Draft]:
    """Paragraphs at the end of the document that are set in other type than its text, as `other`.

    Boilerplate rules may name them better afterwards. A document wholly in small type has no such ending.
    """
    marked = list(drafts)
    for index in range(len(marked) - 1, -1, -1):
        draft = marked[index]
        if draft.role not in _PROSE:
            if draft.role in ("heading", "title", "table", "quote", "list_item"):
                break
            continue
        if draft.marker is not None or len(draft.text) > LONGEST or not _differs(draft, style):
            break
        marked[index] = replace(draft, role="other")
    return marked


def _differs(draft: Draft, style: Style) -> bool:
    return draft.size < 0.96 * style.size or draft.italic > 0.7
