"""The flat ledger as CSV: UTF-8 with a byte order mark, so that Excel opens it right."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rectify_ner.export.clean import csv_cell
from rectify_ner.export.columns import LEDGER, Column, Line, cell_text, ledger_lines
from rectify_ner.export.partial import PartialFile

_JOINT = "；"


class CsvWriter:
    """One line a measure, and one for each issue without measures."""

    def __init__(self, path: Path) -> None:
        self._partial = PartialFile(path)
        self._text = io.TextIOWrapper(self._partial.file, encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._text)
        self._rows.writerow([column.title for column in LEDGER])

    def write(self, record: Mapping[str, Any]) -> None:
        for line in ledger_lines(record):
            self._rows.writerow([_cell(column, line) for column in LEDGER])

    def close(self) -> None:
        self._text.flush()
        self._partial.commit()

    def discard(self) -> None:
        self._partial.discard()


def _cell(column: Column[Line], line: Line) -> str | int:
    value = column.value(line)
    if column.kind == "number" and isinstance(value, int):
        return value
    return csv_cell(cell_text(column, value, _JOINT))
