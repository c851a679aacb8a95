"""Sources in, records and failures out: parallel and resumable, and one bad file never stops a run."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, get_args

from claimx.document import Document
from claimx.errors import PipelineError, RecordError, SourceError, UnreadableSource, UnsupportedFormat
from claimx.journal import Journal
from claimx.manifest import Manifest, SourceEntry, hash_file, installed_versions, write_manifest
from claimx.pipeline import Annotation, Pipeline, load_pipeline
from claimx.records import Record, claim_record, document_record, failure_record
from claimx.run import PreviousRun, Summary, compose
from claimx.sources import Limits
from claimx.sources.sandbox import SandboxedReader

PdfEngine = Literal["pdfium", "pdfplumber"]
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


def find_sources(patterns: Iterable[str]) -> tuple[str, ...]:
    """The files that the given files, folders and globs stand for, sorted, each once; hidden files are passed over.

    A pattern that matches nothing is kept as it is, so that it is reported as a missing file.
    """
    found: set[str] = set()
    for pattern in patterns:
        path = Path(pattern)
        if path.is_dir():
            files = {str(file) for file in path.rglob("*") if file.is_file() and not _hidden(file, path)}
            found.update(files or {str(path)})
        elif path.exists() or not (matches := glob.glob(pattern, recursive=True)):  # noqa: PTH207 (patterns may be absolute)
            found.add(str(path))
        else:
            found.update(find_sources(matches))
    return tuple(sorted(found))


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


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
    journal = Journal(output)
    try:
        output.mkdir(parents=True, exist_ok=True)
        journal.open(making)
    except OSError as error:
        message = f"cannot be written to ({error.strerror or error}); choose another folder with -o"
        raise RecordError(message, path=str(output)) from error
    previous = PreviousRun(output, making)
    entries = list(_entries(find_sources(sources)))
    todo = [
        entry
        for entry in entries
        if entry.status == "done" and not previous.has(entry) and not journal.has(entry.source, entry.sha256)
    ]
    reused = sum(entry.status == "done" for entry in entries) - len(todo)
    steps = _run(todo, pipeline, reading, language, journal, _processes(workers, len(todo)))
    for done, (entry, problem) in enumerate(steps, start=reused + 1):
        if report is not None:
            report(Progress(done, reused + len(todo), entry.source, problem))
    summary, finished = compose(output, entries, journal, previous)
    counts = {key: value for key, value in asdict(summary).items() if key not in ("failures", "duplicates", "reused")}
    counts["failures"] = len(summary.failures)
    write_manifest(output, Manifest(making.pipeline, making.options, finished, counts, making.versions))
    journal.close()
    return replace(summary, reused=reused)


def _options(reading: ReadOptions) -> dict[str, Any]:
    return {"pdf_engine": reading.pdf_engine, "ocr": reading.ocr, "limits": asdict(reading.limits)}


def _entries(sources: Iterable[str]) -> Iterator[SourceEntry]:
    """Each source with its hash; one whose bytes came before is a duplicate, one that cannot be read has no hash."""
    first: dict[str, str] = {}
    for source in sources:
        try:
            sha256: str | None = hash_file(Path(source))
        except OSError:
            sha256 = None
        if sha256 is not None and first.setdefault(sha256, source) != source:
            yield SourceEntry(source, sha256, "duplicate")
        else:
            yield SourceEntry(source, sha256, "done")


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
) -> Iterator[Step]:
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
    """As `_run`, over several processes; a source that kills its process twice becomes a failure."""
    waiting, deaths = list(reversed(todo)), Counter[str]()
    while waiting:
        executor = ProcessPoolExecutor(
            # After a death one at a time, so that the guilty source is known.
            1 if deaths else processes,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(reading, language, journal),
        )
        running: dict[Future[str | None], SourceEntry] = {}
        try:
            while waiting or running:
                while waiting and len(running) < (1 if deaths else 2 * processes):
                    entry = waiting.pop()
                    running[executor.submit(_process_in_worker, entry)] = entry
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    problem = future.result()
                    yield running.pop(future), problem
        except BrokenProcessPool:
            single = len(running) == 1
            for entry in running.values():
                deaths[entry.source] += 1
                if single and deaths[entry.source] > 1:
                    message = "killed the process that read it, twice (out of memory?); split the file and try again"
                    yield entry, _fail(UnreadableSource(message, path=entry.source), entry, journal)
                else:
                    waiting.append(entry)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


_worker: tuple[SandboxedReader, Pipeline, ReadOptions, Journal] | None = None
"""What a worker process keeps between documents; set once by `_start_worker`, never in the parent."""


def _start_worker(reading: ReadOptions, language: PipelineOptions, journal: Journal) -> None:
    global _worker
    pipeline = load_pipeline(language.config, overrides=language.overrides)
    _worker = (SandboxedReader(limits=reading.limits).__enter__(), pipeline, reading, journal)


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
            source=entry.source,
            pdf_engine=reading.pdf_engine,
            password=reading.password,
            ocr=reading.ocr,
        )
        require_english(document)
        records = annotation_records(pipeline.annotate_one(document), pipeline)
    except SourceError as error:
        return _fail(error, entry, journal)
    except PipelineError as error:
        return _fail(UnreadableSource(error.message, path=entry.source), entry, journal)
    journal.write(entry.source, entry.sha256, records)
    return None


def _fail(error: SourceError, entry: SourceEntry, journal: Journal) -> str:
    journal.write(entry.source, entry.sha256, [failure_record(error)])
    return str(error)


def require_english(document: Document) -> None:
    """Raises UnsupportedFormat for a Document that is in another language than English."""
    if document.language not in (None, "en"):
        message = f"is in another language ({document.language}), not English; translate it first"
        raise UnsupportedFormat(message, path=document.source)


def annotation_records(annotation: Annotation, pipeline: Pipeline) -> list[Record]:
    """The document record of an annotated Document, then the records of its claims."""
    document = annotation.document
    return [
        document_record(document, annotation.statements, annotation.entities),
        *(claim_record(document, claim, pipeline.info) for claim in annotation.claims),
    ]
