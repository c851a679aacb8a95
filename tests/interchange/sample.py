"""One small run on disk for the tests of import, with an emoji before every claim but the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from passages import document_record

from claimx.records import write_records

SENTENCES = (
    "Tolls 🏝️ rose by 5% in the delta.",
    "The harbour board should publish its tariffs.",
    "Because rains came late, the valley lost its rice.",
    "Pilots 👩🏽‍🌾 trust the cafe\u0301 more than any ministry.",
)
LABELS = ("finding", "recommendation", "cause", "finding")


def write_sample(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A run of one document and four claims; its records."""
    text, statements = "", []
    for sentence in SENTENCES:
        text += " " if text else ""
        statements.append((len(text), len(text) + len(sentence)))
        text += sentence
    document = document_record("doc-" + "0" * 16, text, [(0, len(text))], statements)
    claims = []
    for number, ((start, end), label) in enumerate(zip(statements, LABELS, strict=True)):
        entities, arguments = [], []
        if number == 0:
            at = text.index("5%")
            value = {"min": "5", "max": "5", "unit": "percent", "qualifier": "exact", "of": None}
            entities.append({"label": "PERCENT", "start": at, "end": at + 2, "text": "5%", "value": value, "ref": None})
        if number == 2:
            at = text.index("rains")
            arguments.append({"role": "cause", "start": at, "end": at + 15, "text": text[at : at + 15]})
        claims.append({
            "schema": "claimx.claim/1", "id": f"clm-{number:016x}",
            "document": {name: document[name] for name in ("id", "source", "sha256", "title", "published")},
            "label": label, "labels": [label], "scores": dict.fromkeys(("finding", "cause", "recommendation"), 0.5),
            "confidence": 0.5, "text": text[start:end], "start": start, "end": end,
            "context": {"prefix": "", "suffix": ""}, "section": {"kind": "body", "title": None}, "location": [],
            "arguments": arguments, "attribution": {"kind": "author", "source": None}, "certainty": "asserted",
            "polarity": "positive", "cues": [], "entities": entities,
            "pipeline": {"name": "claims", "version": "0", "model": "none"}, "review": None,
        })  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_records(folder / "documents.jsonl", [document])
    write_records(folder / "claims.jsonl", claims)
    write_records(folder / "failures.jsonl", [])
    return [document], claims
