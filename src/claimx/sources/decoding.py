"""Bytes of unknown encoding in, text out, with what had to be guessed."""

from __future__ import annotations

import codecs
import re

from claimx.errors import UnsupportedFormat
from claimx.sources.characters import mend

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]+encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_MAC_QUOTES = re.compile(rb"[\xd2-\xd5]")
_WINDOWS_QUOTES = re.compile(rb"[\x91-\x97]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_FEW = 0.05
_BINARY = 0.02


def decode(data: bytes, *, path: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, mended (see `characters.mend`), and warnings for people.

    Byte order marks and declared encodings are believed when they fit, UTF-8 is tried, then the encoding is told from
    the bytes. Raises UnsupportedFormat for binary data.
    """
    text, warnings = _decoded(data, path)
    if len(_CONTROLS.findall(text)) > _BINARY * len(text):
        raise UnsupportedFormat("this is binary data, not text; give PDF, HTML, DOCX, Markdown or text", path=path)
    return mend(text), warnings


def _decoded(data: bytes, path: str) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), ()
    if b"\x00" in data:
        return _decode_wide(data, path), ()
    for encoding in ("utf-8", *_declared(data)):
        try:
            return data.decode(encoding), ()
        except (UnicodeDecodeError, LookupError):
            continue
    encoding = _guess(data)
    return data.decode(encoding, errors="replace"), (f"no encoding declared and not UTF-8; read as {encoding}",)


def _decode_wide(data: bytes, path: str) -> str:
    """UTF-16 without a byte order mark, told by where its NUL bytes stand."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    half = len(data) / 2
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high > 0.4 * half and low < 0.05 * half:
            return data.decode(encoding, errors="replace")
    raise UnsupportedFormat(
        f"holds NUL bytes (the first at byte {data.index(0)}), so it is binary or damaged; save it as plain UTF-8 text",
        path=path,
    )


def _declared(data: bytes) -> tuple[str, ...]:
    match = _DECLARED.search(data[:4096])
    return ((match[1] or match[2]).decode("ascii"),) if match else ()


def _guess(data: bytes) -> str:
    """English with a few odd bytes is Windows or Macintosh Western; anything else is told by its statistics."""
    high = sum(byte >= 0x80 for byte in data)
    if high <= _FEW * len(data):
        mac = len(_MAC_QUOTES.findall(data)) > 0 and not _WINDOWS_QUOTES.search(data)
        return "mac_roman" if mac else "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return best.encoding if best else "cp1252"
