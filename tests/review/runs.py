"""Run folders made by hand of our own sentences, in the record format: small to test on, big to measure."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from claimx.claim import Argument, Claim, Cue, Entity, Section, Statement
from claimx.document import Block, Document, Place
from claimx.records import PipelineInfo, claim_id, claim_record, document_record, dump

PIPELINE = PipelineInfo("claims", "0.1.0", "by-hand", "0" * 16)


@dataclass(frozen=True)
class Sentence:
    """A statement to put into a document; spans are named by their words."""

    text: str
    labels: tuple[str, ...] = ("finding",)
    confidence: float = 0.9
    entities: tuple[tuple[str, str, dict[str, str | None] | None], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    cues: tuple[tuple[str, str], ...] = ()


SENTENCES = (
    Sentence(
        "The harbour fund should publish its tolls before 2027.",
        ("recommendation",),
        0.93,
        (("DATE", "2027", {"edtf": "2027"}),),
        (("addressee", "The harbour fund"), ("action", "publish its tolls before 2027")),
        (("recommendation", "should"),),
    ),
    Sentence(
        "Because rains came late, the valley lost US$20 million of rice.",
        ("cause",),
        0.71,
        (
            (
                "MONEY",
                "US$20 million",
                {"currency": "USD", "min": "20000000", "max": "20000000", "qualifier": "exact"},
            ),
        ),
        (("cause", "rains came late"), ("effect", "the valley lost US$20 million of rice"), ("connective", "Because")),
        (("cause", "Because"),),
    ),
    Sentence(
        "Ferry traffic rose almost 41% after the Lagoon Compact of 2019.",
        ("finding",),
        0.55,
        (
            (
                "PERCENT",
                "almost 41%",
                {"min": "41", "max": "41", "unit": "percent", "qualifier": "almost", "of": None},
            ),
            (
                "AGREEMENT",
                "Lagoon Compact of 2019",
                {"name": "Lagoon Compact", "acronym": None, "kind": "compact", "year": "2019"},
            ),
        ),
    ),
    Sentence("Islanders 🏝️ trust the cafe\u0301 co-operative 👩🏽‍🌾 more than any ministry.", ("finding",), 0.62),
    Sentence(
        "If pilots are trained at home, fewer wrecks will follow.",
        ("cause",),
        0.48,
        (),
        (("cause", "pilots are trained at home"), ("effect", "fewer wrecks will follow")),
    ),
    Sentence(
        "The council has not met since March 2024.", ("finding",), 0.97, (("DATE", "March 2024", {"edtf": "2024-03"}),)
    ),
    Sentence("Towns upstream must share their gauges with the delta.", ("recommendation", "finding"), 0.83),
)


def make_document(
    name: str, sentences: Sequence[Sentence], *, media_type: str = "text/plain", title: str | None = None
) -> tuple[Document, bytes]:
    """A document of these sentences (three to a paragraph, a heading every four paragraphs) and its file's bytes."""
    blocks: list[tuple[str, str, int | None]] = [("title", title or f"A note on {name}", None)]
    for number, start in enumerate(range(0, len(sentences), 3)):
        if number % 4 == 0:
            blocks.append(("heading", f"Part {number // 4 + 1}", 2))
        blocks.append(("paragraph", " ".join(item.text for item in sentences[start : start + 3]), None))
    text, spans = "", []
    for role, words, level in blocks:
        text += "\n\n" if text else ""
        spans.append(Block(len(text), len(text) + len(words), role, level))  # type: ignore[arg-type]
        text += words
    content, places, pages = _pdf(text, spans) if media_type == "application/pdf" else (text.encode(), (), None)
    digest = hashlib.sha256(content).hexdigest()
    document = Document(
        id=f"doc-{digest[:16]}",
        source=name,
        sha256=digest,
        media_type=media_type,
        text=text,
        blocks=tuple(spans),
        title=title or f"A note on {name}",
        published="2025-10-31",
        language="en",
        pages=pages,
        places=tuple(places),
    )
    return document, content


