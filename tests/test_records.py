"""Promises of records.py, frame.py, validation.py and schema.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimx import (
    Attribution,
    Block,
    Claim,
    Cue,
    Document,
    Entity,
    OffsetMismatch,
    Place,
    RecordError,
    SchemaViolation,
    Section,
    Source,
    claim_from_record,
    claims_to_frame,
    document_from_record,
    load_schema,
    read_claims,
    read_records,
    write_records,
)
from claimx.records import PipelineInfo, atomic_file, claim_id, claim_record, document_record, dump
from claimx.schema import SCHEMA_NAMES, iter_violations, schema_name
from claimx.validation import iter_file_errors, record_files

INFO = PipelineInfo("claimx", "0.1.0", "en_core_web_sm-3.8.0", "0" * 16)
SCORES = {"finding": 0.1, "cause": 0.9, "recommendation": 0.01}
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def make_document(text: str = "Tariffs led to losses of 5%.") -> Document:
    edges = tuple(float(10 * i) for i in range(len(text) + 1))
    return Document(
        id="doc-0123456789abcdef",
        source="brief.pdf",
        sha256="0123456789abcdef" * 4,
        media_type="application/pdf",
        text=text,
        blocks=(Block(0, len(text), "paragraph"),),
        title="On tariffs",
        authors=("A. Writer",),
        published="2025-10",
        language="en",
        pages=1,
        places=(Place(0, len(text), 1, 100.0, 112.0, edges),),
    )


def make_claim(document: Document) -> Claim:
    text = document.text
    return Claim(
        id=claim_id(document, text, 0),
        start=0,
        end=len(text),
        text=text,
        labels=("cause",),
        scores=SCORES,
        confidence=0.9,
        section=Section("takeaways", "Key takeaways"),
        attribution=Attribution("reported", Source(0, 1, text[0:1])),
        cues=(Cue("cause", 0, 1, text[0:1]),),
        entities=(Entity("AGREEMENT", 0, 1, text[0:1], {"name": "Pact", "kind": "pact"}, "agr-1"),),
    )


@given(WORDS)
def test_claims_and_documents_survive_a_round_trip(text: str) -> None:
    """Record, JSON, record, value: nothing is lost, whatever the text holds."""
    document = make_document(text)
    claim = make_claim(document)
    assert claim_from_record(json.loads(dump(claim_record(document, claim, INFO)))) == claim
    assert document_from_record(json.loads(dump(document_record(document, (), ())))) == document


@given(WORDS)
def test_records_fit_their_schemas(text: str) -> None:
    """What we write is what we publish."""
    document = make_document(text)
    assert list(iter_violations(claim_record(document, make_claim(document), INFO), "claim")) == []
    assert list(iter_violations(document_record(document, (), ()), "document")) == []


def test_schemas_are_valid_and_closed() -> None:
    """Each published schema is itself valid, and records name theirs."""
    from jsonschema import Draft202012Validator

    for name in SCHEMA_NAMES:
        Draft202012Validator.check_schema(load_schema(name))
        if name != "statement":
            assert schema_name({"schema": f"claimx.{name}/1"}) == name
    with pytest.raises(SchemaViolation, match="no schema of this version"):
        schema_name({"schema": "claimx.claim/9"})


def test_ids_ignore_white_space_and_tell_equal_sentences_apart() -> None:
    """Cleaner text keeps a claim's id; the second occurrence of the same words gets another one."""
    document = make_document()
    assert claim_id(document, "a  b\nc", 0) == claim_id(document, "a b c", 0) != claim_id(document, "a b c", 1)


def test_locations_are_boxes_by_line() -> None:
    """A claim that runs over two lines has two boxes; in HTML it has the element."""
    document = Document(
        id="doc-0123456789abcdef",
        source="x",
        sha256="0" * 64,
        media_type="application/pdf",
        text="one two",
        blocks=(Block(0, 7, "paragraph"),),
        places=(Place(0, 3, 1, 10, 20, (5, 6, 7, 8)), Place(4, 7, 2, 30, 40, (1, 2, 3, 4.5))),
    )
    boxes = [(box.page, box.x0, box.x1) for box in document.boxes_of(1, 6)]
    assert boxes == [(1, 6, 8), (2, 1, 3)]


