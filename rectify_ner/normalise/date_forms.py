"""What a date mention says by itself, before its year is looked up anywhere else.

``read_form`` turns a folded mention into a ``Form``: one part, or two for a range. A part has a year, or
a year relative to the notice (今年), or none, and the days of the year it covers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rectify_ner.normalise.calendar_words import NAMED
from rectify_ner.normalise.numerals import read_number

MonthDay = tuple[int, int]
"""Month and day; day 0 is the month's last."""


@dataclass(frozen=True, slots=True)
class Part:
    """One end of a form. ``shift`` counts years from the notice's year, ``back`` from the year in context.

    ``options`` are the readings of month and day digits that ran together, ``names`` the holidays meant,
    ``month_missing`` says that only a day is printed, ``months_from`` counts months from the notice's own.
    """

    rule: str
    first: MonthDay = (1, 1)
    last: MonthDay = (12, 0)
    year: int | None = None
    shift: int | None = None
    back: int | None = None
    carry: int = 0
    names: tuple[str, ...] = ()
    days_off: bool = False
    options: tuple[MonthDay, ...] = ()
    month_missing: bool = False
    months_from: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A mention as one part or a range of two. ``until_notice``: 以来, 至今, 起."""

    parts: tuple[Part, ...]
    until_notice: bool = False

    @property
    def rule(self) -> str:
        name = self.parts[0].rule if len(self.parts) == 1 else "range"
        return f"{name}-since" if self.until_notice else name


_SHIFT = {"今": 0, "本": 0, "去": -1, "前": -2, "明": 1, "后": 2}
_BACK = {"上": -1, "当": 0, "同": 0, "次": 1, "翌": 1, "该": 0}
_TENS = {
    "上旬": (1, 10),
    "上中旬": (1, 20),
    "中旬": (11, 20),
    "中下旬": (11, 0),
    "下旬": (21, 0),
    "初": (1, 10),
    "中": (11, 20),
    "底": (21, 0),
    "末": (21, 0),
    "上半月": (1, 15),
    "下半月": (16, 0),
}
_EDGE = {"初": ((1, 1), (1, 0)), "中": ((6, 1), (7, 0)), "底": ((12, 1), (12, 0)), "末": ((12, 1), (12, 0))}
_SEASON = {"汛期": (6, 9), "春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 2)}
_PLAN = {"十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026, "十六五": 2031}
_MONTHS_FROM = {"本": 0, "这": 0, "上": -1, "下": 1}

_YEAR = (
    r"(?:(?P<year>(?:19|20)\d\d)(?:年度|年|度)?|(?P<short>\d\d)年度?"
    r"|(?P<shift>[今本去前明后])年度?|(?P<back>[上当同次翌该])一?年度?)?"
)
_TENS_RE = r"(?P<tens>上旬|上中旬|中旬|中下旬|下旬|上半月|下半月|初|中|底|末)"
_DAY_NAME = rf"(?P<{{}}>{NAMED})(?:国际|劳动|建军|建党|儿童|妇女|青年)?(?:节日|佳节|节)?"
_BODIES = (
    ("month-part", rf"(?P<month>\d{{1,2}})月份?{_TENS_RE}"),
    ("day", r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?"),
    ("month", r"(?P<month>\d{1,2})月份?(?:全月|整月|内)?"),
    ("quarter", r"第?(?P<quarter>[1-4])季度?"),
    ("quarters", r"前(?P<quarters>[1-4])个?季度"),
    ("months", r"前(?P<months>\d{1,2})个?月"),
    ("rest", r"后(?P<rest>\d{1,2})个?月"),
    ("half", r"(?P<half>[上下])半年度?"),
    ("year-part", r"年?(?P<edge>[初中底末])"),
    ("holiday", _DAY_NAME.format("name") + "(?:" + _DAY_NAME.format("name2") + ")?"),
    ("season", r"(?P<season>汛期|[春夏秋冬](?=[季天]))[季天]?"),
    ("same-period", r"(?P<same>同期)"),
    ("plan", r"(?P<plan>十[二三四五六]五)(?:规划|时期)?"),
    ("year", r"(?:年|全年|整年|年内|内|全|年度|全年度|年度内)?"),
    ("lost-month", r"(?P<month>\d{1,2})"),
    ("damaged", r"(?P<run>\d{2,4})(?P<unit>[日号]?)"),
    ("months-from", r"(?P<months_from>[本这上下])个?月份?"),
    ("tens", _TENS_RE),
    ("bare-day", r"(?P<bare>\d)[日号]"),
)
_POINTS = tuple((rule, re.compile(_YEAR + body + "$")) for rule, body in _BODIES)

_LEAD = re.compile(r"^(?:截至|截止|自从|自|从|于|在|至|到)+(?=.)")
_CLOCK = re.compile(r"(?:T|\s+)\d{1,2}:\d\d.*$|\((?:星期|周).\).*$")
_HOUR = re.compile(r"(?<=[日号])(?:[上下中]午|早上|晚上?|凌晨|\d{1,2}[:时点])\D*[\d:分]*$")
_OPEN = re.compile(r"(?:起?以来|起?至今|到今|迄今|[至到]目前|至现在|来|起|开始|以后|之后)$")
_EDGES = re.compile(r"(?:为止|[之以]?前夕?|前后|左右|止|后|之间|当[天日晚]|里)$")
_OFF = re.compile(r"(?:(?:小长|长)?假期?(?:期间)?|期间|放假期间|假日)$")
_JOIN = re.compile(r"截[至止]|以及|[至到、和与及或]|[-—–―－~]+")
_DATED_EVENT = re.compile(r"(?P<date>(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?)[^\d年月日至到—-]{2,12}$")
"""``2021年换届以来`` counts from the date it begins with."""
_LONGEST = 60
"""A mention longer than this is no date; a tagger may hand over anything."""

_QUOTES = str.maketrans("", "", " \t\r\n\u00a0\u2002\u2003\u3000\"'“”‘’「」")
_CHINESE = re.compile(r"[〇○零一二两三四五六七八九十廿\d]+(?=年|月|日|号|季|个|[至到、和与及]|[-—–―~])")
_DAY_NAMES = frozenset(("五一", "十一", "七一", "八一", "六一", "三八", "五四"))
_BEFORE_DIGITS = (
    (re.compile(r"(?<=\d)[oO](?=\d)"), "0"),
    (re.compile(r"元月"), "1月"),
    (re.compile(r"(?<!\d)2(?=[12]\d年)"), "20"),
    (re.compile(r"(?<=月)两个?月|(?<=[\d一二三四五六七八九十])两个?(?=月)"), ""),
)
_AFTER_DIGITS = (
    (re.compile(r"((?:19|20)\d\d)([-./])(\d{1,2})\2(\d{1,2})(?![\d月])[日号]?"), r"\1年\3月\4日"),
    (re.compile(r"((?:19|20)\d\d)年(\d{1,2})[./](\d{1,2})(?!\d)[日号]?"), r"\1年\2月\3日"),
    (re.compile(r"((?:19|20)\d\d)[-./](0?[1-9]|1[0-2])(?![\d年])月?"), r"\1年\2月"),
    (re.compile(r"(?<![\d年月])(1[0-2]|0?[1-9])[./]([0-3]?\d)(?!\d)[日号]?"), r"\1月\2日"),
)


@lru_cache(maxsize=1 << 14)
def read_form(mention: str) -> Form | None:
    """Parse a folded DATE mention; None where it names no time.

    >>> read_form("2021年10月28日至2022年1月10日").rule, read_form("年底前").parts[0].first
    ('range', (12, 1))
    """
    if len(mention) > _LONGEST:
        return None
    whole = _LEAD.sub("", _spell(_CLOCK.sub("", mention)))
    text, until_notice = _cut(_OPEN, _HOUR.sub("", whole))
    parts = _parts(text)
    if parts is None and (dated := _DATED_EVENT.match(text)):
        parts = _parts(dated["date"])
    return Form(parts, until_notice) if parts else None


def _spell(mention: str) -> str:
    """The mention without spaces and quotation marks, with Arabic digits and 年, 月, 日 throughout."""
    text = mention.translate(_QUOTES)
    for pattern, by in _BEFORE_DIGITS:
        text = pattern.sub(by, text)
    text = _CHINESE.sub(lambda found: _arabic(found.group(), text[found.end() : found.end() + 1]), text)
    for pattern, by in _AFTER_DIGITS:
        text = pattern.sub(by, text)
    return text


def _arabic(word: str, after: str) -> str:
    if word.isascii() or (word in _DAY_NAMES and after not in "年月日号季个"):
        return word
    if word[:4].isascii() and word[:2] in ("19", "20"):
        return word[:4] + _arabic(word[4:], after)
    number = read_number(word)
    return word if number is None else str(int(number))


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    found = pattern.search(text)
    return (text, False) if found is None or found.start() == 0 else (text[: found.start()], True)


def _parts(text: str) -> tuple[Part, ...] | None:
    text, _ = _cut(_EDGES, text)
    point = _point(text)
    if point is not None:
        return (point,)
    pieces = [piece for piece in _JOIN.split(text) if piece]
    if len(pieces) < 2:
        return None
    left, right = _share_unit(_cut(_OPEN, pieces[0])[0], pieces[-1])
    first, last = _point(left), _point(right)
    if first is None or last is None:
        return None
    first = replace(first, days_off=last.days_off and bool(first.names))
    first, last = _share_month(first, last)
    return _share_year(first, last)


_UNIT = re.compile(r"\d+(年度?|月份?|季度?|日|号)")
_ENDS_BARE = re.compile(r"(?:^|年|第)\d{1,2}$")


def _share_unit(left: str, right: str) -> tuple[str, str]:
    """``1至5月`` is 1月 to 5月, ``7月15日至20`` ends on the 20日."""
    if _ENDS_BARE.search(left) and (unit := _UNIT.search(right)):
        left += unit[1]
    if _ENDS_BARE.fullmatch(right) and (units := _UNIT.findall(left)):
        right += units[-1]
    return left, right


def _share_month(first: Part, last: Part) -> tuple[Part, Part]:
    if last.month_missing and not first.month_missing:
        month = first.last[0]
        last = replace(last, first=(month, last.first[1]), last=(month, last.last[1]), month_missing=False)
    elif first.month_missing and not last.month_missing:
        month = last.first[0]
        first = replace(
            first, first=(month, first.first[1]), last=(month, first.last[1]), month_missing=False
        )
    return first, last


def _share_year(first: Part, last: Part) -> tuple[Part, Part]:
    """The end that names no year has the other's; a range that would run backwards crosses New Year."""
    backwards = not (first.options or last.options) and _key(last.last) < _key(first.first)
    if has_year(first) and not has_year(last):
        last = with_year_of(last, first, 1 if backwards else 0)
    elif has_year(last) and not has_year(first):
        first = with_year_of(first, last, -1 if backwards else 0)
    return first, last


