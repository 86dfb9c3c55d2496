"""The exchange form: annotated notices as JSON Lines that no tool owns (docs/annotate.md).

One line is one notice: its text with its hash, spans with ids, code point offsets and their own text, and
relations between spans. What is read is what was written; anything that does not fit its text is refused
with file, id and place.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rectify_ner.errors import CorpusError
from rectify_ner.notice import LABELS

FORMAT = "rectify_ner.annotation.v1"
STRUCTURE = ("CATEGORY", "ISSUE", "MEASURE")
SPAN_LABELS = (*LABELS, *STRUCTURE)
MEASURE_OF = "measure"
CHILD_OF = "child"
RELATION_LABELS = (MEASURE_OF, CHILD_OF)
"""issue → its measure, issue → its child issue."""
ENDS = {MEASURE_OF: ("ISSUE", "MEASURE"), CHILD_OF: ("ISSUE", "ISSUE")}
_ID = re.compile(r"[\w-]{1,120}")
_KEYS = {"format", "id", "sha256", "text", "spans", "relations", "doubt", "meta"}
_SPAN_KEYS = {"id", "start", "end", "label", "text", "attributes"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked span. ``attributes`` is what it says beyond its place; None where a tool lost it."""

    id: str
    start: int
    end: int
    label: str
    attributes: Mapping[str, Any] | None = None

    @property
    def place(self) -> tuple[int, int, str]:
        return self.start, self.end, self.label


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """An arrow between two marks, by their ids."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One notice in the exchange form. ``relations`` is None where the tool could not carry any."""

    id: str
    text: str
    marks: tuple[Mark, ...]
    relations: tuple[Relation, ...] | None = ()
    doubt: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return text_hash(self.text)


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_exchange(path: Path) -> list[Annotation]:
    """All notices of a file, in its order. Raises CorpusError at the first that breaks the form."""
    found = []
    for each in read_lines(path):
        if isinstance(each, CorpusError):
            raise each
        found.append(each)
    return found


def read_lines(path: Path) -> Iterator[Annotation | CorpusError]:
    """Each notice of a file, or what is wrong with its line. Raises CorpusError if it is no text."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            annotation = parse_row(json.loads(line), where)
            if annotation.id in seen:
                raise CorpusError(f"{where}: id {annotation.id!r} stands here twice; keep one of them")
        except CorpusError as error:
            yield error
        except (ValueError, RecursionError) as error:
            yield CorpusError(f"{where}: not JSON ({error}); export it again")
        else:
            seen.add(annotation.id)
            yield annotation


def write_exchange(annotations: Iterable[Annotation]) -> str:
    """The file's content; ``read_exchange`` gives the same annotations back."""
    return "".join(json.dumps(as_row(each), ensure_ascii=False) + "\n" for each in annotations)


def as_row(annotation: Annotation) -> dict[str, Any]:
    """One line as an object. Raises CorpusError for a text that cannot be written, or spans beside it."""
    check_annotation(annotation, "export")
    row: dict[str, Any] = {
        "format": FORMAT,
        "id": annotation.id,
        "sha256": annotation.sha256,
        "text": annotation.text,
        "spans": [_span_row(mark, annotation.text) for mark in annotation.marks],
        "relations": None,
    }
    if annotation.relations is not None:
        row["relations"] = [
            {"from": each.source, "to": each.target, "label": each.label} for each in annotation.relations
        ]
    if annotation.doubt is not None:
        row["doubt"] = annotation.doubt
    return {**row, "meta": dict(annotation.meta)}


def _span_row(mark: Mark, text: str) -> dict[str, Any]:
    row: dict[str, Any] = {"id": mark.id, "start": mark.start, "end": mark.end, "label": mark.label}
    row["text"] = text[mark.start : mark.end]
    if mark.attributes is not None:
        row["attributes"] = dict(mark.attributes)
    return row


