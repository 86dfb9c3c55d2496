"""The flat ledger as Parquet: English names, lists as lists (needs the extra ``parquet``)."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rectify_ner.errors import RectifyError
from rectify_ner.export.columns import LEDGER, Column, Line, ledger_lines
from rectify_ner.export.partial import PartialFile

_GROUP_ROWS = 20_000


class ParquetWriter:
    """One row a measure, and one for each issue without measures; row groups are written as they fill."""

    def __init__(self, path: Path) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise RectifyError(
                f"{path}: Parquet needs pyarrow, which is not installed; "
                "run pip install 'rectify-ner[parquet]' or write .csv"
            ) from error
        self._arrow = pyarrow
        self._schema = ledger_schema()
        self._partial = PartialFile(path)
        self._writer = pyarrow.parquet.ParquetWriter(self._partial.file, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []

    def write(self, record: Mapping[str, Any]) -> None:
        self._rows += ledger_cells(record)
        if len(self._rows) >= _GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()
        self._partial.commit()

    def discard(self) -> None:
        with suppress(OSError):  # its footer may not fit on the disk, and is removed anyway
            self._writer.close()
        self._partial.discard()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, self._schema))
            self._rows = []


def ledger_schema() -> Any:
    """The Arrow schema of the flat ledger; each field's Chinese title is its metadata."""
    import pyarrow

    types = {"list": pyarrow.list_(pyarrow.string()), "number": pyarrow.int64(), "flag": pyarrow.bool_()}
    return pyarrow.schema(
        [
            pyarrow.field(
                column.name, types.get(column.kind, pyarrow.string()), metadata={"title": column.title}
            )
            for column in LEDGER
        ]
    )


def ledger_cells(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one record by the names of the columns, as Arrow takes them."""
    return [{column.name: _cell(column, line) for column in LEDGER} for line in ledger_lines(record)]


def _cell(column: Column[Line], line: Line) -> Any:
    value = column.value(line)
    if isinstance(value, tuple):
        return [_text(part) for part in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()
