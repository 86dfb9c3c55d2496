"""Counts, sums of money and percentages as numbers.

A range (``3至5名``) has its lower bound as value and is approximate, so that sums never claim more than
the notice does. Indefinite numerals keep the power of ten that is printed: ``数十`` is 10, ``几`` is 2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from rectify_ner.normalise.numerals import DIGITS, NUMERAL, read_number


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as read from a mention; ``value`` is None where the mention holds no number."""

    value: Decimal | None
    approximate: bool
    unit: str
    rule: str
    reason: str = ""


_BEFORE = re.compile(
    r"(?:(?<![等的项点与和及、])不足|不(?:得)?(?:超过|超出|超|低于|少于|小于|高于|多于|大于|到|下于|下|满|过)|超过|超出|突破|逾|低于|高于|少于|多于"
    r"|大于|小于|至少|最多|最少|多达|大约|大概|将近|接近|(?<![最附邻靠])近|(?<![节合签违契履制集预特解续失邀公租])约|超)$"
)
_AFTER = re.compile(r"(?:以[上下内]|之[内上下]|左右|上下|不等|[有]?余(?![额款]))")
_LEAD = re.compile(
    r"(?:大约|约为|约|将近|接近|近|超过|超出|超|突破|逾|达到?|高达|多达|至少|最多|最少|最高|最低|共计?|累计|总?计|上(?=[十百千万亿])"
    r"|成(?=百|千)|不[得]?(?:超过|低于|少于|高于|多于|足|到|下于?|超|满)|[低高少多大小]于|每|各|人民币|[¥￥$])"
)
_LEAPS = re.compile(r"成([百千])上[千万]")
_SOFT_LEAD = re.compile(r"约|近|超|突破|逾|接近|不|于|上|成|至少|最[多少高低]|多达")
_TAIL = re.compile(r"(?:以上|以下|以内|以外|之内|之间|左右|上下|不等|之多|有余|许|开外|之久)$")
_DIGIT = "".join(char for char in DIGITS if char not in "〇○零")
_NUMBER = rf"[\d{NUMERAL}][\d{NUMERAL},.点]*"
_AMOUNT = re.compile(
    rf"(?P<number>{_NUMBER})(?P<more>[余多来几]?)(?P<scale>[十百千万亿]*)(?P<again>[余多来]?)"
)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})(?P<unit>[^\d{NUMERAL}]{{0,4}}?)(?:至|到|-|~|—|–|－|―|、|或)(?P<high>{_NUMBER})"
)
_TWIN = re.compile(
    rf"(?P<head>[\d{NUMERAL}]*?)(?P<low>[{_DIGIT}])(?P<high>[{_DIGIT}])(?P<tail>[十百千万亿]*)$"
)
_VAGUE = re.compile(r"(?P<word>[几数多]|若干|好几)(?P<scale>[十百千万亿]*)(?P<more>[余多]?)")
_PARTS = re.compile(rf"(?P<under>{_NUMBER})分之(?P<over>{_NUMBER}|几)")
_SLASH = re.compile(r"(?P<over>\d+)/(?P<under>\d+)(?!\d)")
_SCALED_UNIT = re.compile(r"[克米瓦伏卡帕赫焦]")
_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_TRUE_UNIT = "瓦伏卡帕赫焦"


def quantity(label: str, mention: str, before: str = "", after: str = "") -> Quantity:
    """Read a folded COUNT, MONEY or PERCENT mention; ``before`` and ``after`` stand next to it."""
    read = _read(label, mention)
    if read.approximate or read.value is None:
        return read
    if _BEFORE.search(before) or _AFTER.match(after):
        return Quantity(read.value, True, read.unit, read.rule, "紧邻的词使该数为约数")
    return read


def printed_unit(unit: str, mention: str, folded: str) -> str:
    """``unit`` as the text prints it, from the mention and its one-to-one fold."""
    at = folded.rfind(unit) if unit else -1
    return unit if at < 0 else mention[at : at + len(unit)]


def as_value(label: str, read: Quantity) -> Mapping[str, Any]:
    """The value mapping of an entity, without a count's ``of``."""
    value: dict[str, Any] = {"value": plain(read.value or Decimal(0)), "approximate": read.approximate}
    if label == "COUNT":
        value = {"value": value["value"], "unit": read.unit, "approximate": value["approximate"], "of": ""}
    return value