def has_year(part: Part) -> bool:
    return (part.year, part.shift, part.back, part.months_from) != (None, None, None, None)


def with_year_of(part: Part, source: Part, by: int) -> Part:
    """``part`` in the year of ``source``, moved by whole years."""
    moved = [None if value is None else value + by for value in (source.year, source.shift, source.back)]
    return replace(part, year=moved[0], shift=moved[1], back=moved[2])


def _key(day: MonthDay) -> tuple[int, int]:
    return day[0], day[1] or 31


def _point(text: str) -> Part | None:
    text, off = _cut(_OFF, text)
    if not text or text == "年":
        return None
    for rule, pattern in _POINTS:
        found = pattern.match(text)
        if found is not None:
            part = _BUILD[rule](rule, found.groupdict())
            if part is not None:
                return replace(_dated(part, found.groupdict()), days_off=off and bool(part.names))
    return None


def _dated(part: Part, got: dict[str, str | None]) -> Part:
    if got["year"] or got["short"]:
        return replace(part, year=int(got["year"] or f"20{got['short']}"))
    if got["shift"] and (got["shift"] != "本" or part.rule != "year"):
        return replace(part, shift=_SHIFT[got["shift"]])
    return replace(part, back=_BACK[got["back"]]) if got["back"] else part


Groups = dict[str, str | None]


