"""Promises of batch.py, run.py, journal.py and manifest.py: same bytes, nothing twice, nothing lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from claimx import Block, Document, LimitExceeded, PipelineError, Progress, extract
from claimx.batch import MOST_PROSE, _check_start, require_size
from claimx.journal import FOLDER

FILES = ("claims.jsonl", "documents.jsonl", "failures.jsonl", "manifest.json")
SENTENCES = ("Exports fell by 4% in {}.", "Did anybody notice in {}?", "The board should publish its accounts by {}.")


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


@pytest.mark.parametrize("damage", ["missing", "cut", "edited"])
def test_damaged_records_are_made_anew(sources: list[str], tmp_path: Path, damage: str) -> None:
    """Claims that were lost, cut short or changed by hand are never silently taken over."""
    run(sources[:1], tmp_path / "run")
    first, claims = contents(tmp_path / "run"), tmp_path / "run" / "claims.jsonl"
    if damage == "missing":
        claims.unlink()
    else:
        text = claims.read_text(encoding="utf-8")
        claims.write_text(text[:-9] if damage == "cut" else text.replace("Exports", "Imports"), encoding="utf-8")
    assert run(sources[:1], tmp_path / "run") == sources[:1]
    assert contents(tmp_path / "run") == first


def test_failures_of_an_interrupted_run_are_tried_again(sources: list[str], tmp_path: Path) -> None:
    """Going on with the right password helps: a failure in the journal is no result."""

    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    broken = sources[-1]
    with pytest.raises(KeyboardInterrupt):
        extract([broken], tmp_path / "run", report=stop)
    assert run([broken], tmp_path / "run") == [broken]


def test_a_name_that_is_no_utf8_costs_nothing(tmp_path: Path) -> None:
    """A file from an old system is read; its records name it with its odd byte spelled out."""
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    try:
        path.write_text(SENTENCES[0].format(2019))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    steps = run([str(path)], tmp_path / "run")
    records = [json.loads(line) for line in (tmp_path / "run" / "claims.jsonl").read_bytes().splitlines()]
    assert records[0]["document"]["source"] == steps[0] == f"{tmp_path}/caf\\xe9.txt"
    assert run([str(path)], tmp_path / "run") == []


def test_a_killed_worker_costs_no_document(sources: list[str], tmp_path: Path) -> None:
    """When the system kills the processes in the middle, what they had in work is done again, alone."""
    killed = []

    def kill(progress: Progress) -> None:
        for child in multiprocessing.active_children() if not killed else ():
            child.kill()
            killed.append(child)

    extract(sources, tmp_path / "run", workers=2, report=kill)
    assert killed
    run(sources, tmp_path / "fresh")
    assert contents(tmp_path / "run") == contents(tmp_path / "fresh")


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """A parent that is killed outright leaves no process behind."""
    code = (
        "import os\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from threading import Thread\n"
        "from claimx.batch import _follow_parent\n"
        "def start(): Thread(target=_follow_parent, daemon=True).start()\n"
        "if __name__ == '__main__':\n"
        "    pool = ProcessPoolExecutor(1, mp_context=get_context('spawn'), initializer=start)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    (tmp_path / "parent.py").write_text(code)
    done = subprocess.run([sys.executable, tmp_path / "parent.py"], capture_output=True, text=True, timeout=120)
    worker = int(done.stdout)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail(f"process {worker} lives on")


def test_workers_that_cannot_start_are_no_sources_fault() -> None:
    """Where no process can start, as in a script without its `__main__` guard, that is the error, with the remedy."""
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=context, initializer=os._exit, initargs=(1,)) as executor,
        pytest.raises(PipelineError, match="workers=1"),
    ):
        _check_start(executor)


def test_more_prose_than_memory_holds_is_refused() -> None:
    """A text of thousands of pages is named with its size; the run and the machine live on."""
    text = "a" * (MOST_PROSE + 1)
    document = Document("doc-0", "long.txt", "0", "text/plain", text, (Block(0, len(text), "paragraph"),))
    with pytest.raises(LimitExceeded, match="split the file"):
        require_size(document)


def test_another_language_is_a_failure(tmp_path: Path) -> None:
    """A French document is named, not parsed as if it were English."""
    text = "Le gouvernement a annoncé une réforme des retraites. Les syndicats ont refusé de négocier. " * 5
    (tmp_path / "retraites.txt").write_text(text, encoding="utf-8")
    summary = extract([str(tmp_path / "retraites.txt")], tmp_path / "run")
    assert [failure["error"] for failure in summary.failures] == ["UnsupportedFormat"]
