"""The log of decisions folded over a claim: what it is now, for one annotator and for all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from claimx.review.decisions import CONTENT, Decision, Json, content_of

Status = Literal["unreviewed", "accepted", "corrected", "rejected", "added", "withdrawn"]
Settlement = Literal["open", "unanimous", "adjudicated", "unresolved"]

_VERDICTS = frozenset({"accept", "relabel", "resize", "edit_argument", "edit_attribute", "edit_entity", "add"})


@dataclass(frozen=True, slots=True)
class State:
    """What a claim is after some decisions.

    `content` holds the correctable fields (decisions.CONTENT); `annotator` and `at` belong to the last decision that
    changed anything, and `last` is its `seq` (0: none). A claim that was added and then undone is "withdrawn".
    """

    status: Status
    content: Json
    flagged: bool = False
    note: str | None = None
    annotator: str | None = None
    at: str | None = None
    last: int = 0

    @property
    def labels(self) -> list[str]:
        """The types, primary first; empty when the statement is no claim."""
        return [] if self.status in ("rejected", "withdrawn") else list(self.content["labels"])


@dataclass(frozen=True, slots=True)
class Merged:
    """All annotators' work on one claim: the state that counts, how it came about, and each annotator's own."""

    state: State
    settlement: Settlement
    by_annotator: Mapping[str, State]


def active(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that stand, in order: undone ones left out, undo and redo themselves too."""
    decisions = list(decisions)
    undone: set[int] = set()
    for decision in decisions:
        if decision.action == "undo" and decision.target is not None:
            undone.add(decision.target)
        elif decision.action == "redo" and decision.target is not None:
            undone.discard(decision.target)
    return [item for item in decisions if item.action not in ("undo", "redo") and item.seq not in undone]


def undo_target(decisions: Iterable[Decision], annotator: str) -> int | None:
    """The `seq` that this annotator's next undo takes back, or None."""
    done, _ = _undo_stacks(decisions, annotator)
    return done[-1] if done else None


def redo_target(decisions: Iterable[Decision], annotator: str) -> int | None:
    """The `seq` that this annotator's next redo brings back, or None."""
    _, undone = _undo_stacks(decisions, annotator)
    return undone[-1] if undone else None


def _undo_stacks(decisions: Iterable[Decision], annotator: str) -> tuple[list[int], list[int]]:
    done: list[int] = []
    undone: list[int] = []
    for decision in decisions:
        if decision.annotator != annotator:
            continue
        if decision.action == "undo" and decision.target in done:
            done.remove(decision.target)
            undone.append(decision.target)
        elif decision.action == "redo" and decision.target in undone:
            undone.remove(decision.target)
            done.append(decision.target)
        elif decision.action not in ("undo", "redo"):
            done.append(decision.seq)
            undone.clear()
    return done, undone


def fold(record: Json | None, decisions: Iterable[Decision]) -> State:
    """The claim's state after these decisions, oldest first; `record` is None for a claim that was added by hand."""
    original = content_of(record) if record is not None else None
    content: dict[str, Any] = dict(original or {})
    verdict: Literal["open", "kept", "rejected"] = "open"
    state = State("unreviewed", content)
    standing = active(decisions)
    for decision in standing:
        after = decision.after
        content.update({name: after[name] for name in CONTENT if name in after})
        verdict = _verdict(decision, verdict)
        state = replace(
            state,
            flagged=bool(after.get("flagged", state.flagged)),
            note=after.get("note", state.note),
            annotator=decision.annotator,
            at=decision.at,
            last=decision.seq,
        )
    return replace(state, status=_status(original, content, verdict), content=_complete(content, standing))


