"""Sources in, records and failures out: parallel and resumable, and one bad file never stops a run."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Any, Literal, get_args

from claimx.document import BODY_ROLES, Document
from claimx.errors import LimitExceeded, PipelineError, RecordError, SourceError, UnreadableSource, UnsupportedFormat
from claimx.inventory import find_sources, iter_entries
from claimx.journal import Journal
from claimx.manifest import Manifest, SourceEntry, installed_versions, write_manifest
from claimx.pipeline import Annotation, Pipeline, load_pipeline
from claimx.records import Record, claim_record, document_record, failure_record
from claimx.run import PreviousRun, Summary, compose, hash_files
from claimx.sources import Limits
from claimx.sources.sandbox import SandboxedReader

PdfEngine = Literal["pdfium", "pdfplumber"]
MOST_PROSE = 3_000_000
"""Characters of one document that are parsed at once; spaCy takes about one gigabyte for a million."""
PDF_ENGINES: tuple[PdfEngine, ...] = get_args(PdfEngine)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read; all of it goes into the manifest but the password."""

    pdf_engine: PdfEngine = "pdfium"
    password: str | None = None
    ocr: bool = False
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """Which pipeline labels the documents: a spaCy configuration (None: the one in the package) and overrides."""

    config: Path | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """One source is finished: how many are, of how many, and what went wrong with this one, if anything did."""

    done: int
    total: int
    source: str
    problem: str | None = None


