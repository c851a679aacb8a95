"""How much of our own documents the readers give back: `python tests/benchmarks/own_documents.py`.

Every statement of corpus/gold is sought in the body of what `read_document` makes of its source, and every piece of
furniture (headings, captions, biographies, disclaimers …) must stay out of it. Prints both per format; `-v` lists
the misses. Titles are compared without regard to case, as plain text has its titles in capitals.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from claimx.sources import read_document

CORPUS = Path(__file__).parents[2] / "corpus"
sys.path.insert(0, str(CORPUS))

from master import Master, parse_master  # noqa: E402 - the corpus scripts are no package

FURNITURE = {"heading", "caption", "source", "bio", "disclaimer", "copyright", "subscribe", "byline", "nav", "related"}


def plain(text: str) -> str:
    """Text with all white space made one blank."""
    return re.sub(r"\s+", " ", text)


def measure(master: Master, rows: list[dict], counts: Counter[str]) -> list[str]:
    """Count found statements and leaked furniture of one document; returns a line for each miss."""
    document = read_document(CORPUS / "sources" / master.source)
    kind = master.meta["format"]
    body = document.body()
    text, blocks = plain(body.text), [plain(body.text[block.start : block.end]) for block in body.blocks]
    problems = []
    for row in rows:
        counts[f"{kind} statements"] += 1
        if plain(row["text"]) in text:
            counts[f"{kind} found"] += 1
        else:
            problems.append(f"lost    {master.source} {row['n']}: {row['text'][:90]}")
    for block in master.blocks:
        if block.kind in FURNITURE and block.text:
            words = plain(block.text)
            counts[f"{kind} furniture"] += 1
            if words in blocks or (len(words) > 40 and words in text):
                counts[f"{kind} leaked"] += 1
                problems.append(f"leaked  {master.source} {block.kind}: {words[:90]}")
    for field in ("title", "published"):
        counts[f"{kind} {field}s"] += (getattr(document, field) or "").casefold() == master.meta[field].casefold()
    counts[f"{kind} documents"] += 1
    return problems


def main() -> None:
    """Measure all documents and print the table."""
    rows: dict[str, list[dict]] = defaultdict(list)
    for path in sorted((CORPUS / "gold").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            rows[row["doc"]].append(row)
    counts: Counter[str] = Counter()
    for path in sorted((CORPUS / "masters").glob("*.md")):
        master = parse_master(path.read_text("utf-8"), path.name)
        problems = measure(master, rows[master.meta["slug"]], counts)
        if "-v" in sys.argv:
            sys.stdout.write("".join(problem + "\n" for problem in problems))
    sys.stdout.write("format     statements found   furniture leaked   titles   dates\n")
    for kind in ("pdf", "pdf-2col", "html", "docx", "md", "txt"):
        found, leaked = (f"{counts[f'{kind} {a}']}/{counts[f'{kind} {b}']}" for a, b in PAIRS)
        titles, dates = (f"{counts[f'{kind} {f}']}/{counts[f'{kind} documents']}" for f in ("titles", "publisheds"))
        sys.stdout.write(f"{kind:<10} {found:>16} {leaked:>18} {titles:>8} {dates:>7}\n")


PAIRS = (("found", "statements"), ("leaked", "furniture"))

if __name__ == "__main__":
    main()
