"""W3C Web Annotations (JSON-LD): one for each claim, part of a claim and entity, with position and quote selectors.

The text itself stays outside, as the standard has it: a target is a document's IRI, code points and a quote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from claimx.errors import RecordError
from claimx.interchange.annotation import FIELDS, Passage, check_passage, check_span
from claimx.interchange.regions import Region, Relation, claims_of, regions_of
from claimx.records import CONTEXT, atomic_file

HOLDS = FIELDS
CONTEXT_IRI = "http://www.w3.org/ns/anno.jsonld"
DOCUMENT_IRI, ANNOTATION_IRI = "urn:claimx:document:", "urn:claimx:annotation:"
PURPOSES = {
    "note": "commenting",
    "value": "describing",
    "ref": "identifying",
    "attribution": "tagging",
    "certainty": "tagging",
    "polarity": "tagging",
}
"""Why a body is there; those that tag say which attribute they mean as `name:value`."""


def write(path: Path, passages: Iterable[Passage]) -> None:
    """Writes one AnnotationPage with the annotations of all passages."""
    items = [item for passage in passages for item in _items(passage)]
    page = {"@context": CONTEXT_IRI, "id": "urn:claimx:page", "type": "AnnotationPage", "startIndex": 0, "items": items}
    with atomic_file(path) as stream:
        json.dump(page, stream, ensure_ascii=False, indent=1)
        stream.write("\n")


def _items(passage: Passage) -> Iterator[dict[str, Any]]:
    for claim in passage.claims:
        regions, relations = regions_of(claim)
        heads = {relation.child: relation for relation in relations}
        for region in regions:
            yield _item(passage, region, heads.get(region.id))


def _item(passage: Passage, region: Region, relation: Relation | None) -> dict[str, Any]:
    bodies: list[dict[str, Any]] = [_body(region.label, "classifying")]
    for name, value in region.attributes.items():
        if PURPOSES[name] == "tagging":
            bodies.append(_body(f"{name}:{value}", "tagging"))
        else:
            bodies.append(_body(value, PURPOSES[name], "application/json" if name == "value" else "text/plain"))
    if relation is not None:
        source = f"{ANNOTATION_IRI}{relation.head}"
        bodies.append({"type": "SpecificResource", "source": source, "purpose": "linking"})
    return {
        "id": f"{ANNOTATION_IRI}{region.id}",
        "type": "Annotation",
        "motivation": "classifying" if relation is None else "linking",
        "body": bodies,
        "target": {
            "source": f"{DOCUMENT_IRI}{passage.document}",
            "selector": [
                {
                    "type": "TextPositionSelector",
                    "start": passage.start + region.start,
                    "end": passage.start + region.end,
                },
                {
                    "type": "TextQuoteSelector",
                    "exact": region.text,
                    "prefix": passage.text[max(0, region.start - CONTEXT) : region.start],
                    "suffix": passage.text[region.end : region.end + CONTEXT],
                },
            ],
        },
    }


def _body(value: str, purpose: str, form: str = "text/plain") -> dict[str, Any]:
    return {"type": "TextualBody", "value": value, "format": form, "purpose": purpose}


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The documents that the annotations of a page (or a collection's first page) target, each with its claims.

    Raises RecordError or OffsetMismatch with the annotation (counted from 1, as the line) and the field.
    """
    regions: dict[str, list[Region]] = {}
    relations: dict[str, list[Relation]] = {}
    creators: dict[str, str] = {}
    for number, item in enumerate(_annotations(path), start=1):
        reader = _ItemReader(item, str(path), number)
        document = reader.document(texts)
        region, relation = reader.region(texts[document])
        regions.setdefault(document, []).append(region)
        if relation is not None:
            relations.setdefault(document, []).append(relation)
        if (creator := reader.creator()) is not None:
            creators[document] = creator
    for document, found in regions.items():
        put = claims_of(found, relations.get(document, ()), path=str(path), line=None)
        creator = creators.get(document)
        passage = Passage(document, 0, texts[document], put.claims, annotator=creator, left_out=put.left_out)
        check_passage(passage, texts, path=str(path), line=None, pointer="")
        yield passage


