"""The classifier as a component: what it writes on statements, and that its scores depend on nothing else."""

from __future__ import annotations

import pickle
import random

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

from claimx.components.claims import ClaimClassifier, score_claims
from claimx.components.classifier import Calibration, ClaimModel
from claimx.components.shape import FEATURES, shape
from claimx.errors import PipelineError
from claimx.spans import CLAIMS, STATEMENTS, add_span, attrs_of

SENTENCES = [
    "The port handled nine million tonnes last year.",
    "The council should publish its accounts every quarter.",
    "Because the canal silted up, barges moved to the railway.",
    "This brief looks at three harbours.",
    "Who will pay for the dredging?",
    "Fees fell by a fifth.",
]


@pytest.fixture(scope="module")
def classifier() -> ClaimClassifier:
    """The component with the weights that ship."""
    component = ClaimClassifier("claimx_claims", model="model", threshold=0.5)
    component.initialize()
    return component


def make_doc(sentences: list[str]) -> Doc:
    doc = spacy.blank("en").make_doc("\n\n".join(sentences))
    start = 0
    for sentence in sentences:
        attrs = {"section": {"kind": "body", "title": None}}
        add_span(doc, STATEMENTS, start, start + len(sentence), "statement", attrs)
        start += len(sentence) + 2
    return doc


def test_every_statement_gets_scores_and_claims_are_those_with_labels(classifier):
    """Each statement carries labels, scores and confidence; the claims are the ones with labels, no others."""
    doc = classifier(make_doc(SENTENCES))
    statements = [attrs for _, attrs in attrs_of(doc, STATEMENTS)]
    assert all(set(attrs["scores"]) == {"finding", "cause", "recommendation"} for attrs in statements)
    assert all(0 <= score <= 1 for attrs in statements for score in (*attrs["scores"].values(), attrs["confidence"]))
    with_labels = [(attrs["start"], attrs["labels"]) for attrs in statements if attrs["labels"]]
    assert [(attrs["start"], attrs["labels"]) for _, attrs in attrs_of(doc, CLAIMS)] == with_labels


def test_plain_cases_get_their_type(classifier):
    """A demand, a cause and a question are told apart."""
    doc = classifier(make_doc(SENTENCES))
    labels = [attrs["labels"][:1] for _, attrs in attrs_of(doc, STATEMENTS)]
    assert labels[1:3] == [["recommendation"], ["cause"]]
    assert labels[4] == []


def test_scores_do_not_depend_on_company_or_order(classifier):
    """The vector of a statement is the same to the last bit alone, in a batch, and in any order."""
    together = classifier.model.vectors(SENTENCES)
    order = list(range(len(SENTENCES)))
    random.Random(4).shuffle(order)
    shuffled = classifier.model.vectors([SENTENCES[index] for index in order])
    for place, index in enumerate(order):
        assert (shuffled[place] == together[index]).all()
        assert (classifier.model.vectors([SENTENCES[index]])[0] == together[index]).all()


def test_a_document_without_statements_has_no_claims(classifier):
    """Nothing in, nothing out, and the group is there for the components behind."""
    doc = classifier(make_doc([]))
    assert list(doc.spans[CLAIMS]) == []


def test_a_higher_threshold_never_adds_claims():
    """Asking for more certainty keeps a subset of the claims."""
    counts = []
    for threshold in (0.1, 0.5, 0.9, 1.0):
        component = ClaimClassifier("claimx_claims", model="model", threshold=threshold)
        counts.append(len(component(make_doc(SENTENCES)).spans[CLAIMS]))
    assert counts == sorted(counts, reverse=True)


def test_a_threshold_that_is_no_probability_is_refused():
    """The message names the number and the range."""
    with pytest.raises(PipelineError, match=r"threshold 1\.5 is no probability"):
        ClaimClassifier("claimx_claims", model="model", threshold=1.5)


def test_a_missing_model_says_what_to_try(tmp_path):
    """The folder is named, and training is proposed."""
    component = ClaimClassifier("claimx_claims", model=str(tmp_path), threshold=0.5)
    with pytest.raises(PipelineError, match=r"no claim model in .*claimx train"):
        component.initialize()


def test_weights_survive_bytes_disk_and_pickle(classifier, tmp_path):
    """A saved, a serialised and a pickled model give the same verdicts."""
    expected = classifier.model.judge(SENTENCES)
    classifier.to_disk(tmp_path / "claims")
    other = ClaimClassifier("other", model="nowhere", threshold=0.5)
    assert other.from_disk(tmp_path / "claims").model.judge(SENTENCES) == expected
    assert other.from_bytes(classifier.to_bytes()).model.judge(SENTENCES) == expected
    assert pickle.loads(pickle.dumps(classifier.model)).judge(SENTENCES) == expected


def test_the_weights_that_ship_are_small(classifier):
    """At most 25 MB of weights travel with the package."""
    assert sum(map(len, classifier.model.files.values())) <= 25e6


def test_a_tie_of_two_types_is_still_a_claim():
    """A statement that surely asserts something is a claim, however unsure its type."""
    even = Calibration(96, 1.0, (0, 0, 0, 0), ((1, 0, 0),) * 3, (0.9, 0.9, 0.9), (1, 0))
    verdict = even.verdict(ClaimModelLogits.between(finding=1.0, cause=1.0, none=0.9))
    assert verdict.labels[0] == "finding"


class ClaimModelLogits:
    """Makes the seven logits of a statement by name."""

    @staticmethod
    def between(**primary: float):
        import numpy as np

        names = ("finding", "cause", "recommendation", "none")
        return np.array([0.0, 0.0, 0.0, *(primary.get(name, -9.0) for name in names)])


def test_the_scorer_counts_every_reference_claim():
    """A reference claim that nobody predicted lowers recall; offsets decide what is the same claim."""
    predicted, reference = make_doc(SENTENCES), make_doc(SENTENCES)
    for doc, places in ((predicted, [0]), (reference, [0, 1])):
        for place in places:
            _, attrs = attrs_of(doc, STATEMENTS)[place]
            add_span(doc, CLAIMS, attrs["start"], attrs["end"], "finding", {"labels": ["finding"]})
    assert score_claims([Example(predicted, reference)])["claims_finding_f"] == pytest.approx(2 / 3)


def test_shape_is_a_fixed_number_of_bounded_features():
    """Any text has the same number of features, each from 0 to 1."""
    for text in ("", "?", "• first point", "A" * 500, "Table 2 | 3 | 4"):
        assert len(shape(text)) == FEATURES
        assert all(0 <= value <= 1 for value in shape(text))


def test_reading_a_broken_folder_names_it(tmp_path):
    """A folder with an unreadable calibration is reported, not crashed on."""
    for name in ("encoder.onnx", "tokenizer.json", "head.npz", "calibration.json"):
        (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(PipelineError, match="no claim model"):
        ClaimModel.read(tmp_path)
