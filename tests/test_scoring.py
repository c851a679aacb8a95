"""Scores over plain lists, checked against what can be counted by hand and against laws that must hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimx import scoring

LABELS = ("finding", "cause", "none")
labels = st.lists(st.sampled_from(LABELS), min_size=1, max_size=40)


def test_label_scores_count_missed_gold_items():
    """Recall is taken over every gold item, found or not."""
    table = scoring.label_scores([["cause"], ["cause"], []], [["cause"], [], ["cause"]], labels=["cause"])
    assert (table["cause"].precision, table["cause"].recall, table["cause"].f) == (0.5, 0.5, 0.5)


def test_score_of_nothing_is_zero_not_an_error():
    """No predictions and no gold give 0 for each ratio."""
    empty = scoring.Score(0, 0, 0)
    assert (empty.precision, empty.recall, empty.f) == (0.0, 0.0, 0.0)


def test_kappa_of_known_tables():
    """Kappa takes chance agreement away, and is 1 for two who always say the same."""
    assert scoring.kappa(["a", "b", "a", "b"], ["a", "b", "b", "b"]) == pytest.approx(0.5)
    assert scoring.kappa(["a", "a"], ["a", "a"]) == 1.0
    assert scoring.kappa([], []) == 0.0


@given(labels)
def test_kappa_with_oneself_is_one(values):
    """An annotator agrees with themselves."""
    assert scoring.kappa(values, values) == pytest.approx(1.0)


@given(labels, st.randoms())
def test_confusion_holds_every_item_once(values, rng):
    """The cells of the matrix add up to the number of items, and rows to the gold counts."""
    other = [rng.choice(LABELS) for _ in values]
    table = scoring.confusion(values, other, labels=LABELS)
    assert [sum(row) for row in table] == [values.count(label) for label in LABELS]


def test_calibration_error_of_honest_and_of_boastful_scores():
    """Scores that come true as often as they say have no error; sure scores that fail have all of it."""
    honest = [0.75] * 4
    assert scoring.calibration_error(honest, [True, True, True, False]) == pytest.approx(0.0)
    assert scoring.calibration_error([1.0, 1.0], [False, False]) == pytest.approx(1.0)


def test_reliability_bins_keep_the_edges():
    """A probability of exactly 1 falls in the last bin, and empty bins are left out."""
    bins = scoring.reliability([0.0, 1.0], [False, True], bins=10)
    assert [(each.count, each.probability, each.share) for each in bins] == [(1, 0.0, 0.0), (1, 1.0, 1.0)]


def test_brier_score_is_the_squared_distance():
    """Certain and right costs nothing, certain and wrong costs one."""
    assert scoring.brier([1.0, 0.0, 1.0], [True, False, False]) == pytest.approx(1 / 3)


def test_risk_coverage_takes_equal_confidences_together():
    """Statements of equal confidence cannot be told apart, so they enter the curve at one point."""
    curve = scoring.risk_coverage([0.9, 0.5, 0.5], [True, False, True])
    assert curve == [(1 / 3, 0.0), (1.0, 1 / 3)]


def test_coverage_at_precision_names_the_confidence_to_ask_for():
    """The share is the largest that keeps the precision; with none, the limit is out of reach."""
    assert scoring.coverage_at([0.9, 0.8, 0.2], [True, True, False], precision=0.98) == (2 / 3, 0.8)
    assert scoring.coverage_at([0.9], [False], precision=0.98) == (0.0, 1.01)


def test_bootstrap_is_seeded_and_brackets_the_mean():
    """The same seed gives the same interval, and the statistic of all lies in it."""
    groups = [[0.0, 1.0], [1.0], [0.0, 0.0, 1.0]]

    def mean(items):
        return sum(items) / len(items)

    interval = scoring.bootstrap(groups, mean, rounds=200, seed=3)
    assert interval == scoring.bootstrap(groups, mean, rounds=200, seed=3)
    assert interval[0] <= 0.5 <= interval[1]


def test_token_score_is_the_overlap_of_two_sets():
    """Two of three predicted tokens are right, and one of the gold ones is missed."""
    score = scoring.token_score({1, 2, 3}, {2, 3, 4})
    assert score.f == pytest.approx(2 / 3)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6))
def test_total_score_adds_up(pairs):
    """The micro average has the sum of the counts."""
    scores = [scoring.Score(min(pair), *pair) for pair in pairs]
    assert scoring.total_score(scores).gold == sum(gold for _, gold in pairs)


def test_lists_of_unequal_length_are_refused():
    """Two annotations of different length cannot be compared, and the message says so."""
    with pytest.raises(ValueError, match="differ in length: 1 and 2"):
        scoring.kappa(["a"], ["a", "b"])
