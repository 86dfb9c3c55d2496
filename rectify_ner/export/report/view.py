"""A record as the page needs it: offsets in UTF-16 units as browsers count, values in Chinese words."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

from rectify_ner.export.words import ACTION_WORDS, LABEL_WORDS, STATUS_WORDS, check_words, severity_words

_LEVELS = {"一致": "ok", "提示": "note", "不符": "error"}
Units = Callable[[int], int]


def words_view() -> dict[str, dict[str, str]]:
    """The words that the page shows for statuses and labels."""
    return {"statuses": STATUS_WORDS, "labels": LABEL_WORDS}


def notice_view(record: Mapping[str, Any]) -> dict[str, Any]:
    """One notice for the page."""
    units = utf16_offsets(record["text"])
    return {
        "source": record["source"],
        "title": record["title"],
        "facts": _facts(record),
        "text": record["text"],
        "entities": [_entity(entity, units) for entity in record["entities"]],
        "issues": _issues(record, units),
        "checks": [_check(check, units) for check in record["checks"]],
        "notes": list(record.get("notes", ())),
    }


def utf16_offsets(text: str) -> Units:
    """Turns an index into ``text`` into the index of the same character in UTF-16.

    >>> utf16_offsets("a\\U00020000b")(2)
    3
    """
    if text.isascii() or max(text, default="") <= "\uffff":
        return lambda offset: offset
    rare = [index for index, char in enumerate(text) if char > "\uffff"]
    return lambda offset: offset + bisect_left(rare, offset)


def _facts(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    period = record["inspection"]
    days = [period[end] or "？" for end in ("start", "end")] if period else None
    facts = {
        "整改单位": record["issuer"],
        "巡察组": record["inspector"],
        "巡察时间": " 至 ".join(days) if days else None,
        "反馈日期": record["feedback_on"],
        "公布日期": record["published_on"],
        "来源": record["source"],
    }
    return [(name, value or "未写明") for name, value in facts.items()]


def _entity(entity: Mapping[str, Any], units: Units) -> dict[str, Any]:
    lead, value, meaning = _MEANINGS[entity["label"]](entity)
    why = [meaning, entity.get("reason")]
    return {
        "id": entity["id"],
        "label": entity["label"],
        "s": units(entity["start"]),
        "e": units(entity["end"]),
        "lead": lead,
        "words": entity["text"],
        "value": value,
        "tip": "；".join(part for part in why if part),
    }


def _date(entity: Mapping[str, Any]) -> tuple[str, str, str]:
    start, end = entity["value"]["start"], entity["value"]["end"]
    if start is None:
        return "", "日期不明", "日期无法确定"
    days = start if start == end else f"{start}～{end}"
    return "", "" if days == entity["text"] else days, days


def _document(entity: Mapping[str, Any]) -> tuple[str, str, str]:
    action = ACTION_WORDS.get(entity["value"]["action"], "")
    return action, "", f"{action}《{entity['value']['title']}》"


def _count(entity: Mapping[str, Any]) -> tuple[str, str, str]:
    value = entity["value"]
    about = "约" if value["approximate"] else ""
    return value["of"], "", f"{value['of']} {about}{number_words(value['value'])}{value['unit']}".strip()


def _money(entity: Mapping[str, Any]) -> tuple[str, str, str]:
    value = entity["value"]
    return "", "", f"{'约' if value['approximate'] else ''}{number_words(value['value'])}元"


def _percent(entity: Mapping[str, Any]) -> tuple[str, str, str]:
    value = entity["value"]
    return "", "", f"{'约' if value['approximate'] else ''}{number_words(value['value'])}%"


def _body(entity: Mapping[str, Any]) -> tuple[str, str, str]:
    referred = entity.get("refers_to")
    meaning = f"指{referred['name']}（{referred['reason']}）" if referred else ""
    if entity["value"]["responsible"]:
        meaning = "；".join(part for part in ("责任主体", meaning) if part)
    return "", "", meaning


_MEANINGS: dict[str, Callable[[Mapping[str, Any]], tuple[str, str, str]]] = {
    "DATE": _date,
    "DOCUMENT": _document,
    "COUNT": _count,
    "MONEY": _money,
    "PERCENT": _percent,
    "BODY": _body,
    "ROLE": _body,
}
"""For each label: what stands before the mention in its cell, its value behind it, and its explanation."""


def number_words(value: float) -> str:
    """A number with its thousands set apart and no needless zeros.

    >>> number_words(36500000.0), number_words(8.3)
    ('36,500,000', '8.3')
    """
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _issues(record: Mapping[str, Any], units: Units) -> list[dict[str, Any]]:
    depths: dict[str, int] = {}
    views = []
    for issue in record["issues"]:
        depth = depths[issue["id"]] = depths.get(issue["parent"] or "", -1) + 1
        views.append(
            {
                "id": issue["id"],
                "depth": depth,
                "label": issue["label"].strip(),
                "statement": issue["statement"],
                "category": issue["category"],
                "s": units(issue["start"]),
                "e": units(issue["end"]),
                "status": issue["status"],
                "deadline": _deadline(issue.get("deadline"), units),
                "measures": [_measure(measure, units) for measure in issue["measures"]],
            }
        )
    return views


def _measure(measure: Mapping[str, Any], units: Units) -> dict[str, Any]:
    return {
        "id": measure["id"],
        "ordinal": measure["ordinal"],
        "s": units(measure["start"]),
        "e": units(measure["end"]),
        "status": measure["status"],
        "entities": measure["entities"],
        "who": _who(measure, units),
        "deadline": _deadline(measure.get("deadline"), units),
        "flags": [flag["message"] for flag in measure.get("flags", ())],
    }


def _who(measure: Mapping[str, Any], units: Units) -> list[dict[str, Any]]:
    """The responsible with the characters that name them; without any they were inferred."""
    links = {link["name"]: link for link in measure.get("responsible_links", ())}
    found = []
    for name in measure["responsible"]:
        link = links.get(name, {"start": None, "end": None, "reason": "按整改单位推定"})
        start, end = link["start"], link["end"]
        place = (None, None) if start is None or end is None else (units(start), units(end))
        found.append({"name": name, "s": place[0], "e": place[1], "reason": link["reason"]})
    return found


def _deadline(deadline: Mapping[str, Any] | None, units: Units) -> dict[str, Any] | None:
    if deadline is None:
        return None
    end = (deadline["value"] or {}).get("end")
    words = deadline["text"] if end is None or end == deadline["text"] else f"{deadline['text']}（{end}）"
    place = {"s": units(deadline["start"]), "e": units(deadline["end"])}
    return {**place, "words": words, "reason": deadline["reason"] or ""}


def _check(check: Mapping[str, Any], units: Units) -> dict[str, Any]:
    verdict = severity_words(check["ok"], check.get("severity"))
    spans = check.get("spans") or ([check] if "start" in check else [])
    return {
        "topic": check_words(check["kind"]),
        "verdict": verdict,
        "level": _LEVELS[verdict],
        "reported": check["reported"],
        "found": check["found"],
        "message": check.get("message", ""),
        "spans": [{"s": units(span["start"]), "e": units(span["end"])} for span in spans],
    }
