"""Runs of hard texts for the tests of interchange: emoji, combining characters, CJK, right-to-left scripts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WORDS = (
    "harbour", "tolls", "should", "fall", "🏝️", "👩🏽‍🌾", "cafe\u0301", "naïve", "港口費用", "条約", "اتفاقية", "מפעל",
    "\u202bמס\u202c", "𝔘𝔫𝔦𝔬𝔫", "“quoted”", "e\u0301\u0323", "𠜎", "<b>&amp;</b>", "5\u202f%", "line\nbreak", "\\n", '"',
)  # fmt: skip
LABELS = ("finding", "cause", "recommendation")
ROLES = ("cause", "effect", "connective", "addressee", "action")
VALUES: dict[str, dict[str, str | None]] = {
    "DATE": {"edtf": "2027"},
    "MONEY": {"currency": "EUR", "min": "5", "max": "5", "qualifier": "exact"},
    "PERCENT": {"min": "5", "max": "5", "unit": "percent", "qualifier": "exact", "of": None},
    "AGREEMENT": {"name": "港 Compact 🏝️", "acronym": None, "kind": "agreement", "year": "2019"},
}


@st.composite
def runs(draw: st.DrawFn, *, statuses: bool = False) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The records of one or two documents and of the claims in them, one claim a sentence at most."""
    documents, claims = [], []
    for number in range(draw(st.integers(1, 2))):
        text, blocks, statements = "", [], []
        for _ in range(draw(st.integers(1, 3))):
            text += "\n\n" if text else ""
            begin = len(text)
            for at in range(draw(st.integers(1, 3))):
                text += " " if at else ""
                start = len(text)
                text += " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
                statements.append((start, len(text)))
            blocks.append((begin, len(text)))
        document = document_record(f"doc-{number:016x}", text, blocks, statements)
        documents.append(document)
        for start, end in statements:
            if draw(st.booleans()):
                claims.append(draw(claim_records(document, start, end, len(claims), statuses)))
    return documents, claims


def document_record(name: str, text: str, blocks: list[Any], statements: list[Any]) -> dict[str, Any]:
    section = {"kind": "body", "title": None}
    return {
        "schema": "claimx.document/1", "id": name, "source": f"{name}.txt", "sha256": "0" * 64,
        "media_type": "text/plain", "title": "Tolls 🏝️", "authors": [], "publisher": None, "published": "2025-10-31",
        "language": "en", "pages": None, "text": text, "links": [], "places": [], "entities": [], "warnings": [],
        "blocks": [{"start": s, "end": e, "role": "paragraph", "level": None, "marker": None} for s, e in blocks],
        "statements": [
            {"start": s, "end": e, "section": section, "labels": [], "scores": {}, "confidence": 0.1}
            for s, e in statements
        ],
    }  # fmt: skip


@st.composite
def claim_records(
    draw: st.DrawFn, document: dict[str, Any], start: int, end: int, number: int, statuses: bool
) -> dict[str, Any]:
    text = document["text"]

    def span(low: int = start, high: int = end) -> dict[str, Any]:
        begin = draw(st.integers(low, high - 1))
        stop = draw(st.integers(begin + 1, high))
        return {"start": begin, "end": stop, "text": text[begin:stop]}

    labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
    reported = draw(st.booleans())
    source = span() if reported and draw(st.booleans()) else None
    entities = []
    for label in draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=2)):
        value = draw(st.sampled_from([None, VALUES[label]]))
        entities.append({"label": label, **span(), "value": value, "ref": draw(st.sampled_from([None, "e1"]))})
    status = draw(st.sampled_from([None, "accepted", "corrected", "rejected"])) if statuses else None
    review = {"status": status, "annotator": "ann", "at": None, "note": draw(st.sampled_from([None, "why? 🏝️"]))}
    return {
        "schema": "claimx.claim/1", "id": f"clm-{number:016x}",
        "document": {name: document[name] for name in ("id", "source", "sha256", "title", "published")},
        "label": labels[0], "labels": labels, "scores": dict.fromkeys(LABELS, 0.5), "confidence": 0.5,
        "text": text[start:end], "start": start, "end": end, "context": {"prefix": "", "suffix": ""},
        "section": {"kind": "body", "title": None}, "location": [],
        "arguments": [{"role": role, **span()} for role in draw(st.lists(st.sampled_from(ROLES), max_size=2))],
        "attribution": {"kind": "reported" if reported else "author", "source": source},
        "certainty": draw(st.sampled_from(["asserted", "hedged"])),
        "polarity": draw(st.sampled_from(["positive", "negative"])),
        "cues": [], "entities": entities, "pipeline": {"name": "claims", "version": "0", "model": "none"},
        "review": None if status is None else {**review, "source": "unanimous"},
    }  # fmt: skip
