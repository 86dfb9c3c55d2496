"""The types that all stages share.

Offsets are half-open Python string indices into the notice's text, and
``text[span.start:span.end]`` is the mention wherever a span is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Label = Literal["DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT", "BODY", "ROLE"]
Status = Literal["done", "in_progress", "planned"]

LABELS: tuple[Label, ...] = ("DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT", "BODY", "ROLE")
STATUSES: tuple[Status, ...] = ("done", "in_progress", "planned")
ACTIONS = ("issue", "revise", "draft", "study", "follow", "other")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A tagged mention: ``text[start:end]`` carries ``label``."""

    start: int
    end: int
    label: Label


@dataclass(frozen=True, slots=True)
class Entity:
    """A span with its normalised value (see docs/annotation-guide.md for each label).

    ``rule`` names the rule that made the value, ``reason`` says in Chinese why where the
    value does not follow from the mention alone. Both are empty in gold files.
    """

    start: int
    end: int
    label: Label
    value: Mapping[str, Any]
    rule: str = ""
    reason: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start, self.end, self.label)


@dataclass(frozen=True, slots=True)
class Category:
    """A heading that groups issues and is no single problem itself."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Issue:
    """The heading of one problem. ``parent`` is an index into the outline's issues."""

    start: int
    end: int
    label: str
    statement: str
    parent: int | None
    category: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One step taken against ``issue`` (an index into the outline's issues)."""

    start: int
    end: int
    issue: int
    ordinal: str | None


FieldName = Literal["body", "role", "deadline", "status"]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What an explicit field line holds: ``责任单位:办公室`` is body, ``text[start:end]`` is 办公室."""

    start: int
    end: int
    name: FieldName
    issue: int


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd that was kept or repaired: ``message`` is one Chinese sentence."""

    kind: str
    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree of a notice, in text order. Text outside every element stays text."""

    categories: tuple[Category, ...] = ()
    issues: tuple[Issue, ...] = ()
    measures: tuple[Measure, ...] = ()
    fields: tuple[FieldValue, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What the notice says of itself as a whole; None where it does not say it."""

    title: str | None = None
    issuer: str | None = None
    inspector: str | None = None
    inspection: tuple[str, str] | None = None
    feedback_on: str | None = None
    published_on: str | None = None


@dataclass(frozen=True, slots=True)
class Gold:
    """One annotated notice: its text and everything a person marked in it."""

    name: str
    text: str
    head: Head
    outline: Outline
    entities: tuple[Entity, ...]
    statuses: tuple[Status, ...]
    """One status a measure of ``outline.measures``."""
    meta: Mapping[str, Any] = field(default_factory=dict)
