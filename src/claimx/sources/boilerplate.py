"""Passages of any format get the roles of what is not the author's argument: references, biography, disclaimer …

Whole sections are known by their heading (everything after “References” up to the next heading of that level or
higher), single passages by how they are worded. The rules are lines of `pipelines/patterns/boilerplate.jsonl`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

from claimx.document import Role
from claimx.sources.reading import Passage

_TELLABLE = frozenset(("paragraph", "list_item", "quote", "takeaway", "abstract", "other", "footer", "byline"))
"""Roles that a rule may overrule."""
_BRIEF = frozenset(("contents", "navigation", "subscription", "copyright", "disclaimer", "other"))
"""Sections that hold entries or a few lines: long prose under such a heading belongs to the text again."""
_MOST_PROSE = 1_500
_PROSE = re.compile(r"\S.{160,}[.!?][\"”’)\]]*$", re.DOTALL)
_PERSON_TITLE = re.compile(r"^(?:(?:Dr|Prof|Professor|Ambassador|Mr|Mrs|Ms|Sir|Dame)\.?\s+)+")
_LONGEST_BIOGRAPHY = 700
_HEADING_LENGTH = 70
_END_SHARE = 0.25
"""Rules for passages near the end look at this last part of the document's text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the rules file: `heading` names a section, or `text` finds a passage no longer than `longest`."""

    role: Role
    heading: re.Pattern[str] | None
    text: re.Pattern[str] | None
    longest: int
    near_end: bool


@cache
def read_rules() -> tuple[Rule, ...]:
    """The rules that ship with the package."""
    source = files("claimx") / "pipelines" / "patterns" / "boilerplate.jsonl"
    return tuple(_rule(json.loads(line)) for line in source.read_text("utf-8").splitlines() if line.strip())


def _rule(row: dict[str, Any]) -> Rule:
    flags = re.RegexFlag(0) if row.get("cased") else re.IGNORECASE
    heading = re.compile(row["heading"], flags) if "heading" in row else None
    text = re.compile(row["text"], flags) if "text" in row else None
    return Rule(cast(Role, row["role"]), heading, text, row.get("longest", 5000), row.get("near") == "end")


def mark_boilerplate(passages: Sequence[Passage]) -> list[Passage]:
    """The same passages, one for one, with the roles that sections and wording give them."""
    rules = read_rules()
    total = sum(len(passage.text) for passage in passages) or 1
    marked: list[Passage] = []
    section: Role | None = None
    depth = 9
    seen = prose = 0
    for passage in passages:
        seen += len(passage.text)
        near_end = seen > (1 - _END_SHARE) * total
        named = _section_role(passage, rules)
        if named is not None:
            level = passage.level or 1
            if section is None or level <= depth or passage.role != "heading":
                section, depth, prose = named, level, 0
            marked.append(replace(passage, role="heading", level=level))
            continue
        if passage.role in ("heading", "title") and (passage.level is None or passage.level <= depth):
            section, depth = None, 9
        if section in _BRIEF and _PROSE.match(passage.text):
            prose += len(passage.text)
            if section == "contents" or (prose > _MOST_PROSE and not near_end):
                section, depth = None, 9
        marked.append(_marked(passage, section, rules, near_end=near_end))
    return marked


def _section_role(passage: Passage, rules: Sequence[Rule]) -> Role | None:
    """The role of the section that this passage is the heading of."""
    short = len(passage.text) <= _HEADING_LENGTH
    if not short or passage.role not in ("heading", "title", "paragraph"):
        return None
    text = re.sub(r"^(?:[\dIVX]+(?:\.\d+)*[.)]?\s+)|[\s:.*]+$", "", passage.text).strip()
    for rule in rules:
        if rule.role == "navigation" and passage.page is not None:
            continue  # printed pages have none
        if rule.heading is not None and rule.heading.fullmatch(text):
            return rule.role
    return None


def _marked(passage: Passage, section: Role | None, rules: Sequence[Rule], *, near_end: bool) -> Passage:
    if passage.role not in _TELLABLE:
        return passage
    for rule in rules:
        if rule.text is None or len(passage.text) > rule.longest or (rule.near_end and not near_end):
            continue
        if rule.text.search(passage.text):
            return replace(passage, role=rule.role)
    return passage if section is None else replace(passage, role=section)


def mark_biographies(passages: Sequence[Passage], authors: Sequence[str]) -> list[Passage]:
    """Mark short paragraphs near the end that begin with the name of one of the document's authors."""
    total = sum(len(passage.text) for passage in passages) or 1
    marked: list[Passage] = []
    seen = 0
    for passage in passages:
        seen += len(passage.text)
        near_end = seen > (1 - _END_SHARE) * total
        if near_end and passage.role in ("paragraph", "footnote", "other") and _is_about(passage.text, authors):
            passage = replace(passage, role="biography")
        marked.append(passage)
    return marked


def _is_about(text: str, authors: Sequence[str]) -> bool:
    plain = _PERSON_TITLE.sub("", text)
    return len(text) <= _LONGEST_BIOGRAPHY and any(" " in author and plain.startswith(author) for author in authors)
