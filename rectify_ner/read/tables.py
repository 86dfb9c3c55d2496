"""cells → text: a ledger table becomes one line a record, its cells between bars."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rectify_ner.read.source import TextBuilder

_PROBLEM = re.compile(r"(?:问题|意见|事项)(?:描述|表现|内容|清单)?$|^整改内容$")
_ANSWER = re.compile(r"措施|情况|成效|进展|举措|做法|状态|结果|整改")
_FILL_CHARS = 40  # a merged cell is repeated where it is a name or a date, not where it is a passage


@dataclass(frozen=True, slots=True)
class Cell:
    """``lines`` are its paragraphs. ``continues`` is true where it is the lower part of a merged cell."""

    lines: tuple[str, ...] = ()
    continues: bool = False
    place: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def write_table(builder: TextBuilder, rows: Sequence[Sequence[Cell]]) -> None:
    """Write a table. Where no row names the columns of a ledger, its cells are parted by tabs."""
    header = next((number for number, row in enumerate(rows[:6]) if _is_header(row)), None)
    if header is None:
        for row in rows:
            _plain_row(builder, row)
        return
    for row in rows[:header]:
        _plain_row(builder, row)
    _ledger(builder, rows[header:])


def _is_header(row: Sequence[Cell]) -> bool:
    names = [_tight(cell.text) for cell in row]
    problem = any(_PROBLEM.search(name) for name in names if len(name) <= 12)
    others = sum(
        1 for name in names if 0 < len(name) <= 12 and _ANSWER.search(name) and not _PROBLEM.search(name)
    )
    return problem and others >= 1 and sum(1 for name in names if name) >= 3


def _ledger(builder: TextBuilder, rows: Sequence[Sequence[Cell]]) -> None:
    names = [_tight(cell.text) for cell in rows[0]]
    problem = next(number for number, name in enumerate(names) if len(name) <= 12 and _PROBLEM.search(name))
    record: list[list[Cell]] = []
    for row in rows:
        if record and [_tight(cell.text) for cell in row] == names:
            continue
        filled = [number for number, cell in enumerate(row) if cell.lines]
        if len(filled) == 1 and len(row) > 2 and not any(cell.continues for cell in row):
            _ledger_row(builder, record)
            record = []
            builder.line(row[filled[0]].text, row[filled[0]].place)
        elif record and problem < len(row) and row[problem].continues and len(record) >= len(row):
            for held, cell in zip(record, row, strict=False):
                held.extend([cell] if not cell.continues else [])
        else:
            above = record
            _ledger_row(builder, record)
            record = [[_filled(above, number, cell)] for number, cell in enumerate(row)]
    _ledger_row(builder, record)


def _filled(above: list[list[Cell]], number: int, cell: Cell) -> Cell:
    """A merged cell holds for every row it spans: a short one is repeated."""
    if not cell.continues or number >= len(above):
        return cell
    upper = above[number][0]
    return Cell(upper.lines, False, upper.place) if len(upper.text) <= _FILL_CHARS else cell


def _ledger_row(builder: TextBuilder, record: list[list[Cell]]) -> None:
    if not record:
        return
    for pieces in record:
        builder.add("|")
        for number, cell in enumerate(piece for piece in pieces if piece.lines):
            builder.add(" " if number else "")
            builder.add(re.sub(r"[|｜\t]", "¦", cell.text), cell.place)
    if not any(piece.lines for piece in record[-1]):
        builder.add("|")  # an empty last cell keeps its place
    builder.add("\n")


def _plain_row(builder: TextBuilder, row: Sequence[Cell]) -> None:
    filled = [cell for cell in row if cell.lines]
    for number, cell in enumerate(filled):
        builder.add("\t" if number else "")
        builder.add(cell.text, cell.place)
    if filled:
        builder.add("\n")


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
