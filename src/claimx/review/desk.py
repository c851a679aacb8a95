"""From what the page sends to a stored decision: everything checked, nothing taken on trust."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from claimx.errors import ReviewError
from claimx.review.anchoring import anchor_of
from claimx.review.board import Board, Entry, added_id, snapshot
from claimx.review.decisions import Action, Decision, checked_patch, content_of
from claimx.review.fold import redo_target, undo_target
from claimx.review.run import Text
from claimx.review.teams import Annotator

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_DAY = 86_400.0


class NotYours(ReviewError):
    """The document was not dealt to this annotator, or the action is for adjudicators."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One decision as it arrives; `claim` is None for an added claim and for undo and redo."""

    key: str
    action: str
    claim: str | None
    document: str | None
    after: Mapping[str, Any]
    base: int | None
    elapsed: float | None


def read_sent(body: object) -> Sent:
    """The fields of a request; ReviewError for anything that is not what the page sends."""
    if not isinstance(body, dict):
        raise ReviewError("send one decision as a JSON object")
    key, action, after = body.get("key"), body.get("action"), body.get("after", {})
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ReviewError("key must be 8 to 64 letters, digits or hyphens, new for each decision")
    if not isinstance(action, str) or not isinstance(after, dict):
        raise ReviewError("a decision needs an action, and after as an object")
    return Sent(
        key,
        action,
        _text_or_none(body, "claim"),
        _text_or_none(body, "document"),
        after,
        _whole_or_none(body, "base"),
        _seconds_or_none(body.get("elapsed")),
    )


def decide(board: Board, annotator: Annotator, sent: Sent) -> tuple[Decision, str | None]:
    """Store what the annotator sent and bring the board up to date; the decision and the claim it now concerns.

    Raises StaleDecision when somebody else decided meanwhile, NotYours, or ReviewError.
    """
    known = board.store.find(sent.key)
    if known is None:
        stored = board.store.append(_prepare(board, annotator, sent))
    elif known.annotator != annotator.name or known.action != sent.action:
        raise ReviewError("this key belongs to another decision; use a fresh key")
    else:
        stored = known
    board.refresh()
    return stored, board.claim_of(stored)


def _prepare(board: Board, annotator: Annotator, sent: Sent) -> Decision:
    if sent.action in ("undo", "redo"):
        return _take_back(board, annotator, sent)
    if sent.action == "place":
        return _place(board, annotator, sent)
    if sent.action == "add":
        return _add(board, annotator, sent)
    if sent.claim is None:
        raise ReviewError(f"{sent.action} needs a claim")
    entry = board.entry(sent.claim)
    _check_may(board, annotator, entry.document, sent.action)
    text = board.run.text(entry.document)
    after = checked_patch(sent.action, dict(sent.after), text.text, claim=entry.id)
    state = board.state_seen(entry, annotator, sent.base or 0)
    if sent.action == "resize":
        after["entities"] = _entities_after_resize(text, state.content, after)
    record = content_of(entry.record) if entry.record is not None else None
    span = record or state.content
    return Decision(
        key=sent.key,
        annotator=annotator.name,
        document=entry.document,
        claim=entry.id,
        action=_action(sent.action),
        after=after,
        before=snapshot(state),
        anchor=anchor_of(text, record, span["start"], span["end"]),
        base=(sent.base or 0) if board.sees_all(annotator) else None,
        elapsed=sent.elapsed,
    )