def _int(got: Groups, name: str) -> int:
    return int(got[name] or 0)


def _months(rule: str, first: int, last: int, carry: int = 0) -> Part:
    return Part(rule, (first, 1), (last, 0), carry=carry)


def _month_part(rule: str, got: Groups) -> Part:
    month = _int(got, "month")
    first, last = _TENS[got["tens"] or ""]
    return Part(rule, (month, first), (month, last))


def _day(rule: str, got: Groups) -> Part:
    day = (_int(got, "month"), _int(got, "day"))
    return Part(rule, day, day)


def _holiday(rule: str, got: Groups) -> Part:
    return Part(rule, names=tuple(name for name in (got["name"], got["name2"]) if name))


def _damaged(rule: str, got: Groups) -> Part | None:
    run, has_unit = got["run"] or "", bool(got["unit"])
    year = bool(got["year"])
    if len(run) == 2 and not year and has_unit and int(run) <= 31:
        return _bare_day("day", int(run))
    if not year and not has_unit:
        return None
    options = tuple(dict.fromkeys(_readings(run)))
    if len(options) == 1:
        return Part(rule, options[0], options[0])
    return Part(rule, options=options) if options else None


def _readings(run: str) -> Iterator[MonthDay]:
    """Every month and day that the digits can be split into: ``118`` is 1-18 or 11-8, ``0718`` 7-18."""
    for at in (1, 2):
        month, day = run[:at], run[at:]
        padded = len(run) == 4 and at == 2
        if 1 <= len(day) <= 2 and (padded or day[0] != "0") and 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield int(month), int(day)


