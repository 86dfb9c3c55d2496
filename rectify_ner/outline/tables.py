"""Tables that lost their grid: cells line by line under a header, or parted by ``|`` and tabs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.parts import CLOSING, part_of
from rectify_ner.outline.words import BARE_STATE, DEADLINE_LIKE, spaced

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("number", r"序号|编号|序|项目序号"),
    ("group", r"问题(?:类别|类型|分类)|类别|类型|方面|板块|整改类别"),
    (
        "problem",
        r"(?:巡察|巡视)?(?:组)?(?:反馈|存在|具体|主要|发现|整改)?(?:的)?(?:具体|主要)?(?:问题|意见|事项)(?:描述|表现|内容|清单)?|整改内容",
    ),
    (
        "measure",
        r"(?:具体|主要)?(?:整改)?(?:措施|举措|做法)(?:及|和|与)?(?:成效|落实情况|完成情况)?|整改(?:落实)?(?:及|和)?情况|整改措施及(?:成效|进展)",
    ),
    (
        "body",
        r"(?:整改)?(?:责任|牵头|主责|配合|承办)(?:单位|部门|科室|股室|处室|主体)|(?:责任)?单位(?:及责任人)?",
    ),
    ("role", r"(?:整改)?(?:责任|牵头|分管|第一责任|直接责任)(?:领导|人|校领导|院领导|人员|负责人)"),
    ("deadline", r"(?:整改|完成|计划|办结)?(?:完成)?(?:时限|期限|时间)(?:要求)?"),
    (
        "status",
        r"(?:整改)?(?:完成|进展|落实|办理|销号)(?:情况|状态|进度|结果)|整改(?:进展|成效|状态|结果|进度|效果)(?:情况)?|是否完成|进展|成效|状态|备注",
    ),
)
_COLUMN = tuple((name, re.compile(spaced(pattern))) for name, pattern in _COLUMNS)
_NUMBER = re.compile(r"(\d{1,3}) ?[.、]?")
_BAR = re.compile(r"[|\t]")
_TOP = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)")
_TAIL = ("body", "role", "deadline", "status")


class Cell(NamedTuple):
    start: int
    end: int
    row: int


def find_tables(text: str, rows: list[Row]) -> tuple[list[Token], set[int]]:
    """Tokens of all table records, and the rows whose own tokens they replace at row start."""
    tokens: list[Token] = []
    taken: set[int] = set()
    index = 0
    barred_text = "|" in text or "\t" in text
    while index < len(rows):
        if not barred_text and rows[index].end - rows[index].start > 12:
            index += 1
            continue
        columns, after = _header(text, rows, index)
        if columns is None:
            index += 1
            continue
        taken.update(range(index, after))
        barred = after == index + 1
        index = (
            _barred(text, rows, after, columns, tokens, taken)
            if barred
            else _lined(text, rows, after, columns, tokens, taken)
        )
    return tokens, taken


def _column(name: str) -> str | None:
    name = name.strip(" :*")
    if len(name) > 12:
        return None
    return next((role for role, pattern in _COLUMN if pattern.fullmatch(name)), None)


def _header(text: str, rows: list[Row], index: int) -> tuple[list[str] | None, int]:
    """The columns named at ``index``, in one row or row by row, and the row behind them."""
    start, end = rows[index]
    if end - start > 120:
        return None, index
    cells = [cell for cell in _BAR.split(text[start:end]) if cell.strip()]
    if len(cells) >= 3:
        named = [_column(cell) for cell in cells]
        return (_checked(named), index + 1) if sum(name is not None for name in named) >= 3 else (None, index)
    names: list[str | None] = []
    at = index
    while at < len(rows) and len(names) < 10 and rows[at].end - rows[at].start <= 12:
        name = _column(text[rows[at].start : rows[at].end])
        if name is None:
            break
        names.append(name)
        at += 1
    return (_checked(names), at) if len(names) >= 3 else (None, index)


def _checked(names: list[str | None]) -> list[str] | None:
    return (
        [name or "other" for name in names]
        if "problem" in names and {"measure", "status"} & set(names)
        else None
    )


def _barred(
    text: str, rows: list[Row], index: int, columns: list[str], tokens: list[Token], taken: set[int]
) -> int:
    while index < len(rows):
        cells = list(_cells(text, rows[index], index))
        if len(cells) < 2:
            if not _goes_on(text, rows, index):
                break
            index += 1
            continue
        if not all(set(text[cell.start : cell.end]) <= set("-: ") for cell in cells):
            named = list(zip(columns, cells, strict=False))
            if len(cells) == len(columns) - 1 and "number" in columns:
                named = list(zip([column for column in columns if column != "number"], cells, strict=False))
            tokens.extend(_record(text, named))
        taken.add(index)
        index += 1
    return index


def _cells(text: str, row: Row, index: int) -> Iterator[Cell]:
    """Cells of a barred row; an empty one in the middle keeps its place."""
    start, end = row
    if text[start] == "|":
        start += 1
    if end > start and text[end - 1] == "|":
        end -= 1
    at = start
    for bar in _BAR.finditer(text, start, end):
        yield _trimmed(text, at, bar.start(), index)
        at = bar.end()
    if at > start:
        yield _trimmed(text, at, end, index)


def _trimmed(text: str, start: int, end: int, index: int) -> Cell:
    inside = text[start:end]
    lead = len(inside) - len(inside.lstrip())
    return Cell(start + min(lead, len(inside)), max(start, start + len(inside.rstrip())), index)


def _goes_on(text: str, rows: list[Row], index: int) -> bool:
    """Whether a row without bars (a category row, a broken cell) stands within a table."""
    return any(_BAR.search(text, *rows[at]) for at in range(index + 1, min(index + 3, len(rows))))


def _lined(
    text: str, rows: list[Row], index: int, columns: list[str], tokens: list[Token], taken: set[int]
) -> int:
    """Read records whose cells stand on lines of their own; each begins with the next number."""
    expected = 1
    record: list[Cell] = []
    while index < len(rows):
        start, end = rows[index]
        number = _NUMBER.fullmatch(text, start, end)
        if number is not None and expected <= int(number[1]) <= expected + 2:
            tokens.extend(_line_record(text, record, columns))
            record = [Cell(start, end, index)]
            expected = int(number[1]) + 1
            taken.add(index)
        elif _TOP.match(text, start, end) or (
            _is_part(text[start:end]) and not _more(text, rows, index, expected)
        ):
            tokens.extend(_line_record(text, record, columns))
            record = []
            if not _more(text, rows, index, expected):
                return index
        elif record:
            if (
                len(record) >= len(columns)
                and _ends(text, record[-1], rows[index])
                and not _more(text, rows, index, expected)
            ):
                break
            record.append(Cell(start, end, index))
            taken.add(index)
        elif not _more(text, rows, index, expected):
            break
        index += 1
    tokens.extend(_line_record(text, record, columns))
    return index


def _ends(text: str, last: Cell, row: Row) -> bool:
    """Whether a full record ends before ``row``."""
    state = text[last.start : last.end]
    return (
        BARE_STATE.fullmatch(state) is not None
        or CLOSING.match(text, *row) is not None
        or (row.end - row.start > 60 and last.end - last.start > 24)
    )


def _is_part(line: str) -> bool:
    return part_of(line) is not None and not BARE_STATE.fullmatch(line)


def _more(text: str, rows: list[Row], index: int, expected: int) -> bool:
    """Whether another record begins within the next rows."""
    for at in range(index, min(index + 30, len(rows))):
        number = _NUMBER.fullmatch(text, *rows[at])
        if number is not None and expected <= int(number[1]) <= expected + 2:
            return True
    return False


def _line_record(text: str, record: list[Cell], columns: list[str]) -> Iterator[Token]:
    """Give the lines of a record to columns: the short columns at the end count from the end."""
    if len(record) < 2:
        return iter(())
    rest = [column for column in columns if column not in ("number", "group", "other")]
    cells = record[1:]
    tail = [column for column in rest if column in _TAIL]
    body_cells = len(cells) - 1 - len(tail)
    named = [("number", record[0]), ("problem", cells[0])]
    if body_cells >= 1 or "measure" not in rest:
        named += [("measure", cell) for cell in cells[1 : 1 + max(body_cells, 0)]]
        named += list(zip(tail, cells[1 + max(body_cells, 0) :], strict=False))
    else:
        named += [(_by_looks(text, cell), cell) for cell in cells[1:]]
    return _record(text, named)


def _by_looks(text: str, cell: Cell) -> str:
    value = text[cell.start : cell.end]
    if len(value) <= 24 and BARE_STATE.fullmatch(value):
        return "status"
    if len(value) <= 20 and DEADLINE_LIKE.match(value):
        return "deadline"
    return "measure" if len(value) > 24 or value.endswith(("。", ";")) else "body"


def _record(text: str, named: list[tuple[str, Cell]]) -> Iterator[Token]:
    problem = next((cell for name, cell in named if name == "problem"), None)
    if problem is None or problem.start >= problem.end:
        return
    number = next((cell for name, cell in named if name == "number" and cell.start < cell.end), None)
    value = _NUMBER.match(text, *number[:2]) if number is not None else None
    first = number if number is not None and value is not None else problem
    label_end = value.end() if value is not None else first.start
    yield Token(
        "mark",
        "cell",
        int(value[1]) if value else None,
        first.start,
        label_end,
        problem.start,
        first.row,
        True,
    )
    told = False
    for name, cell in named:
        if cell.start <= problem.start or cell.start >= cell.end:
            continue
        if name in ("measure", "status"):
            if not (told and name == "measure"):
                yield Token("lead", name, None, cell.start, cell.start, cell.start, cell.row, True)
            told = True
        elif name in _TAIL:
            yield Token("field", name, None, cell.start, cell.start, cell.start, cell.row, True)
