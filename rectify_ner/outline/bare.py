"""Headings that carry no number: told by their own wording and by what follows them."""

import re
from collections.abc import Sequence

from rectify_ner.outline.headings import unfinished
from rectify_ner.outline.looks import title_score, wrapped
from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.words import ACTION

_LIMIT = 90
_LATER_LEAD = re.compile(r"成效|效果|结果|成果|下一?步|打算")
_FIRST_LEAD = re.compile(r"措施|情况|做法|举措|整改[】\]〕)]?$")
_GROUPING = re.compile(r"(?:方面|的整改(?:落实)?情况)[。:]?$")
_HEADING_KINDS = frozenset({"ar", "arp", "arr", "wen", "tag", "cnp", "cell", "cn"})


def bare_headings(text: str, rows: Sequence[Row], by_row: Sequence[Sequence[Token]], looks: dict[int, float]) -> list[Token]:
    """Tokens for the rows that head a problem (kind bare) or a category (kind over) without a number."""
    numbered = sum(1 for row in by_row if row and _numbered(row[0]) and looks[row[0].start] > 1.0)
    found: list[Token] = []
    kinds: dict[int, str] = {}
    for index in range(len(rows) - 1, -1, -1):
        kind = _kind(text, rows, by_row, index, kinds, looks, numbered=numbered)
        if kind is not None:
            kinds[index] = kind
            start = rows[index].start
            found.append(Token("mark", kind, None, start, start, start, index, True))
    return found


def _numbered(token: Token) -> bool:
    return token.type == "mark" and token.at_row and token.kind in _HEADING_KINDS


def _kind(
    text: str, rows: Sequence[Row], by_row: Sequence[Sequence[Token]], index: int, kinds: dict[int, str],
    looks: dict[int, float], *, numbered: int,
) -> str | None:  # fmt: skip
    start, end = rows[index]
    own = by_row[index]
    if (own and (own[0].at_row or not _answered_inline(own[0]))) or index + 1 >= len(rows):
        return None
    stop = own[0].start if own else end
    if not 4 <= stop - start <= _LIMIT or text[end - 1] in ",、" or text[stop - 1] == ";":
        return None
    title = text[start:stop].rstrip()
    if "。" in title[:-1] and "”" not in title:
        return None
    if _below_heading(by_row, index, looks, rows, text):
        return None
    score = title_score(text, title, start, stop)
    if own:
        return "bare" if score > 0.7 else None
    return _by_next(text, rows, by_row, index, kinds, title, score, numbered=numbered)


def _by_next(
    text: str, rows: Sequence[Row], by_row: Sequence[Sequence[Token]], index: int, kinds: dict[int, str],
    title: str, score: float, *, numbered: int,
) -> str | None:  # fmt: skip
    following = by_row[index + 1][0] if by_row[index + 1] and by_row[index + 1][0].at_row else None
    below = kinds.get(index + 1)
    if below == "bare":
        return "over" if _GROUPING.search(title) or (score > 0 and title[-1] not in "。!?:") else None
    if following is None:
        longer = rows[index + 1].end - rows[index + 1].start > 60
        return "bare" if numbered < 2 and score >= 0.8 and len(title) <= 60 and longer and below is None else None
    if _GROUPING.search(title) and following.type == "mark" and following.number == 1 and following.kind in ("ar", "arp", "arr", "wen"):
        return "over"
    if following.type == "field":
        following = _lead_below_fields(by_row, index + 1)
    if following is not None and following.type == "lead":
        word = text[following.start : following.end]
        if (_LATER_LEAD.search(word) or not _FIRST_LEAD.search(word)):
            return None
        return "bare" if score > 0 or (score >= 0 and len(title) <= 40) else None
    if following is not None and following.type == "mark" and following.number == 1 and following.kind in ("shi", "circ", "arp", "sec"):
        return "bare" if score > 0.7 and (numbered < 2 or _stands_alone(text, title, rows[index])) else None
    return None


def _lead_below_fields(by_row: Sequence[Sequence[Token]], index: int) -> Token | None:
    for row in by_row[index : index + 8]:
        if not row or row[0].type != "field":
            return row[0] if row and row[0].type == "lead" else None
    return None


def _stands_alone(text: str, title: str, row: Row) -> bool:
    """Whether a line among numbered headings is one that lost its number."""
    if title[-1] not in "。:" or wrapped(text, row.start, row.end) is not None:
        return True
    return len(title) <= 40 and title[-1] != ":" and ACTION.search(title) is None


def _answered_inline(token: Token) -> bool:
    return token.type == "lead" or (token.type == "mark" and token.kind == "shi" and token.number == 1 and token.sep == "。")


def _below_heading(by_row: Sequence[Sequence[Token]], index: int, looks: dict[int, float], rows: Sequence[Row], text: str) -> bool:
    """Whether the row above is a heading or lead word still waiting for its first text."""
    if index == 0 or not by_row[index - 1]:
        return False
    above = by_row[index - 1]
    last = above[-1]
    if last.type == "lead" and last.text_at >= rows[index - 1].end:
        return True
    first = above[0]
    if len(above) > 1 or not _numbered(first):
        return False
    if looks[first.start] <= 0:
        return unfinished(text, *rows[index - 1]) is not False and rows[index - 1].end - rows[index - 1].start <= 60
    return first.kind not in ("cn", "cnp") or unfinished(text, *rows[index - 1]) is True
