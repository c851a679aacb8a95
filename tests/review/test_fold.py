"""What a claim is after a list of decisions."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimx.review.decisions import Anchor, Decision, checked_patch, content_of
from claimx.review.fold import fold, fold_for, merge, redo_target, review_of, undo_target

RECORD = {"labels": ["finding"], "start": 10, "end": 20, "text": "x" * 10, "arguments": [], "entities": []}
ANCHOR = Anchor("doc-1", "a.txt", "0" * 64, "x" * 10, "", "", 10, 20, {})
NUMBERS = count(1)


def log(*lines: tuple[str, str, dict[str, Any]] | tuple[str, str, dict[str, Any], int | None]) -> list[Decision]:
    """Decisions numbered from 1: (annotator, action, after[, base or target])."""
    out = []
    for seq, (annotator, action, after, *rest) in enumerate(lines, start=1):
        extra = rest[0] if rest else None
        taking_back = action in ("undo", "redo")
        out.append(
            Decision(
                f"key-{next(NUMBERS):05}",
                annotator,
                "doc-1",
                "clm-1",
                action,  # type: ignore[arg-type]
                after,
                {},
                ANCHOR,
                base=None if taking_back else extra,
                target=extra if taking_back else None,
                at=f"2025-01-01T00:00:{seq:02}",
                seq=seq,
            )
        )
    return out


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], "unreviewed"),
        ([("Ana", "accept", {})], "accepted"),
        ([("Ana", "reject", {})], "rejected"),
        ([("Ana", "relabel", {"labels": ["finding"]})], "accepted"),
        ([("Ana", "relabel", {"labels": ["cause"]})], "corrected"),
        ([("Ana", "relabel", {"labels": []})], "rejected"),
        ([("Ana", "reject", {}), ("Ana", "accept", {})], "accepted"),
        ([("Ana", "reject", {}), ("Ana", "resize", {"start": 11})], "rejected"),
        ([("Ana", "resize", {"start": 11, "end": 20, "text": "x" * 9})], "corrected"),
        ([("Ana", "flag", {"flagged": True}), ("Ana", "note", {"note": "?"})], "unreviewed"),
        ([("Ana", "accept", {}), ("Ana", "undo", {}, 1)], "unreviewed"),
        ([("Ana", "accept", {}), ("Ana", "undo", {}, 1), ("Ana", "redo", {}, 1)], "accepted"),
    ],
)
def test_status(lines: list[Any], status: str) -> None:
    """A claim's status follows from the decisions that stand."""
    assert fold(RECORD, log(*lines)).status == status


def test_an_added_claim_comes_and_goes() -> None:
    """Adding makes a claim; undoing it takes it away; redoing brings it back."""
    content = content_of(RECORD)
    added, undo, redo = log(("Ana", "add", content), ("Ana", "undo", {}, 1), ("Ana", "redo", {}, 1))
    assert fold(None, [added]).status == "added"
    assert fold(None, [added, undo]).status == "withdrawn"
    assert fold(None, [added, undo, redo]).content == content


def test_undo_walks_back_through_own_decisions() -> None:
    """Undo takes the annotator's last standing decision, redo the last undone, and a new decision ends redoing."""
    lines = log(("Ana", "accept", {}), ("Ben", "reject", {}), ("Ana", "note", {"note": "a"}), ("Ana", "undo", {}, 3))
    assert undo_target(lines, "Ana") == 1
    assert redo_target(lines, "Ana") == 3
    assert undo_target(lines, "Ben") == 2
    again = log(*[("Ana", "accept", {})], ("Ana", "undo", {}, 1), ("Ana", "reject", {}))
    assert redo_target(again, "Ana") is None
    assert undo_target([], "Ana") is None


@given(st.lists(st.sampled_from(["accept", "reject", "flag", "undo", "redo"]), max_size=30))
def test_undoing_all_restores_the_claim(actions: list[str]) -> None:
    """However somebody decides, undoes and redoes: undoing until nothing is left gives the pipeline's claim back."""
    lines: list[Decision] = []

    def take(action: str) -> bool:
        find = {"undo": undo_target, "redo": redo_target}.get(action)
        target = find(lines, "Ana") if find else None
        if find and target is None:
            return False
        after = {"flagged": True} if action == "flag" else {}
        one = log(("Ana", action, after, target))[0]
        lines.append(Decision(**{**{name: getattr(one, name) for name in Decision.__slots__}, "seq": len(lines) + 1}))
        return True

    for action in actions:
        take(action)
    while take("undo"):
        pass
    assert fold(RECORD, lines) == fold(RECORD, [])


