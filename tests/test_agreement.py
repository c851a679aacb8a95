"""Promises of agreement: the figures of the libraries, reasons where there are none, and one gold in the end."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from typer.testing import CliRunner

from claimx.agreement import Judgement, alpha, cohen, measure
from claimx.cli import app
from claimx.corpus import gold_rows
from claimx.exchange import TeamWork, import_file, measure_team
from claimx.interchange.formats import FORMATS
from claimx.records import read_records, write_records
from claimx.review.board import Board, reviewed_claims
from claimx.review.desk import Sent, decide
from claimx.review.run import read_run
from claimx.review.store import open_store
from claimx.review.teams import new_team
from claimx.validation import iter_file_errors

LABELS = ("finding", "cause", "recommendation")
RATES = {"ana": 0.05, "ben": 0.15, "chidi": 0.3}
SENTENCE = "District {} collected 5% of its ferry tolls."


def write_run(folder: Path, claims: int) -> list[dict[str, Any]]:
    """A run of one text a hundred claims."""
    documents, records = [], []
    for number in range(0, claims, 100):
        name, text, statements = f"doc-{number:016x}", "", []
        head = {"id": name, "source": f"{name}.txt", "sha256": "0" * 64, "title": None, "published": None}
        for claim in range(number, min(number + 100, claims)):
            start = len(text)
            text += SENTENCE.format(claim)
            at = text.index("5%", start)
            label = LABELS[claim % 3]
            section = {"kind": "body", "title": None}
            scores = dict.fromkeys(LABELS, 0.5)
            statements.append(
                {"start": start, "end": len(text), "section": section, "labels": [label], "scores": scores,
                 "confidence": 0.5}
            )  # fmt: skip
            value = {"min": "5", "max": "5", "unit": "percent", "qualifier": "exact", "of": None}
            records.append({
                "schema": "claimx.claim/1", "id": f"clm-{claim:016x}", "document": head, "label": label,
                "labels": [label], "scores": scores, "confidence": 0.5, "text": text[start:], "start": start,
                "end": len(text), "context": {"prefix": "", "suffix": ""}, "section": section, "location": [],
                "arguments": [], "attribution": {"kind": "author", "source": None}, "certainty": "asserted",
                "polarity": "positive", "cues": [],
                "entities": [
                    {"label": "PERCENT", "start": at, "end": at + 2, "text": "5%", "value": value, "ref": None},
                ],
                "pipeline": {"name": "claims", "version": "0", "model": "none"}, "review": None,
            })  # fmt: skip
            text += " "
        documents.append({
            "schema": "claimx.document/1", **head, "media_type": "text/plain", "authors": [], "publisher": None,
            "language": "en", "pages": None, "text": text, "links": [], "places": [], "entities": [], "warnings": [],
            "blocks": [{"start": 0, "end": len(text), "role": "paragraph", "level": None, "marker": None}],
            "statements": statements,
        })  # fmt: skip
    write_records(folder / "documents.jsonl", documents)
    write_records(folder / "claims.jsonl", records)
    write_records(folder / "failures.jsonl", [])
    return records


def err(record: dict[str, Any], rate: float, rng: random.Random) -> dict[str, Any]:
    """The record as an annotator with this error rate leaves it."""
    made = copy.deepcopy(record)
    status = "accepted"
    if rng.random() < rate:
        made["label"] = rng.choice([label for label in LABELS if label != record["label"]])
        made["labels"] = [made["label"]]
        status = "corrected"
    if rng.random() < rate:
        made["start"] += 9
        made["text"] = made["text"][9:]
        status = "corrected"
    if rng.random() < rate:
        made["entities"][0]["value"]["min"] = "4"
        status = "corrected"
    if rng.random() < rate / 2:
        status = "rejected"
    made["review"] = {"status": status, "annotator": None, "at": None, "note": None, "source": None}
    return made


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[dict[str, Any]]], TeamWork]:
    """A run of 300 claims that three annotators with known error rates went through, blind."""
    folder = tmp_path_factory.mktemp("team") / "run"
    records = write_run(folder, 300)
    rng = random.Random(7)
    work = {}
    with open_store(folder) as store:
        for name, rate in RATES.items():
            work[name] = [err(record, rate, rng) for record in records]
            write_records(folder / f"{name}.jsonl", work[name])
            import_file(folder, store, FORMATS["jsonl"], folder / f"{name}.jsonl", annotator=name, blind=True)
        return folder, work, measure_team(folder, store)


def is_claim(record: dict[str, Any]) -> bool:
    return bool(record["review"]["status"] != "rejected")


def test_kappas_are_those_of_scikit_learn(team: Any) -> None:
    """Found-a-claim and type agree with cohen_kappa_score on the simulated tables, for every pair."""
    _, work, measured = team
    assert len(measured.agreement.pairs) == 3
    for pair in measured.agreement.pairs:
        pairs = list(zip(work[pair.first], work[pair.second], strict=True))
        found = cohen_kappa_score([is_claim(a) for a, _ in pairs], [is_claim(b) for _, b in pairs])
        kept = [(a, b) for a, b in pairs if is_claim(a) and is_claim(b)]
        assert pair.found.value == pytest.approx(found)
        assert pair.type.value == pytest.approx(
            cohen_kappa_score([a["label"] for a, _ in kept], [b["label"] for _, b in kept])
        )
        assert pair.boundary.value == pytest.approx(np.mean([a["start"] == b["start"] for a, b in kept]))
        same = [a["entities"][0]["value"] == b["entities"][0]["value"] for a, b in kept]
        assert pair.entities.value == 1.0
        assert pair.values.value == pytest.approx(np.mean(same))


def test_alphas_are_those_of_krippendorff(team: Any) -> None:
    """Alpha over all three agrees with the library on the simulated tables."""
    _, work, measured = team
    found = [[float(is_claim(record)) for record in records] for records in work.values()]
    kinds = [
        [float(LABELS.index(record["label"])) if is_claim(record) else np.nan for record in records]
        for records in work.values()
    ]
    assert measured.agreement.found_alpha.value == pytest.approx(
        krippendorff.alpha(reliability_data=np.array(found), level_of_measurement="nominal")
    )
    assert measured.agreement.type_alpha.value == pytest.approx(
        krippendorff.alpha(reliability_data=np.array(kinds), level_of_measurement="nominal")
    )


def test_worse_annotators_agree_less(team: Any) -> None:
    """The known error rates show in the order of the pairs."""
    by_pair = {(pair.first, pair.second): pair.type.value for pair in team[2].agreement.pairs}
    assert by_pair["ana", "ben"] > by_pair["ana", "chidi"] > by_pair["ben", "chidi"]


def test_the_queue_begins_with_the_least_agreement(team: Any) -> None:
    """Every claim in dispute is in the queue once, least agreement first."""
    measured = team[2]
    scores = [score for _, score in measured.agreement.queue]
    assert scores == sorted(scores)
    assert len(scores) == measured.settled["unresolved"] == len({claim for claim, _ in measured.agreement.queue})


def test_adjudication_ends_with_one_gold_for_each_claim(team: Any, tmp_path: Path) -> None:
    """After the queue is settled each claim has one record with its source, and gold has all of them."""
    folder, _, measured = team
    run = read_run(folder)
    truth = {record["id"]: record for record in read_records(folder / "claims.jsonl")}
    people = new_team([*RATES], blind=True, adjudicators=["judge"])
    with open_store(folder) as store:
        board = Board(run, store, people)
        assert "unresolved" in {record["review"]["source"] for record in reviewed_claims(run, store)}
        for number, (claim, _) in enumerate(measured.agreement.queue):
            content = {name: truth[claim][name] for name in ("labels", "start", "end", "text", "entities")}
            sent = Sent(f"ruling-{number:04}", "adjudicate", claim, None, content, board.entry(claim).base, 4.0)
            decide(board, people.annotators[-1], sent)
        records = list(reviewed_claims(run, store))
    assert [record["id"] for record in records] == list(truth)
    sources = {record["id"]: record["review"]["source"] for record in records}
    disputed = {claim for claim, _ in measured.agreement.queue}
    assert all(source == ("adjudicated" if claim in disputed else "unanimous") for claim, source in sources.items())
    write_records(folder / "reviewed.jsonl", records)
    assert list(iter_file_errors(folder / "reviewed.jsonl")) == []
    gold = tmp_path / "gold.jsonl"
    write_records(gold, gold_rows(read_records(folder / "documents.jsonl"), records))
    assert list(iter_file_errors(gold)) == []
    assert len(list(read_records(gold))) == 300


def test_the_command_shows_the_figures(team: Any) -> None:
    """`claimx agreement` prints each measure for each pair, and the queue."""
    done = CliRunner().invoke(app, ["agreement", str(team[0]), "--queue", "3"])
    assert done.exit_code == 0
    assert done.stdout.count("type, kappa") == 3
    assert "type, alpha" in done.stdout


@pytest.mark.parametrize(
    ("first", "second", "reason"), [([], [], "nothing in common"), (["a", "a"], ["a", "a"], "one and the same label")]
)
def test_an_undefined_kappa_says_why(first: list[str], second: list[str], reason: str) -> None:
    """No number is made up where chance agreement is total or nothing was compared."""
    found = cohen(first, second)
    assert found.value is None
    assert reason in (found.reason or "")


def test_an_undefined_alpha_says_why() -> None:
    """Alpha needs items that two judged, and more than one label."""
    assert alpha([{"a": 1}, {"b": 2}]).reason == "no item was judged by two"
    assert "throughout" in (alpha([{"a": "x", "b": "x"}]).reason or "")


def test_what_one_adds_the_others_denied() -> None:
    """A claim that one person added is a no of those who worked on the document; two additions of it are one."""
    seen = [Judgement("clm-1", "doc", name, "cause", 0, 9) for name in "abc"]
    added = [
        Judgement("added-1", "doc", "a", "finding", 20, 40, added=True),
        Judgement("added-2", "doc", "b", "finding", 21, 40, added=True),
    ]
    measured = measure([*seen, *added], disputed=["added-1"])
    by_pair = {(pair.first, pair.second): pair for pair in measured.pairs}
    assert by_pair["a", "b"].found.reason is not None
    assert by_pair["a", "c"].found.items == 2
    assert by_pair["a", "b"].boundary.value == 0.5
    assert measured.queue[0][0] == "added-1"
