"""Decisions taken on one extraction find their claims in another: by id, else by quote and context, else they wait."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from claimx.review.decisions import Anchor, Decision, Json
from claimx.review.run import Run, Text

CONTEXT = 64
"""Characters of prefix and suffix kept with a quote."""
QUOTE_SCORE = 80.0
"""The least likeness (0–100) of a quote to the text it is placed on; below, a person must look."""
SPAN_SCORE = 70.0
"""The least likeness of a corrected span to the text it is moved to."""
NUMBER_PENALTY = 60.0
"""What other figures cost a place: better cleaning mends letters and spaces, but statements that differ in a figure
are different statements."""
OVERLAP = 0.5
"""A claim covers a quote when their intersection is at least this part of their union."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the decisions of one claim belong now.

    `claim` is a claim of the run or, for an added or no longer proposed claim, the old id; `record` is then None or
    the claim as it was, moved. `how` says how it was found; "unplaced" comes with a `reason` fit for a user.
    """

    claim: str
    how: Literal["id", "quote", "hand", "unplaced"]
    document: str
    decisions: tuple[Decision, ...]
    record: Json | None = None
    reason: str | None = None


def anchor_of(text: Text, record: Json | None, start: int, end: int) -> Anchor:
    """The anchor of `text[start:end]`; `record` is the pipeline's own content of the claim, if it has any."""
    whole = text.text
    return Anchor(
        document=text.document.id,
        source=text.document.source,
        sha256=text.document.sha256,
        quote=whole[start:end],
        prefix=whole[max(0, start - CONTEXT) : start],
        suffix=whole[end : end + CONTEXT],
        start=start,
        end=end,
        record=record or {},
    )


def place_all(run: Run, decisions: Iterable[Decision]) -> list[Placement]:
    """Every decision in exactly one placement, claims in the order of their first decision."""
    groups: dict[str, list[Decision]] = {}
    by_seq: dict[int, str] = {}
    for decision in decisions:
        # An undo belongs to the claim of what it undoes, whatever its sender called it.
        claim = by_seq.get(decision.target, decision.claim) if decision.target is not None else decision.claim
        by_seq[decision.seq] = claim
        groups.setdefault(claim, []).append(decision)
    finder = Finder(run)
    return [finder.place(claim, group) for claim, group in groups.items()]


