"""The text of one master file becomes a Master: blocks of annotated statements, furniture, agreements, metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LABELS = {"F": "finding", "C": "cause", "R": "recommendation"}
ROLES = {"cause": "cause", "effect": "effect", "conn": "connective", "addr": "addressee", "act": "action"}
ENTITIES = {"DATE", "MONEY", "PERCENT", "AGR"}
FURNITURE = {
    "caption",
    "source",
    "bio",
    "disclaimer",
    "copyright",
    "subscribe",
    "pull",
    "byline",
    "ref",
    "table",
    "nav",
    "related",
}
META = ("slug", "title", "authors", "publisher", "published", "register", "topic", "variety", "split", "format")
CHOICES = {
    "register": {
        "op-ed",
        "brief",
        "committee-report",
        "country-report",
        "speech",
        "interview-digest",
        "fact-sheet",
        "rejoinder",
        "commentary",
    },
    "variety": {"en-GB", "en-US"},
    "split": {"train", "dev", "test"},
    "format": {"pdf", "pdf-2col", "html", "docx", "md", "txt"},
}
BOX_TITLES = {"takeaways": "Key takeaways", "abstract": "Abstract"}
STATEMENT = re.compile(r"(N|[FCR]{1,3})((?:\+(?:rep|hed|neg))*): (.+)")
ANCHOR = re.compile(r"\[\^(\w+)\]")


class MasterError(ValueError):
    """A master file breaks its format; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement of the front matter: what every mention's value is made of."""

    key: str
    name: str
    acronym: str | None
    kind: str
    year: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of a statement: `kind` is a role, an entity label, "src" or "link"; `value` is what stood after it."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or bullet with its labels, flags and spans; `anchors` are (offset, footnote id)."""

    line: int
    labels: tuple[str, ...]
    flags: frozenset[str]
    text: str
    marks: tuple[Mark, ...]
    anchors: tuple[tuple[int, str], ...] = ()

    def of(self, *kinds: str) -> Iterator[Mark]:
        """The marks of these kinds, in text order."""
        return (mark for mark in self.marks if mark.kind in kinds)


@dataclass(slots=True)
class Block:
    """One unit of the body: `kind` is box, heading, paragraph, bullet, number, quote, footnote or a furniture's name.

    `box` is takeaways, abstract or box inside such a box, else "". `text` is set where there are no statements.
    """

    kind: str
    line: int
    text: str = ""
    level: int = 0
    marker: str = ""
    box: str = ""
    heading: str = ""
    statements: list[Statement] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Master:
    """A whole document of the corpus, ready to be rendered and turned into gold rows."""

    meta: dict[str, str]
    agreements: dict[str, Agreement]
    blocks: tuple[Block, ...]

    @property
    def source(self) -> str:
        """The file name of its rendering in corpus/sources."""
        kind = self.meta["format"]
        return f"{self.meta['slug']}.{'pdf' if kind == 'pdf-2col' else kind}"

    def statements(self) -> Iterator[tuple[Block, Statement]]:
        """Every statement with its block, in reading order."""
        for block in self.blocks:
            for statement in block.statements:
                yield block, statement


def parse_master(text: str, name: str) -> Master:
    """Parse one master file; `name` is for messages. Raises MasterError with the line number."""
    lines = text.split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        raise MasterError(f"{name}:1: front matter between two lines of --- is missing")
    close = lines.index("---", 1)
    meta, agreements = _front_matter(lines[1:close], name)
    return Master(meta, agreements, tuple(_blocks(lines, close + 1, name)))


def _front_matter(lines: list[str], name: str) -> tuple[dict[str, str], dict[str, Agreement]]:
    meta: dict[str, str] = {}
    agreements: dict[str, Agreement] = {}
    for number, line in enumerate(lines, 2):
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not colon:
            raise MasterError(f"{name}:{number}: expected “key: value”")
        if key != "agreement":
            meta[key] = value
            continue
        parts = [part.strip() for part in value.split("|")]
        if len(parts) != 5:
            raise MasterError(f"{name}:{number}: agreement needs KEY | name | acronym or - | kind | year or -")
        ref, full, acronym, kind, year = parts
        agreements[ref] = Agreement(ref, full, None if acronym == "-" else acronym, kind, None if year == "-" else year)
    for key in META:
        if not meta.get(key):
            raise MasterError(f"{name}:1: front matter lacks {key}")
    for key, allowed in CHOICES.items():
        if meta[key] not in allowed:
            raise MasterError(f"{name}:1: {key} is {meta[key]!r}, expected one of {', '.join(sorted(allowed))}")
    meta.setdefault("country", "")
    return meta, agreements


def _blocks(lines: list[str], first: int, name: str) -> Iterator[Block]:
    """Group body lines into blocks; a block ends at a blank line or where another kind of line starts."""
    box, box_title, heading, current = "", "", "", None
    for number, raw in enumerate(lines[first:], first + 1):
        line = raw.rstrip()
        started = None
        if line == "!end":
            box = box_title = ""
        elif opened := re.fullmatch(r"!(takeaways|abstract|box)(?: (.+))?", line):
            box, box_title = opened[1], opened[2] or BOX_TITLES.get(opened[1], "")
            started = Block("box", number, opened[2] or "", box=box)
        elif line.startswith("!"):
            started = _furniture(line, number, name, current)
        elif headed := re.fullmatch(r"(#{1,3}) (.+)", line):
            heading = headed[2]
            started = Block("heading", number, heading, level=len(headed[1]))
        elif line.startswith("@"):
            _mark_afterwards(current, line, number, name)
            continue
        elif line:
            started = _unit(line, number, name, current)
        if started is current and line:
            continue
        if current is not None:
            yield current
        if started is not None:
            started.box, started.heading = box, box_title or heading
        current = started
    if current is not None:
        yield current


