"""Nest the numbers of a notice into lists within lists, following each list by the number it expects next.

Nothing here knows what is a problem and what a measure: ``roles`` decides that afterwards on whole lists.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from rectify_ner.outline.marks import Token

_REJECT = 99.0
_CROSS = {("arr", "arp"), ("arp", "arr")}
_FREE = frozenset({"shi", "circ", "sec", "lost"})
"""Kinds that open measures more often than headings."""
_DIGITS = ("arr", "arp", "ar")
_HEADING_KINDS = frozenset({"part", "cell", "tag", "bare", "over", "wen"})
_ABOVE = ("part", "over", "cn", "cnp")
_UNNUMBERED = frozenset({"tag", "bare", "over", "cell"})
_DEPTH = 12
"""Lists open at one time; deeper ones join the deepest."""


class Group:
    """Numbers of one kind in a row: siblings."""

    __slots__ = (
        "after_lead",
        "at_row",
        "heading",
        "kind",
        "looks",
        "members",
        "number",
        "parent",
        "parts",
        "seps",
    )

    def __init__(self, kind: str, parent: "Node", *, at_row: bool) -> None:
        self.kind = kind
        self.parent = parent
        self.members: list[Node] = []
        self.after_lead = parent.leads > 0
        self.at_row = at_row
        self.seps: set[str] = set()
        self.looks = 0.0
        self.parts = False
        """Whether a title in it names a part of the notice."""
        self.heading = False
        self.number = 0
        """The last number, as expected where it is missing."""

    def add(self, token: Token, look: float) -> "Node":
        node = Node(token, self, look)
        self.members.append(node)
        self.looks += look
        self.seps.add(token.sep)
        self.at_row |= token.at_row
        self.number = self.number + 1 if token.number is None else token.number
        return node

    @property
    def mean_look(self) -> float:
        return self.looks / len(self.members) if self.members else 0.0


class Node:
    """One number with what hangs below it. The root has no token."""

    __slots__ = ("alone", "fields", "group", "groups", "leads", "look", "role", "token")

    def __init__(self, token: Token | None, group: Group | None, look: float) -> None:
        self.token = token
        self.group = group
        self.groups: list[Group] = []
        self.look = look
        self.leads = 0
        self.fields = 0
        self.role = ""
        self.alone = False
        """One line with nothing said below it."""


def nest(
    tokens: Sequence[Token], looks: Sequence[float], parts: AbstractSet[int]
) -> tuple[Node, dict[int, Token]]:
    """The tree of all numbers, and the tokens in it by their start.

    ``parts`` holds the starts of titles of parts. One pass; every number looks at the lists now open and
    no further.
    """
    nester = _Nester(parts)
    return nester.run(tokens, looks), nester.placed


class _Nester:
    def __init__(self, parts: AbstractSet[int]) -> None:
        self.parts = parts
        self.root = Node(None, None, 0.0)
        self.stack: list[Group] = []
        self.latest: dict[str, int] = {}
        self.home: dict[str, str] = {}
        self.child: dict[str, str] = {}
        """The kind of heading that stood first below each kind."""
        self.digits = "ar"
        """The kind of Arabic number that headings had last."""
        self.previous: Token | None = None
        self.placed: dict[int, Token] = {}

    def run(self, tokens: Sequence[Token], looks: Sequence[float]) -> Node:
        for token, look in zip(tokens, looks, strict=True):
            if token.type == "mark":
                read = self.expected(token, look) if token.kind == "loose" else token
                if read is None:
                    continue
                self.mark(read, look)
                token = read
            elif token.type == "part":
                self.part(token)
            elif token.type == "lead" or (token.type == "field" and token.at_row):
                self.adopt(token)
            self.previous = token
        return self.root

    @property
    def top(self) -> Node:
        return self.stack[-1].members[-1] if self.stack else self.root

    def part(self, token: Token) -> None:
        self.stack.clear()
        group = next((g for g in self.root.groups if g.kind == "part"), None)
        if group is None:
            group = Group("part", self.root, at_row=True)
            self.root.groups.append(group)
        group.add(token, 0.0)
        self.stack.append(group)

    def adopt(self, token: Token) -> None:
        """Give a lead word or field to the heading it stands under; lists of measures end there."""
        while self.stack and not self.takes_lead():
            self.stack.pop()
        if token.type == "lead":
            self.top.leads += 1
        else:
            self.top.fields += 1

    def takes_lead(self) -> bool:
        """Whether the number open deepest is a heading that a lead word may stand under."""
        group, node = self.stack[-1], self.top
        if group.kind in _HEADING_KINDS:
            return True
        adjacent = self.previous is not None and self.previous is node.token
        if not group.at_row or (group.kind in _FREE and node.look <= 0):
            return False
        if group.after_lead:
            return adjacent and node.look >= 3.0
        return bool(node.leads) or node.look > 0 or adjacent

    def mark(self, token: Token, look: float) -> None:
        self.leave(token, look)
        place, cost = self.best(token, look) if token.kind != "bare" else self.best_bare()
        if cost >= _REJECT:
            return
        if place is None:
            self.open(token, look)
        else:
            del self.stack[place + 1 :]
        group = self.stack[-1]
        group.add(token, look)
        group.parts |= token.start in self.parts
        self.placed[token.start] = token if token.kind == "lost" else token._replace(kind=group.kind)
        self.latest[token.kind] = group.number
        if token.kind in _DIGITS and look > 0:
            self.digits = token.kind

    def leave(self, token: Token, look: float) -> None:
        """End the lists that a heading never stands in."""
        if token.kind == "over":
            while self.stack and self.stack[-1].kind not in _ABOVE:
                self.stack.pop()
        if look > 0 and token.at_row and token.kind not in _FREE:
            while self.stack and self.stack[-1].kind in _FREE and self.stack[-1].mean_look <= 0:
                self.stack.pop()

    def open(self, token: Token, look: float) -> None:
        self.go_home(token, look)
        if len(self.stack) >= _DEPTH:
            self.stack.pop()
        above = self.stack[-1].kind if self.stack else ""
        group = Group(self.kind_of(token), self.top, at_row=token.at_row)
        if group.kind != token.kind and token.kind == "bare":
            group.number = self.latest.get(group.kind, 0)
        group.parent.groups.append(group)
        self.home.setdefault(group.kind, above)
        if look > 0 and token.at_row:
            self.child.setdefault(above, group.kind)
        self.stack.append(group)

    def kind_of(self, token: Token) -> str:
        """The kind of the list that a number opens; a heading without one takes the usual kind there."""
        if token.kind == "lost":
            return "shi"
        if token.kind == "bare" and self.stack:
            kind = self.child.get(self.stack[-1].kind, "bare")
            return kind if kind in ("ar", "arp", "arr", "cnp", "wen") else "bare"
        return token.kind

    def go_home(self, token: Token, look: float) -> None:
        """A heading that continues the count of its kind opens where that kind stood before."""
        kind = token.kind
        if (
            look <= 0
            or not token.at_row
            or token.number in (None, 1)
            or token.number != self.latest.get(kind, 0) + 1
        ):
            return
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index].kind == self.home.get(kind):
                del self.stack[index + 1 :]
                return

    def best(self, token: Token, look: float) -> tuple[int | None, float]:
        """The open list to join (None: open a new one) and what that costs."""
        if (
            self.stack
            and token.kind in _FREE
            and self.stack[-1].kind == token.kind
            and token.number == self.stack[-1].number + 1
        ):
            return len(self.stack) - 1, 0.0
        place, least = None, self.open_cost(token, look)
        same = any(group.kind == token.kind for group in self.stack)
        adjacent = self.adjacent(token)
        answering = token.number == 1 and self.answers(token)
        for index in range(len(self.stack) - 1, -1, -1):
            group = self.stack[index]
            cost = join_cost(group, token, look)
            if same and group.kind != token.kind and token.kind != "lost":
                continue
            if adjacent and index == len(self.stack) - 1 and token.number == 1:
                cost += 2.0
            if token.start in self.parts:
                cost += -1.0 if group.parts else 2.0
            if answering and not group.after_lead:
                cost += 3.0
            if cost < least:
                place, least = index, cost
        return place, least

    def best_bare(self) -> tuple[int | None, float]:
        """A heading without a number is the next of the headings that were answered last."""
        for index in range(len(self.stack) - 1, -1, -1):
            group = self.stack[index]
            if group.kind == "bare":
                return index, 0.0
            if not group.at_row or group.kind in _FREE or group.after_lead or group.mean_look <= 0:
                continue
            last = group.members[-1]
            if last.leads or (last.groups and index < len(self.stack) - 1):
                return index, 0.0
            break
        while self.stack and (not self.stack[-1].at_row or self.stack[-1].kind in _FREE):
            self.stack.pop()
        return None, 1.0

    def expected(self, token: Token, look: float) -> Token | None:
        """A number that lost its mark, as the one that an open list expects next; None where it is text."""
        if look <= (2.0 if token.sep == "unit" else 0.3):
            return None
        for group in reversed(self.stack):
            if group.members[-1].token is self.previous and self.adjacent(token):
                continue
            if group.kind in _DIGITS and group.mean_look > 0 and token.number == group.number + 1:
                return token._replace(kind=group.kind)
        if token.number == 1 and self.adjacent(token):
            return token._replace(kind=self.digits)
        kind = next((kind for kind in _DIGITS if token.number == self.latest.get(kind, 0) + 1 > 1), None)
        return token._replace(kind=kind) if kind is not None else None

    def answers(self, token: Token) -> bool:
        """Whether the number follows a lead word, with nothing between."""
        previous = self.previous
        return previous is not None and previous.type == "lead" and token.row <= previous.row + 1

    def adjacent(self, token: Token) -> bool:
        """Whether the number stands right below the open heading, with nothing between."""
        previous = self.previous
        if (
            previous is None
            or self.top.token is not previous
            or token.row != previous.row + 1
            or not token.at_row
        ):
            return False
        if previous.kind in _FREE or self.stack[-1].after_lead:
            return False
        return self.top.look > 0 or previous.start in self.parts

    def open_cost(self, token: Token, look: float) -> float:
        number, kind = token.number, token.kind
        if kind in _UNNUMBERED:
            return 1.0
        same = [group for group in self.stack if group.kind == kind]
        cost = 1.0
        if number is None:
            cost = 2.0
        elif number != 1 and number != self.latest.get(kind, 0) + 1:
            if not token.at_row and kind not in _FREE:
                return _REJECT
            cost = 3.5
        elif number != 1 and not token.at_row and kind not in _FREE and look < 1.0:
            return _REJECT
        if same and number == 1:
            if not (look <= 0 < same[-1].mean_look) and not self.adjacent(token):
                cost += 1.0
        elif same:
            cost += 2.0
        return cost


def join_cost(group: Group, token: Token, look: float) -> float:
    """How badly a number fits as the next of an open list: 0 for exactly the one expected."""
    kind, number = token.kind, token.number
    if kind == "lost":
        return 0.2 if group.kind == "shi" else _REJECT
    if group.kind != kind:
        if (group.kind, kind) not in _CROSS or number != group.number + 1:
            return _REJECT
        return 0.5
    if kind in _UNNUMBERED:
        return 0.0
    return _number_cost(group, token, look) + _place_cost(group, token, look) + _look_cost(group, token, look)


def _place_cost(group: Group, token: Token, look: float) -> float:
    """Numbers of one list stand alike: at the line's start or within, behind the same mark."""
    cost = 0.0 if token.at_row == group.at_row else 0.3
    if token.sep not in group.seps:
        cost += 0.1
    if token.at_row or not group.at_row or len(group.members) < 2 or token.kind in _FREE:
        return cost
    first, last = group.members[0].token, group.members[-1].token
    if first is not None and last is not None and first.row != last.row:
        cost += 0.5 if look > 0 else 1.5
    return cost


def _look_cost(group: Group, token: Token, look: float) -> float:
    """Numbers of one list read alike: all headings, or all measures."""
    cost, mean, answered = 0.0, group.mean_look, group.members[-1].leads > 0
    if group.at_row and answered and not group.after_lead and look < 2.0:
        cost += 0.4
    elif group.after_lead and not answered and look >= 2.0:
        cost += 0.5
    if (look > 0 > mean) or (look < 0 < mean):
        cost += min(0.8 if token.number == group.number + 1 else 1.5, abs(look - mean) / 2)
    return cost


def _number_cost(group: Group, token: Token, look: float) -> float:
    number, last = token.number or 0, group.number
    if number == last + 1:
        return 0.0
    if number == 1:
        if group.kind in _FREE and (token.at_row or token.sep == "。"):
            return 1.0
        return 1.6 if look > 0 and group.mean_look > 0 and token.at_row else 4.0
    if number == last:
        return 3.0
    return 2.2 if last < number <= last + 3 else 5.0
