"""Every sentence or bullet that can assert something is a statement; fragments are not."""

from __future__ import annotations

import pytest
import spacy

from claimx.components.statements import trim
from claimx.corpus import read_patterns

from .cases import cases_of


@pytest.fixture(scope="module")
def nlp() -> spacy.language.Language:
    """Sentences, sections and statements without a parser."""
    nlp = spacy.blank("en")
    for name in ("sentences", "sections", "statements"):
        nlp.add_pipe(f"claimx_{name}").initialize(nlp=nlp, patterns=read_patterns(f"patterns/{name}.jsonl"))
    return nlp


@pytest.mark.parametrize(("text", "expected"), cases_of("statements"))
def test_cases(nlp: spacy.language.Language, text: str, expected: list[str]) -> None:
    """Each case gives the statements that its author wrote down, exact to the character."""
    doc = nlp(text)
    group = doc.spans["statements"]
    found = [text[attrs["start"] : attrs["end"]] for attrs in (group.attrs[span.id_] for span in group)]
    assert found == expected


def test_footnotes_count_only_as_sentences(nlp: spacy.language.Language) -> None:
    """A citation in a footnote is left out, a sentence is kept with its section."""
    text = "R. Lind, “Ports and Power,” Harbour Review, 2019.\n\nThe figures leave out the islands."
    doc = nlp.make_doc(text)
    ends = [(0, 49), (51, len(text))]
    doc.user_data["claimx"] = {"blocks": [{"start": a, "end": b, "role": "footnote", "heading": None} for a, b in ends]}
    for _, pipe in nlp.pipeline:
        doc = pipe(doc)
    attrs = list(doc.spans["statements"].attrs.values())
    assert [text[each["start"] : each["end"]] for each in attrs] == ["The figures leave out the islands."]
    assert attrs[0]["section"] == {"kind": "footnote", "title": None}


def test_trimming_keeps_a_number_that_is_no_mark() -> None:
    """Digits after a digit's stop are a decimal, not a footnote."""
    text = "• The rate was 3.12"
    assert text[slice(*trim(text, 0, len(text)))] == "The rate was 3.12"


def test_attrs_survive_bytes(nlp: spacy.language.Language) -> None:
    """What is found travels with the Doc."""
    doc = nlp("Trade fell. Nobody cared.")
    copy = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert copy.spans["statements"].attrs == doc.spans["statements"].attrs
