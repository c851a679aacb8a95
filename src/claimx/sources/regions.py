"""Pieces of a page in, the same pieces out with everything marked that is not part of its document.

trafilatura says which text is the document; the page's own structure says what it left out by mistake and what
(menus, cookie notices, cards of related articles) never belongs to it. Nothing is dropped, only marked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lxml.html import HtmlElement

from claimx.sources.pieces import Piece

_FURNITURE_TAGS = frozenset({"nav", "menu", "form", "dialog"})
_WEAK_TAGS = frozenset({"aside", "footer", "header"})
_FURNITURE_ROLES = frozenset(
    {"navigation", "menu", "menubar", "search", "banner", "contentinfo", "complementary", "dialog", "alertdialog"}
)
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|cookies?|consent|gdpr|related|recommended|recirc|"
    r"read-?(?:more|next)|more-(?:stories|articles|from|on)|also-like|newsletter|subscribe|subscription|sign-?up|share|"
    r"sharing|social|sidebar|advert(?:isement)?|ads?|promo|comments?|skip(?:-link)?|popup|modal|tags?|tag-list|"
    r"pagination|pager|teasers?|cards?|latest|trending|popular|masthead|site-(?:header|footer)|toolbar|download-bar|"
    r"top-?bar)(?:$|[\s_-]|s\b)",
    re.I,
)
_NAMED_BY_TEXT = frozenset({"section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "a", "p", "li", "span"})
_MAIN_TAGS = frozenset({"article", "main", "h1"})
_LETTERS = re.compile(r"[^\W_]+")
_NAMED_ROLES = frozenset({"footnote", "byline", "biography"})
_DOCUMENT_ELEMENT = re.compile(r".*/(?:article|main)(?:\[\d+\])?(?=/|$)")
_FEWEST = 3
_SHORT = 40
_LINKED = 0.6
_MOST = 0.8


def mark_navigation(pieces: Sequence[Piece], root: HtmlElement, html: str) -> list[Piece]:
    """Mark as `navigation` what is no part of the page's document: by region, by trafilatura, and by links."""
    verdicts = _Verdicts(root, html)
    paths = [piece.places[0].xpath or "" if piece.places else "" for piece in pieces]
    container = _container([path for path, piece in zip(paths, pieces, strict=True) if verdicts.sure(piece, path)])
    return [
        piece if verdicts.belongs(piece, path, container) else piece.marked("navigation")
        for piece, path in zip(pieces, paths, strict=True)
    ]


class _Verdicts:
    """What trafilatura and the element tree say about one page's pieces."""

    def __init__(self, root: HtmlElement, html: str) -> None:
        self._regions = _regions(root)
        lines = _extracted(html).split("\n")
        self._lines = frozenset(_letters(line) for line in lines)
        self._text = " ".join(_letters(line) for line in lines)

    def sure(self, piece: Piece, path: str) -> bool:
        """Whether trafilatura kept a piece, and it stands in no region of furniture."""
        return len(piece.text) >= _SHORT and self._region(path) is None and self._kept(piece)

    def belongs(self, piece: Piece, path: str, container: str) -> bool:
        """Whether a piece is part of the document."""
        region = self._region(path)
        if region == "strong":
            return False
        if piece.role in _NAMED_ROLES:
            return True
        kept = self._kept(piece)
        if region == "weak":
            return kept and not _is_linked(piece) and _within(path, container)
        if not container or _within(path, container):
            return kept or not _is_linked(piece)
        is_title = piece.role == "heading" and piece.passage.level == 1
        return is_title or (kept and len(piece.text) >= _SHORT)

    def _region(self, path: str) -> str | None:
        while path:
            if path in self._regions:
                return self._regions[path]
            path = path.rpartition("/")[0]
        return None

    def _kept(self, piece: Piece) -> bool:
        letters = _letters(piece.text)
        return letters in self._lines if len(letters) < _SHORT else letters in self._text


def _extracted(html: str) -> str:
    """The text that trafilatura takes for the document, asked to lose little; empty where it finds none."""
    from trafilatura import extract

    return extract(html, favor_recall=True, include_comments=False, include_tables=True, deduplicate=False) or ""


def _letters(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold()))


def _regions(root: HtmlElement) -> dict[str, str]:
    """The elements that hold furniture, by path: "strong" for menus and notices, "weak" where body text occurs too."""
    tree = root.getroottree()
    whole = len(root.text_content()) or 1
    regions: dict[str, str] = {}
    for element in root.iter():
        kind = _kind(element)
        if kind and not _holds_document(element, whole):
            regions[tree.getpath(element)] = kind
    return regions


def _kind(element: HtmlElement) -> str | None:
    tag = element.tag
    if not isinstance(tag, str) or tag in ("html", "body", "main", "article"):
        return None
    if tag in _FURNITURE_TAGS or element.get("role", "") in _FURNITURE_ROLES or element.get("aria-modal") == "true":
        return "strong"
    # An id is often made from a heading's words ("agency-comments"), a class never.
    names = element.get("class", "") if tag in _NAMED_BY_TEXT else f"{element.get('class', '')} {element.get('id', '')}"
    if _FURNITURE_NAMES.search(names):
        return "strong"
    return "weak" if tag in _WEAK_TAGS else None


def _holds_document(element: HtmlElement, whole: int) -> bool:
    """Whether an element with a name or tag of furniture wraps the document itself."""
    if next(element.iterdescendants(*_MAIN_TAGS), None) is not None:
        return True
    return len(element.text_content()) > whole / 2


def _container(paths: Sequence[str]) -> str:
    """The element of the document: the article or main part around the pieces of which we are sure.

    Without one, the deepest element that holds most of them; empty, the whole page, where they are too few to tell.
    """
    counts: Counter[str] = Counter()
    for path in paths:
        while path:
            path = path.rpartition("/")[0]
            if path:
                counts[path] += 1
    holding = [path for path, count in counts.items() if count >= _MOST * len(paths)]
    deepest = max(holding, key=len, default="")
    if match := _DOCUMENT_ELEMENT.match(deepest):
        return match[0]
    return deepest if len(paths) >= _FEWEST else ""


def _within(path: str, container: str) -> bool:
    return path == container or path.startswith(container + "/")


def _is_linked(piece: Piece) -> bool:
    """Whether a piece is mostly a link, as entries of menus and cards are."""
    linked = sum(link.end - link.start for link in piece.links)
    return linked > _LINKED * len(piece.text) and len(piece.text) < 200
