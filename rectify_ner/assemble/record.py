"""The record contract: one parsed notice as a JSON object."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rectify_ner.assemble.answers import Answers, Deadline, StatedStatus
from rectify_ner.assemble.bodies import Reference, resolve_bodies
from rectify_ner.assemble.checks import notice_checks
from rectify_ner.assemble.documents import NamedDocument, document_suffix, identify_documents
from rectify_ner.assemble.measure_flags import MeasureFlag, measure_flags
from rectify_ner.notice import Entity, Head, Outline, Status

if TYPE_CHECKING:
    from rectify_ner.assemble import Parsed

SCHEMA_VERSION = 1


def build_record(parsed: "Parsed", *, source: str) -> dict[str, Any]:
    """One notice as a JSON object, valid by ``rectify_ner/notice.schema.json``."""
    text, outline = parsed.text, parsed.outline
    inside = entities_inside(outline, parsed.entities)
    names = resolve_bodies(text, parsed.entities, parsed.head)
    documents = identify_documents(text, parsed.entities, _issue_of(parsed, inside), parsed.head.issuer)
    answers = Answers(parsed, names)
    stated = [answers.stated(number) for number in range(len(outline.issues))]
    states = issue_statuses(outline, parsed.statuses, stated)
    flags, repeated = measure_flags(text, outline, parsed.entities, inside)
    issues = _issues(parsed, answers, states, stated)
    _add_measures(issues, parsed, answers, inside, flags)
    checks = [*notice_checks(parsed, states, stated, documents), *repeated]
    checks.sort(key=lambda check: check.places[0])
    return {
        "schema_version": SCHEMA_VERSION,
        "source": source,
        "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "text": text,
        **head_meta(parsed.head),
        "entities": _entities(parsed, names, documents),
        "documents": [_document(document) for document in documents],
        "issues": issues,
        "checks": [check.as_dict() for check in checks],
    }


def head_meta(head: Head) -> dict[str, Any]:
    """What a notice says of itself, as its record and its meta.json spell it."""
    period = None if head.inspection is None else {"start": head.inspection[0], "end": head.inspection[1]}
    return {
        "title": head.title,
        "issuer": head.issuer,
        "inspector": head.inspector,
        "inspection": period,
        "feedback_on": head.feedback_on,
        "published_on": head.published_on,
    }


def entities_inside(outline: Outline, entities: Sequence[Entity]) -> list[list[int]]:
    """For each measure the indices of the entities that lie in it, whole."""
    inside: list[list[int]] = []
    at = 0
    for measure in outline.measures:
        mine = []
        while at < len(entities) and entities[at].start < measure.end:
            if entities[at].start >= measure.start and entities[at].end <= measure.end:
                mine.append(at)
            at += 1
        inside.append(mine)
    return inside


def _issue_of(parsed: "Parsed", inside: Sequence[Sequence[int]]) -> list[int | None]:
    issue: list[int | None] = [None] * len(parsed.entities)
    for measure, mine in zip(parsed.outline.measures, inside, strict=True):
        for index in mine:
            issue[index] = measure.issue
    return issue


def _entities(
    parsed: "Parsed", names: Mapping[int, Reference], documents: Sequence[NamedDocument]
) -> list[dict[str, Any]]:
    document_of = {index: document.id for document in documents for index in document.entities}
    entities = []
    for index, entity in enumerate(parsed.entities):
        value = dict(entity.value)
        row = {
            "id": f"e{index + 1}",
            "label": entity.label,
            "text": parsed.text[entity.start : entity.end],
            "start": entity.start,
            "end": entity.end,
            "value": value,
            "rule": entity.rule or None,
            "reason": entity.reason or None,
        }
        if entity.label == "DOCUMENT":
            value["suffix"] = document_suffix(str(value["title"]))
            row["document_id"] = document_of[index]
        elif entity.label == "BODY":
            reference = names.get(index)
            named = reference and {"name": reference.name, "reason": reference.reason}
            row["refers_to"] = named
        entities.append(row)
    return entities


def _document(document: NamedDocument) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "suffix": document.suffix,
        "action": document.action,
        "entities": [f"e{index + 1}" for index in document.entities],
    }


def _issues(
    parsed: "Parsed", answers: Answers, states: Sequence[Status], stated: Sequence[StatedStatus | None]
) -> list[dict[str, Any]]:
    return [
        {
            "id": f"i{number + 1}",
            "parent": None if issue.parent is None else f"i{issue.parent + 1}",
            "label": issue.label,
            "statement": issue.statement,
            "category": list(issue.category),
            "start": issue.start,
            "end": issue.end,
            "status": states[number],
            "stated_status": _stated(parsed.text, stated[number]),
            "deadline": _deadline(parsed.text, answers.deadline(number)),
            "measures": [],
        }
        for number, issue in enumerate(parsed.outline.issues)
    ]


def _stated(text: str, line: StatedStatus | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {"text": text[line.start : line.end], "start": line.start, "end": line.end, "value": line.status}


def _deadline(text: str, deadline: Deadline | None) -> dict[str, Any] | None:
    if deadline is None:
        return None
    days = None if deadline.value is None else {"start": deadline.value[0], "end": deadline.value[1]}
    start, end = deadline.start, deadline.end
    return {"text": text[start:end], "start": start, "end": end, "value": days, "reason": deadline.reason}


def _add_measures(
    issues: list[dict[str, Any]],
    parsed: "Parsed",
    answers: Answers,
    inside: Sequence[Sequence[int]],
    flags: Sequence[Sequence[MeasureFlag]],
) -> None:
    """Put every measure under its issue."""
    for number, (measure, status) in enumerate(zip(parsed.outline.measures, parsed.statuses, strict=True)):
        home = issues[measure.issue]
        people, inferred = answers.of_measure(measure.issue, inside[number])
        deadline = answers.deadline(measure.issue) or answers.planned_deadline(status, inside[number])
        home["measures"].append(
            {
                "id": f"{home['id']}m{len(home['measures']) + 1}",
                "ordinal": measure.ordinal,
                "text": parsed.text[measure.start : measure.end],
                "start": measure.start,
                "end": measure.end,
                "status": status,
                "deadline": _deadline(parsed.text, deadline),
                "entities": [f"e{index + 1}" for index in inside[number]],
                "responsible": [answer.name for answer in people],
                "responsible_inferred": inferred,
                "responsible_links": [
                    {
                        "name": answer.name,
                        "entity": None if answer.entity is None else f"e{answer.entity + 1}",
                        "start": answer.start,
                        "end": answer.end,
                        "reason": answer.reason,
                    }
                    for answer in people
                ],
                "flags": [{"kind": kind, "message": message} for kind, message in flags[number]],
            }
        )


def issue_statuses(
    outline: Outline, statuses: Sequence[Status], stated: Sequence[StatedStatus | None] = ()
) -> list[Status]:
    """Status of each issue: its own status line, else from its measures and its child issues."""
    under: list[set[Status]] = [set() for _ in outline.issues]
    for measure, status in zip(outline.measures, statuses, strict=True):
        under[measure.issue].add(status)
    result: list[Status] = ["planned"] * len(outline.issues)
    for number in range(len(outline.issues) - 1, -1, -1):
        line = stated[number] if stated else None
        found = {line.status} if line is not None else under[number]
        result[number] = _together(found) if line is None else line.status
        parent = outline.issues[number].parent
        if parent is not None:
            under[parent] |= found
    return result


def _together(found: set[Status]) -> Status:
    if found == {"done"}:
        return "done"
    return "planned" if found <= {"planned"} else "in_progress"
