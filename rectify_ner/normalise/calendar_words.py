"""Holidays and other named days of a year, and the public holidays around them.

The days come from the ``holidays`` library: it knows the lunar days of any year and the State Council's
published rest days and shifted workdays from 2001 on; no clock and no network are involved.
"""

from datetime import date, timedelta
from functools import lru_cache

_FIXED = {
    (1, 1): "元旦 新年",
    (3, 8): "三八 妇女节",
    (3, 12): "植树节",
    (5, 1): "五一 劳动节",
    (5, 4): "五四 青年节",
    (5, 12): "护士节",
    (6, 1): "六一 儿童节",
    (6, 5): "世界环境日",
    (7, 1): "七一 建党节",
    (8, 1): "八一 建军节",
    (9, 10): "教师节",
    (10, 1): "十一 国庆",
    (11, 8): "记者节",
    (12, 4): "国家宪法日 宪法日",
    (12, 9): "国际反腐败日",
    (12, 13): "国家公祭日",
}
FIXED_DAYS = {name: day for day, names in _FIXED.items() for name in names.split()}
LUNAR_DAYS: dict[str, tuple[str, int]] = {
    "除夕": ("春节", -1),
    "春节": ("春节", 0),
    "新春": ("春节", 0),
    "元宵": ("春节", 14),
    "清明": ("清明节", 0),
    "端午": ("端午节", 0),
    "中秋": ("中秋节", 0),
}
"""Name → the statutory holiday it counts from and the days between."""
_DAYS_OFF = {"元旦", "新年", "五一", "劳动节", "十一", "国庆", *LUNAR_DAYS} - {"元宵"}
NAMED = "|".join(sorted((*FIXED_DAYS, *LUNAR_DAYS), key=len, reverse=True))
"""A regular expression for the names of days, longest first."""


def named_day(name: str, year: int) -> date | None:
    """The day of a holiday, or None for a year whose lunar days are not known.

    >>> named_day("春节", 2023)
    datetime.date(2023, 1, 22)
    """
    if name in FIXED_DAYS:
        return date(year, *FIXED_DAYS[name])
    anchor, shift = LUNAR_DAYS[name]
    first = _statutory(year).get(anchor)
    return first + timedelta(days=shift) if first is not None else None


def public_holiday(name: str, year: int) -> tuple[date, date] | None:
    """The days off around a holiday as the State Council published them, the day alone where it is none.

    None where the year's arrangement is not known.

    >>> [day.isoformat() for day in public_holiday("春节", 2023)]
    ['2023-01-21', '2023-01-27']
    """
    day = named_day(name, year)
    if day is not None and (name not in _DAYS_OFF or not _is_off(day)):
        return day, day
    if day is None or not 2001 <= year <= _last_published():
        return None
    start = end = day
    while _is_off(start - timedelta(days=1)):
        start -= timedelta(days=1)
    while _is_off(end + timedelta(days=1)):
        end += timedelta(days=1)
    return start, end


@lru_cache(maxsize=256)
def _year(year: int) -> tuple[dict[date, str], frozenset[date]]:
    from holidays.countries.china import China

    calendar = China(years=year, language="zh_CN")  # type: ignore[no-untyped-call]
    return dict(calendar), frozenset(calendar.weekend_workdays)


@lru_cache(maxsize=256)
def _statutory(year: int) -> dict[str, date]:
    """The first day of each statutory holiday by its plain name."""
    first: dict[str, date] = {}
    for day, names in sorted(_year(year)[0].items()):
        for name in names.split("; "):
            first.setdefault(name.removesuffix("（推定）"), day)
    return first


@lru_cache(maxsize=1)
def _last_published() -> int:
    from holidays.countries.china import ChinaStaticHolidays

    return max(ChinaStaticHolidays.special_public_holidays)


def _is_off(day: date) -> bool:
    off, workdays = _year(day.year)
    return day in off or (day.weekday() >= 5 and day not in workdays)
