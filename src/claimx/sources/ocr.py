"""Pages that are pictures in, a PDF with recognised text out; needs the `ocr` extra, Tesseract and Ghostscript."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from claimx.errors import UnreadableSource

_EXTRA = "install the extra (pip install 'claimx[ocr]') with Tesseract and Ghostscript, and use --ocr"


def recognise(path: Path, target: Path, *, pages: Sequence[int] = ()) -> None:
    """Write `path` to `target` with text recognised on the given pages (counted from 1; none means all).

    Text that those pages hold already is taken for unusable and replaced. Raises UnreadableSource when OCR is not
    installed or fails.
    """
    try:
        import ocrmypdf
    except ImportError as error:
        raise UnreadableSource(f"OCR is not installed; {_EXTRA}", path=str(path)) from error
    try:
        ocrmypdf.ocr(
            path,
            target,
            language=["eng"],
            force_ocr=True,
            pages=",".join(map(str, pages)) or None,
            output_type="pdf",
            optimize=0,
            jobs=1,
            use_threads=True,
            progress_bar=False,
        )
    except ocrmypdf.exceptions.MissingDependencyError as error:
        raise UnreadableSource(f"OCR lacks a program ({_first_line(error)}); {_EXTRA}", path=str(path)) from error
    except ocrmypdf.exceptions.ExitCodeException as error:
        reason = _first_line(error) or type(error).__name__
        raise UnreadableSource(f"OCR failed ({reason}); scan it again as a PDF", path=str(path)) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
