"""Promises of spans.py: what is written into a Doc comes back as it was."""

from __future__ import annotations

import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from claimx import Argument, Attribution, Block, Claim, Cue, Document, Entity, Section, Source
from claimx.spans import add_span, attrs_of, get_claims, set_claims

NLP = spacy.blank("en")
WORDS = st.lists(
    st.sampled_from(["Tariffs", "rose", "$5–10m", "é😀", "by", "12%", "(so)", "U.S."]), min_size=3, max_size=12
)


def make_document(words: list[list[str]]) -> Document:
    blocks, parts, at = [], ["Heading"], 9
    blocks.append(Block(0, 7, "heading", 1))
    for sentence in words:
        text = " ".join(sentence)
        blocks.append(Block(at, at + len(text), "paragraph"))
        parts.append(text)
        at += len(text) + 2
    return Document("doc-0", "x", "0", "text/plain", "\n\n".join(parts), tuple(blocks))


@given(st.lists(WORDS, min_size=1, max_size=3), st.data())
@settings(deadline=None)
def test_get_of_set_is_the_same(words: list[list[str]], data: st.DataObject) -> None:
    """Claims with every part filled cross the bridge and come back equal, wherever their spans begin and end."""
    document = make_document(words)
    body = document.body()
    claims = []
    for number, block in enumerate(block for block in document.blocks if block.role == "paragraph"):
        inner = data.draw(st.integers(block.start, block.end - 1))
        end = data.draw(st.integers(inner + 1, block.end))
        part = (inner, end, document.text[inner:end])
        claims.append(
            Claim(
                id=f"clm-{number}",
                start=block.start,
                end=block.end,
                text=document.text[block.start : block.end],
                labels=("cause", "finding"),
                scores={"finding": 0.5, "cause": 0.75, "recommendation": 0.0},
                confidence=0.75,
                section=Section("body", "Heading"),
                arguments=(Argument("cause", *part),),
                attribution=Attribution("reported", Source(*part)),
                certainty="hedged",
                polarity="negative",
                cues=(Cue("hedged", *part),),
                entities=(Entity("MONEY", *part, value={"currency": "USD"}, ref=None),),
            )
        )
    doc = NLP.make_doc(body.text)
    set_claims(doc, claims, body)
    again = Doc(NLP.vocab).from_bytes(doc.to_bytes())
    assert get_claims(doc, document, body) == get_claims(again, document, body) == tuple(claims)


def test_equal_spans_keep_their_own_attributes() -> None:
    """Two spans over the same words do not share attributes, as spaCy's extensions would."""
    doc = NLP.make_doc("Tariffs rose.")
    add_span(doc, "claims", 0, 13, "cause", {"which": 1})
    add_span(doc, "claims", 0, 13, "finding", {"which": 2})
    assert [(span.label_, attrs["which"]) for span, attrs in attrs_of(doc, "claims")] == [("cause", 1), ("finding", 2)]
