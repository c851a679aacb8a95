"""Pattern rows (the word lists, parts and rules of a linguist) become compiled expressions that find and take apart.

A row is one of

- `{"list": "month", "entries": {"January": "1", …}}`: words with what they mean, in any case unless `"case": "exact"`;
- `{"part": "day", "pattern": "…"}`: a named piece of a pattern;
- `{"rule": "day-month", "label": "DATE", "pattern": "{day:day} {month:month}"}`: something to find;
- `{"cue": "defined", "pattern": "…"}`: something that a component looks for around what it found.

Patterns are regular expressions over `plain` text in which a blank stands for one or more, `{name}` for a list or
part, and `{name:group}` for the same, kept under that name. Rules that share a `"group"` may be named as one part. A
rule holds only where its `"not_after"`, `"after"`, `"not_before"` and `"before"` agree with the text around the match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from claimx.errors import PipelineError

Row = Mapping[str, object]
_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z][a-z0-9_]*))?\}")
_PLAIN = {
    **dict.fromkeys([9, 13, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0x2010, 0x2011, 0x2212], "-"),
    **dict.fromkeys([0x2018, 0x2019, 0x02BC], "'"),
    **dict.fromkeys([0x201C, 0x201D], '"'),
}
_LONE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")
_WHITE = re.compile(r"\s+")
_BEHIND = 60
# Between words; an underscore is no part of a word, because converted Markdown emphasises with it.
_START = r"(?<![^\W_])"
_END = r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to find: `pattern` captures its groups; the four guards look at the text around a match."""

    name: str
    label: str
    phenomenon: str
    group: str
    reading: str
    pattern: re.Pattern[str]
    after: re.Pattern[str] | None = None
    not_after: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None
    not_before: re.Pattern[str] | None = None

    def holds(self, text: str, start: int, end: int) -> bool:
        """Whether the text around `text[start:end]` lets the rule stand."""
        if self.not_before is not None and self.not_before.match(text, end):
            return False
        if self.before is not None and not self.before.match(text, end):
            return False
        if self.after is None and self.not_after is None:
            return True
        behind = text[max(0, start - _BEHIND) : start]
        if self.not_after is not None and self.not_after.search(behind):
            return False
        return self.after is None or bool(self.after.search(behind))


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's match: `text[start:end]` and the groups it captured."""

    rule: Rule
    start: int
    end: int
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Compiled pattern rows: word lists, rules, and for each label one expression that finds where a rule may hold."""

    lists: Mapping[str, Mapping[str, str]]
    rules: Mapping[str, tuple[Rule, ...]]
    finders: Mapping[str, re.Pattern[str]]
    cues: Mapping[str, re.Pattern[str]]

    def meaning(self, name: str, form: str | None) -> str | None:
        """What `form` means in the word list `name`, whatever its case and spacing; None when it is not listed."""
        if form is None:
            return None
        entries = self.lists.get(name, {})
        form = _WHITE.sub(" ", form)
        return entries.get(form) or entries.get(form.lower())

    def find(self, label: str, text: str) -> Iterator[Found]:
        """The leftmost, then longest matches of the label's rules in `text`, none overlapping."""
        finder = self.finders.get(label)
        at = 0
        while finder is not None and (hit := finder.search(text, at)):
            best = self._longest(label, text, hit.start())
            if best is None:
                at = hit.start() + 1
                continue
            yield best
            at = best.end

    def _longest(self, label: str, text: str, start: int) -> Found | None:
        best: tuple[int, Rule, re.Match[str]] | None = None
        for rule in self.rules[label]:
            match = rule.pattern.match(text, start)
            if match is None or (best is not None and match.end() <= best[0]):
                continue
            if rule.holds(text, start, match.end()):
                best = match.end(), rule, match
        if best is None:
            return None
        end, rule, match = best
        return Found(rule, start, end, {name: value for name, value in match.groupdict().items() if value is not None})

    def read(self, label: str, text: str) -> Iterator[Found]:
        """Every rule of the label that covers the whole of `text`, in the order of the file, guards left aside."""
        for rule in self.rules.get(label, ()):
            match = rule.pattern.fullmatch(text)
            if match is not None:
                groups = {name: value for name, value in match.groupdict().items() if value is not None}
                yield Found(rule, 0, len(text), groups)


def plain(text: str) -> str:
    """The text with typographic blanks, hyphens and quotation marks made plain and lone line breaks made blanks.

    Every character keeps its place; only blank lines still part blocks.
    """
    text = text.translate(_PLAIN)
    return _LONE_BREAK.sub(" ", text) if "\n" in text else text


