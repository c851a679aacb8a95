"""Whatever holds predictions becomes rows in the gold form, with scores: a run, a file of rows, or a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from claimx.corpus import GoldRow, by_document, make_gold_doc, set_gold_statements
from claimx.errors import RecordError
from claimx.records import read_claims, read_records

if TYPE_CHECKING:
    from spacy.tokens import Doc

Row = dict[str, Any]


def read_predictions(path: Path, gold: Sequence[GoldRow]) -> list[Row]:
    """The predictions in `path` as rows in the gold form; a pipeline configuration labels the gold's statements."""
    if path.suffix == ".cfg":
        return list(label_gold(path, gold))
    if path.is_dir():
        return list(rows_of_run(path))
    first = next(iter(read_records(path)), None)
    match (first or {}).get("schema"):
        case "claimx.claim/1":
            return [row_of_claim(record) for record in read_claims(path)]
        case "claimx.document/1":
            return list(rows_of_documents(read_records(path), claims=[]))
        case None if first is not None and "labels" in first and "text" in first:
            return list(read_records(path))
    message = "holds no predictions; give a run folder, claims.jsonl, documents.jsonl, gold-form rows or a .cfg"
    raise RecordError(message, path=str(path))


def rows_of_run(folder: Path) -> Iterator[Row]:
    """A run's statements, those that are claims with their arguments and attributes."""
    documents = folder / "documents.jsonl"
    if not documents.exists():
        raise RecordError("is no run folder: it has no documents.jsonl; run `claimx extract` first", path=str(folder))
    yield from rows_of_documents(read_records(documents), claims=read_claims(folder))


def rows_of_documents(documents: Iterable[Row], *, claims: Iterable[Row]) -> Iterator[Row]:
    """The statements of document records as rows; `claims` fills in what only claim records know."""
    known = {(record["document"]["id"], record["start"], record["end"]): record for record in claims}
    for document in documents:
        name = document_name(document["source"])
        for statement in document["statements"]:
            start, end = statement["start"], statement["end"]
            claim = known.get((document["id"], start, end))
            row = {
                "doc": name,
                "text": document["text"][start:end],
                "labels": statement["labels"],
                "scores": statement["scores"],
                "confidence": statement["confidence"],
                "section": statement["section"]["kind"],
                "entities": [
                    _moved(e, -start) for e in document["entities"] if start <= e["start"] and e["end"] <= end
                ],
            }
            yield row if claim is None else {**row, **_claim_parts(claim)}


def row_of_claim(record: Row) -> Row:
    """A claim record as a row."""
    return {
        "doc": document_name(record["document"]["source"]),
        "text": record["text"],
        "labels": record["labels"],
        "scores": record["scores"],
        "confidence": record["confidence"],
        "section": record["section"]["kind"],
        "entities": [_moved(entity, -record["start"]) for entity in record["entities"]],
        **_claim_parts(record),
    }


def document_name(source: str) -> str:
    """The name by which a source is matched with gold: its file name without suffix."""
    return PurePath(source.replace("\\", "/")).stem


def _claim_parts(record: Row) -> Row:
    shift = -record["start"]
    source = record["attribution"]["source"]
    return {
        "arguments": [_moved(argument, shift) for argument in record["arguments"]],
        "attribution": {
            "kind": record["attribution"]["kind"],
            **({} if source is None else {"source": _moved(source, shift)}),
        },
        "certainty": record["certainty"],
        "polarity": record["polarity"],
    }


def _moved(span: Row, shift: int) -> Row:
    return {**span, "start": span["start"] + shift, "end": span["end"] + shift}


def label_gold(config: Path, gold: Sequence[GoldRow]) -> Iterator[Row]:
    """The pipeline's word on each gold statement: whatever sentences it finds, the gold's are the ones it labels."""
    from claimx.pipeline import load_pipeline

    nlp = load_pipeline(config).nlp
    for doc_name, rows in by_document(gold).items():
        doc = make_gold_doc(nlp, rows)
        for group in list(doc.spans):
            doc.spans.pop(group)
        for name, component in nlp.pipeline:
            doc = component(doc)
            if name == "claimx_statements":
                set_gold_statements(doc, rows)
        yield from _rows_of_doc(doc, doc_name, rows)


def _rows_of_doc(doc: Doc, doc_name: str, rows: Sequence[GoldRow]) -> Iterator[Row]:
    from claimx.spans import CLAIMS, ENTITIES, STATEMENTS, attrs_of

    claims = {(attrs["start"], attrs["end"]): attrs for _, attrs in attrs_of(doc, CLAIMS)}
    entities = [{"label": span.label_, **attrs} for span, attrs in attrs_of(doc, ENTITIES)]
    for (_, attrs), row in zip(attrs_of(doc, STATEMENTS), rows, strict=True):
        start, end = attrs["start"], attrs["end"]
        found: Row = {
            "doc": doc_name,
            "n": row.get("n"),
            "text": row["text"],
            "labels": attrs["labels"],
            "scores": attrs["scores"],
            "confidence": attrs["confidence"],
            "section": attrs["section"]["kind"],
            "entities": [_moved(e, -start) for e in entities if start <= e["start"] and e["end"] <= end],
        }
        claim = claims.get((start, end))
        yield found if claim is None else {**found, **_attributes(claim, -start)}


def _attributes(claim: Row, shift: int) -> Row:
    attribution = claim.get("attribution") or {"kind": "author"}
    source = attribution.get("source")
    return {
        "arguments": [_moved(argument, shift) for argument in claim.get("arguments", ())],
        "attribution": {"kind": attribution["kind"], **({"source": _moved(source, shift)} if source else {})},
        "certainty": claim.get("certainty", "asserted"),
        "polarity": claim.get("polarity", "positive"),
    }
