"""The exceptions that claimx raises: one tree, and every message says what, where, and what to try.

ClaimxError
├── SourceError            a document could not be read (path, page)
│   ├── UnsupportedFormat      its bytes are of no kind that we read
│   ├── UnreadableSource       damaged, encrypted, or gone
│   ├── EmptyDocument          readable, but without usable text
│   └── LimitExceeded          more time, memory or pages than allowed
├── RecordError            a record or file of records is not what it should be (path, line, pointer)
│   ├── SchemaViolation        it does not fit its JSON Schema
│   └── OffsetMismatch         text[start:end] is not the text it names
├── PipelineError          a configuration or component failed (config, component)
└── ReviewError            a decision cannot be taken (claim id)
"""

from __future__ import annotations


class ClaimxError(Exception):
    """Whatever claimx raises on purpose; `str(error)` is one line fit for a user."""


class SourceError(ClaimxError):
    """A document could not be read.

    `path` names the source as the user gave it; `page` counts from 1, or is None.
    """

    def __init__(self, message: str, *, path: str, page: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.page = page

    def __str__(self) -> str:
        place = self.path if self.page is None else f"{self.path}, page {self.page}"
        return f"{place}: {self.message}"

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel from the reading process to the parent by pickle.
        return _rebuild_source_error, (type(self), self.message, self.path, self.page)


def _rebuild_source_error(kind: type[SourceError], message: str, path: str, page: int | None) -> SourceError:
    return kind(message, path=path, page=page)


class UnsupportedFormat(SourceError):
    """The bytes are of no format that claimx reads."""


class UnreadableSource(SourceError):
    """The file is missing, damaged beyond repair, or encrypted."""


class EmptyDocument(SourceError):
    """The file was read and holds no usable text."""


class LimitExceeded(SourceError):
    """Reading the file took more time, memory or pages than allowed."""


class RecordError(ClaimxError):
    """A record, or a file of records, is not what it should be.

    `line` counts from 1; `pointer` is a JSON Pointer (RFC 6901) into that line's object.
    """

    def __init__(self, message: str, *, path: str | None = None, line: int | None = None, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.pointer = pointer

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return " ".join(part for part in (f"{place}:" if place else "", self.pointer, self.message) if part)


class SchemaViolation(RecordError):
    """The record does not fit its JSON Schema."""


class OffsetMismatch(RecordError):
    """`text[start:end]` of the document is not the text that the record gives."""


class PipelineError(ClaimxError):
    """A pipeline could not be loaded or run; `config` and `component` name the place."""

    def __init__(self, message: str, *, config: str | None = None, component: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.config = config
        self.component = component

    def __str__(self) -> str:
        place = " ".join(part for part in (self.config, self.component) if part)
        return f"{place}: {self.message}" if place else self.message


class ReviewError(ClaimxError):
    """A decision cannot be taken or stored; `claim` is the id of the claim concerned."""

    def __init__(self, message: str, *, claim: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.claim = claim

    def __str__(self) -> str:
        return f"{self.claim}: {self.message}" if self.claim else self.message
