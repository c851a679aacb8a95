"""Records and rules on disk become what spaCy's training and initialisation ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonlines

from claimx.errors import OffsetMismatch, RecordError
from claimx.spans import CLAIMS, STATEMENTS, add_span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example

GoldRow = Mapping[str, Any]
"""One annotated statement: `doc`, `n`, `text`, `labels` and what else the codebook asks for, offsets within `text`."""


def read_patterns(path: str | list[str]) -> list[dict[str, Any]]:
    """The rules of a JSONL file, one object a line; of several files, one after the other.

    A relative path is looked up in the package's `pipelines/` folder, an absolute one is taken as it is.
    A list, not a generator, because spaCy validates `[initialize]` values before it uses them.
    Raises RecordError, with the line, where a line is no JSON object, and where the file cannot be read.
    """
    if not isinstance(path, str):
        return [rule for part in path for rule in read_patterns(part)]
    source = Path(path) if Path(path).is_absolute() else files("claimx") / "pipelines" / path
    try:
        with source.open(encoding="utf-8") as stream, jsonlines.Reader(stream) as reader:
            return list(reader.iter(type=dict, skip_empty=True))
    except OSError as error:
        message = "cannot read the rules; give a path inside pipelines/ or an absolute path"
        raise RecordError(message, path=str(source)) from error
    except jsonlines.InvalidLineError as error:
        message = f"not a JSON object: {error.line!r}; write one rule a line"
        raise RecordError(message, path=str(source), line=error.lineno) from error


def read_gold(path: Path) -> list[dict[str, Any]]:
    """The annotated statements of a JSONL file, each checked: labels are ours, and spans hold the text they name.

    Raises RecordError where the file cannot be read, with the line where a row is no gold row, and OffsetMismatch,
    with line and JSON pointer, where `text[start:end]` is not the span's text.
    """
    rows: list[dict[str, Any]] = []
    try:
        with jsonlines.open(path) as reader:
            for number, row in enumerate(reader.iter(type=dict, skip_empty=True), start=1):
                _check_row(row, path=str(path), line=number)
                rows.append(row)
    except OSError as error:
        raise RecordError("cannot read the gold rows; give a JSONL file", path=str(path)) from error
    except jsonlines.InvalidLineError as error:
        message = f"not a JSON object: {error.line!r}; write one statement a line"
        raise RecordError(message, path=str(path), line=error.lineno) from error
    return rows


def _check_row(row: GoldRow, *, path: str, line: int) -> None:
    from claimx.claim import LABELS

    missing = [key for key in ("doc", "text", "labels") if key not in row]
    if missing:
        message = f"no {', '.join(missing)} in this row; gold rows need doc, text and labels"
        raise RecordError(message, path=path, line=line)
    strange = [label for label in row["labels"] if label not in LABELS]
    if strange:
        message = f"unknown label {strange[0]!r}; use {', '.join(LABELS)}"
        raise RecordError(message, path=path, line=line, pointer="/labels")
    for key in ("arguments", "entities"):
        for place, span in enumerate(row.get(key) or ()):
            if "text" in span and row["text"][span["start"] : span["end"]] != span["text"]:
                message = f"text[{span['start']}:{span['end']}] is not {span['text']!r}; count code points from 0"
                raise OffsetMismatch(message, path=path, line=line, pointer=f"/{key}/{place}")


def by_document(rows: Iterable[GoldRow]) -> dict[str, list[GoldRow]]:
    """The rows of each document, in order of `n` where it is given; documents in order of first appearance."""
    documents: dict[str, list[GoldRow]] = {}
    for row in rows:
        documents.setdefault(str(row["doc"]), []).append(row)
    return {doc: sorted(members, key=lambda row: row.get("n", 0)) for doc, members in documents.items()}


def split_documents(rows: Sequence[GoldRow], *, share: int) -> tuple[list[GoldRow], list[GoldRow]]:
    """Rows to train on and rows held out: one document in `share`, by the hash of its name, so always the same ones."""
    kept: list[GoldRow] = []
    held: list[GoldRow] = []
    for row in rows:
        (held if is_held_out(str(row["doc"]), share=share) else kept).append(row)
    return kept, held


def is_held_out(doc: str, *, share: int) -> bool:
    """Whether a document is among the one in `share` that are held out."""
    return int(hashlib.sha256(doc.encode()).hexdigest(), 16) % share == 0


def make_gold_doc(nlp: Language, rows: Sequence[GoldRow]) -> Doc:
    """One document's rows as a Doc of one block a row, with `statements` and `claims` as the rows say."""
    text, starts = "", []
    for row in rows:
        text += "\n\n" if text else ""
        starts.append(len(text))
        text += row["text"]
    doc = nlp.make_doc(text)
    doc.user_data["claimx"] = {
        "published": rows[0].get("published"),
        "publisher": rows[0].get("publisher"),
        "title": rows[0].get("title"),
        "language": "en",
        "blocks": [
            {
                "start": start,
                "end": start + len(row["text"]),
                "role": "paragraph",
                "level": None,
                "marker": None,
                "heading": row.get("heading"),
            }
            for start, row in zip(starts, rows, strict=True)
        ],
    }
    set_gold_statements(doc, rows)
    for start, row in zip(starts, rows, strict=True):
        if row["labels"]:
            add_span(doc, CLAIMS, start, start + len(row["text"]), row["labels"][0], {"labels": list(row["labels"])})
    return doc


