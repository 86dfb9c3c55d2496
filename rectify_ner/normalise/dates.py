"""Dates on the calendar: every DATE mention of a notice as first and last day.

No clock is read: what stands in the notice is all there is. What cannot be resolved stays None and is
flagged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rectify_ner.fold import LINE_BREAKS
from rectify_ner.normalise.calendar_days import Days, in_year, span_of
from rectify_ner.normalise.date_forms import Form, Part, has_year, read_form
from rectify_ner.normalise.scope import Place, Scopes
from rectify_ner.normalise.years import Anchor, Seen, Year, YearFinder
from rectify_ner.notice import Flag, Span

_ON_ONE_LINE = dict.fromkeys(map(ord, LINE_BREAKS), " ")


@dataclass(frozen=True, slots=True)
class Dated:
    """A DATE span with its days (None unresolved), the rule that found them and why."""

    span: Span
    days: Days | None
    rule: str
    reason: str = ""


class DateResolver:
    """Resolves the DATE mentions of one notice in text order."""

    def __init__(self, text: str, folded: str, scopes: Scopes, anchor: Anchor) -> None:
        self.text, self.folded, self.scopes, self.anchor = text, folded, scopes, anchor
        self.years = YearFinder(folded, scopes, anchor)
        self.flags: list[Flag] = []

    def resolve(self, spans: Sequence[Span]) -> Iterator[Dated]:
        """One result a span; the spans come in text order."""
        for span in spans:
            form = read_form(self.folded[span.start : span.end])
            place = self.scopes.of(span.start)
            dated = self._unread(span) if form is None else self._resolve(span, form, place)
            if dated.days is not None and form is not None:
                mention = self.text[span.start : span.end]
                is_event = form.parts[0].rule not in ("year", "plan") and not form.until_notice
                year = _stated_year(form, dated.days)
                self.years.remember(Seen(place, mention, dated.days, year, is_event))
            yield dated

    def _unread(self, span: Span) -> Dated:
        return self._fail(span, "unreadable", "读不出日期")

    def _fail(self, span: Span, rule: str, reason: str) -> Dated:
        mention = self.text[span.start : span.end].translate(_ON_ONE_LINE)
        self.flags.append(Flag(f"date-{rule}", span.start, span.end, f"“{mention}”{reason}，日期留空。"))
        return Dated(span, None, rule, reason)

    def _resolve(self, span: Span, form: Form, place: Place) -> Dated:
        parts = tuple(self._complete(part, place) for part in form.parts)
        if any(part is None for part in parts):
            damaged = any(part.options for part in form.parts)
            reason = "缺字，读法不止一种" if damaged else "没有月份，前文也没有可依的日期"
            return self._fail(span, "unresolved", reason)
        whole = tuple(part for part in parts if part is not None)
        found = self.years.find(whole, span, place)
        if found is None:
            return self._fail(span, "unresolved", "没有年份，上下文也定不了年份")
        if whole[0].rule == "same-period":
            return self._same_period(span, found, place)
        first = self.years.days(whole[0], found.year, place)
        last = first if len(whole) == 1 else self.years.last(whole[1], found.year, first, place)
        if first is None or last is None:
            return self._fail(span, "impossible", "在历上不存在或读法不止一种")
        rule, reason = self._evidence(form, whole, found)
        if last[1] < first[0]:
            return self._fail(span, "reversed", "止日早于起日")
        return self._close(span, form, (first[0], last[1]), rule, reason)

    def _evidence(self, form: Form, parts: tuple[Part, ...], found: Year) -> tuple[str, str]:
        rule = form.rule if not found.source else f"{form.rule}/{found.source}"
        month = "月份取自前一日期" if form.parts[0].month_missing else ""
        damaged = "原文缺字，按唯一合理的读法" if any(part.rule == "damaged" for part in parts) else ""
        return rule, _join(month, damaged, found.reason)

    def _close(self, span: Span, form: Form, days: Days, rule: str, reason: str) -> Dated:
        if not form.until_notice:
            return Dated(span, days, rule, reason)
        notice_day = self.anchor.notice_day
        if notice_day is None:
            return self._fail(span, "unresolved", "止于通报之日，而通报没有日期")
        if notice_day < days[0]:
            return Dated(span, days, rule, _join(reason, "起点在通报之后，止日取本身的末日"))
        return Dated(span, (days[0], notice_day), rule, _join(reason, f"止日取通报之日{notice_day}"))

    def _complete(self, part: Part, place: Place) -> Part | None:
        """A bare day (``11日``) has month and year of the date just before it in the same paragraph."""
        if part.months_from is not None:
            return self._relative_month(part)
        if part.options and not has_year(part):
            return self._one_reading(part)
        if not part.month_missing:
            return part
        before = self.years.near(place)
        if before is None or has_year(part):
            return None
        day = before.days[1]
        return replace(
            part,
            first=(day.month, part.first[1]),
            last=(day.month, part.last[1]),
            year=day.year,
            month_missing=False,
        )

    def _one_reading(self, part: Part) -> Part | None:
        """The one reading of run-together digits that lies between feedback and publication."""
        first, last = self.anchor.feedback_on or self.anchor.inspection_start, self.anchor.notice_day
        if first is None or last is None:
            return part
        fitting = [
            (day, year)
            for year in range(first.year, last.year + 1)
            for day in part.options
            if (days := span_of(day, day, year, 0)) and first <= days[0] <= last
        ]
        if len(fitting) != 1:
            return None if fitting else part
        day, year = fitting[0]
        return replace(part, first=day, last=day, options=(), year=year)

    def _relative_month(self, part: Part) -> Part | None:
        notice_day = self.anchor.notice_day
        if notice_day is None or part.months_from is None:
            return None
        months = notice_day.year * 12 + notice_day.month - 1 + part.months_from
        month = months % 12 + 1
        return replace(part, first=(month, 1), last=(month, 0), year=months // 12, months_from=None)

    def _same_period(self, span: Span, found: Year, place: Place) -> Dated:
        """``去年同期``: the days of the date just before, in that year."""
        before = self.years.near(place)
        if before is None:
            return self._fail(span, "unresolved", "前文没有可比的时段")
        move = found.year - before.days[0].year
        days = tuple(in_year(day, day.year + move) for day in before.days)
        reason = _join(found.reason, f"同期取自前文“{before.mention}”")
        return Dated(span, (days[0], days[1]), "same-period", reason)


def _join(*reasons: str) -> str:
    return "；".join(reason for reason in reasons if reason)


def _stated_year(form: Form, days: Days) -> int | None:
    """The year a mention prints, 今年 included; the last one of a range."""
    part = form.parts[-1]
    if part.year is not None and part.rule != "plan":
        return part.year + part.carry
    return days[0].year if part.shift == 0 else None
