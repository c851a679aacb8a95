"""What the page is told, as JSON: claims with their state and boxes, documents as text, conflicts as differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from claimx.review.anchoring import Placement, likeliest
from claimx.review.board import Board, Entry, snapshot
from claimx.review.decisions import CONTENT, Decision, content_of
from claimx.review.fold import State
from claimx.review.run import Text
from claimx.review.store import StaleDecision
from claimx.review.teams import Annotator

View = dict[str, Any]


def claim_view(board: Board, entry: Entry, annotator: Annotator) -> View:
    """One claim for the card and for the marks in the source."""
    state = board.state(entry, annotator)
    record = entry.record or {}
    text = board.run.text(entry.document)
    content = state.content
    history = board.history(entry, annotator)
    return {
        "id": entry.id,
        "document": entry.document,
        "status": state.status,
        "settlement": entry.merged.settlement if board.sees_all(annotator) else None,
        **{name: content[name] for name in CONTENT},
        "flagged": state.flagged,
        "note": state.note,
        "annotator": state.annotator,
        "at": state.at,
        "scores": record.get("scores") or {},
        "confidence": record.get("confidence"),
        "section": record.get("section") or {"kind": "body", "title": None},
        "cues": [_cue_inside(cue) for cue in record.get("cues") or ()],
        "original": content_of(entry.record) if entry.record is not None else None,
        "base": entry.base if board.sees_all(annotator) else None,
        "boxes": _boxes(text, content["start"], content["end"]),
        "entity_boxes": [_boxes(text, item["start"], item["end"]) for item in content["entities"]],
        "history": [decision_view(item) for item in history],
        "opinions": _opinions(board, entry, annotator),
    }


def _cue_inside(cue: Mapping[str, Any]) -> View:
    return {name: cue[name] for name in ("kind", "start", "end", "text")}


def _boxes(text: Text, start: int, end: int) -> list[View]:
    return [
        {"page": box.page, "x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom}
        for box in text.boxes(start, end)
    ]


def _opinions(board: Board, entry: Entry, annotator: Annotator) -> list[View]:
    """Each annotator's own view of the claim, for those who may see it and only when there are several."""
    states = entry.merged.by_annotator
    if not board.sees_all(annotator) or len(states) < 2:
        return []
    return [{"annotator": name, **state_view(state)} for name, state in states.items()]


def state_view(state: State) -> View:
    """A state without its history."""
    return snapshot(state)


def decision_view(decision: Decision) -> View:
    """One line of the history."""
    return {
        "seq": decision.seq,
        "at": decision.at,
        "annotator": decision.annotator,
        "action": decision.action,
        "after": dict(decision.after),
        "before": {name: decision.before[name] for name in decision.after if name in decision.before},
        "target": decision.target,
    }


def conflict_view(board: Board, stale: StaleDecision, entry: Entry, annotator: Annotator) -> View:
    """What a later writer is shown: what they saw, what they wanted, and what the others made of it meanwhile."""
    return {
        "error": str(stale),
        "yours": {"action": stale.decision.action, "after": dict(stale.decision.after)},
        "saw": {**dict(stale.decision.before)},
        "others": [decision_view(item) for item in stale.others],
        "claim": claim_view(board, entry, annotator),
    }


def document_view(text: Text) -> View:
    """A document as text in blocks; offsets are code points into `text`."""
    record = text.record
    return {
        "id": record["id"],
        "title": record.get("title"),
        "source": record["source"],
        "media_type": record.get("media_type"),
        "pages": record.get("pages"),
        "text": record["text"],
        "blocks": [
            {name: block.get(name) for name in ("start", "end", "role", "level", "marker")}
            for block in record.get("blocks") or [{"start": 0, "end": len(record["text"]), "role": "paragraph"}]
        ],
    }


def progress(board: Board, annotator: Annotator) -> View:
    """How much is reviewed, in all and by document, with the counts that the filters show."""
    total: Counter[str] = Counter()
    done: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    flagged = disputed = 0
    for entry, state in board.visible(annotator):
        total[entry.document] += 1
        done[entry.document] += state.status != "unreviewed"
        statuses[state.status] += 1
        flagged += state.flagged
        disputed += board.sees_all(annotator) and entry.merged.settlement == "unresolved"
    return {
        "total": sum(total.values()),
        "done": sum(done.values()),
        "statuses": dict(statuses),
        "flagged": flagged,
        "disputed": disputed,
        "unplaced": len(board.unplaced()),
        "documents": {document: [done[document], total[document]] for document in total},
    }


def start_view(board: Board, annotator: Annotator) -> View:
    """What the page needs once, when it opens."""
    mine = [document for document in board.run.documents if board.may_work_on(annotator, document)]
    sections = Counter((record.get("section") or {}).get("kind", "body") for record in board.run.claims.values())
    return {
        "run": board.store.name,
        "annotator": annotator.name,
        "adjudicator": annotator.adjudicator,
        "blind": not board.sees_all(annotator),
        "annotators": [item.name for item in board.team.annotators] if board.sees_all(annotator) else [annotator.name],
        "sections": sorted(sections),
        "failures": len(board.run.failures),
        "documents": [
            {
                "id": document,
                "title": board.run.documents[document].get("title"),
                "source": board.run.documents[document]["source"],
                "media_type": board.run.documents[document].get("media_type"),
                "pages": board.run.documents[document].get("pages"),
            }
            for document in mine
        ],
        "progress": progress(board, annotator),
    }


def unplaced_view(board: Board, placement: Placement, annotator: Annotator) -> View:
    """Waiting decisions with the words they were about and the claims they may belong to."""
    seen = [item for item in placement.decisions if board.sees_all(annotator) or item.annotator == annotator.name]
    anchor = placement.decisions[-1].anchor
    return {
        "claim": placement.claim,
        "reason": placement.reason,
        "source": anchor.source,
        "quote": anchor.quote,
        "prefix": anchor.prefix,
        "suffix": anchor.suffix,
        "decisions": [decision_view(item) for item in seen],
        "candidates": [
            {"id": claim, "score": score, "text": board.run.claims[claim]["text"]}
            for claim, score in likeliest(board.run, placement)
        ],
    }
