"""The layout steps on lines and drafts written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimx.sources.layout.assembly import write_draft
from claimx.sources.layout.columns import order_regions
from claimx.sources.layout.drafts import Draft, Style, split_marker
from claimx.sources.layout.furniture import find_furniture
from claimx.sources.layout.hyphens import Vocabulary, joint
from claimx.sources.layout.lines import Line, Run, clean_text, make_lines
from claimx.sources.layout.paragraphs import split_region

CASES = Path(__file__).parents[1] / "cases" / "layout"
STYLE = Style(10.0, "Serif", False, 1.2)


def make_line(text: str, x: float = 72, y: float = 100, *, size: float = 10, page: int = 1) -> Line:
    """A line whose characters are half a font size wide."""
    edges = tuple(x + i * size / 2 for i in range(len(text) + 1))
    return Line(page, text, (Run(text, edges),), edges[0], edges[-1], y, size, "Serif")


@pytest.mark.parametrize(
    "case", json.loads((CASES / "hyphens.json").read_text("utf-8")), ids=lambda case: case["description"]
)
def test_hyphens_at_line_ends(case: dict[str, str]) -> None:
    """A hyphen that only broke a word goes, one that belongs to it stays."""
    first, second = case["text"].split("|")
    left, between = joint(first, second, Vocabulary(case.get("document", "").split("\n")))
    assert left + between + second == case["expected"]


@pytest.mark.parametrize(
    "case", json.loads((CASES / "markers.json").read_text("utf-8")), ids=lambda case: case["description"]
)
def test_markers_of_list_items(case: dict[str, str | None]) -> None:
    """Bullets and numbers before an item are told from words that look like them."""
    assert split_marker(str(case["text"]))[0] == case["expected"]


def test_ligatures_share_the_place_of_their_glyph() -> None:
    """A ligature becomes its letters, each with an equal part of its width."""
    assert clean_text("of\ufb01ce", [0, 5, 10, 16, 20, 24]) == ("office", [0, 5, 10, 13.0, 16, 20, 24])


def test_soft_hyphens_and_odd_spaces_are_plain() -> None:
    """Soft hyphens inside a line vanish, and no-break spaces are spaces."""
    text, edges = clean_text("co\xadast\xa0line", [float(i) for i in range(12)])
    assert text == "coast line"
    assert len(edges) == len(text) + 1


def test_columns_that_change_within_a_page() -> None:
    """A full-width paragraph between two stretches of columns stays between them."""

    def column(word: str, x: float, y: float) -> list[Line]:
        return [make_line(f"{word} in a column of text here", x, y + 12 * i) for i in range(5)]

    wide = [make_line("across " * 13, 72, 200)]
    segments = column("d", 300, 300) + column("b", 300, 100) + wide + column("c", 72, 300) + column("a", 72, 100)
    order = [line.text.split()[0] for region in order_regions(segments) for line in make_lines(region)]
    assert list(dict.fromkeys(order)) == ["a", "b", "across", "c", "d"]


def test_furniture_needs_repetition_or_form() -> None:
    """A head that stands on every page is furniture; a first line of prose is not."""
    pages = [
        [
            make_line("Quarterly Notes", 72, 40, size=8),
            *(make_line(f"{word} goes on in long lines of prose", 72, 100 + 12 * i) for i in range(8)),
        ]
        for word in ("one", "two", "three")
    ]
    found = find_furniture(pages, [800.0] * 3)
    assert [found.get(id(page[0])) for page in pages] == ["header"] * 3
    assert not any(id(line) in found for page in pages for line in page[1:])


def test_indents_part_paragraphs() -> None:
    """An indented line after a full stop begins a paragraph."""
    lines = [
        make_line("The first paragraph runs over two lines and", 72, 100),
        make_line("ends at the margin with a full stop, here.", 72, 112),
        make_line("The second begins with an indent and then", 86, 124),
        make_line("goes on at the margin like the first one.", 72, 136),
    ]
    assert [len(draft.lines) for draft in split_region(lines, STYLE)] == [2, 2]


@given(
    st.lists(
        st.text(alphabet="abc é-", min_size=1, max_size=12).filter(lambda text: text.strip() == text),
        min_size=1,
        max_size=5,
    )
)
def test_places_cover_what_was_printed(texts: list[str]) -> None:
    """Every character that came from a line has a place with as many edges as it needs."""
    lines = tuple(make_line(text, 72, 100 + 12 * i) for i, text in enumerate(texts))
    passage, places = write_draft(Draft(lines), Vocabulary(texts))
    covered = {offset for place in places for offset in range(place.start, place.end)}
    assert all(len(place.edges) == place.end - place.start + 1 for place in places)
    assert all(passage.text[offset] == " " for offset in set(range(len(passage.text))) - covered)
