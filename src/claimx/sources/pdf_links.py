"""The hyperlinks of PDF pages find the words that they stand on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from claimx.document import Link, Place
from claimx.sources.layout.page import Page, PageLink

_MARGIN = 1.0


def find_links(places: Sequence[Place], pages: Iterable[Page], text: str) -> tuple[Link, ...]:
    """The links with the stretches of text under their areas; an area over several lines gives one link."""
    on_page: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        on_page[place.page or 0].append(place)
    found: list[Link] = []
    for page in pages:
        for link in page.links:
            found.extend(_under(link, on_page[page.number]))
    return tuple(_merged(sorted(found, key=lambda link: (link.start, link.end)), text))


def _under(link: PageLink, places: Iterable[Place]) -> Iterable[Link]:
    area = link.area
    for place in places:
        middle = (place.top + place.bottom) / 2
        if not area.top - _MARGIN <= middle <= area.bottom + _MARGIN:
            continue
        inside = [
            index
            for index, (left, right) in enumerate(pairwise(place.edges))
            if area.x0 - _MARGIN <= (left + right) / 2 <= area.x1 + _MARGIN
        ]
        if inside:
            yield Link(place.start + inside[0], place.start + inside[-1] + 1, link.target)


def _merged(links: Iterable[Link], text: str) -> list[Link]:
    """Links to one address with nothing but a space between them are one; spaces at the ends are left out."""
    merged: list[Link] = []
    for link in links:
        start, end = link.start, link.end
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            continue
        last = merged[-1] if merged else None
        if last is not None and last.target == link.target and not text[last.end : start].strip():
            merged[-1] = Link(last.start, max(end, last.end), link.target)
        elif last is None or start >= last.end:
            merged.append(Link(start, end, link.target))
    return merged
