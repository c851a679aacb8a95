"""Title, authors, publisher and date of publication: from what the page says first, from the file's fields second."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from claimx.sources.reading import Passage


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document as a publication; `published` is an ISO 8601 date as precise as known."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: str | None = None


def read_metadata(passages: Sequence[Passage], file: Metadata | None = None) -> Metadata:
    """The metadata that the passages show, completed by `file`, what the file's own fields say."""
    file = file or Metadata()
    return Metadata(
        title=_find_title(passages, file.title),
        authors=find_authors(passages) or file.authors,
        publisher=_find_publisher(passages) or file.publisher,
        published=_find_published(passages, file.published),
    )


_NAMES = "january jan february feb march mar april apr may june jun july jul august aug september sept sep october oct"
_MONTHS = {
    name: ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec").index(name[:3]) + 1
    for name in f"{_NAMES} november nov december dec".split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(rf"\b(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)\b", re.I),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\.?,?\s+(?P<year>(?:19|20)\d\d)\b", re.I),
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b"),
    re.compile(rf"\b(?P<month>{_MONTH})\.?,?\s+(?P<year>(?:19|20)\d\d)\b", re.I),
)
_FIRST = 25
"""So many passages at the beginning are looked at for title, authors and date."""


def parse_date(text: str) -> str | None:
    """The first calendar date in a text as ISO 8601, or None."""
    for pattern in _DATES:
        match = pattern.search(text)
        if match is not None:
            return _iso(match)
    return None


def _iso(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    month = int(groups["month"]) if groups["month"].isdigit() else _MONTHS[groups["month"].lower()]
    if not 1 <= month <= 12:
        return None
    day = int(groups["day"]) if groups.get("day") else None
    if day is None or not 1 <= day <= 31:
        return f"{groups['year']}-{month:02}"
    return f"{groups['year']}-{month:02}-{day:02}"


def _find_published(passages: Sequence[Passage], given: str | None) -> str | None:
    """The date of the file's fields where the page shows it too, else the first that the page shows."""
    shown = {parse_date(passage.text) for passage in passages if len(passage.text) < 160}
    return given if given is not None and given in shown else find_date(passages) or given


def find_date(passages: Sequence[Passage]) -> str | None:
    """The date that a short passage near the beginning, or a running head or foot, gives."""
    for passage in passages[:_FIRST]:
        if len(passage.text) < 160 and passage.role not in ("reference", "footnote", "contents"):
            date = parse_date(passage.text)
            if date is not None:
                return date
    for passage in passages:
        if passage.role in ("header", "footer"):
            date = parse_date(passage.text)
            if date is not None:
                return date
    return None


def _find_title(passages: Sequence[Passage], given: str | None) -> str | None:
    for passage in passages[:_FIRST]:
        if passage.role == "title":
            return passage.text
    for passage in passages[:_FIRST]:
        if passage.role == "heading" and passage.level == 1:
            return passage.text
    return given or None


_BY = re.compile(r"^(?:by|author(?:s|ed by)?:?|written by)\s+(?P<names>[A-Z].{2,120})$", re.I)
_NAME = re.compile(r"^(?:[A-Z][\w.'’-]*\s+){1,4}[A-Z][\w'’-]+$")


def find_authors(passages: Sequence[Passage]) -> tuple[str, ...]:
    """The names that a byline near the beginning gives."""
    for passage in passages[:_FIRST]:
        match = _BY.match(passage.text)
        names = match["names"] if match else passage.text if passage.role == "byline" else None
        if names is None:
            continue
        found = [_plain_name(name) for name in re.split(r",\s*(?:and\s+)?|\s+(?:and|&)\s+|;\s*", names)]
        authors = tuple(name for name in found if _NAME.match(name))
        if authors:
            return authors
    return ()


def _plain_name(name: str) -> str:
    return re.sub(r"^(?:Dr|Prof(?:essor)?|Mr|Ms|Mrs)\.?\s+|[\s\d*†]+$", "", name).strip()


_OWNER = re.compile(
    r"(?:©|(?i:copyright)|\((?i:c)\)(?=\s*(?:19|20)\d\d))\s*(?:©\s*)?(?:\d{4}(?:[–-]\d{4})?)?"
    r"\s*(?:by\s+)?(?:the\s+)?(?P<name>[A-Z][^.,;|]{2,70})"
)
_PUBLISHED = re.compile(r"^(?i:published by|publisher)\s*:?\s*(?:[Tt]he\s+)?(?P<name>[A-Z][^.,;|]{2,70})")


def _find_publisher(passages: Sequence[Passage]) -> str | None:
    for pattern in (_PUBLISHED, _OWNER):
        for passage in passages:
            match = pattern.search(passage.text) if len(passage.text) < 600 else None
            if match is not None:
                return re.sub(r"\s*\d{4}$", "", match["name"]).strip()
    return None
