"""Where in the notice a place lies: which measure, issue and paragraph hold it."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from rectify_ner.notice import Outline

_BREAK = re.compile(r"\n")
_SITE = re.compile(r"\n[^\S\n]*(?:上一[篇条]|下一[篇条]|主办|版权|相关(?:链接|阅读|文章|信息)|【?打印)")


@dataclass(frozen=True, slots=True)
class Place:
    """The measure and the issue as indices into the outline (None outside), the paragraph by its start."""

    measure: int | None
    issue: int | None
    paragraph: int


class Scopes:
    """Looks places up in the outline; one look-up costs a bisection."""

    def __init__(self, text: str, outline: Outline) -> None:
        self._outline = outline
        self._measures = [measure.start for measure in outline.measures]
        self._issues = [issue.start for issue in outline.issues]
        self._ends = _issue_ends(outline)
        self._closing = max(self._ends, default=len(text))
        site = _SITE.search(text, self._closing)
        self._site = site.start() if site else len(text)
        self._lines = [0, *(found.end() for found in _BREAK.finditer(text))]

    def is_closing(self, at: int) -> bool:
        """Whether ``at`` lies behind the last issue and its measures: the part on further steps."""
        return self._closing <= at < self._site

    def of(self, at: int) -> Place:
        """The place of the character at ``at``."""
        line = self._lines[bisect_right(self._lines, at) - 1]
        number = bisect_right(self._measures, at) - 1
        if number >= 0 and at < self._outline.measures[number].end:
            return Place(number, self._outline.measures[number].issue, line)
        number = bisect_right(self._issues, at) - 1
        return Place(None, number if number >= 0 and at < self._ends[number] else None, line)


def _issue_ends(outline: Outline) -> list[int]:
    """An issue's text runs from its heading to the end of its last measure or field."""
    ends = [issue.end for issue in outline.issues]
    for measure in outline.measures:
        ends[measure.issue] = max(ends[measure.issue], measure.end)
    for value in outline.fields:
        ends[value.issue] = max(ends[value.issue], value.end)
    return ends
