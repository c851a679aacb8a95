"""Decisions in an append-only table: SQLite beside the run by default, PostgreSQL for teams."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from claimx.errors import ReviewError
from claimx.review.decisions import Anchor, Decision

DATABASE_NAME = "review.db"

METADATA = sa.MetaData()
DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("annotator", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("claim", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Column("anchor", sa.JSON, nullable=False),
    sa.Column("base", sa.BigInteger),
    sa.Column("target", sa.BigInteger),
    sa.Column("elapsed", sa.Float),
    sa.UniqueConstraint("run", "key", name="decisions_once"),
    sa.Index("decisions_of_claim", "run", "claim"),
    sqlite_autoincrement=True,
)

_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS decisions_no_{verb.lower()} BEFORE {verb} ON decisions "
        "BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION decisions_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'decisions are append-only'; END $$",
        "DROP TRIGGER IF EXISTS decisions_append_only ON decisions",
        "CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION decisions_append_only()",
    ],
}
# One number for all claimx databases: PostgreSQL's advisory locks are named by integers.
_APPEND_LOCK = 0x636C61696D78


class StaleDecision(ReviewError):
    """Somebody else decided on the claim since the annotator last saw it; `others` holds what they decided."""

    def __init__(self, decision: Decision, others: Sequence[Decision]) -> None:
        names = ", ".join(sorted({other.annotator for other in others}))
        super().__init__(f"{names} decided meanwhile; look at the difference and decide again", claim=decision.claim)
        self.decision = decision
        self.others = tuple(others)


class Store:
    """The log of one run's decisions. Appending is the only way to change it; safe for several processes."""

    def __init__(self, engine: sa.Engine, run: str) -> None:
        self._engine = engine
        self._writer = engine.execution_options(claimx_writes=True)
        self._run = run

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections to the database."""
        self._engine.dispose()

    @property
    def name(self) -> str:
        """What the run is called in the database."""
        return self._run

    def append(self, decision: Decision) -> Decision:
        """Store a decision and return it with its `seq` and `at`; it is on the disk when this returns.

        A decision whose key is already stored is not stored again: the stored one comes back. Raises StaleDecision
        when `base` is given and somebody else's newer decision on the claim was not among those seen.
        """
        return self.append_all([decision])[0]

    def append_all(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Store all decisions or, when one of them is refused, none."""
        try:
            with self._writer.begin() as connection:
                self._serialise(connection)
                return [self._append(connection, decision) for decision in decisions]
        except IntegrityError as error:
            raise ReviewError(f"the database refused the decision: {error.orig}") from error

    def find(self, key: str) -> Decision | None:
        """The stored decision with this key, if there is one."""
        with self._engine.connect() as connection:
            return self._find(connection, key)

    def _find(self, connection: sa.Connection, key: str) -> Decision | None:
        query = sa.select(DECISIONS).where(DECISIONS.c.run == self._run, DECISIONS.c.key == key)
        row = connection.execute(query).one_or_none()
        return None if row is None else _to_decision(row)

    def _append(self, connection: sa.Connection, decision: Decision) -> Decision:
        known = self._find(connection, decision.key)
        if known is not None:
            return _same_decision(known, decision)
        if decision.base is not None and (others := self._unseen(connection, decision)):
            raise StaleDecision(decision, others)
        stored = dataclasses.replace(decision, at=decision.at or _now())
        result = connection.execute(sa.insert(DECISIONS).values(self._to_row(stored)))
        primary_key = result.inserted_primary_key
        if primary_key is None:
            raise ReviewError("the database gave the decision no number", claim=decision.claim)
        return dataclasses.replace(stored, seq=int(primary_key[0]))

    def _unseen(self, connection: sa.Connection, decision: Decision) -> list[Decision]:
        newer = sa.select(DECISIONS).where(
            DECISIONS.c.run == self._run,
            DECISIONS.c.claim == decision.claim,
            DECISIONS.c.annotator != decision.annotator,
            DECISIONS.c.seq > decision.base,
        )
        return [_to_decision(row) for row in connection.execute(newer.order_by(DECISIONS.c.seq))]

    def decisions(self, *, since: int = 0) -> list[Decision]:
        """The decisions with a greater `seq` than `since`, oldest first."""
        return list(self.iter_decisions(since=since))

    def iter_decisions(self, *, since: int = 0) -> Iterator[Decision]:
        """As `decisions`, one at a time."""
        query = sa.select(DECISIONS).where(DECISIONS.c.run == self._run, DECISIONS.c.seq > since)
        with self._engine.connect() as connection:
            for row in connection.execute(query.order_by(DECISIONS.c.seq)):
                yield _to_decision(row)

    def _serialise(self, connection: sa.Connection) -> None:
        # Numbers must become visible in their order, or a reader asking for "newer than n" would miss a row that
        # was numbered earlier and committed later. SQLite's BEGIN IMMEDIATE already gives that.
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPEND_LOCK)))

    def _to_row(self, decision: Decision) -> dict[str, Any]:
        row = {name: getattr(decision, name) for name in Decision.__slots__ if name not in ("seq", "anchor")}
        anchor = {name: getattr(decision.anchor, name) for name in Anchor.__slots__}
        return {
            **row,
            "run": self._run,
            "anchor": anchor,
            "before": dict(decision.before),
            "after": dict(decision.after),
        }


