"""The numbers of a run, each with the ids of the claims behind it: records in, tables out, nothing drawn."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from claimx.claim import LABELS

Record = Mapping[str, Any]
Ids = tuple[str, ...]
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of one currency: how many mentions, the least, the median and the greatest, and every one of them."""

    currency: str
    claims: Ids
    values: tuple[Decimal, ...]

    @property
    def median(self) -> Decimal:
        """The lower median, so that it is an amount that stands in a document."""
        return self.values[(len(self.values) - 1) // 2]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a report shows as a number; every list of ids is in text order, each claim once."""

    claims: Ids
    by_label: Mapping[str, Ids]
    by_document: Sequence[tuple[str, Mapping[str, Ids]]]
    """Title and ids by label, one entry a document, most claims first."""
    by_year: Mapping[int, Ids]
    by_currency: Sequence[Amounts]
    agreements: Sequence[tuple[str, Ids]]
    """Name and the claims that mention it, most often named first."""
    together: Sequence[tuple[str, str, Ids]]
    """Two agreements and the claims of the documents that name both, by number of such documents."""
    together_documents: Mapping[tuple[str, str], int]
    confidence: Mapping[str, tuple[float, ...]]
    """The confidence of every claim, by label."""
    review: Mapping[str, Ids]
    """Claims by review status; "open" where there is none."""


def compute_figures(claims: Iterable[Record]) -> Figures:
    """The figures of a run, from its claim records."""
    records = list(claims)
    shown = [record for record in records if status_of(record) != "rejected"]
    agreements = _agreements(shown)
    together = _together(shown)
    return Figures(
        claims=tuple(record["id"] for record in shown),
        by_label={label: _ids(r for r in shown if r["label"] == label) for label in LABELS},
        by_document=_by_document(shown),
        by_year=_by_year(shown),
        by_currency=_by_currency(shown),
        agreements=agreements,
        together=[(left, right, ids) for (left, right), (_, ids) in together],
        together_documents={pair: documents for pair, (documents, _) in together},
        confidence={label: tuple(r["confidence"] for r in shown if r["label"] == label) for label in LABELS},
        review=_grouped(
            (record["review"]["status"] if record["review"] else "open", record["id"]) for record in records
        ),
    )


def year_of(value: Mapping[str, Any] | None) -> int | None:
    """The first calendar year of a DATE value, or None for durations, decades, centuries and unresolved dates."""
    found = _YEAR.search((value or {}).get("edtf") or "")
    return int(found[1]) if found else None


def status_of(record: Record) -> str:
    """The review status of a claim; "open" where nobody has looked at it."""
    return str(record["review"]["status"]) if record["review"] else "open"


def document_name(record: Record) -> str:
    """What a claim's document is called: its title, else its path."""
    document = record["document"]
    return str(document["title"] or document["source"])


def _ids(records: Iterable[Record]) -> Ids:
    return tuple(record["id"] for record in records)


def _grouped(pairs: Iterable[tuple[Any, str]]) -> dict[Any, Ids]:
    """Pairs of key and claim id as ids by key, each id once, in order."""
    groups: dict[Any, dict[str, None]] = defaultdict(dict)
    for key, claim in pairs:
        groups[key][claim] = None
    return {key: tuple(ids) for key, ids in groups.items()}


def _by_document(records: Sequence[Record]) -> list[tuple[str, dict[str, Ids]]]:
    documents: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        documents[record["document"]["id"]].append(record)
    rows = [(document_name(own[0]), _grouped((r["label"], r["id"]) for r in own)) for own in documents.values()]
    return sorted(rows, key=lambda row: (-sum(map(len, row[1].values())), row[0]))


def _entities(records: Iterable[Record], label: str) -> Iterable[tuple[Record, Record]]:
    return ((record, entity) for record in records for entity in record["entities"] if entity["label"] == label)


def _by_year(records: Sequence[Record]) -> dict[int, Ids]:
    years = ((year_of(entity["value"]), record["id"]) for record, entity in _entities(records, "DATE"))
    return dict(sorted(_grouped((year, claim) for year, claim in years if year is not None).items()))


def _by_currency(records: Sequence[Record]) -> list[Amounts]:
    amounts: dict[str, list[tuple[Decimal, str]]] = defaultdict(list)
    for record, entity in _entities(records, "MONEY"):
        value = entity["value"]
        if value and value["currency"]:
            amounts[value["currency"]].append((Decimal(value["max"]), record["id"]))
    rows = [
        Amounts(currency, tuple(dict.fromkeys(claim for _, claim in pairs)), tuple(sorted(v for v, _ in pairs)))
        for currency, pairs in amounts.items()
    ]
    return sorted(rows, key=lambda row: (-len(row.values), row.currency))


def _agreement_name(entity: Record) -> str:
    return str((entity["value"] or {}).get("name") or entity["text"])


def _agreements(records: Sequence[Record]) -> list[tuple[str, Ids]]:
    named = _grouped((_agreement_name(entity), record["id"]) for record, entity in _entities(records, "AGREEMENT"))
    return sorted(named.items(), key=lambda row: (-len(row[1]), row[0]))


def _together(records: Sequence[Record]) -> list[tuple[tuple[str, str], tuple[int, Ids]]]:
    """Pairs of agreements that one document names, with the number of documents and their claims."""
    documents: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record, entity in _entities(records, "AGREEMENT"):
        documents[record["document"]["id"]][_agreement_name(entity)].append(record["id"])
    counts: Counter[tuple[str, str]] = Counter()
    claims: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for named in documents.values():
        for pair in combinations(sorted(named), 2):
            counts[pair] += 1
            claims[pair].update(dict.fromkeys(named[pair[0]] + named[pair[1]]))
    rows = [(pair, (count, tuple(claims[pair]))) for pair, count in counts.items()]
    return sorted(rows, key=lambda row: (-row[1][0], -len(row[1][1]), row[0]))
