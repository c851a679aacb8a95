"""How much one document may cost: bytes, pages, memory and time."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one document may take; crossing any of them is LimitExceeded for that document alone.

    `bytes` and `pages` are checked wherever a document is read; `memory` (address space of the reading process, in
    bytes), `cpu_seconds` and `wall_seconds` only where it is read in a process of its own.
    """

    bytes: int = 200 * MEGABYTE
    pages: int = 2_000
    memory: int = 2_048 * MEGABYTE
    cpu_seconds: int = 120
    wall_seconds: float = 180.0
