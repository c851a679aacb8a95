"""A run with its decisions out to a file of another tool, and such a file back in as decisions."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from claimx.agreement import Agreement, Judgement, measure
from claimx.errors import ReviewError
from claimx.interchange.annotation import Passage, annotated
from claimx.interchange.changes import ACTIONS, KINDS, Change, Current, Kind, check_kept_apart, iter_changes
from claimx.interchange.formats import Format, losses_of
from claimx.records import Record, read_claims, read_records
from claimx.review.anchoring import anchor_of
from claimx.review.board import Board, Entry, added_id, current_state, reviewed_claims, snapshot
from claimx.review.decisions import Action, Decision, checked_patch, content_of
from claimx.review.run import Run, read_run
from claimx.review.store import DATABASE_NAME, Store, open_store
from claimx.review.teams import Annotator, Team

ANONYMOUS = "imported"
FAST = 1.0
"""Seconds under which a decision is counted as fast: shown, not blocked."""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many changes of each kind were stored, in all and by annotator.

    `left_out` names parts of claims in the file that lie in no claim, as when only a claim's own region was deleted.
    """

    counts: Mapping[Kind, int]
    by_annotator: Mapping[str, int]
    passages: int
    left_out: tuple[str, ...] = ()


def current_claims(folder: Path, database: str | None = None) -> Iterator[Record]:
    """The claims of a run as its annotators left them; as they were extracted where nobody has decided anything."""
    if database is None and not (folder / DATABASE_NAME).is_file():
        yield from read_claims(folder)
        return
    with open_store(folder, database) as store:
        yield from reviewed_claims(read_run(folder), store)


def export_run(folder: Path, claims: Iterable[Record], form: Format, path: Path) -> list[str]:
    """Writes the claims of the run in a format, and says what the format could not hold of them."""
    records = list(claims)
    documents = list(read_records(folder / "documents.jsonl"))
    form.write(path, documents, records)
    return losses_of(form, records)


def import_file(
    folder: Path,
    store: Store,
    form: Format,
    path: Path,
    *,
    annotator: str | None = None,
    blind: bool = False,
    accept: bool = False,
) -> ImportSummary:
    """Stores what the file changes as decisions, all of them or, when anything in it is wrong, none.

    `annotator` is whose decisions they are, whatever the file says. `blind`: the annotator saw only what the pipeline
    proposed; so it is anyway when the file holds the work of several.
    """
    if form.read is None:
        raise ReviewError(f"{form.name} can only be exported")
    run = read_run(folder)
    texts = {record["id"]: record["text"] for record in read_records(folder / "documents.jsonl")}
    passages = [_signed(passage, annotator) for passage in form.read(path, texts)]
    check_kept_apart(passages)
    names = dict.fromkeys(cast(str, passage.annotator) for passage in passages)
    several = len([name for name in names if name != ANONYMOUS]) > 1
    changes: list[Change] = []
    decisions: list[Decision] = []
    for name in names:
        maker = _DecisionMaker(run, store, name, blind=blind or several)
        own = [passage for passage in passages if passage.annotator == name]
        found = list(iter_changes(own, maker.current(), form.holds, accept=accept))
        decisions += [decision for change in found for decision in maker.decisions(change)]
        changes += found
    store.append_all(decisions)
    left_out = tuple(part for passage in passages for part in passage.left_out)
    counts = Counter(change.kind for change in changes)
    people = Counter(cast(str, change.annotator) for change in changes)
    return ImportSummary({kind: counts[kind] for kind in KINDS}, dict(people), len(passages), left_out)


@dataclass(frozen=True, slots=True)
class TeamWork:
    """The agreement of a run's annotators, and how each worked: decisions, and how many took under a second.

    `settled` counts claims by how they were settled: open, unanimous, adjudicated, unresolved.
    """

    agreement: Agreement
    decisions: Mapping[str, int]
    fast: Mapping[str, int]
    settled: Mapping[str, int]


