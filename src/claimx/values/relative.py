"""Relative dates ("last March", "five years on") are counted from publication, or from what the text spoke of last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from claimx.values.calendar import Point, interval, move, parse_published, week_of, weekday_near
from claimx.values.context import Context
from claimx.values.grammar import Found, Grammar
from claimx.values.numbers import read_number

_BACK = frozenset({"last", "past", "previous", "preceding", "prior", "this past"})
_AHEAD = frozenset({"next", "coming", "following", "upcoming", "this coming", "very next"})
_FROM_TEXT = frozenset({"that", "same", "the same", "following", "preceding", "prior", "previous", "very next"})
_BEFORE = frozenset({"ago", "earlier", "before", "prior", "beforehand", "back"})
_SINCE_TEXT = frozenset({"later", "on", "after", "since", "afterwards", "thereafter", "earlier", "before", "prior"})


def read_relative(grammar: Grammar, found: Found, context: Context, anchor: Point | None) -> Point | str | None:
    """The point, or the EDTF interval, that a relative date stands for; None when it cannot be told."""
    published = parse_published(context.published)
    groups = {name: value.lower() for name, value in found.groups.items()}
    reading = found.rule.reading
    if reading == "weekday":
        number = grammar.meaning("weekday", groups["weekday"])
        return weekday_near(published, int(number), groups.get("which", "")) if published and number else None
    if reading == "yesterday":
        days = {"tomorrow": 1, "yesterday": -1}.get(groups["word"], 2 if "after" in groups["word"] else -2)
        return move(published, days, "D") if published else None
    if reading == "ago":
        return _read_ago(grammar, groups, published, anchor)
    if reading == "relative":
        if "few" in groups:
            return None
        if "count" in groups:
            return _read_span(grammar, groups, published)
        return _read_which(grammar, groups, published, anchor)
    return None


def _read_ago(
    grammar: Grammar, groups: Mapping[str, str], published: Point | None, anchor: Point | None
) -> Point | None:
    """ "Three months ago" counts from publication; "two years later" from what the text spoke of, else not at all."""
    direction = groups["direction"]
    origin = anchor if direction in _SINCE_TEXT else published
    if origin is None and direction == "on":
        return published and Point(published.year)
    count = _count(grammar, groups.get("count", "a"))
    unit = grammar.meaning("time_unit", groups["unit"])
    if origin is None or count is None or "vague" in groups or unit is None or "half" in groups:
        return None
    return move(origin, float(-count if direction in _BEFORE else count), unit)


def _count(grammar: Grammar, text: str) -> Decimal | None:
    return read_number(text, grammar.lists["number_word"])


def _read_span(grammar: Grammar, groups: Mapping[str, str], published: Point | None) -> str | None:
    """ "The next 18 months": from publication on, "the past two decades": up to it."""
    count, unit = _count(grammar, groups["count"]), _plain_unit(grammar, groups["unit"])
    if published is None or count is None or unit is None or "to_count" in groups or "to_count_b" in groups:
        return None
    back = groups["which"] in _BACK
    if not back and groups["which"] not in _AHEAD:
        return None
    other = move(published, float(-count if back else count), unit)
    here = move(published, 0, unit)
    if other is None or here is None:
        return None
    return interval(other, here) if back else interval(here, other)


def _plain_unit(grammar: Grammar, unit: str) -> str | None:
    letter = grammar.meaning("calendar_unit", unit) or grammar.meaning("time_unit", unit)
    return "Y" if letter == "FY" else letter


def _read_which(
    grammar: Grammar, groups: Mapping[str, str], published: Point | None, anchor: Point | None
) -> Point | str | None:
    """ "Last year", "this March", "June next year", "the end of the year"."""
    which = groups["which"]
    origin = anchor if which in _FROM_TEXT and anchor is not None else published
    if origin is None or origin.year is None or (which in ("that", "same", "the same") and anchor is None):
        return None
    shift = -1 if which in _BACK else 1 if which in _AHEAD else 0
    if "month" in groups or "season" in groups:
        return _read_named(grammar, groups, origin, shift)
    return _shift_unit(groups, origin, shift, _unit_letter(grammar, groups["unit"]))


def _unit_letter(grammar: Grammar, unit: str) -> str:
    return grammar.meaning("calendar_unit", unit) or "Y"


def _read_named(grammar: Grammar, groups: Mapping[str, str], origin: Point, shift: int) -> Point | None:
    """A named month or season: of the year named beside it, or the last or next one to come round."""
    month = int(grammar.meaning("month", groups.get("month")) or grammar.meaning("season", groups.get("season")) or 0)
    day = groups.get("day") or groups.get("day_after")
    day_number = int("".join(char for char in day if char.isdigit())) if day else None
    assert origin.year is not None
    if "unit" in groups:
        return Point(origin.year + shift, month, day_number)
    now = origin.month
    this = _start_of(month)
    if now is None or shift == 0:
        return Point(origin.year, month)
    passed = this < now if shift < 0 else this <= now
    return Point(origin.year + (0 if shift < 0 and passed else shift if not (shift > 0 and not passed) else 0), month)


def _start_of(month: int) -> int:
    return month if month <= 12 else {21: 3, 22: 6, 23: 9, 24: 12}.get(month, 1)


def _shift_unit(groups: Mapping[str, str], origin: Point, shift: int, letter: str) -> Point | str | None:
    year = origin.year
    assert year is not None
    if letter in ("Y", "FY"):
        end = groups["which"] == "the" and groups.get("within", "").removeprefix("the ") in ("end", "end of", "close")
        return Point(year, 12) if end else Point(year + shift)
    if letter == "10Y" and shift:
        other = replace(origin, month=None, day=None, year=year + 10 * shift)
        here = Point(year)
        return interval(*((other, here) if shift < 0 else (here, other)))
    if letter == "25Y" and shift:
        return interval(*((Point(year + 25 * shift), Point(year)) if shift < 0 else (Point(year), Point(year + 25))))
    if letter == "10Y":
        return Point(masked=f"{year // 10}X")
    if letter == "100Y":
        return Point(masked=f"{year // 100 + shift:02}XX")
    if letter == "M":
        return move(origin, shift, "M")
    if letter == "W":
        return week_of(origin, shift)
    if letter == "D":
        return move(origin, shift, "D") if groups["which"] not in ("last", "past") else None
    if letter == "3M" and origin.month is not None and origin.month <= 12:
        index = year * 4 + (origin.month - 1) // 3 + shift
        return Point(index // 4, 33 + index % 4)
    return None
