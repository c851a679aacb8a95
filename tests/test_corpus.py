"""Rules and gold rows are read from JSONL, bad lines are named, and splits keep documents whole."""

import json
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from claimx.corpus import make_gold_doc, make_gold_reader, read_gold, read_patterns, split_documents
from claimx.errors import RecordError
from claimx.spans import CLAIMS, STATEMENTS, attrs_of


def test_rules_come_as_a_list_of_objects(tmp_path: Path) -> None:
    """An absolute path is read as it is, empty lines aside."""
    path = tmp_path / "rules.jsonl"
    path.write_text('{"phenomenon": "a"}\n\n{"phenomenon": "b"}\n', encoding="utf-8")
    assert read_patterns(str(path)) == [{"phenomenon": "a"}, {"phenomenon": "b"}]


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    """The error names the file and the line."""
    path = tmp_path / "rules.jsonl"
    path.write_text('{"phenomenon": "a"}\n[1]\n', encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_patterns(str(path))
    assert caught.value.line == 2
    assert str(path) in str(caught.value)


def test_a_missing_file_says_where_it_was_looked_for() -> None:
    """A relative path is resolved inside the package's pipelines folder."""
    with pytest.raises(RecordError, match=r"pipelines.*nowhere\.jsonl"):
        read_patterns("patterns/nowhere.jsonl")


ROW = {"doc": "harbour", "n": 0, "text": "Fees fell in 2021.", "labels": ["finding"]}


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    """The rows as a JSONL file."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_gold_rows_are_read_as_they_are(tmp_path: Path) -> None:
    """What was written comes back, in order."""
    rows = [ROW, {**ROW, "n": 1, "labels": []}]
    assert read_gold(write_rows(tmp_path / "gold.jsonl", rows)) == rows


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["opinion"]}, "unknown label 'opinion'"),
        ({"entities": [{"label": "DATE", "start": 0, "end": 4, "text": "2021"}]}, "is not '2021'"),
    ],
)
def test_a_wrong_gold_row_is_named_by_line(tmp_path: Path, change: dict[str, object], message: str) -> None:
    """Labels outside the codebook and offsets that miss their text stop the reading, with the line."""
    path = write_rows(tmp_path / "gold.jsonl", [ROW, {**ROW, **change}])
    with pytest.raises(RecordError, match=message) as caught:
        read_gold(path)
    assert caught.value.line == 2


def test_a_row_without_labels_says_what_it_needs(tmp_path: Path) -> None:
    """A file of something else is told from gold."""
    with pytest.raises(RecordError, match="no labels in this row"):
        read_gold(write_rows(tmp_path / "gold.jsonl", [{"doc": "a", "text": "b"}]))


@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.integers(2, 5))
def test_a_document_is_never_on_both_sides_of_a_split(docs: list[str], share: int) -> None:
    """Every row is on one side, and all rows of a document are on the same one."""
    kept, held = split_documents([{**ROW, "doc": doc} for doc in docs], share=share)
    assert len(kept) + len(held) == len(docs)
    assert not {row["doc"] for row in kept} & {row["doc"] for row in held}


def test_a_gold_doc_has_one_statement_a_row() -> None:
    """Rows become blocks and statements with exact offsets, and the labelled ones claims."""
    rows = [ROW, {**ROW, "n": 1, "text": "Why? Nobody knows.", "labels": []}]
    doc = make_gold_doc(spacy.blank("en"), rows)
    texts = [doc.text[attrs["start"] : attrs["end"]] for _, attrs in attrs_of(doc, STATEMENTS)]
    assert texts == [row["text"] for row in rows]
    assert [attrs["labels"] for _, attrs in attrs_of(doc, CLAIMS)] == [["finding"]]


def test_the_gold_reader_gives_one_example_a_document(tmp_path: Path) -> None:
    """The prediction side starts empty, the reference side holds the claims."""
    path = write_rows(tmp_path / "gold.jsonl", [ROW, {**ROW, "doc": "canal"}])
    examples = list(make_gold_reader(str(path))(spacy.blank("en")))
    assert [len(example.reference.spans[CLAIMS]) for example in examples] == [1, 1]
    assert CLAIMS not in examples[0].predicted.spans
