"""Whatever text the rules find, its value is valid: EDTF, ISO 8601 durations, ISO 4217, decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from claimx.components.agreements import AgreementFinder
from claimx.components.mentions import find_mentions, read_context
from claimx.corpus import read_patterns
from claimx.values.agreements import read_gazetteer
from claimx.values.calendar import Point, interval, move, parse_published
from claimx.values.grammar import compile_grammar, plain

FILES = ("numbers", "money", "percent", "dates", "agreements", "gazetteer")
ROWS = read_patterns([f"patterns/{name}.jsonl" for name in FILES])
GRAMMAR = compile_grammar(ROWS)
FINDER = AgreementFinder(GRAMMAR, read_gazetteer(ROWS))
CURRENCIES = list_currencies()
DURATION = re.compile(r"P(?:T?\d+(?:\.\d+)?[YMWDHS])(?:T?\d+[MDHS])?(?:/PT?\d+(?:\.\d+)?[YMWDHS])?")
PIECES = st.sampled_from(
    "US$ $ € ₹ Rs 5 10 1,000 2.5 31 2024 1999 29 February March 2023 million crore % per cent to – - and between about "
    "more than last next five years ago on early mid- third quarter of FY 2025–26 02/03/2021 the Oslo Agreement Treaty "
    "on Peace 1990s century half a Monday '98 ( ) . , \n\n hundred months week decade later".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14), st.sampled_from([None, "2025", "2025-10", "2025-10-31", "0001-01-01", "soon"]))
def test_every_value_is_valid(pieces: list[str], published: str | None) -> None:
    """Words of dates and sums in any order give spans that lie in the text and values that validate."""
    text = " ".join(pieces)
    mentions = find_mentions(text, GRAMMAR, read_context(GRAMMAR, text, published, None), FINDER)
    ends = [0]
    for mention in mentions:
        assert ends[-1] <= mention.start < mention.end <= len(text)
        ends.append(mention.end)
        _check(mention.label, dict(mention.value or {}))


def _check(label: str, value: dict[str, Any]) -> None:
    if label == "DATE":
        assert value.keys() in ({"edtf"}, {"duration"})
        if value.get("edtf"):
            parse_edtf(value["edtf"])
        if value.get("duration"):
            assert DURATION.fullmatch(value["duration"]), value
    elif label in ("MONEY", "PERCENT"):
        assert Decimal(value["min"]).is_finite() and Decimal(value["max"]).is_finite()
        assert value.get("currency", "USD") in CURRENCIES
    else:
        assert value["name"] and value["kind"]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_plain_text_keeps_every_place(text: str) -> None:
    """Making text plain never changes its length."""
    assert len(plain(text)) == len(text)


def test_intervals_in_the_wrong_order_have_no_value() -> None:
    """ "2021 to 2019" is written by somebody, and means nothing."""
    assert interval(Point(2021), Point(2019)) is None
    assert interval(Point(2019), Point(2021, 4)) == "2019/2021-04"


def test_moves_are_as_precise_as_their_unit() -> None:
    """Three months from a day is a month; from a year it is unknown; decades give a year."""
    assert move(Point(2025, 10, 31), -3, "M") == Point(2025, 7)
    assert move(Point(2025), -3, "M") is None
    assert move(Point(2025, 10), -2, "10Y") == Point(2005)
    assert move(Point(9999), 1, "Y") is None


def test_publication_dates_of_any_precision() -> None:
    """A year, a month, a day or a timestamp is read; anything else is not."""
    assert parse_published("2025") == Point(2025)
    assert parse_published("2025-10-31T08:00:00Z") == Point(2025, 10, 31)
    assert parse_published("31 Oct") is None
    assert parse_published("2025-13") is None
