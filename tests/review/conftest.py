"""Fixtures of the review tests: a run, a store on either database, a server of its own, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import runs
from postgres import Cluster, start_cluster
from served import Served

from claimx.review.run import Run, read_run
from claimx.review.store import Store, open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run of three documents, one a PDF with its file."""
    return runs.write_sample(tmp_path / "outputs" / "demo")


@pytest.fixture
def run(folder: Path) -> Run:
    return read_run(folder)


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with open_store(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A private PostgreSQL server on a free port."""
    started = start_cluster(tmp_path_factory.mktemp("postgres"))
    if isinstance(started, str):
        pytest.skip(started)
    yield started
    started.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of a database: None for SQLite in the run's folder, or a fresh one in PostgreSQL."""
    if request.param == "sqlite":
        return None
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database()


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    """The review of the sample run in a process of its own."""
    server = Served(folder)
    server.start()
    yield server
    server.stop()
