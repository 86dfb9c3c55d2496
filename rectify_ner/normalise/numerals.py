"""Chinese, Arabic and mixed numerals as exact numbers.

``cn2an`` raises on ``0.32万余`` and ``近3.6万``, so the numerals of notices are read here.
"""

import re
from decimal import Decimal
from functools import lru_cache

_SPELLED = ("〇○零", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
DIGITS = {char: value for value, chars in enumerate(_SPELLED) for char in chars}
_SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000, "廿": 20, "卅": 30}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
NUMERAL = "".join((*DIGITS, *_SMALL, *_LARGE))
"""Every character a Chinese numeral is written with."""

_TOKEN = re.compile(r"\d+(?:\.\d+)?|.")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")


@lru_cache(maxsize=1 << 14)
def read_number(text: str) -> Decimal | None:
    """The number that ``text`` spells, or None where it spells none.

    >>> [str(read_number(t)) for t in ("1,200", "三百二", "3万5千", "0.32万", "二〇二三", "百")]
    ['1200', '320', '35000', '3200.00', '2023', '100']
    """
    whole, point, fraction = text.partition("点")
    if point:
        return _spoken_fraction(whole, fraction)
    if _GROUPED.match(text):
        text = text.replace(",", "", text.count(","))
    tokens = _TOKEN.findall(text)
    if not tokens:
        return None
    if len(tokens) > 1 and all(token in DIGITS or token.isdecimal() for token in tokens):
        return Decimal("".join(str(DIGITS.get(token, token)) for token in tokens))
    return _sum(tokens)


def _spoken_fraction(whole: str, fraction: str) -> Decimal | None:
    left = read_number(whole)
    digits = "".join(str(DIGITS.get(char, char)) for char in fraction)
    return left + Decimal(f"0.{digits}") if left is not None and digits.isdecimal() else None


def _sum(tokens: list[str]) -> Decimal | None:
    """Add up sections: 亿 over 万 over 千, 百, 十; a trailing digit counts in the next lower place."""
    total, section, digit, last = Decimal(0), Decimal(0), None, 1
    for token in tokens:
        if token in _LARGE:
            section += digit or 0
            if not section:
                section = total or Decimal(1)
                total = Decimal(0)
            total, section, digit, last = total + section * _LARGE[token], Decimal(0), None, _LARGE[token]
        elif token in _SMALL:
            by = _SMALL[token]
            section += by if by in (20, 30) else (Decimal(1) if digit is None else digit) * by
            digit, last = None, by
        elif token in "零〇○":
            digit, last = Decimal(0), 1
        elif token in DIGITS or token[0].isdecimal():
            if digit:
                return None
            digit = Decimal(DIGITS[token]) if token in DIGITS else Decimal(token)
        else:
            return None
    if digit is None:
        return total + section
    spoken = last >= 100 and len(tokens[-1]) == 1 and tokens[-2] not in "零〇○"
    return total + section + digit * (last // 10 if spoken else 1)
