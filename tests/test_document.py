"""Promises of document.py: offsets there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimx import Block, Document
from claimx.document import BODY_ROLES, ROLES

BLOCKS = st.lists(st.tuples(st.sampled_from(sorted(ROLES)), st.text("abc é😀", min_size=1)), max_size=12)


def make_document(parts: list[tuple[str, str]]) -> Document:
    blocks, at = [], 0
    for role, text in parts:
        blocks.append(Block(at, at + len(text), role))  # type: ignore[arg-type]
        at += len(text) + 2
    text = "\n\n".join(text for _, text in parts)
    return Document(id="doc-0", source="x", sha256="0", media_type="text/plain", text=text, blocks=tuple(blocks))


@given(BLOCKS, st.data())
def test_body_offsets_lead_back_to_the_same_words(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    """Any span inside a body block has the same text in the Document, and comes back to the same offsets."""
    document = make_document(parts)
    body = document.body()
    for block, origin in zip(body.blocks, body.origins, strict=True):
        start = data.draw(st.integers(block.start, block.end))
        end = data.draw(st.integers(start, block.end))
        there = body.to_document(start, end)
        assert document.text[slice(*there)] == body.text[start:end]
        assert body.from_document(*there) == (start, end)
        assert document.text[origin : origin + block.end - block.start] == body.text[block.start : block.end]


def test_body_leaves_furniture_out() -> None:
    """Only body roles reach the pipeline."""
    document = make_document([("heading", "Trade"), ("paragraph", "It fell."), ("footer", "page"), ("quote", "So.")])
    assert document.body().text == "It fell.\n\nSo."
    assert {"paragraph", "quote"} <= BODY_ROLES


def test_spans_over_blocks_are_refused() -> None:
    """A claim cannot run from one block into the next."""
    body = make_document([("paragraph", "One."), ("paragraph", "Two.")]).body()
    with pytest.raises(ValueError, match="not inside one block"):
        body.to_document(2, 8)
    with pytest.raises(ValueError, match="not inside one body block"):
        body.from_document(2, 8)


def test_overlapping_blocks_are_refused() -> None:
    """A reader that makes overlapping blocks is told so at once."""
    with pytest.raises(ValueError, match="overlaps"):
        Document(
            id="doc-0",
            source="x",
            sha256="0",
            media_type="text/plain",
            text="abcdef",
            blocks=(Block(0, 4, "paragraph"), Block(2, 6, "paragraph")),
        )
