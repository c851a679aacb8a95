"""The signs that a head noun and the words around it name one agreement between parties, and nothing else."""

from __future__ import annotations

import re

from claimx.components.titles import Title, Vocabulary, is_name
from claimx.values.agreements import is_acronym

_RELIABLE = frozenset(
    {"Treaty", "Treaties", "Convention", "Conventions", "Pact", "Accord", "Accords", "Covenant", "Armistice", "Entente"}
    | {"Compact"}
)
_ISSUED = frozenset({"Document", "Statement", "Charter", "Framework", "Roadmap", "Principles"})
"""What a meeting issues: named after its city alone, it is one."""
_DATED_HEADS = frozenset(
    {"declaration", "communique", "communiqué", "memorandum", "joint statement", "framework", "compact", "roadmap"}
)
_PAIR = re.compile(r"(?:[\w.]+[-\u2013])+[\w.]+")
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")


def is_title(text: str, title: Title, vocabulary: Vocabulary) -> bool:
    """Whether a capitalised name is one of an agreement: "Agreement" and "Framework" need a sign of two parties."""
    words = [word for word in title.words if is_name(word)]
    tail = len(title.tail.split())
    if not words and not tail:
        return False
    domestic = any(word in vocabulary.domestic for word in words) and not _of_two_places(words, vocabulary)
    # "Forest Code" is a law; "Code on …" may be one between parties.
    if domestic or (title.head == "Code" and not tail) or vocabulary.cues["organ_after"].match(text, title.end):
        return False
    quoted = text[title.start - 1 : title.start] == '"' and text[title.end : title.end + 1] in ('"', ",")
    if title.head in vocabulary.strong:
        if not tail and all(map(vocabulary.cues["dated"].match, words)):
            return len(words) == 1 and bool(vocabulary.cues["the_before"].search(text[: title.start][-8:]))
        if quoted or _count_signs(text, title, vocabulary) or _defines_acronym(text, title, vocabulary):
            return True
        if _is_contracted(text, title, vocabulary) and (words or tail >= 2):
            return True
        return title.head in _RELIABLE and (len(words) >= 2 or tail >= 3)
    if quoted and len(words) + tail >= 3:
        return True
    if len(words) + tail >= 2 and _is_contracted(text, title, vocabulary):
        return True
    if len(words) + tail >= 2 and _defines_acronym(text, title, vocabulary, public=True):
        return True
    if title.head in _ISSUED and not tail and " ".join(words) in vocabulary.cities:
        return bool(vocabulary.cues["the_before"].search(text[: title.start][-8:]))
    signs = _count_signs(text, title, vocabulary)
    return signs > 0 and (tail > 2 or len(words) >= 2 or (signs > 1 and len(words) == 1))


def is_description(text: str, title: Title, vocabulary: Vocabulary) -> bool:
    """Whether a head noun in lower case is fixed by a place, a date, a pair of parties or an acronym."""
    if any(word in vocabulary.domestic for word in title.words):
        return False
    if text.count('"', title.start, title.end) % 2:
        return False
    names = title.names().removesuffix("'s")
    if not names:
        return bool(title.tail) and (title.head in vocabulary.lower_strong or title.head in _DATED_HEADS)
    if len(title.words) >= 2 and vocabulary.cues["defined"].match(text, title.end):
        return True
    behind = text[max(0, title.start - 16) : title.start]
    if vocabulary.cues["unsure"].search(behind):
        return False
    placed = names in vocabulary.cities or (
        bool(vocabulary.cues["dated_place"].match(names)) and place_of(names, vocabulary) is not None
    )
    dated = bool(vocabulary.cues["dated"].match(names))
    if title.head in vocabulary.lower_strong and title.head != "charter":
        return placed or dated or _has_parties(title, names, behind, vocabulary)
    year = bool(_YEAR.fullmatch(names))
    return placed or (dated and not year) or (year and title.head in _DATED_HEADS)


def place_of(names: str, vocabulary: Vocabulary) -> str | None:
    """The city that names end in, as in "17 May Geneva"."""
    words = names.split(" ")
    endings = (" ".join(words[index:]) for index in range(len(words)))
    return next((ending for ending in endings if ending in vocabulary.cities), None)


def _has_parties(title: Title, names: str, behind: str, vocabulary: Vocabulary) -> bool:
    """Whether a description names its parties: "US-Japan treaty", or one and the matter, "the IAEA safeguards deal"."""
    if names in vocabulary.parties:
        matter = len(title.words) > names.count(" ") + 1
        return matter and bool(vocabulary.cues["owner_before"].search(behind))
    parties = re.split(r"[-\u2013]", names)
    return bool(_PAIR.fullmatch(names)) and sum(party in vocabulary.parties for party in parties) >= 2


def _count_signs(text: str, title: Title, vocabulary: Vocabulary) -> int:
    """How many signs of two or more parties a name shows."""
    name = text[title.start : title.end]
    return len(vocabulary.cues["sign_pair"].findall(name)) + len(set(vocabulary.cues["sign_party"].findall(name)))


def _of_two_places(words: list[str], vocabulary: Vocabulary) -> bool:
    """Whether a name begins with two places: "Oslo-Riga School Partnership" is no matter of one state."""
    pair = re.split(r"[-\u2013]", words[0]) if words else []
    return len(pair) == 2 and all(place in vocabulary.places for place in pair)


def _is_contracted(text: str, title: Title, vocabulary: Vocabulary) -> bool:
    """Whether the text says that parties made or joined it: "signed the …", "…, agreed in April", "… of May 2024"."""
    after = vocabulary.cues["contract_after"].match(text, title.end)
    return bool(after or vocabulary.cues["contract_before"].search(text[max(0, title.start - 40) : title.start]))


def _defines_acronym(text: str, title: Title, vocabulary: Vocabulary, *, public: bool = False) -> bool:
    """Whether the name's acronym follows, and two parties, or with `public` just "states" and the like, are near."""
    match = vocabulary.cues["defined"].match(text, title.end)
    if match is None or not is_acronym(match["short"]):
        return False
    around = text[max(0, title.start - 200) : title.end + 200]
    if vocabulary.cues["public_party"].search(around):
        return True
    return not public and len(set(vocabulary.cues["party_name"].findall(around))) >= 2
