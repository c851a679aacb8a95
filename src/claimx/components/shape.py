"""The look of a statement, before any language: a few numbers in [0, 1] beside the encoder's vector."""

from __future__ import annotations

import math
import re

FEATURES = 8
_MARKER = re.compile(r"^\s*(?:[•▪◦\-–—*]|\(?[0-9ivx]{1,4}[.)]|[a-z]\)|\([a-z]\))\s+")
_CLOSED = re.compile(r"[.!?…][\"”’')\]\d\s]*$")
_TABLE = re.compile(r"[|_]|\.{4,}|https?://")


def shape(text: str) -> tuple[float, ...]:
    """Question, closed by a stop, lower-case start, list marker, length, digits, capitalised words, table signs."""
    words = text.split()
    count = max(len(words), 1)
    return (
        float(text.rstrip(" \"”’')").endswith("?")),
        float(_CLOSED.search(text) is not None),
        float(text[:1].islower()),
        float(_MARKER.match(text) is not None),
        min(math.log2(count + 1) / 7, 1.0),
        min(sum(any(c.isdigit() for c in word) for word in words) / count * 2, 1.0),
        sum(word[:1].isupper() for word in words) / count,
        float(_TABLE.search(text) is not None),
    )
