"""The log of decisions."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa

from claimx.errors import ReviewError
from claimx.review.decisions import Anchor, Decision, decision_from_json, decision_to_json
from claimx.review.store import DECISIONS, StaleDecision, open_store

ANCHOR = Anchor("doc-1", "a.txt", "0" * 64, "café 👩🏽‍🌾", "", "", 3, 9, {"labels": ["cause"]})


def make(
    key: str, *, annotator: str = "Ana", claim: str = "clm-1", action: str = "accept", **fields: object
) -> Decision:
    decision = Decision(key, annotator, "doc-1", claim, action, {}, {}, ANCHOR)  # type: ignore[arg-type]
    return dataclasses.replace(decision, **fields)  # type: ignore[arg-type]


def test_returns_what_was_stored(folder: Path, database: str | None) -> None:
    """A decision comes back as it went in, with a number and a time, also from a store opened anew."""
    sent = make("key-00001", action="note", after={"note": "née\u0301 🏝️"}, before={"note": None}, base=0, elapsed=1.5)
    with open_store(folder, database) as store:
        stored = store.append(sent)
    assert stored == dataclasses.replace(sent, seq=stored.seq, at=stored.at)
    assert stored.seq == 1 and stored.at.endswith("+00:00")
    with open_store(folder, database) as store:
        assert store.decisions() == [stored]
        assert store.decisions(since=stored.seq) == []
        assert store.find("key-00001") == stored


def test_stores_a_key_once(folder: Path, database: str | None) -> None:
    """The same decision sent again is not stored again; the key of one decision does not serve another."""
    with open_store(folder, database) as store:
        first = store.append(make("key-00001"))
        assert store.append(make("key-00001")) == first
        with pytest.raises(ReviewError, match="another decision"):
            store.append(make("key-00001", action="reject"))
        assert len(store.decisions()) == 1


def test_tells_the_later_writer(folder: Path, database: str | None) -> None:
    """Who decides on a claim that a colleague has changed since is told so, with the colleague's decisions."""
    with open_store(folder, database) as store:
        first = store.append(make("key-00001", annotator="Ben", base=0))
        with pytest.raises(StaleDecision, match="Ben decided meanwhile") as raised:
            store.append(make("key-00002", base=0))
        assert raised.value.others == (first,)
        assert store.append(make("key-00002", base=first.seq)).seq > first.seq
        assert store.append(make("key-00003", claim="clm-2", base=0))


def test_own_and_blind_decisions_are_no_conflict(folder: Path, database: str | None) -> None:
    """Nobody conflicts with themselves, and a blind annotator with nobody."""
    with open_store(folder, database) as store:
        store.append(make("key-00001", base=0))
        store.append(make("key-00002", base=0))
        store.append(make("key-00003", annotator="Ben", base=None))
        assert len(store.decisions()) == 3


def test_appends_all_or_none(folder: Path, database: str | None) -> None:
    """When one of several decisions is refused, none is stored."""
    with open_store(folder, database) as store:
        store.append(make("key-00001", annotator="Ben", base=0))
        with pytest.raises(StaleDecision):
            store.append_all([make("key-00002", claim="clm-9"), make("key-00003", base=0)])
        assert [item.key for item in store.decisions()] == ["key-00001"]


@pytest.mark.parametrize("change", [sa.update(DECISIONS).values(annotator="Eve"), sa.delete(DECISIONS)])
def test_nothing_is_changed_or_deleted(folder: Path, database: str | None, change: sa.Executable) -> None:
    """The database itself refuses to change or delete a decision."""
    with open_store(folder, database) as store:
        store.append(make("key-00001"))
    engine = sa.create_engine(database or f"sqlite:///{folder / 'review.db'}")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(change)
    engine.dispose()
    with open_store(folder, database) as store:
        assert len(store.decisions()) == 1


def test_sqlite_is_written_through(folder: Path) -> None:
    """SQLite keeps a write-ahead log and waits for the disk."""
    with open_store(folder) as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_runs_in_one_database_are_apart(folder: Path, tmp_path: Path) -> None:
    """Two runs in one database do not see each other's decisions, even under the same key."""
    address = f"sqlite:///{tmp_path / 'team.db'}"
    with open_store(folder, address) as one, open_store(tmp_path / "other", address) as two:
        one.append(make("key-00001"))
        two.append(make("key-00001", action="reject"))
        assert [item.action for item in one.decisions()] == ["accept"]
        assert [item.action for item in two.decisions()] == ["reject"]


@pytest.mark.parametrize(
    "address", ["nonsense", "postgresql+psycopg://u:secret@127.0.0.1:1/none", "mystery://x", "sqlite:////no/such/x.db"]
)
def test_says_what_is_wrong_with_a_database(folder: Path, address: str) -> None:
    """A database that does not open is named, without its password."""
    with pytest.raises(ReviewError) as raised:
        open_store(folder, address)
    assert "secret" not in str(raised.value)


def test_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A missing run is an error that says what to give, not a fresh database."""
    with pytest.raises(ReviewError, match="no folder"):
        open_store(tmp_path / "nowhere")


def test_json_round_trip() -> None:
    """A decision survives its JSON form; what is no decision is refused."""
    decision = make("key-00001", seq=4, at="2025-01-01T00:00:00+00:00")
    assert decision_from_json(decision_to_json(decision)) == decision
    with pytest.raises(ReviewError):
        decision_from_json({"key": "key-00001"})
    with pytest.raises(ReviewError, match="unknown action"):
        decision_from_json({**decision_to_json(decision), "action": "erase"})