def test_atomic_file_leaves_the_old_file_when_writing_fails(tmp_path: Path) -> None:
    """A crash in the middle leaves what was there before, and no debris."""
    path = tmp_path / "claims.jsonl"
    path.write_text("old\n")
    with pytest.raises(RuntimeError), atomic_file(path) as stream:
        stream.write("half")
        raise RuntimeError("power cut")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_records_are_read_lazily_and_a_cut_line_is_named(tmp_path: Path) -> None:
    """The first record comes before the broken one is seen; the error names the line."""
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n{"a": \n')
    records = read_records(path)
    assert next(records) == {"a": 1}
    with pytest.raises(RecordError, match=r"x.jsonl:2: .*cut short"):
        next(records)
    with pytest.raises(RecordError, match="cannot be read"):
        next(read_records(tmp_path / "missing.jsonl"))


def test_read_claims_refuses_other_records(tmp_path: Path) -> None:
    """A documents.jsonl is not taken for claims."""
    assert write_records(tmp_path / "claims.jsonl", [document_record(make_document(), (), ())]) == 1
    with pytest.raises(SchemaViolation, match="/schema is not a claim record"):
        next(read_claims(tmp_path))


def test_frame_has_sensible_dtypes() -> None:
    """Labels are categories, pages nullable integers, scores floats; an empty run gives an empty table alike."""
    document = make_document()
    frame = claims_to_frame([claim_record(document, make_claim(document), INFO)])
    dtypes = frame.dtypes.astype(str)
    assert (dtypes["label"], dtypes["page"], dtypes["cause"], dtypes["start"]) == (
        "category",
        "Int64",
        "float64",
        "int64",
    )
    assert frame.loc[0, "page"] == 1
    assert list(claims_to_frame([]).columns) == list(frame.columns)


def write_run(folder: Path, **changes: object) -> Path:
    document = make_document()
    write_records(folder / "documents.jsonl", [document_record(document, (), ())])
    write_records(folder / "claims.jsonl", [{**claim_record(document, make_claim(document), INFO), **changes}])
    return folder / "claims.jsonl"


def test_validation_accepts_what_we_write(tmp_path: Path) -> None:
    """A run of ours is valid, documents and claims."""
    assert list(iter_file_errors(write_run(tmp_path))) == []
    assert list(iter_file_errors(tmp_path / "documents.jsonl")) == []


def test_validation_names_line_and_pointer(tmp_path: Path) -> None:
    """A wrong label is found where it is."""
    errors = list(iter_file_errors(write_run(tmp_path, label="claim")))
    assert [(type(error), error.line, error.pointer) for error in errors] == [(SchemaViolation, 1, "/label")]


def test_validation_finds_shifted_offsets(tmp_path: Path) -> None:
    """A span that quotes other words than its offsets is refused, at any depth."""
    cue = {"kind": "cause", "start": 1, "end": 3, "text": "Ta"}
    errors = list(iter_file_errors(write_run(tmp_path, cues=[cue])))
    assert [(type(error), error.pointer) for error in errors] == [(OffsetMismatch, "/cues/0")]
    beyond = {**cue, "start": 1000, "end": 1002}
    errors = list(iter_file_errors(write_run(tmp_path, cues=[beyond])))
    assert "not a span of the document" in str(errors[0])


def test_validation_says_when_a_document_is_missing(tmp_path: Path) -> None:
    """Claims whose document is not there cannot be checked, and that is an error, not silence."""
    path = write_run(tmp_path)
    (tmp_path / "documents.jsonl").unlink()
    assert [error.pointer for error in iter_file_errors(path)] == ["/document/id"]


def test_validation_finds_equal_ids_and_a_false_first_label(tmp_path: Path) -> None:
    """An id names one claim, and the primary label is the first."""
    path = write_run(tmp_path)
    path.write_text(2 * path.read_text(encoding="utf-8"), encoding="utf-8")
    assert [(error.line, error.pointer) for error in iter_file_errors(path)] == [(2, "/id")]
    assert [error.pointer for error in iter_file_errors(write_run(tmp_path, labels=["finding", "cause"]))] == ["/label"]


def test_validation_names_a_cut_line(tmp_path: Path) -> None:
    """A file that was cut short is an error with its line, after the errors before it."""
    path = write_run(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + '{"schema": "clai', encoding="utf-8")
    assert [error.line for error in iter_file_errors(path)] == [2]


def test_a_run_is_validated_by_its_folder(tmp_path: Path) -> None:
    """All files of a run are looked at, the manifest too; a folder without a run is refused."""
    write_run(tmp_path)
    with pytest.raises(RecordError, match=r"failures\.jsonl is missing"):
        record_files(tmp_path)
    write_records(tmp_path / "failures.jsonl", [])
    (tmp_path / "manifest.json").write_text('{"schema": "claimx.manifest/1"}', encoding="utf-8")
    assert len(record_files(tmp_path)) == 4
    assert "required" in str(next(iter_file_errors(tmp_path / "manifest.json")))


@given(WORDS, st.lists(WORDS, max_size=3))
def test_any_text_survives_a_file(tmp_path_factory: pytest.TempPathFactory, text: str, others: list[str]) -> None:
    """One object is one line, whatever line ends, controls and planes its text holds."""
    path = tmp_path_factory.mktemp("jsonl") / "x.jsonl"
    rows = [{"text": text}, *({"text": other} for other in others)]
    assert write_records(path, rows) == len(rows)
    assert list(read_records(path)) == rows
    assert path.read_bytes().count(b"\n") == len(rows)
