"""Points of the calendar, as far as a text gives them, and their EDTF form."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Point:
    """A day, month, season, year, decade or century; whatever the text does not say is None.

    `month` is 1–12, an EDTF season 21–24, a quarter 33–36 or a half 40–41; `masked` is a decade or century such as
    `199X`; `until` makes it a span of years ("2025–26").
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    masked: str | None = None
    until: int | None = None

    def edtf(self) -> str | None:
        """The EDTF form; None without a year, or where the calendar has no such day."""
        if self.masked is not None:
            return self.masked
        if self.year is None:
            return None
        if self.until is not None:
            return f"{self.year:04}/{self.until:04}" if self.until > self.year else f"{self.year:04}"
        if self.month is None:
            return f"{self.year:04}"
        if self.day is None:
            return f"{self.year:04}-{self.month:02}"
        if not 1 <= self.month <= 12 or not 1 <= self.day <= monthrange(self.year, self.month)[1]:
            return None
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    def first(self) -> str | None:
        """The form of its beginning, for the left side of an interval."""
        return replace(self, until=None).edtf()

    def last(self) -> str | None:
        """The form of its end, for the right side of an interval."""
        return self.edtf() if self.until is None else f"{self.until:04}"


def parse_published(published: str | None) -> Point | None:
    """An ISO 8601 date of any precision as a Point; None when it is none."""
    parts = (published or "").split("T")[0].split("-")
    if not 1 <= len(parts) <= 3 or len(parts[0]) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, month, day = [*(int(part) for part in parts), None, None][:3]
    point = Point(year, month, day)
    return point if point.edtf() is not None and 1 <= (point.month or 1) <= 12 and point.year else None


def interval(start: Point, end: Point) -> str | None:
    """An EDTF interval; None when a side cannot be written or they are in the wrong order."""
    left, right = start.first(), end.last()
    if left is None or right is None:
        return None
    if left == right:
        return left
    return f"{left}/{right}" if _floor(left) <= _floor(right) or len(left) != len(right) else None


def _floor(form: str) -> str:
    return form.replace("X", "0")


def move(point: Point, count: float, unit: str) -> Point | None:
    """The point `count` years, months, weeks or days away, as precise as the unit; None outside the calendar.

    Years (and decades, centuries) give a year, months a month, weeks and days a day; None where the point is less
    precise than that.
    """
    if point.year is None:
        return None
    number, letter = _unit(unit)
    months = count * number * {"Y": 12, "M": 1}.get(letter, 0)
    try:
        if letter == "Y":
            year = point.year + int(count * number)
            return Point(year) if 1 <= year <= 9999 else None
        if letter == "M":
            if point.month is None or point.month > 12:
                return None
            total = point.year * 12 + point.month - 1 + int(months)
            return Point(total // 12, total % 12 + 1) if 12 <= total < 120000 else None
        if letter in ("W", "D") and point.day is not None and point.month is not None:
            days = int(count * number * (7 if letter == "W" else 1))
            moved = date(point.year, point.month, point.day) + timedelta(days=days)
            return Point(moved.year, moved.month, moved.day)
    except (OverflowError, ValueError):
        return None
    return None


def _unit(unit: str) -> tuple[int, str]:
    return (int(unit[:-1]) if unit[:-1].isdigit() else 1), unit[-1]


def weekday_near(published: Point, weekday: int, which: str) -> Point | None:
    """The Monday (1) to Sunday (7) that "last", "next" or nothing names, counted from the publication day."""
    if published.year is None or published.month is None or published.day is None:
        return None
    day = date(published.year, published.month, published.day)
    ahead = (weekday - day.isoweekday()) % 7
    shift = ahead if which in ("this", "next", "this coming") else ahead - 7 if ahead else 0
    if which in ("next",) and shift == 0:
        shift = 7
    try:
        moved = day + timedelta(days=shift)
    except OverflowError:
        return None
    return Point(moved.year, moved.month, moved.day)


def week_of(point: Point, shift: int) -> str | None:
    """The week (Monday to Sunday) `shift` weeks from the point's, as an EDTF interval."""
    if point.year is None or point.month is None or point.day is None:
        return None
    try:
        day = date(point.year, point.month, point.day)
        monday = day - timedelta(days=day.isoweekday() - 1) + timedelta(weeks=shift)
        sunday = monday + timedelta(days=6)
    except OverflowError:
        return None
    return f"{monday.isoformat()}/{sunday.isoformat()}"
