"""Masters become gold rows: labelled statements with spans and values, checked against the codebook."""

from __future__ import annotations

import re
from collections.abc import Iterator

from master import ROLES, Block, Mark, Master, Statement

KINDS = {
    "treaty",
    "convention",
    "pact",
    "protocol",
    "charter",
    "framework",
    "roadmap",
    "statement",
    "memorandum",
    "partnership",
    "initiative",
    "agreement",
}
QUALIFIERS = {"exact", "about", "more_than", "at_least", "less_than", "at_most", "almost"}
UNITS = {"percent", "percentage_point", "basis_point"}
DECIMAL = re.compile(r"-?\d+(\.\d+)?")
POINT = r"(?:\d{4}(?:-\d{2}(?:-\d{2})?)?|\d{3}X|\d{2}XX)[~?%]?"
EDTF = re.compile(rf"null|{POINT}|{POINT}/(?:{POINT}|\.\.)?|\.\./{POINT}")
DURATION = re.compile(r"P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?|PT(?=\d)(\d+H)?(\d+M)?(\d+S)?")
MODIFIER = re.compile(r"(?:to date|at (?:least|most)|under|up to)\b", re.I)  # part of the value, so part of the span
LEADING = re.compile(r"(?:the|of|in|from|since|by|to|for|on|at|during|until|under)\s", re.I)
KIND_OF_HEADING = (
    ("takeaways", re.compile(r"at a glance|key (?:points|findings|messages)|summary of conclusions|in brief", re.I)),
    ("abstract", re.compile(r"(?:executive )?summary|abstract", re.I)),
    ("recommendations", re.compile(r".*\brecommend.*|(?:the )?way forward|next steps|what should .*|proposals", re.I)),
    ("introduction", re.compile(r"introduction|preface", re.I)),
    ("background", re.compile(r".*\bbackground|context", re.I)),
    ("method", re.compile(r"method.*|how we .*|our charge .*|.*\bhow (?:it|this) was done", re.I)),
    ("conclusion", re.compile(r"(?:a )?(?:conclusions?|concluding .*|looking ahead|outlook)", re.I)),
)
NUMBER = re.compile(r"^\d+(?:\.\d+)*\.?\s+")


def section_of(block: Block) -> str:
    """The section kind of a block's statements: by its box, its own kind, or the heading above it."""
    if block.box in ("takeaways", "abstract"):
        return block.box
    if block.kind in ("footnote", "quote"):
        return block.kind
    title = NUMBER.sub("", block.heading)
    return next((kind for kind, pattern in KIND_OF_HEADING if pattern.fullmatch(title)), "body")


def rows_of(master: Master) -> Iterator[dict[str, object]]:
    """The statements of a master as gold rows, in reading order."""
    meta = master.meta
    for number, (block, statement) in enumerate(master.statements()):
        yield {
            "doc": meta["slug"],
            "title": meta["title"],
            "published": meta["published"],
            "source": master.source,
            "register": meta["register"],
            "n": number,
            "section": section_of(block),
            "heading": block.heading or None,
            "text": statement.text,
            "labels": list(statement.labels),
            "arguments": [{"role": ROLES[mark.kind], **_span(statement, mark)} for mark in statement.of(*ROLES)],
            "attribution": _attribution(statement),
            "certainty": "hedged" if "hed" in statement.flags else "asserted",
            "polarity": "negative" if "neg" in statement.flags else "positive",
            "entities": [
                entity_of(statement, mark, master) for mark in statement.of("DATE", "MONEY", "PERCENT", "AGR")
            ],
        }


def _span(statement: Statement, mark: Mark) -> dict[str, object]:
    return {"start": mark.start, "end": mark.end, "text": statement.text[mark.start : mark.end]}


def _attribution(statement: Statement) -> dict[str, object]:
    if "rep" not in statement.flags:
        return {"kind": "author"}
    sources = [_span(statement, mark) for mark in statement.of("src")]
    return {"kind": "reported", "source": sources[0]} if sources else {"kind": "reported"}


