"""The columns of the flat ledger, the same in CSV, XLSX and Parquet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from rectify_ner.assemble.rows import Row, ledger_rows
from rectify_ner.export.words import STATUS_WORDS
from rectify_ner.read.source import line_places

Cell = str | int | float | bool | date | tuple[str, ...] | None
Kind = Literal["text", "list", "number", "percent", "day", "flag", "status"]
Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class Column(Generic[Held]):
    """``name`` in Parquet, ``title`` in CSV and XLSX; ``width`` in characters of the workbook."""

    name: str
    title: str
    width: float
    kind: Kind
    value: Callable[[Held], Cell]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the ledger and the place in the source where it begins."""

    row: Row
    place: str


LEDGER: tuple[Column[Line], ...] = (
    Column("notice", "通报", 16, "text", lambda line: line.row.notice),
    Column("issuer", "整改单位", 12, "text", lambda line: line.row.issuer),
    Column("category", "分类", 16, "list", lambda line: line.row.category),
    Column("issue_number", "问题序号", 6, "text", lambda line: line.row.issue_number.strip()),
    Column("issue", "问题", 20, "text", lambda line: line.row.issue),
    Column("measure_number", "措施序号", 6, "text", lambda line: line.row.measure_number),
    Column("measure", "整改措施", 44, "text", lambda line: line.row.measure),
    Column("responsible", "责任主体", 13, "list", lambda line: line.row.responsible),
    Column("responsible_inferred", "责任主体系推定", 6, "flag", lambda line: line.row.responsible_inferred),
    Column("dates", "日期", 21, "list", lambda line: tuple(map(_period, line.row.dates))),
    Column("deadline", "完成时限", 10.5, "text", lambda line: line.row.deadline),
    Column("documents", "印发修订文件", 18, "list", lambda line: line.row.documents),
    Column("counts", "数量", 16, "list", lambda line: line.row.counts),
    Column("amounts", "金额与比例", 10, "list", lambda line: line.row.amounts),
    Column("status", "状态", 7.5, "status", lambda line: line.row.status),
    Column("flags", "提示", 13, "list", lambda line: line.row.flags),
    Column("place", "位置", 11, "text", lambda line: line.place),
    Column("source", "来源文件", 24, "text", lambda line: line.row.source),
    Column("issue_status", "问题状态", 8, "status", lambda line: line.row.issue_status),
    Column("issue_id", "问题标识", 9, "text", lambda line: line.row.issue_id),
    Column("parent_id", "上级问题标识", 9, "text", lambda line: line.row.parent_id),
    Column("measure_id", "措施标识", 9, "text", lambda line: line.row.measure_id),
    Column("start", "起始字符", 8, "number", lambda line: line.row.start),
    Column("end", "终止字符", 8, "number", lambda line: line.row.end),
)
PRINTED = next(index for index, column in enumerate(LEDGER) if column.name == "flags") + 1
"""How many of the columns are for people; those after them are for finding the place and for joining."""


def _period(days: str) -> str:
    """A period as people write it; one day stays as it is.

    >>> _period("2023-07-01/2023-09-30")
    '2023-07-01～2023-09-30'
    """
    return days.replace("/", "～") if days[:4].isdigit() else days


def ledger_lines(record: Mapping[str, Any]) -> Iterator[Line]:
    """The rows of one record, each with its place: as the reader named it, else its line in the text."""
    places = line_places(record["text"])
    named = {
        part["id"]: part["place"]
        for issue in record["issues"]
        for part in (issue, *issue["measures"])
        if part.get("place")
    }
    for row in ledger_rows(record):
        yield Line(row, named.get(row.measure_id or row.issue_id) or places.place_of(row.start))


def cell_text(column: Column[Held], value: Cell, joint: str) -> str:
    """A cell in words: lists joined by ``joint``, statuses and yes and no in Chinese, unknown empty."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return joint.join(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if column.kind == "status":
        return STATUS_WORDS.get(str(value), str(value))
    return str(value)
