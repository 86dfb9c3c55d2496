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
_BELOW_CATEGORY = frozenset({"ar", "arp", "arr", "wen"})
_ORDINALS = frozenset({"shi", "circ", "arp", "sec"})


def bare_headings(
    text: str, rows: Sequence[Row], by_row: Sequence[Sequence[Token]], looks: dict[int, float]
) -> list[Token]:
    """Tokens for the rows that head a problem (kind bare) or a category (kind over) without a number."""
    finder = _Finder(text, rows, by_row, looks)
    found: list[Token] = []
    for index in range(len(rows) - 2, -1, -1):
        kind = finder.kind(index)
        if kind is not None:
            finder.kinds[index] = kind
            start = rows[index].start
            found.append(Token("mark", kind, None, start, start, start, index, True))
    return found


class _Finder:
    """Looks at the rows from the last to the first, so that what follows a row is known."""

    def __init__(
        self, text: str, rows: Sequence[Row], by_row: Sequence[Sequence[Token]], looks: dict[int, float]
    ) -> None:
        self.text = text
        self.rows = rows
        self.by_row = by_row
        self.looks = looks
        self.kinds: dict[int, str] = {}
        self.numbered = sum(1 for row in by_row if row and _is_numbered(row[0]) and looks[row[0].start] > 1.0)

    def kind(self, index: int) -> str | None:
        start, end = self.rows[index]
        own = self.by_row[index]
        if own and (own[0].at_row or not _answers(own[0])):
            return None
        stop = own[0].start if own else end
        if not 4 <= stop - start <= _LIMIT or self.text[end - 1] in ",、" or self.text[stop - 1] == ";":
            return None
        title = self.text[start:stop].rstrip()
        if ("。" in title[:-1] and "”" not in title) or self.is_below_heading(index):
            return None
        score = title_score(self.text, title, start, stop)
        if own:
            return "bare" if score > 0.7 else None
        return self.by_next(index, title, score)

    def by_next(self, index: int, title: str, score: float) -> str | None:
        below = self.by_row[index + 1]
        following = below[0] if below and below[0].at_row else None
        if self.kinds.get(index + 1) == "bare":
            return "over" if _GROUPING.search(title) or (score > 0 and title[-1] not in "。!?:") else None
        if following is None:
            return self.by_prose(index, title, score)
        if following.type == "field":
            following = self.lead_below_fields(index + 1)
        if following is None:
            return None
        first = following.type == "mark" and following.number == 1
        if first and following.kind in _BELOW_CATEGORY and _GROUPING.search(title):
            return "over"
        if following.type == "lead":
            word = self.text[following.start : following.end]
            if _LATER_LEAD.search(word) or not _FIRST_LEAD.search(word):
                return None
            return "bare" if score > 0 or (score >= 0 and len(title) <= 40) else None
        if first and following.kind in _ORDINALS and score > 0.7:
            return "bare" if self.numbered < 2 or self.stands_alone(title, index) else None
        return None

    def by_prose(self, index: int, title: str, score: float) -> str | None:
        """Before plain text a heading is believed only where the notice numbers none."""
        longer = self.rows[index + 1].end - self.rows[index + 1].start > 60
        plain = self.numbered < 2 and index + 1 not in self.kinds
        return "bare" if plain and longer and score >= 0.8 and len(title) <= 60 else None

    def lead_below_fields(self, index: int) -> Token | None:
        for row in self.by_row[index : index + 8]:
            if not row or row[0].type != "field":
                return row[0] if row and row[0].type == "lead" else None
        return None

    def stands_alone(self, title: str, index: int) -> bool:
        """Whether a line among numbered headings is one that lost its number."""
        if title[-1] not in "。:" or wrapped(self.text, *self.rows[index]) is not None:
            return True
        return len(title) <= 40 and title[-1] != ":" and ACTION.search(title) is None

    def is_below_heading(self, index: int) -> bool:
        """Whether the row above is a heading or lead word still waiting for its first text."""
        if index == 0 or not self.by_row[index - 1]:
            return False
        above, row = self.by_row[index - 1], self.rows[index - 1]
        if above[-1].type == "lead" and above[-1].text_at >= row.end:
            return True
        if len(above) > 1 or not _is_numbered(above[0]):
            return False
        if self.looks[above[0].start] <= 0:
            return row.end - row.start <= 60 and unfinished(self.text, *row) is not False
        return above[0].kind not in ("cn", "cnp") or unfinished(self.text, *row) is True


def _is_numbered(token: Token) -> bool:
    return token.type == "mark" and token.at_row and token.kind in _HEADING_KINDS


def _answers(token: Token) -> bool:
    """Whether a token within the line begins the response."""
    first = token.type == "mark" and token.kind == "shi" and token.number == 1
    return token.type == "lead" or (first and token.sep == "。")
