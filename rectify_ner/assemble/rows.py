"""The flat ledger (整改台账): one row a measure, and one for each issue without measures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger; lists stay lists, an exporter joins them as its format wants."""

    source: str
    notice: str | None
    """The notice's title."""
    issuer: str | None
    category: tuple[str, ...]
    issue_id: str
    parent_id: str | None
    issue_number: str
    issue: str
    issue_status: str
    measure_id: str | None
    measure_number: str | None
    """The measure's ordinal as printed; None where the text has none."""
    measure: str | None
    status: str
    """The measure's status, or the issue's where the row has no measure."""
    responsible: tuple[str, ...]
    responsible_inferred: bool
    dates: tuple[str, ...]
    documents: tuple[str, ...]
    """Titles of the documents made, sent out or revised."""
    counts: tuple[str, ...]
    amounts: tuple[str, ...]
    deadline: str | None
    """Last day of the deadline, its words where it gives no day."""
    flags: tuple[str, ...]
    start: int
    end: int


def ledger_rows(record: Mapping[str, Any]) -> list[Row]:
    """The rows of one record in text order."""
    entities = {entity["id"]: entity for entity in record["entities"]}
    return [row for issue in record["issues"] for row in _issue_rows(record, issue, entities)]


def _issue_rows(
    record: Mapping[str, Any], issue: Mapping[str, Any], entities: Mapping[str, Mapping[str, Any]]
) -> Iterator[Row]:
    for measure in issue["measures"] or (None,):
        step: Mapping[str, Any] = measure or {}
        inside = [entities[name] for name in step.get("entities", ())]
        place = measure or issue
        yield Row(
            source=record["source"],
            notice=record["title"],
            issuer=record["issuer"],
            category=tuple(issue["category"]),
            issue_id=issue["id"],
            parent_id=issue["parent"],
            issue_number=issue["label"],
            issue=issue["statement"],
            issue_status=issue["status"],
            measure_id=step.get("id"),
            measure_number=step.get("ordinal"),
            measure=step.get("text"),
            status=place["status"],
            responsible=tuple(step.get("responsible", ())),
            responsible_inferred=step.get("responsible_inferred", False),
            dates=_once(_days(entity) for entity in inside if entity["label"] == "DATE"),
            documents=_once(entity["value"]["title"] for entity in inside if _is_made(entity)),
            counts=tuple(_count(entity) for entity in inside if entity["label"] == "COUNT"),
            amounts=tuple(entity["text"] for entity in inside if entity["label"] in ("MONEY", "PERCENT")),
            deadline=_deadline(place.get("deadline")),
            flags=tuple(flag["message"] for flag in step.get("flags", ())),
            start=place["start"],
            end=place["end"],
        )


def _once(values: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _days(entity: Mapping[str, Any]) -> str:
    """The days of a date, or its words where they are unknown."""
    value = entity["value"]
    if value["start"] is None:
        return str(entity["text"])
    return value["start"] if value["start"] == value["end"] else f"{value['start']}/{value['end']}"


def _is_made(entity: Mapping[str, Any]) -> bool:
    return entity["label"] == "DOCUMENT" and entity["value"]["action"] in ("issue", "revise")


def _count(entity: Mapping[str, Any]) -> str:
    of = entity["value"]["of"]
    return f"{of}：{entity['text']}" if of else str(entity["text"])


def _deadline(deadline: Mapping[str, Any] | None) -> str | None:
    if deadline is None:
        return None
    return str(deadline["value"]["end"] if deadline["value"] else deadline["text"])
