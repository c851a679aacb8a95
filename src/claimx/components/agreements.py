"""A text becomes its mentions of agreements: known names, names by their grammar, acronyms, and short forms."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass

from claimx.components.signs import is_description, is_title, place_of
from claimx.components.titles import Title, Vocabulary, is_name, read_vocabulary, widen_description, widen_title
from claimx.values.agreements import Agreement, Known, clean_name, is_acronym, name_key, year_in
from claimx.values.grammar import Grammar

_DISTINCT = frozenset(
    {"protocol", "protocols", "memorandum", "memoranda", "convention", "treaty", "charter", "initiative"}
)
_PAIR_MARK = re.compile(r"[-\u2013]")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One mention, `text[start:end]`, of an agreement that it shares with all others of the same."""

    start: int
    end: int
    agreement: Agreement


class AgreementFinder:
    """Finds the agreements of one document after the other; holds only what was compiled from the rules."""

    def __init__(self, grammar: Grammar, known: Mapping[str, Known]) -> None:
        self._vocabulary = read_vocabulary(grammar)
        self._known = known
        forms = sorted(known, key=len, reverse=True)
        body = "|".join(map(re.escape, forms)) or r"(?!)"
        self._forms = re.compile(rf"(?<![^\W_])(?:{body})(?![^\W_])")

    def find(self, text: str, written: str) -> list[Mentioned]:
        """All mentions in `plain` text, in order and not overlapping; `written` is the same as the author typed it."""
        if self._vocabulary is None:
            return []
        return _Search(text, written, self._vocabulary, self._known).run(self._forms)


