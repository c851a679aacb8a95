"""Decisions find their claims again after another extraction."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
import runs
from hypothesis import given
from hypothesis import strategies as st

from claimx.document import Document
from claimx.review.anchoring import Move, anchor_of, find_quote, likeliest, place_all
from claimx.review.board import Board, current_state, reviewed_claims
from claimx.review.decisions import Anchor
from claimx.review.desk import Sent, decide
from claimx.review.run import Run, Text, read_run
from claimx.review.store import Store, open_store
from claimx.review.teams import single

TEAM = single("Ana")
ANA = TEAM.annotators[0]


def send(board: Board, number: int, action: str, about: str | None, **fields: object) -> None:
    decide(board, ANA, Sent(f"key-{number:08}", action, about, fields.pop("document", None), fields, 0, None))  # type: ignore[arg-type]


def text_of(text: str) -> Text:
    document = Document("doc-1", "a.txt", "0" * 64, "text/plain", text, ())
    return Text({"id": "doc-1"}, document)


def decide_on_all(board: Board, chance: random.Random) -> int:
    """A decision of some kind on every claim, and an added claim in each document."""
    number = 0
    for number, (claim, entry) in enumerate(list(board.entries.items())):
        record = entry.record or {}
        text = board.run.text(entry.document).text
        kind = chance.choice(["accept", "reject", "relabel", "resize", "entity"])
        if kind == "relabel":
            send(board, number, kind, claim, labels=["cause"])
        elif kind == "resize":
            send(board, number, kind, claim, start=record["start"], end=text.rindex(" ", 0, record["end"]))
        elif kind == "entity" and record["entities"]:
            entities = [{**entity, "value": {"edtf": "1999"}} for entity in record["entities"]]
            send(board, number, "edit_entity", claim, entities=entities)
        else:
            send(board, number, "reject" if kind == "reject" else "accept", claim)
    for document in board.run.documents:
        number += 1
        send(board, number, "add", None, document=document, start=0, end=6, labels=["finding"])
    return number + 1


def changed(sentence: runs.Sentence, chance: random.Random) -> runs.Sentence | None:
    """What better text cleaning, a new edition or another model makes of a sentence; None: no longer found."""
    swaps = {
        "co-operative": "cooperative",
        "will follow": "will  follow",
        "e\u0301": "é",
        "trained": "trai-\nned",
        "rose": "rosé",
    }
    kind = chance.random()
    if kind < 0.5:
        return sentence
    if kind < 0.58:
        return runs.Sentence(sentence.text, (), sentence.confidence)
    text = sentence.text
    for old, new in swaps.items():
        text = text.replace(old, new)
    if kind > 0.8:
        text = text.replace(" the ", " the very ", 1)
    return runs.Sentence(
        text,
        sentence.labels if kind < 0.9 else ("cause",),
        sentence.confidence,
        tuple(item for item in sentence.entities if item[1] in text),
        tuple(item for item in sentence.arguments if item[1] in text),
        tuple(item for item in sentence.cues if item[1] in text),
    )


def extracted(folder: Path, documents: list[list[runs.Sentence]]) -> Run:
    made = [(runs.make_document(f"sources/{number}.txt", item)[0], item) for number, item in enumerate(documents)]
    return read_run(runs.write_run(folder, made))


def test_a_changed_extraction_keeps_all_decisions(tmp_path: Path) -> None:
    """After text, ids and labels have changed, all of 300 decisions are kept and at least 98% place themselves."""
    chance = random.Random(11)
    old = [[runs._numbered(runs.SENTENCES[n % 7], 100 * d + n) for n in range(29)] for d in range(10)]
    folder = tmp_path / "run"
    folder.mkdir()
    with open_store(folder) as store:
        count = decide_on_all(Board(extracted(folder, old), store, TEAM), chance)
        assert count == 300
        new = [
            [runs.Sentence("A preface of another edition.")] + [changed(item, chance) for item in items]
            for items in old
        ]
        run = extracted(folder, new)  # type: ignore[arg-type]
        placements = place_all(run, store.decisions())
        assert sum(len(placement.decisions) for placement in placements) == count
        how = Counter(placement.how for placement in placements for _ in placement.decisions)
        assert how["unplaced"] <= 0.02 * count, how
        assert how["quote"] >= 290
        for placement in placements:
            text = run.text(placement.document).text
            for decision in placement.decisions:
                after = decision.after
                spans = [after] if "start" in after else []
                for span in (*spans, *after.get("entities", ()), *after.get("arguments", ())):
                    assert text[span["start"] : span["end"]] == span["text"]
        records = list(reviewed_claims(run, store))
        for record in records:
            text = run.text(record["document"]["id"]).text
            for span in (record, *record["entities"], *record["arguments"]):
                assert text[span["start"] : span["end"]] == span["text"]
        # Each decision came back to its own sentence, not to a neighbour that resembles it.
        assert sum(record["review"] is not None for record in records) >= 294


def test_what_is_gone_waits(folder: Path, run: Run, store: Store) -> None:
    """A decision whose words or document are gone waits with a reason; by hand it is put on a claim."""
    board = Board(run, store, TEAM)
    first, second = list(run.claims)[:2]
    send(board, 1, "relabel", first, labels=["cause"])
    lost = runs.Sentence("Quite other words stand here now, about lighthouses and their keepers.")
    document, _ = runs.make_document("sources/harbour.pdf", [lost, *runs.SENTENCES[1:3]], media_type="application/pdf")
    again = read_run(runs.write_run(folder, [(document, [lost, *runs.SENTENCES[1:3]])]))
    board = Board(again, store, TEAM)
    (waiting,) = board.unplaced()
    assert waiting.reason and "not found" in waiting.reason
    assert len(likeliest(again, waiting)) <= 5
    target = next(claim for claim, record in again.claims.items() if record["text"] == lost.text)
    send(board, 2, "place", first, claim=target)
    assert board.unplaced() == []
    assert board.entries[target].merged.state.labels == ["cause"]
    send(board, 3, "undo", None)
    assert len(board.unplaced()) == 1
    elsewhere, _ = runs.make_document("sources/other.txt", runs.SENTENCES[4:6])
    moved = read_run(runs.write_run(folder, [(elsewhere, runs.SENTENCES[4:6])]))
    (waiting,) = Board(moved, store, TEAM).unplaced()
    assert waiting.reason and "not in this run any more" in waiting.reason
    assert second not in current_state(moved, store.decisions())


def test_a_claim_no_longer_proposed_is_kept(folder: Path, run: Run, store: Store) -> None:
    """When a later pipeline drops a claim that an annotator corrected, it stays, as one that people propose."""
    board = Board(run, store, TEAM)
    claim = next(iter(run.claims))
    send(board, 1, "relabel", claim, labels=["cause"])
    lines = (folder / "claims.jsonl").read_text().splitlines()
    (folder / "claims.jsonl").write_text("\n".join(line for line in lines if claim not in line))
    again = read_run(folder)
    record = next(item for item in reviewed_claims(again, store) if item["id"] == claim)
    assert (record["label"], record["review"]["status"]) == ("cause", "corrected")


def test_an_added_claim_meets_the_pipelines(folder: Path, run: Run, store: Store) -> None:
    """When a later pipeline finds what an annotator had added, the two become one claim."""
    board = Board(run, store, TEAM)
    document = next(iter(run.documents))
    text = run.text(document).text
    start = text.index("What will the next winter bring?")
    send(board, 1, "add", None, document=document, start=start, end=start + 32, labels=["finding"])
    lines = (folder / "claims.jsonl").read_text().splitlines()
    import json

    found = {
        **json.loads(lines[0]),
        "id": "clm-new",
        "start": start,
        "end": start + 32,
        "text": text[start : start + 32],
    }
    found |= {"labels": ["finding"], "label": "finding", "entities": [], "arguments": []}
    (folder / "claims.jsonl").write_text("\n".join([json.dumps(found), *lines]))
    again = read_run(folder)
    there = [item for item in reviewed_claims(again, store) if item["start"] == start]
    assert [item["id"] for item in there] == ["clm-new"]
    assert there[0]["review"]["status"] == "accepted"


def test_the_same_words_twice_are_told_apart_by_context() -> None:
    """Of two places with the same words, the one with the old neighbours is taken, wherever it has moved."""
    old = text_of("One. It failed. Two. It failed. Three.")
    anchor = anchor_of(old, None, 21, 31)
    now = "It failed. Preface. One. It failed. And so on. Two. It failed. Three."
    assert anchor.quote == "It failed."
    assert find_quote(now, anchor) == (52, 62)


@given(st.text(max_size=40), st.text(min_size=1, max_size=30), st.text(max_size=40), st.text(max_size=20))
def test_an_unchanged_quote_is_always_found(prefix: str, quote: str, suffix: str, inserted: str) -> None:
    """Text put in anywhere before leaves a quote and a span in it findable, in any script."""
    old = text_of(prefix + quote + suffix)
    anchor = anchor_of(old, None, len(prefix), len(prefix) + len(quote))
    new = inserted + prefix + quote + suffix
    span = find_quote(new, anchor)
    assert span is not None and new[slice(*span)] == quote
    move = Move.between(anchor, new, *span)
    found = move.span(len(prefix), len(prefix) + len(quote), quote)
    assert found is not None and new[slice(*found)] == quote


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("The dam-\nkeeper's house burned down.", "The dam-\nkeeper's house burned down."),
        ("Lead. The damkeeper’s house burned down. Tail.", "The damkeeper’s house burned down."),
        ("Nothing of the sort is written in this text.", None),
        ("", None),
    ],
)
def test_a_changed_quote(new: str, expected: str | None) -> None:
    """Hyphens, quotes and spaces may change; other words may not."""
    anchor = Anchor("doc-1", "a.txt", "", "The damkeeper's house burned down.", "", "", 0, 34, {})
    span = find_quote(new, anchor)
    assert (None if span is None else new[slice(*span)]) == expected
