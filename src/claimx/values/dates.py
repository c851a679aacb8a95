"""The parts of a date expression become EDTF, or an ISO 8601 duration, in the light of its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from claimx.values.calendar import Point, interval, parse_published
from claimx.values.context import Context
from claimx.values.grammar import Found, Grammar
from claimx.values.numbers import read_number, write_number
from claimx.values.relative import read_relative

Value = dict[str, str | None]
_UNKNOWN: Value = {"edtf": None}


def read_date(
    grammar: Grammar, found: Found, context: Context, anchor: Point | None = None
) -> tuple[Value, Point | None]:
    """The value of a date whose parts a DATE rule captured, and the point that later dates may lean on.

    `anchor` is the point that the text spoke of last; a date without a year takes its year, else one near the
    publication date. What cannot be resolved has the EDTF value None.
    """
    groups, reading = found.groups, found.rule.reading
    if reading in ("duration", "compound"):
        return {"duration": read_duration(grammar, groups)}, None
    if reading == "range":
        start, end = _range_of_points(grammar, groups, context)
        return _read_range(groups, start, end, context, anchor)
    if reading in _RANGES:
        start, end = _RANGES[reading](grammar, groups)
        return _read_range(groups, start, end, context, anchor)
    if reading in ("point", "open"):
        return _read_single(grammar, found, context, anchor)
    point = read_relative(grammar, found, context, anchor)
    if isinstance(point, Point):
        return {"edtf": point.edtf()}, point
    return {"edtf": point}, None


def _read_single(grammar: Grammar, found: Found, context: Context, anchor: Point | None) -> tuple[Value, Point | None]:
    groups = found.groups
    text = groups.get("point") or groups.get("start") or groups.get("end") or groups.get("year_words", "")
    point = read_point(grammar, text, context)
    if point is None or "each" in groups:
        return _UNKNOWN, None
    point = _with_year(point, context, anchor)
    edtf = point.edtf()
    if edtf is not None and found.rule.reading == "open":
        year = point.first() if "end" not in groups else point.last()
        return {"edtf": f"../{year}" if "end" in groups else f"{year}/.."}, point
    return {"edtf": edtf}, point if edtf is not None else None


def _read_range(
    groups: Mapping[str, str], start: Point | None, end: Point | None, context: Context, anchor: Point | None
) -> tuple[Value, Point | None]:
    if end is None:
        return _UNKNOWN, None
    if start is None:
        start = parse_published(context.published) if "start" not in groups else None
        start = start and Point(start.year)
    if start is None:
        return _UNKNOWN, None
    if end.year is None and end.masked is None:
        # "12 March 2024 to 3 April": what is not repeated is meant again.
        end = replace(end, year=start.year) if start.year is not None else _with_year(end, context, anchor)
        if end.year is None:
            return _UNKNOWN, None
    if start.year is None and start.masked is None and end.year is not None:
        start = replace(start, year=end.year - (1 if (start.month or 0) > (end.month or 12) else 0))
    edtf = interval(start, end)
    return {"edtf": edtf}, end if edtf is not None else None


def read_point(grammar: Grammar, text: str, context: Context) -> Point | None:
    """The point that `text` names, by the first POINT rule that reads all of it."""
    for found in grammar.read("POINT", text):
        if found.rule.reading == "numeric":
            point = _read_numeric(found.groups, context)
        else:
            point = _POINTS[found.rule.reading](grammar, found.groups)
        if point is not None:
            return point
    return None


def read_duration(grammar: Grammar, groups: Mapping[str, str]) -> str | None:
    """An ISO 8601 duration, or a range of two ("P24M/P30M")."""
    words = grammar.lists["number_word"]
    if "years" in groups:
        years, months = read_number(groups["years"], words), read_number(groups["months"], words)
        return None if years is None or months is None else f"P{write_number(years)}Y{write_number(months)}M"
    unit = grammar.meaning("time_unit", groups["unit"]) or grammar.meaning("calendar_unit", groups["unit"]) or "Y"
    low = Decimal(1) if "min" not in groups else read_number(groups["min"], words)
    if "half_of" in groups:
        low = Decimal("0.5")
    high = read_number(groups["max"], words) if "max" in groups else None
    if low is None:
        return None
    first = _duration(low, unit, groups.get("half"))
    return first if high is None else f"{first}/{_duration(high, unit, None)}"


_HALVES = {"Y": "6M", "M": "15D", "TH": "30M", "TM": "30S", "D": "T12H"}


def _duration(count: Decimal, unit: str, half: str | None) -> str:
    number, letter = (unit[:-1], unit[-1]) if unit[:-1].isdigit() else ("1", unit)
    if letter == "FY":
        letter = "Y"
    total = count * Decimal(number)
    time = letter.startswith("T")
    more = ""
    if half is not None and number == "1":
        more = _HALVES.get(letter, "") if half.lower() == "half" else {"Y": "3M"}.get(letter, "")
    if half is not None and not more:
        total += Decimal("0.5" if half.lower() == "half" else "0.25") * Decimal(number)
    return f"P{'T' if time else ''}{write_number(total)}{letter[-1]}{more}"


def _with_year(point: Point, context: Context, anchor: Point | None) -> Point:
    """A day or month without a year takes the year of what was just spoken of, else the one nearest publication."""
    if point.year is not None or point.masked is not None:
        return point
    if anchor is not None and anchor.year is not None:
        return replace(point, year=anchor.until or anchor.year)
    published = parse_published(context.published)
    if published is None or published.year is None or published.month is None or point.month is None:
        return point
    if point.month > 12:
        return replace(point, year=published.year)
    ahead = (point.month - published.month) % 12
    return replace(
        point,
        year=published.year
        + ((published.month + ahead > 12) if ahead <= 2 else 0)
        - (ahead > 2 and point.month > published.month),
    )


def _year(grammar: Grammar, groups: Mapping[str, str]) -> int | None:
    written = groups.get("year") or groups.get("year_b")
    if written is not None:
        return int(written)
    if "short_year" in groups:
        return _full_year(int(groups["short_year"]))
    if "year_words" in groups:
        return _spoken_year(grammar, groups["year_words"])
    return None


def _full_year(short: int) -> int:
    """Two digits as a year: up to 50 in this century, else in the last."""
    return 2000 + short if short <= 50 else 1900 + short


def _spoken_year(grammar: Grammar, text: str) -> int | None:
    words = grammar.lists["number_word"]
    lowered = text.lower().replace(" oh ", " ").replace(" zero ", " ")
    if "thousand" in lowered:
        rest = lowered.partition("thousand")[2].replace(" and ", " ").strip()
        value = read_number(rest, words) if rest else Decimal(0)
        return None if value is None else 2000 + int(value)
    head, _, rest = lowered.partition(" ")
    century, value = read_number(head, words), read_number(rest, words) if rest != "hundred" else Decimal(0)
    return None if century is None or value is None else int(century) * 100 + int(value)


def _day(grammar: Grammar, groups: Mapping[str, str]) -> int | None:
    if "day" in groups:
        return int("".join(char for char in groups["day"] if char.isdigit()))
    word = grammar.meaning("ordinal", groups.get("day_word") or groups.get("day_word_b"))
    return int(word) if word is not None else None


def _month(grammar: Grammar, groups: Mapping[str, str], group: str = "month") -> int | None:
    written = groups.get("month_number") or groups.get("month_number_b")
    if written is not None:
        return int(written)
    form = groups.get(group) or groups.get("month_b") or groups.get("month_c")
    number = grammar.meaning("month", form) or grammar.meaning("month_name", form)
    return int(number) if number is not None else None


def _read_day(grammar: Grammar, groups: Mapping[str, str]) -> Point:
    return Point(_year(grammar, groups), _month(grammar, groups), _day(grammar, groups))


def _read_month(grammar: Grammar, groups: Mapping[str, str]) -> Point:
    return Point(_year(grammar, groups), _month(grammar, groups))


def _read_numeric(groups: Mapping[str, str], context: Context) -> Point | None:
    first = int(groups["first"])
    second = int(groups.get("second") or groups.get("second_b") or groups["second_c"])
    year = int(groups["numeric_year"])
    year = year if year >= 1000 else _full_year(year)
    if first > 12 or (second <= 12 and (context.numeric_order == "day" or "second_c" in groups)):
        return Point(year, second, first)
    if second > 12 or context.numeric_order == "month" or first == second:
        return Point(year, first, second)
    return Point(None, None, first)


def _read_quarter(grammar: Grammar, groups: Mapping[str, str]) -> Point:
    return Point(_year(grammar, groups), int(grammar.meaning("quarter", groups["quarter"]) or 33))


def _read_season(grammar: Grammar, groups: Mapping[str, str]) -> Point:
    return Point(_year(grammar, groups), int(grammar.meaning("season", groups["season"]) or 21))


def _read_years(grammar: Grammar, groups: Mapping[str, str]) -> Point | None:
    """ "2025–26", "FY21-25", "2019/2020": one span of years."""
    year = _year(grammar, groups)
    if year is None or "to_year" not in groups:
        return Point(year)
    until = int(groups["to_year"])
    if until < 100:
        until += year // 100 * 100
        until += 100 if until < year else 0
    return Point(year, until=until) if year < until < year + 200 else None


def _read_year(grammar: Grammar, groups: Mapping[str, str]) -> Point:
    return Point(_year(grammar, groups))


_DECADES = {name: digit for digit, name in enumerate(("twen", "thir", "for", "fif", "six", "seven", "eigh", "nine"), 2)}


def _read_decade(_: Grammar, groups: Mapping[str, str]) -> Point | None:
    if "decade" in groups:
        decade = groups["decade"]
        return Point(masked=f"{decade[:2]}XX" if decade[2] == "0" and decade[:2] != "20" else f"{decade[:3]}X")
    if "short_decade" in groups:
        digit = int(groups["short_decade"][0])
    else:
        word = groups["spoken_decade"].lower()
        digit = next(number for stem, number in _DECADES.items() if word.startswith(stem))
    return Point(masked=f"{'20' if digit <= 2 else '19'}{digit}X")


def _read_century(grammar: Grammar, groups: Mapping[str, str]) -> Point | None:
    number = groups.get("century") or grammar.meaning("ordinal", groups.get("century_word"))
    return Point(masked=f"{int(number) - 1:02}XX") if number and 1 <= int(number) <= 40 else None


def _range_of_points(
    grammar: Grammar, groups: Mapping[str, str], context: Context
) -> tuple[Point | None, Point | None]:
    start = read_point(grammar, groups["start"], context) if "start" in groups else None
    return start, read_point(grammar, groups["end"], context)


def _range_of_days(grammar: Grammar, groups: Mapping[str, str]) -> tuple[Point | None, Point | None]:
    year, month = _year(grammar, groups), _month(grammar, groups)
    last = _day(grammar, {"day": groups["to_day"]})
    return Point(year, month, _day(grammar, groups)), Point(year, month, last)


def _range_of_months(grammar: Grammar, groups: Mapping[str, str]) -> tuple[Point | None, Point | None]:
    year = _year(grammar, groups)
    if "adjacent" in groups:
        first = int(grammar.meaning("adjacent_months", groups["adjacent"]) or 1)
        return Point(None, first), Point(year, first % 12 + 1)
    return Point(None, _month(grammar, groups)), Point(year, _month(grammar, groups, "to_month"))


def _range_of_seasons(grammar: Grammar, groups: Mapping[str, str]) -> tuple[Point | None, Point | None]:
    year = _year(grammar, groups)
    seasons = [int(grammar.meaning("season", groups[group]) or 21) for group in ("season", "to_season")]
    return Point(year, seasons[0]), Point(year, seasons[1])


_RANGES = {
    "days": _range_of_days,
    "months": _range_of_months,
    "seasons": _range_of_seasons,
}
_POINTS = {
    "day": _read_day,
    "month": _read_month,
    "quarter": _read_quarter,
    "season": _read_season,
    "years": _read_years,
    "year": _read_year,
    "decade": _read_decade,
    "century": _read_century,
}
