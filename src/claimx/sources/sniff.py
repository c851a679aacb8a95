"""The first bytes of a file in, its media type out; whatever the file is called."""

from __future__ import annotations

import json
import re
import zipfile
from contextlib import suppress
from io import BytesIO

from claimx.errors import EmptyDocument, LimitExceeded, UnreadableSource, UnsupportedFormat

PDF = "application/pdf"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"

_HEAD = 4096
_FARTHEST = 65_536
_UNPACKED_LIMIT = 500 * 1024 * 1024
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TAGS = re.compile(rb"<(?:div|p|table|h[1-6]|ul|article|section|pre|title|meta)\b[^>]*>", re.I)
_XML_START = re.compile(rb"\s*<\?xml\b")

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word, Excel or PowerPoint file", "save it as .docx or PDF"),
    (b"{\\rtf", "Rich Text", "save it as .docx or PDF"),
    (b"%!PS", "PostScript", "convert it to PDF"),
    (b"\x89PNG", "a PNG image", "put it into a PDF and read that with --ocr"),
    (b"\xff\xd8\xff", "a JPEG image", "put it into a PDF and read that with --ocr"),
    (b"GIF8", "a GIF image", "put it into a PDF and read that with --ocr"),
    (b"II*\x00", "a TIFF image", "put it into a PDF and read that with --ocr"),
    (b"MM\x00*", "a TIFF image", "put it into a PDF and read that with --ocr"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\x7fELF", "a program", "give a document instead"),
)
_ZIPPED: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.xml", "an Excel workbook", "give PDF, HTML, DOCX, Markdown or text instead"),
    ("ppt/presentation.xml", "a PowerPoint presentation", "save it as PDF"),
    ("META-INF/container.xml", "an EPUB book", "convert it to HTML or PDF"),
    ("content.xml", "an OpenDocument file", "save it as .docx or PDF"),
)


def sniff(data: bytes, *, path: str) -> str:
    """The media type of a document: PDF, HTML, DOCX or PLAIN (Markdown is told from plain text after decoding).

    Raises EmptyDocument for no bytes and UnsupportedFormat, naming what was found, for anything else.
    """
    if not data.strip(b"\x00\t\n\x0c\r \xef\xbb\xbf"):
        raise EmptyDocument("the file is empty; check that it was downloaded or exported completely", path=path)
    if data.startswith(b"PK\x03\x04"):
        return _sniff_zip(data, path)
    for magic, found, remedy in _FOREIGN:
        if data.startswith(magic):
            raise UnsupportedFormat(f"this is {found}, which claimx does not read; {remedy}", path=path)
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if _looks_like_html(head):
        return HTML
    # Readers look for the header in the first kilobyte; mail and web servers have put more than that before it.
    if b"%PDF-" in data[:1024] or (b"%PDF-" in data[:_FARTHEST] and b" obj" in data and b"endobj" in data):
        return PDF
    if _is_json(data):
        raise UnsupportedFormat("this is JSON data, not a document; give the document it was made from", path=path)
    return PLAIN


def _is_json(data: bytes) -> bool:
    """Whether it is one JSON object or list, or one a line."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    for text in (data, data.lstrip().split(b"\n", 1)[0]):
        with suppress(ValueError, RecursionError):
            return isinstance(json.loads(text), dict | list)
    return False


def _looks_like_html(head: bytes) -> bool:
    """Whether it opens as a page, or is a fragment in which markup comes first; also in UTF-16."""
    head = head.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _HTML_START.match(head):
        return True
    if _XML_START.match(head):
        return b"<html" in head.lower()
    return head.lstrip()[:1] == b"<" and len(_HTML_TAGS.findall(head)) >= 2


def _sniff_zip(data: bytes, path: str) -> str:
    """What a zip archive holds, without unpacking it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise UnreadableSource("a damaged zip or Word file; save or download it again", path=path) from error
    if sum(sizes.values()) > _UNPACKED_LIMIT:
        raise LimitExceeded("unpacks to more than 500 MB; remove embedded media and save it again", path=path)
    if "word/document.xml" in sizes:
        return DOCX
    for member, found, remedy in _ZIPPED:
        if member in sizes:
            raise UnsupportedFormat(f"this is {found}, which claimx does not read; {remedy}", path=path)
    raise UnsupportedFormat("this is a zip archive; unpack it and give the files or their folder", path=path)
