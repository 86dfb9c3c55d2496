"""Corpus files: one annotated notice a file, XML with the text as its content.

The form is that of docs/annotation-guide.md: structure and entities are inline elements, values are
attributes, and the text of the notice is the text content character for character. Offsets are
computed here, never typed. Beside ``NNN.xml`` lies ``NNN.meta.json`` with what the notice says as a
whole and, for the corpus, where it belongs (level, sector, layout, writer).
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml.ElementTree import fromstring

from rectify_ner.errors import CorpusError
from rectify_ner.notice import (
    ACTIONS,
    LABELS,
    STATUSES,
    Category,
    Entity,
    Gold,
    Head,
    Issue,
    Measure,
    Outline,
    Status,
)

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "category": (),
    "issue": ("id", "label", "parent"),
    "measure": ("issue", "ordinal", "status"),
    "DATE": ("start", "end"),
    "DOCUMENT": ("action",),
    "COUNT": ("value", "unit", "of", "approximate"),
    "MONEY": ("value", "approximate"),
    "PERCENT": ("value", "approximate"),
    "BODY": ("responsible",),
    "ROLE": ("responsible",),
}
STRUCTURE = ("category", "issue", "measure")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def read_gold(path: Path) -> Gold:
    """Read one annotated notice and the meta.json beside it.

    Raises CorpusError, naming the file and the character, for anything that breaks the form.
    """
    try:
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except (ParseError, ValueError) as error:
        raise CorpusError(f"{path}: not well-formed XML ({error}); correct it by hand") from error
    return _Reader(str(path)).gold(root, _read_meta(path))


def parse_gold(xml: str, name: str = "notice", meta: dict[str, Any] | None = None) -> Gold:
    """The same from a string; handy in tests."""
    return _Reader(name).gold(fromstring(xml, forbid_dtd=True), meta or {})


def read_corpus(folder: Path) -> list[Gold]:
    """All annotated notices of a folder, sorted by name."""
    paths = sorted(folder.glob("*.xml"))
    if not paths:
        raise CorpusError(f"{folder}: no .xml file here; wanted annotated notices")
    return [read_gold(path) for path in paths]


def write_gold(gold: Gold) -> str:
    """The XML of an annotated notice; ``parse_gold(write_gold(g))`` gives ``g`` back."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}

    def element(start: int, end: int, name: str, attributes: dict[str, str], *, inner: bool) -> None:
        head = name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        opening.setdefault(start, []).insert(len(opening.get(start, [])), f"<{head}>")
        if inner:
            closing.setdefault(end, []).insert(0, f"</{name}>")
        else:
            closing.setdefault(end, []).append(f"</{name}>")

    outline = gold.outline
    for category in outline.categories:
        element(category.start, category.end, "category", {}, inner=False)
    for number, issue in enumerate(outline.issues, 1):
        parent = "" if issue.parent is None else str(issue.parent + 1)
        attributes = {"id": str(number), "label": issue.label, "parent": parent}
        element(issue.start, issue.end, "issue", attributes, inner=False)
    for measure, status in zip(outline.measures, gold.statuses, strict=True):
        attributes = {"issue": str(measure.issue + 1), "ordinal": measure.ordinal or "", "status": status}
        element(measure.start, measure.end, "measure", attributes, inner=False)
    for entity in gold.entities:
        element(entity.start, entity.end, entity.label, _attributes(entity), inner=True)
    return f"<notice>{''.join(_weave(gold.text, opening, closing))}</notice>"


def _weave(text: str, opening: dict[int, list[str]], closing: dict[int, list[str]]) -> Iterator[str]:
    at = 0
    for place in sorted({*opening, *closing}):
        yield escape(text[at:place]).replace("\r", "&#13;")
        yield from closing.get(place, ())
        yield from opening.get(place, ())
        at = place
    yield escape(text[at:]).replace("\r", "&#13;")


