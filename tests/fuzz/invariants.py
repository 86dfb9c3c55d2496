"""What must hold of every case; each function raises AssertionError, saying what was seen."""

import csv
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import rectify_ner
from rectify_ner.assemble import assemble_notice
from rectify_ner.assemble.rows import ledger_rows
from rectify_ner.export import write_all
from rectify_ner.export.json_lines import json_line

from .cases import Case

SCHEMA = json.loads((Path(rectify_ner.__file__).parent / "notice.schema.json").read_text("utf-8"))
VALID = Draft202012Validator(SCHEMA)
_LISTS = frozenset(("entities", "documents", "issues", "measures", "checks"))
_MEMORY = Path("/dev/shm")
"""Files of a run lie in memory where there is such a folder: an output is forced to the disk."""
_known: set[str] = set()
ONE_TO_ONE_BREAKS = ("\r", "\x0b", "\x85", "\u2028")


def record_of(case: Case) -> dict[str, Any]:
    """The record of a case, with all invariants of a single record checked."""
    record = assemble_notice(case.text, case.spans, source="case")
    check_record(case, record)
    return record


def check_record(case: Case, record: dict[str, Any]) -> None:
    """Schema, offsets, ids and places of one record."""
    check_shape(record)
    assert record["text"] == case.text
    assert record["sha256"] == hashlib.sha256(case.text.encode("utf-8", "surrogatepass")).hexdigest()
    check_offsets(case.text, record)
    check_ids(record)
    check_places(case, record)
    assert len(ledger_rows(record)) == sum(max(1, len(issue["measures"])) for issue in record["issues"])


def check_shape(record: Mapping[str, Any]) -> None:
    """Valid by the JSON Schema; what has one shape is validated once."""
    fresh: set[str] = set()
    hashed = "0" * 64 if len(record["sha256"]) == 64 else record["sha256"]
    shape = _shape({**record, "sha256": hashed}, "", fresh)
    fresh.add(json.dumps(shape))
    if not fresh <= _known:
        VALID.validate(shape)
        _known.update(fresh)


def check_offsets(text: str, record: Mapping[str, Any]) -> None:
    """``text[start:end] == node["text"]`` wherever the three stand together; every span lies in the text."""
    for node in _nodes({**record, "text": None}):
        start, end = node.get("start"), node.get("end")
        if not isinstance(start, int) or not isinstance(end, int):
            continue
        assert 0 <= start <= end <= len(text), f"{start}..{end} of {len(text)}: {node}"
        if "text" in node:
            assert start < end and text[start:end] == node["text"], f"{start}..{end}: {node}"


def check_ids(record: Mapping[str, Any]) -> None:
    """Ids are unique and every reference leads somewhere."""
    entities = [entity["id"] for entity in record["entities"]]
    documents = {document["id"]: document for document in record["documents"]}
    issues = [issue["id"] for issue in record["issues"]]
    measures = [measure["id"] for issue in record["issues"] for measure in issue["measures"]]
    for ids in (entities, issues, measures, list(documents)):
        assert len(ids) == len(set(ids)), ids
    known = set(entities)
    above: set[str] = set()
    for issue in record["issues"]:
        assert issue["parent"] is None or issue["parent"] in above, issue
        above.add(issue["id"])
        for measure in issue["measures"]:
            assert set(measure["entities"]) <= known
            assert all(link["entity"] in {None, *known} for link in measure["responsible_links"])
            assert [link["name"] for link in measure["responsible_links"]] == measure["responsible"]
    for entity in record["entities"]:
        if entity["label"] == "DOCUMENT":
            assert entity["id"] in documents[entity["document_id"]]["entities"]
    assert {name for document in documents.values() for name in document["entities"]} <= known


def check_places(case: Case, record: Mapping[str, Any]) -> None:
    """Entities are the spans; measures stand behind their heading and apart; what is in one is whole."""
    mentions = sorted(span for span in case.spans if case.text[span.start : span.end].strip())
    spans = [(entity["start"], entity["end"], entity["label"]) for entity in record["entities"]]
    assert spans == [(span.start, span.end, span.label) for span in mentions]
    parts = []
    by_id = {entity["id"]: entity for entity in record["entities"]}
    for issue in record["issues"]:
        parts.append((issue["start"], issue["end"]))
        assert issue["label"] == case.text[issue["start"] :][: len(issue["label"])]
        assert issue["statement"] in case.text[issue["start"] : issue["end"]]
        for measure in issue["measures"]:
            parts.append((measure["start"], measure["end"]))
            assert issue["end"] <= measure["start"]
            assert measure["text"].startswith(measure["ordinal"] or "")
            for name in measure["entities"]:
                one = by_id[name]
                assert measure["start"] <= one["start"] and one["end"] <= measure["end"], (measure, one)
    assert all(a[1] <= b[0] for a, b in pairwise(parts)), parts
    assert all(start < end for start, end in parts)


