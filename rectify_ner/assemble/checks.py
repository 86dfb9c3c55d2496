"""All checks of one notice in text order."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rectify_ner.assemble.answers import StatedStatus
from rectify_ner.assemble.check import Check
from rectify_ner.assemble.claims import read_claims
from rectify_ner.assemble.counting import Found, counting_checks
from rectify_ner.assemble.days import day_checks
from rectify_ner.assemble.documents import NamedDocument
from rectify_ner.assemble.sentences import read_sentences
from rectify_ner.assemble.sums import sum_checks
from rectify_ner.notice import Outline, Status

if TYPE_CHECKING:
    from rectify_ner.assemble import Parsed

_PARTIAL = re.compile(r"主要(?:整改)?(?:情况|进展|措施|问题)|部分(?:整改|问题)|择要|重点问题整改")
_OPENING = 3000
"""Characters before the first issue in which the notice may say that it prints only the main part."""


def notice_checks(
    parsed: "Parsed",
    states: Sequence[Status],
    stated: Sequence[StatedStatus | None],
    documents: Sequence[NamedDocument],
) -> list[Check]:
    """What the notice claims against what is in it; ``states`` and ``stated`` have one an issue."""
    text, outline = parsed.text, parsed.outline
    sentences = read_sentences(text, parsed.entities, outline)
    groups = read_claims(sentences)
    opening = text[: min(outline.issues[0].start if outline.issues else 0, _OPENING)]
    partial = _PARTIAL.search(opening) is not None
    found = Found(outline, states, bool(stated) and all(stated), documents, partial)
    checks = list(counting_checks(groups, sentences, found)) if outline.issues else []
    checks += sum_checks(sentences, groups)
    checks += day_checks(sentences, parsed.head, parsed.flags, parsed.statuses)
    checks += [Check(flag.kind, False, ((flag.start, flag.end),), flag.message) for flag in parsed.flags]
    checks += _states(outline, parsed.statuses, stated)
    return checks


_WORDS = {"in_progress": "推进中", "planned": "计划中"}


def _states(
    outline: Outline, statuses: Sequence[Status], stated: Sequence[StatedStatus | None]
) -> list[Check]:
    """Measures that say they are under way below a line that says the issue is done."""
    checks = []
    for measure, status in zip(outline.measures, statuses, strict=True):
        line = stated[measure.issue]
        if line is not None and line.status == "done" and status != "done":
            message = f"整改状态写作已完成，所列措施的表述却为{_WORDS[status]}。"
            places = ((line.start, line.end), (measure.start, measure.end))
            checks.append(Check("status", False, places, message))
    return checks
