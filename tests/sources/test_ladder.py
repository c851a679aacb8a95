"""Hard PDFs: repaired, recognised, or refused with a line that says what to try."""

from __future__ import annotations

import shutil
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from claimx.errors import EmptyDocument, LimitExceeded, UnreadableSource
from claimx.sources import Limits, read_document
from claimx.sources.usability import is_gibberish, ranges

SENTENCE = "The harbour board raised the tolls and the ships stayed away."


def printed(path: Path, *, pages: int = 1) -> Path:
    """A sound PDF with one sentence on each page."""
    canvas = Canvas(str(path))
    for number in range(pages):
        canvas.setFont("Helvetica", 14)
        canvas.drawString(72, 700, f"On page {number + 1}. {SENTENCE}")
        canvas.showPage()
    canvas.save()
    return path


def scanned(path: Path, *, text_page: bool = False) -> Path:
    """A PDF whose page is a picture of print; with `text_page`, a page of text stands before it."""
    source = pdfium.PdfDocument(printed(path.with_suffix(".source.pdf")))
    picture = source[0].render(scale=3).to_pil()
    source.close()
    canvas = Canvas(str(path), pagesize=(595, 842))
    if text_page:
        canvas.drawString(72, 700, SENTENCE)
        canvas.showPage()
    canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    canvas.save()
    return path


DAMAGE = {
    "its end lost": lambda data: data[: data.rindex(b"startxref")],
    "its table of cross-references lost": lambda data: data[: data.rindex(b"xref", 0, data.rindex(b"startxref"))],
    "its marks of the end misspelt": lambda data: data.replace(b"trailer", b"trxxler").replace(
        b"startxref", b"stxrtxref"
    ),
    "a wrong count of pages": lambda data: data.replace(b"/Count 1", b"/Count 9"),
    "a page that is not there": lambda data: data.replace(b"/Kids [ ", b"/Kids [ 99 0 R "),
    "its catalogue unnamed": lambda data: data.replace(b"/Type /Catalog", b"/Type /Catalxx"),
    "a letter before it": lambda data: b"Received: from a server\n" * 300 + data,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_read(tmp_path: Path, damage: str) -> None:
    """A file is read in spite of such damage, under the path that the user gave."""
    path = printed(tmp_path / "damaged.pdf")
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    document = read_document(path)
    assert SENTENCE in document.text
    assert (document.source, document.media_type) == (str(path), "application/pdf")


def test_repairs_are_reported(tmp_path: Path) -> None:
    """What only the repaired copy could give comes with a warning."""
    path = printed(tmp_path / "damaged.pdf")
    path.write_bytes(DAMAGE["a page that is not there"](path.read_bytes()))
    assert any("repaired" in warning for warning in read_document(path).warnings)


def test_beyond_repair(tmp_path: Path) -> None:
    """A header with rubbish behind it is damaged beyond repair."""
    path = tmp_path / "rubbish.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"rubbish " * 200)
    with pytest.raises(UnreadableSource, match=r"download it again") as caught:
        read_document(path)
    assert caught.value.path == str(path)


def test_passwords(tmp_path: Path) -> None:
    """The empty password is tried; another is asked for by the name of its option, and opens the file."""
    plain = printed(tmp_path / "plain.pdf")
    for name, user in (("owner.pdf", ""), ("user.pdf", "sesame")):
        with pikepdf.open(plain) as pdf:
            pdf.save(tmp_path / name, encryption=pikepdf.Encryption(owner="owner", user=user))
    assert SENTENCE in read_document(tmp_path / "owner.pdf").text
    with pytest.raises(UnreadableSource, match="--password"):
        read_document(tmp_path / "user.pdf")
    with pytest.raises(UnreadableSource, match="password"):
        read_document(tmp_path / "user.pdf", password="wrong")
    assert SENTENCE in read_document(tmp_path / "user.pdf", password="sesame").text


def test_too_many_pages(tmp_path: Path) -> None:
    """A file with more pages than allowed is refused before it is read."""
    with pytest.raises(LimitExceeded, match="3 pages are more than the 2 allowed"):
        read_document(printed(tmp_path / "long.pdf", pages=3), limits=Limits(pages=2))


def test_blank_pages(tmp_path: Path) -> None:
    """Pages with nothing on them are empty, and OCR is not offered for them."""
    path = tmp_path / "blank.pdf"
    canvas = Canvas(str(path))
    canvas.showPage()
    canvas.save()
    with pytest.raises(EmptyDocument, match="blank"):
        read_document(path)


def test_pictures_need_ocr(tmp_path: Path) -> None:
    """A scan without --ocr fails, naming the option and the extra; beside pages of text it is a warning."""
    with pytest.raises(EmptyDocument, match=r"--ocr .*claimx\[ocr\]"):
        read_document(scanned(tmp_path / "scan.pdf"))
    document = read_document(scanned(tmp_path / "half.pdf", text_page=True))
    assert SENTENCE in document.text
    assert any("page 2" in warning and "--ocr" in warning for warning in document.warnings)


@pytest.mark.skipif(
    not (shutil.which("tesseract") and shutil.which("gs")), reason="needs the programs tesseract and ghostscript"
)
def test_recognised_text(tmp_path: Path) -> None:
    """With OCR the words of a scan are read, with their places on the page, and the page is named in a warning."""
    pytest.importorskip("ocrmypdf", reason="needs the extra claimx[ocr]")
    document = read_document(scanned(tmp_path / "scan.pdf"), ocr=True)
    assert "harbour board raised the tolls" in document.text
    assert document.boxes_of(0, len(document.text))[0].page == 1
    assert any("OCR" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (SENTENCE, False),
        ("7KHTXLFNEURZQIR[ MXPSVRYHU WKHOD]\\GRJ $%&'()*+,-./ 0123456789:;<=DEF GHI[JKL", True),
        ("\ue001\ue002 \ue003\ue004 \ue005\ue006 \ue007\ue008 \ue009\ue010 \ue011\ue012 \ue013\ue014\ue015", True),
        ("(cid:12)(cid:31) (cid:4)(cid:9) (cid:77) (cid:12)", True),
        ("2019 2020 2021 2022 14.1 15.2 16.3 17.4 1,200 3,400 5,600", False),
        ("Κανείς δεν πληρώνει διόδια τις Κυριακές και κανείς δεν ρωτά", False),
        ("WKH KDUERU ERDUG UDLVHG WKH WROOV DQG WKH VKLSV VWDBHG DZDB IURP WKH SRUW", True),
    ],
)
def test_text_without_a_map_is_told_from_words(text: str, verdict: bool) -> None:
    """Shifted codes and private characters are gibberish; figures and other scripts are not."""
    assert is_gibberish(text) is verdict


def test_page_ranges() -> None:
    """Page numbers are written as people write them."""
    assert ranges([1, 2, 3, 7, 9, 10]) == "1–3, 7, 9–10"
