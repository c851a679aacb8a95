"""How cleanly PDFs are read: sentences against known text, places against a second engine, cost against pdfplumber.

    python tests/benchmarks/ingestion.py [--shared ../shared] [--check tagged] [--misses NAME]

prints one Markdown table per check; `tests/benchmarks/README.md` keeps the last run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from claimx.document import BODY_ROLES, Box, Document
from claimx.sources.pdf import read_pdf
from claimx.sources.reading import Reading

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENGINES: tuple[Literal["pdfium", "pdfplumber"], ...] = ("pdfium", "pdfplumber")
_STOPS = r"(?<!\bU\.S\.)(?<!\bNo\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bv\.)(?<!\bet al\.)(?<!\b[A-Z]\.)"
_SPLIT = re.compile(rf"(?:{_STOPS}(?<=[.!?])|(?<=[.!?][\"')\]])|(?<=[.!?]\d)|(?<=[.!?]\d\d))\s+(?=[\"'(\[]*[A-Z0-9])")
_MARKS = re.compile(r"(?<![\d.,$%/-])\b\d{1,2}\b(?![\d%]|[.,]\d)")
_MARKER = re.compile(r"^(?:[•▪■●◦·o–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")


def normalise(text: str) -> str:
    """White space, quotes and dashes made alike."""
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(str.maketrans("“”„‟‘’‚′‐‑–—−", "\"\"\"\"''''-----")).replace("''", '"')
    return re.sub(r"\s+", " ", text).strip()


def key(sentence: str) -> str:
    """What must be equal: everything but white space, and note marks, which the gold leaves in and we cut out."""
    return re.sub(r"\s+", "", _MARKS.sub("", re.sub(r"(?<=\w)- (?=[a-z])", "-", sentence)))


def sentences(text: str, *, least: int = 4) -> Iterator[str]:
    """The keys of a paragraph's sentences that have at least so many words."""
    for sentence in _SPLIT.split(normalise(text)):
        if len(re.findall(r"[^\W\d_]{2,}", sentence)) >= least:
            yield key(sentence)


def body_sentences(reading: Reading) -> Counter[str]:
    """The sentences of a reading's body blocks."""
    texts = (reading.text[block.start : block.end] for block in reading.blocks if block.role in BODY_ROLES)
    return Counter(sentence for text in texts for sentence in sentences(text))


