"""What a linguist may expect of the entity rules: every case file, and a case file for every rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from babel.numbers import list_currencies
from edtf import parse_edtf
from spacy.language import Language

from claimx.corpus import read_patterns

CASES = Path(__file__).parents[1] / "cases" / "entities"
FILES = ("numbers", "money", "percent", "dates", "agreements", "gazetteer")
ROWS = [row for name in FILES for row in read_patterns(f"patterns/{name}.jsonl")]


def _cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            found.append(pytest.param(case, id=f"{path.stem}: {case['description']}"))
    return found


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A blank English pipeline with the component and its shipped rules."""
    nlp = spacy.blank("en")
    nlp.add_pipe("claimx_entities").initialize(nlp=nlp, patterns=ROWS)  # type: ignore[attr-defined]
    return nlp


def _find(nlp: Language, case: dict[str, Any]) -> list[dict[str, Any]]:
    doc = nlp.make_doc(case["text"])
    doc.user_data["claimx"] = {key: case.get(key) for key in ("published", "publisher")}
    group = nlp.get_pipe("claimx_entities")(doc).spans["entities"]
    found = []
    for span in group:
        attrs = group.attrs[span.id_]
        entity = {"label": span.label_, "text": doc.text[attrs["start"] : attrs["end"]], "value": attrs["value"]}
        found.append({**entity, "ref": attrs["ref"]} if attrs["ref"] else entity)
    return found


@pytest.mark.parametrize("case", _cases())
def test_case(nlp: Language, case: dict[str, Any]) -> None:
    """The text yields exactly the expected entities, with their values."""
    assert _find(nlp, case) == case["expected"]


@pytest.mark.parametrize("name", FILES)
def test_every_rule_cites_a_case_file(name: str) -> None:
    """The phenomenon of each pattern row names a file of cases."""
    cited = {row["phenomenon"] for row in read_patterns(f"patterns/{name}.jsonl")}
    assert cited <= {path.stem for path in CASES.glob("*.json")}


def test_every_date_value_is_valid(nlp: Language) -> None:
    """Whatever EDTF the cases yield, python-edtf parses."""
    for param in _cases():
        for entity in _find(nlp, param.values[0]):
            if entity["label"] == "DATE" and entity["value"].get("edtf"):
                parse_edtf(entity["value"]["edtf"])


def test_every_currency_is_in_iso_4217() -> None:
    """The codes that the word lists give are currencies that babel knows."""
    codes = {
        code for row in ROWS if str(row.get("list", "")).startswith("currency_") for code in row["entries"].values()
    }
    assert codes - {"$"} <= set(list_currencies())
