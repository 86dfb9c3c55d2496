"""Say of every list in the nest whether it holds parts, categories, problems or measures."""

from collections.abc import Iterator

from rectify_ner.outline.marks import Token
from rectify_ner.outline.nest import Group, Node
from rectify_ner.outline.parts import part_of, squeeze
from rectify_ner.outline.words import PROBLEM

_PRIOR = {
    "part": 9.0, "cell": 9.0, "wen": 5.0, "tag": 5.0, "bare": 5.0, "over": 5.0, "cn": 1.0, "cnp": 0.5,
    "ar": 0.3, "arp": 0.0, "arr": 0.0, "circ": -1.0, "sec": -1.5, "shi": -2.5,
}  # fmt: skip
"""How far the kind of number alone speaks for headings."""
_GROUPING = ("cn", "cnp", "sec")
"""Kinds whose lists above the problems group them."""


def assign_roles(text: str, root: Node) -> list[Node]:
    """The headings of a notice in text order, each with its role: part, skip, category or issue."""
    means = _kind_means(root)
    _choose_headings(root, means)
    headings = list(_heading_nodes(root))
    _choose_parts(text, root)
    grouping = {
        node.group.kind for node in headings if node.group and not node.role and _groups_problems(text, node)
    }
    for node in headings:
        if not node.role:
            node.role = _role(node, grouping)
    return headings


def _walk(root: Node) -> Iterator[Group]:
    pending = list(reversed(root.groups))
    while pending:
        group = pending.pop()
        yield group
        for node in reversed(group.members):
            pending.extend(reversed(node.groups))


def all_nodes(root: Node) -> Iterator[Node]:
    """Every number of the nest, in no particular order."""
    for group in _walk(root):
        yield from group.members


def _evidence(node: Node) -> float:
    score = node.look + (2.0 if node.leads else 0.0) + (1.0 if node.fields else 0.0)
    if any(group.kind in ("shi", "circ", "tag", "wen") for group in node.groups):
        score += 0.7
    if node.alone and not (node.leads or node.fields or node.groups):
        score -= 2.5
    return score


def _own_score(group: Group) -> float:
    score = sum(map(_evidence, group.members)) / len(group.members) + _PRIOR[group.kind]
    if group.after_lead and not any(node.leads for node in group.members):
        score -= 3.0
    if not group.at_row:
        score -= 2.0
    return score


def _kind_means(root: Node) -> dict[tuple[str, bool, bool], float]:
    sums: dict[tuple[str, bool, bool], list[float]] = {}
    for group in _walk(root):
        total = sums.setdefault((group.kind, group.at_row, group.after_lead), [0.0, 0])
        total[0] += _own_score(group) * len(group.members)
        total[1] += len(group.members)
    return {key: total / count for key, (total, count) in sums.items()}


def _choose_headings(root: Node, means: dict[tuple[str, bool, bool], float]) -> None:
    for group in _walk(root):
        parent = group.parent
        if parent.group is not None and not parent.group.heading:
            continue
        mean = means[group.kind, group.at_row, group.after_lead]
        group.heading = _own_score(group) + max(-3.0, min(3.0, mean)) > 0


def _heading_nodes(root: Node) -> Iterator[Node]:
    for group in _walk(root):
        if group.heading:
            yield from group.members


def _child_headings(node: Node) -> list[Node]:
    return [child for group in node.groups if group.heading for child in group.members]


def _title(text: str, token: Token) -> str:
    end = text.find("\n", token.text_at, token.text_at + 120)
    return text[token.text_at : end if end >= 0 else token.text_at + 120]


def _choose_parts(text: str, root: Node) -> None:
    """Mark the lists at the top that divide the notice and not its problems."""
    tops = [node for group in root.groups if group.heading for node in group.members]
    for level in (
        tops,
        [
            child
            for node in tops
            if node.token and node.token.type == "part"
            for child in _child_headings(node)
        ],
    ):
        _mark_parts(text, level)


def _mark_parts(text: str, nodes: list[Node]) -> None:
    kinds = {id(node): _part_kind(text, node) for node in nodes}
    bearing = {id(node): _bears_issues(node) for node in nodes}
    has_body = any(kinds[id(node)] == "body" and bearing[id(node)] for node in nodes)
    for node in nodes:
        kind = kinds[id(node)]
        if (kind == "body" and bearing[id(node)]) or (
            kind == "before" and bearing[id(node)] and not has_body and node.groups
        ):
            node.role = "part"
        elif (
            kind is not None
            or (has_body and not bearing[id(node)] and not _names_problem(text, node))
            or (
                not bearing[id(node)]
                and not node.leads
                and node.look <= 0.5
                and not _names_problem(text, node)
            )
        ):
            _skip(node)
    _loose_part(text, nodes, kinds, bearing)


def _loose_part(text: str, nodes: list[Node], kinds: dict[int, str | None], bearing: dict[int, bool]) -> None:
    """A single list member that holds all the problems under a title of its own wording is a part."""
    for group in {
        id(node.group): node.group for node in nodes if node.group and node.group.kind == "cn"
    }.values():
        holders = [node for node in group.members if bearing[id(node)] and not node.role]
        parts = any(node.role == "part" for node in group.members)
        skipped = [node for node in group.members if node.role == "skip"]
        if len(holders) != 1 or not skipped or parts or holders[0].token is None:
            continue
        title = squeeze(_title(text, holders[0].token))
        if not _names_problem(text, holders[0]) and not title.endswith("方面"):
            holders[0].role = "part"


def _names_problem(text: str, node: Node) -> bool:
    return node.token is not None and PROBLEM.search(_title(text, node.token).replace("问题", "")) is not None


def _bears_issues(node: Node) -> bool:
    """Whether a problem with a response stands below (or is) the node."""
    pending = [node]
    while pending:
        here = pending.pop()
        if here.leads or here.fields or (here.group and here.group.kind in ("wen", "tag", "cell", "bare")):
            return True
        children = _child_headings(here)
        if any(child.look > 0.5 for child in children):
            return True
        pending.extend(children)
    return False


def _part_kind(text: str, node: Node) -> str | None:
    if node.token is None or node.token.type == "part":
        return node.token.kind if node.token else None
    return part_of(_title(text, node.token))


def _skip(node: Node) -> None:
    pending = [node]
    while pending:
        here = pending.pop()
        here.role = "skip"
        pending.extend(_child_headings(here))


def _groups_problems(text: str, node: Node) -> bool:
    """Whether a title says that it groups problems: ``…方面``, ``关于…的整改情况``."""
    if node.token is None or not _child_headings(node):
        return False
    title = squeeze(_title(text, node.token))
    return title.endswith("方面") or (
        title.startswith("关于") and title.endswith("整改情况") and "问题的" not in title
    )


def _role(node: Node, grouping: set[str]) -> str:
    """Category or issue, for a node whose ancestors have roles; ``grouping``: kinds whose titles say so."""
    children = _child_headings(node)
    group = node.group
    if not children or group is None or node.token is None or group.kind in ("wen", "tag", "cell", "bare"):
        return "issue"
    above = group.parent.role
    if above == "issue":
        return "issue"
    if above == "category":
        return "category" if group.kind in grouping else "issue"
    if group.kind in _GROUPING or group.kind in grouping or group.kind == "over":
        return "category"
    return "category" if children[0].group and children[0].group.kind in ("wen", "tag") else "issue"
