"""The default PDF engine: the glyphs, rules and links of each page, fetched from pdfium through ctypes.

Layout needs little of each glyph, and pdfium answers a call in a fraction of a microsecond: most of the time would go
into Python objects. So the calls write straight into numpy arrays, and what is constant over one text-showing
operator (font, size, matrix, marked content) is asked once per operator. pdfium is not thread-safe.
"""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from claimx.errors import LimitExceeded, UnreadableSource
from claimx.sources.layout.page import Font, Glyphs, Page, PageLink, Rectangle
from claimx.sources.pdfium_tags import read_tags

MAX_GLYPHS = 400_000
"""More characters than this on one page is an attack or a mistake."""
MAX_OBJECTS = 20_000
"""Beyond this many drawn objects on a page, rules and pictures are not looked for."""
SLANT = 0.06
"""Text that leans by more of a right angle than this belongs to no line."""
BOLD_WEIGHT = 600

_Address = ctypes.c_void_p


def _prototype(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same C function with plain addresses for pointers: ten times cheaper to call in a loop."""
    address = ctypes.cast(function, _Address).value or 0
    prototype: Callable[..., Any] = ctypes.CFUNCTYPE(result, *arguments)(address)
    return prototype


_get_unicode = _prototype(raw.FPDFText_GetUnicode, ctypes.c_uint, _Address, ctypes.c_int)
_get_loose_box = _prototype(raw.FPDFText_GetLooseCharBox, ctypes.c_int, _Address, ctypes.c_int, _Address)
_get_object = _prototype(raw.FPDFText_GetTextObject, _Address, _Address, ctypes.c_int)
_get_origin = _prototype(raw.FPDFText_GetCharOrigin, ctypes.c_int, _Address, ctypes.c_int, _Address, _Address)
_get_matrix = _prototype(raw.FPDFText_GetMatrix, ctypes.c_int, _Address, ctypes.c_int, _Address)
_get_size = _prototype(raw.FPDFText_GetFontSize, ctypes.c_double, _Address, ctypes.c_int)
_get_font = _prototype(raw.FPDFTextObj_GetFont, _Address, _Address)
_get_tag = _prototype(raw.FPDFPageObj_GetMarkedContentID, ctypes.c_int, _Address)
_get_type = _prototype(raw.FPDFPageObj_GetType, ctypes.c_int, _Address)
_get_page_object = _prototype(raw.FPDFPage_GetObject, _Address, _Address, ctypes.c_int)
_get_bounds = _prototype(raw.FPDFPageObj_GetBounds, ctypes.c_int, _Address, *[_Address] * 4)


def open_pdf(path: Path, *, password: str | None = None) -> pdfium.PdfDocument:
    """The document, or UnreadableSource saying what to try."""
    try:
        return pdfium.PdfDocument(path, password=password)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            advice = "the password is not right" if password else "it is encrypted; pass its password with --password"
            raise UnreadableSource(advice, path=str(path)) from error
        raise UnreadableSource(f"not a readable PDF ({error}); try to save it anew", path=str(path)) from error
    except FileNotFoundError as error:
        raise UnreadableSource("no such file; check the path", path=str(path)) from error


def iter_pages(document: pdfium.PdfDocument, path: Path, *, limit: int | None = None) -> Iterator[Page]:
    """The pages, one at a time, at most `limit`; each is closed before the next is read."""
    fonts: dict[int, Font] = {}
    tagged = bool(raw.FPDFCatalog_IsTagged(document))
    count = len(document) if limit is None else min(limit, len(document))
    for index in range(count):
        try:
            page = document[index]
        except pdfium.PdfiumError as error:
            raise UnreadableSource(f"the page cannot be loaded ({error})", path=str(path), page=index + 1) from error
        text_page = raw.FPDFText_LoadPage(page)
        try:
            if not text_page:
                raise UnreadableSource("the page's text cannot be read", path=str(path), page=index + 1)
            if raw.FPDFText_CountChars(text_page) > MAX_GLYPHS:
                raise LimitExceeded(f"more than {MAX_GLYPHS:,} characters", path=str(path), page=index + 1)
            yield _read_page(document, page, text_page, index + 1, fonts, tagged)
        finally:
            if text_page:
                raw.FPDFText_ClosePage(text_page)
            page.close()


def _read_page(
    document: pdfium.PdfDocument,
    page: pdfium.PdfPage,
    text_page: Any,
    number: int,
    fonts: dict[int, Font],
    tagged: bool,
) -> Page:
    view = View.of(page)
    glyphs, used = _read_glyphs(text_page, view, fonts)
    rules, boxes, pictures = _read_drawings(page, view)
    links = tuple(_iter_links(document, page, view))
    tags = read_tags(page) if tagged else None
    return Page(number, view.width, view.height, glyphs, used, rules, boxes, pictures, links, tags)


class View:
    """From the coordinates of a page's content to those of the page as displayed."""

    __slots__ = ("bottom", "height", "left", "right", "rotation", "top", "width")

    def __init__(self, left: float, bottom: float, right: float, top: float, rotation: int) -> None:
        self.left, self.bottom, self.right, self.top = left, bottom, right, top
        self.rotation = rotation % 4
        across, down = right - left, top - bottom
        self.width, self.height = (down, across) if self.rotation % 2 else (across, down)

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> View:
        """The view of a page: its crop box within its media box, turned by its rotation."""
        media, crop = page.get_mediabox(), page.get_cropbox()
        left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
        right, top = min(media[2], crop[2]), min(media[3], crop[3])
        if right <= left or top <= bottom:
            left, bottom, right, top = media
        return cls(left, bottom, right, top, page.get_rotation() // 90)

    def x(self, x: Any, y: Any) -> Any:
        """How far right the point is displayed."""
        return (x - self.left, y - self.bottom, self.right - x, self.top - y)[self.rotation]

    def y(self, x: Any, y: Any) -> Any:
        """How far down the point is displayed."""
        return (self.top - y, x - self.left, y - self.bottom, self.right - x)[self.rotation]

    def rectangle(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        """The area between two corners, as displayed."""
        across = sorted((self.x(left, bottom), self.x(right, top)))
        down = sorted((self.y(left, bottom), self.y(right, top)))
        return Rectangle(across[0], down[0], across[1], down[1])


def _read_glyphs(text_page: Any, view: View, fonts: dict[int, Font]) -> tuple[Glyphs, tuple[Font, ...]]:
    handle = ctypes.cast(text_page, _Address).value
    count = max(raw.FPDFText_CountChars(text_page), 0)
    text = _read_text(text_page, handle, count)
    boxes = np.zeros((count, 4), np.float32)  # left, top, right, bottom
    start = boxes.ctypes.data
    deque(map(_get_loose_box, repeat(handle), range(count), range(start, start + 16 * count, 16)), maxlen=0)
    objects = np.array([each or 0 for each in map(_get_object, repeat(handle), range(count))], np.int64)
    size, turn, font, tag, baseline, used = _read_runs(handle, objects, view, fonts)
    left, top, right, bottom = (boxes[:, i].astype(np.float64) for i in range(4))
    xs = np.sort(np.stack([view.x(left, bottom), view.x(right, top)]), axis=0)
    ys = np.sort(np.stack([view.y(left, bottom), view.y(right, top)]), axis=0)
    return Glyphs(text, xs[0], xs[1], ys[0], ys[1], baseline, size, font, turn, tag), used


def _read_text(text_page: Any, handle: int | None, count: int) -> str:
    """The characters of the page, exactly as many as it has glyphs."""
    buffer = ctypes.create_string_buffer(2 * count + 2)
    written = raw.FPDFText_GetText(text_page, 0, count, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
    text = buffer.raw[: 2 * count].decode("utf-16-le", "replace")
    if written == count + 1 and len(text) == count and "\0" not in text:
        return text
    codes = map(_get_unicode, repeat(handle), range(count))
    return "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)


def _read_runs(
    handle: int | None, objects: Any, view: View, fonts: dict[int, Font]
) -> tuple[Any, Any, Any, Any, Any, tuple[Font, ...]]:
    """Size, turn, font, marked content and baseline of every glyph, asked once per text object."""
    count = len(objects)
    starts = np.flatnonzero(np.diff(objects, prepend=-1)) if count else np.zeros(0, np.int64)
    lengths = np.diff(starts, append=count)
    sizes, turns, indices, tags = ([0.0] * len(starts), [0] * len(starts), [0] * len(starts), [-1] * len(starts))
    numbers: dict[int, int] = {}
    used: list[Font] = []
    baselines = [0.0] * len(starts)
    matrix = (ctypes.c_float * 6)()
    origin = (ctypes.c_double * 2)()
    place = ctypes.addressof(origin)
    address = ctypes.addressof(matrix)
    for run, begin in enumerate(starts.tolist()):
        item = int(objects[begin])
        if not item:
            # Spaces and line ends that pdfium puts in belong to no object: they go with what stands before.
            if run:
                sizes[run], turns[run], indices[run] = sizes[run - 1], turns[run - 1], indices[run - 1]
                tags[run], baselines[run] = tags[run - 1], baselines[run - 1]
            continue
        _get_origin(handle, begin, place, place + 8)
        baselines[run] = view.y(origin[0], origin[1])
        _get_matrix(handle, begin, address)
        a, b, c, d = matrix[0], matrix[1], matrix[2], matrix[3]
        sizes[run] = _get_size(handle, begin) * (math.hypot(c, d) or 1.0)
        turns[run] = _turn(math.degrees(math.atan2(b, a)), view.rotation)
        pointer = _get_font(item) or 0
        if pointer not in numbers:
            numbers[pointer] = len(used)
            used.append(fonts[pointer] if pointer in fonts else fonts.setdefault(pointer, _describe_font(pointer)))
        indices[run] = numbers[pointer]
        tags[run] = _get_tag(item)
    return (
        np.repeat(np.array(sizes, np.float64), lengths),
        np.repeat(np.array(turns, np.int64), lengths),
        np.repeat(np.array(indices, np.int64), lengths),
        np.repeat(np.array(tags, np.int64), lengths),
        np.repeat(np.array(baselines, np.float64), lengths),
        tuple(used) or (Font(""),),
    )


def _turn(angle: float, rotation: int) -> int:
    """Quarter turns of text on the displayed page, or -1 for text at a slant, as watermarks have it."""
    quarters = angle / 90
    return -1 if abs(quarters - round(quarters)) > SLANT else (round(quarters) - rotation) % 4


def _describe_font(pointer: int) -> Font:
    if not pointer:
        return Font("")
    handle = ctypes.cast(pointer, raw.FPDF_FONT)
    buffer = ctypes.create_string_buffer(256)
    length = raw.FPDFFont_GetBaseFontName(handle, buffer, 256)
    name = buffer.raw[: max(min(length, 256) - 1, 0)].decode("utf-8", "replace")
    plain = name.split("+", 1)[-1]
    flags = max(raw.FPDFFont_GetFlags(handle), 0)
    folded = plain.lower()
    heavy = any(word in folded for word in ("bold", "black", "heavy", "semibold", "demi")) or bool(flags & 1 << 18)
    bold = heavy or raw.FPDFFont_GetWeight(handle) >= BOLD_WEIGHT
    italic = "italic" in folded or "oblique" in folded or bool(flags & 1 << 6)
    return Font(plain, bold, italic, bool(flags & 1))


def _read_drawings(
    page: pdfium.PdfPage, view: View
) -> tuple[tuple[Rectangle, ...], tuple[Rectangle, ...], tuple[Rectangle, ...]]:
    """Thin lines, frames or filled areas, and pictures."""
    handle = ctypes.cast(page.raw, _Address).value
    count = raw.FPDFPage_CountObjects(page)
    rules: list[Rectangle] = []
    boxes: list[Rectangle] = []
    pictures: list[Rectangle] = []
    if count > MAX_OBJECTS:
        return (), (), ()
    edges = (ctypes.c_float * 4)()
    addresses = [ctypes.addressof(edges) + 4 * i for i in range(4)]
    objects = list(map(_get_page_object, repeat(handle), range(count)))
    for item, kind in zip(objects, map(_get_type, objects), strict=True):
        if kind not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
            continue
        if not _get_bounds(item, *addresses):
            continue
        area = view.rectangle(*edges)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(area)
        elif min(area.width, area.height) < 3:
            if max(area.width, area.height) >= 20:
                rules.append(area)
        elif area.width >= 20 and area.height >= 8:
            boxes.append(area)
    return tuple(rules), tuple(boxes), tuple(pictures)


def _iter_links(document: pdfium.PdfDocument, page: pdfium.PdfPage, view: View) -> Iterator[PageLink]:
    """The links with a web address; links into the same file have none."""
    position = ctypes.c_int(0)
    link = raw.FPDF_LINK()
    area = raw.FS_RECTF()
    while raw.FPDFLink_Enumerate(page, position, link):
        action = raw.FPDFLink_GetAction(link)
        if not action or raw.FPDFAction_GetType(action) != raw.PDFACTION_URI:
            continue
        length = raw.FPDFAction_GetURIPath(document, action, None, 0)
        if length < 2 or not raw.FPDFLink_GetAnnotRect(link, area):
            continue
        buffer = ctypes.create_string_buffer(length)
        raw.FPDFAction_GetURIPath(document, action, buffer, length)
        target = buffer.raw[: length - 1].decode("utf-8", "replace")
        yield PageLink(view.rectangle(area.left, area.bottom, area.right, area.top), target)
