"""Promises of import: each change becomes its decision, anything wrong is refused by line and field, and then nothing
is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample import write_sample
from typer.testing import CliRunner

from claimx.cli import app
from claimx.errors import OffsetMismatch, RecordError, ReviewError
from claimx.exchange import ImportSummary, current_claims, export_run, import_file
from claimx.interchange.formats import FORMATS
from claimx.review.store import open_store


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of four claims."""
    write_sample(tmp_path / "run")
    return tmp_path / "run"


def exported(run: Path, name: str) -> Path:
    """The run in a format."""
    path = run.parent / f"out.{name}"
    export_run(run, current_claims(run), FORMATS[name], path)
    return path


def imported(run: Path, name: str, path: Path, **options: Any) -> ImportSummary:
    with open_store(run) as store:
        return import_file(run, store, FORMATS[name], path, **options)


def stored(run: Path) -> int:
    with open_store(run) as store:
        return len(store.decisions())


def annotate(path: Path, edit: Callable[[list[dict[str, Any]]], None]) -> None:
    """Turns a file of ours into an export of Label Studio in which somebody made these edits."""
    tasks = json.loads(path.read_text("utf-8"))
    for number, task in enumerate(tasks):
        result = task["predictions"][0]["result"]
        edit(result)
        task["annotations"] = [{"id": 7 + number, "completed_by": 3, "was_cancelled": False, "result": result}]
        task["predictions"] = [1]  # its export holds ids only
    path.write_text(json.dumps(tasks), "utf-8")


def corrections(result: list[dict[str, Any]]) -> None:
    """Relabels the first claim and corrects its value, rejects the second, shortens the third, keeps the last."""
    for item in list(result):
        owner = str(item.get("id") or item.get("from_id"))
        if owner == f"clm-{0:016x}" and item["type"] == "labels":
            item["value"]["labels"] = ["cause"]
        if item.get("from_name") == "value":
            item["value"]["text"] = [item["value"]["text"][0].replace('"5"', '"4"')]
        if owner.startswith(f"clm-{1:016x}"):
            result.remove(item)
        if owner == f"clm-{2:016x}" and item["type"] == "labels":
            item["value"]["end"] -= 1
            item["value"]["text"] = item["value"]["text"][:-1]


def test_a_label_studio_export_becomes_decisions(run: Path) -> None:
    """Accepted, relabelled, boundary changed, rejected and value corrected, each once, by the annotator."""
    path = exported(run, "label-studio")
    annotate(path, corrections)
    summary = imported(run, "label-studio", path)
    expected = {"relabelled": 1, "boundary changed": 1, "rejected": 1, "value corrected": 1, "accepted": 1}
    assert {kind: count for kind, count in summary.counts.items() if count} == expected
    assert summary.by_annotator == {"label-studio-3": 5}
    records = list(current_claims(run))
    assert [record["review"]["status"] for record in records] == ["corrected", "rejected", "corrected", "accepted"]
    assert records[0]["labels"] == ["cause"]
    assert records[0]["entities"][0]["value"]["min"] == "4"
    assert records[2]["text"].endswith("rice")


def test_importing_again_changes_nothing(run: Path) -> None:
    """What the same annotator has already decided is not decided twice."""
    path = exported(run, "label-studio")
    annotate(path, corrections)
    imported(run, "label-studio", path)
    before = stored(run)
    assert not any(imported(run, "label-studio", path).counts.values())
    assert stored(run) == before


def test_utf16_offsets_of_a_page_are_told_by_their_quote(run: Path) -> None:
    """Where a page of Label Studio counted UTF-16 units, the quote says so, and nothing has changed."""
    path = exported(run, "label-studio")

    def count_units(result: list[dict[str, Any]]) -> None:
        for item in result:
            if item["type"] == "labels" and item["value"]["start"] > 6:
                item["value"]["start"] += 1  # behind one emoji
                item["value"]["end"] += 1 + sum(ord(character) > 0xFFFF for character in item["value"]["text"])

    annotate(path, count_units)
    summary = imported(run, "label-studio", path)
    assert {kind: count for kind, count in summary.counts.items() if count} == {"accepted": 4}


def test_an_added_claim_is_added(run: Path) -> None:
    """A new region becomes an added claim with a valid record."""
    path = exported(run, "label-studio")

    def add(result: list[dict[str, Any]]) -> None:
        value = {"start": 0, "end": 5, "text": "Tolls", "labels": ["recommendation"]}
        result.append({"id": "x1", "type": "labels", "from_name": "claim", "to_name": "text", "value": value})

    annotate(path, add)
    assert imported(run, "label-studio", path).counts["added"] == 1
    added = [record for record in current_claims(run) if record["id"].startswith("added-")]
    assert [(record["text"], record["labels"]) for record in added] == [("Tolls", ["recommendation"])]
    reviewed = exported(run, "jsonl")
    assert (
        CliRunner().invoke(app, ["validate", str(reviewed), "--documents", str(run / "documents.jsonl")]).exit_code == 0
    )


def test_a_part_whose_claim_is_gone_is_named(run: Path) -> None:
    """Deleting only a claim's own region rejects the claim, and the entity left behind is reported."""
    path = exported(run, "label-studio")
    annotate(path, lambda result: result.pop(0) and [result.remove(x) for x in list(result) if x["type"] == "relation"])
    summary = imported(run, "label-studio", path)
    assert summary.counts["rejected"] == 1
    assert "5%" in " ".join(summary.left_out)


