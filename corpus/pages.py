"""A Master becomes a PDF: a single-column brief or a two-column paper, with running heads, boxes, notes at the foot."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from inline import box_title, byline_of, long_date, notes_of, runs_of, style_of
from master import Block, Master
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Table

INK = HexColor("#1d3b53")
PALE = HexColor("#eaf0f4")


@dataclass(frozen=True, slots=True)
class House:
    """A house style: fonts (body, bold, italic, heads), sizes in points, alignment, columns."""

    body: str
    bold: str
    italic: str
    heads: str
    size: float
    leading: float
    align: int
    columns: int
    hyphens: bool


SINGLE = (
    House("Times-Roman", "Times-Bold", "Times-Italic", "Helvetica-Bold", 11, 14.5, TA_JUSTIFY, 1, False),
    House("Vera", "VeraBd", "VeraIt", "VeraBd", 9.5, 14, TA_LEFT, 1, False),
    House("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Times-Bold", 10, 14, TA_LEFT, 1, True),
)
DOUBLE = (
    House("Times-Roman", "Times-Bold", "Times-Italic", "Helvetica-Bold", 9.8, 12, TA_JUSTIFY, 2, True),
    House("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-Bold", 8.8, 11.5, TA_JUSTIFY, 2, True),
)


class Plate(Flowable):
    """A drawing that stands for a photograph or chart: bars on a pale ground."""

    def __init__(self, height: float, seed: int) -> None:
        super().__init__()
        self.tall, self.seed = height, seed

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """Take the whole width and the height it was made with."""
        self.wide = available_width
        return available_width, self.tall

    def draw(self) -> None:
        """Draw the ground and eight bars."""
        self.canv.setFillColor(PALE)
        self.canv.rect(0, 0, self.wide, self.tall, stroke=0, fill=1)
        self.canv.setFillColor(INK)
        for index in range(8):
            height = 12 + (self.seed * (index + 3) * 7) % (self.tall - 24)
            self.canv.rect(12 + index * (self.wide - 24) / 8, 6, (self.wide - 24) / 12, height, stroke=0, fill=1)


@dataclass(slots=True)
class Item:
    """A flowable on its way to a page; headings stay with what follows, notes go to the foot of the same column."""

    flowable: Flowable
    gap: float = 6
    notes: list[str] = field(default_factory=list)
    keep: bool = False


def render_pdf(master: Master, path: Path) -> None:
    """Write the PDF; the same master gives the same bytes."""
    for name in ("Vera", "VeraBd", "VeraIt"):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    houses = DOUBLE if master.meta["format"] == "pdf-2col" else SINGLE
    house = houses[style_of(master, len(houses))]
    canvas = Canvas(str(path), pagesize=A4 if master.meta["variety"] == "en-GB" else LETTER, invariant=1)
    canvas.setTitle(master.meta["title"])
    canvas.setAuthor("; ".join(name.strip() for name in master.meta["authors"].split(";")))
    canvas.setCreator(master.meta["publisher"])
    _Press(canvas, master, house).run()
    canvas.save()


class _Press:
    """Sets items into columns and pages; `top` is where the next line goes, `foot` the notes owed to this column."""

    def __init__(self, canvas: Canvas, master: Master, house: House) -> None:
        self.canvas, self.master, self.house = canvas, master, house
        self.page_width, self.page_height = canvas._pagesize
        self.margin = 54 if house.columns == 2 else 76
        gutter = 20
        self.width = (self.page_width - 2 * self.margin - gutter * (house.columns - 1)) / house.columns
        self.lefts = [self.margin + index * (self.width + gutter) for index in range(house.columns)]
        self.bottom = 64.0
        self.ceiling = self.page_height - 72
        self.page, self.column = 1, 0
        self.top = self.ceiling
        self.fresh = True
        self.foot: list[Paragraph] = []
        notes = (block for block in master.blocks if block.kind == "footnote")
        self.notes = {block.marker: self._note(block) for block in notes}

    def run(self) -> None:
        """Set everything and finish the last page."""
        self._banner()
        queue = deque(self._items())
        while queue:
            self._place(queue.popleft(), queue)
        self._close_column()
        self._close_page()

    def _place(self, item: Item, queue: deque[Item]) -> None:
        gap = 0 if self.fresh else item.gap
        notes = [*self.foot, *(self.notes[note] for note in item.notes)]
        room = self.top - gap - self.bottom - self._notes_height(notes)
        _, height = item.flowable.wrap(self.width, room)
        needed = height + (3.5 * self.house.leading if item.keep else 0)
        if needed <= room or (self.fresh and not isinstance(item.flowable, Paragraph)):
            self._draw(item.flowable, height, gap, notes)
            return
        parts = [] if item.keep or (item.notes and not self.fresh) else item.flowable.split(self.width, room)
        if len(parts) == 2:
            _, height = parts[0].wrap(self.width, room)
            self._draw(parts[0], height, gap, notes)
            queue.appendleft(Item(parts[1], item.gap))
        else:
            queue.appendleft(item)
        self._next_column()

    def _draw(self, flowable: Flowable, height: float, gap: float, notes: list[Paragraph]) -> None:
        flowable.drawOn(self.canvas, self.lefts[self.column], self.top - gap - height)
        self.top -= gap + height
        self.foot, self.fresh = notes, False

    def _notes_height(self, notes: list[Paragraph]) -> float:
        return sum(note.wrap(self.width, 1000)[1] + 2 for note in notes) + (10 if notes else 0)

    def _next_column(self) -> None:
        self._close_column()
        self.column += 1
        if self.column == self.house.columns:
            self._close_page()
            self.page, self.column, self.ceiling = self.page + 1, 0, self.page_height - 72
        self.top, self.fresh = self.ceiling, True

    def _close_column(self) -> None:
        left, at = self.lefts[self.column], self.bottom + self._notes_height(self.foot)
        if self.foot:
            self.canvas.setLineWidth(0.5)
            self.canvas.line(left, at - 4, left + 70, at - 4)
            at -= 8
        for note in self.foot:
            _, height = note.wrap(self.width, 1000)
            note.drawOn(self.canvas, left, at - height)
            at -= height + 2
        self.foot = []

    def _close_page(self) -> None:
        """Running head and foot: by house, the page number stands in the foot's middle, its corner, or the head."""
        canvas, meta = self.canvas, self.master.meta
        title = meta["title"].split(":")[0]
        canvas.setFont(self.house.italic, 8)
        canvas.setFillColor(INK)
        right = self.page_width - self.margin
        if self.page > 1 and self.house.columns == 2:
            names = meta["authors"].replace(";", " ·")
            canvas.drawString(self.margin, self.page_height - 48, names if self.page % 2 == 0 else meta["publisher"])
            canvas.drawRightString(right, self.page_height - 48, f"{title}   {self.page}")
        elif self.page > 1:
            canvas.drawString(self.margin, self.page_height - 48, title)
        if self.house.columns == 1 and self.house.align == TA_JUSTIFY:
            canvas.drawCentredString(self.page_width / 2, 36, str(self.page))
        elif self.house.columns == 1:
            canvas.drawString(self.margin, 36, f"{meta['publisher']} | {long_date(self.master)}")
            canvas.drawRightString(right, 36, f"Page {self.page}")
        else:
            canvas.drawString(self.margin, 36, f"{meta['publisher']}, {long_date(self.master)}")
        canvas.showPage()

    def _banner(self) -> None:
        """The head of page one, over all columns: publisher and series, title, byline, date."""
        meta, wide = self.master.meta, self.page_width - 2 * self.margin
        at = self.page_height - 50
        series = meta["register"].replace("-", " ").upper()
        lines = [
            (Paragraph(f"{escape(meta['publisher'])} &nbsp;|&nbsp; {series}", self._style("heads", 8.5, color=INK)), 4),
            (
                Paragraph(
                    escape(meta["title"]), self._style("heads", 20 if self.house.columns == 1 else 18, color=INK)
                ),
                14,
            ),
            (Paragraph(escape(byline_of(self.master)), self._style("italic", self.house.size + 0.5)), 8),
            (Paragraph(long_date(self.master), self._style("body", self.house.size - 1)), 3),
        ]
        for line, gap in lines:
            _, height = line.wrap(wide, 400)
            at -= gap + height
            line.drawOn(self.canvas, self.margin, at)
        self.canvas.setStrokeColor(INK)
        self.canvas.line(self.margin, at - 8, self.margin + wide, at - 8)
        self.canvas.setStrokeColor(HexColor("#000000"))
        self.top = self.ceiling = at - 20

    def _style(self, font: str, size: float, *, color: HexColor | None = None, **more: object) -> ParagraphStyle:
        name = getattr(self.house, font)
        options: dict[str, object] = {"fontName": name, "fontSize": size, "leading": size * 1.25, **more}
        if color is not None:
            options["textColor"] = color
        return ParagraphStyle(font, **options)

    def _prose(self, **more: object) -> ParagraphStyle:
        house = self.house
        options: dict[str, object] = {"leading": house.leading, "alignment": house.align, **more}
        if house.hyphens:
            variety = self.master.meta["variety"].replace("-", "_")
            options.update(hyphenationLang=variety, hyphenationMinWordLength=7, embeddedHyphenation=1)
        return self._style("body", house.size, **options)

    def _note(self, block: Block) -> Paragraph:
        style = self._style("body", self.house.size - 2, alignment=self.house.align)
        return Paragraph(f"<super>{block.marker}</super> {_inline(block)}", style)

    def _items(self) -> Iterator[Item]:
        """The body as items; a box gathers its lines into one shaded table."""
        boxed: list[Flowable] = []
        notes: list[str] = []
        for block in self.master.blocks:
            if boxed and not block.box:
                yield self._boxed(boxed, notes)
                boxed, notes = [], []
            if block.kind in ("footnote", "byline", "nav", "related"):
                continue
            made = list(self._block_items(block))
            if block.box:
                boxed.extend(item.flowable for item in made)
                notes.extend(note for item in made for note in item.notes)
            else:
                yield from made
        if boxed:
            yield self._boxed(boxed, notes)

    def _boxed(self, flowables: list[Flowable], notes: list[str]) -> Item:
        style = [("BACKGROUND", (0, 0), (-1, -1), PALE), ("LEFTPADDING", (0, 0), (-1, -1), 8)]
        style.append(("LINEABOVE", (0, 0), (-1, 0), 1.5, INK))
        return Item(Table([[flowables]], colWidths=[self.width], style=style), 8, notes)

    def _block_items(self, block: Block) -> Iterator[Item]:
        house, text, notes = self.house, _inline(block), notes_of(block)
        small = self._style("italic", house.size - 1.5)
        match block.kind:
            case "heading":
                size = house.size + (3.5, 2, 1)[block.level - 1]
                yield Item(Paragraph(text, self._style("heads", size, color=INK)), 12, keep=True)
            case "box":
                yield Item(Paragraph(escape(box_title(block)).upper(), self._style("heads", house.size, color=INK)), 0)
            case "bullet" | "number":
                mark = "•" if block.kind == "bullet" else f"{block.marker}."
                style = self._prose(leftIndent=16, bulletIndent=3, spaceBefore=3)
                yield Item(Paragraph(text, style, bulletText=mark), 4, notes)
            case "quote":
                yield Item(Paragraph(text, self._prose(leftIndent=22, rightIndent=16)), 7, notes)
            case "table":
                rows = [
                    [Paragraph(escape(cell), self._style("body", house.size - 1.5)) for cell in row]
                    for row in block.rows
                ]
                style = [("LINEBELOW", (0, 0), (-1, 0), 0.8, INK), ("LINEBELOW", (0, -1), (-1, -1), 0.8, INK)]
                yield Item(Table(rows, colWidths=[self.width / len(rows[0])] * len(rows[0]), style=style), 8)
            case "caption":
                if not text.startswith("Table"):
                    yield Item(Plate(90, len(text)), 8)
                yield Item(Paragraph(text, small), 4)
            case "pull":
                style = self._style(
                    "italic", house.size + 3, color=INK, alignment=TA_CENTER, leftIndent=20, rightIndent=20
                )
                yield Item(Paragraph(f"“{text}”", style), 12)
            case "paragraph":
                yield Item(Paragraph(text, self._prose()), 6, notes)
            case "bio":
                yield Item(Paragraph(text, self._style("italic", house.size - 0.5)), 16)
            case _:
                yield Item(Paragraph(text, small), 6)


def _inline(block: Block) -> str:
    """A block's runs in reportlab's paragraph markup."""
    parts = []
    for run in runs_of(block):
        if run.note:
            parts.append(f"<super>{run.note}</super>")
        elif run.link:
            parts.append(f'<a href={quoteattr(run.link)} color="#1d3b93">{escape(run.text)}</a>')
        else:
            parts.append(escape(run.text))
    return "".join(parts)
