"""The published JSON Schemas, and a record held against them: violations are values with a JSON pointer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

from claimx.errors import SchemaViolation

SchemaName = Literal["claim", "document", "failure", "statement", "manifest"]
SCHEMA_NAMES: tuple[SchemaName, ...] = get_args(SchemaName)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a record does not fit: where (JSON Pointer, RFC 6901) and why."""

    pointer: str
    message: str


def load_schema(name: SchemaName) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of that name, as published in the package."""
    text = (files("claimx") / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_name(record: Mapping[str, Any]) -> SchemaName:
    """Which schema a record claims to follow, by its `schema` key; gold statements have none.

    Raises SchemaViolation when it names a schema that this version does not know.
    """
    named = record.get("schema")
    if named is None and {"doc", "n", "labels"} <= record.keys():
        return "statement"
    for name in SCHEMA_NAMES:
        if named == f"claimx.{name}/1":
            return name
    raise SchemaViolation(f"{named!r} is no schema of this version; see `claimx schema`", pointer="/schema")


def iter_violations(record: Mapping[str, Any], name: SchemaName) -> Iterator[Violation]:
    """Every way in which the record does not fit the schema, in document order."""
    errors = sorted(_validator(name).iter_errors(record), key=lambda error: [str(part) for part in error.absolute_path])
    for error in errors:
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error.absolute_path)
        yield Violation(pointer, _shorten(error.message))


@cache
def _validator(name: SchemaName) -> Validator:
    # Imported here: `claimx --help` must not pay for it.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load_schema(name))


def _shorten(message: str, limit: int = 200) -> str:
    return message if len(message) <= limit else f"{message[: limit - 1]}…"
