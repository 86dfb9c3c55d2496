"""A fold of characters that keeps every offset: one character in, one character out."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_RANGES = (
    (0x2E80, 0x2FDF),  # radicals that pages printed from a browser put in place of characters
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE10, 0xFE6F),  # vertical and small forms of punctuation
    (0xFF00, 0xFFEF),  # full-width and half-width forms
)
_SPACES = "\u00a0\u1680\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))
_RADICALS = dict(
    zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
"""Radicals of the supplement, which normal forms leave alone."""


def fold(text: str) -> str:
    """The text with full-width forms made half-width and every wide space a space; ``len`` is kept.

    Quotation marks, ``。``, ``、``, brackets of titles, tabs and line breaks stay, and so do circled and
    bracketed numbers (``①``, ``㈠``), exponents and units (``㎡``), which a normal form would spell out.

    >>> fold("（1）２０２３年，①完成：３㎡")
    '(1)2023年,①完成:3㎡'
    """
    return _mapped(text, _TABLE)


LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Every character at which a line may end; a text may be broken by any of them alone."""
_TO_LINE_FEED = dict.fromkeys(map(ord, LINE_BREAKS), "\n")


@lru_cache(maxsize=2)
def fold_lines(text: str) -> str:
    """The fold with every line break as LF, still one to one; the rules look for LF alone.

    >>> fold_lines("一、问题\\r㈠，\\u2028")
    '一、问题\\n㈠,\\n'
    """
    return _mapped(text, _TABLE_OF_LINES)


def _mapped(text: str, table: dict[int, str]) -> str:
    """``text.translate(table)``; a long text holds few different characters, each replaced at once."""
    if len(text) >= _LONG:
        found = [char for char in set(text) if ord(char) in table]
        if len(found) <= _FEW:
            for char in found:
                text = text.replace(char, table[ord(char)])
            return text
    return text.translate(table)


def _pairs() -> Iterator[tuple[int, str]]:
    for space in _SPACES:
        yield ord(space), " "
    for first, last in _RANGES:
        for code in range(first, last + 1):
            normal = unicodedata.normalize("NFKC", chr(code))
            normal = _RADICALS.get(normal, normal)
            if len(normal) == 1 and normal != chr(code) and chr(code) not in _SPACES:
                yield code, normal


_TABLE = dict(_pairs())
_TABLE_OF_LINES = _TABLE | _TO_LINE_FEED
_LONG, _FEW = 300, 60
