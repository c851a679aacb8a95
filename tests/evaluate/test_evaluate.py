"""Evaluation from end to end: any form of predictions against gold, and a report that says what was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from claimx.errors import RecordError
from claimx.evaluate import evaluate, report_html, report_text, write_evaluation
from claimx.evaluate.alignment import align

GOLD = [
    {"doc": "canal", "n": 0, "text": "Tolls rose by 4% in 2020.", "labels": ["finding"], "register": "brief",
     "entities": [{"label": "PERCENT", "start": 14, "end": 16, "text": "4%", "value": {"min": "4", "max": "4"}}]},
    {"doc": "canal", "n": 1, "text": "The board should widen the locks.", "labels": ["recommendation"],
     "arguments": [{"role": "action", "start": 17, "end": 32, "text": "widen the locks"}]},
    {"doc": "canal", "n": 2, "text": "What then?", "labels": []},
    {"doc": "quay", "n": 0, "text": "Silt is said to slow ships.", "labels": ["finding"],
     "attribution": {"kind": "reported"}, "certainty": "asserted", "polarity": "positive"},
]  # fmt: skip


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def judged(row: dict, labels: list[str], score: float = 0.9) -> dict:
    scores = {label: score if label in labels else 0.05 for label in ("finding", "cause", "recommendation")}
    return {**row, "labels": labels, "scores": scores, "confidence": score}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path / "gold.jsonl", GOLD)


def test_gold_against_itself_is_perfect(gold):
    """Every figure of what gold holds is 1, and there are no errors."""
    found = evaluate(gold, gold)
    assert found.labels["finding"].f == found.labels["recommendation"].f == 1.0
    assert found.entities["PERCENT"].f == found.arguments["action"].f == found.attributes["reported"].f == 1.0
    assert found.values["PERCENT"] == (1, 1)
    assert found.errors == []


def test_recall_counts_statements_that_were_never_found(gold, tmp_path):
    """A gold statement without a prediction lowers recall; a predicted claim without gold lowers precision."""
    stray = {**GOLD[0], "text": "Herons nest on the towpath.", "labels": ["finding"]}
    found = evaluate(write(tmp_path / "rows.jsonl", [GOLD[0], stray]), gold)
    assert found.types["finding"].recall == 0.5
    assert found.types["finding"].precision == 0.5
    assert (found.unmatched_gold, found.unmatched_predicted) == (3, 1)
    assert {error["kind"] for error in found.errors} == {"missing", "spurious"}


def test_predictions_for_documents_outside_gold_do_not_count(gold, tmp_path):
    """A run over more documents than gold has is scored on gold's only."""
    other = {**GOLD[0], "doc": "lighthouse"}
    assert evaluate(write(tmp_path / "rows.jsonl", [*GOLD, other]), gold).unmatched_predicted == 0


def test_scores_give_calibration_and_a_risk_curve(gold, tmp_path):
    """With scores in the rows, calibration and the risk of accepting unseen are reported."""
    rows = [judged(GOLD[0], ["finding"]), judged(GOLD[1], ["finding"], 0.6), judged(GOLD[2], []), GOLD[3]]
    found = evaluate(write(tmp_path / "rows.jsonl", rows), gold)
    assert set(found.calibration) == {"finding", "cause", "recommendation", "confidence"}
    assert found.risk[-1] == (1.0, pytest.approx(1 / 3))
    assert found.accepted == (pytest.approx(2 / 3), 0.9)


