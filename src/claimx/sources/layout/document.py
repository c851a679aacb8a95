"""All layout steps in their order: the pages of one file become drafts in reading order, with roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claimx.sources.layout.columns import order_regions
from claimx.sources.layout.drafts import Draft, Style
from claimx.sources.layout.endings import mark_endings
from claimx.sources.layout.flow import join_flow
from claimx.sources.layout.furniture import find_furniture
from claimx.sources.layout.hyphens import Vocabulary
from claimx.sources.layout.lines import Line, make_lines, read_segments
from claimx.sources.layout.page import Page
from claimx.sources.layout.paragraphs import split_region
from claimx.sources.layout.roles import assign_roles
from claimx.sources.layout.tags import are_trusted


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page without its glyphs, which are no longer needed once its segments are read."""

    page: Page
    segments: tuple[Line, ...]


def read_sheet(page: Page) -> Sheet:
    """The page's segments."""
    return Sheet(page, tuple(read_segments(page)))


def lay_out(sheets: Sequence[Sheet]) -> tuple[list[Draft], Vocabulary]:
    """Drafts in reading order, and the words of the document."""
    furniture = find_furniture([sheet.segments for sheet in sheets], [sheet.page.height for sheet in sheets])
    regions: list[list[Line]] = []
    margins: list[Draft] = []
    for sheet in sheets:
        body = [segment for segment in sheet.segments if id(segment) not in furniture]
        regions.extend(make_lines(region) for region in order_regions(body, sheet.page.rules))
    style = Style.of(line for region in regions for line in region)
    vocabulary = Vocabulary(line.text for region in regions for line in region)
    tagged = are_trusted(regions)
    drafts = [
        draft for number, region in enumerate(regions) for draft in split_region(region, style, number, tagged=tagged)
    ]
    pages = {sheet.page.number: sheet.page for sheet in sheets}
    drafts = mark_endings(join_flow(assign_roles(drafts, style, pages)), style)
    margins = [
        Draft((segment,), furniture[id(segment)])
        for sheet in sheets
        for segment in sheet.segments
        if id(segment) in furniture
    ]
    return list(_with_margins(drafts, margins)), vocabulary


def _with_margins(drafts: Sequence[Draft], margins: Sequence[Draft]) -> Iterable[Draft]:
    """Heads before, feet and numbers after the blocks that begin on their page."""
    heads: dict[int, list[Draft]] = {}
    feet: dict[int, list[Draft]] = {}
    for draft in margins:
        (heads if draft.role == "header" else feet).setdefault(draft.page, []).append(draft)
    last = 0
    for draft in drafts:
        for page in range(last + 1, draft.page + 1):
            yield from feet.pop(page - 1, ())
            yield from heads.pop(page, ())
        last = max(last, draft.page)
        yield draft
    for page in sorted({*heads, *feet}):
        yield from heads.pop(page, ())
        yield from feet.pop(page, ())
