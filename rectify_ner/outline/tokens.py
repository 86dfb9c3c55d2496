"""Read a notice into the tokens of its skeleton, in order."""

from collections.abc import Iterator
from itertools import pairwise, zip_longest

from rectify_ner.outline.bare import bare_headings
from rectify_ner.outline.looks import look
from rectify_ner.outline.marks import Row, Token, tokens_of_row
from rectify_ner.outline.nest import Node
from rectify_ner.outline.parts import part_of
from rectify_ner.outline.roles import all_nodes
from rectify_ner.outline.tables import find_tables


def read_tokens(text: str, rows: list[Row]) -> tuple[list[Token], list[float]]:
    """All tokens of the notice in order (of lines, tables, headings without number), and their looks."""
    cells, taken = find_tables(text, rows)
    by_row: list[list[Token]] = [
        [token for token in tokens_of_row(text, rows, index) if index not in taken or _stays(token)]
        for index in range(len(rows))
    ]
    for cell in cells:
        row = by_row[cell.row]
        own = next((token for token in row if token.start == cell.start and token.type == "mark"), None)
        if own is not None and cell.type == "mark":
            row.remove(own)
            cell = cell._replace(number=own.number, end=own.end, text_at=own.text_at)
        row.append(cell)
        row.sort(key=_order)
    tokens = list(_settle_tags([token for row in by_row for token in row], rows))
    looks = _looks(text, rows, tokens)
    settled: list[list[Token]] = [[] for _ in rows]
    for token in tokens:
        settled[token.row].append(token)
    by_start = dict(zip((token.start for token in tokens), looks, strict=True))
    bare = bare_headings(text, rows, settled, by_start)
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
        look(text, token, after, rows) if token.type == "mark" else 0.0
        for token, after in zip_longest(tokens, tokens[1:])
    ]


def part_titles(text: str, rows: list[Row], tokens: list[Token]) -> set[int]:
    """The numbers whose line names a part of the notice."""
    return {
        token.start
        for token in tokens
        if token.kind in ("cn", "cnp")
        and token.at_row
        and part_of(text[token.text_at : rows[token.row].end][:60]) is not None
    }


def mark_alone(root: Node, rows: list[Row], tokens: list[Token]) -> None:
    """Tell the numbers below which nothing is said before the next token."""
    following = {token.start: after for token, after in pairwise(tokens)}
    for node in all_nodes(root):
        if node.token is None or node.token.type != "mark":
            continue
        after = following.get(node.token.start)
        lines = (after.row if after is not None else len(rows)) - node.token.row
        node.alone = lines <= 1 and (after is None or after.at_row or after.type == "mark")
