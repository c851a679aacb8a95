"""What an annotator decides about a claim, as one frozen value, with its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from claimx.claim import ARGUMENT_ROLES, ENTITY_LABELS, LABELS
from claimx.errors import ReviewError

Action = Literal[
    "accept",
    "reject",
    "relabel",
    "resize",
    "edit_argument",
    "edit_attribute",
    "edit_entity",
    "add",
    "flag",
    "note",
    "undo",
    "redo",
    "place",
    "adjudicate",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

Json = Mapping[str, Any]
"""A JSON object as read from a record."""

CONTENT = ("labels", "start", "end", "text", "arguments", "entities", "attribution", "certainty", "polarity")
"""The fields of a claim record that an annotator may correct."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "accept": (),
    "reject": (),
    "relabel": ("labels",),
    "resize": ("start", "end", "text"),
    "edit_argument": ("arguments",),
    "edit_attribute": ("attribution", "certainty", "polarity"),
    "edit_entity": ("entities",),
    "add": CONTENT,
    "flag": ("flagged",),
    "note": ("note",),
    "undo": (),
    "redo": (),
    "place": ("claim",),
    "adjudicate": (*CONTENT, "rejected", "reason"),
}
"""The fields that `after` may hold, by action."""

NOTE_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a claim stood when it was decided: enough to find it again in a text that has changed.

    `record` holds the claim's CONTENT as the pipeline gave it (empty for an added claim), so that a claim which a
    later pipeline no longer proposes can still be shown.
    """

    document: str
    source: str
    sha256: str
    quote: str
    prefix: str
    suffix: str
    start: int
    end: int
    record: Json = field(hash=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log. `after` holds the changed fields, `before` the claim as the annotator saw it.

    `key` makes sending twice harmless. `base` is the newest `seq` on this claim that the annotator had seen (None:
    decided blind, seeing nobody else's work). `target` is the `seq` that undo and redo speak of. `elapsed` counts the
    seconds that the claim was on the screen. `seq` and `at` (ISO 8601, UTC) are given by the store.
    """

    key: str
    annotator: str
    document: str
    claim: str
    action: Action
    after: Json
    before: Json
    anchor: Anchor
    base: int | None = None
    target: int | None = None
    elapsed: float | None = None
    at: str = ""
    seq: int = 0


def content_of(record: Json) -> dict[str, Any]:
    """The correctable part of a claim record, with the record format's defaults filled in."""
    return {
        "labels": list(record.get("labels") or ([record["label"]] if record.get("label") else [])),
        "start": record["start"],
        "end": record["end"],
        "text": record["text"],
        "arguments": list(record.get("arguments") or ()),
        "entities": list(record.get("entities") or ()),
        "attribution": record.get("attribution") or {"kind": "author", "source": None},
        "certainty": record.get("certainty") or "asserted",
        "polarity": record.get("polarity") or "positive",
    }


def checked_patch(action: str, after: object, text: str, *, claim: str) -> dict[str, Any]:
    """`after` as an annotator sent it, made safe: known fields only, offsets inside `text`, quotes taken from `text`.

    Raises ReviewError with what is wrong and what is allowed.
    """
    if action not in ACTIONS:
        raise ReviewError(f"unknown action {action!r}; use one of {', '.join(ACTIONS)}", claim=claim)
    if not isinstance(after, dict):
        raise ReviewError("after must be an object of the changed fields", claim=claim)
    allowed = FIELDS[action]
    if unknown := sorted(set(after) - set(allowed)):
        raise ReviewError(f"{action} cannot change {', '.join(map(repr, unknown))}", claim=claim)
    checker = _Checker(text, claim)
    patch = {name: checker.check(name, value) for name, value in after.items()}
    if "start" in patch or "end" in patch:
        patch.update(checker.span(patch))
    elif action in ("resize", "add"):
        raise ReviewError(f"{action} needs start and end", claim=claim)
    return patch