def extract(
    sources: Sequence[str],
    output: Path,
    *,
    reading: ReadOptions | None = None,
    language: PipelineOptions | None = None,
    workers: int | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Summary:
    """Writes the claims of all sources into the folder `output`, and says what came of it.

    Sources that an earlier run into the same folder finished with the same bytes, pipeline and options are taken
    over, not processed again; an interrupted run goes on. Failed sources are tried again.
    `workers` is the number of processes (None: as many as there are processors, for more than a few documents).
    Raises PipelineError where the pipeline cannot be loaded, and RecordError where the folder cannot be written.
    """
    reading, language = reading or ReadOptions(), language or PipelineOptions()
    pipeline = load_pipeline(language.config, overrides=language.overrides)
    making = Manifest(pipeline.info, _options(reading), versions=installed_versions())
    with _naming(output):
        output.mkdir(parents=True, exist_ok=True)
        journal = Journal(output)
        journal.open(making)
        previous = PreviousRun(output, making)
        entries = list(iter_entries(find_sources(sources)))
        todo = [
            entry
            for entry in entries
            if entry.status == "done" and not previous.has(entry) and not journal.has(entry.source, entry.sha256)
        ]
        reused = sum(entry.status == "done" for entry in entries) - len(todo)
        with closing(_run(todo, pipeline, reading, language, journal, _processes(workers, len(todo)))) as steps:
            for done, (entry, problem) in enumerate(steps, start=reused + 1):
                if report is not None:
                    report(Progress(done, reused + len(todo), entry.name, problem))
        summary, finished = compose(output, entries, journal, previous)
        write_manifest(output, replace(making, sources=finished, counts=summary.counts(), files=hash_files(output)))
        journal.close()
    return replace(summary, reused=reused)


@contextmanager
def _naming(output: Path) -> Iterator[None]:
    """Whatever the system says against writing becomes one line about the folder."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"cannot be written to ({error.strerror or error}); free some space or choose another folder with -o"
        raise RecordError(message, path=str(output)) from error


def _options(reading: ReadOptions) -> dict[str, Any]:
    return {"pdf_engine": reading.pdf_engine, "ocr": reading.ocr, "limits": asdict(reading.limits)}


def _processes(workers: int | None, documents: int) -> int:
    """How many processes pay for loading a pipeline each: at least four documents for every one of them."""
    return workers if workers is not None else max(1, min(os.cpu_count() or 1, documents // 4))


Step = tuple[SourceEntry, str | None]


def _run(
    todo: Sequence[SourceEntry],
    pipeline: Pipeline,
    reading: ReadOptions,
    language: PipelineOptions,
    journal: Journal,
    processes: int,
) -> Generator[Step, None, None]:
    """Processes every source into the journal and yields each as it is finished, with its problem or None."""
    if processes <= 1 or len(todo) <= 1:
        with SandboxedReader(limits=reading.limits) as reader:
            for entry in todo:
                yield entry, _process(entry, reader, pipeline, reading, journal)
        return
    yield from _run_parallel(todo, reading, language, journal, processes)


def _run_parallel(
    todo: Sequence[SourceEntry], reading: ReadOptions, language: PipelineOptions, journal: Journal, processes: int
) -> Iterator[Step]:
    """As `_run`, over several processes; a source that kills its process also when it is alone becomes a failure."""
    waiting, start = list(reversed(todo)), (reading, language, journal)
    while waiting:
        suspects = yield from _run_pool(waiting, processes, start)
        while suspects:
            for guilty in (yield from _run_pool(suspects, 1, start)):
                message = "killed the process that read it, twice (out of memory?); split the file and try again"
                yield guilty, _fail(UnreadableSource(message, path=guilty.name), guilty, journal)


def _run_pool(
    waiting: list[SourceEntry], processes: int, start: tuple[ReadOptions, PipelineOptions, Journal]
) -> Generator[Step, None, list[SourceEntry]]:
    """Takes sources from the end of `waiting`; returns those in work when a process died, or nothing at the end."""
    executor = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_start_worker, initargs=start
    )
    running: dict[Future[str | None], SourceEntry] = {}
    try:
        if processes == 1:
            _check_start(executor)
        while waiting or running:
            while waiting and len(running) < (2 * processes if processes > 1 else 1):
                running[executor.submit(_process_in_worker, waiting[-1])] = waiting[-1]
                waiting.pop()
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                problem = future.result()
                yield running.pop(future), problem
    except BrokenProcessPool:
        return list(running.values())
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
    return []


def _check_start(executor: ProcessPoolExecutor) -> None:
    """Raises PipelineError where no process can start at all, so that no source is blamed for it."""
    try:
        executor.submit(os.getpid).result()
    except BrokenProcessPool as error:
        message = "no worker process starts (out of memory, or a script that calls extract() outside of "
        raise PipelineError(f"{message}`if __name__ == '__main__':`?); try with workers=1") from error


_worker: tuple[SandboxedReader, Pipeline, ReadOptions, Journal] | None = None
"""What a worker process keeps between documents; set once by `_start_worker`, never in the parent."""


def _start_worker(reading: ReadOptions, language: PipelineOptions, journal: Journal) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; documents in work are finished
    Thread(target=_follow_parent, daemon=True).start()
    pipeline = load_pipeline(language.config, overrides=language.overrides)
    _worker = (SandboxedReader(limits=reading.limits).__enter__(), pipeline, reading, journal)


def _follow_parent() -> None:
    """Ends this process when its parent is gone: killed, it could not say goodbye."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _process_in_worker(entry: SourceEntry) -> str | None:
    if _worker is None:
        raise PipelineError("a worker process was not started properly")
    reader, pipeline, reading, journal = _worker
    return _process(entry, reader, pipeline, reading, journal)


def _process(
    entry: SourceEntry, reader: SandboxedReader, pipeline: Pipeline, reading: ReadOptions, journal: Journal
) -> str | None:
    """Reads and labels one source and notes the outcome in the journal; returns the problem, or None."""
    try:
        document = reader.read(
            Path(entry.source),
            source=entry.name,
            pdf_engine=reading.pdf_engine,
            password=reading.password,
            ocr=reading.ocr,
        )
        require_english(document)
        require_size(document)
        records = annotation_records(pipeline.annotate_one(document), pipeline)
        journal.write(entry.source, entry.sha256, records)
    except SourceError as error:
        return _fail(error, entry, journal)
    except PipelineError as error:
        return _fail(UnreadableSource(error.message, path=entry.name), entry, journal)
    except UnicodeEncodeError as error:
        message = f"holds characters that are no text ({error.reason}); save or export the file again"
        return _fail(UnreadableSource(message, path=entry.name), entry, journal)
    return None


def _fail(error: SourceError, entry: SourceEntry, journal: Journal) -> str:
    journal.write(entry.source, entry.sha256, [failure_record(error)])
    return str(error)


def require_english(document: Document) -> None:
    """Raises UnsupportedFormat for a Document that is in another language than English."""
    if document.language not in (None, "en"):
        message = f"is in another language ({document.language}), not English; translate it first"
        raise UnsupportedFormat(message, path=document.source)


def require_size(document: Document) -> None:
    """Raises LimitExceeded for a Document with more prose than one process can hold parsed."""
    prose = sum(block.end - block.start for block in document.blocks if block.role in BODY_ROLES)
    if prose > MOST_PROSE:
        message = f"{prose:,} characters of prose are more than the {MOST_PROSE:,} that fit into memory; split the file"
        raise LimitExceeded(message, path=document.source)


def annotation_records(annotation: Annotation, pipeline: Pipeline) -> list[Record]:
    """The document record of an annotated Document, then the records of its claims."""
    document = annotation.document
    return [
        document_record(document, annotation.statements, annotation.entities),
        *(claim_record(document, claim, pipeline.info) for claim in annotation.claims),
    ]
