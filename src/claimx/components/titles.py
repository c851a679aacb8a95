"""The extent of an agreement's name around its head noun: how far it reaches to the left and to the right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from claimx.values.grammar import Grammar

_WORD_BEFORE = re.compile(r"(?P<word>[^\s\"()\[\],;:/•|]+)(?P<quote>\"?) +\Z")
_CAPITALISED = re.compile(r"(?:[A-Z]|\d{4}\Z|\d{1,2}(?:st|nd|rd|th)?\Z)[\w.'&\u2013-]*\Z")
_YEAR_AT_END = re.compile(r" of (?:1[6-9]|20)\d\d\Z")
_YEAR_BEFORE = re.compile(r"(?<!\S)(?:1[6-9]|20)\d\d \Z")
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that decide where a name begins and ends, drawn from the pattern rows once."""

    cues: Mapping[str, re.Pattern[str]]
    places: frozenset[str]
    """Parties, cities and regions."""
    last_words: frozenset[str]
    """The last word of each of them: "States"."""
    parties: frozenset[str]
    cities: frozenset[str]
    no_name: frozenset[str]
    domestic: frozenset[str]
    modifiers: frozenset[str]
    strong: Mapping[str, str]
    weak: Mapping[str, str]
    lower_strong: Mapping[str, str]
    lower_weak: Mapping[str, str]

    def kind(self, head: str) -> str:
        """The kind of agreement that a head noun names."""
        kinds = (self.strong, self.weak, self.lower_strong, self.lower_weak)
        return next((found[head] for found in kinds if head in found), "agreement")


def read_vocabulary(grammar: Grammar) -> Vocabulary | None:
    """The vocabulary of a grammar; None when it has no rows for agreements."""
    lists = grammar.lists
    needed = ("party", "city", "region", "no_name", "domestic", "modifier", "strong_head", "weak_head")
    if any(name not in lists for name in (*needed, "lower_strong", "lower_weak")) or "title_head" not in grammar.cues:
        return None
    places = frozenset({*lists["party"], *lists["city"], *lists["region"]})
    return Vocabulary(
        cues=grammar.cues,
        places=places,
        last_words=frozenset(name.split()[-1] for name in places),
        parties=frozenset({*lists["party"], *lists["region"]}),
        cities=frozenset(lists["city"]),
        no_name=frozenset(lists["no_name"]),
        domestic=frozenset(lists["domestic"]),
        modifiers=frozenset(lists["modifier"]),
        strong=lists["strong_head"],
        weak=lists["weak_head"],
        lower_strong=lists["lower_strong"],
        lower_weak=lists["lower_weak"],
    )


@dataclass(frozen=True, slots=True)
class Title:
    """The reach of a name: `text[start:end]`, its head noun, and the words to the left and right of it."""

    start: int
    end: int
    head: str
    words: tuple[str, ...]
    tail: str

    def names(self) -> str:
        """The words before the head noun that are capitalised or numbers."""
        return " ".join(word for word in self.words if is_name(word))


def is_name(word: str) -> bool:
    """Whether a word is capitalised or a number, as words of names are."""
    return word[:1].isupper() or word[:1].isdigit()


def widen_title(text: str, start: int, end: int, vocabulary: Vocabulary) -> Title:
    """The name around the capitalised head noun `text[start:end]`."""
    left, words, kept = _widen_left(text, start, vocabulary, lower=False)
    words = words[len(words) - kept :]
    right = _widen_right(text, end, words, vocabulary)
    return Title(left, right, text[start:end], tuple(words), text[end:right])


def widen_description(text: str, start: int, end: int, vocabulary: Vocabulary) -> Title:
    """The description around the head noun `text[start:end]` in lower case: "joint Berlin declaration"."""
    left, words, _ = _widen_left(text, start, vocabulary, lower=True)
    # A date tells which agreement is meant where no place does: "the agreement of 21 May".
    cue = "about_party" if any(map(is_name, words)) else "date_tail"
    tail = vocabulary.cues[cue].match(text, end)
    right = tail.end() if tail else end
    return Title(left, right, text[start:end], tuple(words), text[end:right])


