"""A Word file in, pieces out: paragraphs, headings, lists, tables, footnotes and links, with the paths of elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree

from claimx.document import Role
from claimx.errors import UnreadableSource
from claimx.sources.characters import mend
from claimx.sources.metadata import Metadata
from claimx.sources.pieces import Piece, Run, is_strong, piece_of
from claimx.sources.prose import reading_of
from claimx.sources.reading import Reading

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.opc.part import Part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = ("footnotes", "endnotes")
_HEADING = re.compile(r"heading\s*(\d)", re.I)
_QUOTE = re.compile(r"quote|block\s*text", re.I)
_LIST = re.compile(r"list|bullet|number", re.I)
_SHORT = 120
_HYPERLINK_FIELD = re.compile(r'HYPERLINK\s+"([^"]+)"')


@dataclass(frozen=True, slots=True)
class DocxReading:
    """The pieces of a Word file and what its properties say."""

    pieces: tuple[Piece, ...]
    file: Metadata


def read_docx(data: bytes, *, path: str) -> DocxReading:
    """Everything a Word file prints: body in order, then footnotes and endnotes; UnreadableSource when damaged."""
    from docx import Document as open_docx

    try:
        word = open_docx(BytesIO(data))
        pieces = tuple(piece for piece in _Walk(word).pieces() if piece.text)
        properties = word.core_properties
        created = properties.created
        published = created.date().isoformat() if created else None
        names = re.split(r"\s*;\s*|,\s+", properties.author or "")
        authors = tuple(name for name in names if " " in name.strip())
        return DocxReading(pieces, Metadata(properties.title or None, authors, None, published))
    except (KeyError, ValueError, AttributeError, OSError, NotImplementedError, EOFError, etree.LxmlError) as error:
        raise _unreadable(error, path) from error
    except Exception as error:
        # python-docx and zipfile raise bare and private classes for damaged packages.
        if type(error).__module__.partition(".")[0] in ("docx", "zipfile", "zlib"):
            raise _unreadable(error, path) from error
        raise


def _unreadable(error: Exception, path: str) -> UnreadableSource:
    return UnreadableSource(
        f"a damaged Word file ({type(error).__name__}); open it in Word and save it again", path=path
    )


@dataclass(slots=True)
class _Walk:
    """One pass over a Word file: its list counters, styles and parts."""

    word: WordDocument
    counters: dict[tuple[str, int], int] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)

    def pieces(self) -> Iterator[Piece]:
        part = self.word.part
        yield from self._container(self.word.element.body, part)
        for kind in _NOTES:
            yield from self._notes(part, kind)

    def _container(self, container: etree._Element, part: Part, role: Role | None = None) -> Iterator[Piece]:
        for element in container:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element, part, role)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element, part)
            elif element.tag == f"{_W}sdt":
                content = element.find(f"{_W}sdtContent")
                if content is not None:
                    yield from self._container(content, part, role)
            elif element.tag in (f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
                yield from self._container(element, part, role)

    def _table(self, table: etree._Element, part: Part) -> Iterator[Piece]:
        """A table kept apart as one piece; one of a single cell is a box, and its paragraphs are text."""
        cells = list(table.iter(f"{_W}tc"))
        if len(cells) == 1:
            yield from self._container(cells[0], part)
            return
        xpath = _path(table)
        runs: list[Run] = []
        for cell in cells:
            for paragraph in cell.iter(f"{_W}p"):
                runs += [Run("".join(run.text for run in self._runs(paragraph, part)), xpath), Run(" ")]
        yield piece_of(runs, "table")

    def _notes(self, part: Part, kind: str) -> Iterator[Piece]:
        for relation in part.rels.values():
            if relation.is_external or not relation.reltype.endswith("/" + kind):
                continue
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            notes = [note for note in root if note.get(f"{_W}type") in (None, "normal")]
            for note in sorted(notes, key=lambda note: int(self._note_number(note))):
                for piece in self._container(note, relation.target_part, "footnote"):
                    yield piece.marked("footnote", marker=self._note_number(note))

    def _note_number(self, note: etree._Element) -> str:
        """The number that Word prints for a note: they are counted in the order of their marks."""
        kind = "endnote" if "endnote" in str(note.tag) else "footnote"
        key = (kind, note.get(f"{_W}id", ""))
        return self.notes.setdefault(key, str(sum(one == kind for one, _ in self.notes) + 1))

    def _paragraph(self, paragraph: etree._Element, part: Part, role: Role | None) -> Iterator[Piece]:
        runs = list(self._runs(paragraph, part))
        piece = piece_of(runs)
        if role:
            yield piece.marked(role)
            return
        style, outline = self._style(paragraph)
        numbering = self._numbering(paragraph)
        if style.casefold() == "title":
            yield piece.marked("title")
        elif (match := _HEADING.match(style)) or outline is not None:
            level = int(match[1]) if match else (outline or 0) + 1
            yield piece.marked("heading", level=level)
        elif style.casefold() == "caption":
            yield piece.marked("caption")
        elif style.casefold().startswith("toc "):
            yield piece.marked("contents")
        elif numbering is not None:
            yield piece.marked("list_item", level=numbering[1] + 1, marker=self._marker(*numbering))
        elif _LIST.match(style) and "paragraph" not in style.casefold():
            yield piece.marked("list_item", level=1, marker="•")
        elif _QUOTE.search(style):
            yield piece.marked("quote")
        elif is_strong(runs) and len(piece.text) <= _SHORT and piece.text[-1] not in ".;,":
            yield piece.marked("heading", level=4)
        else:
            yield piece
        for box in paragraph.iter(f"{_W}txbxContent"):
            if next(box.iterancestors(_MC_FALLBACK), None) is None:
                yield from self._container(box, part)

    def _style(self, paragraph: etree._Element) -> tuple[str, int | None]:
        """The name of a paragraph's style and its outline level, its own or its style's."""
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        name_of = paragraph.find(f"{_W}pPr/{_W}pStyle")
        style_id = name_of.get(f"{_W}val") if name_of is not None else None
        style = next((one for one in self.word.styles if one.style_id == style_id), None) if style_id else None
        outline = own
        if outline is None and style is not None:
            outline = style.element.find(f"{_W}pPr/{_W}outlineLvl")
        level = None if outline is None else int(outline.get(f"{_W}val", "9"))
        return (style.name or "") if style is not None else "", level if level is not None and level < 9 else None

    def _numbering(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The list that a paragraph belongs to and its depth, from the paragraph or from its style."""
        properties = paragraph.find(f"{_W}pPr/{_W}numPr")
        if properties is None:
            name_of = paragraph.find(f"{_W}pPr/{_W}pStyle")
            style_id = name_of.get(f"{_W}val") if name_of is not None else None
            style = next((one for one in self.word.styles if one.style_id == style_id), None) if style_id else None
            properties = style.element.find(f"{_W}pPr/{_W}numPr") if style is not None else None
        if properties is None:
            return None
        number, level = properties.find(f"{_W}numId"), properties.find(f"{_W}ilvl")
        if number is None or number.get(f"{_W}val") in (None, "0"):
            return None
        return number.get(f"{_W}val", "0"), 0 if level is None else int(level.get(f"{_W}val", "0"))

    def _marker(self, number: str, level: int) -> str:
        """What Word prints before an item: a bullet, or the next number of its list."""
        form, text, start = self._level(number, level)
        if form in ("bullet", "none"):
            return "•"
        for key in [key for key in self.counters if key[0] == number and key[1] > level]:
            del self.counters[key]
        count = self.counters[number, level] = self.counters.get((number, level), start - 1) + 1
        before, after = text.partition("%")[0], text.rpartition("%")[2][1:]
        return before + _FORMS.get(form, str)(count) + after

    def _level(self, number: str, level: int) -> tuple[str, str, int]:
        """Number format, text ("%1.") and start of one level of a list."""
        try:
            root = self.word.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return "bullet", "•", 1
        found = root.xpath(f'w:num[@w:numId="{number}"]/w:abstractNumId/@w:val') if number.isdigit() else []
        levels = root.xpath(f'w:abstractNum[@w:abstractNumId="{found[0]}"]/w:lvl[@w:ilvl="{level}"]') if found else []
        if not levels:
            return "decimal", "%1.", 1
        values: Mapping[str, str] = {etree.QName(child).localname: child.get(f"{_W}val", "") for child in levels[0]}
        start = values.get("start", "1")
        return values.get("numFmt", "decimal"), values.get("lvlText", "%1."), int(start) if start.isdigit() else 1

    def _runs(self, element: etree._Element, part: Part, target: str | None = None) -> Iterator[Run]:
        """The text of a paragraph as printed: deletions, field codes and note marks left out, links kept."""
        xpath = _path(element) if element.tag == f"{_W}p" else None
        yield from self._inline(element, part, xpath or _path(next(element.iterancestors(f"{_W}p"))), target)

    def _inline(self, element: etree._Element, part: Part, xpath: str, target: str | None) -> Iterator[Run]:
        field_target: str | None = None
        for child in element:
            tag = child.tag
            if tag == f"{_W}r":
                code = "".join(one.text or "" for one in child.iter(f"{_W}instrText"))
                if match := _HYPERLINK_FIELD.search(code):
                    field_target = match[1]
                mark = child.find(f"{_W}fldChar")
                if mark is not None and mark.get(f"{_W}fldCharType") == "end":
                    field_target = None
                note = child.find(f"{_W}footnoteReference")
                note = child.find(f"{_W}endnoteReference") if note is None else note
                if note is not None:
                    yield Run("", note=self._note_number(note))
                text = _run_text(child)
                if text:
                    yield Run(mend(text), xpath, target or field_target, _is_bold(child))
            elif tag == f"{_W}hyperlink":
                yield from self._inline(child, part, xpath, _external(child, part) or target)
            elif tag in (f"{_W}ins", f"{_W}smartTag", f"{_W}fldSimple", f"{_W}sdt", f"{_W}sdtContent", f"{_W}moveTo"):
                yield from self._inline(child, part, xpath, target)


def _run_text(run: etree._Element) -> str:
    parts: list[str] = []
    for child in run:
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            parts.append(" ")
        elif child.tag == f"{_W}noBreakHyphen":
            parts.append("-")
    return "".join(parts)


def _is_bold(run: etree._Element) -> bool:
    bold = run.find(f"{_W}rPr/{_W}b")
    return bold is not None and bold.get(f"{_W}val") not in ("0", "false")


def _external(hyperlink: etree._Element, part: Part) -> str | None:
    identifier = hyperlink.get(f"{_R}id")
    relation = part.rels.get(identifier) if identifier else None
    return str(relation.target_ref) if relation is not None and relation.is_external else None


def _path(element: etree._Element) -> str:
    return str(element.getroottree().getpath(element))


def _roman(number: int) -> str:
    letters = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
    text = ""
    for value, letter in (*letters, (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += letter * (number // value)
        number %= value
    return text


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


_FORMS: Mapping[str, Callable[[int], str]] = {
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
}


def docx_reading(data: bytes, *, path: str) -> Reading:
    """A Word file as a Reading; its properties are hints that the page must bear out."""
    found = read_docx(data, path=path)
    return reading_of(found.pieces, found.file)
