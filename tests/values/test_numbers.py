"""Numbers in digits and words become exact decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimx.corpus import read_patterns
from claimx.values.grammar import compile_grammar
from claimx.values.numbers import read_number, write_number

LISTS = compile_grammar(read_patterns(["patterns/numbers.jsonl", "patterns/money.jsonl"])).lists
WORDS = {**LISTS["number_word"], **LISTS["fraction_word"]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,250.5", "1250.5"),
        ("1.250.000,5", "1250000.5"),
        ("1,00,000", "100000"),
        ("3,5", "3.5"),
        ("2½", "2.5"),
        ("-0.7", "-0.7"),
        ("minus five", "-5"),
        ("twenty-five", "25"),
        ("one hundred and twenty", "120"),
        ("two and a half", "2.5"),
        ("three quarters", "0.75"),
        ("a", "1"),
    ],
)
def test_forms(text: str, value: str) -> None:
    """Each way of writing a number gives its exact value."""
    assert read_number(text, WORDS) == Decimal(value)


def test_comma_currencies() -> None:
    """Where the comma is the decimal mark, "1.500" is fifteen hundred."""
    assert read_number("1.500", WORDS, decimal_comma=True) == 1500
    assert read_number("1.500", WORDS) == Decimal("1.5")


@given(st.decimals(min_value=0, max_value=10**12, allow_nan=False, places=3))
def test_written_numbers_read_back(value: Decimal) -> None:
    """What is written is read as the same number."""
    assert read_number(write_number(value), WORDS) == value


@given(st.text(max_size=40))
def test_never_raises(text: str) -> None:
    """Any text is a number or None."""
    result = read_number(text, WORDS)
    assert result is None or write_number(result)