class Finder:
    """Looks for old claims in one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._by_document: dict[str, list[dict[str, Any]]] = {}
        for record in run.claims.values():
            self._by_document.setdefault(record["document"]["id"], []).append(record)
        for records in self._by_document.values():
            records.sort(key=lambda record: (record["start"], record["end"]))

    def place(self, claim: str, decisions: Sequence[Decision]) -> Placement:
        """Where the decisions of one claim, oldest first, belong in this run."""
        anchor = decisions[-1].anchor
        if (by_hand := _placed_by_hand(decisions)) is not None:
            return self._by_hand(claim, by_hand, decisions)
        record = self._run.claims.get(claim)
        if record is not None:
            if all(_unmoved(decision.anchor, record) for decision in decisions):
                return Placement(claim, "id", record["document"]["id"], tuple(decisions))
            text = self._run.text(record["document"]["id"])
            return self._moved(claim, "id", text, (record["start"], record["end"]), decisions)
        document = self._document_of(anchor)
        if document is None:
            return _unplaced(claim, decisions, f"{anchor.source} is not in this run any more")
        text = self._run.text(document)
        statements = [(item["start"], item["end"]) for item in text.record.get("statements") or ()]
        span = find_quote(text.text, anchor, statements)
        if span is None:
            return _unplaced(claim, decisions, "its words are not found in the document any more")
        covering = self._covering(document, *span)
        if covering is not None:
            return self._moved(covering["id"], "quote", text, span, decisions)
        kept = {**anchor.record, "id": claim} if anchor.record else None
        return self._moved(claim, "quote", text, span, decisions, kept)

    def _by_hand(self, claim: str, target: str, decisions: Sequence[Decision]) -> Placement:
        record = self._run.claims.get(target)
        if record is None:
            return _unplaced(claim, decisions, "the claim it was placed on by hand is not in this run any more")
        text = self._run.text(record["document"]["id"])
        placed = self._moved(target, "hand", text, (record["start"], record["end"]), decisions)
        if placed.how != "unplaced":
            return placed
        # Placed by a person on other words: their verdict holds, their old boundaries and spans cannot.
        kept = tuple(_verdict_only(item) for item in decisions)
        return Placement(target, "hand", record["document"]["id"], kept)

    def _document_of(self, anchor: Anchor) -> str | None:
        documents = self._run.documents
        if anchor.document in documents:
            return anchor.document
        for name in ("source", "sha256"):
            for document, record in documents.items():
                if record.get(name) == getattr(anchor, name):
                    return document
        name = anchor.source.rsplit("/", 1)[-1]
        same_name = [key for key, record in documents.items() if record["source"].rsplit("/", 1)[-1] == name]
        return same_name[0] if len(same_name) == 1 else None

    def _covering(self, document: str, start: int, end: int) -> dict[str, Any] | None:
        best, most = None, OVERLAP
        for record in self._by_document.get(document, ()):
            shared = min(end, record["end"]) - max(start, record["start"])
            part = shared / (max(end, record["end"]) - min(start, record["start"]))
            if shared > 0 and part >= most:
                best, most = record, part
        return best

    def _moved(
        self,
        claim: str,
        how: Literal["id", "quote", "hand"],
        text: Text,
        span: tuple[int, int],
        decisions: Sequence[Decision],
        record: dict[str, Any] | None = None,
    ) -> Placement:
        last = decisions[-1].anchor
        moves = {last: Move.between(last, text.text, *span)}
        moved = []
        for decision in decisions:
            anchor = decision.anchor
            if anchor not in moves:
                moves[anchor] = Move.between(anchor, text.text, *(find_quote(text.text, anchor) or span))
            moved.append(_moved_decision(decision, moves[anchor]))
        if any(item is None for item in moved):
            return _unplaced(claim, decisions, "a corrected span is not found in the document any more")
        kept = moves[last].content(record) if record is not None else None
        if record is not None and kept is None:
            return _unplaced(claim, decisions, "the pipeline no longer proposes it and a part of it is gone")
        return Placement(claim, how, text.document.id, tuple(item for item in moved if item is not None), kept)


def find_quote(text: str, anchor: Anchor, statements: Iterable[tuple[int, int]] = ()) -> tuple[int, int] | None:
    """Where the anchor's quote stands in a text now: the same words, else the likeliest, with context and position.

    `statements` are spans of the text that are likely places.
    """
    if not anchor.quote or not text:
        return None
    exact = [(at, at + len(anchor.quote)) for at in _occurrences(text, anchor.quote)]
    if exact:
        return max(exact, key=lambda span: _context_score(text, anchor, *span))
    found = [*statements, *_aligned(text, anchor)]
    numbers = _numbers(anchor.quote)
    alike = [(fuzz.ratio(anchor.quote, text[slice(*span)], score_cutoff=QUOTE_SCORE), span) for span in found]
    scored = [
        (2 * score + context - NUMBER_PENALTY * (_numbers(text[slice(*span)]) != numbers), near, span)
        for score, span in alike
        if score
        for context, near in [_context_score(text, anchor, *span)]
    ]
    return max(scored)[2] if scored else None


def _aligned(text: str, anchor: Anchor) -> Iterator[tuple[int, int]]:
    """The windows of the text that are most like the quote, and most like the quote with its context."""
    quote, whole = anchor.quote, anchor.prefix + anchor.quote + anchor.suffix
    for part, skip in ((quote, 0), (whole, len(anchor.prefix))):
        best = fuzz.partial_ratio_alignment(part, text)
        # With a text shorter than the part, rapidfuzz looks for the text in the part: then all of it is the window.
        low, high = (best.dest_start, best.dest_end) if best and len(part) <= len(text) else (0, len(text))
        # The window is as long as the part; letters put in or left out move the true ends.
        slack = max(8, len(part) // 8)
        wide, end = max(0, low - slack), min(len(text), high + slack)
        points = _Points(part, text[wide:end])
        starts = {wide + points.to_new(skip, after=True), low if part is quote else wide}
        ends = {wide + points.to_new(skip + len(quote), after=False), high if part is quote else end}
        yield from (_trimmed(text, start, stop) for start in starts for stop in ends if start < stop)


def _occurrences(text: str, quote: str) -> Iterable[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _context_score(text: str, anchor: Anchor, start: int, end: int) -> tuple[float, int]:
    before = fuzz.ratio(anchor.prefix, text[max(0, start - len(anchor.prefix)) : start])
    after = fuzz.ratio(anchor.suffix, text[end : end + len(anchor.suffix)])
    return before + after, -abs(start - anchor.start)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


class _Points:
    """Offsets in an old string to offsets in a new one, along their shortest edit."""

    def __init__(self, old: str, new: str) -> None:
        self._blocks = list(Levenshtein.opcodes(old, new))
        self._starts = [block.src_start for block in self._blocks]

    def to_new(self, point: int, *, after: bool) -> int:
        """The new offset; text inserted just there is left before the point if `after`, else behind it."""
        at = bisect_right(self._starts, point) - 1
        if not after:
            while at > 0 and self._blocks[at].src_start == point:
                at -= 1
        elif at < 0:
            return 0
        if not self._blocks:
            return 0
        block = self._blocks[max(at, 0)]
        inside = min(point - block.src_start, block.dest_end - block.dest_start)
        return int(block.dest_start + max(inside, 0))


@dataclass(frozen=True, slots=True)
class Move:
    """From offsets around an anchor in the old text to offsets in the new text."""

    text: str
    old_start: int
    old_end: int
    new_start: int
    new_end: int
    points: _Points | None

    @classmethod
    def between(cls, anchor: Anchor, text: str, start: int, end: int) -> Move:
        """The move that puts the anchor's quote on `text[start:end]`."""
        low, high = max(0, start - len(anchor.prefix)), min(len(text), end + len(anchor.suffix))
        old = anchor.prefix + anchor.quote + anchor.suffix
        old_start = anchor.start - len(anchor.prefix)
        points = None if old == text[low:high] else _Points(old, text[low:high])
        return cls(text, old_start, old_start + len(old), low, high, points)

    def span(self, start: int, end: int, quote: str) -> tuple[int, int] | None:
        """Where the old span stands now, or None when its words are not there."""
        shift = self.new_start - self.old_start
        low, high = start + shift, end + shift
        if self.points is not None and self.old_start <= start and end <= self.old_end:
            low = self.new_start + self.points.to_new(start - self.old_start, after=True)
            high = self.new_start + self.points.to_new(end - self.old_start, after=False)
        elif self.points is not None and start >= self.old_end:
            low, high = start + self.new_end - self.old_end, end + self.new_end - self.old_end
        if self.text[low:high] == quote:
            return low, high
        if (near := self._nearest(low, quote)) is not None:
            return near
        low, high = _trimmed(self.text, max(low, 0), min(max(low, high), len(self.text)))
        return (low, high) if low < high and fuzz.ratio(self.text[low:high], quote) >= SPAN_SCORE else None

    def _nearest(self, start: int, quote: str) -> tuple[int, int] | None:
        reach = len(quote) + 2 * CONTEXT
        low = max(0, start - reach)
        found = [low + at for at in _occurrences(self.text[low : start + reach], quote)] if quote else []
        if not found:
            return None
        at = min(found, key=lambda point: abs(point - start))
        return at, at + len(quote)

    def part(self, part: Json) -> dict[str, Any] | None:
        """An object with start, end and text, moved; None when it cannot be."""
        span = self.span(part["start"], part["end"], part["text"])
        return None if span is None else {**part, "start": span[0], "end": span[1], "text": self.text[slice(*span)]}

    def content(self, content: Json) -> dict[str, Any] | None:
        """A claim's content or a part of it, moved; None when any span in it cannot be."""
        moved = dict(content)
        if "start" in content:
            span = self.part({name: content[name] for name in ("start", "end", "text")})
            if span is None:
                return None
            moved.update(span)
        for name in ("arguments", "entities"):
            if name in content:
                parts = [self.part(part) for part in content[name]]
                if any(part is None for part in parts):
                    return None
                moved[name] = parts
        attribution = content.get("attribution")
        if attribution and attribution.get("source"):
            source = self.part(attribution["source"])
            if source is None:
                return None
            moved["attribution"] = {**attribution, "source": source}
        return moved


