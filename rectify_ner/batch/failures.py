"""The failures file: a row for every input that gave no notice."""

import csv
import io
import json
from pathlib import Path
from typing import IO, Any, Protocol

from rectify_ner.batch.work import Outcome
from rectify_ner.errors import RectifyError
from rectify_ner.export.clean import csv_cell
from rectify_ner.export.partial import PartialFile

_COLUMNS = ("source", "kind", "message", "input_sha256")


def default_path(output: Path) -> Path:
    """Where failures go unless told: ``ledger.failures.csv`` beside ``ledger.jsonl``."""
    return output.with_name(f"{output.stem}.failures.csv")


class Failures:
    """Writes rows as they come and puts the file in its place at the end: CSV, or JSON Lines by its suffix.

    Without any row no file is made; one of an earlier run then keeps its column titles only.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.count = 0
        self.partial: PartialFile | None = None
        self.text: IO[str] | None = None
        self.rows: _Rows | None = None

    def add(self, outcome: Outcome) -> None:
        self.count += 1
        if self.path is None:
            return
        if self.rows is None:
            self._begin(self.path)
        assert self.rows is not None
        self.rows.add((outcome.name, outcome.kind, outcome.message, outcome.input_sha256 or ""))

    def close(self) -> None:
        """Force the file to the disk and put it in its place."""
        if self.path is None:
            return
        if self.partial is None and self.path.exists():
            self._begin(self.path)
        if self.partial is None or self.text is None:
            return
        try:
            self.text.flush()
            self.partial.commit()
        except (OSError, RectifyError) as error:
            self.partial.discard()
            reason = getattr(error, "strerror", None) or str(error)
            raise RectifyError(
                f"{self.path}: cannot be written ({reason}); make room or name another --failures. "
                "Finished notices are kept: --resume goes on with them"
            ) from error

    def _begin(self, path: Path) -> None:
        is_csv = path.suffix not in (".jsonl", ".ndjson")
        self.partial = PartialFile(path)
        encoding = "utf-8-sig" if is_csv else "utf-8"
        self.text = io.TextIOWrapper(self.partial.file, encoding, "backslashreplace", newline="")
        self.rows = _CsvRows(self.text) if is_csv else _JsonRows(self.text)


class _Rows(Protocol):
    def add(self, row: tuple[str, ...]) -> None: ...


class _CsvRows:
    def __init__(self, file: IO[str]) -> None:
        self.writer: Any = csv.writer(file)
        self.writer.writerow(_COLUMNS)

    def add(self, row: tuple[str, ...]) -> None:
        """Cells that a spreadsheet would take for a formula begin with an apostrophe."""
        self.writer.writerow([csv_cell(cell) for cell in row])


class _JsonRows:
    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def add(self, row: tuple[str, ...]) -> None:
        self.file.write(json.dumps(dict(zip(_COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")