def _bare_day(rule: str, day: int) -> Part:
    return Part(rule, (0, day), (0, day), month_missing=True)


def _tens(rule: str, got: Groups) -> Part:
    first, last = _TENS[got["tens"] or ""]
    return Part(rule, (0, first), (0, last), month_missing=True)


_BUILD: dict[str, Callable[[str, Groups], Part | None]] = {
    "month-part": _month_part,
    "day": _day,
    "month": lambda rule, got: _months(rule, _int(got, "month"), _int(got, "month")),
    "lost-month": lambda rule, got: (
        _months("damaged", _int(got, "month"), _int(got, "month"))
        if (got["year"] or got["shift"]) and 1 <= _int(got, "month") <= 12
        else None
    ),
    "quarter": lambda rule, got: _months(rule, _int(got, "quarter") * 3 - 2, _int(got, "quarter") * 3),
    "quarters": lambda rule, got: _months(rule, 1, _int(got, "quarters") * 3),
    "months": lambda rule, got: _months(rule, 1, _int(got, "months")),
    "rest": lambda rule, got: _months(rule, 13 - _int(got, "rest"), 12),
    "half": lambda rule, got: _months(rule, 1, 6) if got["half"] == "上" else _months(rule, 7, 12),
    "year-part": lambda rule, got: Part(rule, *_EDGE[got["edge"] or ""]),
    "holiday": _holiday,
    "season": lambda rule, got: _months(
        rule, *_SEASON[got["season"] or ""], carry=int(got["season"] == "冬")
    ),
    "same-period": lambda rule, got: Part(rule),
    "plan": lambda rule, got: Part(rule, year=_PLAN[got["plan"] or ""], carry=4),
    "year": lambda rule, got: Part(rule),
    "damaged": _damaged,
    "bare-day": lambda rule, got: _bare_day("day", _int(got, "bare")),
    "months-from": lambda rule, got: Part(rule, months_from=_MONTHS_FROM[got["months_from"] or ""]),
    "tens": _tens,
}