def compile_grammar(rows: Iterable[Row]) -> Grammar:
    """Compile pattern rows. Raises PipelineError naming the row that cannot be used."""
    lists: dict[str, dict[str, str]] = {}
    sources: dict[str, str] = {}
    grouped: dict[str, list[str]] = {}
    rules: dict[str, list[Rule]] = {}
    cues: dict[str, re.Pattern[str]] = {}
    for row in rows:
        try:
            if "list" in row:
                _add_list(row, lists, sources)
            elif "part" in row:
                sources[str(row["part"])] = f"(?:{_expand(str(row['pattern']), sources)})"
            elif "cue" in row:
                cues[str(row["cue"])] = re.compile(_expand(str(row["pattern"]), sources))
            elif "rule" in row:
                rule = _make_rule(row, sources)
                rules.setdefault(rule.label, []).append(rule)
                if rule.group:
                    grouped.setdefault(rule.group, []).append(_expand(str(row["pattern"]), sources, bare=True))
                    sources[rule.group] = f"(?:{'|'.join(grouped[rule.group])})"
        except (KeyError, re.error, TypeError, ValueError, AttributeError) as error:
            name = row.get("rule") or row.get("cue") or row.get("part") or row.get("list")
            raise PipelineError(f"pattern row {name!r}: {error}; mend the row in its pattern file") from error
    finders = {label: _make_finder(found) for label, found in rules.items()}
    return Grammar(lists, {label: tuple(found) for label, found in rules.items()}, finders, cues)


def _add_list(row: Row, lists: dict[str, dict[str, str]], sources: dict[str, str]) -> None:
    entries = row["entries"]
    if isinstance(entries, list):
        entries = {entry: entry for entry in entries}
    if not isinstance(entries, Mapping):
        raise TypeError("entries must be an object or an array")
    name = str(row["list"])
    exact = row.get("case") == "exact"
    words = {str(form): str(meaning) for form, meaning in entries.items()}
    known = lists.setdefault(name, {})
    for form, meaning in words.items():
        known[form if exact else form.lower()] = meaning
    source = f"(?:{_trie(words)})" if exact else f"(?i:{_trie(known)})"
    sources[name] = f"(?:{sources[name]}|{source})" if name in sources else source


def _trie(forms: Iterable[str]) -> str:
    """Words as one expression that shares their beginnings, longest word first: faster than a list of alternatives."""
    root: dict[str, dict[str, Any]] = {}
    for form in forms:
        node = root
        for char in form:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branch(root)


def _branch(node: Mapping[str, Any]) -> str:
    branches = [_step(char) + _branch(child) for char, child in node.items() if char]
    if not branches:
        return ""
    if len(branches) == 1 and "" not in node:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if '' in node else ''}"


def _step(char: str) -> str:
    return " +" if char == " " else re.escape(char)


def _expand(pattern: str, sources: Mapping[str, str], *, bare: bool = False) -> str:
    """Put lists and parts into their slots; `bare` keeps no group, so that the result can be used more than once."""

    def fill(slot: re.Match[str]) -> str:
        source = sources[slot[1]]
        return f"(?P<{slot[2]}>{source})" if slot[2] and not bare else source

    # Blanks are stretched before slots are filled: a filled slot has had its turn.
    expanded = _SLOT.sub(fill, _stretch(pattern))
    return _without_groups(expanded) if bare else expanded


def _stretch(pattern: str) -> str:
    """Each blank outside a character class becomes one or more."""
    return re.sub(r"(\\.|\[(?:\\.|[^\]])*\])| ", lambda found: found[1] or "(?: +)", pattern)


def _without_groups(source: str) -> str:
    return re.sub(r"\(\?P<[a-z0-9_]+>", "(?:", source)


def _make_rule(row: Row, sources: Mapping[str, str]) -> Rule:
    def guard(key: str, *, behind: bool) -> re.Pattern[str] | None:
        if key not in row:
            return None
        source = _expand(str(row[key]), sources, bare=True)
        return re.compile(f"(?:{source})\\Z" if behind else source)

    return Rule(
        name=str(row["rule"]),
        label=str(row["label"]),
        phenomenon=str(row["phenomenon"]),
        group=str(row.get("group", "")),
        reading=str(row.get("reading", row["rule"])),
        pattern=re.compile(_bounded(_expand(str(row["pattern"]), sources))),
        after=guard("after", behind=True),
        not_after=guard("not_after", behind=True),
        before=guard("before", behind=False),
        not_before=guard("not_before", behind=False),
    )


def _bounded(source: str) -> str:
    """Matches begin and end between words."""
    return f"{_START}(?:{source}){_END}"


def _make_finder(rules: Iterable[Rule]) -> re.Pattern[str]:
    sources = (_without_groups(rule.pattern.pattern.removeprefix(_START).removesuffix(_END)) for rule in rules)
    return re.compile(f"{_START}(?:{'|'.join(sources)}){_END}")
