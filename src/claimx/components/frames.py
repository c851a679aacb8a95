"""A cue and the parse around it come in; candidates for the arguments go out, each with where its parts lie.

A frame says where along the dependency parse a kind of cue keeps its arguments: a causal verb has its cause in the
subject and its effect in the object, "because" has the cause in its own clause and the effect in the clause above.
What a frame gives are the widest stretches; `boundaries.py` decides how much of them is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Span, Token

from claimx.components.cues import CueMatch

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
OBJECTS = frozenset({"dobj", "ccomp", "xcomp", "oprd", "attr", "acomp", "dative"})
PREPOSITIONAL = frozenset({"pobj", "pcomp"})
ADJUNCTS = frozenset({"prep", "advcl", "advmod", "agent", "npadvmod"})
CHAIN = frozenset({"xcomp", "conj", "ccomp", "auxpass", "aux"})
RELATIVES = frozenset({"which", "that", "who", "what", "whom"})


@dataclass(frozen=True, slots=True)
class Part:
    """An argument's head token and its widest reach, as token indices into the Doc."""

    head: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a claim: a cue (tokens `start` to `end`), its frame, and the parts by role."""

    frame: str
    name: str
    start: int
    end: int
    parts: dict[str, Part]
    route: str = ""
    """How the first part was found, for the ranker."""


def child(token: Token | None, deps: frozenset[str]) -> Token | None:
    """The first child whose relation is one of `deps`."""
    if token is None:
        return None
    return next((kid for kid in token.children if kid.dep_ in deps), None)


def part(head: Token, span: Span, start: int | None = None, end: int | None = None) -> Part | None:
    """The subtree of `head` within the span, cut to `start` and `end` where given; None when nothing is left."""
    low = max(head.left_edge.i, span.start, start if start is not None else 0)
    high = min(head.right_edge.i + 1, span.end, end if end is not None else len(span.doc))
    return Part(min(max(head.i, low), high - 1), low, high) if low < high else None


def top_of(span: Span, start: int) -> Token | None:
    """The head of the phrase that begins at token `start`: the highest word reached without leaving to the left."""
    if start >= span.end:
        return None
    token = span.doc[start]
    while token.is_punct and token.i + 1 < span.end:
        token = span.doc[token.i + 1]
    while token.head.i >= start and token.head.i < span.end and token.head != token:
        token = token.head
    return token


def anchor_of(span: Span, start: int, end: int) -> Token | None:
    """The word that the cue depends on: the first head outside the cue."""
    for token in span.doc[start:end]:
        if not start <= token.head.i < end and span.start <= token.head.i < span.end:
            return token.head
    return None


def clause(head: Token, span: Span, without: Part | None = None) -> Part | None:
    """The clause of `head` without the part that holds the other argument and its cue."""
    whole = part(head, span)
    if whole is None or without is None:
        return whole
    if without.start > head.i:
        return part(head, span, end=without.start)
    return part(head, span, start=without.end) if without.end <= head.i else whole


def subjects_of(verb: Token, span: Span) -> Iterator[tuple[Part, str]]:
    """The parts that may act, likeliest first, each with how it was found.

    Its own subject; for "which" and "that" the noun before, what that noun depends on, or the clause above; for a
    coordinated or embedded verb the subject of the one above; for a participle its noun or the clause above.
    """
    subject = child(verb, SUBJECTS)
    found: list[tuple[Part | None, str]] = []
    if (
        subject is not None
        and subject.lower_ in RELATIVES
        and verb.dep_ in {"relcl", "ccomp", "acl"}
        and verb.head.i < verb.i
    ):
        found = _antecedents(verb, span)
    elif subject is not None:
        found = [(part(subject, span), "own")]
        if subject.pos_ in {"PRON", "DET"} and verb.dep_ in {"conj", "ccomp"} and verb.head.i < verb.i:
            found += [(above, "pronoun") for above, _ in subjects_of(verb.head, span)]
    elif verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"} and verb.head.i < verb.i:
        found = [(above, "shared" if route == "own" else route) for above, route in subjects_of(verb.head, span)]
    elif verb.dep_ in {"xcomp", "ccomp"} and verb.head != verb and verb.head.i < verb.i:
        found = [(above, "raised") for above, _ in subjects_of(verb.head, span)]
    elif verb.dep_ in {"acl", "relcl"}:
        found = _antecedents(verb, span)
    elif verb.dep_ == "pcomp":
        governor = verb.head.head
        verbal = governor.pos_ in {"VERB", "AUX"}
        found = (
            [(above, "gerund") for above, _ in subjects_of(governor, span)]
            if verbal
            else [(part(governor, span), "gerund")]
        )
    elif verb.dep_ == "advcl":
        found = [(clause(verb.head, span, part(verb, span)), "clause")]
        found += [(above, "clause-subject") for above, _ in subjects_of(verb.head, span)]
    yield from ((reading, route) for reading, route in found if reading is not None)


def subject_of(verb: Token, span: Span) -> tuple[Part | None, str]:
    """The likeliest of `subjects_of`."""
    return next(subjects_of(verb, span), (None, "none"))


def _antecedents(verb: Token, span: Span) -> list[tuple[Part | None, str]]:
    """What a relative clause or participle may speak of: its noun, the phrase around that, the clause above."""
    noun, cut = verb.head, verb.left_edge.i
    found: list[tuple[Part | None, str]] = [(part(noun, span, end=cut), "relative")]
    top = noun
    while (
        top.dep_ in {"pobj", "prep", "appos", "conj"}
        and span.start <= top.head.i < top.i
        and top.head.pos_ in {"NOUN", "PROPN", "ADP"}
    ):
        top = top.head
    if top.i != noun.i and top.pos_ != "ADP":
        found.append((part(top, span, end=cut), "relative-up"))
    while top.pos_ not in {"VERB", "AUX"} and top.head != top:
        top = top.head
    if top.pos_ in {"VERB", "AUX"} and top.i < verb.i:
        if noun.dep_ == "attr":
            subject = child(top, SUBJECTS)
            found.append((part(subject, span) if subject is not None else None, "relative-copula"))
        if span.doc[cut - 1].is_punct:
            found.append((part(top, span, end=cut), "relative-clause"))
    return found


def object_of(verb: Token, span: Span, after: int) -> Part | None:
    """What the verb acts on: from its first complement at or behind `after` to the last phrase that belongs to it."""
    kids = [kid for kid in verb.rights if kid.i >= after]
    complements = [kid for kid in kids if kid.dep_ in OBJECTS]
    if complements and complements[0].lower_ == "it" and len(complements) > 1:
        complements = complements[1:]
    if not complements:
        return None
    first = part(complements[0], span)
    if first is None:
        return None
    last = first.end
    for kid in kids:
        if kid.i > complements[0].i and kid.dep_ in OBJECTS | ADJUNCTS:
            last = max(last, min(kid.right_edge.i + 1, span.end))
        elif kid.dep_ in {"conj", "cc"}:
            break
    return replace(first, end=last)


def verb_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "X leads to Y", "X helps Y grow", "Y is driven by X", "X, hampering Y"."""
    verb = span.doc[match.start]
    last = span.doc[match.end - 1]
    frame = match.rule["frame"]
    swap = frame == "reversed"
    agent = child(child(verb, frozenset({"agent"})), PREPOSITIONAL)
    if agent is not None and not swap:
        for acted, route in subjects_of(verb, span):
            yield from _pair(match, "passive", part(agent, span), acted, route)
        return
    passive = child(verb, frozenset({"nsubjpass", "auxpass"})) is not None or (
        verb.tag_ == "VBN" and verb.dep_ == "acl"
    )
    name = frame + ("-passive" if passive and not swap else "")
    if last != verb:
        target = top_of(span, match.end)
        other = part(target, span, start=match.end) if target is not None else None
    else:
        other = object_of(verb, span, match.end)
    for subject, route in subjects_of(verb, span):
        sides = (other, subject) if swap else (subject, other)
        yield from _pair(match, name, sides[0], sides[1], route)


