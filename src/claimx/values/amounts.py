"""What money and percentages share: bounds of a range, scales, and qualifiers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from claimx.values.grammar import Grammar
from claimx.values.numbers import read_number


def read_scaled(grammar: Grammar, number: str, scale: str | None, *, decimal_comma: bool = False) -> Decimal | None:
    """A number with its scale word: ("1.2", "million") is 1200000."""
    words = {**grammar.lists.get("number_word", {}), **grammar.lists.get("fraction_word", {})}
    value = read_number(number, words, decimal_comma=decimal_comma and scale is None)
    if value is None or scale is None:
        return value
    factor = grammar.meaning("scale_word", scale) or grammar.lists["scale_letter"].get(scale)
    return None if factor is None else value * Decimal(factor)


def read_qualifier(grammar: Grammar, groups: Mapping[str, str], text: str) -> str:
    """The qualifier that stands before ("about", "more than") or after ("or more") an amount; else `exact`."""
    bound = grammar.meaning("bound", groups.get("bound"))
    if bound is None and text.endswith("+"):
        bound = "at_least"
    return bound or grammar.meaning("qualifier", groups.get("qualifier")) or "exact"
