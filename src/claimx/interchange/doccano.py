"""doccano JSONL: a document a line, for sequence labelling projects with relations or with spans alone.

doccano's page counts UTF-16 units while its server counts nothing, so our files do as the page does. It has no
attributes on spans: attributes of a claim are spans too, and values of entities stay in the run. The project must
allow overlapping spans, or doccano drops most of them without a word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from claimx.errors import OffsetMismatch, RecordError
from claimx.interchange.annotation import Annotated, Passage, check_passage, utf16_offsets
from claimx.interchange.regions import Region, Relation, claims_of, regions_of
from claimx.records import read_records, write_records

HOLDS = ("labels", "arguments", "entities", "attribution", "certainty", "polarity")

Record = Mapping[str, Any]


def write(path: Path, passages: Iterable[Passage]) -> None:
    """Writes lines for a project with relations (`use_relation`)."""
    numbers = count()
    write_records(path, (_line(passage, numbers) for passage in passages))


def write_spans(path: Path, passages: Iterable[Passage]) -> None:
    """Writes lines for a project without relations: a part belongs to the claim around it, others stay behind."""
    write_records(path, (_span_line(passage) for passage in passages))


def _common(passage: Passage) -> dict[str, Any]:
    # `data`, `filename` and `upload_name` are doccano's own; the same keys on every line, or it takes none of them.
    return {"text": passage.text, "claimx_document": passage.document, "claimx_start": passage.start}


def _line(passage: Passage, numbers: Iterator[int]) -> dict[str, Any]:
    units = utf16_offsets(passage.text)
    entities, relations = [], []
    for claim in passage.claims:
        regions, joined = regions_of(claim, flat=True)
        ids = {region.id: next(numbers) for region in regions}
        for region in regions:
            place = {"start_offset": units[region.start], "end_offset": units[region.end]}
            entities.append({"id": ids[region.id], "label": region.label, **place})
        for relation in joined:
            ends = {"from_id": ids[relation.head], "to_id": ids[relation.child]}
            relations.append({"id": next(numbers), **ends, "type": relation.label})
    return {**_common(passage), "entities": entities, "relations": relations}


def _span_line(passage: Passage) -> dict[str, Any]:
    units = utf16_offsets(passage.text)
    labels = [
        [units[region.start], units[region.end], region.label]
        for claim in passage.claims
        for region in regions_of(claim, flat=True)[0]
        if _inside(region, claim)
    ]
    return {**_common(passage), "label": labels}


def _inside(region: Region, claim: Annotated) -> bool:
    return claim.start <= region.start and region.end <= claim.end


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The documents of a JSONL export of either kind of project.

    Raises RecordError or OffsetMismatch with line and field.
    """
    for line, record in enumerate(read_records(path), start=1):
        yield _LineReader(record, str(path), line).passage(texts)


class _LineReader:
    """Reads one line of an export."""

    def __init__(self, record: Record, path: str, line: int) -> None:
        self._record, self._path, self._line = record, path, line
        text, document = record.get("text", record.get("data")), record.get("claimx_document")
        if not isinstance(text, str) or not isinstance(document, str):
            raise self._error("has no text and claimx_document; is this another project?", "")
        self._text, self._document = text, document
        self._units = utf16_offsets(text)

    def _error(self, message: str, pointer: str) -> RecordError:
        return RecordError(message, path=self._path, line=self._line, pointer=pointer)

    def passage(self, texts: Mapping[str, str]) -> Passage:
        """The document with its claims."""
        regions = list(self._regions())
        relations = list(self._relations())
        start = self._record.get("claimx_start", 0)
        found = claims_of(regions, relations, path=self._path, line=self._line, named=False)
        passage = Passage(self._document, int(start), self._text, found.claims, left_out=found.left_out)
        check_passage(passage, texts, path=self._path, line=self._line, pointer="/text")
        return passage

    def _regions(self) -> Iterator[Region]:
        for place, entity in enumerate(self._record.get("entities") or ()):
            at = f"/entities/{place}"
            if not isinstance(entity, dict) or "id" not in entity:
                raise self._error("is no span with an id", at)
            yield self._region(
                str(entity["id"]), entity.get("start_offset"), entity.get("end_offset"), entity.get("label"), at
            )
        name = "label" if "label" in self._record else "labels"
        for place, span in enumerate(self._record.get(name) or ()):
            at = f"/{name}/{place}"
            if not isinstance(span, list) or len(span) != 3:
                raise self._error("is no [start, end, label]; export a sequence labelling project", at)
            start, end, label = span
            yield self._region(f"span-{place}", start, end, label, at)

    def _region(self, name: str, start: object, end: object, label: object, pointer: str) -> Region:
        first, last = self._code_points(start, pointer), self._code_points(end, pointer)
        if first >= last:
            raise OffsetMismatch(f"{start}:{end} is no span", path=self._path, line=self._line, pointer=pointer)
        return Region(name, str(label), first, last, self._text[first:last], pointer=pointer)

    def _code_points(self, offset: object, pointer: str) -> int:
        if isinstance(offset, int) and not isinstance(offset, bool) and 0 <= offset <= self._units[-1]:
            found = bisect_left(self._units, offset)
            if self._units[found] == offset:
                return found
        message = f"{offset!r} is no offset (in UTF-16 units) between characters of a text of {self._units[-1]}"
        raise OffsetMismatch(message, path=self._path, line=self._line, pointer=pointer)

    def _relations(self) -> Iterator[Relation]:
        for place, relation in enumerate(self._record.get("relations") or ()):
            at = f"/relations/{place}"
            if not isinstance(relation, dict):
                raise self._error("is no relation", at)
            ends = str(relation.get("from_id")), str(relation.get("to_id"))
            yield Relation(*ends, str(relation.get("type", "")), at)
