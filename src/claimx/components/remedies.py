"""A deontic cue and the parse around it come in; candidates for addressee and action go out.

The counterpart of `frames.py` for recommendations: who should act, and what, from the verb on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spacy.tokens import Span, Token

from claimx.components.cues import CueMatch
from claimx.components.frames import (
    PREPOSITIONAL,
    SUBJECTS,
    Candidate,
    Part,
    anchor_of,
    child,
    object_of,
    part,
    subject_of,
    top_of,
)

PASSIVE = frozenset({"nsubjpass", "auxpass"})


def modal_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "X should do Y", "Y must be done by X", "X needs to do Y"."""
    modal, last = span.doc[match.start], span.doc[match.end - 1]
    verb: Token | None = modal.head if modal.dep_ in {"aux", "auxpass"} else child(modal, frozenset({"xcomp"}))
    if verb is None or verb.i < match.start:
        verb = top_of(span, match.end) or modal
    start = match.end if last.lower_ not in {"cannot", "not", "longer"} and last.lemma_ != "can" else match.start
    if span.doc[match.start : match.end].text.lower().find("afford") >= 0:
        start = match.start
    yield from _acting(span, match, "modal", verb, modal, start)


def _acting(span: Span, match: CueMatch, frame: str, verb: Token, finite: Token, start: int) -> Iterator[Candidate]:
    """The reading of a verb phrase as an action, its subject or agent as the addressee."""
    action = part(verb, span, start=start)
    if action is None:
        return
    if finite != verb and finite.dep_ != "aux" and finite.dep_ != "auxpass":
        subject, route = subject_of(finite, span)
    else:
        subject, route = subject_of(verb, span)
    if child(verb, PASSIVE) is not None:
        agent = child(child(verb, frozenset({"agent"})), PREPOSITIONAL)
        actor = part(agent, span) if agent is not None else None
        yield _make(match, frame + "-passive", action, actor, route)
        if actor is None:
            yield _make(
                match, frame + "-passive", action, subject if subject and subject.end <= match.start else None, route
            )
        return
    if subject is not None and subject.start < action.end and action.start < subject.end:
        subject = None
    yield _make(match, frame, action, None, route)
    if subject is not None:
        yield _make(match, frame, action, subject, route)


