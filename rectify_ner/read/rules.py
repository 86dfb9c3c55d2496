"""Ruled lines of a printed page → frames of tables."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_NEAR = 3.0  # points within which two rules are one
_STRAIGHT = 1.0
_SHORTEST = 6.0
_MAX_EDGES = 300


class Rule(NamedTuple):
    """A stroke at ``at`` from ``start`` to ``end``, along the other axis."""

    is_vertical: bool
    at: float
    start: float
    end: float

    @classmethod
    def between(cls, one: tuple[float, float], two: tuple[float, float]) -> "Rule":
        (x0, y0), (x1, y1) = one, two
        if abs(x0 - x1) < _STRAIGHT:
            return cls(True, (x0 + x1) / 2, min(y0, y1), max(y0, y1))
        if abs(y0 - y1) < _STRAIGHT:
            return cls(False, (y0 + y1) / 2, min(x0, x1), max(x0, x1))
        return cls(False, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A table's edges; ``anchors`` gives the upper left cell of a merged one."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    anchors: dict[tuple[int, int], tuple[int, int]]

    def holds(self, x: float, y: float) -> bool:
        return self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of a point within the frame."""
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        return row, min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        return self.anchors.get((row, column), (row, column))


def frames_of(rules: Iterable[Rule]) -> list[Frame]:
    """The tables that the rules of one page draw, from top to bottom; at least two rows and two columns."""
    kept = [rule for rule in rules if rule.end - rule.start >= _SHORTEST]
    across = [rule for rule in kept if not rule.is_vertical]
    down = [rule for rule in kept if rule.is_vertical]
    ys = _edges(across)
    frames = []
    for group in _groups(ys, down):
        top, bottom = group[0], group[-1]
        inside = [rule for rule in down if rule.start < bottom - _NEAR and rule.end > top + _NEAR]
        xs = _edges(inside)
        if len(xs) >= 3 and len(group) >= 3 and len(xs) <= _MAX_EDGES and len(group) <= _MAX_EDGES:
            frames.append(Frame(tuple(xs), tuple(group), _anchors(xs, group, across, inside)))
    return frames


def _edges(rules: Sequence[Rule]) -> list[float]:
    """The places of parallel rules, near ones taken together."""
    edges: list[float] = []
    for at in sorted(rule.at for rule in rules):
        if not edges or at - edges[-1] > _NEAR:
            edges.append(at)
    return edges


def _groups(ys: Sequence[float], down: Sequence[Rule]) -> Iterator[list[float]]:
    """Horizontal edges that vertical rules hold together: one group a table."""
    group: list[float] = []
    for y in ys:
        middle = (group[-1] + y) / 2 if group else y
        if group and not any(rule.start - _NEAR <= middle <= rule.end + _NEAR for rule in down):
            yield group
            group = []
        group.append(y)
    if group:
        yield group


def _anchors(
    xs: Sequence[float], ys: Sequence[float], across: Sequence[Rule], down: Sequence[Rule]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that no rule parts from the one above or to the left belong to that one."""
    anchors: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(len(ys) - 1):
        middle_y = (ys[row] + ys[row + 1]) / 2
        for column in range(len(xs) - 1):
            middle_x = (xs[column] + xs[column + 1]) / 2
            if column and not _parted(down, xs[column], middle_y):
                anchors[row, column] = anchors.get((row, column - 1), (row, column - 1))
            elif row and not _parted(across, ys[row], middle_x):
                anchors[row, column] = anchors.get((row - 1, column), (row - 1, column))
    return anchors


def _parted(rules: Sequence[Rule], at: float, along: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.start - 1 <= along <= rule.end + 1 for rule in rules)