def entity_of(statement: Statement, mark: Mark, master: Master) -> dict[str, object]:
    """An entity mark with its normalised value."""
    if mark.kind == "AGR":
        agreement = master.agreements[mark.value]
        value: dict[str, str | None] = {"name": agreement.name, "kind": agreement.kind}
        if agreement.acronym:
            value["acronym"] = agreement.acronym
        if agreement.year:
            value["year"] = agreement.year
        return {"label": "AGREEMENT", **_span(statement, mark), "value": value, "ref": agreement.key}
    return {"label": mark.kind, **_span(statement, mark), "value": value_of(mark)}


def value_of(mark: Mark) -> dict[str, str | None]:
    """The value written after DATE=, MONEY= or PERCENT=; ValueError when it is malformed."""
    if mark.kind == "DATE":
        form, _, text = mark.value.partition(":")
        if form == "dur" and DURATION.fullmatch(text):
            return {"duration": text}
        if form == "edtf" and EDTF.fullmatch(text):
            return {"edtf": None if text == "null" else text}
        raise ValueError(f"{mark.value!r} is neither edtf:… nor dur:…")
    if mark.kind == "MONEY":
        parts = mark.value.split(",")
        if len(parts) != 4 or not re.fullmatch("[A-Z]{3}", parts[0]):
            raise ValueError(f"{mark.value!r} is not CURRENCY,min,max,qualifier")
        currency, low, high, qualifier = parts
        _check_amounts(low, high, qualifier)
        return {"currency": currency, "min": low, "max": high, "qualifier": qualifier}
    figures, _, base = mark.value.partition(",of:")
    parts = figures.split(",")
    if len(parts) != 4 or parts[2] not in UNITS:
        raise ValueError(f"{mark.value!r} is not min,max,unit,qualifier[,of:base]")
    low, high, unit, qualifier = parts
    _check_amounts(low, high, qualifier)
    value: dict[str, str | None] = {"min": low, "max": high, "unit": unit, "qualifier": qualifier}
    if base:
        value["of"] = base
    return value


def _check_amounts(low: str, high: str, qualifier: str) -> None:
    if qualifier not in QUALIFIERS:
        raise ValueError(f"qualifier {qualifier!r} is not one of {', '.join(sorted(QUALIFIERS))}")
    if not DECIMAL.fullmatch(low) or not DECIMAL.fullmatch(high) or float(low) > float(high):
        raise ValueError(f"{low!r}, {high!r} are not two plain decimals in order")


def errors_in(master: Master) -> Iterator[str]:
    """What contradicts the codebook, one `line: message` each; nothing of this may be in the corpus."""
    for key, agreement in master.agreements.items():
        if agreement.kind not in KINDS:
            yield f"1: agreement {key} is of unknown kind {agreement.kind!r}"
        if not any(mark.value == key for _, statement in master.statements() for mark in statement.of("AGR")):
            yield f"1: agreement {key} is never mentioned"
    if master.meta["format"].startswith("pdf"):
        yield from _unprintable(master)
    for block in master.blocks:
        if set("{}") & set(block.text):
            yield f"{block.line}: markup outside a statement: {block.text[:40]!r}"
    notes = {block.marker for block in master.blocks if block.kind == "footnote"}
    anchors = {note for _, statement in master.statements() for _, note in statement.anchors}
    for note in sorted(notes ^ anchors):
        yield f"1: footnote {note} lacks its {'anchor' if note in notes else 'text'}"
    for _, statement in master.statements():
        for message in (*_label_errors(statement), *_span_errors(statement, master)):
            yield f"{statement.line}: {message}"


def _unprintable(master: Master) -> Iterator[str]:
    """Characters that the PDF's fonts lack (they hold Windows-1252)."""
    for block in master.blocks:
        words = block.text + "".join(statement.text for statement in block.statements)
        if lost := {char for char in words if not char.encode("cp1252", "ignore")}:
            yield f"{block.line}: the PDF fonts lack {', '.join(sorted(lost))}; write it in words"