def _annotations(path: Path) -> list[Any]:
    try:
        page = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RecordError(f"cannot be read ({error.strerror or error})", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise RecordError("is not UTF-8 text; JSON-LD is", path=str(path)) from error
    except json.JSONDecodeError as error:
        message = f"is no JSON ({error.msg}, character {error.colno}); was the file cut short?"
        raise RecordError(message, path=str(path), line=error.lineno) from error
    if isinstance(page, dict) and isinstance(page.get("first"), dict):
        page = page["first"]
    items = page if isinstance(page, list) else page.get("items") if isinstance(page, dict) else None
    if not isinstance(items, list):
        raise RecordError("holds no AnnotationPage with items", path=str(path), pointer="/items")
    return items


class _ItemReader:
    """Reads one annotation; `number` counts them from 1."""

    def __init__(self, item: Any, path: str, number: int) -> None:
        self._path, self._number = path, number
        self._at = f"/items/{number - 1}"
        if not isinstance(item, dict) or not isinstance(item.get("target"), dict):
            raise self._error("is no annotation with one target", "")
        self._item: dict[str, Any] = item

    def _error(self, message: str, pointer: str) -> RecordError:
        return RecordError(message, path=self._path, line=self._number, pointer=self._at + pointer)

    def document(self, texts: Mapping[str, str]) -> str:
        """The id of the run's document that is annotated."""
        source = self._item["target"].get("source")
        name = str(source.get("id") if isinstance(source, dict) else source).removeprefix(DOCUMENT_IRI)
        if name not in texts:
            message = f"{source!r} is no document of this run; import into the run that was exported"
            raise self._error(message, "/target/source")
        return name

    def creator(self) -> str | None:
        """Who made the annotation, when it says so."""
        creator = self._item.get("creator")
        name = creator.get("name") or creator.get("id") if isinstance(creator, dict) else creator
        return name if isinstance(name, str) else None

    def region(self, text: str) -> tuple[Region, Relation | None]:
        """The annotated words and, for a part of a claim, the relation to it."""
        start, end, quote = self._selectors()
        label, head = None, None
        attributes: dict[str, str] = {}
        for place, body in enumerate(self._bodies()):
            purpose, value = body.get("purpose"), body.get("value")
            if purpose == "linking":
                head = str(body.get("source", "")).removeprefix(ANNOTATION_IRI)
            elif not isinstance(value, str):
                raise self._error("is a body without a text value", f"/body/{place}")
            elif purpose == "classifying":
                label = value
            elif purpose == "tagging":
                name, _, value = value.partition(":")
                attributes[name] = value
            else:
                attributes |= {name: value for name, known in PURPOSES.items() if known == purpose}
        if label is None:
            raise self._error("has no body that classifies (purpose classifying)", "/body")
        selector = f"{self._at}/target/selector"
        quote = check_span(text, start, end, quote, path=self._path, line=self._number, pointer=selector)
        name = str(self._item.get("id") or f"annotation-{self._number}").removeprefix(ANNOTATION_IRI)
        region = Region(name, label, start, end, quote, attributes, pointer=self._at)
        return region, None if head is None else Relation(head, name, "", f"{self._at}/body")

    def _bodies(self) -> list[dict[str, Any]]:
        bodies = self._item.get("body")
        bodies = bodies if isinstance(bodies, list) else [bodies]
        if not all(isinstance(body, dict) for body in bodies):
            raise self._error("has a body that is no object", "/body")
        return bodies

    def _selectors(self) -> tuple[Any, Any, Any]:
        selectors = self._item["target"].get("selector")
        selectors = selectors if isinstance(selectors, list) else [selectors]
        found = {item.get("type"): item for item in selectors if isinstance(item, dict)}
        position = found.get("TextPositionSelector")
        if position is None:
            raise self._error("has no TextPositionSelector", "/target/selector")
        return position.get("start"), position.get("end"), found.get("TextQuoteSelector", {}).get("exact")
