"""Sections are named by role first and heading second, from few kinds."""

from __future__ import annotations

import pytest
import spacy

from claimx.components.sections import SectionKinds
from claimx.corpus import read_patterns

from .cases import cases_of

RULES = read_patterns("patterns/sections.jsonl")


@pytest.mark.parametrize(("text", "expected"), cases_of("sections"))
def test_headings(text: str, expected: str) -> None:
    """A heading gives the kind of the paragraphs under it."""
    assert SectionKinds(RULES).kind_of("paragraph", text) == expected


@pytest.mark.parametrize(
    ("role", "kind"),
    [("takeaway", "takeaways"), ("abstract", "abstract"), ("footnote", "footnote"), ("quote", "quote")],
)
def test_a_role_outweighs_the_heading(role: str, kind: str) -> None:
    """A footnote under "Conclusion" is a footnote."""
    assert SectionKinds(RULES).kind_of(role, "Conclusion") == kind


def test_one_span_a_block() -> None:
    """Each block becomes a Span that carries its kind and heading."""
    nlp = spacy.blank("en")
    nlp.add_pipe("claimx_sections").initialize(nlp=nlp, patterns=RULES)
    doc = nlp.make_doc("One here.\n\nTwo there.")
    blocks = [
        {"start": 0, "end": 9, "role": "paragraph", "heading": "Conclusion"},
        {"start": 11, "end": 21, "role": "footnote", "heading": "Conclusion"},
    ]
    doc.user_data["claimx"] = {"blocks": blocks}
    doc = nlp.get_pipe("claimx_sections")(doc)
    group = doc.spans["sections"]
    assert [span.text for span in group] == ["One here.", "Two there."]
    assert [group.attrs[span.id_]["kind"] for span in group] == ["conclusion", "footnote"]
