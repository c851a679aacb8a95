"""Rebuild the corpus from its masters: `python corpus/build.py` writes gold, sources and the datasheet's counts.

`--check` only validates, `--lint` also lists what looks forgotten. File names restrict both to some masters.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from datasheet import fill_datasheet
from gold import errors_in, lints_in, rows_of
from master import Master, MasterError, parse_master
from pages import render_pdf
from plain import render_markdown, render_text
from web import render_html
from word import render_docx

HERE = Path(__file__).parent
SPLITS = ("train", "dev", "test")


def read_masters(paths: list[Path]) -> tuple[list[Master], list[str]]:
    """Parse the masters; returns them with every problem found, one line each."""
    masters: list[Master] = []
    problems: list[str] = []
    for path in paths:
        try:
            master = parse_master(path.read_text(encoding="utf-8"), path.name)
        except MasterError as error:
            problems.append(str(error))
            continue
        if master.meta["slug"] != path.stem:
            problems.append(f"{path.name}:1: slug is {master.meta['slug']!r}, expected {path.stem!r}")
        problems.extend(f"{path.name}:{message}" for message in errors_in(master))
        masters.append(master)
    return masters, problems


def write_gold(masters: list[Master]) -> None:
    """Write corpus/gold/{train,dev,test}.jsonl, documents in order of their slugs."""
    folder = HERE / "gold"
    folder.mkdir(exist_ok=True)
    for split in SPLITS:
        rows = [row for master in masters if master.meta["split"] == split for row in rows_of(master)]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{split}.jsonl").write_text(lines, encoding="utf-8")


def write_sources(masters: list[Master]) -> None:
    """Render each master to corpus/sources in its format, and drop files that no master makes any more."""
    folder = HERE / "sources"
    folder.mkdir(exist_ok=True)
    for stale in {path.name for path in folder.iterdir()} - {master.source for master in masters}:
        (folder / stale).unlink()
    for master in masters:
        path = folder / master.source
        match path.suffix:
            case ".pdf":
                render_pdf(master, path)
            case ".docx":
                render_docx(master, path)
            case ".html":
                path.write_text(render_html(master), encoding="utf-8")
            case ".md":
                path.write_text(render_markdown(master), encoding="utf-8")
            case _:
                path.write_text(render_text(master), encoding="utf-8")


def write_datasheet(masters: list[Master]) -> None:
    """Bring the generated parts of corpus/README.md up to date."""
    path = HERE / "README.md"
    first, second = (
        [json.loads(line) for line in (HERE / "second-pass" / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("first", "second")
    )
    path.write_text(fill_datasheet(path.read_text("utf-8"), masters, first, second), encoding="utf-8")


def main() -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("masters", nargs="*", type=Path, help="default: all of corpus/masters")
    parser.add_argument("--check", action="store_true", help="validate and write nothing")
    parser.add_argument("--lint", action="store_true", help="validate, list what looks forgotten, write nothing")
    arguments = parser.parse_args()
    paths = arguments.masters or sorted((HERE / "masters").glob("*.md"))
    masters, problems = read_masters(paths)
    if arguments.lint:
        problems.extend(f"{m.meta['slug']}.md:{text}" for m in masters for text in lints_in(m))
    for problem in problems:
        sys.stderr.write(problem + "\n")
    if not (problems or arguments.check or arguments.lint or arguments.masters):
        write_gold(masters)
        write_sources(masters)
        write_datasheet(masters)
    statements = sum(len(list(master.statements())) for master in masters)
    sys.stdout.write(f"{len(masters)} masters, {statements} statements, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
