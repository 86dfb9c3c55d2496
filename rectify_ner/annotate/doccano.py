"""Annotations in the form of doccano's relation import, and back from what its API returns.

doccano's page counts UTF-16 units, so that is what its offsets are here (project with grapheme_mode off).
Values stay at home: a span that comes back unmoved finds them in the file that was sent out.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rectify_ner.annotate.exchange import Annotation, Mark, Relation, text_hash
from rectify_ner.annotate.offsets import Utf16
from rectify_ner.errors import CorpusError

META = "meta_json"
"""The one key beside the text: rows whose keys differ abort an import."""


def to_doccano(annotation: Annotation) -> dict[str, Any]:
    """One line for doccano's JSONL import (task RelationExtraction)."""
    if not annotation.text:
        raise CorpusError(f"notice {annotation.id!r} has no text; doccano takes none without")
    places = Utf16(annotation.text)
    numbers = {mark.id: number for number, mark in enumerate(annotation.marks)}
    entities = [
        {
            "id": numbers[mark.id],
            "start_offset": places.units(mark.start),
            "end_offset": places.units(mark.end),
            "label": mark.label,
        }
        for mark in annotation.marks
    ]
    relations = [
        {"id": at, "from_id": numbers[each.source], "to_id": numbers[each.target], "type": each.label}
        for at, each in enumerate(annotation.relations or ())
    ]
    counts = {"spans": len(entities), "relations": len(relations)}
    home = {"id": annotation.id, "sha256": annotation.sha256, **counts, "doubt": annotation.doubt}
    return {"text": annotation.text, "entities": entities, "relations": relations, META: json.dumps(home)}


def home_of(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an example was sent out with: id, hash, numbers of spans and relations. None for a foreign one."""
    try:
        home = json.loads(meta[META])
    except (KeyError, TypeError, ValueError):
        return None
    return home if isinstance(home, dict) and {"id", "sha256", "spans"} <= set(home) else None


def from_doccano(
    example: Mapping[str, Any], spans: Sequence[Mapping[str, Any]], relations: Sequence[Mapping[str, Any]]
) -> Annotation:
    """The annotation of an example; spans with ``label`` and relations with ``type`` as names.

    Where relations went out and none is there, the server lost them: ``relations`` is None.
    Raises CorpusError where the text was changed on the server or a span lies beside it.
    """
    home = home_of(example["meta"])
    if home is None:
        raise CorpusError(f"example {example['id']} was not sent out by this project; it is left there")
    where = f"example {example['id']} (notice {home['id']!r})"
    text = example["text"]
    if text_hash(text) != home["sha256"]:
        raise CorpusError(f"{where}: its text was changed on the server; push it again")
    places = Utf16(text)
    marks = []
    for span in sorted(spans, key=lambda each: (each["start_offset"], -each["end_offset"], each["id"])):
        try:
            start, end = places.points(span["start_offset"]), places.points(span["end_offset"])
        except CorpusError as error:
            raise CorpusError(f"{where}: span {span['id']} ({span['label']}): {error}") from error
        marks.append(Mark(f"d{span['id']}", start, end, span["label"]))
    if home.get("relations") and not relations:
        return Annotation(home["id"], text, tuple(marks), None, home.get("doubt"))
    arrows = sorted(Relation(f"d{each['from_id']}", f"d{each['to_id']}", each["type"]) for each in relations)
    return Annotation(home["id"], text, tuple(marks), tuple(dict.fromkeys(arrows)), home.get("doubt"))
