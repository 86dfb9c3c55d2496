"""Who answers for a measure, by when, and what a status line says of an issue."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rectify_ner.assemble.bodies import Reference
from rectify_ner.fold import fold_lines
from rectify_ner.normalise.calendar_days import days_of
from rectify_ner.normalise.date_forms import read_form
from rectify_ner.notice import FieldName, FieldValue, Status

if TYPE_CHECKING:
    from rectify_ner.assemble import Parsed


@dataclass(frozen=True, slots=True)
class Answer:
    """One who answers for a measure: full name where known, the mention behind it and why."""

    name: str
    start: int | None
    end: int | None
    entity: int | None
    """Index of the mention among the notice's entities; None where no mention was tagged."""
    reason: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is to be finished; ``value`` is None where the text gives no day."""

    start: int
    end: int
    value: tuple[str, str] | None
    reason: str


@dataclass(frozen=True, slots=True)
class StatedStatus:
    """What an explicit status line says of an issue."""

    start: int
    end: int
    status: Status


class Answers:
    """Looks up what the field lines and the measures of one notice say."""

    def __init__(self, parsed: "Parsed", names: Mapping[int, Reference]) -> None:
        self.text, self.outline, self.entities = parsed.text, parsed.outline, parsed.entities
        self.head, self.names = parsed.head, names
        self._starts = [entity.start for entity in self.entities]
        self._fields: dict[tuple[int, FieldName], list[FieldValue]] = {}
        for value in self.outline.fields:
            self._fields.setdefault((value.issue, value.name), []).append(value)

    def of_measure(self, issue: int, inside: Sequence[int]) -> tuple[list[Answer], bool]:
        """Who answers for a measure with the entities ``inside``, and whether that is inferred."""
        fields = self._nearest(issue, "body") + self._nearest(issue, "role")
        if fields:
            return _once(answer for value in fields for answer in self._of_field(value)), False
        named = [
            self._mention(index, self.entities[index].reason or "措施中承担责任的一方")
            for index in inside
            if self.entities[index].value.get("responsible")
        ]
        if named:
            return _once(named), False
        if self.head.issuer is None:
            return [], True
        return [Answer(self.head.issuer, None, None, None, "措施未写明承担者，按整改单位推定")], True

    def deadline(self, issue: int) -> Deadline | None:
        """The deadline line of an issue, else of the issue above it."""
        fields = self._nearest(issue, "deadline")
        if not fields:
            return None
        last = fields[-1]
        label = "整改时限" if last.issue == issue else "上级问题的整改时限"
        return Deadline(last.start, last.end, self._days(last), f"取自{label}一栏")

    def planned_deadline(self, status: Status, inside: Sequence[int]) -> Deadline | None:
        """The last day behind the notice's own that an unfinished measure names."""
        notice_day = self.head.published_on
        if status == "done" or notice_day is None:
            return None
        for index in reversed(inside):
            entity = self.entities[index]
            if entity.label == "DATE" and (end := entity.value["end"]) is not None and end > notice_day:
                days = (entity.value["start"], end)
                return Deadline(entity.start, entity.end, days, "取自措施所写的完成时间")
        return None

    def stated(self, issue: int) -> StatedStatus | None:
        """The last status line of the issue itself."""
        for value in reversed(self._fields.get((issue, "status"), [])):
            if (status := status_word(self.text[value.start : value.end])) is not None:
                return StatedStatus(value.start, value.end, status)
        return None

    def _nearest(self, issue: int | None, name: FieldName) -> list[FieldValue]:
        while issue is not None:
            if found := self._fields.get((issue, name)):
                return found
            issue = self.outline.issues[issue].parent
        return []

    def _inside(self, value: FieldValue) -> Iterator[int]:
        at = bisect_left(self._starts, value.start)
        while at < len(self.entities) and self.entities[at].end <= value.end:
            yield at
            at += 1

    def _of_field(self, value: FieldValue) -> list[Answer]:
        reason = "取自责任单位一栏" if value.name == "body" else "取自责任人一栏"
        tagged = [index for index in self._inside(value) if self.entities[index].label in ("BODY", "ROLE")]
        if tagged:
            return [self._mention(index, reason) for index in tagged]
        return [
            Answer(found.group(), value.start + found.start(), value.start + found.end(), None, reason)
            for found in _NAME.finditer(self.text[value.start : value.end])
        ]

    def _mention(self, index: int, reason: str) -> Answer:
        entity = self.entities[index]
        reference = self.names.get(index)
        if reference is not None:
            return Answer(reference.name, entity.start, entity.end, index, f"{reason}；{reference.reason}")
        name = "".join(self.text[entity.start : entity.end].split())
        return Answer(name, entity.start, entity.end, index, reason)

    def _days(self, value: FieldValue) -> tuple[str, str] | None:
        inside = [self.entities[index] for index in self._inside(value)]
        dated = [entity.value for entity in inside if entity.label == "DATE"]
        for days in reversed(dated):
            if days["start"] is not None:
                return days["start"], days["end"]
        form = read_form(fold_lines(self.text[value.start : value.end])) if not dated else None
        if form is None or (year := form.parts[-1].year) is None:
            return None
        days_found = days_of(form.parts[-1], year)
        return (days_found[0].isoformat(), days_found[1].isoformat()) if days_found else None


_NAME = re.compile(r"[^、,，;；\s]+")


def _once(answers: "Iterator[Answer] | list[Answer]") -> list[Answer]:
    kept: dict[str, Answer] = {}
    for answer in answers:
        kept.setdefault(answer.name, answer)
    return list(kept.values())


_STATES: tuple[tuple[str, Status], ...] = (
    (r"(?:尚|还)?未(?:启动|开展|开始|实施)|(?<!按)计划|拟|待(?:启动|实施|开展)|下一?步", "planned"),
    (r"未(?:全部)?(?:完成|办结|销号|到位|整改)|尚未|未到期|阶段性|基本|部分|初步", "in_progress"),
    (r"正在|(?:推进|整改|进行)中|(?:有序|按(?:计划|期|序时)?)推进", "in_progress"),
    (r"完成|办结|销号|到位|清零|达标|立行立改|立整立改|即知即改|已(?:整改|落实|解决)", "done"),
    (r"长期|持续|推进|坚持|进展|成效|推动", "in_progress"),
)
"""States of a status line in the order in which they are asked: 已完成并长期坚持 is done, 基本完成 is not."""


def status_word(value: str) -> Status | None:
    """The state that a status line names.

    >>> [status_word(word) for word in ("已完成", "已完成并长期坚持", "阶段性完成", "长期坚持", "未启动")]
    ['done', 'done', 'in_progress', 'in_progress', 'planned']
    """
    word = re.sub(r"[(（].*$", "", value).strip() or value
    return next((status for pattern, status in _STATES if re.search(pattern, word)), None)
