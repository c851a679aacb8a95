"""Claims come in with labels and parse; cause, effect, connective, addressee and action go into their attrs.

A cue names a frame, and the frame says where along the dependency parse the arguments lie (`frames.py` for causes,
`remedies.py` for recommendations). Where a claim has several cues, weights choose among what the frames propose
(`ranking.py`). The rules are in `pipelines/patterns/arguments.jsonl`; the kind of a rule is the label it speaks for.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

from claimx.components.cues import CueMatch, Cues
from claimx.components.frames import CAUSE_FRAMES, Candidate, Part
from claimx.components.ranking import Weights, actor_features, candidate_features, end_options, start_options
from claimx.components.remedies import RECOMMENDATION_FRAMES, whole_frame
from claimx.components.ruled import Rule, RuledPipe

WEIGHT = "weight"
PLAIN_CUES = frozenset({"deontic_modals", "recommending_verbs"})
"""Rules after whose cue the sentence as a whole is never the action."""
QUOTES = {'"': '"', "“": "”", "‘": "’", "(": ")", "[": "]"}


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
            found = [part for label in given.get("labels", ()) for part in self._parts(span, label)]
            arguments = [part for part in found if "role" in part]
            cues = [part for part in found if "kind" in part]
            attrs[span.id_] = {**given, "arguments": arguments, "cues": [*given.get("cues", ()), *cues]}
        group.attrs = attrs
        return doc

    def _parts(self, span: Span, label: str) -> list[dict[str, Any]]:
        """The arguments, and the cue as one more entry, that the likeliest candidate gives."""
        if label not in FRAMES:
            return []
        candidates = candidates_for(span, label, self._cues.find(span))
        if not candidates:
            return []
        options = [(candidate, candidate_features(span, candidate)) for candidate in candidates]
        chosen = self._weights.best(label, options)
        if label == "recommendation":
            chosen = with_actor(span, chosen, candidates, self._weights)
        parts = {
            role: offsets_of(span.doc, trim_part(span, role, chosen.frame, part, self._weights))
            for role, part in chosen.parts.items()
        }
        cue = offsets_of(span.doc, Part(chosen.start, chosen.start, chosen.end))
        if label == "cause":
            parts["connective"] = cue
        found: list[dict[str, Any]] = [{"role": role, **offsets} for role, offsets in parts.items()]
        return found if chosen.name == "none" else [*found, {"kind": label, **cue}]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Any]] | None = None,
        *,
        nlp: Language | None = None,
        patterns: list[Rule] | None = None,
        weights: list[Rule] | None = None,
    ) -> None:
        """Take over the rules (`kind`, `frame`, `forms`) and the weights (`model`, `weights` by feature)."""
        super().initialize(get_examples, nlp=nlp, patterns=[*(patterns or []), *(weights or [])])

    def compile(self, rules: list[Rule]) -> None:
        """Index cues and weights."""
        self._cues = Cues(rule for rule in rules if rule["kind"] != WEIGHT)
        self._weights = Weights(rule for rule in rules if rule["kind"] == WEIGHT)


FRAMES = {"cause": CAUSE_FRAMES, "recommendation": RECOMMENDATION_FRAMES}


def candidates_for(span: Span, label: str, matches: list[CueMatch]) -> list[Candidate]:
    """What is worth choosing from: the sentence as a whole only where no plain cue speaks and nothing else names it."""
    found = proposals_for(span, label, matches)
    named = [candidate for candidate in found if candidate.name != "none"]
    if label == "cause" or any(candidate.name in PLAIN_CUES for candidate in named):
        return named
    known = {candidate.parts["action"] for candidate in named}
    return [candidate for candidate in found if candidate.name != "none" or candidate.parts["action"] not in known]


def proposals_for(span: Span, label: str, matches: list[CueMatch]) -> list[Candidate]:
    """Everything that the frames of this label propose, in text order of their cues, then the sentence as a whole."""
    frames = FRAMES[label]
    found = [
        candidate
        for match in matches
        if match.rule["kind"] == label
        for candidate in frames[match.rule["frame"]](span, match)
    ]
    return found if label == "cause" else [*found, *whole_frame(span)]


def actors_for(chosen: Candidate, candidates: list[Candidate]) -> list[Candidate]:
    """The candidates whose addressee may be that of the chosen one: those that speak of the same action."""
    action = chosen.parts["action"]
    seen: dict[tuple[int, int], Candidate] = {}
    for candidate in [chosen, *candidates]:
        actor = candidate.parts.get("addressee")
        other = candidate.parts["action"]
        if actor is not None and max(action.start, other.start) < min(action.end, other.end):
            seen.setdefault((actor.start, actor.end), candidate)
    return list(seen.values())


def with_actor(span: Span, chosen: Candidate, candidates: list[Candidate], weights: Weights) -> Candidate:
    """The chosen candidate with the likeliest addressee for its action, or with none."""
    options: list[tuple[Candidate | None, list[str]]] = [
        (other, actor_features(span, chosen, other)) for other in (*actors_for(chosen, candidates), None)
    ]
    other = weights.best("actor", options)
    parts = {"action": chosen.parts["action"]}
    return replace(chosen, parts=parts if other is None else {"addressee": other.parts["addressee"], **parts})


def trim_part(span: Span, role: str, frame: str, part: Part, weights: Weights) -> Part:
    """The part cut to what annotators keep: from its likeliest start to its likeliest end."""
    start = weights.best("start", start_options(span, role, frame, part))
    part = Part(max(part.head, start), start, part.end)
    end = weights.best("end", end_options(span, role, frame, part))
    return _tidy(span.doc, Part(min(part.head, end - 1), start, end))


def _tidy(doc: Doc, part: Part) -> Part:
    """The part without punctuation and conjunctions at its edges, unless a quote or bracket opens and closes in it."""
    start, end = part.start, part.end
    while end > start + 1 and (doc[end - 1].is_punct or doc[end - 1].is_space or doc[end - 1].dep_ == "cc"):
        closes = doc[end - 1].text
        if any(doc[at].text in QUOTES and QUOTES[doc[at].text] == closes for at in range(start, end - 1)):
            break
        end -= 1
    while start < end - 1 and (doc[start].is_punct or doc[start].is_space):
        if doc[start].text in QUOTES and any(doc[at].text == QUOTES[doc[start].text] for at in range(start + 1, end)):
            break
        start += 1
    return Part(min(max(part.head, start), end - 1), start, end)


def offsets_of(doc: Doc, part: Part) -> dict[str, int]:
    """A part as character offsets."""
    last = doc[part.end - 1]
    return {"start": doc[part.start].idx, "end": last.idx + len(last)}


@Language.factory("claimx_arguments")
def make_arguments(nlp: Language, name: str) -> ArgumentsPipe:
    """Make the component that finds arguments; its rules come with `initialize`."""
    return ArgumentsPipe(nlp, name)
