"""The component `claimx_entities`: spans, values and manners inside a pipeline."""

from __future__ import annotations

from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from claimx.components.entities import EntitiesPipe
from claimx.corpus import read_patterns
from claimx.errors import PipelineError

FILES = ("numbers", "money", "percent", "dates", "agreements", "gazetteer")


def _rows() -> list[dict[str, Any]]:
    return [row for name in FILES for row in read_patterns(f"patterns/{name}.jsonl")]


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A blank English pipeline with our component and its shipped rules."""
    nlp = spacy.blank("en")
    component = nlp.add_pipe("claimx_entities")
    assert isinstance(component, EntitiesPipe)
    component.initialize(nlp=nlp, patterns=_rows())
    return nlp


def _entities(doc: Doc) -> list[tuple[str, str]]:
    group = doc.spans["entities"]
    return [(span.label_, doc.text[slice(*_offsets(group.attrs[span.id_]))]) for span in group]


def _offsets(attrs: dict[str, Any]) -> tuple[int, int]:
    return attrs["start"], attrs["end"]


def test_offsets_are_exact_where_tokens_are_not(nlp: Language) -> None:
    """The attrs give the mention itself even where its tokens reach further."""
    doc = nlp("Parts cost $5–10 million in FY2024–FY2026.")
    assert _entities(doc) == [("MONEY", "$5–10 million"), ("DATE", "FY2024–FY2026")]


def test_ours_wins_and_the_rest_stays(nlp: Language) -> None:
    """An entity of the model that meets none of ours stays in doc.ents; one that does gives way."""
    doc = nlp.make_doc("Ottawa spent US$1.2 million in May 2021.")
    doc.ents = [Span(doc, 0, 1, label="GPE"), Span(doc, 2, 6, label="ORG")]
    doc = nlp.get_pipe("claimx_entities")(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [
        ("Ottawa", "GPE"),
        ("US$1.2 million", "MONEY"),
        ("May 2021", "DATE"),
    ]


def test_publication_date_resolves_relative_dates(nlp: Language) -> None:
    """A relative date counts from the publication date that the pipeline was given."""
    doc = nlp.make_doc("Output fell last year.")
    doc.user_data["claimx"] = {"published": "2025-10-31"}
    doc = nlp.get_pipe("claimx_entities")(doc)
    assert [attrs["value"] for attrs in doc.spans["entities"].attrs.values()] == [{"edtf": "2024"}]


def test_rules_travel_with_the_pipeline(nlp: Language, tmp_path: Any) -> None:
    """A pipeline written to disk or bytes finds the same after it is read back."""
    nlp.to_disk(tmp_path)
    for again in (spacy.load(tmp_path), spacy.blank("en")):
        if "claimx_entities" not in again.pipe_names:
            again.add_pipe("claimx_entities")
            again.from_bytes(nlp.to_bytes())
        assert _entities(again("It costs €3 per cent of 5%.")) == _entities(nlp("It costs €3 per cent of 5%."))


def test_attributes_survive_docbin(nlp: Language) -> None:
    """Spans, their ids and attrs are the same after a trip through DocBin."""
    doc = nlp("Exports rose 5% in 2023.")
    bin_ = DocBin(docs=[doc], store_user_data=True)
    again = next(iter(DocBin().from_bytes(bin_.to_bytes()).get_docs(nlp.vocab)))
    assert again.spans["entities"].attrs == doc.spans["entities"].attrs
    assert [span.id_ for span in again.spans["entities"]] == [span.id_ for span in doc.spans["entities"]]


def test_a_bad_row_is_named() -> None:
    """A pattern that names an unknown list is refused with the rule's name."""
    component = spacy.blank("en").add_pipe("claimx_entities")
    assert isinstance(component, EntitiesPipe)
    with pytest.raises(PipelineError, match="broken"):
        component.initialize(patterns=[{"rule": "broken", "label": "DATE", "phenomenon": "x", "pattern": "{nowhere}"}])


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=200))
def test_no_text_is_too_strange(nlp: Language, text: str) -> None:
    """Arbitrary Unicode never raises, and every span lies within the text."""
    doc = nlp(text)
    for start, end in map(_offsets, doc.spans["entities"].attrs.values()):
        assert 0 <= start < end <= len(text)
