"""Damaged and hostile files: one clear line or a Document each, within the limits, whatever is in them."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from claimx.document import Document
from claimx.errors import SourceError
from claimx.sources import Limits
from claimx.sources.sandbox import SandboxedReader

PATIENCE = 60.0
LIMITS = Limits(memory=1024 * 1024 * 1024, cpu_seconds=30, wall_seconds=PATIENCE)


def outcome(reader: SandboxedReader, path: Path) -> str:
    """ "read", or the class of the error; anything else than a SourceError of one line is a failure."""
    began = time.monotonic()
    try:
        assert isinstance(reader.read(path), Document)
        return "read"
    except SourceError as error:
        assert "\n" not in str(error)
        assert error.path == str(path)
        return type(error).__name__
    finally:
        assert time.monotonic() - began < PATIENCE + 6


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same bytes with some flipped, and one time in three cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 8, 64))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.3 else changed)


def test_mutated_pdfs(tmp_path: Path) -> None:
    """Forty damaged copies of a sound file of ours: most can still be read, none does harm."""
    original = tmp_path / "sound.pdf"
    canvas = Canvas(str(original), pageCompression=0)
    for page in range(3):
        for line in range(30):
            canvas.drawString(72, 760 - 20 * line, f"Line {line} of page {page} says that tolls rose by a tenth.")
        canvas.showPage()
    canvas.save()
    chance = random.Random(7)
    outcomes = []
    with SandboxedReader(limits=LIMITS) as reader:
        for number in range(40):
            path = tmp_path / f"{number}.pdf"
            path.write_bytes(damaged(original.read_bytes(), chance))
            outcomes.append(outcome(reader, path))
    assert outcomes.count("read") >= 20


@pytest.mark.parametrize("inner", ["[", "<<", "("])
def test_deep_nesting(tmp_path: Path, inner: str) -> None:
    """A hundred thousand brackets inside each other end in an error or in nothing."""
    path = tmp_path / "deep.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj " + inner.encode() * 100_000 + b" endobj\ntrailer<</Root 1 0 R>>")
    with SandboxedReader(limits=LIMITS) as reader:
        assert outcome(reader, path) != "read"


@pytest.mark.parametrize(
    "page", ["<div>" * 50_000 + "text", "<b>" * 20_000 + "words", "<table><tr><td>" * 3_000 + "cell", "&amp;" * 200_000]
)
def test_deep_pages(tmp_path: Path, page: str) -> None:
    """Pages nested without reason end in an error or a Document, not in a crash."""
    path = tmp_path / "deep.html"
    path.write_text("<html><body>" + page)
    with SandboxedReader(limits=LIMITS) as reader:
        outcome(reader, path)


@pytest.mark.parametrize(
    "text", ["> " * 20_000 + "deep", "[" * 20_000, "*a " * 20_000, "- " * 5_000 + "item", "`" * 50_000]
)
def test_deep_markdown(tmp_path: Path, text: str) -> None:
    """So do texts made to slow a Markdown parser down."""
    path = tmp_path / "deep.md"
    path.write_text("# Title\n\n" + text)
    with SandboxedReader(limits=LIMITS) as reader:
        outcome(reader, path)


def test_real_hostile_files(shared: Path) -> None:
    """Fuzzed, encrypted, mislabelled and bomb files: those that hold text are read, each other gets its line."""
    with SandboxedReader(limits=LIMITS) as reader:
        found = {path.name: outcome(reader, path) for path in sorted((shared / "documents" / "hostile").iterdir())}
    assert found["copy_protected.pdf"] == found["zen_corrupted.pdf"] == found["html_named_pdf.pdf"] == "read"
    assert found["password_locked.pdf"] == found["aes256_userpw.pdf"] == "UnreadableSource"
    assert found["german_image_only.pdf"] == found["derived_zero_bytes.pdf"] == "EmptyDocument"
    assert found["pages_200k.pdf"] == "LimitExceeded"
    assert found["flate_bomb_1GB.pdf"] in ("UnreadableSource", "LimitExceeded")
