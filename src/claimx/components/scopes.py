"""Cues of attribution, certainty and polarity come in; readings go out, with what speaks for and against each.

In the manner of ConText (Harkema et al. 2009), with the parse in place of a window of words. A cue has a category (its
`kind`) and a scope. Hedges and negations count when what they govern is on the claim's main line (scope `main`), or is
an argument of it (`argument`: "made no progress"). Reports lead to whom they name: the subject of a `verb`, what `prep`
governs, the owner of a `noun`, nobody for `adverb` and `quote`. A cue of kind `none` ends any that it covers ("not
only").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Span, Token

from claimx.components.cues import CueMatch
from claimx.components.frames import PREPOSITIONAL, Candidate, Part, child, part, subjects_of, top_of
from claimx.components.ranking import Features, candidate_features, size

MAIN_LINE = frozenset({"conj", "ccomp", "xcomp", "parataxis"})

MODIFIERS = frozenset({"nsubj", "nsubjpass", "dobj", "attr", "expl", "det", "amod", "advmod", "neg", "acomp", "aux"})
REACH = {"main": 1, "argument": 3}
"""How many relations a cue may stand away from the main line."""


def main_line(span: Span) -> frozenset[int]:
    """Indices of the tokens that carry what the span asserts: its root and the clauses that complete it."""
    line = {span.root.i}
    queue = [span.root]
    while queue:
        for kid in queue.pop().children:
            if kid.dep_ in MAIN_LINE and kid.pos_ in {"VERB", "AUX", "ADJ", "NOUN"} and span.start <= kid.i < span.end:
                line.add(kid.i)
                queue.append(kid)
    return frozenset(line)


def readings_of(span: Span, kind: str, matches: Sequence[CueMatch]) -> list[Candidate]:
    """Every way in which the claim may be `reported`, or is `hedged` or `negative`."""
    blocked = {at for match in matches if match.rule["kind"] == "none" for at in range(match.start, match.end)}
    wanted = [match for match in matches if match.rule["kind"] == kind and match.start not in blocked]
    if kind == "reported":
        return [reading for match in wanted for reading in _reports(span, match)]
    line = main_line(span)
    return [_reading(match, match.rule["scope"], None, "") for match in wanted if governs(span, match, line)]


def in_quotation(span: Span) -> bool:
    """Whether a quotation that began in an earlier sentence of the paragraph is still open where the span begins."""
    doc, first = span.doc, span.start
    # The whole text, made anew for each statement, would cost the square of the document's length.
    while first > 0 and "\n\n" not in doc[first - 1].text_with_ws:
        first -= 1
    before = doc[first : span.start].text_with_ws
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def governs(span: Span, match: CueMatch, line: frozenset[int]) -> bool:
    """Whether the cue is on the main line or depends on a word that is; scope `argument` reaches through nouns."""
    token = span.doc[match.start]
    for _ in range(REACH[match.rule["scope"]] + 1):
        if token.i in line:
            return True
        if token.dep_ not in MODIFIERS:
            return False
        token = token.head
    return False


def _reports(span: Span, match: CueMatch) -> Iterator[Candidate]:
    """Who may be reported: the subject or agent of a verb, what "according to" governs, the owner of a noun, nobody."""
    scope = match.rule["scope"]
    token = span.doc[match.start]
    if scope in {"adverb", "quote"}:
        yield _reading(match, scope, None, "")
    elif scope == "prep":
        target = top_of(span, match.end)
        if target is not None:
            yield _reading(match, scope, part(target, span, start=match.end), "")
    elif scope == "noun":
        owner = child(token, frozenset({"poss"}))
        if owner is not None:
            yield _reading(match, scope, part(owner, span), "owner")
        target = top_of(span, match.end)
        if target is not None and span.doc[match.end - 1].lower_ in {"of", "by", "from"}:
            yield _reading(match, scope, part(target, span, start=match.end), "of")
        yield _reading(match, scope, part(token, span, end=match.end - 1), "itself")
    else:
        yield from _said(span, match, token)


def _said(span: Span, match: CueMatch, verb: Token) -> Iterator[Candidate]:
    agent = child(child(verb, frozenset({"agent"})), PREPOSITIONAL)
    if agent is not None:
        yield _reading(match, "agent", part(agent, span), "")
    passive = any(kid.dep_ in {"auxpass", "nsubjpass"} for kid in verb.children)
    if passive:
        yield _reading(match, "passive", None, "")
        return
    nobody = True
    for subject, route in subjects_of(verb, span):
        if route not in {"clause", "relative-clause"}:
            nobody = False
            yield _reading(match, "verb", subject, route)
    if nobody:
        yield _reading(match, "verb", None, "")


def _reading(match: CueMatch, frame: str, source: Part | None, route: str) -> Candidate:
    parts = {} if source is None else {"source": source}
    return Candidate(frame, match.rule["phenomenon"], match.start, match.end, parts, route)


def reading_features(
    span: Span, reading: Candidate, line: frozenset[int], labels: Sequence[str], own: frozenset[str]
) -> Features:
    """What speaks for a reading: the cue, the word it governs, and how both stand to the claim's main line."""
    doc = span.doc
    cue = doc[reading.start]
    form = " ".join(token.lower_ for token in doc[reading.start : reading.end])
    governor = cue if cue.pos_ in {"VERB", "AUX"} and cue.dep_ not in {"aux", "auxpass"} else cue.head
    steps = _steps_to(governor, line)
    complements = sorted({kid.dep_ for kid in cue.rights} & {"ccomp", "dobj", "xcomp", "prep", "attr", "oprd"})
    quoted = any(token.is_quote for token in span)
    stands = "main" if cue.i in line or governor.i in line else "aside"
    content = "clause" if "ccomp" in complements else "thing" if "dobj" in complements else "none"
    source = reading.parts.get("source")
    named = "nobody" if source is None else "own" if doc[source.head].lower_ in own else "somebody"
    features = candidate_features(span, reading)
    features += [
        "any",
        f"core={reading.name}/{stands}",
        f"core={reading.name}/{stands}/{content}",
        f"core={reading.name}/{stands}/{content}/{named}",
        f"core={reading.name}/{reading.route}/{named}",
        f"core={reading.frame}/{stands}/{content}/{named}/{quoted}",
        f"named={named}",
        f"parenthesis={cue.dep_}/{content}/{reading.name}",
        f"form={form}",
        f"form={form}/{governor.i in line}",
        f"governor={governor.lemma_.lower()}/{cue.dep_}",
        f"governor={governor.pos_}/{governor.dep_}/{reading.name}",
        f"steps={steps}/{reading.name}",
        f"root={governor.i == span.root.i}/{reading.name}",
        f"complements={'+'.join(complements)}/{reading.frame}",
        f"complements={'+'.join(complements)}/{cue.lemma_.lower()}",
        f"quoted={quoted}/{reading.name}",
        f"quoted={quoted}/{cue.lemma_.lower()}",
        f"label={'+'.join(labels)}/{reading.name}",
        f"label={labels[0] if labels else ''}/{form}",
        f"tense={cue.tag_}/{reading.name}/{governor.i == span.root.i}",
        f"dep={cue.dep_}/{form}",
        f"span={size(len(span))}/{reading.name}",
        f"first={reading.start == span.start}/{reading.name}",
        f"even={sum(doc[at].is_quote for at in range(span.start, reading.start)) % 2}/{reading.name}",
    ]
    return features


def _steps_to(token: Token, line: frozenset[int]) -> str:
    """How a word hangs on the main line: the relations on the way up, at most three."""
    way: list[str] = []
    while token.i not in line and token.head != token and len(way) < 3:
        way.append(token.dep_)
        token = token.head
    return "<".join(way) + ("" if token.i in line else "<…")


def default_features(span: Span, readings: Sequence[Candidate], labels: Sequence[str]) -> Features:
    """What speaks for no reading at all."""
    first = span[0].lower_
    own = next((token.lower_ for token in span if token.dep_ == "nsubj" and token.head.i == span.root.i), "")
    return [
        "none",
        f"none/{'+'.join(labels)}",
        f"none/first={first}",
        f"none/own={own}",
        f"none/tag={span.root.tag_}",
        f"none/{min(len(readings), 4)}",
    ]
