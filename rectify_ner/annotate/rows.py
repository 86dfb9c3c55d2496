"""Annotated or tagged notices in the exchange form."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rectify_ner.annotate.exchange import CHILD_OF, MEASURE_OF, Annotation, Mark, Relation
from rectify_ner.assemble import Parsed
from rectify_ner.assemble.record import head_meta
from rectify_ner.corpus import ATTRIBUTES
from rectify_ner.notice import Entity, Gold, Outline, Status

_NOT_IN_AN_ID = re.compile(r"[^\w-]+")


def annotation_of_gold(gold: Gold, id_: str) -> Annotation:
    """A corpus notice, with everything that its XML says."""
    marks, relations = _structure(gold.outline, gold.statuses)
    return Annotation(id_, gold.text, _ordered(marks, gold.entities), relations, None, dict(gold.meta))


def annotation_of_parsed(parsed: Parsed, id_: str, doubt: float | None = None) -> Annotation:
    """A notice as the pipeline reads it: what an annotator starts from."""
    marks, relations = _structure(parsed.outline, parsed.statuses)
    meta = head_meta(parsed.head)
    return Annotation(id_, parsed.text, _ordered(marks, parsed.entities), relations, doubt, meta)


def entity_attributes(entity: Entity) -> dict[str, Any]:
    """An entity's value as corpus files hold it: their keys, six decimals."""
    value = {key: entity.value.get(key) for key in ATTRIBUTES[entity.label]}
    return {key: round(held, 6) if isinstance(held, float) else held for key, held in value.items()}


def plain_ids(names: Iterable[str]) -> list[str]:
    """An id for each name, in order: what is no letter or digit becomes ``-``, repeats get numbers."""
    taken: set[str] = set()
    ids = []
    for name in names:
        stem = _NOT_IN_AN_ID.sub("-", name)[:100].strip("-") or "notice"
        made, number = stem, 1
        while made in taken:
            number += 1
            made = f"{stem}-{number}"
        taken.add(made)
        ids.append(made)
    return ids


def _structure(outline: Outline, statuses: Sequence[Status]) -> tuple[list[Mark], tuple[Relation, ...]]:
    marks = [Mark(f"c{n}", c.start, c.end, "CATEGORY", {}) for n, c in enumerate(outline.categories, 1)]
    relations = []
    for number, issue in enumerate(outline.issues, 1):
        marks.append(Mark(f"i{number}", issue.start, issue.end, "ISSUE", {"label": issue.label}))
        if issue.parent is not None:
            relations.append(Relation(f"i{issue.parent + 1}", f"i{number}", CHILD_OF))
    for number, (measure, status) in enumerate(zip(outline.measures, statuses, strict=True), 1):
        attributes: Mapping[str, Any] = {"ordinal": measure.ordinal, "status": status}
        marks.append(Mark(f"m{number}", measure.start, measure.end, "MEASURE", attributes))
        relations.append(Relation(f"i{measure.issue + 1}", f"m{number}", MEASURE_OF))
    return marks, tuple(relations)


def _ordered(marks: list[Mark], entities: Sequence[Entity]) -> tuple[Mark, ...]:
    for number, entity in enumerate(entities, 1):
        marks.append(Mark(f"e{number}", entity.start, entity.end, entity.label, entity_attributes(entity)))
    return tuple(sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.label)))