def test_two_annotators_in_one_file_are_blind(run: Path) -> None:
    """Two annotations of one task are two people's decisions, neither seen by the other."""
    path = exported(run, "label-studio")
    annotate(path, lambda _: None)
    tasks = json.loads(path.read_text("utf-8"))
    second = json.loads(json.dumps(tasks[0]["annotations"][0]))
    second["completed_by"] = {"email": "ben@example.org"}
    second["result"][0]["value"]["labels"] = ["cause"]
    tasks[0]["annotations"].append(second)
    path.write_text(json.dumps(tasks), "utf-8")
    imported(run, "label-studio", path)
    records = list(current_claims(run))
    assert [record["review"]["source"] for record in records] == ["unresolved", *["unanimous"] * 3]


@pytest.mark.parametrize("name", ["doccano", "doccano-spans", "web-annotation", "docbin", "prodigy"])
def test_an_untouched_file_changes_nothing(run: Path, name: str) -> None:
    """A file that nobody looked at makes no decision, and with --accept-unchanged accepts every claim."""
    path = exported(run, name)
    assert not any(imported(run, name, path).counts.values())
    assert imported(run, name, path, accept=True).counts["accepted"] == 4


def test_prodigy_answers_count(run: Path) -> None:
    """Accepted tasks accept, ignored ones say nothing, hashes are read over."""
    path = exported(run, "prodigy")
    task = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**task, "answer": "accept", "_input_hash": -1, "_session_id": "set-ana"}), "utf-8")
    assert imported(run, "prodigy", path).by_annotator == {"set-ana": 4}
    path.write_text(json.dumps({**task, "answer": "ignore"}), "utf-8")
    assert not any(imported(run, "prodigy", path).counts.values())


def test_doccano_offsets_are_those_of_its_page(run: Path) -> None:
    """Offsets are UTF-16 units; one inside a surrogate pair is refused."""
    path = exported(run, "doccano")
    line = json.loads(path.read_text("utf-8"))
    text = line["text"].encode("utf-16-le")
    first = line["entities"][0]
    assert (
        text[2 * first["start_offset"] : 2 * first["end_offset"]].decode("utf-16-le")
        == "Tolls 🏝️ rose by 5% in the delta."
    )
    line["entities"][0]["start_offset"] = 7
    path.write_text(json.dumps(line), "utf-8")
    with pytest.raises(OffsetMismatch, match="/entities/0"):
        imported(run, "doccano", path)
    assert {"data", "filename", "upload_name"}.isdisjoint(line)


def spoilt(name: str, text: str) -> dict[str, tuple[str, str]]:
    """Ways in which a file of this format can be wrong, with what the message must name."""
    moved = {
        "jsonl": ('"start":0,"end"', '"start":1,"end"', ":1: "),
        "label-studio": ('"end": ', '"end": 9', "/result/0/value"),
        "prodigy": ('"spans":[{"start":0,', '"spans":[{"start":1,', ":1: /spans/0"),
        "web-annotation": ('"end": ', '"end": 9', ":1: /items/0/target/selector"),
        "doccano": ('"end_offset":', '"end_offset":9', ":1: /entities/0"),
    }
    label = {
        "jsonl": ('"labels":["finding"]', '"labels":["gossip"]', ":1: /labels"),
        "label-studio": ('"finding"', '"gossip"', "gossip"),
        "prodigy": ('"label":"finding"', '"label":"gossip"', ":1: /spans/0"),
        "web-annotation": ('"finding"', '"gossip"', "/items/0"),
        "doccano": ('"label":"finding"', '"label":"gossip"', ":1: /entities/0"),
    }
    old, new, where = moved[name]
    assert old in text
    before, after, named = label[name]
    assert before in text
    return {
        "offsets": (text.replace(old, new, 1), where),
        "label": (text.replace(before, after, 1), named),
        "cut short": (text[: len(text) // 2], "cut short"),
        "foreign": (text.replace("doc-" + "0" * 16, "doc-" + "f" * 16), "not in this run|no document of this run"),
    }


@pytest.mark.parametrize("fault", ["offsets", "label", "cut short", "foreign"])
@pytest.mark.parametrize("name", ["jsonl", "label-studio", "prodigy", "web-annotation", "doccano"])
def test_a_broken_file_is_refused_whole(run: Path, name: str, fault: str) -> None:
    """Broken offsets, unknown labels, truncated and foreign files: refused with line and field, nothing stored."""
    path = exported(run, name)
    text, where = spoilt(name, path.read_text("utf-8"))[fault]
    path.write_text(text, "utf-8")
    with pytest.raises(RecordError, match=where):
        imported(run, name, path, accept=True)
    assert stored(run) == 0


def test_a_cut_docbin_is_refused(run: Path) -> None:
    """A DocBin cut short is no DocBin."""
    path = exported(run, "docbin")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RecordError, match="cut short"):
        imported(run, "docbin", path)


def test_tables_are_export_only(run: Path) -> None:
    """A table is written and, as it keeps no structure, not read."""
    for name in ("csv", "xlsx", "parquet"):
        with pytest.raises(ReviewError, match="only be exported"):
            imported(run, name, exported(run, name))


def test_the_verbs_work_together(run: Path) -> None:
    """`export` names what is lost, `import` prints a table, a problem is one line."""
    out = run.parent / "claims.doccano"
    done = CliRunner().invoke(app, ["export", str(run), "-f", "doccano", "-o", str(out)])
    assert done.exit_code == 0
    assert "values of entities (1)" in done.stderr
    done = CliRunner().invoke(
        app, ["import", str(run), str(out), "-f", "doccano", "--accept-unchanged", "--annotator", "ana"]
    )
    assert done.exit_code == 0
    assert "accepted" in done.stderr
    team = run.parent / "team.toml"
    assert CliRunner().invoke(app, ["team", str(team), "ana", "ben", "--blind", "--adjudicator", "cy"]).exit_code == 0
    assert team.read_text("utf-8").count("token") == 3
