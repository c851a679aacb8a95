"""Web pages become the blocks that a reader sees, each with the element it came from; furniture is marked."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from claimx.sources.html import html_reading
from claimx.sources.reading import Reading

PARAGRAPH = "The port authority raised its fees by forty per cent, and its members complained about that at once. "
PAGE = f"""<!doctype html><html><head><title>Fees need a ceiling | Coast Institute</title>
<meta property="og:site_name" content="Coast Institute"><meta name="author" content="Mara Lind">
<meta property="article:published_time" content="2025-03-04T10:00:00Z"></head><body>
<div class="cookie-banner"><p>We use cookies to improve your experience on this site. Accept all cookies?</p></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/r">Research</a></li></ul></nav>
<main><article><h1>Fees need a ceiling</h1><p class="byline">By Mara Lind</p><p>4 March 2025</p>
<h2 id="comments">A market</h2><p>{PARAGRAPH}<sup><a href="#fn1">1</a></sup> The <a href="https://x.org/t">tariff</a>
was <b>never</b> reviewed.</p><blockquote><p>“We could not pay,” one carrier said to us in a letter.</p></blockquote>
<ul><li>First point of the list.</li><li>Second point.<ul><li>A point under it.</li></ul></li></ul>
<ol start="3"><li>Third step of the plan.</li></ol><figure><figcaption>Quay at dawn</figcaption></figure>
<table><tr><th>Port</th><th>Fee</th></tr><tr><td>North</td><td>12</td></tr></table><p hidden>Hidden words.</p>
<section class="footnotes"><ol><li id="fn1">Port authority, report. <a href="#fnref1">↩</a></li></ol>
</section></article>
<section class="related-articles"><h3>Related</h3><a href="/x"><h4>Why canals matter</h4></a><p>Canals carry sand.</p>
</section></main><footer><p>© 2025 Coast Institute</p></footer></body></html>"""


def rows(reading: Reading, *, body_only: bool = True) -> list[tuple[str, str]]:
    return [
        (block.role, reading.text[block.start : block.end])
        for block in reading.blocks
        if not (body_only and block.role == "navigation")
    ]


def test_blocks_of_a_page() -> None:
    """Title, byline, headings, paragraphs, quotes, lists, captions, tables and notes have their roles, in order."""
    assert rows(html_reading(PAGE, path="x")) == [
        ("title", "Fees need a ceiling"),
        ("byline", "By Mara Lind"),
        ("byline", "4 March 2025"),
        ("heading", "A market"),
        ("paragraph", f"{PARAGRAPH}The tariff was never reviewed."),
        ("quote", "“We could not pay,” one carrier said to us in a letter."),
        ("list_item", "First point of the list."),
        ("list_item", "Second point."),
        ("list_item", "A point under it."),
        ("list_item", "Third step of the plan."),
        ("caption", "Quay at dawn"),
        ("table", "Port Fee North 12"),
        ("footnote", "Port authority, report."),
    ]


def test_furniture_is_marked_and_not_lost() -> None:
    """Cookie notice, menu, related articles and footer are navigation; what is hidden is no text at all."""
    furniture = [text for role, text in rows(html_reading(PAGE, path="x"), body_only=False) if role == "navigation"]
    assert [text.split()[0] for text in furniture] == ["We", "Home", "Research", "Related", "Why", "Canals", "©"]
    assert "Hidden" not in html_reading(PAGE, path="x").text


def test_levels_and_markers() -> None:
    """Lists know their depth and what stood before each item; numbers go on from the start that is given."""
    items = [block for block in html_reading(PAGE, path="x").blocks if block.role == "list_item"]
    assert [(block.level, block.marker) for block in items] == [(1, "•"), (1, "•"), (2, "•"), (1, "3.")]


def test_links_and_notes() -> None:
    """A link keeps its address and its words; the mark of a note links from the word before it."""
    reading = html_reading(PAGE, path="x")
    links = [(reading.text[link.start : link.end], link.target) for link in reading.links]
    assert ("tariff", "https://x.org/t") in links
    assert ("once.", "#footnote-1") in links


def test_places_name_the_element() -> None:
    """The path of every block leads to an element of the page that holds its words."""
    reading = html_reading(PAGE, path="x")
    tree = lxml_html.document_fromstring(PAGE)
    for place in reading.places:
        (element,) = tree.xpath(place.xpath)
        words = reading.text[place.start : place.end].split()
        assert set(words) <= set(" ".join(element.itertext()).split()) | {"once.", "sand."}


def test_declared_metadata_must_be_seen_on_the_page() -> None:
    """Author, site and date are taken from meta tags when the page prints them, and left when it does not."""
    reading = html_reading(PAGE, path="x")
    assert (reading.title, reading.authors) == ("Fees need a ceiling", ("Mara Lind",))
    assert (reading.publisher, reading.published) == ("Coast Institute", "2025-03-04")
    other = PAGE.replace('content="Mara Lind"', 'content="wp-admin"').replace("By Mara Lind", "By nobody in particular")
    assert html_reading(other, path="x").authors == ()


def test_linked_data() -> None:
    """JSON-LD names authors and date; a damaged script is left out."""
    script = (
        '<script type="application/ld+json">{"@graph":[{"author":[{"name":"Ole Berg"}],"datePublished":"2024-05-06"}]}'
    )
    page = f"<head>{script}</script><script type='application/ld+json'>{{</script></head><body><h1>Fees of ports</h1>"
    reading = html_reading(f"{page}<p>Ole Berg</p><p>{PARAGRAPH * 3}</p>", path="x")
    assert (reading.authors, reading.published) == (("Ole Berg",), "2024-05-06")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "<p>One paragraph here.<br><br>Another one after two breaks.</p>",
            ["One paragraph here.", "Another one after two breaks."],
        ),
        ("<p>A line<br>goes on after one break.</p>", ["A line goes on after one break."]),
        (
            "<div>Loose words.<p>A paragraph.</p>More loose words.</div>",
            ["Loose words.", "A paragraph.", "More loose words."],
        ),
        (
            "<pre>Hard-wrapped lines of an\nold report are one\nparagraph.\n\nThis is the next.</pre>",
            ["Hard-wrapped lines of an old report are one paragraph.", "This is the next."],
        ),
        (
            "<table><tr><td><h2>Old page</h2><p>Laid out in a table.</p></td></tr></table>",
            ["Old page", "Laid out in a table."],
        ),
        ("<p>Ten<sup>6</sup> cars came.</p>", ["Ten6 cars came."]),
        ("<p>The tolls rose.<sup>2</sup> Traffic fell.</p>", ["The tolls rose. Traffic fell."]),
    ],
)
def test_shapes_of_old_pages(page: str, expected: list[str]) -> None:
    """Breaks, loose and preformatted text and tables for layout become paragraphs; marks of notes go, powers stay."""
    assert [text for _, text in rows(html_reading(f"<body>{page}</body>", path="x"), body_only=False)] == expected


def test_deep_nesting_loses_nothing() -> None:
    """Elements nested beyond any reason are read all the same."""
    page = "<body>" + "<div>" * 240 + "<p>The bottom of the well.</p>"
    assert "The bottom of the well." in html_reading(page, path="x").text


NOTED = f"""<body><h1>Fees of ports</h1><p>{PARAGRAPH}<a href="#_ftn1" name="_ftnref1">[1]</a></p>
<p>{PARAGRAPH}[2] It is so.</p>
<p>{PARAGRAPH}[3]</p><p><a href="#_ftnref1" name="_ftn1">[1]</a> Port authority, report of the year.</p>
<h2>Notes</h2><ol start="2"><li>The count covers nine ports.</li><li>Ibid.</li></ol>"""


def test_notes_of_old_pages() -> None:
    """Notes exported by word processors, and lists that only brackets point to, are footnotes with anchors."""
    reading = html_reading(NOTED, path="x")
    notes = [
        (block.marker, reading.text[block.start : block.end]) for block in reading.blocks if block.role == "footnote"
    ]
    assert notes == [
        ("1", "Port authority, report of the year."),
        ("2", "The count covers nine ports."),
        ("3", "Ibid."),
    ]
    assert "[" not in reading.text
    anchors = [(reading.text[link.start : link.end], link.target) for link in reading.links]
    assert anchors == [("once.", f"#footnote-{number}") for number in (1, 2, 3)]
