"""What is to be looked at in single measures: nothing verifiable, or the text of another issue's measure."""

import re
from collections.abc import Sequence

from rectify_ner.assemble.check import Check
from rectify_ner.notice import Entity, Outline

MeasureFlag = tuple[str, str]
"""Kind and Chinese sentence."""

_VERIFIABLE = frozenset(("DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT", "BODY"))
_MARKS = re.compile(r"[^\w]+")
_SHORT = 15
"""Characters below which two measures may well share their words."""


def measure_flags(
    text: str, outline: Outline, entities: Sequence[Entity], inside: Sequence[Sequence[int]]
) -> tuple[list[list[MeasureFlag]], list[Check]]:
    """The flags of each measure, and a check for each text that is used again."""
    flags: list[list[MeasureFlag]] = []
    checks: list[Check] = []
    first: dict[str, int] = {}
    for number, measure in enumerate(outline.measures):
        mine: list[MeasureFlag] = []
        if not any(entities[index].label in _VERIFIABLE for index in inside[number]):
            mine.append(("unverifiable", "措施中没有日期、文件、数量或单位可供核实。"))
        start = measure.start + len(measure.ordinal or "")
        key = _MARKS.sub("", text[start : measure.end])
        earlier = first.setdefault(key, number) if len(key) >= _SHORT else number
        other = outline.measures[earlier]
        if other.issue != measure.issue:
            label = outline.issues[other.issue].label or outline.issues[other.issue].statement[:12]
            message = f"措施与问题“{label.strip()}”下的措施文字相同。"
            mine.append(("repeated", message))
            places = ((measure.start, measure.end), (other.start, other.end))
            checks.append(Check("measure_repeated", False, places, message))
        flags.append(mine)
    return flags, checks
