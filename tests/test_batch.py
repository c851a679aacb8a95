"""Promises of batch.py, run.py, journal.py and manifest.py: same bytes, nothing twice, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from claimx import Progress, extract
from claimx.batch import find_sources
from claimx.journal import FOLDER

FILES = ("claims.jsonl", "documents.jsonl", "failures.jsonl", "manifest.json")
SENTENCES = ("Exports fell by 4% in {}.", "The board should publish its accounts by {}.", "Did anybody notice in {}?")


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    folder = tmp_path / "sources"
    folder.mkdir()
    for year in (2019, 2020, 2021):
        text = " ".join(sentence.format(year) for sentence in SENTENCES)
        (folder / f"{year}.txt").write_text(text, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing that follows makes sense")
    return [str(path) for path in sorted(folder.iterdir())]


def contents(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in FILES]


def run(sources: list[str], folder: Path, **options: int) -> list[str]:
    """The sources that were processed, in the order in which they were finished."""
    steps: list[Progress] = []
    extract(sources, folder, report=steps.append, **options)
    return [step.source for step in steps]


def test_same_input_same_bytes_in_any_order(sources: list[str], tmp_path: Path) -> None:
    """The order of the arguments and the number of processes change nothing."""
    run(sources, tmp_path / "a")
    run(sources[::-1], tmp_path / "b")
    run(sources, tmp_path / "c", workers=2)
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == contents(tmp_path / "c")


def test_nothing_is_processed_twice(sources: list[str], tmp_path: Path) -> None:
    """A second run only tries the failed source again; a changed file is read again; the bytes stay true."""
    assert len(run(sources, tmp_path / "run")) == 4
    first = contents(tmp_path / "run")
    assert [Path(source).name for source in run(sources, tmp_path / "run")] == ["broken.pdf"]
    assert contents(tmp_path / "run") == first
    Path(sources[0]).write_text("Imports rose in 2019.", encoding="utf-8")
    assert [Path(source).name for source in run(sources, tmp_path / "run")] == ["2019.txt", "broken.pdf"]
    run(sources, tmp_path / "fresh")
    assert contents(tmp_path / "run") == contents(tmp_path / "fresh")


def test_an_interrupted_run_goes_on(sources: list[str], tmp_path: Path) -> None:
    """What was finished before the interruption is not done again, and the result is that of one run."""

    def stop(progress: Progress) -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract(sources, tmp_path / "run", report=stop)
    assert (tmp_path / "run" / FOLDER).is_dir()
    assert len(run(sources, tmp_path / "run")) == 2
    assert not (tmp_path / "run" / FOLDER).exists()
    run(sources, tmp_path / "fresh")
    assert contents(tmp_path / "run") == contents(tmp_path / "fresh")


def test_equal_files_are_processed_once(sources: list[str], tmp_path: Path) -> None:
    """A copy of a file is passed over and named as a duplicate."""
    copy = Path(sources[0]).with_name("copy.txt")
    copy.write_bytes(Path(sources[0]).read_bytes())
    summary = extract([*sources, str(copy)], tmp_path / "run")
    assert (summary.documents, summary.duplicates) == (3, (str(copy),))


def test_a_damaged_manifest_only_costs_time(sources: list[str], tmp_path: Path) -> None:
    """Without a readable manifest everything is processed again, without an error."""
    run(sources, tmp_path / "run")
    (tmp_path / "run" / "manifest.json").write_text("{")
    assert len(run(sources, tmp_path / "run")) == 4


def test_sources_are_found_in_folders_and_globs(sources: list[str], tmp_path: Path) -> None:
    """Folders are searched, hidden files passed over, globs expanded, each file taken once, missing ones kept."""
    folder = Path(sources[0]).parent
    (folder / ".hidden.txt").write_text("x")
    (tmp_path / "none").mkdir()
    assert find_sources([str(folder), str(folder / "*.txt")]) == tuple(sources)
    assert find_sources([str(tmp_path / "none"), "missing.txt"]) == (str(tmp_path / "none"), "missing.txt")


def test_another_language_is_a_failure(tmp_path: Path) -> None:
    """A French document is named, not parsed as if it were English."""
    text = "Le gouvernement a annoncé une réforme des retraites. Les syndicats ont refusé de négocier. " * 5
    (tmp_path / "retraites.txt").write_text(text, encoding="utf-8")
    summary = extract([str(tmp_path / "retraites.txt")], tmp_path / "run")
    assert [failure["error"] for failure in summary.failures] == ["UnsupportedFormat"]
