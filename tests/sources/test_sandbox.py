"""A document that crashes, hangs or swells costs itself and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import zlib
from pathlib import Path

import pytest

from claimx.errors import LimitExceeded, SourceError, UnreadableSource
from claimx.sources import Limits, read_document
from claimx.sources.sandbox import SandboxedReader

TEXT = "# Tolls\n\nTolls rose by a tenth last year, and traffic fell on nine roads of ten.\n"
MEMORY = 768 * 1024 * 1024


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.md"
    path.write_text(TEXT)
    return path


def bomb(path: Path) -> Path:
    """A small PDF whose page inflates to a gigabyte of drawing."""
    squeezed = zlib.compressobj(9, wbits=-15)
    block = squeezed.compress(b"0 0 m 1 1 l S\n" * 75_000) + squeezed.flush(zlib.Z_FULL_FLUSH)
    stream = b"\x78\x9c" + block * 1_000 + b"\x03\x00"  # blocks that end in a full flush may be repeated
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    path.write_bytes(body + b"xref\n0 5\n0000000000 65535 f \n" + table + end)
    return path


def test_the_same_document(good: Path) -> None:
    """The sandbox gives what reading in this process gives, and the same errors."""
    with SandboxedReader() as reader:
        assert reader.read(good) == read_document(good)
        assert reader.read(good, source="s3://tolls").source == "s3://tolls"
        with pytest.raises(UnreadableSource, match=r"no such file"):
            reader.read(good.with_name("gone.md"))


def test_one_child_for_many(good: Path) -> None:
    """Documents that go well, and those that fail cleanly, share one child."""
    with SandboxedReader() as reader:
        reader.read(good)
        child = reader._child
        for _ in range(20):
            reader.read(good)
            with pytest.raises(SourceError):
                reader.read(good.with_name("gone.md"))
        assert reader._child is child


def test_a_bomb_costs_one_document(good: Path, tmp_path: Path) -> None:
    """A file that inflates without end is refused, and the next document is read."""
    path = bomb(tmp_path / "bomb.pdf")
    with SandboxedReader(limits=Limits(memory=MEMORY, cpu_seconds=6, wall_seconds=60)) as reader:
        with pytest.raises((UnreadableSource, LimitExceeded)) as caught:
            reader.read(path)
        assert caught.value.path == str(path)
        assert "\n" not in str(caught.value)
        assert reader.read(good).title == "Tolls"


def test_a_hang_ends_at_the_limit(good: Path) -> None:
    """A reader that gets no further is ended after its time, with one line, and the next document is read."""
    with SandboxedReader(limits=Limits(wall_seconds=10)) as reader:
        reader.read(good)
        assert reader._child
        os.kill(reader._child.pid, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(LimitExceeded, match="more than 10 s"):
            reader.read(good)
        assert time.monotonic() - began < 40
        assert reader.read(good).title == "Tolls"


def test_a_crash_costs_one_document(good: Path) -> None:
    """A child that dies of a signal becomes an error about its document; the reader starts another."""
    with SandboxedReader() as reader:
        reader.read(good)
        assert reader._child
        os.kill(reader._child.pid, signal.SIGSEGV)
        with pytest.raises(UnreadableSource, match="crashed"):
            reader.read(good)
        assert reader.read(good).title == "Tolls"


def test_the_limit_of_processor_time_counts_for_each_document(good: Path) -> None:
    """Many short documents do not add up to one long one."""
    with SandboxedReader(limits=Limits(cpu_seconds=2)) as reader:
        began = time.monotonic()
        while time.monotonic() - began < 4:
            assert reader.read(good).title == "Tolls"


def _title_in_worker(path: str) -> str | None:
    with SandboxedReader() as reader:
        return reader.read(path).title


def test_inside_worker_processes(good: Path) -> None:
    """Workers of a pool, which may have no pools of their own, can use it."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(_title_in_worker, [str(good)]) == ["Tolls"]


def test_closing_leaves_no_process(good: Path) -> None:
    """After the block the child has ended."""
    with SandboxedReader() as reader:
        reader.read(good)
        child = reader._child
    assert child is not None
    assert child.poll() is not None
