"""Promises of report: figures equal to those that pandas computes from the JSONL, one file, nothing from outside."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from claimx.report import compute_figures, write_report

LABELS = ("finding", "cause", "recommendation")


def make_claims(count: int) -> list[dict[str, Any]]:
    """Claims of ten documents with every kind of entity, in the form of the schema where the report looks."""
    claims = []
    for index in range(count):
        number = index % 7
        entities = [
            {"label": "DATE", "text": "x", "value": {"edtf": f"20{10 + number}-05"}},
            {"label": "DATE", "text": "x", "value": {"duration": "P3Y"}},
            {"label": "MONEY", "text": "x", "value": {"currency": "USD", "min": "1", "max": f"{number + 1}.50"}},
            {"label": "AGREEMENT", "text": "x", "value": {"name": f"Pact {index % 3}", "kind": "pact"}},
        ]
        claims.append(
            {
                "id": f"clm-{index:016x}",
                "document": {"id": f"doc-{index % 10}", "title": f"On <b>ports</b> {index % 10}", "source": "a$b.pdf"},
                "label": LABELS[index % 3],
                "labels": [LABELS[index % 3]],
                "scores": {},
                "confidence": (index % 20) / 20 + 0.01,
                "text": f"Claim <script>alert({index})</script>",
                "start": 0,
                "end": 9,
                "section": {"kind": "body", "title": None},
                "location": [{"page": index % 4 + 1, "bbox": [0, 0, 1, 1]}],
                "entities": entities if index % 2 else entities[:1],
                "review": {"status": "accepted"} if index % 5 == 0 else None,
            }
        )
    return claims


@pytest.fixture(scope="module")
def claims() -> list[dict[str, Any]]:
    return make_claims(210)


def test_figures_equal_those_of_pandas(claims: list[dict[str, Any]]) -> None:
    """Counts by label, document, year, currency and agreement, computed another way from the same lines."""
    figures = compute_figures(claims)
    frame = pd.json_normalize([json.loads(json.dumps(claim)) for claim in claims])
    assert {k: len(v) for k, v in figures.by_label.items()} == frame["label"].value_counts().to_dict()
    table = frame.groupby(["document.title", "label"]).size()
    for name, row in figures.by_document:
        assert {label: len(ids) for label, ids in row.items()} == table[name].to_dict()
    entities = pd.json_normalize(claims, "entities", ["id", ["document", "id"]])
    dates = entities[entities["value.edtf"].notna()].assign(year=lambda rows: rows["value.edtf"].str[:4].astype(int))
    assert {k: len(v) for k, v in figures.by_year.items()} == dates.groupby("year")["id"].nunique().to_dict()
    money = entities[entities["label"] == "MONEY"]
    for amounts in figures.by_currency:
        expected = sorted(map(Decimal, money[money["value.currency"] == amounts.currency]["value.max"]))
        assert list(amounts.values) == expected
        assert amounts.median in expected
    pacts = entities[entities["label"] == "AGREEMENT"]
    assert {name: len(ids) for name, ids in figures.agreements} == pacts.groupby("value.name")["id"].nunique().to_dict()
    named = pacts.groupby("document.id")["value.name"].agg(set)
    for left, right, _ in figures.together:
        both = sum({left, right} <= names for names in named)
        assert figures.together_documents[left, right] == both
    assert {k: len(v) for k, v in figures.review.items()} == {"accepted": 42, "open": 168}


def write(folder: Path, claims: list[dict[str, Any]]) -> str:
    document = {"title": None, "source": "a.pdf", "published": None, "pages": 1, "statements": []}
    documents = [{"id": f"doc-{index}", **document} for index in range(3)]
    failures = [{"source": "<i>.pdf", "error": "EmptyDocument", "message": "try --ocr", "page": None}]
    write_report(folder / "report.html", documents=documents, claims=claims, failures=failures)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_page_is_self_contained_and_escaped(claims: list[dict[str, Any]], tmp_path: Path) -> None:
    """No address of the network, no markup out of documents, and the same bytes for the same records."""
    page = write(tmp_path, claims)
    assert "<script>alert" not in page
    assert "<b>ports" not in page
    assert "<i>.pdf" not in page
    addresses = set(re.findall(r"""(?:src|href)=["']([^"']*)""", page))
    assert all(address.startswith("#") for address in addresses)
    assert write(tmp_path, claims) == page


def test_every_number_leads_to_its_claims(claims: list[dict[str, Any]], tmp_path: Path) -> None:
    """Each link names as many claims as it says, and each of them is on the page."""
    page = write(tmp_path, claims)
    ids = set(re.findall(r'<li id="(clm-\w+)"', page))
    links = re.findall(r'data-claims="([^"]*)">([\d,]+)</a>', page)
    assert len(ids) == len(claims)
    assert len(links) > 40
    figures = compute_figures(claims)
    amounts = {" ".join(row.claims): len(row.values) for row in figures.by_currency}
    for named, shown in links:
        assert set(named.split()) <= ids
        assert int(shown.replace(",", "")) == amounts.get(named, len(named.split()))


def test_an_empty_run_has_a_report(tmp_path: Path) -> None:
    """Nothing found is said in words, not drawn as an empty plot."""
    page = write(tmp_path, [])
    assert "No claim was found" in page
    assert "No claim names an amount" in page
