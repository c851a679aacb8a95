"""Promises of every format that goes both ways: what it holds comes back as it was, whatever the script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from passages import runs

from claimx.interchange.annotation import Annotated, annotated, reduced, shifted
from claimx.interchange.formats import FORMATS

BOTH_WAYS = [name for name, form in FORMATS.items() if form.read is not None]
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def returned(name: str, documents: list[dict[str, Any]], claims: list[dict[str, Any]]) -> dict[Any, Annotated]:
    """What comes back from a file in this format, by document and place."""
    form = FORMATS[name]
    assert form.read is not None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        form.write(path, documents, claims)
        passages = list(form.read(path, {record["id"]: record["text"] for record in documents}))
    found = {}
    for passage in passages:
        for claim in passage.claims:
            moved = shifted(claim, passage.start)
            found[passage.document, moved.start, moved.end] = replace(moved, score=None, status=None)
    return found


def kept(name: str, claims: list[dict[str, Any]]) -> dict[Any, Annotated]:
    """What the format holds of these claims, by document and place."""
    return {
        (record["document"]["id"], record["start"], record["end"]): replace(
            reduced(annotated(record), FORMATS[name].holds), status=None
        )
        for record in claims
    }


@pytest.mark.parametrize("name", [name for name in BOTH_WAYS if name != "gold"])
@QUICK
@given(run=runs())
def test_import_of_export_is_the_same(name: str, run: Any) -> None:
    """import(export(x)) == x for all that the format holds, with emoji, combining characters, CJK, right-to-left."""
    documents, claims = run
    assert returned(name, documents, claims) == kept(name, claims)


@QUICK
@given(run=runs(statuses=True))
def test_gold_returns_the_settled_claims(run: Any) -> None:
    """Gold holds each decided claim with what the format holds of it, and a rejected one without labels."""
    documents, claims = run
    decided = [record for record in claims if record["review"] is not None]
    found = returned("gold", documents, claims)
    wanted = kept("gold", decided)
    for record in decided:
        place = record["document"]["id"], record["start"], record["end"]
        if record["review"]["status"] == "rejected":
            assert found[place].labels == ()
        else:
            assert found[place] == wanted[place]
