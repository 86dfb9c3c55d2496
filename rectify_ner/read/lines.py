"""Printed lines with their boxes → paragraphs: pages from a PDF or from a scan."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rectify_ner.read.source import TextBuilder
from rectify_ner.read.tables import Cell, write_table

_MARGIN = 0.14  # of the page's height, where headers and footers stand
_PAGE_NUMBER = re.compile(
    r"[-—–~·\s]*(?:第\s?)?(?:\d{1,4}|[一二三四五六七八九十]{1,4})(?:\s?页)?(?:\s?[/／,，]?\s?共?\s?\d{1,4}\s?页?)?[-—–~·\s]*"
)
_ADDRESS = re.compile(r"(?:https?|file)://|^[\w.-]{3,60}\.(?:gov\.cn|html?|com|cn)\b", re.I)
_MARK = re.compile(
    r"[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[）)、.．](?!\d)|[①-⑳⑴-⒛㈠-㈩]|问题[一二三四五六七八九十\d]{1,3}[:：、]"
    r"|整改(?:措施|情况|成效|落实情况|时限|状态)[:：]|责任(?:单位|领导|人|部门)[:：]"
)
_FINAL = "。；！？：;!?:”）》】"
_INDENT = 1.2  # characters beyond the left edge


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line. ``top`` and ``bottom`` count from the top of the page, ``height`` is a character's."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    height: float
    page: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a page; ``top`` is where it begins."""

    rows: list[list[Cell]]
    page: int
    top: float


@dataclass(frozen=True, slots=True)
class PageSize:
    width: float
    height: float


def write_lines(builder: TextBuilder, items: Sequence[Line | Grid], sizes: Sequence[PageSize]) -> int:
    """Write paragraphs and tables of all pages with their places; returns how many lines were left out."""
    lines = [item for item in items if isinstance(item, Line)]
    left_out = {id(line) for line in _furniture(lines, sizes)}
    body = [item for item in items if id(item) not in left_out]
    columns = _Columns.of([item for item in body if isinstance(item, Line)])
    above: Line | None = None
    tables = 0
    for item in _joined_grids(body):
        glue = _joint(above, item, columns) if above is not None and isinstance(item, Line) else None
        if above is not None:
            builder.add("\n" if glue is None else glue)
        if isinstance(item, Line):
            builder.add(item.text, f"第{item.page}页")
            above = item
        else:
            tables += 1
            write_table(builder, list(_placed(item.rows, tables)))
            above = None
    builder.add("\n" if above is not None else "")
    return len(left_out)


def _placed(rows: Sequence[Sequence[Cell]], table: int) -> Iterator[list[Cell]]:
    for y, row in enumerate(rows, 1):
        yield [
            Cell(cell.lines, cell.continues, f"{cell.place}表{table}第{y}行第{x}列")
            for x, cell in enumerate(row, 1)
        ]


def _joined_grids(items: Sequence[Line | Grid]) -> Iterator[Line | Grid]:
    """A table that goes on over pages is one; a row broken by the page is one row again."""
    open_grid: Grid | None = None
    for item in items:
        if isinstance(item, Grid) and open_grid is not None and _goes_on(open_grid, item):
            rows = [list(row) for row in open_grid.rows]
            more = item.rows
            heads = [[cell.lines for cell in row] for row in rows[:3]]
            if more and [cell.lines for cell in more[0]] not in heads and not more[0][0].lines:
                rows[-1] = [_appended(upper, lower) for upper, lower in zip(rows[-1], more[0], strict=True)]
                more = more[1:]
            open_grid = Grid(rows + more, item.page, item.top)
            continue
        if open_grid is not None:
            yield open_grid
        open_grid = item if isinstance(item, Grid) else None
        if isinstance(item, Line):
            yield item
    if open_grid is not None:
        yield open_grid


def _goes_on(above: Grid, below: Grid) -> bool:
    return below.page == above.page + 1 and len(above.rows[0]) == len(below.rows[0])


def _appended(upper: Cell, lower: Cell) -> Cell:
    if not lower.lines or not upper.lines:
        return upper if upper.lines else lower
    return Cell((joined_cell([*upper.lines, *lower.lines]),), upper.continues, upper.place)