def verb_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "We urge X to do Y", "recommends that X do Y", "proposed Z", "X is encouraged to do Y"."""
    verb = span.doc[match.start]
    if child(verb, PASSIVE) is not None or (verb.tag_ == "VBN" and verb.dep_ == "acl"):
        yield from _passive(span, match, verb)
        return
    target = top_of(span, match.end) if match.end - match.start > 1 else _complement(verb)
    if target is None:
        return
    yield from _complements(span, match, "verb", verb, target, match.end)


def _complement(verb: Token) -> Token | None:
    kids = [kid for kid in verb.rights if kid.dep_ in {"ccomp", "xcomp", "dobj", "advcl"}]
    clausal = [kid for kid in kids if kid.dep_ in {"ccomp", "xcomp"}]
    return next(iter(clausal or kids), None)


def _complements(
    span: Span, match: CueMatch, frame: str, verb: Token, target: Token, after: int
) -> Iterator[Candidate]:
    """What is asked for: a clause with its own subject, a person and an infinitive, a gerund or a thing."""
    if target.pos_ in {"VERB", "AUX"}:
        subject = child(target, SUBJECTS)
        start = _verb_start(target, max(after, subject.right_edge.i + 1 if subject is not None else 0))
        action = part(target, span, start=start)
        actor = part(subject, span, start=after) if subject is not None and subject.i < target.i else None
        asked = child(verb, frozenset({"dobj"}))
        if actor is None and asked is not None and asked.i < target.i:
            actor = part(asked, span, end=start)
        if action is not None:
            yield _make(match, frame + "-clause", action, actor, target.dep_)
            if actor is not None:
                yield _make(match, frame + "-clause", action, None, target.dep_)
        return
    whole = part(target, span, start=after)
    if whole is None:
        return
    infinitive = next((kid for kid in (*target.rights, *verb.rights) if kid.tag_ == "VB" and kid.i > target.i), None)
    if infinitive is not None and infinitive.i < span.end:
        start = _verb_start(infinitive, target.i + 1)
        action, actor = part(infinitive, span, start=start), part(target, span, start=after, end=infinitive.left_edge.i)
        if action is not None:
            yield _make(match, frame + "-infinitive", action, actor, infinitive.dep_)
    agent = next(
        (kid for kid in target.rights if kid.lower_ in {"by", "from", "of", "for"} and child(kid, PREPOSITIONAL)), None
    )
    if agent is not None:
        actor = part(agent, span, start=agent.i + 1)
        before = part(target, span, start=after, end=agent.i)
        if before is not None:
            yield _make(match, frame + "-thing-" + agent.lower_, before, actor, target.dep_)
    yield _make(match, frame + "-thing", whole, None, target.dep_)


def _verb_start(verb: Token, after: int) -> int:
    """Where an action begins: behind "to", "should" and what stands before them."""
    skipped = [kid.i for kid in verb.lefts if kid.lower_ in {"to", "should", "must", "will", "would", "shall", "that"}]
    return max([after, *(index + 1 for index in skipped)])


def _passive(span: Span, match: CueMatch, verb: Token) -> Iterator[Candidate]:
    """ "X is urged to do Y", "Y is recommended"."""
    subject, route = subject_of(verb, span)
    target = child(verb, frozenset({"xcomp", "ccomp"}))
    if target is not None and target.i > verb.i:
        action = part(target, span, start=_verb_start(target, match.end))
        if action is not None:
            yield _make(match, "passive-to", action, subject, route)
            yield _make(match, "passive-to", action, None, route)
    if subject is not None:
        yield _make(match, "passive-thing", subject, None, route)
    whole = part(verb, span, start=match.start)
    if whole is not None:
        yield _make(match, "passive-verb", whole, None, route)


def adjective_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "It is essential that X does Y", "it is vital (for X) to do Y", "Y is crucial", "it is time to do Y"."""
    word = span.doc[match.start]
    verb = word.head if word.head.pos_ in {"AUX", "VERB"} else word
    kids = [kid for token in (word, verb) for kid in token.rights if kid.i > word.i]
    target = next(
        (kid for kid in kids if kid.dep_ in {"xcomp", "ccomp", "advcl", "acl", "relcl"} and kid.i < span.end), None
    )
    if target is not None:
        helper = next((kid for kid in kids if kid.lower_ == "for" and kid.i < target.i), None)
        actor = child(helper, PREPOSITIONAL) or child(target, SUBJECTS)
        start = _verb_start(target, (actor.right_edge.i if actor is not None and actor.i < target.i else word.i) + 1)
        action = part(target, span, start=start)
        if action is not None:
            yield _make(
                match, "adjective-clause", action, part(actor, span) if actor is not None else None, target.dep_
            )
            yield _make(match, "adjective-clause", action, None, target.dep_)
    subject, route = subject_of(verb, span)
    if subject is not None:
        yield _make(match, "adjective-thing", subject, None, route)
    attribute = part(word.head, span) if word.dep_ == "amod" else None
    if attribute is not None:
        yield _make(match, "adjective-noun", attribute, None, word.head.dep_)


def noun_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "there is a need for Y", "the way forward is Y", "X has a responsibility to do Y"."""
    noun = span.doc[match.start]
    target = top_of(span, match.end) if match.end - match.start > 1 else None
    if target is not None:
        action = part(target, span, start=_verb_start(target, match.end))
        owner = child(noun, frozenset({"poss"})) or (
            child(noun.head, frozenset({"nsubj"})) if noun.dep_ == "dobj" else None
        )
        if action is not None:
            yield _make(match, "noun-of", action, None, noun.dep_)
            if owner is not None and owner.lower_ not in {"there", "its"}:
                yield _make(match, "noun-of", action, part(owner, span), noun.dep_)
    verb = anchor_of(span, match.start, match.end)
    while verb is not None and verb.pos_ not in {"AUX", "VERB"} and verb.head != verb:
        verb = verb.head
    if verb is None:
        return
    complement = next((kid for kid in verb.rights if kid.dep_ in {"attr", "xcomp", "ccomp", "acomp", "advcl"}), None)
    if complement is not None and complement.i > match.end:
        action = part(complement, span, start=_verb_start(complement, complement.left_edge.i))
        if action is not None:
            yield _make(match, "noun-is", action, None, complement.dep_)
    subject, route = subject_of(verb, span)
    if subject is not None and subject.end <= match.start:
        yield _make(match, "noun-thing", subject, None, route)


def imperative_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "Establish a fund": a root, or what is coordinated with it, that has no subject."""
    verb = span.doc[match.start]
    if verb.dep_ not in {"ROOT", "conj", "ccomp", "parataxis"} or child(verb, SUBJECTS) is not None:
        return
    action = part(verb, span, start=verb.i)
    if action is not None:
        yield _make(match, "imperative", action, None, verb.tag_)
    if verb.dep_ == "ROOT" and (whole := part(verb, span)) is not None:
        yield _make(match, "imperative-whole", whole, None, verb.tag_)


