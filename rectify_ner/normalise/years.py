"""The year of a date that prints none, from what the notice says around it.

The nearest earlier year in the same measure counts, else in the same issue, else the year that puts the
date between the inspection's start and the notice's day. A year that cannot be meant is passed over: what
is reported lies before the notice, what is planned behind it, and a stretch of past years
(``对2019年至2021年的账目``) dates what was looked into, not when.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from rectify_ner.normalise.calendar_days import Days, days_of, span_of
from rectify_ner.normalise.date_forms import Part, has_year
from rectify_ner.normalise.scope import Place, Scopes
from rectify_ner.notice import Span


@dataclass(frozen=True, slots=True)
class Anchor:
    """The days of the notice that other dates are measured against; None where it does not tell."""

    notice_day: date | None = None
    inspection_start: date | None = None
    feedback_on: date | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """A year for a mention that lacks one, where it was found and the sentence that says so."""

    year: int
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A resolved mention that later ones may lean on; ``year`` is None where it was itself inferred."""

    place: Place
    mention: str
    days: Days
    year: int | None
    is_event: bool
    """Whether it dates an event to a quarter or closer, not a stretch of whole years."""


class YearFinder:
    """Remembers the dates read so far and finds years for those to come."""

    def __init__(self, folded: str, scopes: Scopes, anchor: Anchor) -> None:
        self.folded, self.scopes, self.anchor = folded, scopes, anchor
        self.seen: list[Seen] = []
        self._named: set[date] = set()

    def remember(self, seen: Seen) -> None:
        """Keep a resolved mention for those that follow."""
        self.seen.append(seen)
        self._named.update(seen.days)

    def find(self, parts: tuple[Part, ...], span: Span, place: Place) -> Year | None:
        """The year of a mention, printed or not; None where nothing tells it."""
        part = parts[0]
        if has_year(part):
            year = self.plain_year(part, place)
            return None if year is None else Year(year, *self._relative(part, year))
        planned = self._is_planned(span, place)
        seen = self._stated(place, lambda seen: self._agrees(parts, seen, place, planned))
        if seen is None or seen.year is None:
            return self._window(parts, span, place, planned)
        same = seen.place.measure == place.measure and place.measure is not None
        where, name = ("measure", "同一措施") if same else ("issue", "同一问题")
        return Year(
            seen.year, f"year-from-{where}", f"原文未写年份，取{name}前文“{seen.mention}”的{seen.year}年"
        )

    def near(self, place: Place) -> Seen | None:
        """The mention just before, where it stands in the same paragraph or measure."""
        if not self.seen:
            return None
        before = self.seen[-1]
        near = before.place.paragraph == place.paragraph or (
            place.measure is not None and before.place.measure == place.measure
        )
        return before if near else None

    def last(self, part: Part, year: int, first: Days | None, place: Place) -> Days | None:
        """The days of a range's second part; one that names no year follows the first, over New Year too."""
        if first is None:
            return None
        if has_year(part):
            own = self.plain_year(part, place)
            return None if own is None else self.days(part, own, place, first[0])
        days = self.days(part, year, place, first[0])
        if days is not None and days[1] < first[0]:
            days = self.days(part, year + 1, place, first[0])
        return days

    def days(self, part: Part, year: int, place: Place, after: date | None = None) -> Days | None:
        """The days of a part in ``year``; digits that ran together need one reading that fits."""
        if not part.options:
            return days_of(part, year)
        fitting = [days for day in part.options if (days := span_of(day, day, year, 0))]
        tests: tuple[Callable[[Days], bool], ...] = (
            lambda days: after is None or days[0] >= after,
            lambda days: self._between(days, self.anchor.feedback_on or self.anchor.inspection_start),
        )
        for test in tests:
            kept = [days for days in fitting if test(days)]
            fitting = kept or fitting
        return fitting[0] if len(fitting) == 1 else None

    def whole(self, parts: tuple[Part, ...], year: int, place: Place) -> Days | None:
        """The days of one part or of a range."""
        first = self.days(parts[0], year, place)
        last = first if len(parts) == 1 else self.last(parts[1], year, first, place)
        return (first[0], last[1]) if first is not None and last is not None else None

    def _between(self, days: Days, first: date | None) -> bool:
        last = self.anchor.notice_day
        return (first is None or days[1] >= first) and (last is None or days[0] <= last)

    def plain_year(self, part: Part, place: Place) -> int | None:
        """The year that a part prints, or counts from the notice's year or from the one before it."""
        notice_day = self.anchor.notice_day
        if part.year is not None:
            return part.year
        if part.shift is not None:
            return None if notice_day is None else notice_day.year + part.shift
        if part.back is not None:
            seen = self._stated(place, lambda seen: True)
            base = seen.year if seen is not None else notice_day.year if notice_day is not None else None
            return None if base is None else base + part.back
        return None

    def _relative(self, part: Part, year: int) -> tuple[str, str]:
        if part.shift is not None:
            return "year-from-notice", f"以通报之日所在年份推算为{year}年"
        return ("year-from-context", f"以前文年份推算为{year}年") if part.back is not None else ("", "")

    def _stated(self, place: Place, fits: Callable[[Seen], bool]) -> Seen | None:
        """The nearest earlier mention with a year of its own in the same measure, else the same issue."""
        if place.issue is None:
            return None
        in_issue: Seen | None = None
        for seen in islice(reversed(self.seen), _LOOK_BACK):
            if seen.place.issue != place.issue:
                break
            if seen.year is not None and fits(seen):
                if seen.place.measure == place.measure:
                    return seen
                in_issue = in_issue or seen
        return in_issue

    def _agrees(self, parts: tuple[Part, ...], seen: Seen, place: Place, planned: bool) -> bool:
        """Whether the year of ``seen`` can be meant: what is reported lies before the notice, and a stretch
        of past years (``对2019年至2021年的账目``) dates what was looked into, not when."""
        days = self.whole(parts, seen.year or 0, place)
        if days is None:
            return True
        notice_day, start = self.anchor.notice_day, self.anchor.inspection_start
        if planned:
            return seen.is_event and (notice_day is None or days[1] >= notice_day)
        if notice_day is not None and days[0] > notice_day:
            return False
        follows = seen.is_event and seen.place.measure == place.measure and days[0] >= seen.days[0]
        return follows or start is None or days[1] >= start

    def _window(self, parts: tuple[Part, ...], span: Span, place: Place, planned: bool) -> Year | None:
        """The year that puts the date between the inspection's start and the notice's day."""
        notice_day, start = self.anchor.notice_day, self.anchor.inspection_start
        if notice_day is None:
            before = self.seen[-1] if self.seen else None
            reason = "原文未写年份，取前一日期的年份"
            return None if before is None else Year(before.days[1].year, "year-from-text", reason)
        first_year = min((start or notice_day).year, notice_day.year)
        years = range(first_year - 1, notice_day.year + 2)
        dated = [(year, days) for year in years if (days := self.whole(parts, year, place))]
        if not dated:
            return Year(notice_day.year, "year-from-notice", "原文未写年份，取通报之年")
        if planned:
            year = next((year for year, days in dated if days[1] >= notice_day), dated[-1][0])
            return Year(year, "year-from-plan", f"原文未写年份，所述尚未发生，取通报之后的{year}年")
        if parts[0].rule == "year":
            year = notice_day.year if notice_day.month > 6 else notice_day.year - 1
            return Year(year, "year-from-notice", f"原文未写年份，取通报所回顾的{year}年")
        slack = timedelta(days=_SLACK_DAYS if self.folded[span.end - 1] == "前" else 0)
        if _COMPARED.search(self.folded, max(0, span.start - 1), span.start):
            dated = [(year, days) for year, days in dated if days[1] <= notice_day] or dated
        year = self._choose(dated, place, notice_day + slack)
        return Year(year, "year-from-notice", f"原文未写年份，按巡察开始与通报之日之间推定为{year}年")

    def _choose(self, dated: list[tuple[int, Days]], place: Place, last: date) -> int:
        for first in self._starts(place):
            fitting = [(year, days) for year, days in dated if first <= days[1] and days[0] <= last]
            if fitting:
                return self._narrate(fitting, place)
        past = [year for year, days in dated if days[0] <= last]
        return past[-1] if past else dated[0][0]

    def _starts(self, place: Place) -> list[date]:
        """Measures follow the feedback, everything told follows the inspection's start."""
        feedback = self.anchor.feedback_on if place.issue is not None else None
        return [day for day in (feedback, self.anchor.inspection_start) if day is not None]

    def _narrate(self, fitting: list[tuple[int, Days]], place: Place) -> int:
        """Outside issues a text tells in order: the first year that follows the date just before."""
        if self.seen and place.issue is None:
            before = self.seen[-1].days[0]
            again = [year for year, days in fitting if days[0] == days[1] and days[0] in self._named]
            after = [year for year, days in fitting if days[0] >= before]
            return (again or after or [fitting[-1][0]])[0]
        return fitting[-1][0]

    def _is_planned(self, span: Span, place: Place) -> bool:
        """Whether a date lies ahead: 拟于, 预计 before it, 将 behind it, or it stands in the closing part."""
        lead = _CLAUSE.split(self.folded[max(0, span.start - 80) : span.start])[-1]
        if _PLANNED.search(lead) or self._follows_plan(lead):
            return True
        if _REPORTED.search(lead):
            return False
        if self.folded[span.end - 1] == "前" and _INTENDED.search(lead):
            return True
        if place.issue is None and self.scopes.is_closing(span.start):
            return True
        return _AHEAD.match(self.folded, span.end, span.end + 24) is not None

    def _follows_plan(self, lead: str) -> bool:
        """``将于8月征求意见,9月底前施行``: what follows a future date in one sentence is ahead too."""
        notice_day = self.anchor.notice_day
        if not self.seen or notice_day is None:
            return False
        before = self.seen[-1]
        return before.days[0] > notice_day and before.mention in lead


_LOOK_BACK = 64
"""Mentions looked through for a year; an issue rarely holds more."""
_SLACK_DAYS = 60
"""How far behind the notice's day a deadline (``年底前``) may lie without a word of planning."""
_CLAUSE = re.compile(r"[。;\n]")
_PLANNED = re.compile(
    r"(?:将|拟|预计|预期|计划|力争|力求|争取|确保|准备|打算|预定|定|延|推迟|待|最迟|务必)(?:于|在|到|至|自|从)?$"
    r"|^\s*(?:[一二三四五六七八九十]+是)?(?:下一步|下步|接下来)|待[^,。;]{1,20}后,?于?$"
)
_INTENDED = re.compile(r"拟(?!定)|预计|力争|计划(?:通过|采取|于|由|再|利用)|将(?:于|通过|由|在|继续|再)")
_COMPARED = re.compile(r"[比较]$")
_REPORTED = re.compile(r"(?:截[至止]|已|已于|自|自从|早在)$")
_AHEAD = re.compile(
    r"[^,。;\n将拟]{0,12}(?:拟(?!定)|(?<![现即已])将(?:由|于|在|会|对|继续|再|进行|召开|组织|开展|联合|向|全))"
)
