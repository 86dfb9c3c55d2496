"""records → files: the suffix of the output names the form."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from rectify_ner.assemble.record import SCHEMA_VERSION
from rectify_ner.errors import RectifyError
from rectify_ner.export.json_lines import write_jsonl
from rectify_ner.export.partial import partial_path

__all__ = ["SUFFIXES", "Writer", "open_writer", "partial_path", "write_all", "write_jsonl"]


class Writer(Protocol):
    """Takes records one by one; the output has its name only after ``close``."""

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one notice."""

    def close(self) -> None:
        """Finish the output and give it its name."""

    def discard(self) -> None:
        """Remove what was written so far; an earlier output of that name stays."""


def open_writer(path: Path) -> Writer:
    """The writer for an output: by its suffix, or for a folder (no suffix) one file a notice.

    Raises RectifyError where the suffix is unknown or the place cannot be written to.
    """
    if path.is_dir() or not path.suffix:
        return _folder(path)
    make = _WRITERS.get(path.suffix.lower())
    if make is None:
        raise RectifyError(
            f"{path}: no output form for {path.suffix}, wanted one of {', '.join(SUFFIXES)} or a folder"
        )
    try:
        return make(path)
    except OSError as error:
        raise RectifyError(
            f"{path}: cannot be written ({error.strerror or error}); check the folder"
        ) from error


def write_all(records: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write all records to one output, whole or not at all; returns how many were written.

    Raises RectifyError where the output cannot be written or a record is of another schema version.
    """
    writer = open_writer(path)
    count = 0
    try:
        for record in records:
            _check_version(record)
            writer.write(record)
            count += 1
        writer.close()
    except OSError as error:
        writer.discard()
        raise RectifyError(
            f"{path}: cannot be written ({error.strerror or error}); is the disk full?"
        ) from error
    except BaseException:
        writer.discard()
        raise
    return count


def _check_version(record: Mapping[str, Any]) -> None:
    version = record.get("schema_version")
    if version != SCHEMA_VERSION:
        raise RectifyError(
            f"{record.get('source')}: a record of schema version {version}, wanted {SCHEMA_VERSION}; "
            "tag the notice again, or use the version of rectify-ner that wrote the record"
        )


def _folder(path: Path) -> Writer:
    from rectify_ner.export.json_lines import FolderWriter

    return FolderWriter(path)


def _json_lines(path: Path) -> Writer:
    from rectify_ner.export.json_lines import JsonLinesWriter

    return JsonLinesWriter(path)


def _csv(path: Path) -> Writer:
    from rectify_ner.export.csv_table import CsvWriter

    return CsvWriter(path)


def _workbook(path: Path) -> Writer:
    from rectify_ner.export.workbook import WorkbookWriter

    return WorkbookWriter(path)


def _parquet(path: Path) -> Writer:
    from rectify_ner.export.parquet import ParquetWriter

    return ParquetWriter(path)


def _report(path: Path) -> Writer:
    from rectify_ner.export.report import ReportWriter

    return ReportWriter(path)


_WRITERS: dict[str, Callable[[Path], Writer]] = {
    ".jsonl": _json_lines,
    ".csv": _csv,
    ".xlsx": _workbook,
    ".parquet": _parquet,
    ".html": _report,
}
SUFFIXES = tuple(_WRITERS)
"""The suffixes that an output may have."""
