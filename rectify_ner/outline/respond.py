"""Cut what follows a heading into measures and field values."""

import re
from collections.abc import Sequence

from rectify_ner.notice import FieldValue, Measure
from rectify_ner.outline.flags import Numbered
from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.parts import OUTLOOK
from rectify_ner.outline.words import BARE_STATE

_TERMINAL = frozenset("。;!?”】):…》.")
_OUTLOOK_LIMIT = 600
_LEADING = " ,、。;:-—\t\n"
_PREFACE = re.compile(r"[^。;!?]{0,14}[:]")
"""What introduces ordinals without saying anything: ``主要措施:``."""
_STATE_NOTE = re.compile(r"(?:已|正|基本|按|持续|长期|未|需|待|部分|均)[^。]{0,13}")
"""A short state with a word of explanation, in the last column of a table."""
_HAN = re.compile(r"[\u4e00-\u9fffA-Za-z]")


class Response:
    """The text between one heading and the next, read once from left to right."""

    def __init__(self, text: str, rows: Sequence[Row], issue: int, *, last: bool) -> None:
        self.text = text
        self.rows = rows
        self.issue = issue
        self.last = last
        self.measures: list[Measure] = []
        self.fields: list[FieldValue] = []
        self.ordinals: list[list[Numbered]] = [[]]
        """The ordinals of each section; a lead word opens a new one."""
        self.above = ""
        """The last character of the line above."""
        self.opened: int | None = None
        self.label_end = 0
        self.ordinal: str | None = None
        self.kind = ""

    def read(self, start: int, end: int, first_row: int, tokens: Sequence[Token]) -> None:
        """Walk rows and tokens of ``text[start:end]``; a closing row ends it for good."""
        at = 0
        index = first_row
        while index < len(self.rows) and self.rows[index].start < end:
            row = self.rows[index]
            begin, stop = max(row.start, start), min(row.end, end)
            mine = []
            while at < len(tokens) and tokens[at].row == index:
                mine.append(tokens[at])
                at += 1
            if begin < stop and not self.row(begin, stop, mine, fresh=begin == row.start):
                break
            self.above = self.text[row.end - 1]
            index += 1
        self.close(min(end, self.rows[index - 1].end if index > first_row else end))

    def row(self, begin: int, stop: int, tokens: list[Token], *, fresh: bool) -> bool:
        """Read one row; False where the response is over."""
        if tokens and tokens[0].type == "close":
            if tokens[0].kind in ("navigation", "page"):
                self.interrupt(begin)
                return True
            return False
        if not (tokens and tokens[0].start == begin):
            if (
                self.last
                and fresh
                and (self.measures or self.opened is not None)
                and OUTLOOK.search(self.text[begin : min(stop, begin + _OUTLOOK_LIMIT)])
            ):
                return False
            self.paragraph(begin, fresh=fresh)
        for place, token in enumerate(tokens):
            limit = tokens[place + 1].start if place + 1 < len(tokens) else stop
            if token.type == "mark":
                self.mark(token)
            elif token.type == "gap":
                self.close(token.start)
            elif token.type == "lead":
                self.lead(token, limit)
            elif token.type == "field":
                self.field(token, limit, stop)
        return True

    def interrupt(self, begin: int) -> None:
        """A page number or link between two lines ends a measure only where its sentence is over."""
        if self.opened is not None and self.above in _TERMINAL:
            self.close(begin)

    def paragraph(self, begin: int, *, fresh: bool) -> None:
        if self.opened is None:
            self.open(begin, begin, None, "")
        elif self.ordinal is None and fresh and self.above in _TERMINAL:
            self.close(begin)
            self.open(begin, begin, None, "")

    def mark(self, token: Token) -> None:
        """An ordinal: the first kind of a section rules, other kinds inside it stay text."""
        label = self.text[token.start : token.end]
        if self.ordinal is not None and self.kind != token.kind and "lost" not in (token.kind, self.kind):
            return
        self.close(token.start)
        if token.number == 1 and self.ordinals[-1]:
            self.ordinals.append([])
        self.ordinals[-1].append(Numbered(token.start, token.end, label, token.number, token.kind))
        self.open(token.start, token.text_at, label, token.kind if token.kind != "lost" else "shi")

    def lead(self, token: Token, limit: int) -> None:
        self.close(token.start)
        self.ordinals.append([])
        value = self.text[token.text_at : limit].strip()
        if value and (
            BARE_STATE.fullmatch(value[:25]) or (token.kind == "status" and _STATE_NOTE.fullmatch(value))
        ):
            self.value("status", token.text_at, limit)
        elif token.text_at < limit:
            self.open(token.text_at, token.text_at, None, "")

    def field(self, token: Token, limit: int, stop: int) -> None:
        self.close(token.start)
        end = limit
        for mark in "。;":
            found = self.text.find(mark, token.text_at, end)
            end = found if found >= 0 else end
        inner = self.text.find(")", token.text_at, end)
        if inner >= 0 and "(" not in self.text[token.text_at : inner]:
            end = inner
        self.value(token.kind, token.text_at, end)
        rest = self.text[end:limit].lstrip(" 。;)")
        if rest:
            begin = limit - len(rest)
            self.open(begin, begin, None, "")

    def value(self, name: str, begin: int, end: int) -> None:
        begin, end = trim(self.text, begin, end)
        while end > begin and self.text[end - 1] in " 。;,、(|\t":
            end -= 1
        if begin < end:
            self.fields.append(FieldValue(begin, end, name, self.issue))  # type: ignore[arg-type]

    def open(self, start: int, label_end: int, ordinal: str | None, kind: str) -> None:
        self.opened, self.label_end, self.ordinal, self.kind = start, label_end, ordinal, kind

    def close(self, end: int) -> None:
        """End the open measure before ``end``; nothing of substance makes none."""
        start, self.opened = self.opened, None
        ordinal, self.ordinal = self.ordinal, None
        if start is None:
            return
        start, end = trim(self.text, start, end)
        if ordinal is None:
            while start < end and self.text[start] in _LEADING:
                start += 1
            body = self.text[start:end]
            if _PREFACE.fullmatch(body) or not _HAN.search(body):
                return
        if end > start:
            while end > start and self.text[end - 1] in " (【[〔|\t\n":
                end -= 1
            self.measures.append(Measure(start, end, self.issue, ordinal))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without outer white space."""
    inside = text[start:end]
    stripped = inside.strip()
    if not stripped:
        return start, start
    start += len(inside) - len(inside.lstrip())
    return start, start + len(stripped)
