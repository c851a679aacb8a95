"""The parts of a percentage become its value: bounds, unit, qualifier, and the base where it is stated."""

from __future__ import annotations

from collections.abc import Mapping

from claimx.values.amounts import read_qualifier, read_scaled
from claimx.values.grammar import Grammar
from claimx.values.numbers import write_number


def read_percent(
    grammar: Grammar, groups: Mapping[str, str], text: str, base: str | None = None
) -> dict[str, str] | None:
    """The value of a percentage whose parts a PERCENT rule captured; None when its numbers cannot be read.

    `base` is what it is a percentage of, in the text's own words.
    """
    low = read_scaled(grammar, _spoken(groups["min"]), None)
    high = read_scaled(grammar, _spoken(groups.get("max", groups["min"])), None)
    if low is None or high is None:
        return None
    value = {
        "min": write_number(low),
        "max": write_number(high),
        "unit": grammar.meaning("percent_unit", groups.get("unit")) or _unit_of(text),
        "qualifier": read_qualifier(grammar, groups, text),
    }
    return {**value, "of": base} if base else value


def _spoken(number: str) -> str:
    """ "negative two" and "half a" as the number reader wants them."""
    lowered = number.lower()
    if lowered.startswith("negative "):
        return f"minus {number[9:]}"
    return number


def _unit_of(text: str) -> str:
    """The unit of "a percentage point", which no group holds."""
    for word, unit in (("point", "percentage_point"), ("cent", "percent")):
        if word in text:
            return "basis_point" if "basis" in text else unit
    return "percent"
