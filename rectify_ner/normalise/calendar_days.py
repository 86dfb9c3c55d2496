"""The days of the calendar that one part of a date covers in a given year."""

from datetime import date, timedelta

from rectify_ner.normalise.calendar_words import named_day, public_holiday
from rectify_ner.normalise.date_forms import MonthDay, Part

Days = tuple[date, date]
"""First and last day, both inclusive."""


def days_of(part: Part, year: int) -> Days | None:
    """The days of a part in ``year``; None where the calendar has no such day."""
    return _holiday(part, year) if part.names else span_of(part.first, part.last, year, part.carry)


def _day(day: MonthDay, year: int) -> date | None:
    month, number = day
    if not 1 <= month <= 12 or not 1900 <= year <= 2200:
        return None
    if number == 0:
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    try:
        return date(year, month, number)
    except ValueError:
        return None


def span_of(first: MonthDay, last: MonthDay, year: int, carry: int) -> Days | None:
    """From one day of ``year`` to one of the year ``carry`` later; None where either does not exist."""
    start, end = _day(first, year), _day(last, year + carry)
    return None if start is None or end is None else (start, end)


def _holiday(part: Part, year: int) -> Days | None:
    found: list[Days] = []
    for name in part.names:
        day = named_day(name, year)
        days = public_holiday(name, year) if part.days_off else None if day is None else (day, day)
        if days is None:
            return None
        found.append(days)
    return min(days[0] for days in found), max(days[1] for days in found)


def in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
