"""What a notice says of itself as a whole: title, issuer, inspector, period, feedback and publication day.

Two steps, since missing years elsewhere lean on the first: ``read_frame`` finds the printed and signed
days and the inspection period in the words alone, ``read_head`` adds what needs resolved dates.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rectify_ner.normalise.calendar_days import Days, days_of
from rectify_ner.normalise.date_forms import Form, read_form
from rectify_ner.normalise.page import Page, read_page, signed_day
from rectify_ner.normalise.years import Anchor
from rectify_ner.notice import Head, Outline, Span


@dataclass(frozen=True, slots=True)
class Frame:
    """The page with the days that do not depend on any other: None where the notice does not tell."""

    page: Page
    published_on: date | None
    notice_day: date | None
    inspection: Days | None
    inspection_end: int


def read_frame(text: str, folded: str, spans: Sequence[Span], outline: Outline) -> Frame:
    """Find the days everything else is measured against."""
    page = read_page(text, folded, outline)
    signed = signed_day(folded)
    published = page.printed_on or (signed[0] if signed and signed[0] == signed[1] else None)
    notice_day = published or (signed[1] if signed else None) or _latest(folded, spans)
    inspection, end = _inspection(folded, spans, page)
    if page.printed_on is None and page.printed_day is not None and notice_day is not None:
        published = _near(page.printed_day, notice_day) or published
        notice_day = published or notice_day
    return Frame(page, published, notice_day, inspection, end)


def anchor_of(frame: Frame, feedback_on: date | None = None) -> Anchor:
    """The days that dates of the text are resolved against."""
    return Anchor(frame.notice_day, frame.inspection[0] if frame.inspection else None, feedback_on)


def read_head(text: str, folded: str, spans: Sequence[Span], frame: Frame, feedback: date | None) -> Head:
    """Put the head together from the frame, the bodies and the feedback day."""
    page = frame.page
    return Head(
        title=page.title,
        issuer=_issuer(text, folded, spans, page),
        inspector=_inspector(text, folded, spans, page),
        inspection=_iso(frame.inspection) if frame.inspection else None,
        feedback_on=feedback.isoformat() if feedback else None,
        published_on=frame.published_on.isoformat() if frame.published_on else None,
    )


def _iso(days: Days) -> tuple[str, str]:
    return days[0].isoformat(), days[1].isoformat()


def _near(month_day: tuple[int, int], day: date) -> date | None:
    """A page's day without a year lies closest to the day that the notice is signed on."""
    found = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            found.append(date(year, *month_day))
        except ValueError:
            continue
    return min(found, key=lambda other: abs((other - day).days), default=None)


def _latest(folded: str, spans: Sequence[Span]) -> date | None:
    """Where no day is printed or signed: the latest past day the text tells of, plans left out."""
    latest: date | None = None
    for span in spans:
        if span.label != "DATE" or _PLANNED.search(folded, max(0, span.start - 12), span.start):
            continue
        form = read_form(folded[span.start : span.end])
        days = _own_days(form) if form is not None else None
        if (
            days is not None
            and form is not None
            and form.rule == "day"
            and (latest is None or days[1] > latest)
        ):
            latest = days[1]
    return latest


_PLANNED = re.compile(r"将|拟|预计|计划|力争|确保|前")


def _own_days(form: Form) -> Days | None:
    """The days of a form that prints its own year."""
    first, last = form.parts[0], form.parts[-1]
    if first.year is None or last.year is None or first.month_missing:
        return None
    start, end = days_of(first, first.year), days_of(last, last.year)
    return None if start is None or end is None or end[1] < start[0] else (start[0], end[1])


_DAY = r"(?:(?:19|20)\d\d[年./-])?\d{1,2}[月./-]\d{1,2}日?"
_PERIOD = re.compile(
    rf"(?:19|20)\d\d[年./-]\d{{1,2}}[月./-]\d{{1,2}}日?起?\s?(?:至|到|-|—|–|―|－|~){{1,2}}\s?{_DAY}"
)
_PRINTED = re.compile(rf"{_PERIOD.pattern}|(?:(?:19|20)\d\d年)?(?<!\d)\d{{1,2}}月\d{{1,2}}日")
_INSPECTS = re.compile(r"巡[察视]")
_NO_PERIOD = re.compile(r"公示|公布期|公告期|监督(?:时间|期)|受理")


def _inspection(folded: str, spans: Sequence[Span], page: Page) -> tuple[Days | None, int]:
    """The first range of days in a sentence of the opening that speaks of the inspection."""
    for start, end in _ranges(folded, spans, page):
        sentence = _sentence(folded, start, end)
        form = read_form(folded[start:end])
        if form is None or _NO_PERIOD.search(sentence) or not _INSPECTS.search(sentence):
            continue
        days = _own_days(form)
        vague = form.rule in ("month", "month-part") and not _FED_BACK.search(folded, end, end + 40)
        if days is not None and (len(form.parts) == 2 or vague):
            return days, end
    return None, page.opening


def _ranges(folded: str, spans: Sequence[Span], page: Page) -> list[tuple[int, int]]:
    """DATE spans of the opening, neighbours joined by 至, and ranges that no span covers."""
    opening = [span for span in spans if span.label == "DATE" and page.title_end <= span.start < page.end]
    found = [(span.start, span.end) for span in opening]
    for left, right in pairwise(opening):
        if re.fullmatch(r"[起,\s]*(?:至|到|-|—|–|~)+\s*", folded[left.end : right.start]):
            found.append((left.start, right.end))
    found += [match.span() for match in _PERIOD.finditer(folded, page.title_end, page.end)]
    return sorted(found, key=lambda place: (place[0], -place[1]))