def _label_errors(statement: Statement) -> Iterator[str]:
    kinds = [mark.kind for mark in statement.marks]
    order = ("recommendation", "cause", "finding")
    if list(statement.labels) != sorted(statement.labels, key=order.index):
        yield "labels out of order: the codebook asks for R before C before F"
    if "cause" in statement.labels and not {"cause", "effect"} <= set(kinds):
        yield "a cause needs {cause|…} and {effect|…}"
    if "cause" not in statement.labels and {"cause", "effect", "conn"} & set(kinds):
        yield "cause, effect or conn marked without the label C"
    if "recommendation" in statement.labels and "act" not in kinds:
        yield "a recommendation needs {act|…}"
    if "recommendation" not in statement.labels and {"addr", "act"} & set(kinds):
        yield "addr or act marked without the label R"
    if "src" in kinds and "rep" not in statement.flags:
        yield "a source marked without +rep"
    if not statement.labels and (statement.flags or set(kinds) & {*ROLES, "src"}):
        yield "a statement that asserts nothing has no flags and no roles"
    for kind in {"src", "addr", "act", "conn", "cause", "effect"}:
        if kinds.count(kind) > 1:
            yield f"{kind} marked {kinds.count(kind)} times"


def _span_errors(statement: Statement, master: Master) -> Iterator[str]:
    for mark in statement.marks:
        words = statement.text[mark.start : mark.end]
        if not words or words != words.strip():
            yield f"{mark.kind} is empty or starts or ends in white space: {words!r}"
            continue
        if mark.kind == "AGR" and mark.value not in master.agreements:
            yield f"agreement {mark.value!r} is not in the front matter"
        if mark.kind in ("DATE", "MONEY", "PERCENT"):
            try:
                value_of(mark)
            except ValueError as error:
                yield f"{mark.kind} {words!r}: {error}"
        if mark.kind in ("DATE", "MONEY", "PERCENT", "AGR"):
            if LEADING.match(words) and not MODIFIER.match(words):
                yield f"{mark.kind} {words!r} starts with an article or preposition"
            if words[-1] in ".,;:" and not re.search(r"\b(p\.c|a\.m|p\.m|U\.S)\.$", words):
                yield f"{mark.kind} {words!r} ends in punctuation"
        if words[-1] in ",;:." and mark.kind in ROLES:
            yield f"{mark.kind} {words!r} ends in punctuation"


LINTS = (
    (re.compile(r"\d\s?%|per ?cent\b|percentage point|basis point", re.I), "PERCENT", "a percentage"),
    (re.compile(r"[$€£¥₹]\s?\d|\bUSD? \d|\bRs\.? ?\d|\b(?:dollars|euros|pounds|rupees)\b"), "MONEY", "an amount"),
    (
        re.compile(r"\b(?:1[5-9]|20)\d\d\b|\b(?:decades?|years?|months?|weeks?|century|quarter)\b", re.I),
        "DATE",
        "a date",
    ),
    (re.compile(r"\b(?:Treaty|Convention|Protocol|Accord|Pact|Compact|Charter|Memorandum)\b"), "AGR", "an agreement"),
)
HINTS = (
    (re.compile(r"\b(?:should|must|ought to|had better|urges?|recommend)\b"), "recommendation", "R"),
    (
        re.compile(r"\b(?:because|due to|owing to|led to|leads? to|thanks to|drives?|enabled|stems? from)\b"),
        "cause",
        "C",
    ),
)
FLAGS = (
    (re.compile(r"\b(?:may|might|could|likely|possibly|perhaps|appears?|seems?)\b"), "hed"),
    (re.compile(r"\b(?:not|never|no|failed|cannot|neither|n’t|little)\b"), "neg"),
    (
        re.compile(
            r"\b(?:said|told|according to|reported|argued?s?|estimate[ds]|found that|noted|warned|claims?)\b", re.I
        ),
        "rep",
    ),
)


def lints_in(master: Master) -> Iterator[str]:
    """What looks forgotten, one `line: message` each, for a person to judge."""
    for _, statement in master.statements():
        covered = list(statement.of("DATE", "MONEY", "PERCENT", "AGR"))
        for pattern, _kind, what in LINTS:
            for match in pattern.finditer(statement.text):
                if not any(mark.start < match.end() and match.start() < mark.end for mark in covered):
                    yield f"{statement.line}: {what} unmarked? {match[0]!r} in {statement.text[:60]!r}"
        for pattern, label, letter in HINTS:
            if (match := pattern.search(statement.text)) and label not in statement.labels:
                yield f"{statement.line}: no {letter} though {match[0]!r}: {statement.text[:80]!r}"
        for pattern, flag in FLAGS:
            if statement.labels and (match := pattern.search(statement.text)) and flag not in statement.flags:
                yield f"{statement.line}: no +{flag} though {match[0]!r}: {statement.text[:80]!r}"