def clause_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "Y because X", "if X, Y", "Y so that X" (frame `result`)."""
    mark = span.doc[match.start]
    verb = mark.head if mark.dep_ in {"mark", "advmod", "aux"} else top_of(span, match.end)
    if verb is None or verb.head == verb:
        verb = top_of(span, match.end)
    if verb is None:
        return
    inner = part(verb, span, start=match.end)
    whole = part(verb, span, start=match.start)
    governor = verb.head
    if inner is None or whole is None or governor == verb:
        return
    frame = match.rule["frame"]
    for main, route in _clauses_above(governor, match.start, whole.end):
        outer = clause(main, span, Part(match.start, match.start, whole.end))
        sides = (outer, inner) if frame == "result" else (inner, outer)
        yield from _pair(match, frame, sides[0], sides[1], f"{mark.dep_}{route}")


def _clauses_above(governor: Token, start: int, end: int) -> Iterator[tuple[Token, str]]:
    """Clauses that a cue at `start` to `end` may explain: what its governor says, the governor, what holds it."""
    inner = _said(governor, start)
    if inner != governor:
        yield inner, "-said"
    yield governor, ""
    level = 0
    while governor.head != governor and level < 2:
        governor = governor.head
        if governor.pos_ in {"VERB", "AUX"} and not start <= governor.i < end:
            level += 1
            yield governor, f"^{level}"


def _said(verb: Token, cue: int) -> Token:
    """The clause inside a report ("officials said that Y because X") when the parser hung the cue on the report."""
    inner = next((kid for kid in verb.rights if kid.dep_ == "ccomp" and kid.i < cue), None)
    return inner if inner is not None else verb


def preposition_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "Y because of X", "Y due to X", "without X, Y", "by doing X, Y", "delays due to X"."""
    target = top_of(span, match.end)
    anchor = anchor_of(span, match.start, match.end)
    if target is None or anchor is None:
        return
    inner = part(target, span, start=match.end)
    if inner is None:
        return
    if anchor.i >= match.end and anchor.i < inner.end:
        anchor = span.root if span.root.i >= inner.end or span.root.i < match.start else anchor
    if anchor.lemma_ == "be" or anchor.pos_ == "AUX":
        subject, _ = subject_of(anchor, span)
        if subject is not None and anchor.i == match.start - 1:
            yield from _pair(match, "copula", inner, subject, "own")
    verbal = anchor.pos_ in {"VERB", "AUX"}
    if not verbal:
        noun = clause(anchor, span, Part(match.start, match.start, inner.end))
        yield from _pair(match, "prep", inner, noun, "noun")
    for main, route in _clauses_above(anchor, match.start, inner.end):
        if main.pos_ in {"VERB", "AUX"}:
            outer = clause(main, span, Part(match.start, match.start, inner.end))
            yield from _pair(match, "prep", inner, outer, f"{'verb' if verbal else 'lifted'}{route}")


