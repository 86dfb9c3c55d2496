"""The record contract: one parsed notice as a JSON object."""

import hashlib
from typing import TYPE_CHECKING, Any

from rectify_ner.notice import Outline, Status

if TYPE_CHECKING:
    from rectify_ner.assemble import Parsed

SCHEMA_VERSION = 1


def build_record(parsed: "Parsed", *, source: str) -> dict[str, Any]:
    """One notice as a JSON object, valid by ``rectify_ner/notice.schema.json``."""
    text, head = parsed.text, parsed.head
    period = None if head.inspection is None else {"start": head.inspection[0], "end": head.inspection[1]}
    entities = [
        {
            "id": f"e{number}",
            "label": entity.label,
            "text": text[entity.start : entity.end],
            "start": entity.start,
            "end": entity.end,
            "value": dict(entity.value),
        }
        for number, entity in enumerate(parsed.entities, 1)
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "source": source,
        "sha256": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        "text": text,
        "title": head.title,
        "issuer": head.issuer,
        "inspector": head.inspector,
        "inspection": period,
        "feedback_on": head.feedback_on,
        "published_on": head.published_on,
        "entities": entities,
        "issues": _issues(parsed),
        "checks": [],
    }


def _issues(parsed: "Parsed") -> list[dict[str, Any]]:
    text, outline = parsed.text, parsed.outline
    statuses = issue_statuses(outline, parsed.statuses)
    issues: list[dict[str, Any]] = []
    for number, issue in enumerate(outline.issues):
        issues.append(
            {
                "id": f"i{number + 1}",
                "parent": None if issue.parent is None else f"i{issue.parent + 1}",
                "label": issue.label,
                "statement": issue.statement,
                "category": list(issue.category),
                "start": issue.start,
                "end": issue.end,
                "status": statuses[number],
                "measures": [],
            }
        )
    at = 0
    for measure, status in zip(outline.measures, parsed.statuses, strict=True):
        inside = []
        while at < len(parsed.entities) and parsed.entities[at].start < measure.end:
            if parsed.entities[at].start >= measure.start:
                inside.append(at)
            at += 1
        names = [
            text[parsed.entities[i].start : parsed.entities[i].end]
            for i in inside
            if parsed.entities[i].value.get("responsible")
        ]
        home = issues[measure.issue]
        issuer = [parsed.head.issuer] if parsed.head.issuer else []
        home["measures"].append(
            {
                "id": f"{home['id']}m{len(home['measures']) + 1}",
                "ordinal": measure.ordinal,
                "text": text[measure.start : measure.end],
                "start": measure.start,
                "end": measure.end,
                "status": status,
                "entities": [f"e{i + 1}" for i in inside],
                "responsible": list(dict.fromkeys(names)) or issuer,
                "responsible_inferred": not names,
            }
        )
    return issues


def issue_statuses(outline: Outline, statuses: tuple[Status, ...]) -> list[Status]:
    """Status of each issue from its measures and those of its child issues."""
    under: list[set[Status]] = [set() for _ in outline.issues]
    for measure, status in zip(outline.measures, statuses, strict=True):
        at: int | None = measure.issue
        while at is not None:
            under[at].add(status)
            at = outline.issues[at].parent
    result: list[Status] = []
    for found in under:
        if found == {"done"}:
            result.append("done")
        elif found <= {"planned"}:
            result.append("planned")
        else:
            result.append("in_progress")
    return result