def subjunctive_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "… that X do Y", read off the words because parsers take the bare verb for a noun or a coordinated one."""
    start, depth = match.end, 0
    for token in span.doc[start : span.end]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.tag_ in {"VB", "VBP"} and token.i > start and depth == 0 and span.doc[token.i - 1].lower_ != "to":
            action = part(token, span, start=token.i)
            actor = top_of(span, start)
            if action is not None and actor is not None and actor.i < token.i:
                yield _make(match, "subjunctive", action, part(actor, span, start=start, end=token.i), token.tag_)
            return
        if token.tag_ in {"VBZ", "VBD", "MD"}:
            return


def infinitive_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "… X to do Y" under whatever governs it: "the onus is on X to", "we owe it to", "is obliged to"."""
    verb = span.doc[match.start].head
    if verb.i < match.end or verb.tag_ != "VB":
        return
    action = part(verb, span, start=match.end)
    if action is None:
        return
    governor = verb.head
    route = f"{verb.dep_}/{governor.lemma_.lower()}"
    yield _make(match, "infinitive", action, None, route)
    subject = child(verb, SUBJECTS)
    if subject is not None:
        yield _make(match, "infinitive-own", action, part(subject, span, end=match.start), route)
    verbal = governor if governor.pos_ in {"VERB", "AUX"} else governor.head
    above, _ = subject_of(verbal, span)
    if above is not None and above.end <= match.start:
        yield _make(match, "infinitive-above", action, above, route)
    before = span.doc[match.start - 1] if match.start > span.start else None
    for token in () if before is None else (before, *before.ancestors):
        if token.dep_ in {"pobj", "dobj"} and token.right_edge.i >= match.start - 1 and span.start <= token.left_edge.i:
            actor = part(token, span, end=match.start)
            yield _make(match, f"infinitive-{token.dep_}", action, actor, f"{token.head.lemma_.lower()}")


def let_frame(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """ "Let us do Y", "let X do Y"."""
    target = child(span.doc[match.start], frozenset({"ccomp", "xcomp"}))
    if target is None:
        return
    subject = child(target, SUBJECTS) or child(span.doc[match.start], frozenset({"dobj"}))
    start = max(match.end, subject.right_edge.i + 1 if subject is not None and subject.i < target.i else 0)
    action = part(target, span, start=start)
    if action is not None:
        yield _make(match, "let", action, part(subject, span) if subject is not None else None, "own")


def whole_frame(span: Span) -> Iterator[Candidate]:
    """The last resort: the root's clause from its verb on, and the sentence as it stands."""
    root = span.root
    for name, start in (("from-root", root.i), ("sentence", span.start)):
        action = part(root, span, start=start)
        if action is not None:
            yield Candidate(name, "none", root.i, root.i + 1, {"action": action}, root.tag_)
    complement = object_of(root, span, root.i) if child(root, SUBJECTS) is not None else None
    if complement is not None:
        yield Candidate("from-object", "none", root.i, root.i + 1, {"action": complement}, root.tag_)


def _make(match: CueMatch, frame: str, action: Part, actor: Part | None, route: str) -> Candidate:
    parts = {"action": action} if actor is None else {"addressee": actor, "action": action}
    return Candidate(frame, match.rule["phenomenon"], match.start, match.end, parts, route)


Frame = Callable[[Span, CueMatch], Iterator[Candidate]]
RECOMMENDATION_FRAMES: dict[str, Frame] = {
    "modal": modal_frame,
    "verb": verb_frame,
    "adjective": adjective_frame,
    "noun": noun_frame,
    "imperative": imperative_frame,
    "let": let_frame,
    "infinitive": infinitive_frame,
    "subjunctive": subjunctive_frame,
}
