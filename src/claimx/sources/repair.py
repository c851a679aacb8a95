"""A damaged PDF in, its bytes rebuilt out, as far as pikepdf can."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from claimx.errors import UnreadableSource


def repair_pdf(path: Path, *, password: str | None = None) -> bytes:
    """The PDF written anew by qpdf, which rebuilds cross-references and lengths, and drops encryption.

    Raises UnreadableSource when nothing can be rebuilt.
    """
    import pikepdf

    data = path.read_bytes()
    # What stands before the header is no part of it; the end is given back, since qpdf loses an object that ends there.
    whole = BytesIO(data[max(data.find(b"%PDF-"), 0) :] + b"\n%%EOF\n")
    rebuilt = BytesIO()
    try:
        with pikepdf.open(whole, password=password or "", attempt_recovery=True, suppress_warnings=True) as pdf:
            pdf.save(rebuilt, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except pikepdf.PasswordError as error:
        raise UnreadableSource("it is encrypted; give its password with --password", path=str(path)) from error
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError, RecursionError) as error:
        raise UnreadableSource(
            "damaged beyond repair; download it again or print it to a new PDF", path=str(path)
        ) from error
    return rebuilt.getvalue()
