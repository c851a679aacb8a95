"""`make interop`: a run out to the real label-studio and doccano and back, and a table of what survived.

Both are installed from PyPI into environments of their own under outputs/interop, listen on 127.0.0.1 and are stopped
in the end. Apart from the tests: the first time it downloads about a gigabyte.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import doccano
import label_studio

from claimx.interchange.annotation import Annotated, annotated, shifted, utf16_offsets
from claimx.interchange.changes import Current, iter_changes
from claimx.interchange.formats import FORMATS
from claimx.records import read_records

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / "outputs" / "interop"
SOURCES = ("gulf-patrols.pdf",)
SCRIPTS = """Harbour tolls and their critics

Islanders 🏝️ trust the cafe\u0301 co-operative 👩🏽‍🌾 more than any ministry,
because it paid 5% after the storm of 2019.
The ministry should publish the 港口 tolls 🚢 before March 2027.
According to the اتحاد union, traffic fell by almost 41%.
"""


def main() -> int:
    """Runs both round trips and prints the table; 1 when something that the format holds came back otherwise."""
    with tempfile.TemporaryDirectory(prefix="claimx-interop-") as name:
        folder = Path(name)
        documents, claims = make_run(folder)
        fixed = [record for record in claims if len(record["labels"]) == 1][:2]
        corrections = {fixed[0]["id"]: other_label(fixed[0]), fixed[1]["id"]: "reject"}
        columns = {}
        for tool in ("label-studio", "doccano"):
            FORMATS[tool].write(folder / f"{tool}.in", documents, claims)
            if tool == "doccano":
                units = {record["id"]: utf16_offsets(record["text"]) for record in documents}
                edits = {place_of(record, units): corrections[record["id"]] for record in fixed}
                exported, version = doccano.round_trip(folder, ENVIRONMENTS, folder / f"{tool}.in", edits)
            else:
                exported, version = label_studio.round_trip(folder, ENVIRONMENTS, folder / f"{tool}.in", corrections)
            columns[f"{tool} {version}"] = survived(tool, exported, documents, claims, corrections)
    return show(columns)


def place_of(record: dict[str, Any], units: dict[str, list[int]]) -> tuple[str, int, int]:
    """A claim's document and its offsets in UTF-16 units."""
    offsets = units[record["document"]["id"]]
    return record["document"]["id"], offsets[record["start"]], offsets[record["end"]]


def other_label(record: dict[str, Any]) -> str:
    """A type that the claim has not."""
    return "cause" if record["label"] != "cause" else "finding"


def make_run(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A run of a commentary of ours and of a text in several scripts."""
    import subprocess

    (folder / "scripts.txt").write_text(SCRIPTS, "utf-8")
    sources = [str(ROOT / "corpus" / "sources" / name) for name in SOURCES]
    command = [sys.executable, "-m", "claimx", "extract", "-q", *sources, str(folder / "scripts.txt")]
    subprocess.run([*command, "-o", str(folder / "run")], check=True, timeout=600)
    documents = list(read_records(folder / "run" / "documents.jsonl"))
    claims = list(read_records(folder / "run" / "claims.jsonl"))
    if not any("🚢" in record["text"] for record in claims):
        raise RuntimeError("the text in several scripts has lost its claim behind an emoji; give it a clearer one")
    for record in claims[4:8]:
        record["labels"].append(other_label(record))  # second types are rare, and must come through too
    return documents, claims


def survived(
    tool: str,
    exported: Path,
    documents: list[dict[str, Any]],
    claims: list[dict[str, Any]],
    corrections: dict[str, str],
) -> dict[str, tuple[int, int]]:
    """For each thing that a claim has, how many were sent and how many came back as they were."""
    form = FORMATS[tool]
    assert form.read is not None
    wanted = {record["id"]: replace(annotated(record), score=None, status=None) for record in claims}
    owners = {record["id"]: record["document"]["id"] for record in claims}
    passages = list(form.read(exported, {record["id"]: record["text"] for record in documents}))
    places = {(claim.text, claim.start, claim.end): key for key, claim in wanted.items()}
    found = {}
    for passage in passages:
        for claim in passage.claims:
            moved = shifted(claim, passage.start)
            found[places.get((moved.text, moved.start, moved.end), moved.text)] = moved
    same = {key: claim for key, claim in wanted.items() if key not in corrections}
    rows = {"claims, with boundaries": (len(same), sum(key in found for key in same))}
    rows["types"] = _compared(same, found, lambda claim: claim.labels[:1])
    rows["second types"] = _compared(same, found, lambda claim: claim.labels[1:])
    rows["arguments, with relations"] = _compared(same, found, lambda claim: sorted(map(repr, claim.arguments)))
    rows["entities"] = _compared(
        same, found, lambda claim: sorted((item.label, item.start, item.end) for item in claim.entities)
    )
    rows["values"] = _compared(same, found, _values)
    rows["who says it"] = _compared(same, found, lambda claim: _unless(claim.attribution, "author"))
    rows["certainty"] = _compared(same, found, lambda claim: _unless(claim.certainty, "asserted"))
    rows["polarity"] = _compared(same, found, lambda claim: _unless(claim.polarity, "positive"))
    current = [Current(claim, owners[key], "unreviewed") for key, claim in wanted.items()]
    kinds = [change.kind for change in iter_changes(passages, current, form.holds) if change.kind != "accepted"]
    rows["corrections made there"] = (len(corrections), 2 if sorted(kinds) == ["rejected", "relabelled"] else 0)
    return rows


def _values(claim: Annotated) -> list[str]:
    return sorted(repr((item.start, sorted(item.value.items()))) for item in claim.entities if item.value)


def _unless(value: Any, usual: str) -> Any:
    return () if getattr(value, "kind", value) == usual else (value,)


def _compared(wanted: dict[str, Annotated], found: dict[str, Annotated], part: Any) -> tuple[int, int]:
    """How many claims have this part, and how many of them came back with the same."""
    having = {key: part(claim) for key, claim in wanted.items() if part(claim)}
    return len(having), sum(key in found and part(found[key]) == value for key, value in having.items())


def show(columns: dict[str, dict[str, tuple[int, int]]]) -> int:
    """Prints the table as Markdown; 1 when a tool lost something other than values, which doccano cannot hold."""
    names = list(next(iter(columns.values())))
    print(f"| what came back | {' | '.join(columns)} |")
    print("|---|" + "---|" * len(columns))
    for name in names:
        cells = [f"{rows[name][1]} of {rows[name][0]}" for rows in columns.values()]
        print(f"| {name} | {' | '.join(cells)} |")
    lost = [
        (tool, name)
        for tool, rows in columns.items()
        for name, (sent, back) in rows.items()
        if sent != back and not (tool.startswith("doccano") and name == "values")
    ]
    for tool, name in lost:
        print(f"lost in {tool}: {name}", file=sys.stderr)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
