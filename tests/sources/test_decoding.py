"""Bytes of every common encoding become the same text."""

from __future__ import annotations

import pytest

from claimx.errors import UnsupportedFormat
from claimx.sources.decoding import decode

TEXT = "The “toll” rose by 5 – 6 per cent; the café’s owner said nothing at all about it. " * 3


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_encodings(encoding: str) -> None:
    """Byte order marks, wide characters without one, Windows and Macintosh bytes are all told."""
    assert decode(TEXT.encode(encoding), path="x")[0] == TEXT


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("koi8-r", "Пошлины выросли на десять процентов за год. "),
        ("shift_jis", "通行料金は去年一割上がった。議会は何もしなかった。"),
    ],
)
def test_other_scripts(encoding: str, text: str) -> None:
    """What is not mostly ASCII is told by its statistics, and the guess is reported."""
    decoded, warnings = decode((text * 20).encode(encoding), path="x")
    assert decoded == text * 20
    assert len(warnings) == 1


def test_a_declared_encoding_is_believed_when_it_fits() -> None:
    """A meta tag names the encoding of its page."""
    page = '<meta charset="iso-8859-7"><p>Τα διόδια αυξήθηκαν</p>'
    assert "διόδια" in decode(page.encode("iso-8859-7"), path="x")[0]


def test_mojibake_is_mended() -> None:
    """Text that was decoded wrongly before it reached us is set right."""
    assert decode("The councilâ€™s tollâ€”again".encode(), path="x")[0] == "The council’s toll—again"


def test_binary_data_is_refused() -> None:
    """Control characters all over are no text, also without a NUL byte."""
    with pytest.raises(UnsupportedFormat, match="binary"):
        decode(bytes(range(1, 32)) * 20 + b"words", path="x")


def test_invisible_characters_go() -> None:
    """Soft hyphens, zero-width characters and byte order marks in the middle leave no trace; quotes stay curly."""
    assert decode("to\u00adll\u200b \ufeff“x” \ufb01ne".encode(), path="x")[0] == "toll “x” fine"
