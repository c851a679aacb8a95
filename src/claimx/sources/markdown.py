"""Markdown in, pieces out: headings, lists, quotes, tables, links and footnotes, all marks resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from claimx.document import Role
from claimx.sources.headings import is_heading
from claimx.sources.metadata import Metadata, parse_date
from claimx.sources.pieces import Piece, Run, is_strong, piece_of
from claimx.sources.prose import reading_of
from claimx.sources.reading import Reading

_FOOTNOTE_TEXT = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]*", re.M)
_FOOTNOTE_START = re.compile(r"\[\^([^\]\s]+)\]:\s*")
_FOOTNOTE_MARK = re.compile(r"\s*\[\^([^\]\s]+)\](?!:)")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FRONT_LINE = re.compile(r"^([A-Za-z_]+):[ \t]*(.*?)[ \t]*$", re.M)
# Marks of emphasis that converters set where CommonMark does not see them: "**Title. **Text".
_STRAY = re.compile(r"\*{2,}|(?<!\w)__+(?=\w)|(?<=\w)__+(?!\w)")
_TAG = re.compile(r"<[^>]*>")
_BREAK_TAG = re.compile(r"<\s*br\b", re.I)
_LOST_TARGETS = frozenset({"", "#", "javascript:void(0)", "javascript:;"})

_STRONG = re.compile(
    r"^ {0,3}#{1,6} \S|\[[^\]\n]+\]\([^)\n]*\)|\*\*[^*\n]+\*\*|^ {0,3}```|\\[$*_#\[\]&.-]|"
    r"^ {0,3}\[\^[^\]\s]+\]:|^\|.+\|[ \t]*$",
    re.M,
)


def looks_like_markdown(text: str) -> bool:
    """Whether marks stand in the text that nobody writes in plain text."""
    return bool(_STRONG.search(text) or _FRONT_MATTER.match(text))


def front_matter(text: str) -> dict[str, str]:
    """The plain `key: value` lines of a YAML head, keys in lower case; empty without one."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}
    return {key.lower(): value.strip("\"'") for key, value in _FRONT_LINE.findall(match[1]) if value}


def markdown_pieces(text: str) -> list[Piece]:
    """The blocks of a Markdown text in order; a link whose address was lost (`[word](#)`) is plain text."""
    text = _FRONT_MATTER.sub("", text)
    # A footnote reads like a link definition to CommonMark, and neighbours like one paragraph: keep them apart.
    text = _FOOTNOTE_TEXT.sub(lambda match: f"\n\n\\[^{match[1]}\\]: ", text)
    parser = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable("code")
    return [piece for piece in _Walk().pieces(parser.parse(text)) if piece.text]


@dataclass(slots=True)
class _List:
    """One open list: the number of the next item, or None for bullets."""

    number: int | None
    mark: str


@dataclass(slots=True)
class _Walk:
    """Where we are in the token stream: open lists and quotes, and the marker that the next paragraph takes."""

    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    marker: str | None = None
    heading: int | None = None

    def pieces(self, tokens: Sequence[Token]) -> Iterator[Piece]:
        rows: list[Run] | None = None
        for token in tokens:
            match token.type:
                case "bullet_list_open":
                    self.lists.append(_List(None, "•"))
                case "ordered_list_open":
                    self.lists.append(_List(int(token.attrGet("start") or 1), token.markup))
                case "bullet_list_close" | "ordered_list_close":
                    self.lists.pop()
                case "list_item_open":
                    self.marker = self._next_marker(token)
                case "blockquote_open" | "blockquote_close":
                    self.quotes += 1 if token.nesting > 0 else -1
                case "heading_open":
                    self.heading = int(token.tag[1])
                case "heading_close":
                    self.heading = None
                case "table_open":
                    rows = []
                case "table_close":
                    yield piece_of(rows or [], "table")
                    rows = None
                case "inline":
                    if rows is not None:
                        rows += [*_runs(token.children or []), Run(" ")]
                    else:
                        yield from self._paragraph(token.children or [])
                case "fence" | "code_block":
                    yield piece_of([Run(token.content)], "other")
                case "html_block":
                    yield piece_of([Run(_TAG.sub(" ", token.content))])

    def _next_marker(self, token: Token) -> str:
        current = self.lists[-1]
        if current.number is None:
            return current.mark
        marker = f"{token.info or current.number}{current.mark}"
        current.number += 1
        return marker

    def _paragraph(self, children: Sequence[Token]) -> Iterator[Piece]:
        if self.heading is not None:
            yield piece_of(_runs(children), "heading", level=self.heading)
            return
        runs = list(_runs(children))
        piece = piece_of(runs)
        if match := _FOOTNOTE_START.match(piece.text):
            yield piece.cut(match.end(), len(piece.text)).marked("footnote", marker=match[1])
            return
        role: Role = "quote" if self.quotes else "paragraph"
        if self.lists:
            marker, self.marker = self.marker, None
            yield piece.marked("list_item", level=len(self.lists), marker=marker)
        elif role == "paragraph" and is_strong(runs) and is_heading(piece.text):
            yield piece.marked("heading", level=4)
        else:
            yield piece.marked(role)


def _runs(children: Sequence[Token]) -> Iterator[Run]:
    """The text of an inline token, emphasis dropped, escapes resolved, links kept with their address."""
    targets: list[str | None] = [None]
    strong = 0
    for token in children:
        match token.type:
            case "link_open":
                address = str(token.attrGet("href") or "")
                targets.append(None if address in _LOST_TARGETS else address)
            case "link_close":
                targets.pop()
            case "text" | "code_inline":
                yield from _marked_runs(token.content, targets[-1], strong > 0)
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "softbreak" | "hardbreak":
                yield Run("\n")
            case "html_inline" if _BREAK_TAG.match(token.content):
                yield Run("\n")


def _marked_runs(text: str, target: str | None, strong: bool) -> Iterator[Run]:
    """A text parted at its footnote marks, stray marks of emphasis dropped."""
    at = 0
    for match in _FOOTNOTE_MARK.finditer(text):
        yield Run(_STRAY.sub("", text[at : match.start()]), target=target, strong=strong)
        yield Run("", note=match[1])
        at = match.end()
    yield Run(_STRAY.sub("", text[at:]), target=target, strong=strong)


def markdown_reading(text: str, *, warnings: tuple[str, ...] = ()) -> Reading:
    """A Markdown text as a Reading; a YAML head gives title, author and date."""
    head = front_matter(text)
    authors = tuple(filter(None, (name.strip(" \"'") for name in head.get("author", "").strip("[]").split(","))))
    file = Metadata(head.get("title"), authors, head.get("publisher"), parse_date(head.get("date", "")))
    return reading_of(markdown_pieces(text), file, warnings=warnings)
