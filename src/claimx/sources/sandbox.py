"""A path in, a Document out, read in a child process with limits: a crash, hang or bomb costs that one document.

The child lives on from document to document and is replaced only when it dies or has grown. Requests and answers are
pickles behind their length; the child runs our own code only, so its answers are to be trusted.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from claimx.document import Document
from claimx.errors import LimitExceeded, SourceError, UnreadableSource
from claimx.sources import Limits, read_document
from claimx.sources.ladder import Engine

_LENGTH = struct.Struct("!Q")
_QUIET_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
_GROWN = 0.25
_OCR_PATIENCE = 10


class SandboxedReader:
    """A context manager that reads documents in a child process of its own; usable in any process, one at a time.

    Each document gets `limits.cpu_seconds` and `limits.wall_seconds` (ten times as much with `ocr`), and the child
    never more than `limits.memory`.
    """

    def __init__(self, *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SandboxedReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def read(
        self,
        path: str | Path,
        *,
        source: str | None = None,
        pdf_engine: Engine = "pdfium",
        password: str | None = None,
        ocr: bool = False,
    ) -> Document:
        """What `read_document` gives, or its SourceError; LimitExceeded or UnreadableSource when the child dies."""
        source = str(path) if source is None else source
        options = {"source": source, "pdf_engine": pdf_engine, "password": password, "ocr": ocr}
        child = self._child or _start(self._limits)
        self._child = child
        patience = self._limits.wall_seconds * (_OCR_PATIENCE if ocr else 1)
        answer = _ask(child, (str(path), options, self._limits), patience)
        if answer is None:
            raise self._obituary(child, source, patience)
        outcome, grown = answer
        if grown:
            self.close()
        if isinstance(outcome, SourceError):
            raise outcome
        assert isinstance(outcome, Document)
        return outcome

    def close(self) -> None:
        """End the child; the next document gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            _end(child)

    def _obituary(self, child: subprocess.Popen[bytes], source: str, patience: float) -> SourceError:
        """Why the child died, as an error about the document that it died of."""
        self._child = None
        code = _end(child)
        if code == -getattr(signal, "SIGXCPU", 24):
            seconds = self._limits.cpu_seconds
            return LimitExceeded(f"reading took more than {seconds} s of processor time; split the file", path=source)
        if code == -getattr(signal, "SIGKILL", 9):
            return LimitExceeded(f"reading took more than {patience:g} s; split or repair the file", path=source)
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        reason = f"the reader crashed ({name}), for want of memory or over damage"
        return UnreadableSource(f"{reason}; print the file to a new PDF and try that", path=source)


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    # -P keeps the working directory, which may be hostile, off the child's module path.
    command = [sys.executable, "-P", "-m", "claimx.sources.sandbox", str(limits.memory)]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_QUIET_THREADS},
        start_new_session=True,  # so that the programs which OCR starts die with it
    )


def _ask(
    child: subprocess.Popen[bytes], request: object, patience: float
) -> tuple[Document | SourceError, bool] | None:
    """The child's answer, or None when it died, of itself or because patience ended."""
    assert child.stdin and child.stdout
    clock = threading.Timer(patience, _kill, (child,))
    clock.daemon = True
    clock.start()
    try:
        _send(child.stdin, request)
        answer: tuple[Document | SourceError, bool] = _receive(child.stdout)
        return answer
    except (EOFError, BrokenPipeError):
        return None
    except BaseException:
        _kill(child)  # Ctrl-C, or an error of ours: do not wait for a document nobody wants any more
        raise
    finally:
        clock.cancel()


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End a child and all that it has started."""
    if sys.platform == "win32":
        child.kill()
    elif child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)


def _end(child: subprocess.Popen[bytes]) -> int:
    """Close a child's pipes, wait for its end, and return its code."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # it died with our request unread; closed all the same
    try:
        return child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        _kill(child)
        return child.wait()


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def _serve(memory: int) -> None:
    """The child: answer requests until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    _limit_memory(memory)
    while True:
        try:
            path, options, limits = _receive(requests)
        except EOFError:
            return
        _limit_time(limits.cpu_seconds * (_OCR_PATIENCE if options["ocr"] else 1))
        _send(answers, (_outcome(path, options, limits), _resident() > _GROWN * memory))


def _outcome(path: str, options: dict[str, Any], limits: Limits) -> Document | SourceError:
    try:
        return read_document(path, limits=limits, **options)
    except SourceError as error:
        error.__traceback__ = error.__cause__ = error.__context__ = None
        return error


def _limit_memory(memory: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    """Give this process so many more seconds of processor time; the signal at their end kills it."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))


def _resident() -> int:
    """Bytes of memory this process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
