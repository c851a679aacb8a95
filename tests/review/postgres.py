"""A private PostgreSQL server for tests, from Debian's packages, on a free port and never as root."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ACCOUNT = "postgres"


@dataclass
class Cluster:
    """A running server; `prefix` runs a command as the account that owns it."""

    programs: Path
    data: Path
    port: int
    prefix: tuple[str, ...]
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def new_database(self) -> str:
        """The SQLAlchemy address of a fresh, empty database."""
        name = f"claimx_{next(self.numbers)}"
        self.call("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", ACCOUNT, name)
        return f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{self.port}/{name}"

    def call(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; its words are in the error if it fails."""
        command = [*self.prefix, str(self.programs / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def stop(self) -> None:
        """End the server at once; its data are thrown away anyway."""
        self.call("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")


def start_cluster(folder: Path) -> Cluster | str:
    """A started server, or why there is none on this machine."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not programs:
        return "needs PostgreSQL's server (apt-get install postgresql)"
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        # The server refuses to run as root; Debian's package makes an account for it.
        prefix = ("runuser", "-u", ACCOUNT, "--")
        home = Path("/var/tmp") / f"claimx-postgres-{os.getpid()}"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700)
        shutil.chown(home, ACCOUNT, ACCOUNT)
        folder = home
    cluster = Cluster(programs[-1].parent, folder / "data", _free_port(), prefix)
    cluster.call("initdb", "-D", str(cluster.data), "-U", ACCOUNT, "--auth=trust", "--encoding=UTF8", "--locale=C")
    options = f"-p {cluster.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    log = folder / "server.log"
    cluster.call("pg_ctl", "-D", str(cluster.data), "-o", options, "-l", str(log), "-w", "start")
    return cluster


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
