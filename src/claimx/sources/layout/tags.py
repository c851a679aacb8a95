"""What the structure of a tagged PDF says about its lines, and whether it can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from claimx.document import Role
from claimx.sources.layout.lines import Line
from claimx.sources.layout.page import Tag

_ROLES: dict[str, Role] = {
    "TD": "table",
    "TH": "table",
    "Table": "table",
    "Caption": "caption",
    "TOCI": "contents",
    "TOC": "contents",
    "Note": "footnote",
    "FENote": "footnote",
    "BlockQuote": "quote",
    "BibEntry": "reference",
}
_BODY = 40
"""A line of fewer characters tells nothing about how paragraphs were tagged."""


def tag_role(tag: Tag | None) -> Role | None:
    """The role that the nearest telling element gives, or None."""
    if tag is None:
        return None
    for kind in reversed(tag.path):
        if kind in _ROLES:
            return _ROLES[kind]
    return None


def tag_level(tag: Tag | None) -> int | None:
    """The level of the heading element that the content stands in, or None."""
    for kind in tag.path if tag is not None else ():
        if len(kind) == 2 and kind[0] == "H" and kind[1].isdigit():
            return max(int(kind[1]), 1)
        if kind in ("H", "Title"):
            return 1
    return None


def is_item(tag: Tag | None) -> bool:
    """Whether the content is of a list item."""
    return tag is not None and "LI" in tag.path and tag_role(tag) is None


def are_trusted(regions: Sequence[Sequence[Line]]) -> bool:
    """Whether elements part paragraphs as a person would: hardly any ends in the middle of a sentence."""
    tagged = untagged = broken = parted = 0
    for region in regions:
        for line in region:
            if line.tag is None:
                untagged += len(line.text)
            else:
                tagged += len(line.text)
        for above, below in pairwise(region):
            if above.tag is None or below.tag is None or above.tag.element == below.tag.element:
                continue
            if len(above.text) < _BODY or tag_role(above.tag) or tag_role(below.tag):
                continue
            parted += 1
            broken += above.text[-1].isalpha() and below.text[:1].islower() and above.page == below.page
    return tagged > 4 * untagged and broken <= 0.1 * parted + 1
