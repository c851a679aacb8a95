"""The one door: whatever the file is called, its bytes decide; and nothing but a SourceError comes out of bad ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimx.document import ROLES, Document
from claimx.errors import EmptyDocument, LimitExceeded, SourceError, UnreadableSource, UnsupportedFormat
from claimx.sources import Limits, read_document

PAGE = b"<!doctype html><title>Tolls</title><article><h1>Tolls</h1><p>Tolls rose by a tenth last year.</p></article>"
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, data: bytes, name: str = "file.bin") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def check(document: Document) -> None:
    """Blocks are trimmed, apart by blank lines, and cover the text; links and places lie inside it."""
    text = document.text
    assert text == "\n\n".join(text[block.start : block.end] for block in document.blocks)
    for block in document.blocks:
        assert block.role in ROLES
        assert text[block.start : block.end].strip() == text[block.start : block.end] != ""
    for link in document.links:
        assert 0 <= link.start < link.end <= len(text)
        assert text[link.start : link.end].strip()
    previous = 0
    for place in document.places:
        assert previous <= place.start < place.end <= len(text)
        previous = place.end
    body = document.body()
    for block, origin in zip(body.blocks, body.origins, strict=True):
        assert body.text[block.start : block.end] == text[origin : origin + block.end - block.start]


def test_identity_is_the_hash_of_the_bytes(tmp_path: Path) -> None:
    """The id is made of the bytes alone: another name, the same id."""
    one = read_document(written(tmp_path, PAGE, "a.html"))
    two = read_document(written(tmp_path, PAGE, "b.txt"), source="elsewhere")
    assert one.id == two.id == f"doc-{hashlib.sha256(PAGE).hexdigest()[:16]}"
    assert (one.source, two.source) == (str(tmp_path / "a.html"), "elsewhere")


def test_the_suffix_does_not_matter(tmp_path: Path) -> None:
    """A web page named .pdf is read as a web page."""
    document = read_document(written(tmp_path, PAGE, "report.pdf"))
    assert document.media_type == "text/html"
    assert document.title == "Tolls"


@pytest.mark.parametrize(
    ("data", "error", "remedy"),
    [
        (b"", EmptyDocument, "empty"),
        (b"  \n\t\n", EmptyDocument, "empty"),
        (b"Tolls\x00rose\x00again and the text goes on.", UnsupportedFormat, "NUL bytes"),
        (bytes(range(256)) * 4, UnsupportedFormat, "NUL bytes"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, UnsupportedFormat, "--ocr"),
        (b"{\\rtf1 Tolls}", UnsupportedFormat, "save it as .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50, UnsupportedFormat, "old Word"),
        (b"PK\x03\x04 not really a zip", UnreadableSource, "damaged"),
        (b"... --- ...", EmptyDocument, "no text"),
        (b"<html><body><script>x</script></body></html>", EmptyDocument, "no text"),
    ],
)
def test_bad_input_gets_one_clear_line(tmp_path: Path, data: bytes, error: type[SourceError], remedy: str) -> None:
    """Each kind of bad input has its error, naming the file, what is wrong and what to try, in one line."""
    path = written(tmp_path, data)
    with pytest.raises(error) as caught:
        read_document(path)
    assert str(path) in str(caught.value)
    assert remedy in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A path that cannot be opened is unreadable, and the line says why."""
    with pytest.raises(UnreadableSource, match="no such file"):
        read_document(tmp_path / "gone.pdf")
    with pytest.raises(UnreadableSource, match="folder without files"):
        read_document(tmp_path)


def test_too_many_bytes(tmp_path: Path) -> None:
    """A file beyond the limit is not even opened."""
    with pytest.raises(LimitExceeded, match="split it"):
        read_document(written(tmp_path, b"Tolls rose. " * 100), limits=Limits(bytes=1000))


def test_other_languages_are_reported(tmp_path: Path) -> None:
    """A text that is not English is read, named, and warned about."""
    text = "Die Gebühren sind im letzten Jahr um ein Zehntel gestiegen, und der Rat hat nichts dagegen getan. " * 3
    document = read_document(written(tmp_path, text.encode()))
    assert document.language == "de"
    assert any("not English" in warning for warning in document.warnings)


@relaxed
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes(tmp_path: Path, data: bytes) -> None:
    """Arbitrary bytes are a Document or a SourceError."""
    try:
        check(read_document(written(tmp_path, data)))
    except SourceError as error:
        assert "\n" not in str(error)


@relaxed
@given(
    data=st.binary(max_size=300),
    start=st.sampled_from([b"%PDF-1.7\n", b"<html>", b"PK\x03\x04", b"\xff\xfe", b"<?xml version='1.0'?>"]),
)
def test_arbitrary_bytes_behind_a_magic_number(tmp_path: Path, data: bytes, start: bytes) -> None:
    """A promising beginning changes nothing about that."""
    try:
        check(read_document(written(tmp_path, start + data)))
    except SourceError as error:
        assert "\n" not in str(error)


PIECES = st.sampled_from(
    """# Title|text|a *b* **c**|[x](http://y.z)|[x](#)|- item|1. one|> quote|---|[^1]|[^1]: note|1 Note text|said. [1]
wrapped-|word|\ufb01ne|â€™|Key takeaways|Page 3|•|\\$5|Source: us.|Figure 1: x|By Ada Lovelace|/ a / b /|/""".replace(
        "\n", "|"
    ).split("|")
)
MARKDOWN = st.lists(PIECES | st.text(max_size=30), max_size=12).map("\n\n".join)


@relaxed
@given(text=MARKDOWN | st.text(max_size=300))
def test_arbitrary_text(tmp_path: Path, text: str) -> None:
    """Offsets, links and places are true for any text and Markdown."""
    try:
        check(read_document(written(tmp_path, text.encode("utf-8", "replace"))))
    except SourceError as error:
        assert "\n" not in str(error)


TAGS = st.sampled_from(
    """<p>|</p>|<h2>|</h2>|<ul><li>|</li></ul>|<ol start=3><li>|<table><tr><td>|</td></tr></table>|<br>|<a href='http://x.y'>
</a>|<sup><a href='#fn1'>1</a></sup>|<li id='fn1'>|<blockquote>|<div class=related>|</div>|<pre>|</pre>|<b>|</b>|<nav>
</nav>|<figure><figcaption>|&amp;|<!--|-->|<script>|<body>|<p class=author>|<article>""".replace("\n", "|").split("|")
)


@relaxed
@given(parts=st.lists(TAGS | st.text(max_size=20), max_size=40))
def test_arbitrary_html(tmp_path: Path, parts: list[str]) -> None:
    """Offsets and links are true for any HTML, and every character has an element."""
    page = "<html><body>" + "".join(parts)
    try:
        document = read_document(written(tmp_path, page.encode("utf-8", "replace")))
    except SourceError as error:
        assert "\n" not in str(error)
        return
    check(document)
    for block in document.blocks:
        covered = sum(place.end - place.start for place in document.places_of(block.start, block.end))
        assert covered == block.end - block.start
