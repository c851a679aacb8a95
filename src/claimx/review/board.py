"""A run and its store as one annotator sees them now: claims with their state, kept up to date with the log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claimx.claim import LABELS
from claimx.errors import ReviewError
from claimx.records import CONTEXT, location_record
from claimx.review.anchoring import Finder, Placement, place_all
from claimx.review.decisions import CONTENT, Decision, Json, content_of
from claimx.review.fold import Merged, State, fold, merge, review_of
from claimx.review.run import Record, Run, Text
from claimx.review.store import Store
from claimx.review.teams import Annotator, Team


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim on the board. `record` is the pipeline's, or None for one that only people propose."""

    id: str
    document: str
    record: Json | None
    decisions: tuple[Decision, ...]
    merged: Merged

    @property
    def base(self) -> int:
        """The newest `seq` about this claim."""
        return self.decisions[-1].seq if self.decisions else 0


@dataclass
class Board:
    """Folds the store's decisions over the run's claims; `refresh` reads what is new in the log."""

    run: Run
    store: Store
    team: Team
    entries: dict[str, Entry] = field(default_factory=dict)
    log: list[Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._finder = Finder(self.run)
        self._groups: dict[str, list[Decision]] = {}
        self._placements: dict[str, Placement] = {}
        self._groups_on: dict[str, dict[str, None]] = {}
        self._claim_of: dict[int, str] = {}
        self._assigned = self.team.assigned(self.run.documents)
        for claim, record in self.run.claims.items():
            self.entries[claim] = Entry(claim, record["document"]["id"], record, (), merge(record, ()))
        self.refresh()

    def refresh(self) -> None:
        """Take in the decisions that were stored since the last time, by this process or another."""
        changed: dict[str, None] = {}
        for decision in self.store.iter_decisions(since=self.log[-1].seq if self.log else 0):
            self.log.append(decision)
            group = self._claim_of.get(decision.target or 0, decision.claim)
            self._claim_of[decision.seq] = group
            self._groups.setdefault(group, []).append(decision)
            changed[group] = None
        touched: dict[str, None] = {}
        for group in changed:
            if (old := self._placements.get(group)) is not None:
                touched[old.claim] = None
                self._groups_on[old.claim].pop(group)
            self._placements[group] = placement = self._finder.place(group, self._groups[group])
            self._groups_on.setdefault(placement.claim, {})[group] = None
            touched[placement.claim] = None
        for claim in touched:
            self._rebuild(claim)

    def _rebuild(self, claim: str) -> None:
        here = [self._placements[group] for group in self._groups_on[claim]]
        here = [placement for placement in here if placement.how != "unplaced"]
        decisions = sorted((item for place in here for item in place.decisions), key=lambda item: item.seq)
        record: Json | None = self.run.claims.get(claim)
        if record is None:
            record = next((place.record for place in here if place.record is not None), None)
        merged = merge(record, decisions)
        if record is None and merged.state.status == "withdrawn" and not merged.state.content:
            self.entries.pop(claim, None)
            return
        if record is None and not here:
            self.entries.pop(claim, None)
            return
        document = self.run.claims[claim]["document"]["id"] if claim in self.run.claims else here[0].document
        self.entries[claim] = Entry(claim, document, record, tuple(decisions), merged)

    def claim_of(self, decision: Decision) -> str | None:
        """The claim of this run that a stored decision concerns now, or None when it waits unplaced."""
        placement = self._placements.get(self._claim_of.get(decision.seq, decision.claim))
        return None if placement is None or placement.how == "unplaced" else placement.claim

    def unplaced(self) -> list[Placement]:
        """Decisions that found no place in this run: they wait for a person."""
        return [placement for placement in self._placements.values() if placement.how == "unplaced"]

    def placed(self) -> Iterator[Placement]:
        """All placements, unplaced ones too."""
        return iter(self._placements.values())

    def entry(self, claim: str) -> Entry:
        """The claim with this id; ReviewError when the run has none."""
        try:
            return self.entries[claim]
        except KeyError:
            raise ReviewError("there is no such claim in this run; reload the page", claim=claim) from None

    def sees_all(self, annotator: Annotator) -> bool:
        """Whether this annotator is shown the others' decisions."""
        return not self.team.blind or annotator.adjudicator

    def may_work_on(self, annotator: Annotator, document: str) -> bool:
        """Whether the document was dealt to this annotator; adjudicators work on all."""
        return annotator.adjudicator or annotator.name in self._assigned.get(document, ())

    def state(self, entry: Entry, annotator: Annotator) -> State:
        """The claim as this annotator is to see it: merged, or only their own work when blind."""
        if self.sees_all(annotator):
            return entry.merged.state
        own = entry.merged.by_annotator.get(annotator.name)
        return own if own is not None else fold(entry.record, ())

    def state_seen(self, entry: Entry, annotator: Annotator, base: int) -> State:
        """The claim as the annotator's screen shows it, who has seen others' decisions up to `base` only."""
        if not self.sees_all(annotator):
            return self.state(entry, annotator)
        seen = [item for item in entry.decisions if item.seq <= base or item.annotator == annotator.name]
        return merge(entry.record, seen).state

    def visible(self, annotator: Annotator) -> Iterator[tuple[Entry, State]]:
        """The claims on this annotator's desk with their states; a colleague's blind addition is not shown."""
        for entry in self.entries.values():
            if self.may_work_on(annotator, entry.document):
                state = self.state(entry, annotator)
                if state.content and state.status != "withdrawn":
                    yield entry, state

    def history(self, entry: Entry, annotator: Annotator) -> list[Decision]:
        """The decisions on a claim that this annotator may see, oldest first."""
        return [item for item in entry.decisions if self.sees_all(annotator) or item.annotator == annotator.name]


def added_id(document: str, start: int, end: int, text: str) -> str:
    """The id of a claim added by hand: two people who add the same words mean the same claim."""
    content = "\x00".join((document, str(start), str(end), text))
    return "added-" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def snapshot(state: State) -> dict[str, Any]:
    """A state as a decision's `before`: the claim as the annotator saw it."""
    return {"status": state.status, **state.content, "flagged": state.flagged, "note": state.note}


def current_state(run: Run, decisions: Sequence[Decision]) -> Mapping[str, Merged]:
    """Every claim of the run, and every added one, with all annotators' work merged; unplaced decisions left out."""
    groups: dict[str, list[Decision]] = {}
    kept: dict[str, Json] = {}
    for placement in place_all(run, decisions):
        if placement.how != "unplaced":
            groups.setdefault(placement.claim, []).extend(placement.decisions)
            if placement.record is not None:
                kept[placement.claim] = placement.record
    merged = {}
    for claim in dict.fromkeys([*run.claims, *groups]):
        record: Json | None = run.claims.get(claim, kept.get(claim))
        merged[claim] = merge(record, sorted(groups.get(claim, ()), key=lambda item: item.seq))
    return merged


def reviewed_claims(run: Run, store: Store) -> Iterator[dict[str, Any]]:
    """The run's claim records as reviewed, added claims included, by document and place.

    A record's fields are the corrected ones, and `review` says by whom; it stays None for a claim nobody looked at.
    Rejected claims come too, with the status that says so.
    """
    placements = place_all(run, store.decisions())
    home = {item.claim: item.document for item in placements if item.how != "unplaced"}
    records = []
    for claim, merged in current_state(run, store.decisions()).items():
        if merged.state.status == "withdrawn" or not merged.state.content:
            continue
        record = run.claims.get(claim)
        base = record if record is not None else _bare_record(run, claim, home[claim], merged.state)
        records.append(_reviewed(run, base, merged))
    order = {document: number for number, document in enumerate(run.documents)}
    records.sort(key=lambda item: (order[item["document"]["id"]], item["start"], item["end"], item["id"]))
    yield from records


def _reviewed(run: Run, record: Json, merged: Merged) -> dict[str, Any]:
    review = review_of(merged)
    if review is None:
        return {**record, "review": None}
    content = {name: merged.state.content[name] for name in CONTENT}
    label = content["labels"][0] if content["labels"] else record.get("label")
    # A statement found to be no claim keeps the pipeline's label in the record; its review status says rejected.
    content["labels"] = content["labels"] or list(record["labels"])
    reviewed = {**record, **content, "label": label, "review": review}
    if (content["start"], content["end"]) != (record["start"], record["end"]):
        reviewed |= _place(run.text(record["document"]["id"]), content["start"], content["end"])
    return reviewed


def _place(text: Text, start: int, end: int) -> dict[str, Any]:
    """The fields of a record that follow from its boundaries."""
    whole = text.text
    return {
        "context": {"prefix": whole[max(0, start - CONTEXT) : start], "suffix": whole[end : end + CONTEXT]},
        "location": location_record(text.document, start, end),
    }


def _bare_record(run: Run, claim: str, document: str, state: State) -> Record:
    source = run.documents[document]
    text = run.text(document)
    start, end = state.content["start"], state.content["end"]
    labels = list(state.content["labels"]) or [LABELS[0]]
    made_by = run.manifest.get("pipeline") or {}
    return {
        "schema": "claimx.claim/1",
        "id": claim,
        "document": {name: source.get(name) for name in ("id", "source", "sha256", "title", "published")},
        "label": labels[0],
        "labels": labels,
        "scores": {label: float(label in labels) for label in LABELS},
        "confidence": 1.0,
        **content_of({**state.content, "labels": labels}),
        **_place(text, start, end),
        "section": {"kind": "body", "title": None},
        "cues": [],
        "pipeline": {name: str(made_by.get(name, "review")) for name in ("name", "version", "model")},
        "review": None,
    }
