"""One sheet of the workbook: rows one below the other, a further sheet where Excel's last row is reached."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from rectify_ner.export.clean import one_cell
from rectify_ner.export.columns import Cell, Column, cell_text

Held = TypeVar("Held")
Cut = Callable[[str, int, str, str], None]
"""Told of a cell too long for Excel: sheet, row as Excel counts, column, and what did not fit."""

LAST_ROW = 1_048_576
CELL_UNITS = 32_767
"""Characters of a cell as Excel counts them, in UTF-16 units."""
CUT_MARK = "……（未完，余文见“核验”）"
_LINE_POINTS = 13.5
_TALLEST = 409
"""Points that Excel allows a row at most."""
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {
        "bold": True,
        "bg_color": "#1F4E79",
        "font_color": "#FFFFFF",
        "align": "center",
        "valign": "vcenter",
    },
    "text": {},
    "number": {"num_format": "#,##0.##", "align": "right"},
    "count": {"num_format": "#,##0", "align": "right"},
    "percent": {"num_format": "0.0%", "align": "right"},
    "day": {"num_format": "yyyy-mm-dd", "align": "center"},
    "middle": {"align": "center"},
    "done": {"align": "center", "bg_color": "#E2F0E6", "font_color": "#14532D"},
    "in_progress": {"align": "center", "bg_color": "#FDF0D5", "font_color": "#7A4100"},
    "planned": {"align": "center", "bg_color": "#E3EAF5", "font_color": "#27406B"},
    "不符": {"align": "center", "bg_color": "#FBE3E1", "font_color": "#8C1D18"},
    "提示": {"align": "center", "bg_color": "#FDF0D5", "font_color": "#7A4100"},
    "total": {"bold": True, "top": 2, "num_format": "#,##0", "align": "right"},
    "total_percent": {"bold": True, "top": 2, "num_format": "0.0%", "align": "right"},
    "total_text": {"bold": True, "top": 2},
}
_EVERY: dict[str, Any] = {
    "font_name": "等线",
    "font_size": 10,
    "text_wrap": True,
    "valign": "top",
    "border": 1,
    "border_color": "#BFC7D1",
}


class Formats:
    """The workbook's cell formats by name."""

    def __init__(self, book: Workbook) -> None:
        self._formats = {name: book.add_format(_EVERY | own) for name, own in _FORMATS.items()}

    def __getitem__(self, name: str) -> Any:
        return self._formats[name]

    def of(self, column: Column[Any], value: Cell) -> Any:
        """The format of a cell: statuses and verdicts by their value, the rest by their column."""
        if isinstance(value, str) and (column.kind == "status" or column.name == "verdict"):
            return self._formats.get(value, self._formats["middle"])
        if column.kind == "number" and (value is None or float(str(value)).is_integer()):
            return self._formats["count"]
        return self._formats.get("middle" if column.kind == "flag" else column.kind, self._formats["text"])


class Sheet(Generic[Held]):
    """Rows of one kind. ``printed`` columns go on paper, the rest is grouped beside them."""

    def __init__(
        self, book: Workbook, name: str, columns: Sequence[Column[Held]], cut: Cut, printed: int | None = None
    ) -> None:
        self._book, self._name, self._columns, self._cut = book, name, columns, cut
        self._printed = printed or len(columns)
        self._part = 0
        self.formats: Formats = Formats(book)
        self._begin()

    def add(self, held: Held) -> None:
        """Write one row."""
        if self._row >= LAST_ROW:
            self._end()
            self._begin()
        lines = [self._write(index, column, column.value(held)) for index, column in enumerate(self._columns)]
        self._sheet.set_row(self._row, min(max(lines) * _LINE_POINTS + 3, _TALLEST))
        self._row += 1

    def close(self, total: Sequence[Cell] = ()) -> None:
        """Set filters and print area; ``total`` goes below the filtered rows."""
        filtered = self._row
        if total and self._row < LAST_ROW:
            for index, value in enumerate(total):
                name = "total_percent" if self._columns[index].kind == "percent" else "total"
                self._put(index, value, self.formats["total_text" if isinstance(value, str) else name])
            self._row += 1
        self._end(filtered)

    def _begin(self) -> None:
        self._part += 1
        self._title = self._name if self._part == 1 else f"{self._name}{self._part}"
        self._sheet: Worksheet = self._book.add_worksheet(self._title)
        sheet, last = self._sheet, len(self._columns) - 1
        for index, column in enumerate(self._columns):
            beside = {"level": 1} if index >= self._printed else {}
            sheet.set_column(index, index, column.width, None, beside)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4, top=0.55, bottom=0.55)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header(f'&C&"等线,Bold"&12整改台账 · {self._title}')
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.set_row(0, 32)
        for index in range(last + 1):
            sheet.write_string(0, index, self._columns[index].title, self.formats["head"])
        self._row = 1

    def _end(self, filtered: int | None = None) -> None:
        last = len(self._columns) - 1
        self._sheet.autofilter(0, 0, max((filtered or self._row) - 1, 0), last)
        self._sheet.print_area(0, 0, self._row - 1, self._printed - 1)

    def _write(self, index: int, column: Column[Held], value: Cell) -> int:
        """Write one cell; returns how many lines it wraps to."""
        form = self.formats.of(column, value)
        if isinstance(value, tuple) or column.kind in ("status", "flag"):
            value = cell_text(column, value, "\n") if value is not False else ""
        self._put(index, value, form)
        return wrapped_lines(value, column.width) if isinstance(value, str) else 1

    def _put(self, index: int, value: Cell, form: Any) -> None:
        sheet, row = self._sheet, self._row
        if value is None or value == "":
            sheet.write_blank(row, index, None, form)
        elif isinstance(value, date):
            sheet.write_datetime(row, index, value, form)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, index, value, form)
        else:
            sheet.write_string(row, index, self._fitting(index, str(value)), form)

    def _fitting(self, index: int, text: str) -> str:
        """The text as Excel can hold it; what does not fit is handed on, never dropped."""
        text = one_cell(text)
        if text.startswith("<r>") and text.endswith("</r>"):
            text += " "  # xlsxwriter would take it for markup of its own and write it unescaped
        if utf16_units(text) <= CELL_UNITS:
            return text
        head, rest = split_units(text, CELL_UNITS - len(CUT_MARK))
        self._cut(self._title, self._row + 1, self._columns[index].title, rest)
        return head + CUT_MARK


def wrapped_lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of ``width`` characters, a Chinese one counted as two.

    >>> wrapped_lines("整改措施", 4.5), wrapped_lines("措施", 10)
    (2, 1)
    """
    room = max(int(width) // 2 * 2, 2)
    widths = (len(line) + sum(char > "\u200f" for char in line) for line in text.split("\n"))
    return sum(max(1, -(-units // room)) for units in widths)


def utf16_units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def split_units(text: str, units: int) -> tuple[str, str]:
    """The longest beginning of at most ``units`` UTF-16 units, and the rest."""
    if utf16_units(text) <= units:
        return text, ""
    end, left = 0, units
    for char in text[:units]:
        left -= 1 + (char > "\uffff")
        if left < 0:
            break
        end += 1
    return text[:end], text[end:]
