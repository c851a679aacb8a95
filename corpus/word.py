"""A Master becomes a Word file with headings, lists, hyperlinks, a table and real footnotes; same bytes every time."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document as new_document
from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from inline import box_title, byline_of, long_date, runs_of
from master import Block, Master

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
EPOCH = (2000, 1, 1, 0, 0, 0)
STYLES = {
    "bullet": "List Bullet",
    "number": "List Number",
    "quote": "Intense Quote",
    "caption": "Caption",
    "source": "Caption",
    "pull": "Quote",
}
ITALIC = {"bio", "disclaimer", "copyright", "subscribe"}


def render_docx(master: Master, path: Path) -> None:
    """Write the document to `path`."""
    document = new_document()
    meta = master.meta
    core = document.core_properties
    core.title, core.author = meta["title"], "; ".join(name.strip() for name in meta["authors"].split(";"))
    core.language, core.comments = meta["variety"], ""
    core.created = core.modified = datetime.fromisoformat(meta["published"])
    document.sections[0].header.paragraphs[0].text = meta["publisher"]
    document.sections[0].footer.paragraphs[0].text = f"{meta['publisher']} · {long_date(master)}"
    document.add_paragraph(meta["title"], style="Title")
    document.add_paragraph(byline_of(master), style="Subtitle")
    document.add_paragraph(long_date(master))
    notes = [block for block in master.blocks if block.kind == "footnote"]
    numbers = {note.marker: str(index) for index, note in enumerate(notes, 1)}
    for block in master.blocks:
        if block.kind not in ("footnote", "byline", "nav", "related"):
            _add_block(document, block, numbers)
    if notes:
        _add_footnotes(document, notes)
    buffer = io.BytesIO()
    document.save(buffer)
    _write_stably(buffer, path)


def _add_block(document: Document, block: Block, numbers: dict[str, str]) -> None:
    if block.kind == "table":
        table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        for row in block.rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
    elif block.kind == "heading":
        document.add_heading(block.text, block.level)
    elif block.kind == "box":
        document.add_heading(box_title(block), 2)
    else:
        paragraph = document.add_paragraph(style=STYLES.get(block.kind))
        for run in runs_of(block):
            if run.note:
                _add_note_mark(paragraph, numbers[run.note])
            elif run.link:
                _add_link(paragraph, run.text, run.link)
            else:
                paragraph.add_run(run.text).italic = True if block.kind in ITALIC else None


def _add_link(paragraph: Paragraph, text: str, target: str) -> None:
    relation = paragraph.part.relate_to(target, f"{RELATIONS}/hyperlink", is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _add_note_mark(paragraph: Paragraph, number: str) -> None:
    run = paragraph.add_run()
    run.font.superscript = True
    mark = OxmlElement("w:footnoteReference")
    mark.set(qn("w:id"), number)
    run._r.append(mark)


def _add_footnotes(document: Document, notes: list[Block]) -> None:
    """Attach word/footnotes.xml, which python-docx has no call for: two separators Word insists on, then the notes."""
    parts = [
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    ]
    for number, note in enumerate(notes, 1):
        text = escape("".join(run.text for run in runs_of(note)))
        mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
        words = f'<w:r><w:t xml:space="preserve"> {text}</w:t></w:r>'
        parts.append(f'<w:footnote w:id="{number}"><w:p>{mark}{words}</w:p></w:footnote>')
    xml = f"<w:footnotes {nsdecls('w')}>{''.join(parts)}</w:footnotes>"
    parse_xml(xml)
    blob = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml.encode()
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, blob, document.part.package)
    document.part.relate_to(part, f"{RELATIONS}/footnotes")


def _write_stably(buffer: io.BytesIO, path: Path) -> None:
    """Copy the archive with one fixed time for all members, as zip stores the clock otherwise."""
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stable:
        for name in made.namelist():
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            stable.writestr(info, made.read(name))
