"""Mentions of agreements become the agreements themselves: one name, kind, acronym, year and key for all mentions."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_YEAR = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d)(?!\d)")
_QUOTES = re.compile(r'["“”]')
_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z0-9&-]{1,14}")


@dataclass(frozen=True, slots=True)
class Known:
    """An agreement of the gazetteer: its kind, its year, and the forms that it goes by."""

    name: str
    kind: str
    year: str | None
    forms: tuple[str, ...]


@dataclass(slots=True)
class Agreement:
    """One agreement of one document, as far as its mentions tell; `forms` counts how often each form occurs."""

    kind: str
    acronym: str | None = None
    year: str | None = None
    described: bool = False
    """Whether it goes by descriptions ("the Minsk accords") and not by a title."""
    forms: dict[str, int] = field(default_factory=dict)

    def add(self, form: str) -> None:
        """Count one more mention of this form."""
        form = clean_name(form)
        self.forms[form] = self.forms.get(form, 0) + 1

    def name(self) -> str:
        """The fullest form: the longest that is no acronym, else the acronym; never a short form such as "Treaty"."""
        full = [form for form in self.forms if form != self.acronym and (" " in form or len(self.forms) == 1)]
        if self.described:
            # Descriptions vary: those used again count first, and "agreement" before "document" or "package".
            formal = [form for form in full if name_key(form).endswith(_FORMAL)]
            placed = [form for form in formal or full if _names_place(form)] or formal or full
            full = [form for form in placed if self.forms[form] > 1] or placed
        # "the Minsk protocols" once and "the Minsk protocol" thrice: the number that is used more.
        singular = {form.removesuffix("s"): 0 for form in full}
        for form in full:
            singular[form.removesuffix("s")] = max(singular[form.removesuffix("s")], self.forms[form])
        often = [form for form in full if self.forms[form] == singular[form.removesuffix("s")]]
        return max(often or list(self.forms), key=lambda form: (len(form), form))

    def value(self) -> dict[str, str | None]:
        """The value that all mentions share."""
        value: dict[str, str | None] = {"name": self.name(), "kind": self.kind}
        if self.acronym is not None:
            value["acronym"] = self.acronym
        if self.year is not None:
            value["year"] = self.year
        return value


def _names_place(form: str) -> bool:
    return any(word[:1].isupper() and word not in month_name for word in form.split())


def clean_name(text: str) -> str:
    """A mention's words as a name: one blank between words, no quotation marks."""
    return " ".join(_QUOTES.sub("", text).split())


def is_acronym(text: str) -> bool:
    """Whether a form is an acronym: one word with two capitals or more."""
    return bool(_ACRONYM.fullmatch(text))


def year_in(text: str) -> str | None:
    """The one year that a name holds; None when it holds none or several."""
    years = set(_YEAR.findall(text))
    return years.pop() if len(years) == 1 else None


_FORMAL = ("agreement", "treaty", "statement", "declaration", "protocol", "memorandum", "communique")
_PLURALS = {"accords": "agreement", "accord": "agreement", "agreements": "agreement", "treaties": "treaty"}


def name_key(text: str) -> str:
    """What two spellings of one name have in common: case, number and quotation marks set aside."""
    words = clean_name(text).lower().replace("u.s.", "us").replace("-", " ").split()
    words = [word.removesuffix("'s") for word in words if word not in ("the", "of", "on", "for", "and")]
    return " ".join(_PLURALS.get(word, word[:-1] if word.endswith("s") and len(word) > 4 else word) for word in words)


def read_gazetteer(rows: Iterable[Mapping[str, object]]) -> dict[str, Known]:
    """The known agreements by each of their forms. Raises ValueError for a row without forms."""
    known: dict[str, Known] = {}
    for row in rows:
        if "agreement" not in row:
            continue
        forms = row.get("forms")
        if not isinstance(forms, Sequence) or isinstance(forms, str) or not forms:
            raise ValueError(f"agreement {row['agreement']!r} has no forms")
        year = row.get("year")
        entry = Known(str(row["agreement"]), str(row["kind"]), None if year is None else str(year), tuple(forms))
        known.update((form, entry) for form in entry.forms)
    return known
