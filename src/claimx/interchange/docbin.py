"""spaCy DocBin: a Doc a document, with claims, their attributes and all entities as span groups, out and in."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from claimx.claim import Argument, Entity, Source
from claimx.errors import RecordError
from claimx.interchange.annotation import FIELDS, Annotated, Passage, annotated, check_passage, check_span
from claimx.spans import CLAIMS, ENTITIES, add_span, attrs_of

HOLDS = FIELDS


def write(path: Path, documents: Iterable[Mapping[str, Any]], passages: Iterable[Passage]) -> None:
    """Writes whole documents, one a Doc; its id and title are in `doc.user_data["claimx"]`."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    nlp.max_length = 10**9  # nothing but a tokenizer runs
    entities = {record["id"]: record["entities"] for record in documents}
    store = DocBin(store_user_data=True)
    for passage in passages:
        doc = nlp.make_doc(passage.text)
        doc.user_data["claimx"] = {"document": passage.document, "title": passage.title}
        for claim in passage.claims:
            add_span(doc, CLAIMS, claim.start, claim.end, claim.labels[0], {"claim": json.dumps(_plain(claim))})
        for entity in entities[passage.document]:
            value = {"value": entity["value"], "ref": entity["ref"]}
            add_span(doc, ENTITIES, entity["start"], entity["end"], entity["label"], value)
        store.add(doc)
    path.write_bytes(store.to_bytes())


def _plain(claim: Annotated) -> dict[str, Any]:
    return {**dataclasses.asdict(dataclasses.replace(claim, entities=())), "entities": [*map(_entity, claim.entities)]}


def _entity(entity: Entity) -> dict[str, Any]:
    bare = dataclasses.asdict(dataclasses.replace(entity, value=None))
    return {**bare, "value": None if entity.value is None else dict(entity.value)}


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Passage]:
    """The documents with their claims; raises RecordError or OffsetMismatch with the Doc (from 1, as the line)."""
    for number, doc in enumerate(_docs(path), start=1):
        named = doc.user_data.get("claimx") or {}
        if not isinstance(named.get("document"), str):
            message = "names no document of ours in its user data; is this another corpus?"
            raise RecordError(message, path=str(path), line=number)
        claims = tuple(_claim(span, attrs, doc.text, str(path), number) for span, attrs in attrs_of(doc, CLAIMS))
        passage = Passage(named["document"], 0, doc.text, claims, title=named.get("title"))
        check_passage(passage, texts, path=str(path), line=number, pointer="")
        yield passage


def _docs(path: Path) -> list[Any]:
    import spacy
    from spacy.tokens import DocBin

    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError(f"cannot be read ({error.strerror or error})", path=str(path)) from error
    try:
        return list(DocBin().from_bytes(data).get_docs(spacy.blank("en").vocab))
    except Exception as error:  # zlib, msgpack and spaCy each raise their own
        raise RecordError(f"is no DocBin, or was cut short ({error})", path=str(path)) from error


def _claim(span: Any, attrs: Mapping[str, Any], text: str, path: str, line: int) -> Annotated:
    pointer = f"/spans/{CLAIMS}/{span.id_}"
    record: dict[str, Any] = json.loads(attrs["claim"]) if "claim" in attrs else {"labels": [span.label_], "id": ""}
    record |= {"start": attrs["start"], "end": attrs["end"]}
    quote = check_span(text, attrs["start"], attrs["end"], record.get("text"), path=path, line=line, pointer=pointer)
    claim = annotated({**record, "text": quote})
    source = claim.attribution.source
    parts: list[Argument | Entity | Source] = [*claim.arguments, *claim.entities, *((source,) if source else ())]
    for part in parts:
        check_span(text, part.start, part.end, part.text, path=path, line=line, pointer=pointer)
    return dataclasses.replace(claim, note=record.get("note"))
