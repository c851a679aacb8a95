"""A web page in, pieces out: every block of the source tree with its role and the path of its element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from claimx.document import Place, Role
from claimx.errors import EmptyDocument, UnreadableSource
from claimx.sources.characters import mend
from claimx.sources.declarations import declared
from claimx.sources.pieces import Piece, Run, is_strong, piece_of
from claimx.sources.prose import reading_of
from claimx.sources.reading import Reading
from claimx.sources.regions import mark_navigation
from claimx.sources.text import text_pieces

_BLOCK_NAMES = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul caption"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_UNSEEN_NAMES = (
    "script style noscript template svg math iframe object embed select option button input textarea title meta link "
    "base canvas audio video map dialog datalist"
)
_UNSEEN = frozenset(_UNSEEN_NAMES.split())
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_NOTE_ID = re.compile(r"^_?(?:fn|ftn|edn|en|footnote|endnote|note|cite_note)[-_:.]?(?:text)?[-_:.]?(\d{1,3})$", re.I)
_NOTE_CLASS = re.compile(r"\b(?:footnotes?|endnotes?|doc-footnotes?|doc-endnotes?)\b", re.I)
_NOTE_TARGET = re.compile(r"^#_?(?:fn|ftn|edn|en|footnote|endnote|note|cite_note)", re.I)
_NOTE_MARK = re.compile(r"^[\s\[(]*(?:\d{1,3}|[*†‡§¶]|[ivx]{1,4}|[a-z])[\s\])]*$")
_NOTE_START = re.compile(r"^[\[(]?(\d{1,3})[\])]?[.:]?\s+(?=\S)")
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|authors?|contributors?)(?:$|[\s_-])", re.I)
_BIOGRAPHY = re.compile(
    r"(?:^|[\s_-])(?:(?:author|contributor)s?[-_]?(?:bio|info|box|card|profile)|about[-_]?(?:the[-_]?)?authors?|"
    r"bio(?:graphy)?)(?:$|[\s_-])",
    re.I,
)
_BACK_LINK = re.compile(r"^[\s↩↑^⏎\ufe0e\[\]]*$|^(?:back|return)\b.{0,20}$", re.I)
_BREAK = "\v"
_BULLET = re.compile(r"\s*[•‣◦▪●○■–-]\s")
_DEEPEST = 200
_SHORT = 120


def parse_html(text: str, *, path: str) -> HtmlElement:
    """The element tree of a page; UnreadableSource when the parser finds no element in it."""
    # Bytes, since lxml refuses text that declares an encoding; the declaration is overruled by the parser's own.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        if not text.strip():
            raise EmptyDocument("the page holds no text", path=path) from error
        raise UnreadableSource("the HTML is damaged beyond parsing; save the page again", path=path) from error


@dataclass(slots=True)
class _Flow:
    """Inline text collected so far for the block being read, and what surrounds it."""

    runs: list[Run] = field(default_factory=list)
    lists: list[tuple[str, int]] = field(default_factory=list)
    marker: str | None = None
    role: Role = "paragraph"
    level: int | None = None
    note: str | None = None


def html_pieces(root: HtmlElement) -> list[Piece]:
    """Every visible block of the page in document order: body, furniture and all, each with the path of its element."""
    walk = _Walk(root.getroottree())
    walk.block(root, 0)  # and not its body: the parser leaves article and main of a page without one in the head
    walk.flush()
    return [piece for piece in walk.pieces if piece.text]


@dataclass(slots=True)
class _Walk:
    """One pass over the tree; `pieces` grows as blocks end."""

    tree: etree._ElementTree
    pieces: list[Piece] = field(default_factory=list)
    flow: _Flow = field(default_factory=_Flow)

    def block(self, element: HtmlElement, depth: int) -> None:
        """Read a block element: what was collected before it ends here, and so does what it holds."""
        self.flush()
        tag = str(element.tag)
        before = (self.flow.role, self.flow.level, self.flow.note)
        self._enter(element, tag)
        if tag == "table" and not _is_layout(element):
            self._table(element)
        elif tag == "pre":
            self._preformatted(element)
        else:
            self.inline(element, depth, self.tree.getpath(element))
        self.flush()
        if tag in ("ul", "ol", "menu", "dir") and self.flow.lists:
            self.flow.lists.pop()
        self.flow.role, self.flow.level, self.flow.note = before

    def _enter(self, element: HtmlElement, tag: str) -> None:
        flow = self.flow
        names = f"{element.get('class', '')} {element.get('itemprop', '')} {element.get('rel', '')}"
        if number := _note_number(element):
            flow.role, flow.note = "footnote", number
        elif _BYLINE.search(names) and _length(element) < _SHORT:
            flow.role = "byline"
        elif _BIOGRAPHY.search(names) and _length(element) >= _SHORT / 2:
            flow.role = "biography"
        elif _NOTE_CLASS.search(f"{element.get('class', '')} {element.get('role', '')}"):
            flow.role = "footnote"
        if tag in ("ul", "ol", "menu", "dir"):
            start = element.get("start", "1")
            flow.lists.append((tag, int(start) if start.isdigit() else 1))
        elif tag == "li":
            flow.marker = self._next_marker()
            flow.role = flow.role if flow.role == "footnote" else "list_item"
        elif tag == "blockquote":
            flow.role = flow.role if flow.role == "footnote" else "quote"
        elif tag in ("figcaption", "caption"):
            flow.role = "caption"
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            flow.role, flow.level = "heading", int(tag[1])

    def _next_marker(self) -> str:
        if not self.flow.lists or self.flow.lists[-1][0] != "ol":
            return "•"
        number = self.flow.lists[-1][1]
        self.flow.lists[-1] = ("ol", number + 1)
        return f"{number}."

    def inline(
        self, element: HtmlElement, depth: int, xpath: str, target: str | None = None, strong: bool = False
    ) -> None:
        """Collect the text of an element and of what it holds; blocks inside part the text."""
        self._run(element.text, xpath, target, strong)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str) or tag in _UNSEEN or _is_hidden(child):
                pass
            elif depth > _DEEPEST:
                self._run(" ".join(_visible_text(child)), xpath, target, strong)
            elif tag == "br":
                self.flow.runs.append(Run(_BREAK))
            elif tag in _BLOCKS:
                self.block(child, depth + 1)
            elif self._is_note_mark(child):
                self._mark_note(child)
            else:
                address = _address(child) or target
                self.inline(child, depth + 1, xpath, address, strong or tag in ("b", "strong"))
            self._run(child.tail, xpath, target, strong)

    def _run(self, text: str | None, xpath: str, target: str | None, strong: bool) -> None:
        if text:
            self.flow.runs.append(Run(mend(text), xpath, target, strong))

    def _is_note_mark(self, element: HtmlElement) -> bool:
        """Whether an element is the number of a footnote, or the way back from one, and no text."""
        tag, text = element.tag, "".join(element.itertext())
        if tag not in ("a", "sup"):
            return False
        anchor = element if tag == "a" else next(iter(element.iter("a")), None)
        address = "" if anchor is None else anchor.get("href", "")
        local = address.startswith("#") or bool(re.search(r"#_?(?:ftn|fn|edn|note)", address))
        if local and self.flow.role == "footnote" and _BACK_LINK.match(text):
            return True
        if not _NOTE_MARK.match(text):
            return False
        if self.flow.role == "footnote" and not any(run.text.strip() for run in self.flow.runs):
            self.flow.note = self.flow.note or text.strip(" []()")
            return local or tag == "sup"
        if local and (tag == "sup" or _NOTE_TARGET.match(address) or element.getparent().tag == "sup"):
            return True
        before = "".join(run.text for run in self.flow.runs[-2:]).rstrip()
        return tag == "sup" and bool(re.search(r"(?:[.,;:!?”’\")\]]|[a-z]{4})$", before))

    def _mark_note(self, element: HtmlElement) -> None:
        """The mark becomes a link to its note; one that opens a paragraph is the note's own number."""
        number = "".join(element.itertext()).strip(" []()\n\t")
        if self.flow.role == "paragraph" and not any(run.text.strip() for run in self.flow.runs):
            self.flow.role, self.flow.note = "footnote", number
        elif self.flow.role != "footnote":
            self.flow.runs.append(Run("", note=number))

    def _table(self, element: HtmlElement) -> None:
        caption = element.find("caption")
        if caption is not None:
            self.block(caption, 0)
        xpath = self.tree.getpath(element)
        runs: list[Run] = []
        for cell in element.iter("td", "th"):
            runs.append(Run(" ".join(mend(part) for part in _visible_text(cell)), xpath))
            runs.append(Run(" "))
        self.pieces.append(piece_of(runs, "table"))

    def _preformatted(self, element: HtmlElement) -> None:
        xpath = self.tree.getpath(element)
        for piece in text_pieces(mend("".join(element.itertext()))):
            self.pieces.append(Piece(piece.passage, places=(Place(0, len(piece.text), xpath=xpath),)))

    def flush(self) -> None:
        """End the block being read."""
        runs, self.flow.runs = self.flow.runs, []
        for part in _parts(runs):
            piece = piece_of(part, self.flow.role)
            if piece.text:
                self.pieces.append(self._settled(piece, part))
                self.flow.marker = None

    def _settled(self, piece: Piece, runs: list[Run]) -> Piece:
        flow = self.flow
        if flow.role == "list_item":
            return piece.marked("list_item", level=max(len(flow.lists), 1), marker=flow.marker)
        if flow.role == "footnote":
            marker = flow.note or (flow.marker or "").rstrip(".") or None
            if match := _NOTE_START.match(piece.text):
                marker, piece = match[1], piece.cut(match.end(), len(piece.text))
            flow.note = None
            return piece.marked("footnote", marker=marker)
        if flow.role == "paragraph" and is_strong(runs) and len(piece.text) <= _SHORT and piece.text[-1] not in ".;,":
            return piece.marked("heading", level=4)
        return piece.marked(flow.role, level=flow.level)


