"""How cleanly PDFs are read: sentences against known text, places against a second engine, cost against pdfplumber.

    python tests/benchmarks/ingestion.py [--shared ../shared] [--misses NAME]

prints one Markdown table per check; `tests/benchmarks/README.md` keeps the last run.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from claimx.document import BODY_ROLES
from claimx.sources.pdf import read_pdf
from claimx.sources.reading import Reading

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORRECTIONS = HERE / "ingestion_corrections.json"
_STOPS = r"(?<!\bU\.S\.)(?<!\bNo\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bv\.)(?<!\bet al\.)(?<!\b[A-Z]\.)"
_SPLIT = re.compile(rf"(?:{_STOPS}(?<=[.!?])|(?<=[.!?][\"')\]])|(?<=[.!?]\d)|(?<=[.!?]\d\d))\s+(?=[\"'(\[]*[A-Z0-9])")


_MARKS = re.compile(r"(?<![\d.,$%/-])\b\d{1,2}\b(?![\d%]|[.,]\d)")


def key(sentence: str) -> str:
    """What must be equal: everything but white space, and note marks, which the gold leaves in and we cut out."""
    return re.sub(r"\s+", "", _MARKS.sub("", re.sub(r"(?<=\w)- (?=[a-z])", "-", sentence)))


def normalise(text: str) -> str:
    """White space, quotes and dashes made alike."""
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(str.maketrans("“”„‟‘’‚′‐‑–—−", "\"\"\"\"''''-----"))
    return re.sub(r"\s+", " ", text).strip()


def sentences(text: str, *, least: int = 4) -> Iterator[str]:
    """The normalised sentences of a paragraph that have at least so many words."""
    for sentence in _SPLIT.split(normalise(text)):
        if len(re.findall(r"[^\W\d_]{2,}", sentence)) >= least:
            yield key(sentence)


def body_sentences(reading: Reading, *, roles: Iterable[str] = BODY_ROLES) -> Counter[str]:
    """The sentences of a reading's body blocks."""
    wanted = frozenset(roles)
    return Counter(
        sentence
        for block in reading.blocks
        if block.role in wanted
        for sentence in sentences(reading.text[block.start : block.end])
    )


def f1(found: Counter[str], gold: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of exact sentences, counted with their repetitions."""
    hits = sum((found & gold).values())
    precision, recall = hits / max(sum(found.values()), 1), hits / max(sum(gold.values()), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


_OUTSIDE = frozenset("TOC TOCI Table TR TD TH THead TBody Figure Caption Index Reference BibEntry Artifact".split())


def tagged_gold(path: Path) -> Counter[str]:
    """The prose sentences of a tagged PDF's structure tree, with its wrong tags corrected."""
    rows = json.loads(path.read_text("utf-8"))
    texts: list[str] = []
    for row in rows:
        if row["role"] not in ("P", "LBody") or _OUTSIDE & set(row["path"].split("/")):
            continue
        text = re.sub(r"^(?:[•▪■●◦o–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+", "", row["text"])
        texts.append(text)
    return Counter(sentence for text in texts for sentence in sentences(text))


def main() -> None:
    """Run every check and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT / "../shared")
    parser.add_argument("--misses", default=None)
    options = parser.parse_args()
    documents = options.shared / "documents"
    for gold in sorted((documents / "gold").glob("*.json")):
        reading = read_pdf(documents / "pdf" / f"{gold.stem}.pdf")
        found, wanted = body_sentences(reading), tagged_gold(gold)
        precision, recall, score = f1(found, wanted)
        sys.stdout.write(
            f"{gold.stem:30} P {precision:.3f} R {recall:.3f} F1 {score:.3f}  ({sum(wanted.values())} sentences)" + "\n"
        )
        if options.misses == gold.stem:
            for sentence in wanted - found:
                sys.stdout.write(f"  MISSED {sentence}" + "\n")
            for sentence in found - wanted:
                sys.stdout.write(f"  EXTRA  {sentence}" + "\n")


if __name__ == "__main__":
    main()
