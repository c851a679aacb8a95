"""Claims as a table for people who calculate: CSV, Excel and Parquet; out only, since a table keeps no structure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimx.errors import RecordError
from claimx.frame import claims_to_frame

if TYPE_CHECKING:
    import pandas as pd

HOLDS = ("id", "labels", "arguments", "entities", "value", "ref", "attribution", "certainty", "polarity")
NESTED = ("labels", "arguments", "entities", "cues", "location")
"""Columns that hold lists; they are written as JSON."""
CELL_LIMIT = 32_767
"""Characters that an Excel cell holds."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def make_table(claims: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The claims as `claimx.claims_to_frame` has them, lists as JSON."""
    frame = claims_to_frame(claims)
    for column in NESTED:
        frame[column] = [json.dumps(value, ensure_ascii=False) for value in frame[column]]
    return frame


def write_csv(path: Path, claims: Iterable[Mapping[str, Any]]) -> None:
    """Writes CSV in UTF-8, with a byte order mark so that Excel reads it as such."""
    make_table(claims).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def write_parquet(path: Path, claims: Iterable[Mapping[str, Any]]) -> None:
    """Writes Parquet."""
    frame = make_table(claims)
    try:
        frame.to_parquet(path, index=False)
    except ImportError as error:
        raise RecordError("Parquet needs pyarrow; install claimx[tables]", path=str(path)) from error


def write_excel(path: Path, claims: Iterable[Mapping[str, Any]]) -> None:
    """Writes one sheet. Texts are texts, also those that begin like a formula; raises RecordError for one too long."""
    frame = make_table(claims)
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise RecordError("Excel files need openpyxl; install claimx[tables]", path=str(path)) from error
    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = "claims"
    sheet.append(list(frame.columns))
    for row, values in enumerate(frame.astype(object).where(frame.notna(), None).itertuples(index=False), start=2):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                cell.value = _excel_text(value, str(path), row)
                cell.data_type = "s"  # "=1+1" in a source must not become a formula
            else:
                cell.value = value
    book.save(path)


def _excel_text(text: str, path: str, row: int) -> str:
    if len(text) > CELL_LIMIT:
        message = f"a text of {len(text)} characters does not fit into an Excel cell; use csv or parquet"
        raise RecordError(message, path=path, line=row)
    return _CONTROL.sub("\ufffd", text)
