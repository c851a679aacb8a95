"""Hostile, mutated and many documents through one sandbox: what comes back, how long it takes, what memory it costs.

Run as `python -m tests.benchmarks.robustness [--documents 1000] [--mutants 100]`; prints a Markdown table. A traceback,
a process that outlives its limit, or a parent that grows is a failure, and the exit code says so.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from claimx.errors import SourceError
from claimx.sources import Limits
from claimx.sources.sandbox import SandboxedReader

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "documents"
SEED = 20251124
PATIENCE = 30.0


@dataclass(slots=True)
class Tally:
    """What came of a row of documents."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    growth: float = 0.0
    """Megabytes that the parent held more at the end than after the first hundred documents."""

    def row(self) -> str:
        """The line of the table."""
        outcomes = ", ".join(f"{name} {count}" for name, count in sorted(self.outcomes.items()))
        return f"| {self.name} | {self.outcomes.total()} | {outcomes} | {self.longest:.1f} | {self.growth:+.1f} |"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some bytes flipped, a stretch lost, or its end cut off."""
    damaged = bytearray(data)
    kind = chance.choice(("flip", "cut", "drop", "shuffle"))
    if kind == "cut":
        return bytes(damaged[: chance.randrange(len(damaged) // 10, len(damaged))])
    if kind == "drop":
        start = chance.randrange(len(damaged))
        del damaged[start : start + chance.randrange(1, 4096)]
    elif kind == "shuffle":
        start = chance.randrange(max(len(damaged) - 512, 1))
        stretch = damaged[start : start + 512]
        chance.shuffle(stretch)
        damaged[start : start + 512] = stretch
    for _ in range(chance.choice((1, 10, 200))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def resident() -> float:
    """Megabytes of memory that this process holds."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def tally(name: str, paths: Iterable[Path], reader: SandboxedReader) -> Tally:
    """Read every path in the sandbox; anything but a Document or a SourceError ends the run."""
    result = Tally(name)
    settled = 0.0
    for number, path in enumerate(paths):
        if number == 100:
            settled = resident()
        began = time.monotonic()
        try:
            reader.read(path)
            result.outcomes["read"] += 1
        except SourceError as error:
            assert "\n" not in str(error), error
            result.outcomes[type(error).__name__] += 1
        result.longest = max(result.longest, time.monotonic() - began)
    result.growth = resident() - settled if settled else 0.0
    return result


def mutants(count: int, folder: Path) -> Iterator[Path]:
    """Damaged copies of the real PDFs, the same ones on every run."""
    chance = random.Random(SEED)
    originals = sorted((SHARED / "pdf").glob("*.pdf"))
    for number in range(count):
        original = chance.choice(originals)
        path = folder / f"{number:03}-{original.name}"
        path.write_bytes(mutated(original.read_bytes(), chance))
        yield path
        path.unlink()


def main() -> int:
    """Print the table; 1 when a limit was overrun or the parent grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--mutants", type=int, default=100)
    options = parser.parse_args()
    limits = Limits(wall_seconds=PATIENCE, cpu_seconds=int(PATIENCE))
    small = [path for path in sorted(SHARED.glob("*/*")) if path.stat().st_size < 300_000 and path.suffix != ".json"]
    small = [path for path in small if path.parent.name != "hostile"]
    with tempfile.TemporaryDirectory() as folder, SandboxedReader(limits=limits) as reader:
        rows = [
            tally("hostile", sorted((SHARED / "hostile").iterdir()), reader),
            tally("mutated", mutants(options.mutants, Path(folder)), reader),
            tally("many", islice(cycle(small), options.documents), reader),
        ]
    sys.stdout.write("| documents | count | outcomes | longest, s | growth of parent, MB |\n|---|---|---|---|---|\n")
    sys.stdout.write("".join(row.row() + "\n" for row in rows))
    return int(any(row.longest > PATIENCE + 5 for row in rows) or rows[-1].growth > 10)


if __name__ == "__main__":
    sys.exit(main())