def measure_team(folder: Path, store: Store) -> TeamWork:
    """How far the annotators of a run agree, each seen by themselves; an adjudicator's rulings are no opinion."""
    run = read_run(folder)
    log = store.decisions()
    rulings = {item.seq for item in log if item.action == "adjudicate"}
    merged = current_state(run, [item for item in log if item.seq not in rulings])
    documents = {item.claim: item.document for item in log}
    judgements = []
    for claim, state in merged.items():
        record = run.claims.get(claim)
        document = record["document"]["id"] if record is not None else documents[claim]
        for name, own in state.by_annotator.items():
            if own.status in ("unreviewed", "withdrawn"):
                continue
            content = annotated(own.content)
            label = own.labels[0] if own.labels else None
            judgements.append(
                Judgement(claim, document, name, label, content.start, content.end, content.entities, record is None)
            )
    settlements = {claim: state.settlement for claim, state in current_state(run, log).items()}
    disputed = [claim for claim, settlement in settlements.items() if settlement == "unresolved"]
    return TeamWork(
        measure(judgements, disputed=disputed),
        dict(Counter(item.annotator for item in log)),
        dict(Counter(item.annotator for item in log if item.elapsed is not None and item.elapsed < FAST)),
        dict(Counter(settlements.values())),
    )


def _signed(passage: Passage, annotator: str | None) -> Passage:
    return replace(passage, annotator=annotator or passage.annotator or ANONYMOUS)


class _DecisionMaker:
    """One annotator's view of the run, and changes against it as decisions."""

    def __init__(self, run: Run, store: Store, name: str, *, blind: bool) -> None:
        # The token opens no page: nobody serves this team.
        self._annotator = Annotator(name, uuid.uuid4().hex)
        self._board = Board(run, store, Team((self._annotator,), blind=blind))
        self._blind = blind

    def current(self) -> Iterator[Current]:
        """The claims that this annotator knows, as they know them."""
        for entry, state in self._board.visible(self._annotator):
            review = {"status": state.status, "note": state.note} if state.note is not None else None
            record = {**state.content, "id": entry.id, "review": review}
            status = state.status
            if status != "unreviewed" and self._annotator.name not in entry.merged.by_annotator:
                status = "rejected" if status == "rejected" else "unreviewed"  # somebody else's verdict
            yield Current(annotated(record), entry.document, status)

    def decisions(self, change: Change) -> Iterator[Decision]:
        """The decision that a change becomes; an added claim with a note becomes two."""
        text = self._board.run.text(change.document)
        patch = dict(change.after)
        note = patch.pop("note", None) if change.kind == "added" else None
        action = ACTIONS[change.kind]
        after = checked_patch(action, patch, text.text, claim=change.claim or "new")
        if change.kind != "added":
            yield self._decision(self._board.entry(change.claim), action, after)
            return
        content = content_of(after)
        claim = added_id(change.document, content["start"], content["end"], content["text"])
        added = Decision(
            key=uuid.uuid4().hex,
            annotator=self._annotator.name,
            document=change.document,
            claim=claim,
            action="add",
            after=content,
            before={},
            anchor=anchor_of(text, None, content["start"], content["end"]),
            base=None if self._blind else 0,
        )
        yield added
        if note is not None:
            yield replace(added, key=uuid.uuid4().hex, action="note", after={"note": note}, before=content)

    def _decision(self, entry: Entry, action: str, after: Mapping[str, object]) -> Decision:
        state = self._board.state(entry, self._annotator)
        record = content_of(entry.record) if entry.record is not None else None
        span = record or state.content
        return Decision(
            key=uuid.uuid4().hex,
            annotator=self._annotator.name,
            document=entry.document,
            claim=entry.id,
            action=cast(Action, action),
            after=after,
            before=snapshot(state),
            anchor=anchor_of(self._board.run.text(entry.document), record, span["start"], span["end"]),
            base=None if self._blind else entry.base,
        )
