"""A file in, a Document out: `read_document` picks the reader by what the bytes are."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from claimx.document import Document
from claimx.errors import EmptyDocument, LimitExceeded, SourceError, UnreadableSource
from claimx.sources.ladder import Climb, Engine, read_hard_pdf
from claimx.sources.language import ENGLISH, language_of, prose_of
from claimx.sources.limits import MEGABYTE, Limits
from claimx.sources.reading import Reading
from claimx.sources.sniff import DOCX, HTML, MARKDOWN, PDF, PLAIN, sniff

__all__ = ["Limits", "read_document"]


def read_document(
    path: str | Path,
    *,
    source: str | None = None,
    pdf_engine: Engine = "pdfium",
    password: str | None = None,
    ocr: bool = False,
    limits: Limits | None = None,
) -> Document:
    """Read a PDF, web page, Word file, Markdown or plain text; the suffix of its name does not matter.

    `source` is the name that the Document and errors carry (default: the path as given). Raises SourceError and
    nothing else: UnsupportedFormat, UnreadableSource, EmptyDocument or LimitExceeded.
    """
    source = str(path) if source is None else source
    try:
        return _read_document(Path(path), source, _Options(pdf_engine, password, ocr, limits or Limits()))
    except SourceError as error:
        # A rung of the ladder may have read a copy: what the user gave is what the error names.
        raise type(error)(error.message, path=source, page=error.page) from error
    except MemoryError as error:
        raise LimitExceeded("reading took more memory than allowed; split the file", path=source) from error
    except Exception as error:
        # A parser's private exception over a hostile file: the border turns it into one clear line.
        reason = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
        raise UnreadableSource(f"its reader failed ({reason}); save or export the file again", path=source) from error


@dataclass(frozen=True, slots=True)
class _Options:
    """What the caller asked of the readers."""

    pdf_engine: Engine
    password: str | None
    ocr: bool
    limits: Limits


def _read_document(path: Path, source: str, options: _Options) -> Document:
    data = _read_bytes(path, source, options.limits)
    media_type, reading = _read(path, data, source, options)
    if not any(map(str.isalnum, reading.text)):
        raise EmptyDocument("no text was found in it; check that it was saved completely", path=source)
    return _to_document(data, source, media_type, reading)


def _read_bytes(path: Path, source: str, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSource("is a folder without files that can be read; check the path", path=source)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSource("is no file but a pipe or device; save its contents to a file", path=source)
        size = status.st_size
        if size > limits.bytes:
            allowed = f"{limits.bytes / MEGABYTE:g} MB"
            raise LimitExceeded(f"{size / MEGABYTE:.0f} MB is more than the {allowed} allowed; split it", path=source)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableSource("no such file; check the path", path=source) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableSource(
            f"cannot be opened ({reason}); check the path and its permissions", path=source
        ) from error


def _read(path: Path, data: bytes, source: str, options: _Options) -> tuple[str, Reading]:
    """The media type of the bytes and what its reader makes of them."""
    media_type = sniff(data, path=source)
    if media_type == PDF:
        return PDF, read_hard_pdf(path, Climb(options.pdf_engine, options.password, options.ocr, options.limits.pages))
    if media_type == DOCX:
        from claimx.sources.docx import docx_reading

        return DOCX, docx_reading(data, path=source)
    from claimx.sources.decoding import decode

    text, warnings = decode(data, path=source)
    if media_type == HTML:
        from claimx.sources.html import html_reading

        return HTML, html_reading(text, path=source, warnings=warnings)
    from claimx.sources.markdown import looks_like_markdown, markdown_reading
    from claimx.sources.text import text_reading

    if looks_like_markdown(text):
        return MARKDOWN, markdown_reading(text, warnings=warnings)
    return PLAIN, text_reading(text, warnings=warnings)


def _to_document(data: bytes, source: str, media_type: str, reading: Reading) -> Document:
    """A reading with its identity (a hash of the bytes) and its language."""
    digest = hashlib.sha256(data).hexdigest()
    document = Document(
        id=f"doc-{digest[:16]}",
        source=source,
        sha256=digest,
        media_type=media_type,
        text=reading.text,
        blocks=reading.blocks,
        title=reading.title,
        authors=reading.authors,
        publisher=reading.publisher,
        published=reading.published,
        language=None,
        pages=reading.pages,
        links=reading.links,
        places=reading.places,
        warnings=reading.warnings,
    )
    return _with_language(document)


def _with_language(document: Document) -> Document:
    language = language_of(prose_of(document))
    warnings = document.warnings
    if language not in (None, ENGLISH):
        warnings += (f"the text is in {language!r}, not English; claims found in it are not to be trusted",)
    return replace(document, language=language, warnings=warnings)
