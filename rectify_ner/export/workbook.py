"""The 整改台账 as a workbook: 台账, 概览, 文件 and 核验."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from rectify_ner.errors import RectifyError
from rectify_ner.export.columns import LEDGER, PRINTED, Cell, Line, ledger_lines
from rectify_ner.export.overview import (
    FINDINGS,
    OVERVIEW,
    PAPERS,
    Finding,
    Paper,
    Summary,
    findings,
    papers,
    summarise,
)
from rectify_ner.export.partial import PartialFile
from rectify_ner.export.sheet import CELL_UNITS, Sheet, split_units

_CREATED = datetime(2000, 1, 1)
"""The same input gives the same bytes on any day."""
_SUMMED = (
    "issues",
    "issues_done",
    "measures",
    "done",
    "in_progress",
    "planned",
    "documents",
    "errors",
    "notes",
)


class WorkbookWriter:
    """Rows go to disk as they come; nothing a notice says is ever a formula or a link."""

    def __init__(self, path: Path) -> None:
        self._partial = PartialFile(path)
        self._scratch = path.with_name(f".{path.name}.parts")
        shutil.rmtree(self._scratch, ignore_errors=True)
        try:
            self._scratch.mkdir()
        except OSError:
            self._partial.discard()
            raise
        self._book = Workbook(
            self._partial.file,
            {
                "constant_memory": True,
                "tmpdir": str(self._scratch),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        self._book.set_properties({"title": "整改台账", "created": _CREATED})
        self._ledger: Sheet[Line] = Sheet(self._book, "台账", LEDGER, self._continue, PRINTED)
        self._overview: Sheet[Summary] = Sheet(self._book, "概览", OVERVIEW, self._continue)
        self._papers: Sheet[Paper] = Sheet(self._book, "文件", PAPERS, self._continue)
        self._findings: Sheet[Finding] = Sheet(self._book, "核验", FINDINGS, self._continue)
        self._rest: list[Finding] = []
        self._notice: tuple[str, str | None] = ("", None)
        self._sums: dict[str, int] = dict.fromkeys(_SUMMED, 0)
        self._notices = 0

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one notice to the four sheets."""
        self._notice = record["source"], record["title"]
        for line in ledger_lines(record):
            self._ledger.add(line)
        summary = summarise(record)
        self._overview.add(summary)
        self._count(summary)
        for paper in papers(record):
            self._papers.add(paper)
        for finding in findings(record):
            self._findings.add(finding)
        self._write_rest()

    def close(self) -> None:
        """Finish the workbook and give it its name."""
        self._ledger.close()
        self._overview.close(self._total() if self._notices > 1 else ())
        self._papers.close()
        self._findings.close()
        try:
            self._book.close()
        except FileCreateError as error:
            raise RectifyError(
                f"{self._partial.path}: cannot be written ({error}); is the disk full?"
            ) from error
        self._partial.commit()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def discard(self) -> None:
        """Remove what was written so far."""
        for sheet in self._book.worksheets():
            with suppress(OSError):  # what was still to be written may not fit on the disk
                sheet.row_data_fh.close()
        self._book.fileclosed = True
        self._partial.discard()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _continue(self, sheet: str, row: int, column: str, rest: str) -> None:
        """Keep what did not fit in a cell for 核验, in pieces that do."""
        source, notice = self._notice
        place = f"{sheet} 第{row}行 {column}"
        number = 0
        while rest:
            number += 1
            piece, rest = split_units(rest, CELL_UNITS)
            topic = f"余文{number}"
            self._rest.append(Finding(source, notice, topic, "提示", None, None, piece, place, None, None))

    def _write_rest(self) -> None:
        while self._rest:
            rest, self._rest = self._rest, []
            for finding in rest:
                self._findings.add(finding)

    def _count(self, summary: Summary) -> None:
        self._notices += 1
        for column in OVERVIEW:
            value = column.value(summary)
            if column.name in self._sums and isinstance(value, int):
                self._sums[column.name] += value

    def _total(self) -> tuple[Cell, ...]:
        issues = self._sums["issues"]
        rate = self._sums["issues_done"] / issues if issues else None
        known: dict[str, Cell] = {**self._sums, "notice": f"合计（{self._notices}份通报）", "rate": rate}
        return tuple(known.get(column.name) for column in OVERVIEW)