def check_breaks(case: Case) -> None:
    """Another character for the line break, one for one, changes nothing but itself."""
    if not set(case.text).isdisjoint(ONE_TO_ONE_BREAKS) or "\n" not in case.text:
        return
    wanted = _without_hash(assemble_notice(case.text, case.spans, source="case"))
    for mark in ONE_TO_ONE_BREAKS[:1]:
        other = assemble_notice(case.text.replace("\n", mark), case.spans, source="case")
        assert _replaced(_without_hash(other), mark, "\n") == wanted, f"line ends {mark!r}"


def check_order(cases: Sequence[Case], lines: Sequence[bytes], order: Sequence[int]) -> None:
    """The same notices again, in another order, give the same bytes."""
    for at in order:
        again = json_line(assemble_notice(cases[at].text, cases[at].spans, source="case"))
        assert again == lines[at], "the record depends on what was read before it"


def check_exports(records: Sequence[Mapping[str, Any]], *, workbook: bool) -> None:
    """Every form of output takes the records; what can be read back is the same or has as many rows."""
    rows = sum(len(ledger_rows(record)) for record in records)
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        out = Path(folder)
        write_all(records, out / "a.jsonl")
        lines = (out / "a.jsonl").read_bytes().split(b"\n")
        assert [json.loads(line) for line in lines[:-1]] == [_written(record) for record in records]
        write_all(records, out / "a.csv")
        with (out / "a.csv").open(encoding="utf-8-sig", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == rows + 1
        write_all(records, out / "a.html")
        assert (out / "a.html").read_text("utf-8").rstrip().endswith("</html>")
        write_all(records[:5], out / "folder")
        assert len(list((out / "folder").iterdir())) == len(records[:5])
        if workbook:
            write_all(records, out / "a.parquet")
            write_all(records, out / "a.xlsx")
            _check_workbook(out / "a.xlsx", rows)


def _check_workbook(path: Path, rows: int) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    assert sum(1 for _ in book["台账"].iter_rows()) == rows + 1
    book.close()


def _written(record: Mapping[str, Any]) -> Any:
    """A record as it comes back from a file: UTF-8 has no half characters."""
    held = json.dumps(record, ensure_ascii=False)
    return json.loads("".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in held))


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _nodes(one)
    elif isinstance(value, list):
        for one in value:
            yield from _nodes(one)


def _shape(value: Any, name: str, fresh: set[str]) -> Any:
    """The value with what the schema does not look into made alike: it asks strings for enums, patterns and
    a first character, numbers for their type and sign, and every item of an array for itself. Objects of
    a shape that was valid before are left out; ``fresh`` takes up the others."""
    if isinstance(value, dict):
        kept = ("schema_version",)
        return {key: one if key in kept else _shape(one, key, fresh) for key, one in value.items()}
    if isinstance(value, list):
        items = {f"{name} {json.dumps(one)}": one for one in (_shape(one, name, fresh) for one in value)}
        if name in _LISTS:
            items = {key: one for key, one in items.items() if key not in _known or isinstance(one, str)}
            fresh |= items.keys()
        return list(items.values())
    if isinstance(value, str):
        return _shape_of(value) if len(value) < 64 else value if value == "0" * 64 else "x"
    if isinstance(value, float) or value is None or isinstance(value, bool):
        return 0.5 if isinstance(value, float) else value
    return 0 if value >= 0 else -1


@cache
def _digits() -> dict[int, str]:
    return str.maketrans("123456789", "000000000")


def _shape_of(text: str) -> str:
    if not text:
        return text
    return text.translate(_digits()) if text.isascii() and text.isprintable() else "x"


def _without_hash(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**record, "sha256": ""}


def _replaced(value: Any, old: str, new: str) -> Any:
    return json.loads(json.dumps(value).replace(json.dumps(old)[1:-1], json.dumps(new)[1:-1]))
