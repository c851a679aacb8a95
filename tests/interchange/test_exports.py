"""Promises of single formats: the Web Annotation vocabulary, tables that calculate, a configuration that fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
from passages import document_record
from pyld import jsonld
from sample import write_sample

from claimx.interchange import label_studio, prodigy
from claimx.interchange.formats import FORMATS
from claimx.interchange.regions import REGION_LABELS

CONTEXT = Path(__file__).parent / "contexts" / "web-annotation.json"


def keys_of(value: Any) -> set[str]:
    """Every key anywhere in a JSON value."""
    if isinstance(value, dict):
        return set(value) | {key for child in value.values() for key in keys_of(child)}
    return {key for child in value for key in keys_of(child)} if isinstance(value, list) else set()


def test_web_annotations_expand_without_loss(tmp_path: Path) -> None:
    """Every key and type is a term of the vocabulary: expansion, offline, drops nothing and leaves no relative IRI."""
    documents, claims = write_sample(tmp_path / "run")
    FORMATS["web-annotation"].write(tmp_path / "page.jsonld", documents, claims)
    page = json.loads((tmp_path / "page.jsonld").read_text("utf-8"))
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    context = json.loads(CONTEXT.read_text("utf-8"))
    assert keys_of(page) - {"@context"} <= set(context["@context"])

    def load(address: str, _options: Any) -> dict[str, Any]:
        assert address == page["@context"]
        return {"contextUrl": None, "documentUrl": address, "document": context, "contentType": "application/ld+json"}

    [expanded] = jsonld.expand(page, {"documentLoader": load})
    items = expanded["https://www.w3.org/ns/activitystreams#items".replace("https", "http")][0]["@list"]
    assert len(items) == len(page["items"])
    oa = "http://www.w3.org/ns/oa#"
    for item in items:
        assert item["@type"] == [oa + "Annotation"]
        assert item[oa + "motivatedBy"][0]["@id"] in (oa + "classifying", oa + "linking")
        target = item[oa + "hasTarget"][0]
        kinds = {selector["@type"][0] for selector in target[oa + "hasSelector"]}
        assert kinds == {oa + "TextPositionSelector", oa + "TextQuoteSelector"}
        assert all(body[oa + "hasPurpose"][0]["@id"].startswith(oa) for body in item[oa + "hasBody"])


def test_web_annotations_count_code_points(tmp_path: Path) -> None:
    """The position selector counts code points: Python's own slicing gives the quote, behind emoji too."""
    documents, claims = write_sample(tmp_path / "run")
    FORMATS["web-annotation"].write(tmp_path / "page.jsonld", documents, claims)
    for item in json.loads((tmp_path / "page.jsonld").read_text("utf-8"))["items"]:
        position, quote = item["target"]["selector"]
        assert documents[0]["text"][position["start"] : position["end"]] == quote["exact"]


def test_the_configuration_offers_every_label() -> None:
    """Label Studio's configuration is XML and has all labels that our tasks use, each once."""
    root = ElementTree.fromstring(label_studio.labelling_config())
    offered = [label.get("value") for label in root.iter("Label")]
    assert sorted(map(str, offered)) == sorted(label for label in REGION_LABELS if not label.startswith("is:"))


def test_prodigy_tokens_cover_the_text() -> None:
    """Tokens in order, `ws` for one space, and no character but that space between them."""
    text = "Tolls  rose 5%.\n\nWhy? 🏝️ cafe\u0301 "
    tokens = prodigy.tokens_of(text, {2}, {5})
    assert "".join(token["text"] + (" " if token["ws"] else "") for token in tokens) == text
    assert [token["id"] for token in tokens] == list(range(len(tokens)))


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "bell\x07"])
def test_a_text_stays_a_text_in_excel(tmp_path: Path, text: str) -> None:
    """A claim that looks like a formula is a string; a control character, which Excel cannot hold, is replaced."""
    document = document_record("doc-" + "0" * 16, text, [(0, len(text))], [])
    _, claims = write_sample(tmp_path / "run")
    claim = {**claims[1], "text": text, "start": 0, "end": len(text)}
    FORMATS["xlsx"].write(tmp_path / "claims.xlsx", [document], [claim])
    sheet = openpyxl.load_workbook(tmp_path / "claims.xlsx").active
    column = [cell.value for cell in sheet[1]].index("text")
    assert sheet[2][column].data_type == "s"
    assert sheet[2][column].value == text.replace("\x07", "\ufffd")


@pytest.mark.parametrize("name", ["csv", "parquet", "xlsx"])
def test_tables_hold_every_claim(tmp_path: Path, name: str) -> None:
    """pandas reads back ids, texts and nested lists."""
    documents, claims = write_sample(tmp_path / "run")
    FORMATS[name].write(tmp_path / f"t.{name}", documents, claims)
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[name]
    frame = read(tmp_path / f"t.{name}")
    assert list(frame["id"]) == [claim["id"] for claim in claims]
    assert list(frame["text"]) == [claim["text"] for claim in claims]
    assert [json.loads(value) for value in frame["entities"]] == [claim["entities"] for claim in claims]
