"""Pages of the source PDFs as pictures, drawn by a process of its own that a damaged file may take down."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from claimx.errors import ReviewError
from claimx.review.run import Run

SECONDS = 20.0
"""How long drawing one page may take before its process is ended."""
_HEADER = struct.Struct(">cI")


@dataclass
class Renderer:
    """Draws pages one after the other (pdfium is not made for threads); the last pictures are kept."""

    run: Run
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._cached = lru_cache(maxsize=48)(self._draw)

    def page(self, document: str, number: int, scale: float) -> bytes:
        """Page `number` (from 1) as PNG, `scale` pixels a point; ReviewError says why there is none."""
        return self._cached(document, number, scale)

    def close(self) -> None:
        """End the drawing process."""
        with self._lock:
            self._end()

    def _draw(self, document: str, number: int, scale: float) -> bytes:
        record = self.run.documents.get(document)
        if record is None:
            raise ReviewError(f"the run has no document {document!r}")
        if record.get("media_type") != "application/pdf":
            raise ReviewError("this document has no pages; read it as text")
        path = next((path for path in _candidates(self.run, record["source"]) if path.is_file()), None)
        if path is None:
            raise ReviewError(f"the file {record['source']} is not where it was when claims were extracted")
        request = {"path": str(path), "sha256": record["sha256"], "page": number, "scale": scale}
        with self._lock:
            return self._ask(request)

    def _ask(self, request: dict[str, Any]) -> bytes:
        process = self._running()
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        try:
            if process.stdin is None or process.stdout is None:
                raise OSError("no pipe")
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            head = process.stdout.read(_HEADER.size)
            kind, length = _HEADER.unpack(head) if len(head) == _HEADER.size else (b"!", 0)
            body = process.stdout.read(length)
        except OSError:
            kind, body = b"!", b""
        finally:
            timer.cancel()
        if kind == b"+":
            return body
        if kind == b"-":
            raise ReviewError(body.decode("utf-8", "replace"))
        self._end()
        raise ReviewError("the page could not be drawn: its file is damaged or takes too long")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "claimx.review.drawing"]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None


def _candidates(run: Run, source: str) -> Iterator[Path]:
    """Where the source may be: as named, or as named from a folder that the run lies in. Its hash decides."""
    path = Path(source)
    yield path
    if not path.is_absolute():
        folder = run.folder.resolve()
        yield from (above / path for above in (folder, *folder.parents))
