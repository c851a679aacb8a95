"""The process that draws: requests as JSON lines on standard input, pictures with their length on standard output."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2

from claimx.review.pages import _HEADER

PIXELS = 40_000_000
"""The largest picture; a page that claims to be bigger is drawn smaller."""


class _Unfit(Exception):
    """The page cannot be drawn, for a reason to tell the annotator."""


@lru_cache(maxsize=4)
def _open(path: str, sha256: str) -> pypdfium2.PdfDocument:
    content = Path(path).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _Unfit("the source file has changed since claims were extracted from it; extract again to see its pages")
    return pypdfium2.PdfDocument(content)


def _draw(request: dict[str, Any]) -> bytes:
    document = _open(request["path"], request["sha256"])
    if not 1 <= request["page"] <= len(document):
        raise _Unfit(f"the document has no page {request['page']}")
    page = document[request["page"] - 1]
    width, height = page.get_size()
    scale = min(request["scale"], (PIXELS / max(width * height, 1.0)) ** 0.5)
    picture = page.render(scale=scale).to_pil()
    page.close()
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def main() -> None:
    """Answer requests until standard input ends."""
    for line in sys.stdin.buffer:
        try:
            kind, body = b"+", _draw(json.loads(line))
        except (_Unfit, OSError, pypdfium2.PdfiumError) as error:
            kind, body = b"-", f"no picture of this page: {error}".encode()
        sys.stdout.buffer.write(_HEADER.pack(kind, len(body)) + body)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
