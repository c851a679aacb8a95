"""Language cases: what the form of a text without pages tells about its blocks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from claimx.sources.markdown import looks_like_markdown, markdown_reading
from claimx.sources.text import text_reading

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['description']}")
    for path in sorted((Path(__file__).parents[1] / "cases" / "reading").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_blocks(case: dict) -> None:
    """Markdown and plain text are read into the blocks, with the roles, that a reader sees in them."""
    read = markdown_reading if looks_like_markdown(case["text"]) else text_reading
    reading = read(case["text"])
    assert [[block.role, reading.text[block.start : block.end]] for block in reading.blocks] == case["expected"]