def scores(found: Counter[str], gold: Counter[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of exact sentences, counted with their repetitions."""
    hits = sum((found & gold).values())
    precision, recall = hits / max(sum(found.values()), 1), hits / max(sum(gold.values()), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


_OUTSIDE = frozenset("TOC TOCI Table TR TD TH THead TBody Figure Caption Index Reference BibEntry Artifact".split(" "))
_HEADINGS = frozenset("H H1 H2 H3 H4 H5 H6 Title".split(" "))


def tagged_gold(path: Path) -> tuple[Counter[str], Counter[str]]:
    """The prose sentences of a tagged PDF's structure tree, wrong tags corrected, and those that may be either.

    A correction names rows by number: `other` are headings, captions or imprints tagged as paragraphs, `joined` go on
    in the next row although a page ends between them. What stands in tables may be prose in a box, so it counts
    neither way.
    """
    corrections = json.loads((HERE / "ingestion_corrections.json").read_text("utf-8")).get(path.stem, {})
    other, joined = frozenset(corrections.get("other", ())), corrections.get("joined", {})
    prose: list[str] = []
    either: list[str] = []
    taken: set[int] = {int(row) for row in joined.values()}
    rows = json.loads(path.read_text("utf-8"))
    for number, row in enumerate(rows):
        if row["role"] not in ("P", "LBody"):
            continue
        text = row["text"]
        after = joined.get(str(number))
        while after is not None:
            text = f"{text} {rows[int(after)]['text']}"
            after = joined.get(str(after))
        outside = number in other or number in taken or _OUTSIDE & set(row["path"].split("/"))
        (either if outside else prose).append(_MARKER.sub("", text))
    return _counted(prose), _counted(either)


def _counted(texts: Sequence[str]) -> Counter[str]:
    return Counter(sentence for text in texts for sentence in sentences(text))


_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)")


def twin_gold(path: Path) -> Counter[str]:
    """The body sentences of a publisher's Markdown twin, its site's furniture, captions and headings left out."""
    text = path.read_text("utf-8")
    text = text[text.find("[Listen]") :]
    text = text[text.find("\n") : text.find("Disclaimer:")]
    ending = re.search(r"\n# Footnotes|\nAuthor Information|\n# Author", text)
    text = text[: ending.start()] if ending else text
    texts: list[str] = []
    for part in re.split(r"\n\s*\n|\n(?=[-|#] )", text):
        part = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", part.strip())
        part = re.sub(r"\*\*+|_{2,}|(?<!\w)[*_]|[*_](?!\w)", "", _LINK.sub(r"\1", part))
        part = re.sub(r"^[-•]\s+|^\d+\.\s+", "", re.sub(r"\\([\\`*_{}\[\]()#+.!$-])", r"\1", part))
        heading = len(part) < 90 and part[-1:] not in ".;:,"
        if part and not heading and not re.match(r"[|#]|---|Sources?:|Notes?:|Chart|Created with|.*Highcharts", part):
            texts.append(part)
    return Counter(letters(sentence) for text in texts for sentence in sentences(text))


def letters(sentence: str) -> str:
    """Letters and digits alone, ordinals without their ending: the twins lose spaces and what is raised."""
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)", "", re.sub(r"[\W_]+", "", sentence))


Check = Callable[[Path, str | None], None]


def check_tagged(shared: Path, misses: str | None) -> None:
    """Sentence F1 against the structure trees of tagged files."""
    say("| tagged file | engine | sentences | precision | recall | F1 |\n|---|---|---|---|---|---|")
    for gold in sorted((shared / "documents/gold").glob("*.json")):
        wanted, either = tagged_gold(gold)
        for engine in ENGINES:
            found = body_sentences(read_pdf(shared / "documents/pdf" / f"{gold.stem}.pdf", engine=engine))
            found -= either
            row = " | ".join(f"{score:.3f}" for score in scores(found, wanted))
            say(f"| {gold.stem} | {engine} | {sum(wanted.values())} | {row} |")
            if misses == gold.stem:
                show(found, wanted)


def check_corpus(_: Path, misses: str | None) -> None:
    """Sentence F1 on the PDFs of our own corpus, whose sentences are known."""
    rows: dict[str, list[str]] = {}
    for path in sorted((ROOT / "corpus/gold").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            rows.setdefault(row["doc"], []).append(row["text"])
    say("| corpus PDFs | engine | sentences | precision | recall | F1 |\n|---|---|---|---|---|---|")
    for engine in ENGINES:
        found, wanted = Counter[str](), Counter[str]()
        for path in sorted((ROOT / "corpus/sources").glob("*.pdf")):
            own = body_sentences(read_pdf(path, engine=engine))
            gold = _counted(rows[path.stem])
            if misses == path.stem:
                show(own, gold)
            found, wanted = found + own, wanted + gold
        row = " | ".join(f"{score:.3f}" for score in scores(found, wanted))
        say(f"| all | {engine} | {sum(wanted.values())} | {row} |")


def check_twins(shared: Path, misses: str | None) -> None:
    """Body sentences of the Markdown twins that the PDF gives exactly."""
    say("| CRS twins | sentences | recovered |\n|---|---|---|")
    hits = total = 0
    for gold in sorted((shared / "documents/gold").glob("crs_*.md")):
        reading = read_pdf(shared / "documents/pdf" / f"{gold.stem}.pdf")
        found = Counter({letters(sentence): count for sentence, count in body_sentences(reading).items()})
        wanted = twin_gold(gold)
        hits, total = hits + sum((found & wanted).values()), total + sum(wanted.values())
        if misses in (gold.stem, "twins"):
            show(Counter() if misses == "twins" else found, wanted - found)
    say(f"| all | {total} | {hits / max(total, 1):.3f} |")


def check_article(shared: Path, _: str | None) -> None:
    """Characters of a two-column article against its full text."""
    from rapidfuzz.distance import Indel

    say("| full text | engine | edit similarity |\n|---|---|---|")
    wanted = normalise((shared / "documents/gold/arxiv_1601_03642.txt").read_text("utf-8").replace("[IMAGE]", ""))
    for engine in ENGINES:
        reading = read_pdf(shared / "documents/pdf/arxiv_1601_03642.pdf", engine=engine)
        kept = [block for block in reading.blocks if block.role not in ("header", "footer", "page_number")]
        found = normalise(" ".join(f"{block.marker or ''} {reading.text[block.start : block.end]}" for block in kept))
        similarity = Indel.normalized_similarity(found.replace(" ", ""), wanted.replace(" ", ""))
        say(f"| arxiv_1601_03642 | {engine} | {similarity:.4f} |")


UNREADABLE = frozenset(("cid_no_tounicode", "arabic_rtl"))
"""Glyphs without a Unicode map are other nonsense in each engine; pdfplumber gives Arabic in the order of the page."""


def check_places(shared: Path, misses: str | None) -> None:
    """Random spans read back from their boxes with pdfplumber's characters."""
    import pdfplumber

    chance = random.Random(20)
    right = total = 0
    paths = sorted(path for path in (shared / "documents/pdf").glob("*.pdf") if path.stat().st_size < 1_500_000)
    paths = [path for path in paths if path.stem not in UNREADABLE]
    for path in paths:
        reading = read_pdf(path, max_pages=6)
        document = Document("", str(path), "", "", reading.text, reading.blocks, places=reading.places)
        with pdfplumber.open(path) as pdf:
            pages = {page.page_number: page.chars for page in pdf.pages[:6]}
            corners = {page.page_number: page.cropbox[:2] for page in pdf.pages[:6]}
        for start, end in _spans(document, chance, 2_000 // len(paths) + 1):
            boxes = document.boxes_of(start, end)
            again = "".join(_reread(pages[box.page], box, corners[box.page]) for box in boxes)
            if "(cid:" in again:
                continue  # pdfplumber has no text for a glyph
            total += 1
            same = _bare(again) == _bare(document.text[start:end])
            right += same
            if not same and misses == "places":
                say(f"  {path.stem}: {document.text[start:end]!r} read back as {again!r}")
    say("| places | spans | equal |\n|---|---|---|")
    say(f"| {len(paths)} files | {total} | {right / total:.4f} |")


def _spans(document: Document, chance: random.Random, count: int) -> Iterator[tuple[int, int]]:
    blocks = [block for block in document.body().blocks if block.end - block.start > 20]
    origins = dict(zip(document.body().blocks, document.body().origins, strict=True))
    for _ in range(count if blocks else 0):
        block = chance.choice(blocks)
        length = chance.randint(5, min(200, block.end - block.start))
        start = origins[block] + chance.randint(0, block.end - block.start - length)
        yield start, start + length


def _reread(chars: Sequence[dict[str, object]], box: Box, corner: Sequence[float]) -> str:
    inside: list[tuple[float, str]] = []
    for char in chars:
        x = (float(char["x0"]) + float(char["x1"])) / 2 - corner[0]  # type: ignore[arg-type]
        y = (float(char["top"]) + float(char["bottom"])) / 2 - corner[1]  # type: ignore[arg-type]
        if char["upright"] and box.x0 <= x <= box.x1 and box.top <= y <= box.bottom:
            inside.append((x, str(char["text"])))
    return "".join(text for _, text in sorted(inside, key=lambda each: each[0]))


def _bare(text: str) -> str:
    """Letters and digits, each once in a row: what both engines agree on, bold printed twice included."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[\W_]+", "", normalise(text)))


def check_cost(shared: Path, _: str | None) -> None:
    """Time per page against pdfplumber's extract_words on the same pages."""
    import pdfplumber

    ratios: list[float] = []
    ours = theirs = 0.0
    for path in sorted((shared / "documents/pdf").glob("*.pdf")):
        begin = time.perf_counter()
        reading = read_pdf(path, max_pages=12)
        own = time.perf_counter() - begin
        begin = time.perf_counter()
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages[: min(12, reading.pages or 0)]:
                page.extract_words()
                page.close()
        words = time.perf_counter() - begin
        ours, theirs = ours + own, theirs + words
        ratios.append(own / words)
    ratios.sort()
    say("| cost against extract_words | whole set | median file | worst file |\n|---|---|---|---|")
    say(f"| {len(ratios)} files | {ours / theirs:.3f} | {ratios[len(ratios) // 2]:.3f} | {ratios[-1]:.3f} |")


CHECKS: dict[str, Check] = {
    "tagged": check_tagged,
    "corpus": check_corpus,
    "twins": check_twins,
    "article": check_article,
    "places": check_places,
    "cost": check_cost,
}


def say(line: str) -> None:
    """One line of the report."""
    sys.stdout.write(line + "\n")


def show(found: Counter[str], wanted: Counter[str]) -> None:
    """What was missed, and what should not be there."""
    for sentence in wanted - found:
        say(f"    missed {sentence}")
    for sentence in found - wanted:
        say(f"    extra  {sentence}")


def main() -> None:
    """Run the checks and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT / "../shared")
    parser.add_argument("--check", choices=CHECKS, default=None)
    parser.add_argument("--misses", default=None)
    options = parser.parse_args()
    for name, check in CHECKS.items():
        if options.check in (None, name):
            check(options.shared, options.misses)
            say("")


if __name__ == "__main__":
    main()