def _furniture(line: str, number: int, name: str, current: Block | None) -> Block:
    match = re.fullmatch(r"!(\w+): (.+)", line)
    if not match or match[1] not in FURNITURE:
        raise MasterError(f"{name}:{number}: unknown furniture line {line[:30]!r}")
    if match[1] != "table":
        return Block(match[1], number, match[2])
    block = current if current is not None and current.kind == "table" else Block("table", number)
    block.rows.append([cell.strip() for cell in match[2].split("|")])
    return block


UNITS = (
    ("bullet", re.compile(r"(- )(.+)")),
    ("number", re.compile(r"(\d+)\. (.+)")),
    ("quote", re.compile(r"(> )(.+)")),
    ("footnote", re.compile(r"\[\^(\w+)\]: (.+)")),
)


def _unit(line: str, number: int, name: str, current: Block | None) -> Block:
    """The block that a line of text starts or, when it carries no marker of its own, continues."""
    for kind, pattern in UNITS:
        if match := pattern.fullmatch(line):
            marker, rest = match[1].strip(), match[2]
            if kind == "footnote" and rest.startswith("!ref "):
                return Block("footnote", number, rest[5:], marker=marker)
            goes_on = kind == "quote" and current is not None and current.kind == "quote"
            block = current if goes_on and current is not None else Block(kind, number, marker=marker)
            block.statements.append(parse_statement(rest, number, name))
            return block
    if current is not None and current.statements:
        current.statements.append(parse_statement(line, number, name))
        return current
    return Block("paragraph", number, statements=[parse_statement(line, number, name)])


def parse_statement(line: str, number: int, name: str) -> Statement:
    """Parse `LABELS+flags: text with {markup}` into clean text and spans."""
    match = STATEMENT.fullmatch(line)
    if not match:
        raise MasterError(f"{name}:{number}: not a statement line: {line[:50]!r} (expected e.g. “F+rep: text”)")
    labels = () if match[1] == "N" else tuple(LABELS[letter] for letter in match[1])
    if len(set(labels)) != len(labels):
        raise MasterError(f"{name}:{number}: a label twice in {match[1]}")
    text, marks, anchors = _read_markup(match[3], f"{name}:{number}")
    return Statement(number, labels, frozenset(match[2].split("+")[1:]), text, marks, anchors)


def _read_markup(raw: str, where: str) -> tuple[str, tuple[Mark, ...], tuple[tuple[int, str], ...]]:
    """Strip `{head|…}` and `[^n]`, keeping where they stood in the clean text."""
    out: list[str] = []
    length, at = 0, 0
    opened: list[tuple[str, int]] = []
    marks: list[Mark] = []
    anchors: list[tuple[int, str]] = []
    while at < len(raw):
        if raw[at] == "{":
            bar = raw.find("|", at)
            if bar < 0 or "}" in raw[at:bar]:
                raise MasterError(f"{where}: a brace without “|” at {raw[at : at + 20]!r}")
            opened.append((raw[at + 1 : bar], length))
            at = bar + 1
        elif raw[at] == "}":
            if not opened:
                raise MasterError(f"{where}: a closing brace too many near {raw[max(0, at - 20) : at]!r}")
            head, start = opened.pop()
            marks.append(_mark(head, start, length, where))
            at += 1
        elif anchor := ANCHOR.match(raw, at):
            anchors.append((length, anchor[1]))
            at = anchor.end()
        else:
            out.append(raw[at])
            length += 1
            at += 1
    if opened:
        raise MasterError(f"{where}: {opened[-1][0]!r} is never closed")
    text = "".join(out)
    if text != text.strip() or "  " in text:
        raise MasterError(f"{where}: stray white space in {text[:40]!r}")
    return text, tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end))), tuple(anchors)


def _mark(head: str, start: int, end: int, where: str) -> Mark:
    """A mark from `cause`, `DATE=edtf:2019`, `AGR=KEY` or `link:https://…`."""
    if head.startswith("link:"):
        return Mark("link", head[5:], start, end)
    kind, _, value = head.partition("=")
    if kind in ROLES or kind == "src" or (kind in ENTITIES and value):
        return Mark(kind, value, start, end)
    raise MasterError(f"{where}: unknown markup {head!r}")


def _mark_afterwards(block: Block | None, line: str, number: int, name: str) -> None:
    """`@role: words` marks the only occurrence of the words in the statement above (for spans that cross)."""
    match = re.fullmatch(r"@(\w+): (.+)", line)
    if not match or block is None or not block.statements or match[1] not in {*ROLES, "src"}:
        raise MasterError(f"{name}:{number}: expected “@role: words of the statement above”")
    last = block.statements[-1]
    if last.text.count(match[2]) != 1:
        raise MasterError(f"{name}:{number}: {match[2]!r} occurs {last.text.count(match[2])} times in the statement")
    start = last.text.index(match[2])
    mark = Mark(match[1], "", start, start + len(match[2]))
    marks = tuple(sorted((*last.marks, mark), key=lambda mark: (mark.start, -mark.end)))
    block.statements[-1] = Statement(last.line, last.labels, last.flags, last.text, marks, last.anchors)
