"""Other people's annotation servers in environments of their own: installed, started on 127.0.0.1, stopped again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx


def ensure_environment(folder: Path, requirements: Sequence[str]) -> Path:
    """The folder of an environment with these packages, made when it is not there yet."""
    if not (folder / ".done").is_file():
        if not (folder / "bin" / "python").is_file():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *requirements], check=True, timeout=3000)
        (folder / ".done").touch()
    return folder


def installed_version(environment: Path, package: str) -> str:
    """The version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    command = [environment / "bin" / "python", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str | Path], *, log: Path, environment: dict[str, str], cwd: Path) -> Iterator[None]:
    """A process that is stopped, with its children, when the block is left."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            cwd=cwd,
            start_new_session=True,
        )
        try:
            yield
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    import signal

    for number, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 15)):
        try:
            os.killpg(process.pid, number)  # its own session, so only what it started
            process.wait(patience)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Waits for something to become true; TimeoutError says for what."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if ready():
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(1)
    raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
