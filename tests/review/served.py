"""The review server in a process of its own, forked from a warm one so that a test may kill and start it often."""

from __future__ import annotations

import multiprocessing
import secrets
import socket
import threading
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from claimx.review.server import serve
from claimx.review.teams import Annotator, Team

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "claimx.review.server",
        "uvicorn.lifespan.on",
        "uvicorn.loops.auto",
        "uvicorn.protocols.http.auto",
        "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
    ]
)

ANA = Annotator("Ana", "ana-token-0123456789abcdef")


def _serve(run: Path, port: int, database: str | None, team: Team, ready: Any) -> None:
    serve(run, port=port, database=database, team=team, announce=ready.send)


@dataclass
class Served:
    """One server, startable and killable; `port` stays the same over its lives."""

    run: Path
    database: str | None = None
    team: Team = field(default_factory=lambda: Team((ANA,)))
    port: int = 0
    process: BaseProcess | None = None
    addresses: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start and wait until the page can be opened."""
        self.port = self.port or _free_port()
        ready, told = _CONTEXT.Pipe(duplex=False)
        self.process = _CONTEXT.Process(target=_serve, args=(self.run, self.port, self.database, self.team, told))
        self.process.start()
        told.close()
        if not ready.poll(30):
            raise RuntimeError("the server did not start in 30 s")
        self.addresses = ready.recv()
        ready.close()

    def kill(self) -> None:
        """SIGKILL: no time to say goodbye."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None

    stop = kill

    @property
    def base(self) -> str:
        """The address without a token."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, name: str = "Ana") -> Client:
        """A client that has opened the page as this annotator."""
        return Client(self, name)


class Client:
    """What the page's script does, without a browser."""

    def __init__(self, served: Served, name: str) -> None:
        self.http = httpx.Client(base_url=served.base, timeout=30, follow_redirects=True)
        # The cookie is all we want of the opening address: the page behind it is for browsers.
        self.http.get(served.addresses[name], follow_redirects=False)
        self.origin = served.base

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str) -> Any:
        answer = self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    def post(self, body: Any, **headers: str) -> httpx.Response:
        return self.http.post("/api/decisions", json=body, headers={"Origin": self.origin, **headers})

    def decide(self, action: str, claim: str | None = None, *, key: str | None = None, **fields: Any) -> httpx.Response:
        """Send one decision with a fresh key, unless one is given."""
        return self.post({"key": key or new_key(), "action": action, "claim": claim, **fields})


def new_key() -> str:
    """A key as the page makes it."""
    return secrets.token_hex(16)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def at_once(works: list[Any]) -> None:
    """Run the works in threads; the first error of any is raised when all have ended."""
    errors: list[BaseException] = []

    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
