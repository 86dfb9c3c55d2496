"""Scores of predicted notices against gold ones: what was found, where, and with which value.

Counts stand beside every ratio. Precision is right/predicted, recall right/gold, F their harmonic
mean (CoNLL-2003: a span counts when start, end and label are all right).
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rectify_ner.assemble import Parsed
from rectify_ner.notice import LABELS, Entity, Gold, Outline


@dataclass(slots=True)
class Tally:
    """How many were right, predicted and in the gold."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def add(self, gold: Iterable[Hashable], predicted: Iterable[Hashable]) -> None:
        wanted, found = Counter(gold), Counter(predicted)
        self.right += (wanted & found).total()
        self.gold += wanted.total()
        self.predicted += found.total()

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f(self) -> float:
        both = self.predicted + self.gold
        return 2 * self.right / both if both else 0.0

    def as_dict(self) -> dict[str, float]:
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f": round(self.f, 4),
            "right": self.right,
            "predicted": self.predicted,
            "gold": self.gold,
        }


@dataclass(slots=True)
class Scores:
    """All tallies of a run. ``values`` are ratios over spans that were found right."""

    entities: dict[str, Tally] = field(default_factory=dict)
    structure: dict[str, Tally] = field(default_factory=dict)
    slots: dict[str, Tally] = field(default_factory=dict)
    values: dict[str, Tally] = field(default_factory=dict)
    head: dict[str, Tally] = field(default_factory=dict)

    def tally(self, group: str, name: str) -> Tally:
        tallies: dict[str, Tally] = getattr(self, group)
        return tallies.setdefault(name, Tally())

    def as_dict(self) -> dict[str, dict[str, dict[str, float]]]:
        groups = ("entities", "structure", "slots", "values", "head")
        return {g: {name: t.as_dict() for name, t in getattr(self, g).items()} for g in groups}


def evaluate(pairs: Iterable[tuple[Gold, Parsed]]) -> Scores:
    """Scores over all pairs of one gold notice and what was predicted for its text."""
    scores = Scores()
    for label in (*LABELS, "DOCUMENT 《》", "all"):
        scores.tally("entities", label)
    for gold, parsed in pairs:
        compare_entities(scores, gold.text, gold.entities, parsed.entities)
        _structure(scores, gold, parsed)
        _slots(scores, gold, parsed)
        _values(scores, gold, parsed)
        _head(scores, gold, parsed)
    return scores


def compare_entities(scores: Scores, text: str, gold: Sequence[Entity], predicted: Sequence[Entity]) -> None:
    """Add the spans of one notice to the tallies by label."""
    for label in LABELS:
        sides = [{(e.start, e.end) for e in side if e.label == label} for side in (gold, predicted)]
        scores.tally("entities", label).add(*sides)
        scores.tally("entities", "all").add(*({(label, *span) for span in side} for side in sides))
        if label == "DOCUMENT":
            quoted = [{(a, b) for a, b in side if "《" in text[a:b]} for side in sides]
            scores.tally("entities", "DOCUMENT 《》").add(*quoted)


def _issue_keys(outline: Outline) -> list[tuple[Hashable, ...]]:
    keys: list[tuple[Hashable, ...]] = []
    for issue in outline.issues:
        parent = None if issue.parent is None else outline.issues[issue.parent].start
        keys.append((issue.start, issue.end, issue.label, parent))
    return keys


def _measure_keys(outline: Outline) -> list[tuple[int, int, int]]:
    return [(m.start, m.end, outline.issues[m.issue].start) for m in outline.measures]


def _structure(scores: Scores, gold: Gold, parsed: Parsed) -> None:
    sides = (gold.outline, parsed.outline)
    spans = [[(issue.start, issue.end) for issue in side.issues] for side in sides]
    scores.tally("structure", "heading spans").add(*spans)
    scores.tally("structure", "issues with parents").add(*(_issue_keys(side) for side in sides))
    categories = [[(c.start, c.end) for c in side.categories] for side in sides]
    scores.tally("structure", "categories").add(*categories)
    scores.tally("structure", "measures under their issue").add(*(_measure_keys(side) for side in sides))
    found = dict(zip(_measure_keys(parsed.outline), parsed.statuses, strict=True))
    for key, status in zip(_measure_keys(gold.outline), gold.statuses, strict=True):
        if key in found:
            scores.tally("structure", "status of measures found").add([status], [found[key]])