class _Search:
    """The search of one text: what was found so far, and the agreements that it stands for."""

    def __init__(self, text: str, written: str, vocabulary: Vocabulary, known: Mapping[str, Known]) -> None:
        self._text = text
        self._written = written
        self._vocabulary = vocabulary
        self._cues = vocabulary.cues
        self._known = known
        self._found: list[Mentioned] = []
        self._spans: list[tuple[int, int]] = []
        self._by_key: dict[str, Agreement] = {}

    def run(self, forms: re.Pattern[str]) -> list[Mentioned]:
        """Go from the surest kind of mention to those that lean on others."""
        self._find_known(forms)
        self._find_titles()
        self._find_acronyms()
        self._find_descriptions()
        self._find_acronyms()
        self._find_reached()
        self._find_places()
        self._find_short_forms()
        for agreement in self._by_key.values():
            if agreement.described:
                agreement.kind = self._vocabulary.kind(agreement.name().rpartition(" ")[2])
        return sorted(self._found, key=lambda mention: mention.start)

    def _add(self, start: int, end: int, kind: str, key: str | None = None) -> Agreement:
        """Take in one mention; without a `key` its own words tell which agreement it is."""
        form = clean_name(self._text[start:end])
        entry = self._known.get(form)
        key = key or (f"known {entry.name}" if entry else name_key(form))
        entry = entry or self._known.get(key.removeprefix("known "))
        agreement = self._by_key.setdefault(key, Agreement(entry.kind if entry else kind))
        agreement.add(self._written[start:end])
        last = form.rpartition(" ")[2]
        if agreement.acronym is None and is_acronym(last) and (last == form or last in self._vocabulary.strong):
            agreement.acronym = last
        year = year_in(form) if last != form else None
        # The year in "2030 Agenda" is its aim: it belongs to the name wherever it stands.
        agreement.year = agreement.year or (None if entry and year and year in entry.name else year)
        agreement.year = agreement.year or self._year_beside(start, end)
        self._take(start, end, agreement)
        return agreement

    def _year_beside(self, start: int, end: int) -> str | None:
        """The year that the sentence gives for signature or entry into force."""
        dated = self._cues["year_after"].match(self._text, end)
        dated = dated or self._cues["year_before"].search(self._text[max(0, start - 200) : start])
        if dated is None and self._cues["just_signed"].search(self._text[max(0, start - 60) : start]):
            dated = self._cues["in_year"].match(self._text, end)
        if dated is None:
            return None
        named = dated.groupdict()
        return named["year"] or named.get("bracket") or named.get("of_year")

    def _is_free(self, start: int, end: int) -> bool:
        before = bisect_left(self._spans, (end,))
        return before == 0 or self._spans[before - 1][1] <= start

    def _take(self, start: int, end: int, agreement: Agreement) -> None:
        insort(self._spans, (start, end))
        self._found.append(Mentioned(start, end, agreement))

    def _name_goes_on(self, end: int) -> bool:
        """Whether the next word belongs to the same name: "Framework" in "Framework Convention"."""
        cues = self._cues
        return bool(cues["name_goes_on"].match(self._text, end)) and not cues["part_after"].match(self._text, end)

    def _define(self, start: int, end: int, agreement: Agreement) -> None:
        """Bind the acronym or short form that the text gives right after, or right before, a full name."""
        match = self._cues["defined"].match(self._text, end) or self._cues["known_as"].match(self._text, end)
        quoted = match is not None and '"' in match[0]
        match = match or self._cues["acronym_before"].search(self._text[max(0, start - 30) : start])
        if match is None or agreement.acronym is not None:
            return
        short = match["short"]
        if is_acronym(short) or (
            quoted and short not in self._vocabulary.strong and short not in self._vocabulary.weak
        ):
            agreement.acronym = short

    def _with_head(self, end: int) -> int:
        """An acronym or nickname takes in the head noun after it: "the AUKUS security pact"."""
        match = self._cues["head_after"].match(self._text, end)
        return match.end() if match else end

    def _find_known(self, forms: re.Pattern[str]) -> None:
        for hit in forms.finditer(self._text):
            start, end = hit.span()
            short = is_acronym(hit[0])
            last = hit[0].rpartition(" ")[2]
            if short and self._cues["law_after"].match(self._text, end):
                continue
            if not short and self._name_goes_on(end):
                continue
            headed = last in self._vocabulary.strong or last in self._vocabulary.weak
            if short or not (headed or last in self._vocabulary.lower_strong):
                end = self._with_head(end)
                start -= self._text[start - 1 : start] == '"' and '"' in self._text[hit.end() : end]
            else:
                start, end = self._reach_of_known(start, end)
            if self._is_free(start, end):
                agreement = self._add(start, end, self._known[hit[0]].kind, f"known {self._known[hit[0]].name}")
                first = hit[0].split(" ")[0]
                if is_acronym(first) and first in self._known[hit[0]].forms:
                    agreement.acronym = agreement.acronym or first
                self._define(start, end, agreement)

    def _reach_of_known(self, start: int, end: int) -> tuple[int, int]:
        """A known name with its year, parties and tail: "1960 Indus Waters Treaty", "UK-Oman Trade Agreement"."""
        head = self._text.rfind(" ", start, end) + 1 or start
        if not self._text[head].isupper():
            dated = self._cues["before_known"].search(self._text[max(0, start - 20) : start])
            return start - (len(dated[0]) if dated else 0), end
        title = widen_title(self._text, head, end, self._vocabulary)
        for word in reversed(self._text[title.start : start].split()):
            parties = word in self._vocabulary.parties or (
                _PAIR_MARK.search(word) and _PAIR_MARK.split(word)[0] in self._vocabulary.places
            )
            if not parties and not self._cues["year_word"].match(word):
                break
            start = self._text.rfind(word, title.start, start)
        return start, max(end, title.end)

    def _find_titles(self) -> None:
        at = 0
        while hit := self._cues["title_head"].search(self._text, at):
            at = hit.end()
            if self._name_goes_on(hit.end()):
                continue
            title = widen_title(self._text, hit.start(), hit.end(), self._vocabulary)
            if self._is_free(title.start, title.end) and is_title(self._text, title, self._vocabulary):
                agreement = self._add(title.start, title.end, self._vocabulary.kind(hit[0]))
                self._define(title.start, title.end, agreement)
                at = title.end

    def _find_acronyms(self) -> None:
        """Every mention by an acronym that is known or was defined, also before its definition; one pass for all."""
        keys = {
            agreement.acronym: key
            for key, agreement in reversed(self._by_key.items())
            if agreement.acronym is not None and agreement.acronym not in self._vocabulary.strong
        }
        if not keys:
            return
        forms = "|".join(map(re.escape, sorted(keys, key=len, reverse=True)))
        for hit in re.finditer(rf"(?<![^\W_])(?:{forms})(?![^\W_]|-[A-Z0-9])", self._text):
            end = self._with_head(hit.end())
            if self._is_free(hit.start(), end) and not self._cues["law_after"].match(self._text, hit.end()):
                key = keys[hit[0]]
                self._add(hit.start(), end, self._by_key[key].kind, key)

    def _find_descriptions(self) -> None:
        for hit in self._cues["lower_head"].finditer(self._text):
            if self._cues["head_goes_on"].match(self._text, hit.end()):
                continue
            title = widen_description(self._text, hit.start(), hit.end(), self._vocabulary)
            if not self._is_free(title.start, title.end):
                continue
            if is_description(self._text, title, self._vocabulary) or self._titled_in(title) is not None:
                agreement = self._add(title.start, title.end, self._vocabulary.kind(hit[0]), self._key_of(title))
                agreement.described = agreement.described or place_of(title.names(), self._vocabulary) is not None
                self._define(title.start, title.end, agreement)
                self._find_second_head(title)

    def _titled_in(self, title: Title) -> str | None:
        """The key of the one agreement that "the 2024 compact" can mean: its title has the head, and no other year."""
        year = title.names()
        if not year.isdigit() or len(title.words) > 1 or title.tail:
            return None
        head = title.head.capitalize()
        keys = {
            key
            for key, agreement in self._by_key.items()
            if agreement.year in (None, year) and any(head in form.split() for form in agreement.forms)
        }
        return keys.pop() if len(keys) == 1 else None

    def _key_of(self, title: Title) -> str | None:
        """What the agreement of a place, or of a day, goes by whatever it is called: "the Minsk accords"."""
        names = title.names()
        if title.head in _DISTINCT:
            return self._titled_in(title)
        place = place_of(names, self._vocabulary)
        if place is not None:
            known = self._known.get(f"{place} agreements")
            return f"known {known.name}" if known else f"place {place}"
        if names.isdigit():
            return self._titled_in(title)
        if self._cues["dated"].match(names):
            for key, agreement in self._by_key.items():
                if any(f"{names} " in form or form.endswith(f" {names}") for form in agreement.forms):
                    return key
        return None

    def _find_second_head(self, title: Title) -> None:
        """The second of two: "the Minsk protocol and memorandum"."""
        second = self._cues["second_head"].match(self._text, title.end)
        if second is None or not self._is_free(*second.span("second")):
            return
        place = " ".join(word for word in title.words if is_name(word))
        kind = self._vocabulary.kind(second["head"])
        agreement = self._add(*second.span("second"), kind, name_key(f"{place} {second['head']}"))
        agreement.forms = {
            form if form.startswith(place) else f"{place} {form}": count for form, count in agreement.forms.items()
        }

    def _find_reached(self) -> None:
        """A head noun fixed by what follows it: "the agreement reached in Oslo", "the pact signed on 3 May 2021"."""
        for hit in self._cues["reached"].finditer(self._text):
            where = hit["where"]
            fixed = any(char.isdigit() for char in where) or self._vocabulary.cues["sign_party"].search(where)
            unsure = self._cues["unsure"].search(self._text[max(0, hit.start() - 16) : hit.start()])
            if fixed and not unsure and self._is_free(*hit.span()):
                self._add(*hit.span(), self._vocabulary.kind(hit["head"]))

    def _find_places(self) -> None:
        """The place alone, once an agreement was named after it: "implement Minsk"."""
        places: dict[str, Agreement] = {}
        for mention in self._found:
            first = self._text[mention.start : mention.end].split(" ")[0]
            if first in self._vocabulary.cities:
                places.setdefault(first, mention.agreement)
        for hit in self._cues["carried_out"].finditer(self._text) if places else ():
            if hit["place"] in places and self._is_free(*hit.span("place")):
                self._take(*hit.span("place"), places[hit["place"]])

    def _find_short_forms(self) -> None:
        """The head noun alone, capitalised, once an agreement with that head noun was named: "the Treaty"."""
        named: dict[str, list[tuple[int, Agreement]]] = {}
        for mention in sorted(self._found, key=lambda mention: mention.start):
            words = {word for form in mention.agreement.forms for word in form.split()}
            for head in words & (self._vocabulary.strong.keys() | self._vocabulary.weak.keys()):
                named.setdefault(head, []).append((mention.start, mention.agreement))
        for hit in self._cues["short_form"].finditer(self._text) if named else ():
            before = [agreement for at, agreement in named.get(hit["head"], ()) if at < hit.start()]
            if before and self._is_free(*hit.span("head")):
                self._take(*hit.span("head"), before[-1])


def number_agreements(mentions: list[Mentioned]) -> dict[int, str]:
    """A key for each agreement, by the id of the object, in the order of first mention: `agreement-1` …"""
    keys: dict[int, str] = {}
    for mention in mentions:
        keys.setdefault(id(mention.agreement), f"agreement-{len(keys) + 1}")
    return keys