def test_the_later_writer_who_saw_it_counts() -> None:
    """Who accepts a colleague's correction accepts the corrected claim, and the two agree."""
    lines = log(("Ana", "relabel", {"labels": ["cause"]}, 0), ("Ben", "accept", {}, 1))
    merged = merge(RECORD, lines)
    assert merged.state.content["labels"] == ["cause"]
    assert merged.state.status == "corrected"
    assert merged.settlement == "unanimous"
    ben = fold_for(RECORD, lines, "Ben")
    assert ben is not None and ben.content["labels"] == ["cause"]


def test_blind_annotators_agree_or_not() -> None:
    """Two who did not see each other are unanimous when they say the same, else unresolved until adjudicated."""
    same = log(("Ana", "relabel", {"labels": ["cause"]}), ("Ben", "relabel", {"labels": ["cause"]}))
    assert merge(RECORD, same).settlement == "unanimous"
    other = [("Ana", "relabel", {"labels": ["cause"]}), ("Ben", "reject", {})]
    disputed = merge(RECORD, log(*other))
    assert disputed.settlement == "unresolved"
    assert {name: state.status for name, state in disputed.by_annotator.items()} == {
        "Ana": "corrected",
        "Ben": "rejected",
    }
    ruling = {**content_of(RECORD), "labels": ["recommendation"], "rejected": False}
    settled = merge(RECORD, log(*other, ("Cem", "adjudicate", ruling, 2)))
    assert (settled.settlement, settled.state.labels) == ("adjudicated", ["recommendation"])
    undone = merge(RECORD, log(*other, ("Cem", "adjudicate", ruling, 2), ("Cem", "undo", {}, 3)))
    assert undone.settlement == "unresolved"


def test_a_blind_decision_does_not_overturn_a_ruling() -> None:
    """After an adjudication only decisions taken in sight of it change the claim."""
    ruling = {**content_of(RECORD), "rejected": False}
    lines = [("Cem", "adjudicate", ruling, 0), ("Ana", "reject", {})]
    assert merge(RECORD, log(*lines)).state.status == "accepted"
    assert merge(RECORD, log(lines[0], ("Ana", "reject", {}, 1))).state.status == "rejected"


def test_a_blind_flag_does_not_hide_a_verdict() -> None:
    """A colleague's later flag leaves the verdict of who decided standing."""
    merged = merge(RECORD, log(("Ana", "accept", {}), ("Ben", "flag", {"flagged": True})))
    assert (merged.state.status, merged.state.flagged) == ("accepted", True)


def test_review_field() -> None:
    """The record's review field names who, when and how; it is null for a claim nobody reviewed."""
    assert review_of(merge(RECORD, [])) is None
    assert review_of(merge(RECORD, log(("Ana", "accept", {}, 0)))) == {
        "status": "accepted",
        "annotator": "Ana",
        "at": "2025-01-01T00:00:01",
        "note": None,
        "source": "unanimous",
    }


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("relabel", {"labels": ["nonsense"]}),
        ("relabel", {"labels": ["cause", "cause"]}),
        ("relabel", {"labels": "cause"}),
        ("relabel", {"status": "accepted"}),
        ("resize", {}),
        ("resize", {"start": 5, "end": 5}),
        ("resize", {"start": -1, "end": 5}),
        ("resize", {"start": 0, "end": 99}),
        ("resize", {"start": True, "end": 5}),
        ("resize", {"start": "0", "end": 5}),
        ("edit_entity", {"entities": [{"label": "PLACE", "start": 0, "end": 2}]}),
        ("edit_entity", {"entities": [{"label": "DATE", "start": 0, "end": 2, "value": {"edtf": 2}}]}),
        ("edit_entity", {"entities": [{"label": "DATE", "start": 0, "end": 2, "extra": 1}]}),
        ("edit_argument", {"arguments": [{"role": "villain", "start": 0, "end": 2}]}),
        ("edit_attribute", {"certainty": "maybe"}),
        ("edit_attribute", {"attribution": {"kind": "reported", "source": 5}}),
        ("note", {"note": "x" * 10_001}),
        ("flag", {"flagged": "yes"}),
        ("erase", {}),
        ("accept", []),
    ],
)
def test_refuses_a_broken_patch(action: str, after: object) -> None:
    """What an annotator sends is checked field by field; nothing else gets into the log."""
    from claimx.errors import ReviewError

    with pytest.raises(ReviewError):
        checked_patch(action, after, "words 👩🏽‍🌾", claim="clm-1")


@given(st.text(min_size=1), st.data())
def test_the_quote_comes_from_the_text(text: str, data: st.DataObject) -> None:
    """Whatever words a client claims for a span, the document's own at these code points are stored."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    patch = checked_patch("resize", {"start": start, "end": end, "text": "forged"[: len(text)]}, text, claim="clm-1")
    assert patch["text"] == text[start:end]
