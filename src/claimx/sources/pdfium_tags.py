"""The structure tree of a tagged PDF, page by page: which element each piece of marked content belongs to."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as raw

from claimx.sources.layout.page import Tag

MAX_DEPTH = 60
MAX_ELEMENTS = 20_000
_BLOCKS = "P H H1 H2 H3 H4 H5 H6 LI TD TH Caption TOCI Note BlockQuote Title BibEntry Formula Figure Aside FENote"
BLOCKS = frozenset(_BLOCKS.split())
"""Elements that stand as blocks of their own; Span, Link, LBody … belong to the block around them."""


def read_tags(page: Any) -> dict[int, Tag] | None:
    """Marked content by number, or None when the page has no structure."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return None
    try:
        return _walk(tree) or None
    finally:
        raw.FPDF_StructTree_Close(tree)


def _walk(tree: Any) -> dict[int, Tag]:
    tags: dict[int, Tag] = {}
    roots = range(max(raw.FPDF_StructTree_CountChildren(tree), 0))
    stack: list[tuple[Any, tuple[str, ...], int]] = [
        (raw.FPDF_StructTree_GetChildAtIndex(tree, index), (), 0) for index in reversed(roots)
    ]
    seen = 0
    while stack and seen < MAX_ELEMENTS:
        element, parents, block = stack.pop()
        if not element or len(parents) > MAX_DEPTH:
            continue
        seen += 1
        kind = _type(element)
        path = (*parents, kind)
        if kind in BLOCKS or not block:
            block = seen
        tag = Tag(block, path)
        count = max(raw.FPDF_StructElement_CountChildren(element), 0)
        for child in range(count):
            number = raw.FPDF_StructElement_GetChildMarkedContentID(element, child)
            if number >= 0:
                tags.setdefault(number, tag)
        for child in reversed(range(count)):
            below = raw.FPDF_StructElement_GetChildAtIndex(element, child)
            if below:
                stack.append((below, path, block))
    return tags


def _type(element: Any) -> str:
    length = raw.FPDF_StructElement_GetType(element, None, 0)
    if length < 4:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDF_StructElement_GetType(element, buffer, length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")