def test_a_run_folder_is_matched_by_source_name_and_text(gold, tmp_path):
    """Statements of documents.jsonl count with their scores, and claims.jsonl adds arguments and attributes."""
    text = "\n\n".join(row["text"] for row in GOLD[:3])
    starts = [text.index(row["text"]) for row in GOLD[:3]]
    statements = [
        {"start": start, "end": start + len(row["text"]), "section": {"kind": "body", "title": None},
         **{key: judged(row, row["labels"])[key] for key in ("labels", "scores", "confidence")}}
        for start, row in zip(starts, GOLD, strict=False)
    ]  # fmt: skip
    document = {"schema": "claimx.document/1", "id": "doc-1", "source": "in/canal.pdf", "text": text,
                "statements": statements, "entities": []}  # fmt: skip
    claim = {"schema": "claimx.claim/1", "document": {"id": "doc-1", "source": "in/canal.pdf"}, "entities": [],
             "start": starts[1], "end": starts[1] + len(GOLD[1]["text"]), "certainty": "asserted",
             "attribution": {"kind": "author", "source": None}, "polarity": "positive",
             "arguments": [{"role": "action", "start": starts[1] + 17, "end": starts[1] + 32}]}  # fmt: skip
    write(tmp_path / "documents.jsonl", [document])
    write(tmp_path / "claims.jsonl", [claim])
    found = evaluate(tmp_path, gold)
    assert found.types["recommendation"].f == 1.0
    assert found.arguments["action"].f == 1.0
    assert found.unmatched_gold == 1


def test_a_statement_read_a_little_differently_is_still_matched():
    """A lost hyphen and a footnote mark do not part a prediction from its gold."""
    gold = [{"doc": "a", "text": "Long-term storage of grain halved losses in the valley.", "labels": []}]
    predicted = [{"doc": "a", "text": "Longterm storage of grain halved losses in the valley.7", "labels": []}]
    assert [pair.predicted is not None for pair in align(gold, predicted)] == [True]


def test_equal_statements_are_matched_one_to_one():
    """Twice the same words in gold need two predictions."""
    row = {"doc": "a", "text": "Nothing changed.", "labels": []}
    assert [pair.predicted is not None for pair in align([row, row], [row])] == [True, False]


def test_the_report_is_written_as_text_page_and_error_list(gold, tmp_path):
    """Three files; the page holds plots and no address to load anything from; equal input gives equal bytes."""
    rows = write(tmp_path / "rows.jsonl", [judged(row, ["finding"]) for row in GOLD])
    found = evaluate(rows, gold)
    text, page, errors = write_evaluation(found, tmp_path / "report")
    assert "macro" in text.read_text()
    assert page.read_text().count("<svg") == 3
    assert "src=" not in page.read_text()
    assert [json.loads(line)["gold"] for line in errors.read_text().splitlines()] == [["recommendation"], []]
    assert report_html(evaluate(rows, gold)) == page.read_text()
    assert report_text(found) == text.read_text()


def test_text_of_statements_is_escaped_in_the_page(gold, tmp_path):
    """A statement that looks like markup cannot become markup."""
    rows = [{**GOLD[0], "text": "Tolls <script>alert(1)</script> rose."}]
    found = evaluate(write(tmp_path / "rows.jsonl", [*rows, *GOLD]), gold)
    assert "<script>" not in report_html(found)


def test_nothing_in_common_is_an_error_that_says_how_matching_works(gold, tmp_path):
    """A run over other documents is not scored as zero without a word."""
    other = write(tmp_path / "rows.jsonl", [{**GOLD[0], "doc": "elsewhere"}])
    with pytest.raises(RecordError, match="no statement of it is in"):
        evaluate(other, gold)


def test_a_file_of_something_else_is_refused(gold, tmp_path):
    """The message lists what can be given."""
    with pytest.raises(RecordError, match="holds no predictions; give a run folder"):
        evaluate(write(tmp_path / "rows.jsonl", [{"a": 1}]), gold)


def test_an_empty_gold_file_is_refused(tmp_path):
    """There is nothing to measure against."""
    with pytest.raises(RecordError, match="holds no gold rows"):
        evaluate(tmp_path, write(tmp_path / "empty.jsonl", []))


def test_a_pipeline_configuration_labels_the_golds_own_statements(gold, root):
    """With a `.cfg`, each gold row is one statement whatever sentences the pipeline would have found."""
    found = evaluate(root / "pipelines" / "claims.cfg", gold)
    assert (found.statements, found.unmatched_gold, found.unmatched_predicted) == (4, 0, 0)
    assert found.types["recommendation"].f == 1.0