def _pdf(text: str, blocks: Iterable[Block]) -> tuple[bytes, list[Place], int]:
    """The blocks set in lines on A4 pages, with the place of each line."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=True)
    width, height = A4
    places: list[Place] = []
    page, top = 1, 72.0
    for block in blocks:
        size = {"title": 20.0, "heading": 14.0}.get(block.role, 11.0)
        for start, end in _lines(text, block, size, width - 144):
            if top > height - 90:
                canvas.showPage()
                page, top = page + 1, 72.0
            canvas.setFont("Helvetica", size)
            canvas.drawString(72, height - top - size, text[start:end].encode("latin-1", "replace").decode("latin-1"))
            edges = [72 + stringWidth(text[start:at], "Helvetica", size) for at in range(start, end + 1)]
            places.append(Place(start, end, page, top, top + size * 1.2, tuple(round(edge, 2) for edge in edges)))
            top += size * 1.45
        top += size
    canvas.showPage()
    canvas.save()
    return stream.getvalue(), places, page


def _lines(text: str, block: Block, size: float, width: float) -> Iterator[tuple[int, int]]:
    start = end = block.start
    while end < block.end:
        stop = text.find(" ", end + 1, block.end)
        stop = block.end if stop < 0 else stop
        if stringWidth(text[start:stop], "Helvetica", size) > width and end > start:
            yield start, end
            start = end + 1
            stop = max(stop, start)
        end = stop
    yield start, end


def claims_of(document: Document, sentences: Sequence[Sentence]) -> Iterator[tuple[Statement, Claim | None]]:
    """Each sentence as a statement and, when it has a label, a claim."""
    at, seen = 0, {}
    for sentence in sentences:
        start = document.text.index(sentence.text, at)
        at = start + len(sentence.text)

        def span(words: str, start: int = start, sentence: Sentence = sentence) -> tuple[int, int, str]:
            low = start + sentence.text.index(words)
            return low, low + len(words), words

        scores = dict.fromkeys(("finding", "cause", "recommendation"), 0.04)
        scores |= dict.fromkeys(sentence.labels, sentence.confidence)
        statement = Statement(
            start,
            at,
            sentence.text,
            Section(),
            sentence.labels,
            scores,
            sentence.confidence,  # type: ignore[arg-type]
        )
        if not sentence.labels:
            yield statement, None
            continue
        occurrence = seen[sentence.text] = seen.get(sentence.text, -1) + 1
        yield (
            statement,
            Claim(
                id=claim_id(document, sentence.text, occurrence),
                start=start,
                end=at,
                text=sentence.text,
                labels=sentence.labels,  # type: ignore[arg-type]
                scores=scores,
                confidence=sentence.confidence,
                entities=tuple(Entity(label, *span(words), value) for label, words, value in sentence.entities),  # type: ignore[arg-type]
                arguments=tuple(Argument(role, *span(words)) for role, words in sentence.arguments),  # type: ignore[arg-type]
                cues=tuple(Cue(kind, *span(words)) for kind, words in sentence.cues),
            ),
        )


def write_run(folder: Path, documents: Iterable[tuple[Document, Sequence[Sentence]]]) -> Path:
    """The run folder of these documents."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "documents.jsonl").open("w") as texts, (folder / "claims.jsonl").open("w") as claims:
        for document, sentences in documents:
            pairs = list(claims_of(document, sentences))
            entities = [entity for _, claim in pairs if claim for entity in claim.entities]
            texts.write(dump(document_record(document, [statement for statement, _ in pairs], entities)) + "\n")
            for _, claim in pairs:
                if claim is not None:
                    claims.write(dump(claim_record(document, claim, PIPELINE)) + "\n")
    (folder / "failures.jsonl").write_text("")
    (folder / "manifest.json").write_text(
        json.dumps({"pipeline": {"name": "claims", "version": "0.1.0", "model": "by-hand"}})
    )
    return folder


def write_sample(folder: Path) -> Path:
    """A run of three documents (a PDF with its file, two texts) and 33 claims."""
    made = []
    for name, media_type, count in (
        ("sources/harbour.pdf", "application/pdf", 21),
        ("sources/islands.txt", "text/plain", 7),
        ("sources/delta.txt", "text/plain", 7),
    ):
        sentences = [SENTENCES[number % len(SENTENCES)] for number in range(count)]
        sentences = [_numbered(item, number) for number, item in enumerate(sentences)]
        sentences.insert(1, Sentence("What will the next winter bring?", ()))
        document, content = make_document(name, sentences, media_type=media_type)
        path = folder.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        made.append((document, sentences))
    return write_run(folder, made)


def _numbered(sentence: Sentence, number: int) -> Sentence:
    if number < len(SENTENCES):
        return sentence
    prefix = f"In district {number}, "
    confidence = round((sentence.confidence * 97 + number * 13) % 100 / 100, 2)
    return Sentence(
        prefix + sentence.text, sentence.labels, confidence, sentence.entities, sentence.arguments, sentence.cues
    )


def write_large(folder: Path, *, documents: int = 200, claims: int = 10_000) -> Path:
    """A run to measure on: PDFs without their files, every claim different."""

    def made() -> Iterator[tuple[Document, Sequence[Sentence]]]:
        each = claims // documents
        for number in range(documents):
            sentences = [
                _numbered(SENTENCES[index % len(SENTENCES)], 1_000 * (number + 1) + index) for index in range(each)
            ]
            document, _ = make_document(f"sources/large-{number:03}.pdf", sentences, media_type="application/pdf")
            yield document, sentences

    return write_run(folder, made())