def plain(number: Decimal) -> int | float:
    """An int where the number is whole, else a float of at most nine places."""
    return int(number) if number == number.to_integral_value() else round(float(number), 9)


@lru_cache(maxsize=1 << 14)
def _read(label: str, mention: str) -> Quantity:
    text = re.sub(r"[\s“”\"']", "", mention[:_LONGEST]).strip("、,;。:")
    text = _LEAPS.sub(r"\1余", text)
    text, led = _strip_lead(text)
    text, tailed = _strip_tail(text)
    read = {"COUNT": _count, "MONEY": _money, "PERCENT": _percent}[label](text)
    if read.value is None:
        return Quantity(None, True, read.unit, read.rule, "文字中读不出数字")
    if read.value > _GREATEST:
        return Quantity(None, True, read.unit, "unreadable", "数值大到不可能是实数")
    return Quantity(read.value, read.approximate or led or tailed, read.unit, read.rule, read.reason)


def _strip_lead(text: str) -> tuple[str, bool]:
    soft = False
    while found := _LEAD.match(text):
        soft = soft or _SOFT_LEAD.search(found.group()) is not None
        text = text[found.end() :]
    return text, soft


def _strip_tail(text: str) -> tuple[str, bool]:
    found = _TAIL.search(text)
    if found is None or found.start() == 0:
        return text, False
    return text[: found.start()], True


def _count(text: str) -> Quantity:
    read, rest = _amount(text)
    if read.value is None:
        return Quantity(None, True, text, "unreadable")
    value, soft, unit = read.value, read.approximate, rest
    if found := re.match(r"(个|年|天|周|倍|岁)([半多余])", unit):
        value += Decimal("0.5") if found[2] == "半" else 0
        soft = soft or found[2] != "半"
        unit = found[1] + unit[found.end() :]
    unit, tailed = _strip_tail(unit) if unit else (unit, False)
    return Quantity(value, soft or tailed, unit, read.rule, read.reason)


_MINOR = re.compile(r"(?:元|块)(?:(?P<jiao>\d)角|(?P<mao>\d)毛)?(?:(?P<fen>\d)分)?")
_FOREIGN = re.compile(r"美元|欧元|港[元币]|日元|英镑|澳元|卢布")


def _money(text: str) -> Quantity:
    read, rest = _amount(text)
    if read.value is None:
        return read
    value = read.value
    if re.match(r"[角毛](?!度)", rest):
        value = value / 10
    elif found := _MINOR.match(rest):
        value += Decimal(found["jiao"] or found["mao"] or 0) / 10 + Decimal(found["fen"] or 0) / 100
    reason = "外币未折算为人民币" if _FOREIGN.search(rest) else read.reason
    soft = read.approximate or re.search(r"[余多]元?$|左右|以[上下内]", rest) is not None
    return Quantity(value, soft, "", read.rule, reason)


_PERCENT_BASE = {"百": 1, "千": 10, "万": 100}
_SPELLED = re.compile(rf"(?P<base>[百千万])分之(?P<number>{_NUMBER}|[几数])")
_TENTH = re.compile(rf"(?P<whole>{_NUMBER})(?P<more>[多余]?)成(?P<part>[{_DIGIT}半]?)")


def _percent(text: str) -> Quantity:
    if found := _SPELLED.match(text):
        read, rest = _amount(found["number"] + text[found.end() :])
        if read.value is None:
            return Quantity(None, True, "", "per-hundred")
        return Quantity(read.value / _PERCENT_BASE[found["base"]], read.approximate, "", "per-hundred")
    if found := _TENTH.match(text):
        return _tenths(found)
    if text[:2] in ("一半", "过半", "半数"):
        return Quantity(Decimal(50), text != "一半", "", "half")
    read, rest = _amount(re.sub(r"[%‰‱](?=[-~至到—–])", "", text))
    if read.value is None:
        return read
    base = (
        10 if rest.startswith(("‰", "个千分点")) else 100 if rest.startswith(("‱", "个基点", "个BP")) else 1
    )
    rule = "per-thousand" if base == 10 else read.rule if read.rule == "range" else "percent"
    return Quantity(read.value / base, read.approximate, "", rule, read.reason)


