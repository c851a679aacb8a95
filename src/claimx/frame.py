"""Claim records as a pandas table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from claimx.records import Record

if TYPE_CHECKING:
    import pandas as pd


def claims_to_frame(records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A table of claims, one a row: flat columns for what one sorts and filters by, lists for the rest.

    Labels, section kind, certainty, polarity and attribution are categoricals; `published` is a string as precise as
    it is known; `page` is a nullable integer; `arguments`, `entities`, `cues` and `location` stay lists of dicts.
    """
    import pandas as pd

    rows = [_flat(record) for record in records]
    frame = pd.DataFrame(rows, columns=list(_FRAME_DTYPES))
    return frame.astype({column: dtype for column, dtype in _FRAME_DTYPES.items() if dtype is not None})


_FRAME_DTYPES: dict[str, Any] = {
    "id": "string",
    "document": "string",
    "source": "string",
    "title": "string",
    "published": "string",
    "label": "category",
    "labels": None,
    "finding": "float64",
    "cause": "float64",
    "recommendation": "float64",
    "confidence": "float64",
    "text": "string",
    "start": "int64",
    "end": "int64",
    "section": "category",
    "section_title": "string",
    "page": "Int64",
    "attribution": "category",
    "certainty": "category",
    "polarity": "category",
    "review": "category",
    "arguments": None,
    "entities": None,
    "cues": None,
    "location": None,
}


def _flat(record: Mapping[str, Any]) -> Record:
    document, location, review = record["document"], record["location"], record["review"]
    return {
        "id": record["id"],
        "document": document["id"],
        "source": document["source"],
        "title": document["title"],
        "published": document["published"],
        "label": record["label"],
        "labels": record["labels"],
        **record["scores"],
        "confidence": record["confidence"],
        "text": record["text"],
        "start": record["start"],
        "end": record["end"],
        "section": record["section"]["kind"],
        "section_title": record["section"]["title"],
        "page": location[0].get("page") if location else None,
        "attribution": record["attribution"]["kind"],
        "certainty": record["certainty"],
        "polarity": record["polarity"],
        "review": review["status"] if review else None,
        "arguments": record["arguments"],
        "entities": record["entities"],
        "cues": record["cues"],
        "location": location,
    }
