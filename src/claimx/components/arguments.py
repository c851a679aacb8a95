"""Claims come in with labels and parse; cause, effect, connective, addressee and action go into their attrs.

A cue names a frame, and the frame says where along the dependency parse the arguments lie. The rules are in
`pipelines/patterns/arguments.jsonl`; the kind of a rule is the label that it speaks for.
"""

from __future__ import annotations

from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from claimx.components.cues import CueMatch, Cues
from claimx.components.ruled import Rule, RuledPipe

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
OBJECTS = frozenset({"dobj", "ccomp", "xcomp", "pobj", "pcomp", "acomp", "attr", "oprd"})


class ArgumentsPipe(RuledPipe):
    """The spaCy component: adds `arguments` and the cues that triggered them to the attrs of each claim."""

    def __call__(self, doc: Doc) -> Doc:
        """Find the arguments of each claim that is labelled cause or recommendation."""
        if "claims" not in doc.spans:
            return doc
        group = doc.spans["claims"]
        attrs = dict(group.attrs)
        for span in group:
            given = attrs.get(span.id_, {})
            arguments: list[dict[str, Any]] = []
            cues = list(given.get("cues", ()))
            matches = self._cues.find(span)
            for label in given.get("labels", ()):
                found = [match for match in matches if match.rule["kind"] == label]
                parts = (
                    _cause(span, found)
                    if label == "cause"
                    else _recommendation(span, found)
                    if label == "recommendation"
                    else {}
                )
                arguments += [
                    {"role": role, "start": part.start_char, "end": part.end_char}
                    for role, part in parts.items()
                    if role != "cue"
                ]
                if "cue" in parts:
                    cues.append({"kind": label, "start": parts["cue"].start_char, "end": parts["cue"].end_char})
            attrs[span.id_] = {**given, "arguments": arguments, "cues": cues}
        group.attrs = attrs
        return doc

    def compile(self, rules: list[Rule]) -> None:
        """Index the rules."""
        self._cues = Cues(rules)


def _phrase(head: Token, span: Span, start: int | None = None) -> Span:
    left = max(head.left_edge.i if start is None else start, span.start)
    right = min(head.right_edge.i + 1, span.end)
    while right > left + 1 and span.doc[right - 1].is_punct:
        right -= 1
    while left < right - 1 and span.doc[left].is_punct:
        left += 1
    return span.doc[left:right]


def _child(token: Token, deps: frozenset[str]) -> Token | None:
    return next((child for child in token.children if child.dep_ in deps), None)


def _cause(span: Span, matches: list[CueMatch]) -> dict[str, Span]:
    for match in matches:
        cue = span.doc[match.start : match.end]
        token, last = cue[0], cue[-1]
        sides: tuple[Token | None, Token | None] = (None, None)
        frame = match.rule["frame"]
        if frame in {"verb", "reversed"}:
            target = _child(last, OBJECTS) if last != token else _child(token, OBJECTS)
            sides = (_child(token, SUBJECTS), target or _child(token, OBJECTS))
            sides = sides if frame == "verb" else (sides[1], sides[0])
        elif frame == "clause" and token.dep_ == "mark":
            sides = (token.head, token.head.head)
        elif frame == "prep":
            sides = (_child(last, OBJECTS), token.head)
        if sides[0] is not None and sides[1] is not None and sides[0] != sides[1]:
            cause, effect = _phrase(sides[0], span), _phrase(sides[1], span)
            if frame == "clause":
                cause = _phrase(sides[0], span, match.end)
            return {"cause": cause, "effect": effect, "connective": cue, "cue": cue}
    return {}


def _recommendation(span: Span, matches: list[CueMatch]) -> dict[str, Span]:
    for match in matches:
        cue = span.doc[match.start : match.end]
        frame = match.rule["frame"]
        if frame == "modal":
            verb = cue[0].head if cue[0].pos_ == "AUX" else _child(cue[0], frozenset({"xcomp"})) or cue[0]
            subject = _child(verb, frozenset({"nsubj"})) or _child(cue[0], frozenset({"nsubj"}))
            parts = {"action": _phrase(verb, span, match.end), "cue": cue}
            return parts if subject is None else {"addressee": _phrase(subject, span), **parts}
    root = span.root
    return {"action": _phrase(root, span, root.i)}


@Language.factory("claimx_arguments")
def make_arguments(nlp: Language, name: str) -> ArgumentsPipe:
    """Make the component that finds arguments; its rules come with `initialize`."""
    return ArgumentsPipe(nlp, name)