def _verdict(decision: Decision, before: Literal["open", "kept", "rejected"]) -> Literal["open", "kept", "rejected"]:
    after = decision.after
    if decision.action == "reject" or after.get("rejected") or after.get("labels") == []:
        return "rejected"
    if decision.action in _VERDICTS or decision.action == "adjudicate":
        # Editing the note or an entity of a rejected claim does not bring the claim back; naming its type does.
        if before == "rejected" and decision.action not in ("accept", "relabel", "add", "adjudicate"):
            return "rejected"
        return "kept"
    return before


def _status(original: Json | None, content: Json, verdict: str) -> Status:
    if original is None and not content:
        return "withdrawn"
    if verdict == "rejected":
        return "rejected"
    if original is None:
        return "added"
    if verdict == "open":
        return "unreviewed"
    return "accepted" if content == original else "corrected"


def _complete(content: Json, standing: Sequence[Decision]) -> Json:
    if content or not standing:
        return content
    # The adding was undone, yet a flag or a note still stands: show the claim as it was when they were made.
    return {name: standing[-1].before[name] for name in CONTENT if name in standing[-1].before}


def fold_for(record: Json | None, decisions: Sequence[Decision], annotator: str) -> State | None:
    """The claim as this annotator left it, or None when they decided nothing that stands.

    Others' decisions count as far as the annotator had seen them (`base`): who accepts a colleague's correction
    accepts the corrected claim. A blind annotator has seen nobody's.
    """
    own = {decision.seq for decision in active(decisions) if decision.annotator == annotator}
    if not own:
        return None
    seen = max((decision.base or 0 for decision in decisions if decision.seq in own), default=0)
    return fold(record, [item for item in decisions if item.annotator == annotator or item.seq <= seen])


def merge(record: Json | None, decisions: Sequence[Decision]) -> Merged:
    """All annotators' work on one claim, oldest decision first.

    An adjudication settles, with what was decided in sight of it. Otherwise those annotators count whose work nobody
    has seen and decided upon since: when they agree the claim is unanimous, else unresolved, and the latest is shown.
    """
    standing = active(decisions)
    names = dict.fromkeys(decision.annotator for decision in standing)
    states = {name: state for name in names if (state := fold_for(record, decisions, name)) is not None}
    rulings = [decision.seq for decision in standing if decision.action == "adjudicate"]
    if rulings:
        ruled = [
            item
            for item in decisions
            if item.seq <= rulings[-1] or item.action in ("undo", "redo") or (item.base or 0) >= rulings[-1]
        ]
        return Merged(fold(record, ruled), "adjudicated", states)
    if not states:
        return Merged(fold(record, decisions), "open", states)
    heads = _heads(standing, names)
    decided = [states[name] for name in heads if states[name].status != "unreviewed"]
    shown = (decided or [states[name] for name in heads])[-1]
    verdicts = [_comparable(state) for state in decided]
    settlement: Settlement = "unanimous" if verdicts else "open"
    if any(verdict != verdicts[0] for verdict in verdicts):
        settlement = "unresolved"
    flagged = any(state.flagged for state in (states[name] for name in heads))
    return Merged(replace(shown, flagged=flagged), settlement, states)


def _heads(standing: Sequence[Decision], names: Iterable[str]) -> list[str]:
    """Annotators whose last decision no other annotator has seen and decided upon, the latest last."""
    last = {name: max(item.seq for item in standing if item.annotator == name) for name in names}
    heads = [
        name for name in last if not any(item.annotator != name and (item.base or 0) >= last[name] for item in standing)
    ]
    return sorted(heads, key=last.__getitem__)


def _comparable(state: State) -> object:
    """What two annotators must agree on; what is said inside a rejected claim does not matter."""
    return "rejected" if state.status == "rejected" else dict(state.content)


def review_of(merged: Merged) -> dict[str, Any] | None:
    """The `review` field of a claim record, or None when nobody has reviewed it."""
    state = merged.state
    if state.status in ("unreviewed", "withdrawn"):
        return None
    return {
        "status": state.status,
        "annotator": state.annotator,
        "at": state.at,
        "note": state.note,
        "source": merged.settlement,
    }