@dataclass(frozen=True, slots=True)
class _Checker:
    """Checks one field of a patch against the document's text."""

    text: str
    claim: str

    def check(self, name: str, value: object) -> Any:
        """The value of a field in its stored form."""
        match name:
            case "labels":
                return self.labels(value)
            case "start" | "end":
                return self.offset(name, value)
            case "text":
                return self.string(name, value, limit=len(self.text) + 1)
            case "arguments":
                return [self.argument(item) for item in self.items(name, value)]
            case "entities":
                return [self.entity(item) for item in self.items(name, value)]
            case "attribution":
                return self.attribution(value)
            case "certainty":
                return self.one_of(name, value, ("asserted", "hedged"))
            case "polarity":
                return self.one_of(name, value, ("positive", "negative"))
            case "flagged" | "rejected":
                return self.one_of(name, value, (True, False))
            case "claim":
                return None if value is None else self.string(name, value, limit=200)
        return None if value is None else self.string(name, value, limit=NOTE_LIMIT)

    def labels(self, value: object) -> list[str]:
        labels = [self.one_of("labels", item, LABELS) for item in self.items("labels", value)]
        if len(set(labels)) != len(labels):
            raise ReviewError("labels holds one label twice", claim=self.claim)
        return labels

    def argument(self, item: object) -> dict[str, Any]:
        fields = self.mapping("arguments", item, ("role", "start", "end", "text"))
        return {"role": self.one_of("role", fields.get("role"), ARGUMENT_ROLES), **self.span(fields)}

    def entity(self, item: object) -> dict[str, Any]:
        fields = self.mapping("entities", item, ("label", "start", "end", "text", "value", "ref"))
        ref = fields.get("ref")
        return {
            "label": self.one_of("label", fields.get("label"), ENTITY_LABELS),
            **self.span(fields),
            "value": self.value(fields.get("value")),
            "ref": None if ref is None else self.string("ref", ref, limit=500),
        }

    def value(self, value: object) -> dict[str, str | None] | None:
        if value is None:
            return None
        fields = self.mapping("value", value, None)
        if len(fields) > 20:
            raise ReviewError("value holds more than 20 fields", claim=self.claim)
        return {
            self.string("value", name, limit=50): None if part is None else self.string(name, part, limit=500)
            for name, part in fields.items()
        }

    def attribution(self, value: object) -> dict[str, Any]:
        fields = self.mapping("attribution", value, ("kind", "source"))
        source = fields.get("source")
        return {
            "kind": self.one_of("kind", fields.get("kind"), ("author", "reported")),
            "source": None if source is None else self.span(self.mapping("source", source, ("start", "end", "text"))),
        }

    def span(self, fields: Json) -> dict[str, Any]:
        start, end = self.offset("start", fields.get("start")), self.offset("end", fields.get("end"))
        if not start < end:
            raise ReviewError(f"the span {start}:{end} is empty", claim=self.claim)
        return {"start": start, "end": end, "text": self.text[start:end]}

    def offset(self, name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= len(self.text):
            raise ReviewError(f"{name} {value!r} is no offset into a text of {len(self.text)}", claim=self.claim)
        return value

    def items(self, name: str, value: object) -> list[object]:
        if not isinstance(value, list) or len(value) > 200:
            raise ReviewError(f"{name} must be a list of at most 200", claim=self.claim)
        return value

    def mapping(self, name: str, value: object, keys: tuple[str, ...] | None) -> dict[str, Any]:
        if not isinstance(value, dict) or (keys is not None and set(value) - set(keys)):
            known = f" with {', '.join(keys)}" if keys else ""
            raise ReviewError(f"{name} must be an object{known}", claim=self.claim)
        return value

    def string(self, name: str, value: object, *, limit: int) -> str:
        if not isinstance(value, str) or len(value) > limit:
            raise ReviewError(f"{name} must be text of at most {limit} characters", claim=self.claim)
        # PostgreSQL stores no NUL, and a lone surrogate is no character in any encoding.
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")

    def one_of(self, name: str, value: object, allowed: tuple[object, ...]) -> Any:
        if value not in allowed:
            raise ReviewError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}", claim=self.claim)
        return value


def decision_to_json(decision: Decision) -> dict[str, Any]:
    """A decision as a JSON object, for exports and for the page's history."""
    anchor = decision.anchor
    return {
        "seq": decision.seq,
        "key": decision.key,
        "at": decision.at,
        "annotator": decision.annotator,
        "document": decision.document,
        "claim": decision.claim,
        "action": decision.action,
        "before": dict(decision.before),
        "after": dict(decision.after),
        "base": decision.base,
        "target": decision.target,
        "elapsed": decision.elapsed,
        "anchor": {name: getattr(anchor, name) for name in Anchor.__slots__},
    }


def decision_from_json(value: Json) -> Decision:
    """The inverse of `decision_to_json`; raises ReviewError when a field is missing or unknown."""
    try:
        fields = {name: value[name] for name in Decision.__slots__ if name != "anchor"}
        anchor = Anchor(**value["anchor"])
    except (KeyError, TypeError) as error:
        raise ReviewError(f"not a decision: {error}; export decisions with claimx of the same version") from error
    if fields["action"] not in ACTIONS:
        raise ReviewError(f"unknown action {fields['action']!r}", claim=cast(str, fields["claim"]))
    return Decision(anchor=anchor, **fields)
