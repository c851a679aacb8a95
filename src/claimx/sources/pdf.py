"""A PDF file becomes a Reading: glyphs from one of two engines, then the steps of `layout`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from claimx.errors import EmptyDocument
from claimx.sources.boilerplate import mark_biographies, mark_boilerplate
from claimx.sources.forms import mark_contents, mark_references, mark_takeaways
from claimx.sources.layout.assembly import move_places, write_draft
from claimx.sources.layout.document import lay_out, read_sheet
from claimx.sources.metadata import Metadata, find_authors, read_metadata
from claimx.sources.pdf_drawing import draw_page
from claimx.sources.pdf_links import find_links
from claimx.sources.pdf_reference import iter_reference_pages
from claimx.sources.pdfium import iter_pages, open_pdf
from claimx.sources.pieces import Piece
from claimx.sources.reading import Passage, Reading, join_passages

__all__ = ["draw_page", "read_pdf"]

Engine = Literal["pdfium", "pdfplumber"]


def read_pdf(
    path: Path, *, engine: Engine = "pdfium", password: str | None = None, max_pages: int | None = None
) -> Reading:
    """The text of a PDF with blocks, links and places.

    Raises UnreadableSource when it is damaged or encrypted, EmptyDocument when no page has text.
    """
    document = open_pdf(path, password=password)
    try:
        if engine == "pdfplumber":
            pages = iter_reference_pages(path, password=password, limit=max_pages)
        else:
            pages = iter_pages(document, path, limit=max_pages)
        sheets = [read_sheet(page) for page in pages]
        count = len(document)
        file = _file_metadata(document.get_metadata_dict())
    finally:
        document.close()
    drafts, vocabulary = lay_out(sheets)
    placed = [write_draft(draft, vocabulary) for draft in drafts]
    placed = [(passage, places) for passage, places in placed if passage.text]
    if not placed:
        raise EmptyDocument("no page has text; if its pages are pictures, read it with --ocr", path=str(path))
    passages = _mark_sections([passage for passage, _ in placed])
    text, blocks = join_passages(passages)
    places = move_places(placed)
    known = read_metadata(passages, file)
    return Reading(
        text,
        blocks,
        links=find_links(places, (sheet.page for sheet in sheets), text),
        places=places,
        title=known.title,
        authors=known.authors,
        publisher=known.publisher,
        published=known.published,
        pages=count,
    )


def _mark_sections(passages: list[Passage]) -> list[Passage]:
    """The roles that wording gives: boilerplate, takeaways and abstract, contents, references, biographies."""
    pieces = [Piece(passage) for passage in mark_boilerplate(passages)]
    for step in (mark_takeaways, mark_contents, mark_references):
        pieces = step(pieces)
    passages = [piece.passage for piece in pieces]
    return mark_biographies(passages, find_authors(passages))


def _file_metadata(fields: dict[str, str]) -> Metadata:
    """What the file's information dictionary says, as far as it looks like a title and names."""
    title = " ".join(fields.get("Title", "").split())
    made = re.match(r"D:(\d{4})(\d\d)(\d\d)", fields.get("CreationDate", ""))
    author = " ".join(fields.get("Author", "").split())
    return Metadata(
        title=title if len(title.split()) > 2 and not re.search(r"\.\w{2,4}$|^Microsoft Word", title) else None,
        authors=(author,) if re.fullmatch(r"(?:[A-Z][\w.'’-]*\s+){1,3}[A-Z][\w'’-]+", author) else (),
        published="-".join(made.groups()) if made else None,
    )
