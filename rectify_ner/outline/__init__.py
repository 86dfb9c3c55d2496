"""Outline: the headings, problems and measures of a notice as a tree."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import zip_longest

from rectify_ner.fold import fold
from rectify_ner.notice import Category, FieldValue, Flag, Issue, Measure, Outline
from rectify_ner.outline.bare import bare_headings
from rectify_ner.outline.flags import Numbered, numbering_flags
from rectify_ner.outline.headings import heading_end
from rectify_ner.outline.looks import look
from rectify_ner.outline.marks import Row, Token, split_rows, tokens_of_row
from rectify_ner.outline.nest import Node, nest
from rectify_ner.outline.respond import Response, trim
from rectify_ner.outline.roles import all_nodes, assign_roles
from rectify_ner.outline.statement import statement_span
from rectify_ner.outline.tables import find_tables
from rectify_ner.outline.words import part_of

_BREAKS = re.compile("[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")

__all__ = ["build_outline"]


def build_outline(text: str) -> Outline:
    """The tree of a notice: categories, issues with their parents, measures, fields and what was odd.

    Takes any text; one that is no notice gives an empty outline.
    """
    folded = _BREAKS.sub("\n", fold(text))
    rows = split_rows(folded)
    tokens, looks = _tokens(folded, rows)
    root, placed = nest(tokens, looks, _part_titles(folded, rows, tokens))
    _mark_alone(root, rows, tokens)
    headings = assign_roles(folded, root)
    kept = [placed.get(token.start) if token.type == "mark" else token for token in tokens]
    return _Builder(text, folded, rows, [token for token in kept if token is not None]).build(headings)


def _tokens(text: str, rows: list[Row]) -> tuple[list[Token], list[float]]:
    """All tokens of the notice in order, of its lines, its tables and its headings without number, with their looks."""
    cells, taken = find_tables(text, rows)
    by_row: list[list[Token]] = [
        [token for token in tokens_of_row(text, rows, index) if index not in taken or _stays(token)]
        for index in range(len(rows))
    ]
    for cell in cells:
        by_row[cell.row].append(cell)
        by_row[cell.row].sort(key=_order)
    tokens = list(_settle_tags([token for row in by_row for token in row], rows))
    looks = _looks(text, rows, tokens)
    bare = bare_headings(text, rows, by_row, dict(zip((token.start for token in tokens), looks, strict=True)))
    if bare:
        tokens = sorted([*tokens, *bare], key=_order)
        looks = _looks(text, rows, tokens)
    return tokens, looks


def _stays(token: Token) -> bool:
    """Whether a token of a table's line counts beside those of its cells: ordinals do."""
    return not token.at_row or (token.type == "mark" and token.kind not in ("loose", "cn"))


def _settle_tags(tokens: list[Token], rows: list[Row]) -> Iterator[Token]:
    """``存在问题:1.…`` is the heading ``1.…``; a tag alone on its line heads the line below."""
    numbered = False
    for token, after in zip_longest(tokens, tokens[1:]):
        if token.kind != "tag":
            yield token._replace(at_row=True) if numbered else token
            numbered = False
            continue
        alone = token.text_at >= rows[token.row].end
        numbered = after is not None and after.type == "mark" and (
            after.start == token.text_at or (alone and after.row == token.row + 1 and after.at_row)
        )  # fmt: skip
        if numbered:
            yield token._replace(type="gap")
            continue
        if alone and token.row + 1 < len(rows) and (after is None or after.start > rows[token.row + 1].start):
            below = rows[token.row + 1].start
            token = token._replace(start=below, end=below, text_at=below, row=token.row + 1)
        yield token


def _order(token: Token) -> tuple[int, bool]:
    return token.start, token.type == "mark" and token.kind != "cell"


def _looks(text: str, rows: list[Row], tokens: list[Token]) -> list[float]:
    return [
        look(text, token, tokens[at + 1] if at + 1 < len(tokens) else None, rows) if token.type == "mark" else 0.0
        for at, token in enumerate(tokens)
    ]


def _part_titles(text: str, rows: list[Row], tokens: list[Token]) -> set[int]:
    """The numbers whose line names a part of the notice."""
    return {
        token.start
        for token in tokens
        if token.kind in ("cn", "cnp") and token.at_row and part_of(text[token.text_at : rows[token.row].end][:60]) is not None
    }


def _mark_alone(root: Node, rows: list[Row], tokens: list[Token]) -> None:
    """Tell the numbers below which nothing is said before the next token."""
    following = {token.start: after for token, after in zip(tokens, tokens[1:], strict=False)}
    for node in all_nodes(root):
        if node.token is None or node.token.type != "mark":
            continue
        after = following.get(node.token.start)
        lines = (after.row if after is not None else len(rows)) - node.token.row
        node.alone = lines <= 1 and (after is None or after.at_row or after.type == "mark")


