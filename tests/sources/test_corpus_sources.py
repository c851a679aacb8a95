"""Our own corpus read back: its sources were made from text that we know, so nothing may be lost or added."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from claimx.sources import read_document


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


@pytest.fixture(scope="module")
def gold(root: Path) -> dict[str, list[str]]:
    """The statements of each document, by the name of its source."""
    rows: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "corpus" / "gold").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            rows[row["doc"]].append(row["text"])
    return rows


@pytest.mark.parametrize("suffix", ["html", "docx", "md", "txt"])
def test_statements_are_found_and_little_else(root: Path, gold: dict[str, list[str]], suffix: str) -> None:
    """At least 99 in 100 statements are in the body of their document, and 99 in 100 of its letters are statements."""
    total = found = size = extra = 0
    for path in sorted((root / "corpus" / "sources").glob(f"*.{suffix}")):
        body = letters(read_document(path).body().text)
        size += len(body)
        for statement in sorted(gold[path.stem], key=len, reverse=True):
            total += 1
            if letters(statement) in body:
                found += 1
                body = body.replace(letters(statement), "|", 1)
        extra += sum(character != "|" for character in body)
    assert total > 100
    assert found >= 0.99 * total
    assert extra <= 0.01 * size
