"""One document all the way: the stable parts of what the whole pipeline says of it, written down by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from claimx import extract, read_claims, read_records
from claimx.validation import iter_file_errors, record_files

TEXT = """# Lighthouses and the price of herring

By Ada Nordmann, 12 March 2024

## What happened

Herring landings fell by 18 percent between 2019 and 2023. Because the lighthouse fund was cut by $4.5 million, three \
harbours closed at night. What will the winter bring?

## Recommendations

- The ministry should reopen the harbours by 2026.
- Parliament must not cut the fund again.
"""

LABELS = {
    "Herring landings fell by 18 percent between 2019 and 2023.": "finding",
    "Because the lighthouse fund was cut by $4.5 million, three harbours closed at night.": "cause",
    "The ministry should reopen the harbours by 2026.": "recommendation",
    "Parliament must not cut the fund again.": "recommendation",
}
VALUES = {
    "18 percent": {"min": "18", "max": "18", "unit": "percent", "qualifier": "exact"},
    "$4.5 million": {"currency": "USD", "min": "4500000", "max": "4500000", "qualifier": "exact"},
    "2026": {"edtf": "2026"},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    (folder / "herring.md").write_text(TEXT, encoding="utf-8")
    extract([str(folder / "herring.md")], folder / "run")
    return folder / "run"


def test_claims_are_those_written_down(run: Path) -> None:
    """Each statement that asserts something, whole, with its label, in text order; no heading, no question."""
    assert {claim["text"]: claim["label"] for claim in read_claims(run)} == LABELS
    assert [claim["text"] for claim in read_claims(run)] == list(LABELS)


def test_the_document_keeps_words_and_facts(run: Path) -> None:
    """Title and date are found; every claim stands where it says, in its section."""
    (document,) = read_records(run / "documents.jsonl")
    assert (document["title"], document["published"]) == ("Lighthouses and the price of herring", "2024-03-12")
    for claim in read_claims(run):
        assert document["text"][claim["start"] : claim["end"]] == claim["text"]
    assert [claim["section"]["title"] for claim in read_claims(run)] == 2 * ["What happened"] + 2 * ["Recommendations"]


def test_entities_have_their_values(run: Path) -> None:
    """Amounts, shares and years are normalised."""
    (document,) = read_records(run / "documents.jsonl")
    found = {entity["text"]: entity["value"] for entity in document["entities"]}
    for text, value in VALUES.items():
        assert {key: found[text][key] for key in value} == value


def test_attributes_of_plain_statements(run: Path) -> None:
    """A prohibition is negative, all is asserted by the author, and who should act is named."""
    claims = {claim["text"]: claim for claim in read_claims(run)}
    assert [claim["polarity"] for claim in claims.values()] == 3 * ["positive"] + ["negative"]
    assert {(claim["certainty"], claim["attribution"]["kind"]) for claim in claims.values()} == {("asserted", "author")}
    cause, demand = (
        {part["role"]: part["text"] for part in claims[text]["arguments"]}
        for text in (list(LABELS)[1], list(LABELS)[3])
    )
    assert cause["cause"] == "the lighthouse fund was cut by $4.5 million"
    assert cause["effect"] == "three harbours closed at night"
    assert demand["addressee"] == "Parliament"


def test_the_run_is_valid_and_says_what_it_counted(run: Path) -> None:
    """All files fit their schemas, and the manifest counts what is in them."""
    assert [error for file in record_files(run) for error in iter_file_errors(file)] == []
    counts = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["counts"]
    assert counts["claims"] == {"cause": 1, "finding": 1, "recommendation": 2}
    assert (counts["documents"], counts["failures"]) == (1, 0)