def joined_cell(lines: Sequence[str]) -> str:
    """The lines of a narrow cell as one: a break within it is white space only before a number."""
    text = ""
    for line in lines:
        gap = (text[-1:] in _FINAL and _MARK.match(line)) or (_is_latin(text[-1:]) and _is_latin(line[:1]))
        text += (" " if text and gap else "") + line
    return text


def _furniture(lines: Sequence[Line], sizes: Sequence[PageSize]) -> Iterator[Line]:
    """Headers, footers and page numbers."""
    repeated = _repeated(lines, sizes)
    for line in lines:
        if _in_margin(line, sizes) and (
            _key(line.text) in repeated
            or _ADDRESS.search(line.text)
            or (len(line.text) < 24 and _PAGE_NUMBER.fullmatch(line.text))
        ):
            yield line


def _in_margin(line: Line, sizes: Sequence[PageSize]) -> bool:
    height = sizes[line.page - 1].height
    return line.bottom < _MARGIN * height or line.top > (1 - _MARGIN) * height


def _key(text: str) -> str:
    return re.sub(r"[\d\s]+", "#", text)


def _repeated(lines: Sequence[Line], sizes: Sequence[PageSize]) -> set[str]:
    """Lines, but for their digits, that stand in the margin of at least half of the pages."""
    pages: dict[str, set[int]] = {}
    for line in lines:
        if _in_margin(line, sizes) and len(line.text) < 120:
            pages.setdefault(_key(line.text), set()).add(line.page)
    least = max(2, (len(sizes) + 1) // 2)
    return {key for key, found in pages.items() if len(found) >= least}


@dataclass(frozen=True, slots=True)
class _Columns:
    """The edges of the running text and whether its paragraphs are indented."""

    left: float
    right: float
    indented: bool

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "_Columns":
        long = [line for line in lines if len(line.text) >= 8] or list(lines)
        if not long:
            return cls(0, 0, False)
        rights = sorted(line.right for line in long)
        right = rights[int(0.85 * (len(rights) - 1))]
        full = [line for line in long if line.right > right - 3 * line.height] or long
        lefts = Counter(round(line.left) for line in full)
        left = min(edge for edge, count in lefts.items() if count >= 0.05 * len(full))
        begins = sum(1 for line in full if _is_indented(line, left))
        return cls(left, right, begins >= 0.05 * len(full) and begins < 0.9 * len(full))


def _is_indented(line: Line, left: float) -> bool:
    return _INDENT * line.height < line.left - left < 4 * line.height


def _joint(above: Line, line: Line, columns: _Columns) -> str | None:
    """What stands between two lines of one paragraph; None where a new paragraph begins."""
    if abs(above.height - line.height) > 0.25 * max(above.height, line.height):
        return None
    is_full = above.right > columns.right - 1.8 * above.height
    if not is_full or line.left - columns.left >= 4 * line.height:
        return None
    if columns.indented:
        if _is_indented(line, columns.left):
            return None
    elif above.text[-1:] in _FINAL and (_MARK.match(line.text) or _wide_gap(above, line)):
        return None
    return " " if _is_latin(above.text[-1:]) and _is_latin(line.text[:1]) else ""


def _wide_gap(above: Line, line: Line) -> bool:
    return above.page == line.page and line.top - above.bottom > 1.4 * line.height


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def in_reading_order(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines of one page from top to bottom; pieces on one base line are one line."""
    rest = sorted(lines, key=lambda line: (line.top + line.bottom, line.left))
    band: list[Line] = []
    for line in rest:
        if band and line.top + line.bottom - band[0].top - band[0].bottom > min(line.height, band[0].height):
            yield _merged(band)
            band = []
        band.append(line)
    if band:
        yield _merged(band)


def _merged(band: list[Line]) -> Line:
    pieces = sorted(band, key=lambda line: line.left)
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        text += (" " if piece.left - before.right > 0.6 * piece.height else "") + piece.text
    return Line(
        text,
        pieces[0].left,
        max(piece.right for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.bottom for piece in pieces),
        max(piece.height for piece in pieces),
        pieces[0].page,
    )
