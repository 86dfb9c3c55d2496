"""PDF → text: characters with their boxes become lines, lines paragraphs, ruled cells tables."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from ctypes import c_float
from typing import Any, NamedTuple

from rectify_ner.read.lines import Grid, Line, PageSize, in_reading_order, joined_cell, write_lines
from rectify_ner.read.rules import Frame, Rule, frames_of
from rectify_ner.read.source import InputError, Limits, Source, TextBuilder
from rectify_ner.read.tables import Cell

_SCANNED = 15  # characters a page: fewer are a stamp or a page number over a picture
_MAX_OBJECTS = 20_000
_CONTROL = {0x02: "-", 0xFFFE: "", 0xFFFF: ""}  # what PDFium gives for a soft hyphen and for unmapped glyphs


class Char(NamedTuple):
    """A character and its box, from the top left corner of the page as it is shown."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def read_pdf(data: bytes, name: str, limits: Limits) -> Source:
    """The text of a PDF. One that holds pictures of pages is read by the extra ``ocr`` where it is there."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise InputError(
                "encrypted", f"{name}: locked with a password; save a copy without one"
            ) from error
        raise InputError(
            "damaged", f"{name}: a damaged PDF ({error}); fetch it again or print it anew"
        ) from error
    with closing(document):
        if len(document) > limits.max_pages:
            raise InputError(
                "too_large",
                f"{name}: {len(document)} pages, wanted at most {limits.max_pages}; raise --max-pages",
            )
        return _read_pages(document, name, limits)


def _read_pages(document: Any, name: str, limits: Limits) -> Source:
    items: list[Line | Grid] = []
    sizes: list[PageSize] = []
    chars = 0
    for number in range(1, len(document) + 1):
        page = _page(document, number, name)
        with closing(page), closing(page.get_textpage()) as text_page:
            width, height = page.get_size()
            sizes.append(PageSize(width, height))
            found = list(_chars(page, text_page))
            chars += len(found)
            if chars > limits.max_chars:
                raise InputError("too_large", f"{name}: more than {limits.max_chars} characters; refused")
            items += _items(found, frames_of(_rules(page)), number)
    if chars < _SCANNED * len(document):
        from rectify_ner.read.scan import read_scan

        return read_scan(document, name, limits)
    builder = TextBuilder()
    left_out = write_lines(builder, items, sizes)
    return builder.source(name, (f"页眉、页脚、页码{left_out}行未读入",) if left_out else ())


def _page(document: Any, number: int, name: str) -> Any:
    import pypdfium2

    try:
        return document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise InputError(
            "damaged", f"{name}: page {number} is damaged ({error}); fetch the file again"
        ) from error


def _turned(page: Any) -> Any:
    """A function from the page's own coordinates to those of the page as shown, top down."""
    left, bottom, right, top = page.get_cropbox()
    turn = page.get_rotation()

    def turned(x: float, y: float) -> tuple[float, float]:
        if turn == 90:
            return y - bottom, x - left
        if turn == 180:
            return right - x, y - bottom
        if turn == 270:
            return top - y, right - x
        return x - left, top - y

    return turned


def _chars(page: Any, text_page: Any) -> Iterator[Char]:
    """The characters in the order of the page's content; line breaks are told by ``\\n``."""
    import pypdfium2.raw as pdfium

    turned = _turned(page)
    box = pdfium.FS_RECTF()
    for index in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        text = _CONTROL.get(
            code, chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        )
        if code in (0x0A, 0x0D):
            text = "\n"
        if not text or not pdfium.FPDFText_GetLooseCharBox(text_page, index, box):
            continue
        (x0, y0), (x1, y1) = turned(box.left, box.top), turned(box.right, box.bottom)
        yield Char(text, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _rules(page: Any) -> Iterator[Rule]:
    """Straight horizontal and vertical strokes of a page."""
    import pypdfium2.raw as pdfium

    turned = _turned(page)
    x, y = c_float(), c_float()
    for number, found in enumerate(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=4)):
        if number > _MAX_OBJECTS:
            return
        matrix = found.get_matrix()
        before: tuple[float, float] | None = None
        first: tuple[float, float] | None = None
        for at in range(min(pdfium.FPDFPath_CountSegments(found), 400)):
            segment = pdfium.FPDFPath_GetPathSegment(found, at)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = turned(*matrix.on_point(x.value, y.value))
            if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
                first = point
            elif before is not None:
                yield Rule.between(before, point)
            if pdfium.FPDFPathSegment_GetClose(segment) and first is not None:
                yield Rule.between(point, first)
            before = point


def _items(chars: Sequence[Char], frames: Sequence[Frame], page: int) -> list[Line | Grid]:
    """Lines outside tables and the tables, from top to bottom."""
    inside: dict[int, list[Char]] = {}
    outside: list[Char] = []
    for char in chars:
        frame = next((at for at, frame in enumerate(frames) if frame.holds(*_middle(char))), None)
        if frame is None or char.text == "\n":
            outside.append(char)
        else:
            inside.setdefault(frame, []).append(char)
    grids = [Grid(_rows(frames[at], held, page), page, frames[at].ys[0]) for at, held in inside.items()]
    items: list[Line | Grid] = [*in_reading_order(list(_lines(outside, page))), *grids]
    return sorted(items, key=lambda item: item.top)


def _rows(frame: Frame, chars: Sequence[Char], page: int) -> list[list[Cell]]:
    held: dict[tuple[int, int], list[Char]] = {}
    for char in chars:
        held.setdefault(frame.anchor(*frame.cell(*_middle(char))), []).append(char)
    rows = []
    for row in range(len(frame.ys) - 1):
        cells = []
        for column in range(len(frame.xs) - 1):
            anchor = frame.anchor(row, column)
            lines = list(in_reading_order(list(_lines(held.get((row, column), ()), page))))
            text = joined_cell([line.text for line in lines])
            cells.append(Cell((text,) if text else (), anchor[0] < row, f"第{page}页"))
        rows.append(cells)
    return rows


def _middle(char: Char) -> tuple[float, float]:
    return (char.left + char.right) / 2, (char.top + char.bottom) / 2


def _lines(chars: Sequence[Char], page: int) -> Iterator[Line]:
    """Runs of characters on one base line."""
    run: list[Char] = []
    for char in chars:
        if run and (char.text == "\n" or not _follows(run[-1], char)):
            yield from _line(run, page)
            run = []
        if char.text != "\n":
            run.append(char)
    yield from _line(run, page)


def _follows(before: Char, char: Char) -> bool:
    height = max(before.bottom - before.top, 1.0)
    if char.text == " ":
        return True
    return abs(_middle(char)[1] - _middle(before)[1]) < 0.6 * height and char.left > before.left - height


def _line(run: Sequence[Char], page: int) -> Iterator[Line]:
    text = "".join(char.text for char in run)
    shown = [char for char in run if not char.text.isspace()]
    if shown:
        heights = sorted(char.bottom - char.top for char in shown)
        left, right = min(char.left for char in shown), max(char.right for char in shown)
        top, bottom = min(char.top for char in shown), max(char.bottom for char in shown)
        yield Line(text.strip(), left, right, top, bottom, heights[len(heights) // 2], page)
