"""The structure tree of a tagged PDF, page by page: which element each piece of marked content belongs to."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as raw

from claimx.sources.layout.page import Tag

MAX_DEPTH = 60
MAX_ELEMENTS = 20_000


def read_tags(page: Any) -> dict[int, Tag] | None:
    """Marked content by number, or None when the page has no structure."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return None
    try:
        tags: dict[int, Tag] = {}
        stack: list[tuple[Any, tuple[str, ...]]] = [
            (raw.FPDF_StructTree_GetChildAtIndex(tree, index), ())
            for index in reversed(range(max(raw.FPDF_StructTree_CountChildren(tree), 0)))
        ]
        seen = 0
        while stack and seen < MAX_ELEMENTS:
            element, parents = stack.pop()
            if not element or len(parents) > MAX_DEPTH:
                continue
            seen += 1
            path = (*parents, _type(element))
            for child in range(max(raw.FPDF_StructElement_CountChildren(element), 0)):
                number = raw.FPDF_StructElement_GetChildMarkedContentID(element, child)
                if number >= 0:
                    tags.setdefault(number, Tag(seen, path, len(tags)))
            for child in reversed(range(max(raw.FPDF_StructElement_CountChildren(element), 0))):
                below = raw.FPDF_StructElement_GetChildAtIndex(element, child)
                if below:
                    stack.append((below, path))
        return tags or None
    finally:
        raw.FPDF_StructTree_Close(tree)


def _type(element: Any) -> str:
    length = raw.FPDF_StructElement_GetType(element, None, 0)
    if length < 4:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDF_StructElement_GetType(element, buffer, length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")
