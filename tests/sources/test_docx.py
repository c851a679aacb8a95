"""Word files become blocks with roles, markers, links and notes, as Word prints them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document as new_docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from claimx.document import Document
from claimx.errors import UnreadableSource
from claimx.sources import read_document

_FOOTNOTES = f"""<w:footnotes {nsdecls("w")}>
<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="3"><w:p><w:r><w:t>The count covers nine roads.</w:t></w:r></w:p></w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t> Toll Office, yearbook.</w:t></w:r></w:p></w:footnote>
</w:footnotes>"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """A Word file with one of everything, read."""
    word = new_docx()
    word.core_properties.author = "Ada Lind; Ole Berg"
    word.add_paragraph("Tolls and roads", style="Title")
    word.add_paragraph("By Ada Lind")
    word.add_heading("What rose", level=1)
    paragraph = word.add_paragraph("Tolls rose")
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText> sank</w:delText></w:r></w:del>"))
    paragraph._p.append(
        parse_xml(f'<w:ins {nsdecls("w")}><w:r><w:t xml:space="preserve"> by a tenth.</w:t></w:r></w:ins>')
    )
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    paragraph.add_run(" Traffic fell.")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="3"/></w:r>'))
    target = word.part.relate_to("https://x.org/t", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = f'<w:hyperlink {nsdecls("w", "r")} r:id="{target}"><w:r><w:t>the tariff</w:t></w:r></w:hyperlink>'
    paragraph.add_run(" See ")
    paragraph._p.append(parse_xml(link))
    paragraph.add_run(".")
    word.add_paragraph("Count the cars.", style="List Number")
    word.add_paragraph("Publish the count.", style="List Number")
    word.add_paragraph("Refund the poor.", style="List Bullet")
    word.add_paragraph("Nobody pays on Sundays.", style="Quote")
    word.add_paragraph("Table 1: Roads", style="Caption")
    table = word.add_table(rows=2, cols=2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), "Road Toll North 12".split(), strict=True
    ):
        cell.text = text
    box = word.add_table(rows=1, cols=1)
    box.rows[0].cells[0].text = "A box of one cell holds text."
    notes = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        _FOOTNOTES.encode(),
        word.part.package,
    )
    word.part.relate_to(notes, RELATIONSHIP_TYPE.FOOTNOTES)
    path = tmp_path_factory.mktemp("docx") / "tolls.docx"
    word.save(str(path))
    return read_document(path)


def test_blocks(document: Document) -> None:
    """Roles and text are what Word shows: no deleted words, no field codes, notes at the end in their order."""
    assert [(block.role, document.text[block.start : block.end]) for block in document.blocks] == [
        ("title", "Tolls and roads"),
        ("byline", "By Ada Lind"),
        ("heading", "What rose"),
        ("paragraph", "Tolls rose by a tenth. Traffic fell. See the tariff."),
        ("list_item", "Count the cars."),
        ("list_item", "Publish the count."),
        ("list_item", "Refund the poor."),
        ("quote", "Nobody pays on Sundays."),
        ("caption", "Table 1: Roads"),
        ("table", "Road Toll North 12"),
        ("paragraph", "A box of one cell holds text."),
        ("footnote", "Toll Office, yearbook."),
        ("footnote", "The count covers nine roads."),
    ]


def test_markers(document: Document) -> None:
    """List numbers are counted, and notes carry the number that Word prints, whatever their internal id."""
    marked = [(block.role, block.marker) for block in document.blocks if block.marker]
    assert marked == [
        ("list_item", "1."),
        ("list_item", "2."),
        ("list_item", "•"),
        ("footnote", "1"),
        ("footnote", "2"),
    ]


def test_links_and_notes(document: Document) -> None:
    """Hyperlinks keep their address; notes are linked from the words that carry their marks."""
    links = [(document.text[link.start : link.end], link.target) for link in document.links]
    assert links == [("tenth.", "#footnote-1"), ("fell.", "#footnote-2"), ("the tariff", "https://x.org/t")]


def test_every_character_has_its_element(document: Document) -> None:
    """Places name the paragraph or table in the document part."""
    for block in document.blocks:
        places = list(document.places_of(block.start, block.end))
        assert sum(place.end - place.start for place in places) == block.end - block.start
        assert all(place.xpath and place.xpath.startswith("/w:") for place in places)


def test_metadata(document: Document) -> None:
    """The page names the author first; the file's properties name the others only when the page names nobody."""
    assert document.title == "Tolls and roads"
    assert document.authors == ("Ada Lind",)


@pytest.mark.parametrize("damage", ["[Content_Types].xml", "word/document.xml"])
def test_damaged_package(tmp_path: Path, damage: str) -> None:
    """A package with a broken part is unreadable, in one line that says what to try."""
    whole = io.BytesIO()
    new_docx().save(whole)
    path = tmp_path / "broken.docx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            target.writestr(entry, data[: len(data) // 2] if entry.filename == damage else data)
    with pytest.raises(UnreadableSource, match="save it again"):
        read_document(path)
