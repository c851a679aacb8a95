"""A text becomes the mentions in it: what the rules find, with values resolved in the light of the whole document."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from claimx.components.agreements import AgreementFinder, number_agreements
from claimx.values.calendar import Point
from claimx.values.context import Context
from claimx.values.dates import read_date
from claimx.values.grammar import Grammar, plain
from claimx.values.money import read_money
from claimx.values.percent import read_percent

_NUMERIC_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})[/-](\d{1,2})[/-](?:19|20)\d\d(?!\d)")
_ANCHOR_REACH = 400
_TOLD_OFTEN = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """One entity: `text[start:end]`, its label, its value (None: no value at all), and what it refers to."""

    label: str
    start: int
    end: int
    value: Mapping[str, str | None] | None
    ref: str | None = None


def find_mentions(text: str, grammar: Grammar, context: Context, finder: AgreementFinder) -> list[Mention]:
    """All mentions in `text`, in order and not overlapping; agreements win, then sums, percentages and dates."""
    written, text = text, plain(text)
    taken = list(_find_agreements(text, written, finder))
    taken += _free(_find_amounts(text, grammar, context), taken)
    taken += _find_dates(text, grammar, context, taken)
    return sorted(taken, key=lambda mention: mention.start)


def read_context(grammar: Grammar, text: str, published: str | None, publisher: str | None) -> Context:
    """What the document as a whole tells about its values."""
    dollar = _country_value(grammar, "dollar_country", publisher) or _country_told(grammar, "dollar_country", text)
    rupee = _country_value(grammar, "rupee_country", publisher) or _country_told(grammar, "rupee_country", text)
    return Context(published, dollar or "USD", rupee or "INR", numeric_order(text))


def _country_value(grammar: Grammar, name: str, publisher: str | None) -> str | None:
    cue = grammar.cues.get(name)
    match = cue.search(publisher) if cue is not None and publisher else None
    return grammar.meaning(name, match[0]) if match else None


def _country_told(grammar: Grammar, name: str, text: str) -> str | None:
    """The currency of the one country, of those that share its sign, that the text speaks of thrice or more."""
    cue = grammar.cues.get(name)
    if cue is None:
        return None
    counts = Counter(grammar.meaning(name, match[0]) for match in cue.finditer(text))
    return next(iter(counts)) if len(counts) == 1 and counts.total() >= _TOLD_OFTEN else None


def numeric_order(text: str) -> Literal["day", "month"] | None:
    """Whether the day or the month comes first in the document's numeric dates; None when they do not tell."""
    orders: set[Literal["day", "month"]] = set()
    for first, second in _NUMERIC_DATE.findall(text):
        if int(first) > 12 >= int(second):
            orders.add("day")
        elif int(second) > 12 >= int(first):
            orders.add("month")
    return orders.pop() if len(orders) == 1 else None


def _find_agreements(text: str, written: str, finder: AgreementFinder) -> Iterator[Mention]:
    mentions = finder.find(text, written)
    keys = number_agreements(mentions)
    for mention in mentions:
        agreement = mention.agreement
        yield Mention("AGREEMENT", mention.start, mention.end, agreement.value(), keys[id(agreement)])


class _Blocked:
    """The places of mentions that do not overlap; whether a span meets one is found by bisection."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        spans = sorted((mention.start, mention.end) for mention in mentions)
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def meets(self, start: int, end: int) -> bool:
        before = bisect_left(self._starts, end)
        return before > 0 and self._ends[before - 1] > start


def _free(mentions: Iterable[Mention], taken: list[Mention]) -> Iterator[Mention]:
    blocked = _Blocked(taken)
    return (mention for mention in mentions if not blocked.meets(mention.start, mention.end))


def _find_amounts(text: str, grammar: Grammar, context: Context) -> Iterator[Mention]:
    for found in grammar.find("MONEY", text):
        value = read_money(grammar, found.groups, text[found.start : found.end], context)
        if value is not None:
            yield Mention("MONEY", found.start, found.end - (text[found.end - 1] == "."), value)
    for found in grammar.find("PERCENT", text):
        base = find_base(text, found.end)
        value = read_percent(grammar, found.groups, text[found.start : found.end], base)
        if value is not None:
            yield Mention("PERCENT", found.start, found.end, value)


def _find_dates(text: str, grammar: Grammar, context: Context, taken: list[Mention]) -> Iterator[Mention]:
    anchor: Point | None = None
    anchor_at = 0
    blocked = _Blocked(taken)
    for found in grammar.find("DATE", text):
        if blocked.meets(found.start, found.end):
            continue
        near = anchor if found.start - anchor_at <= _ANCHOR_REACH else None
        value, point = read_date(grammar, found, context, near)
        if point is not None and point.year is not None:
            anchor, anchor_at = point, found.end
        # An abbreviation's full stop may be the sentence's: "on Tues." ends before it.
        yield Mention("DATE", found.start, found.end - text[found.start : found.end].endswith("."), value)


_BASE = re.compile(
    r"(?: \([^()]{1,40}\))? of (?:the |an? |its |their |our |his |her )?"
    r"((?:[\w$.&/'-]+ ){0,4}?[\w'/&-]*\w)"
    r"(?=[,.;:)\]\n?!\u2013\u2014]|$| \(| (?:in|on|by|at|to|for|from|with|was|were|is|are|has|have|had|and|or|who|that|"
    r"which|but|as|will|would|can|could|may|do|does|did|during|over|after|before|since|between|per|than|while|when|if|so|"
    r"annually|said|say|says|told|went|goes|go|came|come|comes|claimed|reported|favou?r|support|oppose|believe|think|"
    r"live|lives|passed|voted|now|each|every|this|last|next|above|below|through|under|into|because|within|against|among|"
    r"without|it|they|we|he|she)\b)"
)


def find_base(text: str, end: int) -> str | None:
    """What a percentage that ends at `end` is a percentage of, as far as the text says so right after it."""
    match = _BASE.match(text, end, min(len(text), end + 140))
    return match[1] if match else None