def set_gold_statements(doc: Doc, rows: Sequence[GoldRow]) -> None:
    """Makes each row of a Doc made by `make_gold_doc` one statement, whatever sentences were found."""
    doc.spans.pop(STATEMENTS, None)
    start = 0
    for row in rows:
        end = start + len(row["text"])
        section = {"kind": row.get("section") or "body", "title": row.get("heading")}
        add_span(doc, STATEMENTS, start, end, "statement", {"section": section})
        start = end + 2


def make_gold_reader(path: str) -> Callable[[Language], Iterator[Example]]:
    """The registered reader `claimx.gold.v1`: gold rows as spaCy examples, one a document, for `spacy evaluate`."""

    def read(nlp: Language) -> Iterator[Example]:
        from spacy.training import Example

        for document in by_document(read_gold(Path(path))).values():
            gold = make_gold_doc(nlp, document)
            predicted = nlp.make_doc(gold.text)
            predicted.user_data["claimx"] = gold.user_data["claimx"]
            yield Example(predicted, gold)

    return read


def gold_rows(documents: Iterable[Mapping[str, Any]], claims: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The decisions of a run as gold rows, from the records of its documents and of its claims as reviewed.

    A row is a settled claim (rejected: no labels); what nobody decided or several left unresolved is no gold. Once all
    claims of a document are decided, its other statements are rows without labels, because nobody missed a claim there.
    """
    by_document: dict[str, list[Mapping[str, Any]]] = {}
    for record in claims:
        by_document.setdefault(record["document"]["id"], []).append(record)
    for document in documents:
        own = by_document.get(document["id"], [])
        if any(record["review"] for record in own):
            yield from _document_rows(document, own)


def _document_rows(document: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    complete = all(record["review"] for record in claims)
    taken = [(record["start"], record["end"]) for record in claims]
    free = [
        {**statement, "text": document["text"][statement["start"] : statement["end"]]}
        for statement in document["statements"]
        if not any(start < statement["end"] and statement["start"] < end for start, end in taken)
    ]
    units: list[Mapping[str, Any]] = sorted([*claims, *free], key=lambda unit: (unit["start"], unit["end"]))
    for number, unit in enumerate(units):
        review = unit.get("review")
        if "review" not in unit:
            if complete:
                entities = [item for item in document["entities"] if _inside(item, unit)]
                yield _gold_row(document, number, {**unit, "entities": entities}, [])
        elif review and review.get("source") != "unresolved":
            yield _gold_row(document, number, unit, [] if review["status"] == "rejected" else list(unit["labels"]))


def _gold_row(document: Mapping[str, Any], number: int, unit: Mapping[str, Any], labels: list[str]) -> dict[str, Any]:
    def moved(part: Mapping[str, Any]) -> dict[str, Any]:
        return {**part, "start": part["start"] - unit["start"], "end": part["end"] - unit["start"]}

    given = unit.get("attribution") or {"kind": "author", "source": None}
    attribution = {"kind": given["kind"]}
    if given["source"] is not None and _inside(given["source"], unit):
        attribution["source"] = moved(given["source"])
    section = unit.get("section") or {}
    return {
        "doc": document["id"],
        "title": document["title"],
        "published": document["published"],
        "n": number,
        "start": unit["start"],
        "section": section.get("kind", "body"),
        "heading": section.get("title"),
        "text": unit["text"],
        "labels": labels,
        "arguments": [moved(part) for part in unit.get("arguments", ()) if labels and _inside(part, unit)],
        "attribution": attribution,
        "certainty": unit.get("certainty", "asserted"),
        "polarity": unit.get("polarity", "positive"),
        "entities": [moved(part) for part in unit["entities"] if _inside(part, unit)],
    }


def _inside(part: Mapping[str, Any], unit: Mapping[str, Any]) -> bool:
    return bool(unit["start"] <= part["start"] and part["end"] <= unit["end"])
