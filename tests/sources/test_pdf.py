"""PDFs made on the spot, read back: text, roles, places, links, and what is said when there is nothing to read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pdfplumber
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from claimx.document import Document
from claimx.errors import EmptyDocument, UnreadableSource
from claimx.sources.pdf import draw_page, read_pdf
from claimx.sources.reading import Reading

WIDTH, HEIGHT = A4
Drawing = Callable[[Canvas], None]
LEFT = (
    "Harbour fees rose by a third in two years, and the small",
    "ports along the northern coast lost half of their calls to",
    "larger neighbours. The ministry had expected the oppo-",
    "site. Carriers told us that they would return if the fees",
    "were published a year ahead and left alone until then.",
)
RIGHT = (
    "Two remedies are at hand. The ministry should publish",
    "the tariff by the first of March, and the ports need to",
    "share their pilots. Neither costs the treasury anything,",
    "and the opposite of a plan is what we have at present.",
    "A review in three years would show whether it worked.",
)


def make_pdf(path: Path, *drawings: Drawing) -> Path:
    """A file with one page for each drawing."""
    canvas = Canvas(str(path), pagesize=A4)
    for drawing in drawings:
        drawing(canvas)
        canvas.showPage()
    canvas.save()
    return path


def write(
    canvas: Canvas, lines: tuple[str, ...], x: float, y: float, *, size: float = 10, font: str = "Times-Roman"
) -> None:
    """Lines below each other, the first on `y` from the top."""
    for number, line in enumerate(lines):
        canvas.setFont(font, size)
        canvas.drawString(x, HEIGHT - y - number * size * 1.2, line)


def two_columns(canvas: Canvas) -> None:
    """A title over two columns."""
    write(canvas, ("Small Ports, Large Fees",), 72, 90, size=20, font="Times-Bold")
    write(canvas, LEFT, 72, 130)
    write(canvas, RIGHT, 320, 130)


def blocks_of(reading: Reading, *roles: str) -> list[str]:
    """The texts of the blocks that have one of these roles."""
    return [reading.text[block.start : block.end] for block in reading.blocks if block.role in roles]


@pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])
def test_columns_are_read_one_after_the_other(tmp_path: Path, engine: Literal["pdfium", "pdfplumber"]) -> None:
    """Two columns become paragraphs in reading order, and the hyphen of a broken word is gone."""
    reading = read_pdf(make_pdf(tmp_path / "ports.pdf", two_columns), engine=engine)
    text = " ".join(blocks_of(reading, "paragraph"))
    assert "had expected the opposite. Carriers told us" in text
    assert text.index("left alone until then.") < text.index("Two remedies are at hand.")
    assert reading.title == "Small Ports, Large Fees"


def test_every_character_lies_in_its_box(tmp_path: Path) -> None:
    """What pdfplumber finds inside the boxes of a word is that word."""
    path = make_pdf(tmp_path / "ports.pdf", two_columns)
    reading = read_pdf(path)
    document = Document("", "", "", "", reading.text, reading.blocks, places=reading.places)
    with pdfplumber.open(path) as pdf:
        chars = pdf.pages[0].chars
    for match in re.finditer(r"\w{4,}", reading.text):
        inside = [
            char["text"]
            for box in document.boxes_of(*match.span())
            for char in chars
            if box.x0 <= (char["x0"] + char["x1"]) / 2 <= box.x1
            and box.top <= (char["top"] + char["bottom"]) / 2 <= box.bottom
        ]
        assert "".join(inside).replace("-", "") == match[0]


def test_running_heads_and_page_numbers_are_no_prose(tmp_path: Path) -> None:
    """What repeats at the edges of pages is marked as furniture, and a paragraph goes on over the page."""

    def page(number: int, lines: tuple[str, ...]) -> Drawing:
        def draw(canvas: Canvas) -> None:
            write(canvas, ("Coastal Review, spring issue",), 72, 40, size=8)
            write(canvas, (f"Page {number}",), 280, 810, size=8)
            write(canvas, lines, 72, 100)

        return draw

    path = make_pdf(tmp_path / "pages.pdf", page(1, LEFT[:3]), page(2, LEFT[3:]), page(3, RIGHT))
    reading = read_pdf(path)
    assert blocks_of(reading, "header") == ["Coastal Review, spring issue"] * 3
    assert blocks_of(reading, "page_number") == ["Page 1", "Page 2", "Page 3"]
    assert "had expected the opposite. Carriers told us" in reading.text.replace("\n", " ")


def test_note_marks_do_not_stick_to_words(tmp_path: Path) -> None:
    """A raised mark is cut out of the sentence, and the note at the foot of the page keeps it as its marker."""

    def draw(canvas: Canvas) -> None:
        write(canvas, LEFT, 72, 100)
        canvas.setFont("Times-Roman", 6)
        canvas.drawString(72 + canvas.stringWidth(LEFT[-1], "Times-Roman", 10), HEIGHT - 144, "1")
        canvas.drawString(72, HEIGHT - 757, "1")
        write(canvas, ("Port statistics, annual series, fourth table.",), 76, 760, size=8)

    reading = read_pdf(make_pdf(tmp_path / "notes.pdf", draw))
    assert blocks_of(reading, "paragraph")[-1].endswith("left alone until then.")
    notes = [block for block in reading.blocks if block.role == "footnote"]
    assert [note.marker for note in notes] == ["1"]


def test_links_stand_on_their_words(tmp_path: Path) -> None:
    """A link's stretch is the text under its area, and its target the address as written."""

    def draw(canvas: Canvas) -> None:
        write(canvas, ("Read the tariff of the ports.",), 72, 100)
        start = 72 + canvas.stringWidth("Read ", "Times-Roman", 10)
        end = start + canvas.stringWidth("the tariff", "Times-Roman", 10)
        canvas.linkURL("https://example.org/tariff", (start, HEIGHT - 103, end, HEIGHT - 91))

    reading = read_pdf(make_pdf(tmp_path / "links.pdf", draw))
    assert [(reading.text[link.start : link.end], link.target) for link in reading.links] == [
        ("the tariff", "https://example.org/tariff")
    ]


def test_a_page_is_drawn_with_its_blocks(tmp_path: Path) -> None:
    """The drawing is a PNG; a page that the file does not have is refused."""
    path = make_pdf(tmp_path / "ports.pdf", two_columns)
    reading = read_pdf(path)
    document = Document("", "", "", "", reading.text, reading.blocks, places=reading.places)
    draw_page(path, document, 1, tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UnreadableSource, match="1 pages"):
        draw_page(path, document, 2, tmp_path / "page.png")


def test_a_page_without_text_says_what_to_try(tmp_path: Path) -> None:
    """An empty page gives a typed error that names OCR, and what is no PDF one that says so."""
    with pytest.raises(EmptyDocument, match="--ocr"):
        read_pdf(make_pdf(tmp_path / "blank.pdf", Canvas.saveState))
    (tmp_path / "fake.pdf").write_text("no PDF at all")
    with pytest.raises(UnreadableSource, match="not a readable PDF"):
        read_pdf(tmp_path / "fake.pdf")


def test_encrypted_files_open_with_their_password(tmp_path: Path) -> None:
    """Without the password the error names the option; with it the text is there."""
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), pagesize=A4, encrypt="anchor")
    two_columns(canvas)
    canvas.save()
    with pytest.raises(UnreadableSource, match="--password"):
        read_pdf(path)
    assert "Two remedies" in read_pdf(path, password="anchor").text