class _Builder:
    """Turns headings with roles into the outline, in one walk from top to bottom."""

    def __init__(self, text: str, folded: str, rows: list[Row], tokens: list[Token]) -> None:
        self.text = text
        self.folded = folded
        self.rows = rows
        self.tokens = tokens
        self.starts = [token.start for token in tokens]
        self.categories: list[Category] = []
        self.issues: list[Issue] = []
        self.measures: list[Measure] = []
        self.fields: list[FieldValue] = []
        self.last: Node | None = None
        self.final: Node | None = None
        self.flags: list[Flag] = []
        self.index: dict[int, int] = {}
        self.names: dict[int, tuple[str, ...]] = {}

    def build(self, headings: list[Node]) -> Outline:
        headings.sort(key=lambda node: node.token.start if node.token else 0)
        self.final = headings[-1] if headings else None
        self.last = next((node for node in reversed(headings) if node.role == "issue"), None)
        ends = [node.token.start for node in headings[1:] if node.token] + [len(self.folded)]
        for node, end in zip(headings, ends, strict=False):
            if node.token is None:
                continue
            if node.role == "category":
                start, stop = self.span(node, node.token, end)
                self.categories.append(Category(start, stop))
                self.names[id(node)] = (*self.above(node), self.text[start:stop])
            elif node.role == "issue":
                self.issue(node, end)
            else:
                self.names[id(node)] = self.above(node)
        self.flag_headings(headings)
        self.flags.sort(key=lambda flag: flag.start)
        return Outline(*map(tuple, (self.categories, self.issues, self.measures, self.fields, self.flags)))

    def flag_headings(self, headings: list[Node]) -> None:
        latest: dict[str, int] = {}
        seen: set[int] = set()
        for node in headings:
            group = node.group
            if group is None or id(group) in seen or group.kind in ("tag", "bare", "over", "part"):
                continue
            seen.add(id(group))
            members = [
                Numbered(t.start, max(t.end, t.start + 1), self.text[t.start : t.end], t.number, group.kind)
                for t in (member.token for member in group.members)
                if t is not None
            ]
            kept = {member.token.start for member in group.members if member.token and member.role != "skip"}
            before = 0 if members[0].number == 1 else latest.get(group.kind, 0)
            self.flags += [flag for flag in numbering_flags(members, before) if flag.start in kept]
            latest[group.kind] = group.number

    def closing_lead(self, tokens: list[Token]) -> list[Token]:
        """``下一步打算`` under the last issue and nowhere else speaks for the whole notice."""
        ahead = [token for token in self.tokens if token.type == "lead" and token.at_row and self.is_outlook(token)]
        if len(ahead) != 1:
            return tokens
        return [token._replace(type="close", kind="closing") if token == ahead[0] else token for token in tokens]

    def is_outlook(self, token: Token) -> bool:
        return self.folded[token.start : token.end].lstrip("【[(<〔 ").startswith(("下", "今后"))

    def above(self, node: Node) -> tuple[str, ...]:
        parent = node.group.parent if node.group else None
        return self.names.get(id(parent), ()) if parent else ()

    def span(self, node: Node, token: Token, end: int) -> tuple[int, int]:
        parent = any(group.heading for group in node.groups)
        inside = self.inside(token, end)
        stop = heading_end(self.folded, token, self.rows, inside, end, parent=parent)
        return trim(self.folded, token.start, stop)

    def inside(self, token: Token, end: int) -> list[Token]:
        low = bisect_left(self.starts, token.start + 1)
        return self.tokens[low : bisect_left(self.starts, end)]

    def issue(self, node: Node, end: int) -> None:
        token = node.token
        assert token is not None
        tokens = self.inside(token, end)
        if node is self.final:
            tokens = self.closing_lead(tokens)
        start, stop = self.span(node, token, end)
        number = len(self.issues)
        self.index[id(node)] = number
        self.names[id(node)] = self.above(node)
        parent = self.index.get(id(node.group.parent)) if node.group else None
        low, high = statement_span(self.folded, token.text_at, stop)
        label = self.text[token.start : token.end]
        self.issues.append(Issue(start, stop, label, self.text[low:high], parent, self.names[id(node)]))
        row = token.row
        while row < len(self.rows) and self.rows[row].end <= stop:
            row += 1
        response = Response(self.folded, self.rows, number, last=node is self.last and node is self.final)
        response.read(stop, end, row, [other for other in tokens if other.start >= stop])
        self.measures += [Measure(m.start, m.end, m.issue, m.ordinal and self.text[m.start : m.start + len(m.ordinal)]) for m in response.measures]
        self.fields += response.fields
        for section in response.ordinals:
            self.flags += numbering_flags(section)
