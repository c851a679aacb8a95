"""Tokens come in, sentence starts go out: exact boundaries by rule, never across a block.

A boundary is looked for at every stop that white space (or the end of its block) follows. Whether the stop ends the
sentence is decided by the word before it (an abbreviation, an initial, a number), by what follows, and by the
brackets that are open. The lists of words are rules in `pipelines/patterns/sentences.jsonl`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

import numpy
from spacy.language import Language
from spacy.tokens import Doc

from claimx.components.ruled import Rule, RuledPipe

CLOSERS = "\"'”’»›)\\]}*_"
OPENERS = "\"'“‘«‹(\\[{*_¿¡"
# Digits are a footnote mark after a word's or a bracket's stop ("policy.12", "policy.[3]"), never after a number's.
_DIGITS = r"(?:(?<=[^\W\d]{2}[.!?])|(?<=[.!?][\"”’)\]]))\d{1,3}(?:[,–-]\d{1,3})*"
_MARK = rf"(?:{_DIGITS}|(?:\[\d{{1,3}}\])+|[\u00b9\u00b2\u00b3\u2070-\u2079*†‡]+)?"
STOP = re.compile(rf"(?P<stop>[.!?…。]+|(?<=\s)\. \. \.(?: \.)?)(?P<close>[{CLOSERS}]*)(?P<mark>{_MARK})(?=\s|$)")
"""A stop, quotes and brackets that close after it, and footnote marks glued to it, before white space."""
GLUED = re.compile(r"(?<=[a-z]{3})(?P<stop>[.!?])(?P<close>[\"”’)]?)(?=[A-Z][a-z]+[ ,])")
"""A stop whose space was lost: "the reform.The next"."""
BLANK_LINE = re.compile(r"[^\S\n]*\n[^\S\n]*\n\s*")
LIST_LINE = re.compile(r"\n[^\S\n]*(?=(?:[•‣▪●○◦■–*-]|\d{1,2}[.)]|\([a-z0-9]{1,3}\))\s)")
ENUMERATOR = re.compile(r"[\s(\[]*(?:\d{1,3}(?:\.\d{1,2})*|[A-Za-z]|[ivxIVX]{1,5})[.)]*")
BEFORE = re.compile(rf"[^\s{OPENERS}–—/]*$")
AFTER = re.compile(rf"[\s{OPENERS}•–—-]*")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
NUMBER = re.compile(r"\d|[A-Z]+-?(?:[A-Z]+-)*\d")
"""A number, or a code such as "A-11"."""
WHOLE_WORD = re.compile(r"[a-z]{4,}")
INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
BRACKET_REACH = 400
"""How far an open bracket may reach before we take it for one that was never closed."""


def iter_blocks(doc: Doc) -> Iterator[tuple[int, int]]:
    """Character offsets of the blocks: those in `user_data`, else paragraphs and list items of the text."""
    blocks = doc.user_data.get("claimx", {}).get("blocks")
    if blocks is not None:
        yield from ((block["start"], block["end"]) for block in blocks)
        return
    text = doc.text
    breaks = sorted({match.end() for pattern in (BLANK_LINE, LIST_LINE) for match in pattern.finditer(text)})
    for start, end in zip([0, *breaks], [*breaks, len(text)], strict=True):
        if text[start:end].strip():
            yield start, start + len(text[start:end].rstrip())


class Sentences:
    """Decides which stops end a sentence; a pure function of a text and the lists of words."""

    def __init__(self, rules: Iterable[dict[str, Any]]) -> None:
        self._forms: dict[str, frozenset[str]] = {}
        for rule in rules:
            self._forms[rule["kind"]] = self._forms.get(rule["kind"], frozenset()) | frozenset(rule["forms"])

    def split(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        """Yield the offsets of the sentences of `text[start:end]`, white space between them left out."""
        end = len(text) if end is None else end
        sentence = start
        for boundary in self._boundaries(text, start, end):
            yield from _trimmed(text, sentence, boundary)
            sentence = boundary
        yield from _trimmed(text, sentence, end)

    def _boundaries(self, text: str, start: int, end: int) -> Iterator[int]:
        sentence = start
        stops = [*STOP.finditer(text, start, end), *GLUED.finditer(text, start, end)]
        for stop in sorted(stops, key=re.Match.start):
            if stop.end() < end and self._ends(text, sentence, stop, end):
                sentence = stop.end()
                yield sentence

    def _ends(self, text: str, sentence: int, stop: re.Match[str], end: int) -> bool:
        """Whether the sentence that began at `sentence` ends at this stop."""
        following = AFTER.match(text, stop.end(), end)
        at = following.end() if following else stop.end()
        if at >= end:
            return True
        word_match = WORD.match(text, at, end)
        after = word_match.group() if word_match else text[at]
        if after[0] in ",;:.!?)":
            return False
        if after[0].islower():
            return self._ends_carelessly(text, sentence, stop)
        if _inside_bracket(text, sentence, stop, end):
            return False
        marks = stop["stop"]
        if marks[0] in "!?":
            return not (stop["close"] and self._speaker_follows(text, at, end))
        if "…" in marks or len(marks) > 1:
            return len(marks) > 3 or bool(stop["close"]) or after in self._forms.get("opener", ())
        return self._period_ends(text, sentence, stop, at, after)

    def _ends_carelessly(self, text: str, sentence: int, stop: re.Match[str]) -> bool:
        """Whether a stop before a small letter ends a sentence after all: behind a whole word that is no short form."""
        before = BEFORE.search(text, sentence, stop.start())
        word = before.group() if before else ""
        short = any(f"{word}." in forms for forms in self._forms.values())
        return stop["stop"] == "." and not stop["close"] and WHOLE_WORD.fullmatch(word) is not None and not short

    def _period_ends(self, text: str, sentence: int, stop: re.Match[str], at: int, after: str) -> bool:
        """Whether one full stop, followed by a capital, a digit or a symbol, ends the sentence."""
        before = BEFORE.search(text, sentence, stop.start())
        word = (before.group() if before else "") + "."
        head = text[sentence : stop.start()]
        if ENUMERATOR.fullmatch(head) and not stop["close"]:
            return False
        forms = self._forms
        label = WORD.match(head.lstrip())
        if (
            label
            and label.group() in forms.get("label", ())
            and ENUMERATOR.fullmatch(head.lstrip()[label.end() :].strip())
        ):
            return False
        if stop["close"] and '"' in stop["close"] + "”" and word not in forms.get("either", ()):
            return True
        digit = bool(NUMBER.match(text, at))
        if word in forms.get("number", ()) and (digit or re.fullmatch("[IVXLC]+", after)):
            return False
        if word in forms.get("inner", ()) or (word in forms.get("title", ()) and not digit):
            return False
        if word in forms.get("either", ()) or INITIALS.fullmatch(word):
            return after in forms.get("opener", ()) and not INITIALS.match(text, at)
        return True

    def _speaker_follows(self, text: str, at: int, end: int) -> bool:
        """Whether what follows a quoted question is "Smith asked" or "President Smith asked"."""
        words = re.findall(r"\w+", text[at : min(end, at + 60)])[:4]
        return any(word in self._forms.get("speech_verb", ()) for word in words[1:])


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if part.strip():
        yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _inside_bracket(text: str, sentence: int, stop: re.Match[str], end: int) -> bool:
    """Whether a bracket that opened within the sentence is still open after the stop and closes further on."""
    for left, right in ("()", "[]"):
        opened = text.rfind(left, sentence, stop.end())
        if opened <= sentence + 1 or text.count(left, sentence, stop.end()) <= text.count(right, sentence, stop.end()):
            continue
        closed = text.find(right, stop.end(), min(end, stop.end() + BRACKET_REACH))
        again = text.find(left, stop.end(), min(end, stop.end() + BRACKET_REACH))
        if closed >= 0 and not 0 <= again < closed:
            return True
    return False


class SentencesPipe(RuledPipe):
    """The spaCy component: sets `is_sent_start` of every token, True or False."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the first token of each sentence; white space between sentences belongs to the one before."""
        offsets = [token.idx for token in doc]
        text = doc.text
        starts = {0}
        for block_start, block_end in iter_blocks(doc):
            for start, _ in self._sentences.split(text, block_start, block_end):
                starts.add(bisect_left(offsets, start))
        # All at once: setting a token's flag looks through the whole Doc each time.
        flags = [1 if index in starts else -1 for index in range(len(doc))]
        column: Any = numpy.array(flags, dtype="int64").astype("uint64").reshape(-1, 1)
        return doc.from_array(["SENT_START"], column) if flags else doc

    def compile(self, rules: list[Rule]) -> None:
        """Index the rules."""
        self._sentences = Sentences(rules)


@Language.factory("claimx_sentences", assigns=["token.is_sent_start"])
def make_sentences(nlp: Language, name: str) -> SentencesPipe:
    """Make the component that splits sentences; its rules come with `initialize`."""
    return SentencesPipe(nlp, name)
