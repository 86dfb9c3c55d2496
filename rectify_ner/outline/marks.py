"""Tokens of a notice's skeleton: numbers of every kind, lead words, field labels, closing rows."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rectify_ner.outline.parts import CLOSING, DATE_ROW, NAVIGATION, PAGE_ROW, SIGNATURE, part_of
from rectify_ner.outline.words import FIELD, LEAD, LEAD_ROW, SHORT_LEAD, TAG, spaced

CN = "一二三四五六七八九十百"
_YEAR = r"(?:19|20)\d\d ?年"
_HARD_UNITS = "年月日号点时分秒周元万亿％"
_UNITS = (
    _HARD_UNITS
    + "天岁个条项次人名家份件篇处户场起期批亩套座台间所村千百余多级栋米吨公里轮届宗辆只卷册位棵盏块张根幅幢"
)
_NOT_CN = rf"(?![{CN}]{{1,2}}(?:季度|期|批|级|产|线|[、是]))"

_ENCLOSED = {
    **{chr(0x2460 + i): i + 1 for i in range(20)},  # ①
    **{chr(0x3251 + i): i + 21 for i in range(15)},  # ㉑
    **{chr(0x32B1 + i): i + 36 for i in range(15)},  # ㊱
    **{chr(0x2776 + i): i + 1 for i in range(10)},  # ❶
    **{chr(0x24F5 + i): i + 1 for i in range(10)},  # ⓵
    **{chr(0x2474 + i): i + 1 for i in range(20)},  # ⑴
    **{chr(0x2488 + i): i + 1 for i in range(20)},  # ⒈
    **{chr(0x3220 + i): i + 1 for i in range(10)},  # ㈠
}

_N = rf"(?:[{CN}]{{1,3}}|\d{{1,3}})"
_WEN = (
    rf"(?P<wen>{spaced('(?:反馈|具体|存在|整改)?问题')}{_N}(?= ?[:.、,])"
    rf"|{spaced('第')}{_N} ?{spaced('个问题')}(?= ?[:.、,]))"
)
_PAIRED = "|".join(
    (
        rf"(?P<cnp>\( ?[{CN}]{{1,4}} ?\)|[{CN}]{{1,3}} ?\)|[㈠-㈩])",
        r"(?P<arp>\( ?\d{1,3} ?\)|[⑴-⒇])",
        r"(?P<circ>[①-⑳㉑-㉟㊱-㊿❶-❿⓵-⓾])",
        rf"(?P<sec>第 ?[{CN}]{{1,2}}(?= ?[,、:])|第 ?[{CN}]{{1,2}} ?是)",
        rf"(?P<shi>[{CN}]{{1,3}} ?是(?!否)|其[{CN}](?=[,、:]))",
    )
)
_ROW = re.compile(
    "|".join(
        (
            _WEN,
            rf"(?P<cn>[{CN}]{{1,4}} ?[、.,]{_NOT_CN})",
            _PAIRED,
            rf"(?P<cnp2>\([{CN}]{{1,2}}(?=[^{CN} ,)、是]))",
            r"(?P<arr>\d{1,3} ?\))",
            rf"(?P<ar>\d{{1,3}} ?(?:[.、](?!\d)|\.(?={_YEAR}))|[⒈-⒛])",
            r"(?P<arp2>\(\d{1,3}(?=[^\d年月日.,%)\-~至]))",
            rf"(?P<loose>\d{{1,3}}(?={_YEAR})|\d{{1,3}}[.、](?=\d)"
            rf"|\d{{1,3}}(?= ?[\u4e00-\u9fff“])(?! ?[{_HARD_UNITS}]))",
        )
    )
)
_ROW_WORD = re.compile(rf"{LEAD}|{SHORT_LEAD}|{FIELD}|{TAG}")
_FIRST = "第其问整责牵配主完办落目取具下反存巡协承分状联督计预拟采进是后已挂包时直参"
"""How inline words begin; the rest of the text is passed over at once."""
_INLINE = re.compile(
    r"(?P<sep>[。;:!?,”\"’)】\] |\t(]) {0,4}"
    + rf"(?=[{CN}\d(【\[〔①-⑳㉑-㊿❶-❿⓵-⓾⑴-⒛㈠-㈩{_FIRST}])(?:"
    + "|".join(
        (
            _PAIRED,
            rf"(?P<arp2>\(\d{{1,2}}(?=[\u4e00-\u9fff])(?![{_UNITS}]))",
            r"(?P<arr>\d{1,3} ?\))|(?P<ar>\d{1,3} ?[.、](?!\d)|[⒈-⒛])",
            rf"(?P<cn>[{CN}]{{1,3}}、{_NOT_CN})",
            rf"{_WEN}|{LEAD}|{FIELD}|{TAG}|(?P<lost>是))",
        )
    )
)
_GLUED_LEAD = re.compile(
    spaced(
        r"(?<![的题“落实。;!?”\n])(?P<lead>整改(?:落实|完成|进展|工作)?(?:情况|措施及成效|措施|成效))(?=[:])"
    )
)
"""A lead word whose line was joined to the heading without a mark between."""
_PART_WORD = re.compile(spaced("反馈|巡察|巡视|问题|下一?步"))
_STRONG = frozenset('。;:!?”’)】]"|\t')
_SEPARATORS = {
    "shi": _STRONG | {",", " "},
    "circ": _STRONG | {",", " "},
    "arp": _STRONG | {","},
    "cnp": _STRONG,
    "sec": _STRONG,
    "arr": frozenset("。;:!?”】|\t"),
    "ar": frozenset("。;:!?”】|\t"),
    "cn": frozenset("。!?”】"),
    "wen": frozenset("。!?”】 "),
    "lost": frozenset("。;:】"),
}
_WORD_SEPARATORS = frozenset('。;!?”’)】] "')
_FIELD_NAMES = ("body", "role", "deadline", "status")


class Row(NamedTuple):
    """A line without its outer white space."""

    start: int
    end: int


class Token(NamedTuple):
    """One piece of skeleton. ``end`` is where the label ends as printed, ``text_at`` where its text begins.

    type: mark, lead, field, close, part, cell. kind: of number, of field or of part.
    """

    type: str
    kind: str
    number: int | None
    start: int
    end: int
    text_at: int
    row: int
    at_row: bool
    sep: str = "\n"


def split_rows(text: str) -> list[Row]:
    """Lines that hold something, trimmed."""
    rows = []
    for found in re.finditer(r"[^\s][^\n]*", text):
        start, end = found.span()
        rows.append(Row(start, start + len(text[start:end].rstrip())))
    return rows


def tokens_of_row(text: str, rows: list[Row], index: int) -> Iterator[Token]:
    """The tokens of one row, in order."""
    row = rows[index]
    head = _row_token(text, row, index)
    if head is None:
        yield from _inline_tokens(text, row, index, row.start, None)
        return
    head = _labelled_word(text, row, head)
    yield head
    if head.type in ("close", "part"):
        return
    at = max(row.start, (head.end if head.type == "mark" else head.text_at) - 1)
    inside = _inline_tokens(text, row, index, at, head)
    glued = _glued_lead(text, row, head)
    yield from inside if glued is None else _merged(inside, glued)


def _inline_tokens(text: str, row: Row, index: int, at: int, head: Token | None) -> Iterator[Token]:
    for found in _INLINE.finditer(text, at, row.end):
        token = _inline_token(text, found, row, index)
        if token is None or (head is not None and token.start < head.end):
            continue
        if head is None or token.kind != "tag" or token.start != head.text_at:
            yield token


def _glued_lead(text: str, row: Row, head: Token) -> Token | None:
    if head.type != "mark":
        return None
    found = _GLUED_LEAD.search(text, head.text_at, min(row.end, head.text_at + 160))
    return _word(text, found, row, head.row, at_row=False) if found is not None else None


def _merged(tokens: Iterator[Token], glued: Token) -> list[Token]:
    return sorted(
        [*(token for token in tokens if token.start != glued.start), glued], key=lambda token: token.start
    )


def _labelled_word(text: str, row: Row, head: Token) -> Token:
    """``(2)整改措施:`` is a lead word, however numbered; ``(1)存在问题:`` stays the number of a heading."""
    if head.type != "mark" or head.kind not in ("ar", "arp", "arr", "circ", "cnp"):
        return head
    found = _ROW_WORD.match(text, head.text_at, row.end)
    if found is None or found.lastgroup not in ("lead", "short"):
        return head
    word = _word(text, found, row, head.row, at_row=True)
    return word._replace(start=head.start)


def _row_token(text: str, row: Row, index: int) -> Token | None:
    start, end = row
    if end - start <= 24 and PAGE_ROW.fullmatch(text, start, end):
        return Token("close", "page", None, start, end, end, index, True)
    found = _ROW.match(text, start, end)
    if found is not None:
        return _row_mark(text, found, row, index)
    found = _ROW_WORD.match(text, start, end)
    if found is not None:
        return _word(text, found, row, index, at_row=True)
    return _whole_row(text, row, index)


def _row_mark(text: str, found: re.Match[str], row: Row, index: int) -> Token:
    kind, (start, stop) = found.lastgroup or "", found.span()
    sep = "unit" if kind == "loose" and text[stop : stop + 1] in _UNITS else "\n"
    behind = _skip(text, stop, row.end, kind)
    return Token("mark", kind.rstrip("2"), _number(found.group()), start, stop, behind, index, True, sep)


def _whole_row(text: str, row: Row, index: int) -> Token | None:
    """A row that is as a whole a lead word, a closing line or the title of a part."""
    start, end = row
    length = end - start

    def token(type: str, kind: str) -> Token:
        return Token(type, kind, None, start, end, end, index, True)

    if length <= 16 and LEAD_ROW.fullmatch(text, start, end):
        is_part = text[end - 1] != ":" and _PART_WORD.search(text, start, end)
        return token("part", "body") if is_part else token("lead", "")
    if CLOSING.match(text, start, end):
        return token("close", "navigation" if NAVIGATION.match(text, start, end) else "closing")
    if length > 42:
        return None
    if length <= 20 and DATE_ROW.fullmatch(text, start, end):
        return token("close", "date")
    part = part_of(text[start:end]) if length <= 24 and text[end - 1] not in "。;" else None
    if part is not None:
        return token("part", part)
    return token("close", "signature") if SIGNATURE.fullmatch(text, start, end) else None


def _inline_token(text: str, found: re.Match[str], row: Row, index: int) -> Token | None:
    kind = found.lastgroup or ""
    sep = found["sep"]
    if kind in ("lead", "tag", *_FIELD_NAMES):
        if sep == "(" and kind in _FIELD_NAMES:
            return _word(text, found, row, index, at_row=False)
        if sep in '”"' and text.startswith("问题", found.end("sep")):
            return None  # 关于“…”问题的整改情况: is one heading
        if sep not in _WORD_SEPARATORS or (sep == " " and kind not in _FIELD_NAMES and kind != "lead"):
            return None
        return _word(text, found, row, index, at_row=False)
    if sep not in _SEPARATORS[kind.rstrip("2")]:
        return None
    start, end = found.span(kind)
    number = None if kind == "lost" else _number(found[kind])
    return Token(
        "mark", kind.rstrip("2"), number, start, end, _skip(text, end, row.end, kind), index, False, sep
    )


def _word(text: str, found: re.Match[str], row: Row, index: int, *, at_row: bool) -> Token:
    kind = found.lastgroup or ""
    start, end = found.span(kind)
    after = end
    while after < row.end and text[after] in " :】]〕)>":
        after += 1
    if kind == "tag":
        return Token("mark", "tag", None, start, start, after, index, at_row)
    if kind in _FIELD_NAMES:
        return Token("field", kind, None, start, end, after, index, at_row)
    return Token("lead", "", None, start, end, after, index, at_row)


def _skip(text: str, at: int, end: int, kind: str) -> int:
    """Behind the punctuation that parts a label from its text."""
    marks = " :.、," if kind in ("wen", "sec", "shi") else " "
    while at < end and text[at] in marks:
        at += 1
    return at


def _number(label: str) -> int | None:
    enclosed = _ENCLOSED.get(label)
    if enclosed is not None:
        return enclosed
    digits = re.search(r"\d{1,7}", label)
    if digits is not None:
        return int(digits.group())
    return chinese(label)


def chinese(label: str) -> int | None:
    """The number that the Chinese numerals of a label spell, up to 199."""
    value, unit, seen = 0, 0, False
    for char in label:
        place = CN.find(char)
        if place < 0:
            if seen:
                break
            continue
        seen = True
        if char == "百":
            value, unit = (unit or 1) * 100, 0
        elif char == "十":
            value, unit = value + (unit or 1) * 10, 0
        else:
            unit = place + 1
    return value + unit if seen else None