def _tenths(found: re.Match[str]) -> Quantity:
    whole, _ = _amount(found["whole"])
    part = Decimal(5) if found["part"] == "半" else Decimal(DIGITS.get(found["part"], 0))
    if whole.value is None:
        return whole
    soft = whole.approximate or bool(found["more"])
    return Quantity(whole.value * 10 + part, soft, "", "tenths", whole.reason)


_LONGEST = 80
_GREATEST = Decimal(10) ** 15
"""More than any notice counts; a run of digits or 亿亿亿 beyond it is damage, and no float holds it."""
_RULES = (_SLASH, _PARTS)


def _amount(text: str) -> tuple[Quantity, str]:
    """The number at the head of ``text`` and what follows it."""
    for pattern in _RULES:
        if found := pattern.match(text):
            under, over = read_number(found["under"]), read_number(found["over"])
            if under and over is not None:
                return Quantity(over / under, False, "", "fraction"), text[found.end() :]
    if found := _RANGE.match(text):
        return _range(found, text)
    if text.startswith("半"):
        return Quantity(Decimal("0.5"), False, "", "half"), text[1:]
    if found := _AMOUNT.match(text):
        return _single(found, text)
    if found := _VAGUE.match(text):
        by = Decimal(1)
        for char in found["scale"]:
            by *= _SCALE[char]
        value = by if found["scale"] else Decimal(2)
        return Quantity(value, True, "", "vague", "原文没有确数，取下限"), text[found.end() :]
    return Quantity(None, True, "", "unreadable"), text


def _single(found: re.Match[str], text: str) -> tuple[Quantity, str]:
    number, more, scale, again = found["number"].rstrip(",."), found["more"], found["scale"], found["again"]
    end = found.start("number") + len(number) if number != found["number"] else found.end()
    if number != found["number"]:
        more = scale = again = ""
    if not more and _SCALED_UNIT.match(text, end) and _is_unit_scale(number, text[end : end + 1]):
        number, end = number[:-1], end - 1
    if number.endswith("两") and len(number) > 1 and number[-2] not in "百千万亿":
        number, end = number[:-1], found.start("number") + len(number) - 1
    number, twin = _lower_of_twins(number)
    value = read_number(number)
    if value is None:
        return Quantity(None, True, "", "unreadable"), text
    for char in scale:
        value *= _SCALE[char]
    rule = "range" if twin else "chinese" if number[0] in NUMERAL else "mixed" if _mixed(number) else "arabic"
    reason = "区间取下限" if twin else ""
    return Quantity(value, bool(more or again or twin), "", rule, reason), text[end:]


def _is_unit_scale(number: str, unit: str) -> bool:
    """Whether the last 千 belongs to the unit: 5千克, 30万千瓦; but 两千米 is two thousand metres."""
    return number[-1:] == "千" and len(number) > 1 and (unit in _TRUE_UNIT or number[-2].isdecimal())


def _mixed(number: str) -> bool:
    return any(char in NUMERAL for char in number)


def _lower_of_twins(number: str) -> tuple[str, bool]:
    """``两三`` is at least 两, ``二三十`` at least 二十, ``十七八`` at least 十七."""
    found = _TWIN.match(number)
    if found is None or found["head"][-1:].isdecimal() or found["head"][-1:] in DIGITS:
        return number, False
    low, high = DIGITS[found["low"]], DIGITS[found["high"]]
    if high - low == 1 or (low, high) == (3, 5):
        return found["head"] + found["low"] + found["tail"], True
    return number, False


def _range(found: re.Match[str], text: str) -> tuple[Quantity, str]:
    rest, _ = (
        _single(match, text[found.start("high") :])
        if (match := _AMOUNT.match(text[found.start("high") :]))
        else (Quantity(None, True, "", "unreadable"), "")
    )
    low, tail = read_number(found["low"].rstrip(",.")), text[found.end() :]
    if match:
        tail = _single(match, text[found.start("high") :])[1]
    if low is None or rest.value is None:
        return Quantity(None, True, "", "unreadable"), text
    scale = re.search(r"[万亿]+$", found["high"])
    if scale and not re.search(r"[万亿]", found["low"]) and not found["unit"]:
        for char in scale.group():
            low *= _SCALE[char]
    return Quantity(min(low, rest.value), True, "", "range", "区间取下限"), tail