def adverb_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "X; therefore Y", "X and as a result Y", "X, thereby doing Y"."""
    verb = anchor_of(span, match.start, match.end)
    while verb is not None and verb.pos_ not in {"VERB", "AUX"} and verb.head != verb:
        verb = verb.head
    if verb is None:
        return
    effect = part(verb, span, start=match.end)
    governor = verb.head
    if governor == verb or governor.i > verb.i:
        governor = next(
            (token for token in verb.lefts if token.dep_ in {"ccomp", "advcl"} and token.i < match.start), verb
        )
    if governor == verb:
        return
    yield from _pair(match, "adverb", part(governor, span, end=match.start), effect, verb.dep_)


def inverted_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "Had X happened, Y", "Y had X not happened", "should X happen, Y"."""
    aux = span.doc[match.start]
    verb = aux.head if aux.dep_ in {"aux", "auxpass"} else aux
    subject = child(verb, SUBJECTS)
    if subject is None or subject.i < aux.i:
        return
    inner = part(verb, span, start=match.end)
    if inner is None or verb.head == verb:
        return
    outer = clause(verb.head, span, Part(match.start, match.start, inner.end))
    yield from _pair(match, "inverted", inner, outer, verb.dep_)


def why_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "X, which is why Y", "X; that is why Y"."""
    target = top_of(span, match.end)
    if target is None or match.start == span.start:
        return
    before = span.doc[span.start : match.start]
    yield from _pair(
        match, "why", Part(before.root.i, before.start, before.end), part(target, span, start=match.end), ""
    )


def noun_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "X is a driver of Y", "X is responsible for Y", "X had an effect on Y"; reversed "Y is a result of X"."""
    target = top_of(span, match.end)
    verb = anchor_of(span, match.start, match.end)
    first = span.doc[match.start]
    if first.pos_ in {"VERB", "AUX"}:
        verb = first
    while verb is not None and verb.pos_ not in {"VERB", "AUX"} and verb.head != verb:
        verb = verb.head
    if target is None or verb is None:
        return
    other = part(target, span, start=match.end)
    subject, route = subject_of(verb, span)
    if subject is not None and subject.start <= match.start < subject.end:
        complement = child(verb, frozenset({"attr", "ccomp", "acomp", "xcomp"}))
        subject = part(complement, span) if complement is not None else None
    swap = match.rule["frame"] == "noun-reversed"
    sides = (other, subject) if swap else (subject, other)
    yield from _pair(match, match.rule["frame"], sides[0], sides[1], route)


def _pair(match: CueMatch, frame: str, cause: Part | None, effect: Part | None, route: str) -> Iterator[Candidate]:
    if cause is None or effect is None or (cause.start < effect.end and effect.start < cause.end):
        return
    yield Candidate(frame, match.rule["phenomenon"], match.start, match.end, {"cause": cause, "effect": effect}, route)


Frame = Callable[[Span, CueMatch], Iterator[Candidate]]
CAUSE_FRAMES: dict[str, Frame] = {
    "verb": verb_frame,
    "reversed": verb_frame,
    "clause": clause_frame,
    "result": clause_frame,
    "prep": preposition_frame,
    "adverb": adverb_frame,
    "inverted": inverted_frame,
    "why": why_frame,
    "noun": noun_frame,
    "noun-reversed": noun_frame,
}
