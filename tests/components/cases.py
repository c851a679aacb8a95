"""Language cases: JSON lists of description, text and expectation, one phenomenon a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parents[1] / "cases"


def cases_of(area: str) -> list[Any]:
    """The cases of an area as parameters of a test, each named by its file and description."""
    found = []
    for path in sorted((CASES / area).glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            found.append(pytest.param(case["text"], case["expected"], id=f"{path.stem}: {case['description']}"))
    return found
