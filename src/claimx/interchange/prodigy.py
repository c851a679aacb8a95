"""Prodigy JSONL: a paragraph a line, with tokens, spans (`token_end` is the last token) and relations between tokens.

Prodigy computes hashes itself, so none are written. What a span says beyond label and place are keys of its own on it,
which Prodigy hands through.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from claimx.errors import RecordError
from claimx.interchange.annotation import FIELDS, Passage, check_passage, check_span
from claimx.interchange.regions import Region, Relation, claims_of, regions_of
from claimx.records import read_records, write_records

HOLDS = FIELDS
OWN_KEYS = ("attribution", "certainty", "polarity", "note", "value", "ref")
_WORD = re.compile(r"\w+|[^\w\s]|\s+")

Token = dict[str, Any]
Span = dict[str, Any]


def write(path: Path, passages: Iterable[Passage]) -> None:
    """Writes one task a paragraph that holds claims."""
    write_records(path, map(_task, passages))


def _task(passage: Passage) -> dict[str, Any]:
    found = [regions_of(claim) for claim in passage.claims]
    regions = [region for group, _ in found for region in group]
    tokens = tokens_of(passage.text, {region.start for region in regions}, {region.end for region in regions})
    spans = {region.id: _span(region, tokens) for region in regions}
    relations = [_relation(relation, spans) for _, group in found for relation in group]
    meta = {"document": passage.document, "start": passage.start, "title": passage.title}
    return {"text": passage.text, "tokens": tokens, "spans": list(spans.values()), "relations": relations, "meta": meta}


def tokens_of(text: str, starts: set[int], ends: set[int]) -> list[Token]:
    """Words, signs and white space of a text, cut where spans start and end; one space after a token is its `ws`."""
    cuts = sorted({0, len(text), *starts, *ends, *(match.start() for match in _WORD.finditer(text))})
    tokens: list[Token] = []
    for start, end in pairwise(cuts):
        word = text[start:end]
        spanned = start in starts or start + 1 in ends
        if word.startswith(" ") and tokens and tokens[-1]["end"] == start and not spanned:
            tokens[-1]["ws"] = True
            start += 1
        if start < end:
            tokens.append({"text": text[start:end], "start": start, "end": end, "id": len(tokens), "ws": False})
    return tokens


def _span(region: Region, tokens: list[Token]) -> Span:
    starts = [token["start"] for token in tokens]
    return {
        "start": region.start,
        "end": region.end,
        "token_start": bisect_right(starts, region.start) - 1,
        "token_end": bisect_right(starts, region.end - 1) - 1,
        "label": region.label,
        "id": region.id,
        "text": region.text,
        **region.attributes,
    }


def _relation(relation: Relation, spans: Mapping[str, Span]) -> dict[str, Any]:
    head, child = spans[relation.head], spans[relation.child]
    ends = {"head": head["token_end"], "child": child["token_end"]}
    return {**ends, "head_span": _end(head), "child_span": _end(child), "label": relation.label}


def _end(span: Span) -> Span:
    return {name: span[name] for name in ("start", "end", "token_start", "token_end", "label", "id")}


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The tasks that were accepted, and those rejected that are about one claim; ignored ones are passed over.

    A task without an answer was not looked at. Raises RecordError or OffsetMismatch with line and field.
    """
    for line, task in enumerate(read_records(path), start=1):
        passage = _TaskReader(task, str(path), line).passage(texts)
        if passage is not None:
            yield passage


class _TaskReader:
    """Reads one line."""

    def __init__(self, task: Mapping[str, Any], path: str, line: int) -> None:
        self._task, self._path, self._line = task, path, line

    def _error(self, message: str, pointer: str) -> RecordError:
        return RecordError(message, path=self._path, line=self._line, pointer=pointer)

    def passage(self, texts: Mapping[str, str]) -> Passage | None:
        """The paragraph with its claims, or None when the task was ignored."""
        text, meta = self._task.get("text"), self._task.get("meta")
        if not isinstance(text, str) or not isinstance(meta, dict) or not isinstance(meta.get("document"), str):
            raise self._error("has no text and meta.document of ours; is this another data set?", "/meta")
        answer = self._task.get("answer")
        if answer not in (None, "accept", "reject", "ignore"):
            raise self._error(f"unknown answer {answer!r}", "/answer")
        if answer == "ignore":
            return None
        regions = [self._region(span, place, text) for place, span in enumerate(self._task.get("spans") or ())]
        relations = list(self._relations(regions))
        found = claims_of(regions, relations, path=self._path, line=self._line)
        claims = found.claims
        if answer == "reject" and len(claims) != 1:
            raise self._error(f"rejects {len(claims)} claims at once; reject them one by one", "/answer")
        passage = Passage(
            meta["document"],
            int(meta.get("start", 0)),
            text,
            () if answer == "reject" else claims,
            title=meta.get("title"),
            annotator=self._annotator() if answer else None,
            reviewed=answer is not None,
            left_out=found.left_out,
        )
        check_passage(passage, texts, path=self._path, line=self._line, pointer="/text")
        return passage

    def _annotator(self) -> str | None:
        for name in ("_annotator_id", "_session_id"):
            if isinstance(self._task.get(name), str):
                return str(self._task[name])
        return None

    def _region(self, span: Any, place: int, text: str) -> Region:
        at = f"/spans/{place}"
        if not isinstance(span, dict) or not isinstance(span.get("label"), str):
            raise self._error("is no span with a label", at)
        edges = span.get("start"), span.get("end")
        quote = check_span(text, *edges, span.get("text"), path=self._path, line=self._line, pointer=at)
        self._check_tokens(span, at)
        attributes = {name: span[name] for name in OWN_KEYS if isinstance(span.get(name), str)}
        name = str(span.get("id") or f"span-{place}")
        return Region(name, span["label"], span["start"], span["end"], quote, attributes, pointer=at)

    def _check_tokens(self, span: Span, pointer: str) -> None:
        tokens = self._task.get("tokens")
        first, last = span.get("token_start"), span.get("token_end")
        if not isinstance(tokens, list) or first is None or last is None:
            return
        if not (0 <= first <= last < len(tokens)):
            raise self._error(f"tokens {first} to {last} are not among the {len(tokens)}", pointer)
        if (tokens[first]["start"], tokens[last]["end"]) != (span["start"], span["end"]):
            raise self._error(f"tokens {first} to {last} (inclusive) are not its characters", pointer)

    def _relations(self, regions: list[Region]) -> Iterator[Relation]:
        for place, relation in enumerate(self._task.get("relations") or ()):
            at = f"/relations/{place}"
            if not isinstance(relation, dict):
                raise self._error("is no relation", at)
            ends = [self._end(relation.get(f"{end}_span"), regions, f"{at}/{end}_span") for end in ("head", "child")]
            yield Relation(ends[0], ends[1], str(relation.get("label", "")), at)

    def _end(self, span: Any, regions: list[Region], pointer: str) -> str:
        """The region that one end of a relation is: by its id or, where Prodigy made it, by label and place."""
        if not isinstance(span, dict):
            raise self._error("is missing; both ends of a relation must be spans", pointer)
        named = span.get("id")
        for region in regions:
            if named == region.id or (
                named is None
                and (span.get("start"), span.get("end"), span.get("label")) == (region.start, region.end, region.label)
            ):
                return region.id
        raise self._error("is none of the spans", pointer)