def _attributes(entity: Entity) -> dict[str, str]:
    def spell(value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return "" if value is None else str(value)

    return {key: spell(entity.value.get(key)) for key in ATTRIBUTES[entity.label]}


def _read_meta(path: Path) -> dict[str, Any]:
    meta_path = path.with_suffix("").with_suffix(".meta.json")
    if not meta_path.exists():
        return {}
    try:
        meta = json.loads(meta_path.read_text("utf-8"))
    except ValueError as error:
        raise CorpusError(f"{meta_path}: not JSON ({error}); correct it by hand") from error
    if not isinstance(meta, dict):
        raise CorpusError(f"{meta_path}: saw a {type(meta).__name__}, wanted an object")
    return meta


def _head(meta: dict[str, Any]) -> Head:
    period = meta.get("inspection")
    return Head(
        title=meta.get("title"),
        issuer=meta.get("issuer"),
        inspector=meta.get("inspector"),
        inspection=(period["start"], period["end"]) if period else None,
        feedback_on=meta.get("feedback_on"),
        published_on=meta.get("published_on"),
    )


class _Reader:
    """One walk over the tree; collects elements with the offsets they have in the text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pieces: list[str] = []
        self.at = 0
        self.entities: list[Entity] = []
        self.categories: list[Category] = []
        self.issues: list[Issue] = []
        self.measures: list[Measure] = []
        self.statuses: list[Status] = []
        self.headings: list[tuple[int, int, str]] = []
        self.numbers: dict[str, int] = {}

    def gold(self, root: Element, meta: dict[str, Any]) -> Gold:
        if root.tag != "notice" or root.attrib:
            self.fail(f"saw <{root.tag}> with {sorted(root.attrib)}, wanted <notice> as the root")
        self.add(root.text)
        for child in root:
            self.child(child, inside=None)
            self.add(child.tail)
        outline = Outline(tuple(self.categories), tuple(self.issues), tuple(self.measures))
        text = "".join(self.pieces)
        return Gold(self.name, text, _head(meta), outline, tuple(self.entities), tuple(self.statuses), meta)

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            self.at += len(text)

    def fail(self, message: str) -> None:
        raise CorpusError(f"{self.name}: at character {self.at}: {message}")

    def child(self, element: Element, inside: str | None) -> None:
        tag = element.tag
        if tag not in ATTRIBUTES:
            self.fail(f"unknown tag <{tag}>; wanted one of {', '.join(ATTRIBUTES)}")
        if set(element.attrib) != set(ATTRIBUTES[tag]):
            self.fail(f"<{tag}> has attributes {sorted(element.attrib)}, wanted {sorted(ATTRIBUTES[tag])}")
        if inside in LABELS or (inside and tag in STRUCTURE):
            self.fail(f"<{tag}> inside <{inside}>; elements of a kind never nest")
        start = self.at
        self.add(element.text)
        for child in element:
            self.child(child, inside=tag)
            self.add(child.tail)
        text = "".join(self.pieces)[start : self.at] if self.at > start else ""
        if not text or text != text.strip():
            self.fail(f"<{tag}> holds {text!r}; wanted text without outer white space")
        if tag in LABELS:
            self.entities.append(Entity(start, self.at, tag, self.value(element, text)))
        else:
            self.structure(element, start, text)

    def structure(self, element: Element, start: int, text: str) -> None:
        if element.tag == "category":
            self.categories.append(Category(start, self.at))
        elif element.tag == "issue":
            self.issue(element, start, text)
        else:
            self.measure(element, start, text)

    def issue(self, element: Element, start: int, text: str) -> None:
        label, number, parent = element.attrib["label"], element.attrib["id"], element.attrib["parent"]
        if not text.startswith(label):
            self.fail(f"issue {number} has label {label!r} but its text begins {text[:10]!r}")
        if number != str(len(self.issues) + 1):
            self.fail(f"issue id {number!r}; wanted {len(self.issues) + 1}, ids count up in text order")
        if parent and parent not in self.numbers:
            self.fail(f"issue {number} has parent {parent!r}, which is no issue above it")
        self.numbers[number] = len(self.issues)
        above = self.numbers[parent] if parent else None
        self.issues.append(Issue(start, self.at, label, "", above))

    def measure(self, element: Element, start: int, text: str) -> None:
        number, ordinal, status = (element.attrib[key] for key in ATTRIBUTES["measure"])
        if number not in self.numbers:
            self.fail(f"measure without issue ({number!r}); wrap its heading in <issue>")
        if not text.startswith(ordinal):
            self.fail(f"measure has ordinal {ordinal!r} but its text begins {text[:10]!r}")
        if status not in STATUSES:
            self.fail(f"measure has status {status!r}; wanted one of {', '.join(STATUSES)}")
        self.measures.append(Measure(start, self.at, self.numbers[number], ordinal or None))
        self.statuses.append(status)  # type: ignore[arg-type]

    def value(self, element: Element, text: str) -> dict[str, Any]:
        value: dict[str, Any] = dict(element.attrib)
        for key in ("approximate", "responsible"):
            if key in value:
                if value[key] not in ("true", "false"):
                    self.fail(f"{text!r} has {key}={value[key]!r}; wanted true or false")
                value[key] = value[key] == "true"
        if element.tag == "DATE":
            self.period(value, text)
        if "value" in value:
            if not _NUMBER.fullmatch(value["value"]):
                self.fail(f"{text!r} has value {value['value']!r}; wanted a plain number")
            value["value"] = float(value["value"])
        if "action" in value and value["action"] not in ACTIONS:
            self.fail(f"{text!r} has action {value['action']!r}; wanted one of {', '.join(ACTIONS)}")
        return value

    def period(self, value: dict[str, Any], text: str) -> None:
        days = []
        for key in ("start", "end"):
            value[key] = value[key] or None
            if value[key] is not None:
                try:
                    days.append(date.fromisoformat(value[key]))
                except ValueError:
                    self.fail(f"{text!r} has {key}={value[key]!r}; wanted a day like 2023-06-30")
        if len(days) == 1 or (days and days[0] > days[1]):
            self.fail(f"{text!r} runs from {value['start']} to {value['end']}; wanted both, in order")