def _add(board: Board, annotator: Annotator, sent: Sent) -> Decision:
    if sent.document is None or sent.document not in board.run.documents:
        raise ReviewError("add needs a document of this run")
    _check_may(board, annotator, sent.document, sent.action)
    text = board.run.text(sent.document)
    patch = checked_patch("add", dict(sent.after), text.text, claim="new")
    if not patch.get("labels"):
        raise ReviewError("an added claim needs a type")
    patch.setdefault("entities", _entities_in(text, patch["start"], patch["end"]))
    content = content_of(patch)
    same = _claim_at(board, annotator, sent.document, content)
    if same is not None:
        raise ReviewError("these words are a claim already", claim=same.id)
    claim = added_id(sent.document, content["start"], content["end"], content["text"])
    return Decision(
        key=sent.key,
        annotator=annotator.name,
        document=sent.document,
        claim=claim,
        action="add",
        after=content,
        before={},
        anchor=anchor_of(text, None, content["start"], content["end"]),
        base=(sent.base or 0) if board.sees_all(annotator) else None,
        elapsed=sent.elapsed,
    )


def _claim_at(board: Board, annotator: Annotator, document: str, content: Mapping[str, Any]) -> Entry | None:
    """The claim that the annotator already sees on exactly these words; a colleague's blind addition is not seen."""
    for entry in board.entries.values():
        seen = board.state(entry, annotator) if entry.document == document else None
        if seen is None or seen.status == "withdrawn" or not seen.content:
            continue
        if (seen.content["start"], seen.content["end"]) == (content["start"], content["end"]):
            return entry
    return None


def _take_back(board: Board, annotator: Annotator, sent: Sent) -> Decision:
    board.refresh()
    find = undo_target if sent.action == "undo" else redo_target
    target = find(board.log, annotator.name)
    if target is None:
        raise ReviewError(f"there is nothing to {sent.action}")
    taken = next(item for item in board.log if item.seq == target)
    return Decision(
        key=sent.key,
        annotator=annotator.name,
        document=taken.document,
        claim=taken.claim,
        action=_action(sent.action),
        after={},
        before={},
        anchor=taken.anchor,
        target=target,
    )


def _place(board: Board, annotator: Annotator, sent: Sent) -> Decision:
    waiting = next((item for item in board.unplaced() if item.claim == sent.claim), None)
    if waiting is None or sent.claim is None:
        raise ReviewError("nothing waits under this claim; reload the page", claim=sent.claim)
    after = checked_patch("place", dict(sent.after), "", claim=sent.claim)
    target = board.entry(after.get("claim") or "")
    _check_may(board, annotator, target.document, "place")
    last = waiting.decisions[-1]
    return Decision(
        key=sent.key,
        annotator=annotator.name,
        document=last.document,
        claim=last.claim,
        action="place",
        after=after,
        before={},
        anchor=last.anchor,
        elapsed=sent.elapsed,
    )


def _check_may(board: Board, annotator: Annotator, document: str, action: str) -> None:
    if not board.may_work_on(annotator, document):
        raise NotYours("this document was given to other annotators")
    if action == "adjudicate" and not annotator.adjudicator:
        raise NotYours("only an adjudicator settles disagreements; the team file says who is one")


def _entities_after_resize(text: Text, content: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Entities that are still inside, and those of the document that have come inside with the new words."""
    kept = [item for item in content["entities"] if after["start"] <= item["start"] and item["end"] <= after["end"]]
    new = [
        item
        for item in _entities_in(text, after["start"], after["end"])
        if not (content["start"] <= item["start"] and item["end"] <= content["end"])
    ]
    taken = {(item["start"], item["end"]) for item in kept}
    kept += [item for item in new if (item["start"], item["end"]) not in taken]
    return sorted(kept, key=lambda item: (item["start"], item["end"]))


def _entities_in(text: Text, start: int, end: int) -> list[dict[str, Any]]:
    return [item for item in text.record.get("entities") or () if start <= item["start"] and item["end"] <= end]


def _action(name: str) -> Action:
    action: Action = name  # type: ignore[assignment]  # checked_patch has refused every other name
    return action


def _text_or_none(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > 200):
        raise ReviewError(f"{name} must be an id")
    return value


def _whole_or_none(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**62):
        raise ReviewError(f"{name} must be a whole number")
    return value


def _seconds_or_none(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _DAY:
        return None
    return round(float(value), 3)
