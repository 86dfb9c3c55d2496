"""Marks of categories, issues and measures → the outline, with who belongs to whom."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rectify_ner.annotate.exchange import CHILD_OF, MEASURE_OF, Mark
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Category, Issue, Measure, Outline
from rectify_ner.outline import build_outline

_CN = "一二三四五六七八九十百"
_LABEL = re.compile(rf"(?:问题)?(?:[(（]?[{_CN}\d０-９]{{1,4}}[)）、.．]|[{_CN}\d]{{1,4}}(?=[:：]))|[①-⑳]")
_ORDINAL = re.compile(rf"第?[{_CN}]{{1,3}}是|[(（]?[{_CN}\d０-９]{{1,3}}[)）、.．]|[①-⑳]")


@dataclass(frozen=True, slots=True)
class Tree:
    """The outline, the marks its measures came from in their order, and marks to look at with the reason."""

    outline: Outline
    measures: tuple[Mark, ...]
    unsure: tuple[tuple[Mark, str], ...]


@dataclass(frozen=True, slots=True)
class Arrows:
    """(source id, target id, label) of all relations, and issues whose parent went away."""

    all: Collection[tuple[str, str, str]] = ()
    orphans: Collection[str] = ()


def build_tree(text: str, marks: Sequence[Mark], arrows: Arrows, where: str) -> Tree:
    """The outline of marks in text order; the arrows say who belongs to whom.

    Where none says it, the outline that the rules find does, else the nearest issue above, and the mark is
    to be looked at. Raises CorpusError where a measure or child stands above its issue or has two.
    """
    return _Builder(text, marks, arrows, where).tree()


class _Builder:
    def __init__(self, text: str, marks: Sequence[Mark], arrows: Arrows, where: str) -> None:
        self.text, self.where = text, where
        self.issue_marks = [mark for mark in marks if mark.label == "ISSUE"]
        self.measure_marks = [mark for mark in marks if mark.label == "MEASURE"]
        self.categories = [mark for mark in marks if mark.label == "CATEGORY"]
        self.number = {mark.id: number for number, mark in enumerate(self.issue_marks)}
        self.ends = [mark.end for mark in self.issue_marks]
        self.starts = {mark.start: number for number, mark in enumerate(self.issue_marks)}
        self.by_rule = build_outline(text)
        self.rule_issues = {issue.start: issue for issue in self.by_rule.issues}
        self.rule_measures = {measure.start: measure for measure in self.by_rule.measures}
        self.orphans = arrows.orphans
        self.unsure: list[tuple[Mark, str]] = []
        self.above: dict[tuple[str, str], int] = {}
        for source, target, label in sorted(arrows.all):
            if (target, label) in self.above:
                raise CorpusError(f"{where}: {target!r} belongs to two issues; delete one of the relations")
            self.above[target, label] = self.number[source]

    def tree(self) -> Tree:
        categories = tuple(Category(mark.start, mark.end) for mark in self.categories)
        issues = tuple(self.issue(mark) for mark in self.issue_marks)
        measures = tuple(self.measure(mark) for mark in self.measure_marks)
        outline = Outline(categories, issues, measures)
        return Tree(outline, tuple(self.measure_marks), tuple(self.unsure))

    def issue(self, mark: Mark) -> Issue:
        parent = self.above.get((mark.id, CHILD_OF))
        if parent is not None and parent >= self.number[mark.id]:
            raise CorpusError(f"{self.where}: issue {mark.id!r} stands above its parent; turn the relation")
        rule = self.rule_issues.get(mark.start)
        label = None if mark.attributes is None else mark.attributes.get("label")
        is_known = isinstance(label, str)
        if not is_known:
            label = rule.label if rule is not None else self.printed(_LABEL, mark) or ""
        if parent is None and (not is_known or mark.id in self.orphans):
            if rule is not None and rule.parent is not None:
                parent = self.starts.get(self.by_rule.issues[rule.parent].start)
            self.unsure.append((mark, f"label {label!r}, parent by rule"))
        elif not is_known:
            self.unsure.append((mark, f"label {label!r} by rule"))
        return Issue(mark.start, mark.end, str(label), "", parent)

    def measure(self, mark: Mark) -> Measure:
        rule = self.rule_measures.get(mark.start)
        issue = self.above.get((mark.id, MEASURE_OF))
        if issue is None:
            issue = None if rule is None else self.starts.get(self.by_rule.issues[rule.issue].start)
            issue = self.nearest(mark) if issue is None else issue
            self.unsure.append((mark, "its issue by rule"))
        if self.issue_marks[issue].start > mark.start:
            raise CorpusError(
                f"{self.where}: measure {mark.id!r} stands above its issue; relate it to another"
            )
        if mark.attributes is not None:
            return Measure(mark.start, mark.end, issue, mark.attributes.get("ordinal") or None)
        ordinal = rule.ordinal if rule is not None else self.printed(_ORDINAL, mark)
        self.unsure.append((mark, f"ordinal {ordinal or ''!r} by rule"))
        return Measure(mark.start, mark.end, issue, ordinal or None)

    def nearest(self, mark: Mark) -> int:
        above = bisect_right(self.ends, mark.start)
        if not above:
            raise CorpusError(
                f"{self.where}: measure {mark.id!r} at {mark.start} has no issue above it; "
                "mark its heading as ISSUE"
            )
        return above - 1

    def printed(self, pattern: re.Pattern[str], mark: Mark) -> str | None:
        found = pattern.match(self.text, mark.start, mark.end)
        return found.group() if found else None
