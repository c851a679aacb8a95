"""The corpus: what its masters say, and that gold and sources say the same."""

import json
from pathlib import Path

import pytest
from agreement import kappa
from gold import errors_in, rows_of
from master import MasterError, parse_master, parse_statement

CORPUS = Path(__file__).parents[2] / "corpus"
MASTERS = sorted((CORPUS / "masters").glob("*.md"))


def read(path: Path):
    return parse_master(path.read_text("utf-8"), path.name)


def test_markup_becomes_spans_of_the_clean_text():
    """Nested markup, links and footnote marks leave clean text, and every span still covers its words."""
    line = (
        "CF+rep+hed: {src|The guild} thinks {cause|the {DATE=edtf:2019|2019} levy}"
        " {conn|may have cost} {effect|{link:https://example.org/a|jobs}}, and waits.[^1]"
    )
    statement = parse_statement(line, 1, "x.md")
    assert statement.text == "The guild thinks the 2019 levy may have cost jobs, and waits."
    assert statement.labels == ("cause", "finding")
    assert statement.flags == {"rep", "hed"}
    assert statement.anchors == ((len(statement.text), "1"),)
    words = {mark.kind: statement.text[mark.start : mark.end] for mark in statement.marks}
    assert words == {
        "src": "The guild",
        "cause": "the 2019 levy",
        "DATE": "2019",
        "conn": "may have cost",
        "effect": "jobs",
        "link": "jobs",
    }


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("No label at all.", "not a statement line"),
        ("F: A {DATE=edtf:2019|year never closed.", "never closed"),
        ("F: One brace} too many.", "too many"),
        ("F: A {WEIGHT=3|ton}.", "unknown markup"),
        ("FF: Twice.", "label twice"),
        ("F: Two  blanks.", "stray white space"),
    ],
)
def test_a_slip_of_the_pen_is_named_with_its_line(line, complaint):
    """A broken statement line is refused with file, line and reason."""
    with pytest.raises(MasterError, match=complaint) as caught:
        parse_statement(line, 7, "x.md")
    assert str(caught.value).startswith("x.md:7:")


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_masters_keep_the_codebook(path):
    """No master has an illegal label, span, value, footnote or agreement."""
    assert list(errors_in(read(path))) == []


def test_gold_is_what_the_masters_say():
    """The gold files are the masters' rows, split by document, with offsets that cover their text."""
    masters = [read(path) for path in MASTERS]
    for split in ("train", "dev", "test"):
        expected = [row for master in masters if master.meta["split"] == split for row in rows_of(master)]
        lines = (CORPUS / "gold" / f"{split}.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line) for line in lines] == expected
        for row in expected:
            for span in (*row["arguments"], *row["entities"]):
                assert row["text"][span["start"] : span["end"]] == span["text"]


def test_no_document_is_in_two_splits():
    """A document's rows never straddle the line between training and testing."""
    splits = [
        {json.loads(line)["doc"] for line in (CORPUS / "gold" / f"{name}.jsonl").read_text("utf-8").splitlines()}
        for name in ("train", "dev", "test")
    ]
    assert sum(map(len, splits)) == len(set.union(*splits))


def test_text_sources_are_current():
    """Markdown, text and web pages in corpus/sources are what their masters render to, and no file is left over."""
    from plain import render_markdown, render_text
    from web import render_html

    renderers = {".md": render_markdown, ".txt": render_text, ".html": render_html}
    masters = [read(path) for path in MASTERS]
    assert {path.name for path in (CORPUS / "sources").iterdir()} == {master.source for master in masters}
    for master in masters:
        path = CORPUS / "sources" / master.source
        if path.suffix in renderers:
            assert path.read_text("utf-8") == renderers[path.suffix](master), f"run corpus/build.py for {path.name}"


@pytest.mark.parametrize("suffix", ["pdf", "docx"])
def test_binary_sources_come_out_the_same_twice(tmp_path, suffix):
    """A PDF or Word file rendered twice has the same bytes."""
    from pages import render_pdf
    from word import render_docx

    render = render_pdf if suffix == "pdf" else render_docx
    master = next(master for path in MASTERS if (master := read(path)).source.endswith(suffix))
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    render(master, first)
    render(master, second)
    assert first.read_bytes() == second.read_bytes()


def test_kappa_of_a_known_table():
    """Kappa is agreement beyond chance: 0.4 for twenty shared yes, fifteen shared no, fifteen apart."""
    left = ["yes"] * 20 + ["yes"] * 5 + ["no"] * 10 + ["no"] * 15
    right = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(left, right) == pytest.approx(0.4)
