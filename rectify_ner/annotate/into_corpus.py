"""An annotation from a tool → a corpus notice: values kept where a span is the old one, else by rule.

What was kept, what is new and what a person should look at stands in the notice's ``review`` (meta.json).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from rectify_ner.annotate.exchange import CHILD_OF, STRUCTURE, Annotation, Mark
from rectify_ner.annotate.rows import entity_attributes
from rectify_ner.annotate.tree import Arrows, Tree, build_tree
from rectify_ner.assemble import Parsed, parse
from rectify_ner.assemble.record import head_meta
from rectify_ner.corpus import ATTRIBUTES, parse_gold, write_gold
from rectify_ner.errors import CorpusError
from rectify_ner.notice import LABELS, STATUSES, Entity, Gold, Head, Span, Status

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Review:
    """A place for a person to look at: what stands there and why."""

    start: int
    end: int
    label: str
    why: str

    def as_dict(self, text: str) -> dict[str, Any]:
        place = {"start": self.start, "end": self.end, "label": self.label}
        return {**place, "text": text[self.start : self.end], "why": self.why}


@dataclass(frozen=True, slots=True)
class Imported:
    """A corpus notice made of an annotation. ``kept``, ``new`` and ``gone`` count spans against the base."""

    gold: Gold
    review: tuple[Review, ...]
    kept: int
    new: int
    gone: int


def import_annotation(annotation: Annotation, base: Annotation | None, where: str) -> Imported:
    """The corpus notice of what came back; ``base`` is what was sent out. Raises CorpusError.

    A span with the place and label of one in ``base`` keeps its attributes; every other one gets them from
    the rules and a review mark.
    """
    where = f"{where}: notice {annotation.id!r}"
    if base is not None and base.text != annotation.text:
        raise CorpusError(f"{where}: its text differs from the one sent out; import it without --base")
    if bad := _NOT_IN_XML.search(annotation.text):
        raise CorpusError(
            f"{where}: character U+{ord(bad.group()):04X} at {bad.start()} cannot stand in XML; "
            "a corpus notice has to do without it"
        )
    made = _Import(annotation, base, where)
    gold = made.gold()
    _verify(gold, where)
    sent = {mark.place for mark in base.marks} if base else set()
    now = {mark.place for mark in made.marks}
    return Imported(
        gold,
        tuple(sorted(made.review, key=lambda each: each.start)),
        len(sent & now),
        len(now - sent),
        len(sent - now),
    )


class _Import:
    """One annotation on its way; collects what a person should look at."""

    def __init__(self, annotation: Annotation, base: Annotation | None, where: str) -> None:
        self.annotation, self.base, self.where = annotation, base, where
        self.text = annotation.text
        self.review: list[Review] = []
        self.renamed: dict[str, str] = {}
        known = {mark.place: mark.attributes for mark in base.marks} if base else {}
        self.marks = self.clean(annotation.marks, known)
        _refuse_overlaps(self.marks, self.text, where)

    def clean(self, marks: Sequence[Mark], known: Mapping[Any, Any]) -> list[Mark]:
        """Marks in text order, trimmed, each place and label once, with the attributes that were kept."""
        found: dict[tuple[int, int, str], Mark] = {}
        for mark in marks:
            trimmed = self.trim(mark)
            if trimmed.place in found:
                self.renamed[mark.id] = found[trimmed.place].id
                self.look(trimmed, "marked twice; one was kept")
                continue
            attributes = mark.attributes if trimmed is mark else None
            kept = known.get(trimmed.place) if attributes is None else attributes
            found[trimmed.place] = replace(trimmed, attributes=kept)
        return sorted(found.values(), key=lambda mark: (mark.start, -mark.end, mark.label))

    def trim(self, mark: Mark) -> Mark:
        held = self.text[mark.start : mark.end]
        if not held.strip():
            raise CorpusError(
                f"{self.where}: span {mark.id!r} at {mark.start}–{mark.end} is white space; "
                "delete it in the tool"
            )
        start = mark.start + len(held) - len(held.lstrip())
        end = mark.end - (len(held) - len(held.rstrip()))
        if (start, end) == (mark.start, mark.end):
            return mark
        trimmed = replace(mark, start=start, end=end)
        self.look(trimmed, "white space at its edge was left out")
        return trimmed

    def look(self, mark: Mark | Entity, why: str) -> None:
        self.review.append(Review(mark.start, mark.end, mark.label, why))

    def gold(self) -> Gold:
        tree = build_tree(self.text, self.marks, self.arrows(), self.where)
        for mark, why in tree.unsure:
            self.look(mark, why)
        spans = [Span(m.start, m.end, m.label) for m in self.marks if m.label in LABELS]
        parsed = parse(self.text, spans, tree.outline)
        entities = tuple(self.entities(parsed))
        statuses = self.statuses(tree, parsed)
        meta = self.meta(parsed.head)
        meta.pop("review", None)
        if self.review:
            places = sorted(self.review, key=lambda each: (each.start, each.end, each.label))
            meta["review"] = [each.as_dict(self.text) for each in places]
        return Gold(self.annotation.id, self.text, parsed.head, tree.outline, entities, statuses, meta)

    def arrows(self) -> Arrows:
        """Relations by the ids of the marks that were kept; those of the base where the tool has none."""
        sent = {mark.id: mark.place for mark in self.base.marks} if self.base else {}
        sent_relations = (self.base.relations or ()) if self.base else ()
        here = {mark.place: mark.id for mark in self.marks}
        old = {id_: here[place] for id_, place in sent.items() if place in here}
        if self.annotation.relations is not None:
            given, ids = self.annotation.relations, {mark.id: mark.id for mark in self.marks} | self.renamed
        else:
            given, ids = sent_relations, old
        orphans = {
            old[each.target]
            for each in sent_relations
            if each.label == CHILD_OF and each.target in old and each.source not in old
        }
        found = {
            (ids[each.source], ids[each.target], each.label)
            for each in given
            if each.source in ids and each.target in ids
        }
        return Arrows(found, orphans)

    def entities(self, parsed: Parsed) -> list[Entity]:
        kept = {mark.place: mark.attributes for mark in self.marks}
        found = []
        for entity in parsed.entities:
            value = kept[(entity.start, entity.end, entity.label)]
            if value is None:
                value = entity_attributes(entity)
                self.look(entity, f"value by rule: {json.dumps(value, ensure_ascii=False)}")
            elif set(value) != set(ATTRIBUTES[entity.label]):
                raise CorpusError(
                    f"{self.where}: {entity.label} at {entity.start}–{entity.end} has attributes "
                    f"{sorted(value)}, wanted {sorted(ATTRIBUTES[entity.label])}"
                )
            found.append(Entity(entity.start, entity.end, entity.label, dict(value)))
        return found

    def statuses(self, tree: Tree, parsed: Parsed) -> tuple[Status, ...]:
        found = []
        for mark, by_rule in zip(tree.measures, parsed.statuses, strict=True):
            status = by_rule if mark.attributes is None else mark.attributes.get("status")
            if status not in STATUSES:
                raise CorpusError(f"{self.where}: measure {mark.id!r} has status {status!r}")
            if mark.attributes is None:
                self.look(mark, f"status by rule: {status}")
            found.append(status)
        return tuple(found)

    def meta(self, head: Head) -> dict[str, Any]:
        """What the notice says as a whole: as it was sent out, else by rule."""
        for source in (self.annotation, self.base):
            if source is not None and source.meta:
                return dict(source.meta)
        if self.text:
            self.review.append(Review(0, 0, "HEAD", "title, bodies and days of the notice by rule"))
        return head_meta(head)


def _refuse_overlaps(marks: Sequence[Mark], text: str, where: str) -> None:
    """Entities are flat, structure is flat, and an entity never crosses the edge of structure."""
    for group in (LABELS, STRUCTURE):
        flat = [mark for mark in marks if mark.label in group]
        for first, second in pairwise(flat):
            if second.start < first.end:
                raise CorpusError(_clash(where, text, first, second, "keep one of them"))
    structure = [mark for mark in marks if mark.label in STRUCTURE]
    at = 0
    for mark in marks:
        if mark.label not in LABELS:
            continue
        while at < len(structure) and structure[at].end <= mark.start:
            at += 1
        if at < len(structure):
            holder = structure[at]
            inside = holder.start <= mark.start and mark.end <= holder.end
            if not inside and mark.end > holder.start:
                raise CorpusError(_clash(where, text, mark, holder, "make one lie inside the other"))


def _clash(where: str, text: str, first: Mark, second: Mark, advice: str) -> str:
    spelt = (
        f"{mark.label} {mark.id!r} at {mark.start}–{mark.end} ({text[mark.start : mark.end][:20]!r})"
        for mark in (first, second)
    )
    return f"{where}: {' overlaps '.join(spelt)}; {advice}"


def _verify(gold: Gold, where: str) -> None:
    """What is written must read back as it is."""
    try:
        again = parse_gold(write_gold(gold), gold.name)
    except CorpusError as error:
        raise CorpusError(f"{where}: {error}") from error
    same = (
        again.text == gold.text
        and again.entities == gold.entities
        and again.statuses == gold.statuses
        and again.outline.measures == gold.outline.measures
        and again.outline.categories == gold.outline.categories
    )
    if not same:
        raise CorpusError(f"{where}: its corpus form does not read back as it was; report this")


def write_notice(folder: Path, gold: Gold, *, overwrite: bool = False) -> bool:
    """Write NAME.xml and NAME.meta.json; False where both stood there already as they are now.

    Raises CorpusError where other content stands there and ``overwrite`` is not set.
    """
    path = folder / f"{gold.name}.xml"
    xml = write_gold(gold).encode()
    meta = (json.dumps(dict(gold.meta), ensure_ascii=False, indent=1) + "\n").encode()
    files = {path.with_suffix(".meta.json"): meta, path: xml}
    standing = {each for each in files if each.exists()}
    if standing == set(files) and all(each.read_bytes() == held for each, held in files.items()):
        return False
    if path.exists() and path.read_bytes() != xml and not overwrite:
        raise CorpusError(f"{path}: another annotation stands there; --overwrite replaces it")
    folder.mkdir(parents=True, exist_ok=True)
    for each, held in files.items():
        part = each.with_name(f".{each.name}.part")
        part.write_bytes(held)
        part.replace(each)
    return True