def open_store(run: Path, database: str | None = None) -> Store:
    """The store of the run in folder `run`: `review.db` in it, or the database that a SQLAlchemy address names.

    In a shared database a run goes by the name of its folder. Raises ReviewError when the database cannot be opened.
    """
    path = run.resolve()
    if database is None and not path.is_dir():
        raise ReviewError(f"{run} is no folder; give the folder that claimx extract wrote")
    try:
        engine = _make_engine(database or sa.URL.create("sqlite", database=str(path / DATABASE_NAME)))
        with engine.execution_options(claimx_writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPEND_LOCK)))
            if not sa.inspect(connection).has_table(DECISIONS.name):
                METADATA.create_all(connection)
                for statement in _APPEND_ONLY.get(connection.dialect.name, ()):
                    connection.execute(sa.text(statement))
    except (ArgumentError, ImportError) as error:
        raise ReviewError(
            f"cannot use the database {_without_password(database)}: {error}; "
            "an address looks like postgresql+psycopg://user@host/name and needs pip install 'claimx[postgres]'"
        ) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise ReviewError(
            f"cannot open {_without_password(database) or path / DATABASE_NAME}: {reason}; "
            "check that the database is there and that you may write to it"
        ) from error
    return Store(engine, path.name)


def _make_engine(address: str | sa.URL) -> sa.Engine:
    url = sa.make_url(address)
    engine = sa.create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    if url.get_backend_name() == "sqlite":
        sa.event.listen(engine, "connect", _on_sqlite_connect)
        sa.event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins late and shared; ours begins with the write lock (see below).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: sa.Connection) -> None:
    # A transaction that reads and then writes must have the write lock from the start, or SQLite refuses the write
    # when another process wrote in between.
    writes = connection.get_execution_options().get("claimx_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _to_decision(row: sa.Row[Any]) -> Decision:
    fields = {name: getattr(row, name) for name in Decision.__slots__ if name != "anchor"}
    return Decision(anchor=Anchor(**row.anchor), **fields)


def _same_decision(stored: Decision, sent: Decision) -> Decision:
    """The stored decision, if the sent one is the same sent again; a key must not be used for another decision."""
    if (stored.annotator, stored.claim, stored.action) != (sent.annotator, sent.claim, sent.action):
        raise ReviewError(f"the key {sent.key!r} belongs to another decision; use a fresh key", claim=sent.claim)
    return stored


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _without_password(database: str | None) -> str | None:
    if database is None:
        return None
    try:
        return sa.make_url(database).render_as_string(hide_password=True)
    except ArgumentError:
        return "given"