def opening_dates(folded: str, spans: Sequence[Span], frame: Frame) -> list[Span]:
    """The DATE spans of the opening, and days there that no span covers."""
    end = frame.page.end
    dates = [span for span in spans if span.label == "DATE" and span.start < end]
    covered = {at for span in dates for at in range(span.start, span.end)}
    for match in _PRINTED.finditer(folded, frame.page.title_end, end):
        if match.start() not in covered and match.end() - 1 not in covered:
            dates.append(Span(match.start(), match.end(), "DATE"))
    return sorted(dates)


def _sentence(folded: str, start: int, end: int) -> str:
    left = max(folded.rfind(mark, max(0, start - 200), start) for mark in "。\n")
    right = min(at if (at := folded.find(mark, end, end + 200)) >= 0 else end + 200 for mark in "。\n")
    return folded[left + 1 : right]


_FED_BACK = re.compile(
    r"反馈(?!(?:意见)?的?(?:整改|问题|具体|\d|[一二三四五六七八九十]))|送达|通报了?巡[察视]"
)
_STOP = re.compile(r"[。\n]")


def feedback_day(folded: str, frame: Frame, days: Mapping[Span, Days | None]) -> date | None:
    """The first single day after the inspection whose own clause speaks of the feedback."""
    opening = [
        (span, found)
        for span, found in days.items()
        if frame.page.title_end <= span.start < frame.page.end and found is not None and found[0] == found[1]
    ]
    opening.sort(key=lambda item: item[0].start)
    passes = [item for item in opening if item[0].start >= frame.inspection_end], opening
    for chosen in passes:
        for number, (span, found) in enumerate(chosen):
            stop = _STOP.search(folded, span.end, span.end + 80)
            end = stop.start() if stop else min(len(folded), span.end + 80)
            if number + 1 < len(chosen):
                end = min(end, chosen[number + 1][0].start)
            if found is not None and _FED_BACK.search(folded, span.end, max(span.end, end)):
                return found[0]
    return None


_FULL_GROUP = re.compile(r"巡[察视].{0,12}组|[察视][一二三四五六七八九十]组|督导组")
_GROUP_WORDS = re.compile(
    r"(?:[一-鿿]{0,24}?(?:委|党组|党委|工委|组织部)(?:[^,。;:《》\s的]{0,16}?)?"
    r"(?:第?[一二三四五六七八九十\d]+[^,。;:\s]{0,10}?巡[察视]组|巡[察视][^,。;:\s]{0,10}?组))"
)


def _inspector(text: str, folded: str, spans: Sequence[Span], page: Page) -> str | None:
    """The inspecting group as first named in the opening, else in the title."""
    bodies = [span for span in spans if span.label == "BODY" and span.start < page.end]
    for low, high in ((page.title_end, page.end), (0, page.title_end)):
        groups = [
            span for span in bodies if low <= span.start < high and _is_group(folded[span.start : span.end])
        ]
        full = [span for span in groups if not re.fullmatch(r"巡[察视]组", folded[span.start : span.end])]
        if full or groups:
            chosen = (full or groups)[0]
            return _tight(text[chosen.start : chosen.end])
    found = _GROUP_WORDS.search(folded, page.title_end, page.end) or _GROUP_WORDS.search(folded, 0, page.end)
    return _tight(text[found.start() : found.end()]) if found else None


def _is_group(name: str) -> bool:
    return _FULL_GROUP.search(name) is not None and name.endswith("组") and "领导小组" not in name


_AFTER_ISSUER = re.compile(
    r"关于|落实|贯彻|对(?=.{0,12}巡[察视])|(?:集中)?(?:巡[察视])?整改|巡[察视]|公[布开示]"
)
_INSPECTING = re.compile(
    r"(?:中共)?(?:[一二三四五六七八九十]+届)?.{0,8}?[省市区县旗州盟]委(?:第[一二三四五六七八九十]+轮)?$|巡[察视]"
)


def _issuer(text: str, folded: str, spans: Sequence[Span], page: Page) -> str | None:
    """The body before 关于 in the title, else a subtitle, else a body named in it, else the signature."""
    title = page.title or ""
    found = _AFTER_ISSUER.search(title)
    if found is not None and found.start() >= 4:
        return title[: found.start()].rstrip("、,，的对")
    if page.subtitle is not None:
        return page.subtitle
    for span in spans:
        name = _tight(text[span.start : span.end])
        inside = page.title_start <= span.start < page.title_end and name in title
        if span.label == "BODY" and inside and not _INSPECTING.search(name):
            return name
    return _signature(text, folded, spans)


def _signature(text: str, folded: str, spans: Sequence[Span]) -> str | None:
    """The last body that has a line for itself near the notice's end."""
    for span in reversed(spans):
        if span.start < len(text) - 600:
            return None
        left, right = _line(folded, span)
        if (
            span.label == "BODY"
            and not folded[left : span.start].strip()
            and not folded[span.end : right].strip()
        ):
            return _tight(text[span.start : span.end])
    return None


def _line(folded: str, span: Span) -> tuple[int, int]:
    right = folded.find("\n", span.end)
    return folded.rfind("\n", 0, span.start) + 1, len(folded) if right < 0 else right


def _tight(name: str) -> str:
    return re.sub(r"\s+", "", name)