def _widen_left(text: str, start: int, vocabulary: Vocabulary, *, lower: bool) -> tuple[int, list[str], int]:
    """How far a name reaches to the left, its words, and how many of them up to the leftmost capitalised one."""
    at = best = start
    words: list[str] = []
    kept = 0
    while len(words) < _LONGEST:
        match = _WORD_BEFORE.search(text, max(0, at - 50), at)
        if match is None or "\n" in match[0] or (match["quote"] and words):
            break
        word = match["word"].lstrip("'")
        named = _is_part(word, words, vocabulary)
        if not named and not _is_link(word, words, text[max(0, match.start() - 50) : match.start()], vocabulary, lower):
            break
        words.insert(0, word)
        at = match.start() + len(match["word"]) - len(word)
        if named or lower:
            best, kept = at, len(words)
    if best < start and text[best - 1 : best] == '"' and '"' in text[best:start]:
        best -= 1
    return best, words, kept


def _is_part(word: str, words: list[str], vocabulary: Vocabulary) -> bool:
    """Whether a word may begin or continue a name."""
    if not _CAPITALISED.match(word) or word in vocabulary.no_name:
        return False
    if word.isdigit() and len(word) < 3:
        return bool(words) and bool(vocabulary.cues["calendar_word"].match(words[0]))
    return True


_BEFORE_OF = frozenset({"Code", "Law", "Status", "Zone", "Security", "Rules", "Court", "Organization", "Organisation"})


def _is_link(word: str, words: list[str], before: str, vocabulary: Vocabulary, lower: bool) -> bool:
    """Whether a word in lower case may stand within a name: a connector, or a modifier such as "nuclear"."""
    if word in vocabulary.modifiers or (lower and "-" in word and _YEAR_BEFORE.search(before)):
        return True
    if lower or not words or not is_name(words[0]):
        return False
    match = _WORD_BEFORE.search(before)
    previous = match["word"] if match else ""
    if not is_name(previous):
        return False
    if word in ("and", "&"):
        # "Trade and Investment Agreement", but not "India and Japan Treaty" nor "Treaty and Protocol".
        blocked = previous in vocabulary.places or previous in vocabulary.last_words
        heads = previous in vocabulary.strong or previous in vocabulary.weak
        return not blocked and not heads and words[0] not in vocabulary.places
    return word in ("of", "for") and previous in _BEFORE_OF


def _widen_right(text: str, end: int, words: list[str], vocabulary: Vocabulary) -> int:
    placed = any(word in vocabulary.places or "-" in word for word in words)
    first = True
    while True:
        match = vocabulary.cues["tail"].match(text, end)
        if match is None or vocabulary.cues["calendar_word"].match(match["run"]):
            return end
        preposition = match["preposition"].lower()
        if vocabulary.cues["year_word"].match(match["run"]) and not text.startswith(" to the ", match.end()):
            # "of 2018" after a name is a date beside it; in "Protocol of 2014 to the …" it belongs to the name.
            return end
        # What already has its place or parties takes "for the …" and "on …", not "with …" or "of …".
        spare = preposition == "for" and (len(words) >= 2 or match["article"] == "the ")
        if first and placed and preposition in ("with", "to", "between", "of", "for") and not spare:
            return end
        if preposition == "to" and match["article"] != "the ":
            return end
        end, first = _cut(match, vocabulary), False
        inside = vocabulary.cues["tail_in"].match(text, end)
        end = inside.end() if inside else end


def _cut(match: re.Match[str], vocabulary: Vocabulary) -> int:
    """The end of a tail, without a month or another agreement that it ran into."""
    run = match["run"]
    month = vocabulary.cues["calendar_word"].search(run)
    cut = month.start() if month else len(run)
    other = vocabulary.cues["tail_end"].search(run)
    if other is not None and match["preposition"].lower() != "to":
        cut = min(cut, other.start())
    kept = _YEAR_AT_END.sub("", vocabulary.cues["tail_link"].sub("", run[:cut].rstrip(" ,")))
    return match.start("run") + len(kept.rstrip(" .,"))