def slot_value(text: str, entity: Entity) -> tuple[Hashable, ...]:
    """An entity's normalised value as it stands in a ledger cell."""
    value = entity.value
    if entity.label == "DATE":
        return value["start"], value["end"]
    if entity.label == "DOCUMENT":
        return text[entity.start : entity.end].strip("《》"), value["action"]
    if entity.label == "COUNT":
        return value["value"], value["unit"], value["approximate"]
    if entity.label in ("MONEY", "PERCENT"):
        return value["value"], value["approximate"]
    return text[entity.start : entity.end], value["responsible"]


def _measure_slots(text: str, outline: Outline, entities: Sequence[Entity]) -> list[tuple[Hashable, ...]]:
    slots: list[tuple[Hashable, ...]] = []
    at = 0
    for measure in outline.measures:
        while at < len(entities) and entities[at].start < measure.start:
            at += 1
        while at < len(entities) and entities[at].end <= measure.end:
            entity = entities[at]
            slots.append((outline.issues[measure.issue].start, entity.label, *slot_value(text, entity)))
            at += 1
    return slots


def _slots(scores: Scores, gold: Gold, parsed: Parsed) -> None:
    wanted = _measure_slots(gold.text, gold.outline, gold.entities)
    found = _measure_slots(gold.text, parsed.outline, parsed.entities)
    for label in LABELS:
        sides = ([slot for slot in side if slot[1] == label] for side in (wanted, found))
        scores.tally("slots", label).add(*sides)
    scores.tally("slots", "all").add(wanted, found)


def _values(scores: Scores, gold: Gold, parsed: Parsed) -> None:
    found = {(e.start, e.end, e.label): e.value for e in parsed.entities}
    inside = [(m.start, m.end) for m in gold.outline.measures]
    for entity in gold.entities:
        value = found.get((entity.start, entity.end, entity.label))
        if value is None:
            continue
        for name, right in _value_checks(entity, value):
            if name == "responsible" and not any(a <= entity.start < b for a, b in inside):
                name = "responsible outside measures"
            scores.tally("values", name).add([True], [right])


def _value_checks(entity: Entity, found: Any) -> list[tuple[str, bool]]:
    wanted = entity.value
    if entity.label == "DATE":
        return [("dates", (wanted["start"], wanted["end"]) == (found["start"], found["end"]))]
    if entity.label == "DOCUMENT":
        return [("document actions", wanted["action"] == found["action"])]
    if entity.label == "COUNT":
        same = abs(wanted["value"] - found["value"]) < 1e-6 if found["value"] is not None else False
        return [
            ("counts (value and unit)", same and wanted["unit"] == found["unit"]),
            ("counts: approximate", wanted["approximate"] == found["approximate"]),
            ("counts: of", _same_thing(wanted["of"], found["of"])),
        ]
    if entity.label in ("MONEY", "PERCENT"):
        same = found["value"] is not None and abs(wanted["value"] - found["value"]) < 1e-6
        return [
            (entity.label.lower(), same),
            (f"{entity.label.lower()}: approximate", wanted["approximate"] == found["approximate"]),
        ]
    return [("responsible", wanted["responsible"] == found["responsible"])]


def _same_thing(wanted: str, found: str) -> bool:
    if not wanted or not found:
        return wanted == found
    return wanted in found or found in wanted


def _head(scores: Scores, gold: Gold, parsed: Parsed) -> None:
    if not gold.meta:
        return
    for name in ("title", "issuer", "inspector", "inspection", "feedback_on", "published_on"):
        scores.tally("head", name).add([getattr(gold.head, name)], [getattr(parsed.head, name)])