def _moved_decision(decision: Decision, move: Move) -> Decision | None:
    after = move.content(decision.after)
    return None if after is None else dataclasses.replace(decision, after=after)


def _verdict_only(decision: Decision) -> Decision:
    spans = ("start", "end", "text", "arguments", "entities", "attribution")
    after = {name: value for name, value in decision.after.items() if name not in spans}
    return dataclasses.replace(decision, after=after)


def _placed_by_hand(decisions: Sequence[Decision]) -> str | None:
    undone = {item.target for item in decisions if item.action == "undo"}
    undone -= {item.target for item in decisions if item.action == "redo"}
    hands = [item.after.get("claim") for item in decisions if item.action == "place" and item.seq not in undone]
    return hands[-1] if hands else None


def _unmoved(anchor: Anchor, record: Json) -> bool:
    return (anchor.document, anchor.start, anchor.quote) == (record["document"]["id"], record["start"], record["text"])


def _unplaced(claim: str, decisions: Sequence[Decision], reason: str) -> Placement:
    return Placement(claim, "unplaced", decisions[0].document, tuple(decisions), None, reason)


def likeliest(run: Run, placement: Placement, *, limit: int = 5) -> list[tuple[str, float]]:
    """Claims of the run that an unplaced decision may belong to, with their likeness (0–100), best first."""
    quote = placement.decisions[0].anchor.quote
    texts: Mapping[str, str] = {claim: record["text"] for claim, record in run.claims.items()}
    found = process.extract(quote, texts, scorer=fuzz.ratio, limit=limit, score_cutoff=40.0)
    return [(claim, round(score, 1)) for _, score, claim in found]
