"""A web page in, what it declares about itself out, as far as the page that people see bears it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from claimx.sources.characters import mend
from claimx.sources.metadata import Metadata, parse_date
from claimx.sources.pieces import Piece

_TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_AUTHORS = ("author", "article:author", "citation_author", "dc.creator", "dcterms.creator", "parsely-author", "byl")
_PUBLISHERS = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "application-name")
_DATES = (
    "article:published_time citation_publication_date citation_date dc.date.issued dcterms.issued dcterms.date dc.date "
    "date pubdate publish-date published-date parsely-pub-date datepublished dcterms.created"
).split()
_SEPARATORS = re.compile(r"\s+[|–—·»-]+\s+")
_ADDRESS = re.compile(r"https?:|@|\.com\b|/")


def declared(root: HtmlElement, pieces: Sequence[Piece]) -> Metadata:
    """Title, authors, publisher and date from a page's meta tags and JSON-LD.

    Titles, names and publishers must be read on the page too; a date may stand alone.
    """
    seen = _letters(" ".join([*(piece.text for piece in pieces), *_images(root), root.findtext(".//title") or ""]))
    meta, linked = _meta(root), list(_linked_data(root))
    names = [*_given(meta, _AUTHORS), *_named(linked, "author"), *_named(linked, "creator")]
    publishers = [*_given(meta, _PUBLISHERS), *_named(linked, "publisher")]
    dates = [*_given(meta, _DATES), *(str(item["datePublished"]) for item in linked if "datePublished" in item)]
    return Metadata(
        title=_title([*_given(meta, _TITLES), *_texts(root.findtext(".//title"))], pieces),
        authors=tuple(dict.fromkeys(name for name in names if _letters(name) in seen and not _ADDRESS.search(name))),
        publisher=next((name for name in publishers if _letters(name) in seen and not _ADDRESS.search(name)), None),
        published=next(filter(None, map(_date, [*dates, *_times(root)])), None),
    )


def _meta(root: HtmlElement) -> list[tuple[str, str]]:
    """Name and content of every meta tag, names in lower case."""
    rows = []
    for tag in root.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        rows.append((name.lower(), " ".join(mend(tag.get("content", "")).split())))
    return rows


def _given(meta: Sequence[tuple[str, str]], names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield from (content for key, content in meta if key == name and content)


def _linked_data(root: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD; damaged scripts are left out."""
    for script in root.iter("script"):
        if "ld+json" in script.get("type", ""):
            try:
                yield from _objects(json.loads(script.text or ""), 0)
            except (ValueError, RecursionError):
                continue


def _objects(value: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"), depth + 1)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one, depth + 1)


def _named(items: Sequence[dict[str, Any]], role: str) -> Iterator[str]:
    """The names of the people or organisations that hold a role in JSON-LD."""
    for item in items:
        holders = item.get(role)
        for holder in holders if isinstance(holders, list) else [holders]:
            name = holder.get("name") if isinstance(holder, dict) else holder
            if isinstance(name, str) and name.strip():
                yield " ".join(mend(name).split())


def _times(root: HtmlElement) -> Iterator[str]:
    """The `datetime` of time elements that are said to be the date of publication."""
    for time in root.iter("time"):
        names = f"{time.get('class', '')} {time.get('itemprop', '')}"
        if time.get("pubdate") is not None or re.search(r"publi|date(?:$|\s)|entry-date", names, re.I):
            yield time.get("datetime", "")


def _date(text: str) -> str | None:
    """An ISO date at the beginning of a field, or a written one."""
    match = re.match(r"\s*((?:19|20)\d\d)(?:[-/]?(\d\d)(?:[-/]?(\d\d))?)?(?!\d)", text)
    if not match:
        return parse_date(text)
    return "-".join(part for part in match.groups() if part)


def _title(titles: Sequence[str], pieces: Sequence[Piece]) -> str | None:
    """The declared title, cut down to the part that the page prints (site names hang on titles)."""
    printed = {_letters(piece.text): piece.text for piece in pieces if len(piece.text) < 300}
    for title in titles:
        for part in (title, *_SEPARATORS.split(title)):
            if len(part) > 8 and _letters(part) in printed:
                return printed[_letters(part)]
    parts = _SEPARATORS.split(titles[0]) if titles else []
    return max(parts, key=len) if parts else None


def _images(root: HtmlElement) -> list[str]:
    return [image.get("alt", "") for image in root.iter("img")]


def _texts(text: str | None) -> list[str]:
    return [" ".join(mend(text).split())] if text and text.strip() else []


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
