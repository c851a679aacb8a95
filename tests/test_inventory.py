"""Promises of inventory.py: every file once, nothing of our own, whatever cannot be read is kept to be reported."""

from __future__ import annotations

import os
from pathlib import Path

from claimx.inventory import find_sources, iter_entries
from claimx.manifest import source_name


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def test_sources_are_found_in_folders_and_globs(tmp_path: Path) -> None:
    """Folders are searched, hidden files passed over, globs expanded, each file taken once, missing ones kept."""
    make(tmp_path / "in", "b.txt", "a.pdf", "deep/c.txt", ".hidden.txt", ".git/config")
    (tmp_path / "in" / "empty").mkdir()
    folder = tmp_path / "in"
    expected = (str(folder / "a.pdf"), str(folder / "b.txt"), str(folder / "deep" / "c.txt"))
    assert find_sources([str(folder), f"{folder}/*.txt", f"{folder}/./b.txt"]) == expected
    assert find_sources([f"{folder}/**"]) == expected
    assert find_sources([str(folder / "empty"), "missing.txt"]) == (str(folder / "empty"), "missing.txt")


def test_a_run_among_the_sources_is_passed_over(tmp_path: Path) -> None:
    """The second run into a folder among or above the sources does not read the records of the first."""
    records = ("claims.jsonl", "documents.jsonl", "failures.jsonl", "review.db", "report.html")
    for folder in (tmp_path, tmp_path / "out"):
        make(folder, "brief.txt", *records)
        (folder / "manifest.json").write_text('{"schema": "claimx.manifest/1"}', encoding="utf-8")
    expected = (str(tmp_path / "brief.txt"), str(tmp_path / "out" / "brief.txt"))
    assert find_sources([str(tmp_path)]) == find_sources([f"{tmp_path}/**"]) == expected
    assert find_sources([str(tmp_path / "claims.jsonl")]) == (str(tmp_path / "claims.jsonl"),)


def test_records_of_others_are_sources(tmp_path: Path) -> None:
    """A file that is only named like one of ours is read like any other."""
    make(tmp_path, "claims.html", "manifest.json")
    assert len(find_sources([str(tmp_path)])) == 2


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    """A folder that holds a link to itself is searched once."""
    make(tmp_path, "a.txt")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert find_sources([str(tmp_path)]) == (str(tmp_path / "a.txt"),)


def test_names_that_the_system_refuses_are_kept(tmp_path: Path) -> None:
    """A name that is too long, or that goes through a file, is reported like a missing file."""
    make(tmp_path, "a.txt")
    odd = ["x" * 5000, str(tmp_path / "a.txt" / "b.txt")]
    assert find_sources(odd) == tuple(sorted(odd))
    assert [entry.sha256 for entry in iter_entries(odd)] == [None, None]


def test_copies_are_duplicates_of_the_first(tmp_path: Path) -> None:
    """The first file with the same bytes is taken, in sorted order."""
    (tmp_path / "a.txt").write_text("same")
    (tmp_path / "b.txt").write_text("same")
    entries = iter_entries([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
    assert [entry.status for entry in entries] == ["done", "duplicate"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """What may never end is not hashed."""
    os.mkfifo(tmp_path / "pipe")
    assert [entry.sha256 for entry in iter_entries([str(tmp_path / "pipe")])] == [None]


def test_names_become_text() -> None:
    """A byte that is no UTF-8 is spelled out; all other names stay as they are."""
    assert source_name("a/é.txt") == "a/é.txt"
    assert source_name(os.fsdecode(b"caf\xe9.txt")) == "caf\\xe9.txt"
