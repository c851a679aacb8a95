"""`claimx review`: a run folder becomes a page at an address that only its annotators know."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import uvicorn

from claimx.errors import ReviewError
from claimx.review.app import make_app
from claimx.review.run import read_run
from claimx.review.security import is_loopback
from claimx.review.store import open_store
from claimx.review.teams import Team, single

PORT = 8377


def serve(
    run: Path,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    database: str | None = None,
    team: Team | None = None,
    announce: Callable[[dict[str, str]], None],
) -> None:
    """Serve the review of the run until interrupted.

    `announce` is called once, when the page can be opened, with each annotator's opening address. Port 0 takes a free
    one. Raises ReviewError for a folder that is no run, a database that does not open, a port that is taken, and for
    an address other machines can reach without a team file.
    """
    people = team or single("annotator")
    if team is None and not is_loopback(host):
        raise ReviewError(
            f"{host} can be reached from other machines: give a team file, so that each annotator has a token, "
            "and put a proxy that speaks TLS in front"
        )
    contents = read_run(run)
    with open_store(run, database) as store, _listen(host, port) as listening:
        bound = int(listening.getsockname()[1])
        app = make_app(contents, store, people, host=host, port=bound)
        config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False, lifespan="on", ws="none")
        server = _Server(config, lambda: announce(addresses(people, host, bound)))
        server.run(sockets=[listening])


def addresses(team: Team, host: str, port: int) -> dict[str, str]:
    """Each annotator's opening address; it holds their token, so it is for them alone."""
    name = f"[{host}]" if ":" in host else host
    base = f"https://{team.hosts[0]}" if team.hosts else f"http://{name}:{port}"
    return {item.name: f"{base}/?token={quote(item.token)}" for item in team.annotators}


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host.strip("[]"), port))
    except OSError as error:
        listening.close()
        raise ReviewError(
            f"cannot listen on {host} port {port}: {error.strerror}; try another --port, or 0 for a free one"
        ) from error
    return listening
