"""The parts of a sum of money become its value: ISO 4217 currency, exact bounds, qualifier."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from claimx.values.amounts import read_qualifier, read_scaled
from claimx.values.context import Context
from claimx.values.grammar import Grammar
from claimx.values.numbers import write_number

_COMMA_CURRENCIES = frozenset({"EUR", "DKK", "NOK", "SEK", "PLN", "CZK", "HUF", "BRL", "IDR", "VND", "TRY", "ARS"})


def read_money(grammar: Grammar, groups: Mapping[str, str], text: str, context: Context) -> dict[str, str] | None:
    """The value of a sum whose parts a MONEY rule captured; None when its numbers cannot be read."""
    currency = read_currency(grammar, groups, context)
    low, high = _bounds(grammar, groups, currency)
    if currency is None or low is None or high is None:
        return None
    minor = "minor" in groups
    if minor:
        low, high = low.scaleb(-2), high.scaleb(-2)
    return {
        "currency": currency,
        "min": write_number(low, places=2 if minor else 0),
        "max": write_number(high, places=2 if minor else 0),
        "qualifier": read_qualifier(grammar, groups, text),
    }


def read_currency(grammar: Grammar, groups: Mapping[str, str], context: Context) -> str | None:
    """The ISO 4217 code that symbol, name or code stand for; a bare dollar or rupee is the document's."""
    named = groups.get("named") or groups.get("currency") or groups.get("symbol")
    packed = groups.get("packed") or groups.get("packed_first")
    code = (
        grammar.meaning("currency_name", named)
        or grammar.meaning("currency_symbol", named)
        or grammar.meaning("currency_minor", groups.get("minor"))
        or grammar.meaning("currency_scaled", groups.get("scaled"))
        or grammar.meaning("currency_prefix", groups.get("prefix"))
        or grammar.meaning("currency_packed", packed)
    )
    if code == "$" and groups.get("currency") not in (None, named):
        # "US$5 dollars": the symbol says more than the name.
        code = grammar.meaning("currency_symbol", groups.get("currency"))
    if code == "$":
        return context.dollar
    return context.rupee if code == "INR" and (named or "").rstrip(".").lower() in ("rs", "rupees", "rupee") else code


def _bounds(grammar: Grammar, groups: Mapping[str, str], currency: str | None) -> tuple[Decimal | None, Decimal | None]:
    comma = currency in _COMMA_CURRENCIES
    packed = "packed" in groups or "packed_first" in groups
    low_text = groups.get("min") or groups.get("packed_min", "")
    low_scale = groups.get("min_scale") or groups.get("late_scale") or ("million" if packed else None)
    high_scale = groups.get("max_scale")
    if "max" not in groups:
        low = read_scaled(grammar, low_text, low_scale, decimal_comma=comma)
        cents = read_scaled(grammar, groups["minor_count"], None) if "minor_count" in groups else None
        if low is not None and cents is not None:
            low += cents.scaleb(-2)
        return low, low
    # Both sides of "$5–10 million" have the scale; "$900,000 to $1 million" gives each its own.
    high = read_scaled(grammar, groups["max"], high_scale, decimal_comma=comma)
    low = read_scaled(grammar, low_text, low_scale or high_scale, decimal_comma=comma)
    if low is not None and high is not None and low > high:
        alone = read_scaled(grammar, low_text, low_scale, decimal_comma=comma)
        low = alone if alone is not None and alone <= high else low
    return low, high
