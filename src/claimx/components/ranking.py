"""Candidates and their features come in, the likeliest goes out: linear weights learned from claims.

The rules and the parse propose, the weights only choose: which cue a claim turns on (`cause`, `recommendation`), how
much of the stretch that its frame gives belongs to an argument (`start`, `end`), and who is to act (`actor`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from spacy.tokens import Span, Token

from claimx.components.frames import Candidate, Part

T = TypeVar("T")
Features = list[str]
ACTORS = frozenset({"ORG", "GPE", "NORP", "PERSON"})
SIZES = (0, 1, 2, 3, 4, 6, 9, 13, 20, 30, 1000)


class Weights:
    """Weights by model and feature; a choice without any is the first one offered."""

    def __init__(self, rules: Iterable[Mapping[str, Any]]) -> None:
        self._models: dict[str, dict[str, float]] = {}
        for rule in rules:
            self._models.setdefault(rule["model"], {}).update(rule["weights"])

    def best(self, model: str, options: Sequence[tuple[T, Features]]) -> T:
        """The option with the highest sum of weights; the earlier one where two are equal."""
        weights = self._models.get(model, {})
        scored = [sum(weights.get(feature, 0.0) for feature in features) for _, features in options]
        return options[scored.index(max(scored))][0]


def size(count: int) -> str:
    """A number of tokens as one of a few classes."""
    return str(next(index for index, limit in enumerate(SIZES) if count <= limit))


def candidate_features(span: Span, candidate: Candidate) -> Features:
    """What speaks for or against a candidate: its cue, frame, depth in the parse, and the heads of its parts."""
    doc = span.doc
    cue = doc[candidate.start]
    form = " ".join(token.lemma_.lower() for token in doc[candidate.start : candidate.end])
    path = [token.dep_ for token in _path(cue, span)]
    base = [
        f"rule={candidate.name}",
        f"frame={candidate.frame}",
        f"route={candidate.frame}/{candidate.route}",
        f"cue={form}",
        f"cue={form}/{candidate.frame}",
        f"tag={candidate.name}/{cue.tag_}",
        f"depth={min(len(path), 6)}",
        f"path={'<'.join(path[:2])}",
        f"root={candidate.frame}/{path[-1] if path else ''}/{min(len(path), 3)}",
        f"place={candidate.frame}/{(candidate.start - span.start) * 4 // max(len(span), 1)}",
        f"before={doc[candidate.start - 1].lower_ if candidate.start > span.start else '^'}/{cue.lower_}",
        f"after={doc[candidate.end].lower_ if candidate.end < span.end else '$'}/{cue.lower_}",
        f"before={doc[candidate.start - 1].pos_ if candidate.start > span.start else '^'}/{candidate.frame}",
        f"modal={next((kid.lower_ for kid in cue.lefts if kid.dep_ == 'aux'), '')}/{candidate.frame}",
        f"verb={cue.dep_}/{candidate.frame}/{candidate.name}",
    ]
    base += [f"path~{dep}" for dep in set(path)]
    for role, part in candidate.parts.items():
        base += _part_features(span, candidate, role, part)
    return base


def _part_features(span: Span, candidate: Candidate, role: str, part: Part) -> Iterator[str]:
    head = span.doc[part.head]
    yield f"{role}.frame={candidate.frame}/{head.pos_}"
    yield f"{role}.lemma={head.lemma_.lower()}"
    yield f"{role}.tag={candidate.frame}/{head.tag_}"
    yield f"{role}.side={candidate.frame}/{part.start < candidate.start}"
    for feature in phrase_features(span, part):
        yield f"{role}.{feature}"


def phrase_features(span: Span, part: Part) -> Iterator[str]:
    """What a phrase is: its head, size, first word, and whether it names somebody."""
    head, first = span.doc[part.head], span.doc[part.start]
    words = span.doc[part.start : part.end]
    yield f"pos={head.pos_}/{head.dep_}"
    yield f"text={words.text.lower() if len(words) < 4 else '…'}"
    yield f"first={first.lower_}"
    yield f"size={size(len(words))}"
    yield f"entity={head.ent_type_}"
    yield f"entities={any(token.ent_type_ in ACTORS for token in words)}/{head.ent_type_ in ACTORS}"
    yield f"ending={head.lower_[-3:]}/{head.pos_}"
    yield f"determiner={first.tag_}/{head.tag_}"
    yield f"capital={head.shape_[:2]}/{head.pos_}"


def actor_features(span: Span, chosen: Candidate, other: Candidate | None) -> Features:
    """What speaks for or against the addressee of `other` for the action of `chosen`; None is nobody."""
    doc = span.doc
    action = doc[chosen.parts["action"].head]
    passive = any(kid.dep_ in {"auxpass", "nsubjpass"} for kid in action.children)
    about = [f"{chosen.frame}", f"{chosen.name}", f"{passive}", f"{action.lemma_.lower()}", f"{chosen.frame}/{passive}"]
    if other is None:
        return ["nobody", *(f"nobody/{about_action}" for about_action in about)]
    part = other.parts["addressee"]
    head = doc[part.head]
    features = [f"lemma={head.lemma_.lower()}", *phrase_features(span, part)]
    features += [
        f"frames={chosen.frame}/{other.frame}/{other.route}",
        f"same={chosen.start == other.start}",
        f"frame={other.frame}",
    ]
    features += [f"subject={head.dep_}/{key}" for key in about]
    features += [f"side={part.start < chosen.start}/{chosen.frame}", f"gap={size(abs(chosen.start - part.end))}"]
    return features


def _path(token: Token, span: Span) -> list[Token]:
    """The token and the heads above it within the span, the root left out."""
    path: list[Token] = []
    while token.head != token and span.start <= token.head.i < span.end and len(path) < 12:
        path.append(token)
        token = token.head
    return path


def end_options(span: Span, role: str, frame: str, part: Part) -> list[tuple[int, Features]]:
    """Where the part may end: where it does, and before each phrase that a word of it governs to the right."""
    doc = span.doc
    options: list[tuple[int, Features]] = []
    for cut in range(part.start + 1, part.end + 1):
        opener = _opening(doc[cut], part) if cut < part.end else None
        if cut == part.end or opener is not None:
            options.append((cut, _end_features(span, role, frame, part, cut, opener)))
    options.reverse()
    return options


def _opening(token: Token, part: Part) -> Token | None:
    """The word whose phrase begins at `token` and hangs on a word further left in the part."""
    if token.is_punct or token.dep_ == "cc":
        return token if part.start <= token.head.i < token.i or token.is_punct else None
    found: Token | None = None
    while token.left_edge.i >= 0 and token.head != token:
        if part.start <= token.head.i < token.left_edge.i:
            found = token
            break
        if token.head.left_edge.i != token.left_edge.i:
            break
        token = token.head
    return found


def _end_features(span: Span, role: str, frame: str, part: Part, cut: int, opener: Token | None) -> Features:
    doc = span.doc
    if opener is None:
        last = doc[part.end - 1]
        return [
            f"{role}:whole",
            f"{role}:whole/{frame}",
            f"{role}:whole/{size(part.end - part.start)}",
            f"whole:{last.is_punct}",
        ]
    first = doc[cut]
    words = [token for token in doc[cut : min(cut + 4, part.end)] if not token.is_punct]
    word = words[0].lower_ if words else ""
    second = words[1].lower_ if len(words) > 1 else ""
    comma = first.is_punct
    relation = opener.dep_
    if comma and words:
        inner = _opening(words[0], part) if words[0].dep_ != "cc" else words[0]
        relation = f",{inner.dep_ if inner is not None else words[0].dep_}"
    direct = opener.head.i == part.head
    before = cut <= part.head
    keys = [
        relation,
        f"{relation}/{word}",
        f"{relation}/{direct}",
        f"{relation}/{opener.head.pos_}",
        f"{relation}/{opener.head.lemma_.lower()}",
        f"{relation}/{size(part.end - cut)}",
        f"{relation}/{size(cut - part.start)}",
        f"{relation}/{frame}",
        f"word={first.lower_}",
        f"words={word} {second}",
        f"before={before}",
        f"kept={size(cut - part.start)}",
        f"gone={size(part.end - cut)}",
        f"last={doc[cut - 1].pos_}",
        f"tag={words[0].tag_ if words else ''}/{comma}",
    ]
    return [*(f"{role}:{key}" for key in keys), *(f"*:{key}" for key in keys)]


def start_options(span: Span, role: str, frame: str, part: Part) -> list[tuple[int, Features]]:
    """Where the part may start: where it does, behind a comma, and at what hangs on its head to the left."""
    doc = span.doc
    head = doc[part.head]
    edges = {kid.left_edge.i for kid in head.lefts} | {part.head}
    options: list[tuple[int, Features]] = []
    for start in range(part.start, min(part.head, part.end - 1) + 1):
        token = doc[start]
        if start != part.start and start not in edges and not doc[start - 1].is_punct:
            continue
        if token.is_punct and token.text not in {'"', "“", "(", "‘", "[", "$"}:
            continue
        options.append((start, _start_features(span, role, frame, part, start)))
    return options or [(part.start, [])]


def _start_features(span: Span, role: str, frame: str, part: Part, start: int) -> Features:
    doc = span.doc
    token = doc[start]
    skipped = doc[part.start]
    first = start == part.start
    keys = [
        f"first={first}",
        f"first={first}/{frame}",
        f"word={token.lower_}",
        f"dep={token.dep_}/{token.pos_}",
        f"gone={size(start - part.start)}",
        f"left={doc[start - 1].lower_ if start > part.start else '^'}",
        f"before={doc[start - 1].dep_ if start > part.start else '^'}",
        f"skipped={'' if first else skipped.lower_}",
        f"skipped={'' if first else skipped.dep_}/{frame}",
        f"head={start == part.head}/{doc[part.head].pos_}",
        f"subject={any(kid.left_edge.i == start for kid in doc[part.head].lefts if 'subj' in kid.dep_)}",
        f"frame={frame}/{token.dep_}",
    ]
    return [*(f"{role}:{key}" for key in keys), *(f"*:{key}" for key in keys)]
