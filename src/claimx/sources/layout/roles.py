"""Drafts get their roles: headings with levels, captions, footnotes, the title, by how they are set and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from claimx.sources.layout.drafts import Draft, Style, split_marker
from claimx.sources.layout.page import Page
from claimx.sources.layout.tags import is_item
from claimx.sources.metadata import parse_date

MAX_HEADING = 180
_CAPTION = re.compile(
    r"^(?:figure|fig\.?|table|chart|exhibit|map|photo|image|graph|diagram|plate|tableau|abbildung|tabelle)\s*"
    r"(?:[A-Z]{1,2}[.-]?)?\d+[a-z]?(?:[.-]\d+)*\s*(?P<after>[.:|–—-]?)",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"^(?:sources?|notes?|photo(?: credit)?|credit|quelle|graphic)\s*:", re.IGNORECASE)
_SECTION_NUMBER = re.compile(
    r"^(?:(?:chapter|part|section|annex|appendix)\s+\w+|\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-Z]\.)\s+[A-Z]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[A-Z]{1,6}-?\d[\w./-]*")
_BYLINE = re.compile(r"^(?:by|written by|authors?:|prepared (?:by|for))\s+\S", re.IGNORECASE)
_NUMERAL = re.compile(r"^(?:[IVX]{1,5}\.|APPENDIX\b|ANNEX\b|REFERENCES$|ACKNOWLEDGE?MENTS?$|\d{1,2}\.)\s*")
_NOTE = re.compile(r"^(?P<mark>\d{1,3}|[*†‡§]{1,3}|\[\d{1,3}\])(?:[.)]?\s+|(?=[A-Z“\"(]))")
_STOP = re.compile(r"[.!?:;,][\"”’')\]»]*$")


def assign_roles(drafts: Sequence[Draft], style: Style, pages: dict[int, Page]) -> list[Draft]:
    """The same drafts with captions, footnotes, headings and the title named; others keep their role."""
    named = [_caption(draft, style) for draft in drafts]
    named = [_rubbish(draft) for draft in _footnotes(named, style, pages)]
    named = _quotes([_heading(draft, style) for draft in named])
    return _levels(_front(_title(named, style, pages)))


def _caption(draft: Draft, style: Style) -> Draft:
    if draft.role not in ("paragraph", "list_item", "heading"):
        return draft
    text = draft.text
    match = _CAPTION.match(text)
    small = draft.size < 0.96 * style.size
    if match is not None:
        styled = (draft.bold > 0.2 and not style.bold) or draft.italic > 0.5 or small
        short = len(text) < 200 and not text.endswith(".")
        if match["after"] or (styled and short) or match.end() == len(text):
            return replace(draft, role="caption", marker=None, cut=0)
    elif _CREDIT.match(text) and (small or len(text) < 250):
        return replace(draft, role="caption", marker=None, cut=0)
    return draft


def _rubbish(draft: Draft) -> Draft:
    """Leaders, rules drawn with dots, lone signs and numbers are no prose."""
    if draft.role in ("paragraph", "list_item") and (
        sum(char.isalpha() for char in draft.text) < 3 or _ADDRESS.fullmatch(draft.text)
    ):
        return replace(draft, role="other")
    return draft


def _footnotes(drafts: Sequence[Draft], style: Style, pages: dict[int, Page]) -> list[Draft]:
    """Small print that begins with a mark in the lower part of a page, and small print that goes on under it."""
    named: list[Draft] = []
    within = 0  # the page whose footnotes have begun
    for draft in drafts:
        small = draft.size < 0.95 * style.size
        mark, cut = _note_mark(draft, small)
        low = draft.lines[0].baseline > 0.3 * pages[draft.page].height
        if draft.role not in ("paragraph", "list_item"):
            named.append(draft)
            continue
        if mark is not None and low and (small or draft.lines[0].baseline > 0.6 * pages[draft.page].height):
            within = draft.page
            named.append(replace(draft, role="footnote", marker=mark, cut=cut))
        elif (
            within == draft.page
            and small
            and named[-1].role == "footnote"
            and draft.lines[0].baseline > named[-1].lines[-1].baseline
        ):
            named.append(replace(draft, role="footnote"))
        else:
            named.append(draft)
    return named


def _note_mark(draft: Draft, small: bool) -> tuple[str | None, int]:
    """The mark that a footnote begins with, raised or not, and how many characters it takes."""
    first = draft.lines[0]
    if first.marks and first.marks[0].offset == 0:
        return first.marks[0].text.strip("[],"), 0
    if not small:
        return None, 0
    match = _NOTE.match(first.text)
    return (match["mark"].strip("[]"), match.end()) if match else (None, 0)


def _heading(draft: Draft, style: Style) -> Draft:
    if draft.role not in ("paragraph", "list_item") or not _may_be_heading(draft):
        return draft
    text = " ".join(line.text for line in draft.lines)
    larger = draft.size > 1.07 * style.size
    bold = draft.bold > 0.85 and not style.bold
    capitals = text.upper() == text and sum(char.isalpha() for char in text) > 3 and len(text) < 100
    slanted = draft.italic > 0.85 and len(draft.lines) == 1 and len(text) < 90
    closed = bool(_STOP.search(text)) and not text.endswith("?")
    if larger and not (closed and len(text) > 90):
        return replace(draft, role="heading", marker=None, cut=0)
    foreign = draft.lines[0].font != style.font and len(draft.lines) == 1 and 8 < len(text) < 70 and text[0].isupper()
    foreign = foreign and draft.role == "paragraph" and draft.italic < 0.3
    numbered = bool(_SECTION_NUMBER.match(text))
    numeral = capitals and bool(_NUMERAL.match(text))
    lone = capitals and len(draft.lines) == 1 and draft.size >= 0.8 * style.size
    if (draft.size >= 0.9 * style.size or numeral or lone) and (
        (bold and (not closed or (numbered and len(text) < 90 and not is_item(draft.lines[0].tag))))
        or (foreign and not closed)
        or (capitals and not closed)
        or (slanted and not closed and len(text.split()) > 1)
    ):
        return replace(draft, role="heading", marker=None, cut=0)
    return draft


def _quotes(drafts: Sequence[Draft]) -> list[Draft]:
    """Paragraphs that stand in from both edges of their region's text are block quotes.

    Short lines that are no sentences, as names and addresses are, belong to no prose.
    """
    edges: dict[int, tuple[float, float]] = {}
    for draft in drafts:
        if draft.role == "paragraph" and len(draft.lines) > 2:
            left, right = edges.get(draft.region, (1e9, 0.0))
            edges[draft.region] = (
                min(left, *(line.x0 for line in draft.lines)),
                max(right, *(line.x1 for line in draft.lines)),
            )
    named: list[Draft] = []
    for draft in drafts:
        if draft.role == "paragraph" and draft.region in edges:
            if _stands_in(draft, *edges[draft.region]):
                draft = replace(draft, role="quote")
            elif _is_fragment(draft, *edges[draft.region]):
                draft = replace(draft, role="other")
        named.append(draft)
    return named


def _is_fragment(draft: Draft, left: float, right: float) -> bool:
    """A short line that is no sentence: names, addresses, salutations."""
    text = draft.text
    return (
        len(draft.lines) == 1
        and not _STOP.search(text)
        and draft.lines[0].x1 - left < 0.7 * (right - left)
        and text[:1].isupper()
        and len(text) < 80
    )


def _stands_in(draft: Draft, left: float, right: float) -> bool:
    if draft.role != "paragraph" or len(draft.lines) < 2 or draft.bold > 0.5:
        return False
    x0, x1 = min(line.x0 for line in draft.lines), max(line.x1 for line in draft.lines)
    return x0 - left > 1.2 * draft.size and right - x1 > 0.8 * draft.size and x1 - x0 > 0.5 * (right - left)


def _may_be_heading(draft: Draft) -> bool:
    text = " ".join(line.text for line in draft.lines)
    marker, _ = split_marker(text)
    if marker is not None and not any(char.isalnum() for char in marker):
        return False
    letters = sum(char.isalpha() for char in text)
    return letters > 2 and len(text) <= MAX_HEADING and len(draft.lines) <= 4 and letters > 0.4 * len(text)


def _title(drafts: list[Draft], style: Style, pages: dict[int, Page]) -> list[Draft]:
    """The largest heading of the first page that has text."""
    first = drafts[0].page if drafts else 0
    candidates = [
        (draft.size, -index)
        for index, draft in enumerate(drafts)
        if draft.role == "heading"
        and draft.page == first
        and draft.lines[0].baseline < 0.75 * pages[first].height
        and len(draft.text) > 3
    ]
    if not candidates:
        return drafts
    size, index = max(candidates)
    if size < 1.15 * style.size:
        return drafts
    titled = list(drafts)
    titled[-index] = replace(drafts[-index], role="title", level=1)
    return titled


def _front(drafts: list[Draft]) -> list[Draft]:
    """What stands above the title is a masthead; short lines between the title and the first prose are bylines."""
    at = next((index for index, draft in enumerate(drafts) if draft.role == "title"), None)
    if at is None:
        return drafts
    front = list(drafts)
    for index, draft in enumerate(drafts):
        if draft.page != drafts[at].page or draft.role not in ("paragraph", "heading"):
            continue
        text = draft.text
        above = index < at or draft.lines[0].baseline < drafts[at].lines[0].baseline
        if above and len(text) < 120 and not _STOP.search(text) and draft.region <= drafts[at].region:
            front[index] = replace(draft, role="header", level=None)
    for index in range(at + 1, min(at + 7, len(drafts))):
        draft = drafts[index]
        if draft.role not in ("paragraph", "heading") or draft.page != drafts[at].page or len(draft.text) > 220:
            break
        if _BYLINE.match(draft.text) or (parse_date(draft.text) and len(draft.text) < 60):
            front[index] = replace(draft, role="byline", level=None)
        elif draft.role == "paragraph" and _STOP.search(draft.text):
            break
    return front


def _levels(drafts: list[Draft]) -> list[Draft]:
    """Headings ranked by size, then weight, then capitals; the title stands above them."""
    ranks: dict[tuple[float, bool, bool], int] = {}
    for draft in drafts:
        if draft.role == "heading":
            ranks[_rank(draft)] = ranks.get(_rank(draft), 0) + 1
    order = sorted(ranks, reverse=True)
    return [
        replace(draft, level=min(order.index(_rank(draft)) + 1, 6)) if draft.role == "heading" else draft
        for draft in drafts
    ]


def _rank(draft: Draft) -> tuple[float, bool, bool]:
    text = "".join(line.text for line in draft.lines)
    return round(draft.size * 2) / 2, draft.bold > 0.6, text.upper() == text