def _parts(runs: list[Run]) -> Iterator[list[Run]]:
    """Runs parted where two line breaks follow each other, or one stands before a bullet."""
    part: list[Run] = []
    breaks = 0
    for run in runs:
        if run.text == _BREAK:
            breaks += 1
            part.append(Run("\n"))
            continue
        if run.text.strip():
            if breaks > 1 or (breaks and _BULLET.match(run.text)):
                yield part
                part = []
            breaks = 0
        part.append(run)
    yield part


def _visible_text(element: HtmlElement) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _UNSEEN and not _is_hidden(child):
            yield from _visible_text(child)
        if child.tail:
            yield child.tail


def _length(element: HtmlElement) -> int:
    return len("".join(element.itertext()).strip())


def _is_hidden(element: HtmlElement) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style", "")))
    )


def _is_layout(table: HtmlElement) -> bool:
    """Whether a table only places things on the page: old pages hold their whole text in one."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return True
    return any(len("".join(cell.itertext()).strip()) > 600 for cell in table.iter("td")) or (
        next(table.iter("h1", "h2", "h3"), None) is not None
    )


def _note_number(element: HtmlElement) -> str | None:
    match = _NOTE_ID.match(element.get("id", ""))
    return match[1] if match else None


def _address(element: HtmlElement) -> str | None:
    """The address an anchor leads to; None for one inside the page."""
    address = element.get("href", "").strip() if element.tag == "a" else ""
    return None if not address or address.startswith("#") or address.lower().startswith("javascript:") else address


def html_reading(text: str, *, path: str, warnings: tuple[str, ...] = ()) -> Reading:
    """A page as a Reading: navigation marked, its declared title, author, site and date as hints."""
    root = parse_html(text, path=path)
    pieces = mark_navigation(html_pieces(root), root, text)
    return reading_of(pieces, declared(root, pieces), warnings=warnings)