def parse_row(row: Any, where: str) -> Annotation:
    """The annotation of one line; ``where`` names it in errors. Raises CorpusError."""
    if not isinstance(row, dict) or row.get("format") != FORMAT:
        raise CorpusError(f"{where}: no annotated notice; wanted an object with format {FORMAT!r}")
    _known(row, _KEYS, where)
    where = f"{where}: notice {row.get('id')!r}"
    text = _typed(row, "text", str, where)
    marks = tuple(_mark(each, text, where) for each in _typed(row, "spans", list, where))
    relations = None
    if row.get("relations") is not None:
        relations = tuple(_relation(each, where) for each in _typed(row, "relations", list, where))
    doubt = row.get("doubt")
    if doubt is not None and (isinstance(doubt, bool) or not isinstance(doubt, int | float)):
        raise CorpusError(f"{where}: doubt is {doubt!r}; wanted a number")
    meta = _typed({"meta": {}} | row, "meta", dict, where)
    annotation = Annotation(_typed(row, "id", str, where), text, marks, relations, doubt, meta)
    check_annotation(annotation, where)
    if row.get("sha256") != annotation.sha256:
        raise CorpusError(
            f"{where}: the text has hash {annotation.sha256[:12]}…, the line says "
            f"{str(row.get('sha256'))[:12]}…; the text was changed on the way, export it again"
        )
    return annotation


def _mark(row: Any, text: str, where: str) -> Mark:
    if not isinstance(row, dict):
        raise CorpusError(f"{where}: saw {row!r} among the spans, wanted an object")
    _known(row, _SPAN_KEYS, where)
    where = f"{where}: span {row.get('id')!r}"
    start, end = (_typed(row, key, int, where) for key in ("start", "end"))
    wanted = _typed(row, "text", str, where)
    attributes = None if row.get("attributes") is None else _typed(row, "attributes", dict, where)
    mark = Mark(_typed(row, "id", str, where), start, end, _typed(row, "label", str, where), attributes)
    _inside(mark, text, where)
    if text[start:end] != wanted:
        raise CorpusError(
            f"{where} at {start}–{end}: the text there is {_short(text[start:end])}, "
            f"the span says {_short(wanted)}; its offsets count something else than code points"
        )
    return mark


def _relation(row: Any, where: str) -> Relation:
    if not isinstance(row, dict):
        raise CorpusError(f"{where}: saw {row!r} among the relations, wanted an object")
    _known(row, {"from", "to", "label"}, where)
    return Relation(*(_typed(row, key, str, f"{where}: relation") for key in ("from", "to", "label")))


def check_annotation(annotation: Annotation, where: str) -> None:
    """Refuse an annotation that breaks the form: ids, text, places, labels, relations."""
    if not _ID.fullmatch(annotation.id):
        raise CorpusError(
            f"{where}: id {annotation.id!r} cannot name a file; wanted letters, digits, - and _"
        )
    try:
        annotation.text.encode()
    except UnicodeEncodeError as error:
        raise CorpusError(f"{where}: half a character (surrogate) at {error.start}; mend the text") from error
    by_id: dict[str, Mark] = {}
    for mark in annotation.marks:
        at = f"{where}: span {mark.id!r}"
        if mark.id in by_id:
            raise CorpusError(f"{at} stands here twice; ids must differ")
        if mark.label not in SPAN_LABELS:
            raise CorpusError(f"{at}: unknown label {mark.label!r}; wanted one of {', '.join(SPAN_LABELS)}")
        _inside(mark, annotation.text, at)
        by_id[mark.id] = mark
    for relation in annotation.relations or ():
        _check_relation(relation, by_id, where)


def _inside(mark: Mark, text: str, where: str) -> None:
    if not 0 <= mark.start < mark.end <= len(text):
        raise CorpusError(
            f"{where} at {mark.start}–{mark.end}: no place in a text of {len(text)} characters; "
            "correct the span in the tool"
        )


def _check_relation(relation: Relation, by_id: Mapping[str, Mark], where: str) -> None:
    arrow = f"{where}: relation {relation.label!r} from {relation.source!r} to {relation.target!r}"
    if relation.label not in ENDS:
        raise CorpusError(f"{arrow}: wanted one of {', '.join(ENDS)}")
    for name, wanted in zip((relation.source, relation.target), ENDS[relation.label], strict=True):
        if name not in by_id:
            raise CorpusError(f"{arrow}: there is no span {name!r}")
        if by_id[name].label != wanted:
            raise CorpusError(f"{arrow}: {name!r} is {by_id[name].label}, wanted {wanted}")


def _typed(row: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
    value = row.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise CorpusError(f"{where}: {key} is {_short(value)}, wanted {kind.__name__}")
    return value


def _known(row: Mapping[str, Any], keys: set[str], where: str) -> None:
    if unknown := set(row) - keys:
        raise CorpusError(
            f"{where}: unknown keys {', '.join(sorted(unknown))}; wanted {', '.join(sorted(keys))}"
        )


def _short(value: Any) -> str:
    spelt = repr(value)
    return spelt if len(spelt) <= 60 else f"{spelt[:40]}…{spelt[-15:]}"
