"""Turn headings with roles into the outline's spans."""

from bisect import bisect_left

from rectify_ner.notice import Category, FieldValue, Flag, Issue, Measure, Outline
from rectify_ner.outline.flags import Numbered, numbering_flags
from rectify_ner.outline.headings import heading_end
from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.nest import Node
from rectify_ner.outline.respond import Response, trim
from rectify_ner.outline.statement import statement_span


class Builder:
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
        return Outline(
            tuple(self.categories),
            tuple(self.issues),
            tuple(self.measures),
            tuple(self.fields),
            tuple(self.flags),
        )

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
        ahead = [
            token for token in self.tokens if token.type == "lead" and token.at_row and self.is_outlook(token)
        ]
        if len(ahead) != 1:
            return tokens
        return [
            token._replace(type="close", kind="closing") if token == ahead[0] else token for token in tokens
        ]

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
        self.measures += [
            Measure(m.start, m.end, m.issue, m.ordinal and self.text[m.start : m.start + len(m.ordinal)])
            for m in response.measures
        ]
        self.fields += response.fields
        for section in response.ordinals:
            self.flags += numbering_flags(section)
