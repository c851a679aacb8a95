"""Runs of source text in, blocks of clean text out, each with the links and places it carries along.

Readers of formats without pages (HTML, DOCX, Markdown, text) build `Piece`s; every step on them keeps offsets true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from claimx.document import Block, Link, Place, Role
from claimx.sources.reading import Passage, join_passages

_WORD_OR_SPACE = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of source text before its white space is settled, with its element and the address it links to.

    A run with a `note` is the mark of that footnote: it has no text, and becomes a link from the word before it.
    """

    text: str
    xpath: str | None = None
    target: str | None = None
    strong: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage; offsets of `links` and `places` count from the start of its own text."""

    passage: Passage
    links: tuple[Link, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The clean text."""
        return self.passage.text

    @property
    def role(self) -> Role:
        """The role of the passage."""
        return self.passage.role

    def marked(self, role: Role, *, level: int | None = None, marker: str | None = None) -> Piece:
        """The same text with another role; level and marker are replaced too."""
        return replace(self, passage=replace(self.passage, role=role, level=level, marker=marker))

    def cut(self, start: int, end: int) -> Piece:
        """The part `text[start:end]`, trimmed."""
        text = self.text[:end]
        start += len(text[start:]) - len(text[start:].lstrip())
        end = start + len(text[start:].rstrip())
        links = (Link(*span, link.target) for link in self.links if (span := _inside(link, start, end)))
        places = (
            replace(place, start=span[0], end=span[1]) for place in self.places if (span := _inside(place, start, end))
        )
        return Piece(replace(self.passage, text=self.text[start:end]), tuple(links), tuple(places))

    def rewritten(self, edits: Sequence[tuple[int, int, str]]) -> Piece:
        """The text with each `[start:end]` replaced, in order; links and places move along."""
        if not edits:
            return self
        parts: list[str] = []
        at = 0
        for start, end, new in edits:
            parts += (self.text[at:start], new)
            at = end
        text = "".join((*parts, self.text[at:]))
        links = (replace(one, start=_moved(one.start, edits), end=_moved(one.end, edits)) for one in self.links)
        places = (replace(one, start=_moved(one.start, edits), end=_moved(one.end, edits)) for one in self.places)
        return Piece(
            replace(self.passage, text=text),
            tuple(one for one in links if one.start < one.end),
            tuple(one for one in places if one.start < one.end),
        )

    def joined(self, other: Piece, gap: str = " ") -> Piece:
        """This text, `gap` and the text of `other`, with this piece's role."""
        shift = len(self.text) + len(gap)
        places = self.places
        if places and gap:
            places = (*places[:-1], replace(places[-1], end=shift))
        links = self.links + tuple(Link(link.start + shift, link.end + shift, link.target) for link in other.links)
        moved = (replace(place, start=place.start + shift, end=place.end + shift) for place in other.places)
        passage = replace(self.passage, text=self.text + gap + other.text)
        return Piece(passage, links, _merged((*places, *moved)))


def _moved(offset: int, edits: Sequence[tuple[int, int, str]]) -> int:
    """Where an offset stands after the edits; one inside a replaced stretch goes to the end of what replaced it."""
    shift = 0
    for start, end, new in edits:
        if offset <= start:
            break
        shift += len(new) - (min(end, offset) - start) if offset < end else len(new) - (end - start)
    return offset + shift


def _inside(span: Link | Place, start: int, end: int) -> tuple[int, int] | None:
    low, high = max(span.start, start) - start, min(span.end, end) - start
    return (low, high) if low < high else None


def _merged(places: Iterable[Place]) -> tuple[Place, ...]:
    """Neighbours in one element become one place."""
    merged: list[Place] = []
    for place in places:
        if merged and merged[-1].xpath == place.xpath and merged[-1].end == place.start:
            merged[-1] = replace(merged[-1], end=place.end)
        else:
            merged.append(place)
    return tuple(merged)


def piece_of(runs: Iterable[Run], role: Role = "paragraph", *, level: int | None = None) -> Piece:
    """Runs joined, white space collapsed and trimmed; every character knows the element and link of its run."""
    parts: list[str] = []
    links: list[Link] = []
    places: list[Place] = []
    at, space = 0, False
    for run in runs:
        if run.note and at:
            links.append(note_link("".join(parts), run.note))
        begin = None
        for match in _WORD_OR_SPACE.finditer(run.text):
            if match[0].isspace():
                space = at > 0
                continue
            if space:
                parts.append(" ")
                at += 1
                space = False
            begin = at if begin is None else begin
            parts.append(match[0])
            at += len(match[0])
        if begin is not None:
            _carry(run, begin, at, links, places)
    return Piece(Passage("".join(parts), role, level), tuple(links), _merged(places))


NOTE_ADDRESS = "#footnote-"
"""Where a footnote's mark stood, the word before it links to this followed by the footnote's marker."""


def note_link(text: str, number: str) -> Link:
    """The link from the last word of `text` to the footnote of that number."""
    return Link(max(text.rfind(" ") + 1, 0), len(text), f"{NOTE_ADDRESS}{number}")


def is_strong(runs: Iterable[Run]) -> bool:
    """Whether everything that can be seen is printed bold."""
    seen = [run.strong for run in runs if not run.text.isspace()]
    return bool(seen) and all(seen)


def _carry(run: Run, begin: int, end: int, links: list[Link], places: list[Place]) -> None:
    """Note the link and place of a run that became `[begin:end]`; the space before belongs to the place before."""
    if run.target:
        if links and links[-1].target == run.target and links[-1].end >= begin - 1:
            links[-1] = replace(links[-1], end=end)
        else:
            links.append(Link(begin, end, run.target))
    if run.xpath:
        if places:
            places[-1] = replace(places[-1], end=begin)
        places.append(Place(begin, end, xpath=run.xpath))


def assemble(pieces: Sequence[Piece]) -> tuple[str, tuple[Block, ...], tuple[Link, ...], tuple[Place, ...]]:
    """All pieces as one text with blocks, links and places in offsets of that text; empty pieces are left out.

    So are links to footnotes that were not found.
    """
    kept = [piece for piece in pieces if piece.text]
    text, blocks = join_passages([piece.passage for piece in kept])
    links: list[Link] = []
    places: list[Place] = []
    notes = {f"{NOTE_ADDRESS}{piece.passage.marker}" for piece in kept if piece.role == "footnote"}
    for piece, block in zip(kept, blocks, strict=True):
        links += (
            Link(link.start + block.start, link.end + block.start, link.target)
            for link in sorted(piece.links, key=lambda link: (link.start, link.end))
            if not link.target.startswith(NOTE_ADDRESS) or link.target in notes
        )
        places += (
            replace(place, start=place.start + block.start, end=place.end + block.start) for place in piece.places
        )
    return text, blocks, tuple(links), tuple(places)
