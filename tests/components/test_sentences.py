"""Sentence boundaries are exact, never cross a block, and lose no character."""

from __future__ import annotations

from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from claimx.components.sentences import Sentences, SentencesPipe, iter_blocks
from claimx.corpus import read_patterns

from .cases import cases_of

RULES = read_patterns("patterns/sentences.jsonl")


def make_pipe() -> tuple[spacy.language.Language, SentencesPipe]:
    nlp = spacy.blank("en")
    pipe = nlp.add_pipe("claimx_sentences")
    assert isinstance(pipe, SentencesPipe)
    pipe.initialize(nlp=nlp, patterns=RULES)
    return nlp, pipe


@pytest.mark.parametrize(("text", "expected"), cases_of("sentences"))
def test_cases(text: str, expected: list[str]) -> None:
    """Each case is split as its author wrote it down."""
    nlp, _ = make_pipe()
    assert [sentence.text.strip() for sentence in nlp(text).sents] == expected


def test_a_sentence_never_crosses_a_block() -> None:
    """Where blocks are given, each begins a sentence, with or without a stop before."""
    nlp, _ = make_pipe()
    doc = nlp.make_doc("a heading without stop\n\nthe next block")
    doc.user_data["claimx"] = {"blocks": [{"start": 0, "end": 22}, {"start": 24, "end": 38}]}
    doc = nlp.get_pipe("claimx_sentences")(doc)
    assert [sentence.text.strip() for sentence in doc.sents] == ["a heading without stop", "the next block"]


def test_every_token_is_decided() -> None:
    """The parser finds no token left open, so it keeps our boundaries."""
    nlp, _ = make_pipe()
    doc = nlp("One. Two three.\n\nFour")
    assert all(token.is_sent_start in {True, False} for token in doc)
    assert [token.text for token in doc if token.is_sent_start] == ["One", "Two", "Four"]


def test_an_empty_text_is_no_problem() -> None:
    """Nothing in, nothing out."""
    nlp, _ = make_pipe()
    assert len(nlp("")) == 0
    assert list(iter_blocks(nlp.make_doc("  \n\n "))) == []


def test_rules_survive_serialisation(tmp_path: object) -> None:
    """A pipeline read back splits as before."""
    nlp, pipe = make_pipe()
    fresh = SentencesPipe(nlp, "fresh").from_bytes(pipe.to_bytes())
    assert fresh.rules == RULES
    pipe.to_disk(str(tmp_path))
    assert SentencesPipe(nlp, "again").from_disk(str(tmp_path)).rules == RULES


@given(st.text(alphabet=st.sampled_from('aB .!?…"”’()[]1\n,-•'), max_size=60))
def test_no_character_is_lost(text: str) -> None:
    """Sentences lie in order, do not overlap, and leave only white space out."""
    spans = list(Sentences(RULES).split(text))
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
