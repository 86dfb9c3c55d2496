"""Automatic numbers of a Word file, which are not in its text: 一、 (一) 1. ① and the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = W + "val"
_LEVELS = 9
_MAX_STYLE_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    suffix: str = "tab"
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """Counts through the paragraphs of a document, in their order."""

    lists: dict[str, _List] = field(default_factory=dict)
    styles: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)

    def label_of(self, paragraph: Any) -> str:
        """The number that Word prints before ``paragraph`` (with a space where it needs one), or nothing."""
        list_id, level = self._place(paragraph)
        found = self.lists.get(list_id) if list_id is not None else None
        if found is None or level not in found.levels:
            return ""
        counts = self._advance(list_id or "", found, level)
        definition = found.levels[level]
        if definition.format in ("bullet", "none") and "%" not in definition.text:
            return ""
        label = _printed(definition, found.levels, counts)
        return label + (" " if label[-1:].isalnum() and label[-1:].isascii() else "")

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        properties = paragraph.find(f"{W}pPr/{W}numPr")
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        from_style = self.styles.get(style.get(_VAL, ""), (None, None)) if style is not None else (None, None)
        list_id, level = _num_pr(properties) if properties is not None else (None, None)
        list_id = from_style[0] if list_id is None else list_id
        if level is None:
            level = from_style[1]
        if level is None and style is not None and list_id in self.lists:
            name = style.get(_VAL)
            level = next((at for at, held in self.lists[list_id].levels.items() if held.style == name), None)
        return list_id, level or 0

    def _advance(self, list_id: str, found: _List, level: int) -> dict[int, int]:
        counts = self.counts.setdefault(found.abstract, {})
        for upper in range(level):
            if upper in found.levels and upper not in counts:
                counts[upper] = found.starts.get(upper, found.levels[upper].start)
        if level in found.starts and (list_id, level) not in self.started:
            counts[level] = found.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = found.starts.get(level, found.levels[level].start)
        self.started.add((list_id, level))
        for lower in range(level + 1, _LEVELS):
            restart = found.levels[lower].restart if lower in found.levels else None
            if restart is None or restart > level:
                counts.pop(lower, None)
        return counts


def read_numbering(numbering: Any | None, styles: Any | None) -> Numbering:
    """The lists of numbering.xml and the styles that put a paragraph into one."""
    result = Numbering()
    if numbering is not None:
        abstracts = {
            found.get(W + "abstractNumId", ""): found for found in numbering.findall(W + "abstractNum")
        }
        linked = {_attribute(found, "styleLink"): found for found in abstracts.values()}
        for found in numbering.findall(W + "num"):
            abstract_id = _attribute(found, "abstractNumId") or ""
            abstract = abstracts.get(abstract_id)
            if abstract is None:
                continue
            link = _attribute(abstract, "numStyleLink")
            base = linked.get(link, abstract) if link else abstract
            result.lists[found.get(W + "numId", "")] = _list(found, abstract_id, base)
    if styles is not None:
        result.styles = _styles(styles)
    return result


def _list(found: Any, abstract_id: str, abstract: Any) -> _List:
    levels = {_int(level.get(W + "ilvl")) or 0: _level(level) for level in abstract.findall(W + "lvl")}
    starts: dict[int, int] = {}
    for override in found.findall(W + "lvlOverride"):
        at = _int(override.get(W + "ilvl")) or 0
        if (level := override.find(W + "lvl")) is not None:
            levels[at] = _level(level)
        if (start := _int(_attribute(override, "startOverride"))) is not None:
            starts[at] = start
    return _List(abstract_id, {at: level for at, level in levels.items() if 0 <= at < _LEVELS}, starts)


def _level(element: Any) -> Level:
    start = _int(_attribute(element, "start"))
    return Level(
        start=1 if start is None else start,
        format=_attribute(element, "numFmt") or _alternate_format(element) or "decimal",
        text=_attribute(element, "lvlText") or "",
        restart=_int(_attribute(element, "lvlRestart")),
        legal=element.find(W + "isLgl") is not None,
        suffix=_attribute(element, "suff") or "tab",
        style=_attribute(element, "pStyle"),
    )


def _alternate_format(element: Any) -> str | None:
    """Word wraps formats of its later editions: the fallback within says the plain one."""
    for found in element.iter(W + "numFmt"):
        if (value := found.get(_VAL)) not in (None, "custom"):
            return str(value)
    return None


def _styles(styles: Any) -> dict[str, tuple[str | None, int | None]]:
    own: dict[str, tuple[str | None, int | None]] = {}
    based: dict[str, str | None] = {}
    for style in styles.findall(W + "style"):
        name = style.get(W + "styleId", "")
        properties = style.find(f"{W}pPr/{W}numPr")
        own[name] = _num_pr(properties) if properties is not None else (None, None)
        based[name] = _attribute(style, "basedOn")
    result = {}
    for name in own:
        list_id, level, at, depth = own[name][0], own[name][1], based.get(name), 0
        while at in own and depth < _MAX_STYLE_DEPTH and (list_id is None or level is None):
            list_id = own[at][0] if list_id is None else list_id
            level = own[at][1] if level is None else level
            at, depth = based.get(at), depth + 1
        result[name] = (list_id, level)
    return result


def _num_pr(properties: Any) -> tuple[str | None, int | None]:
    return _attribute(properties, "numId"), _int(_attribute(properties, "ilvl"))


def _attribute(element: Any, name: str) -> str | None:
    found = element.find(W + name)
    return None if found is None else found.get(_VAL)


def _int(value: str | None) -> int | None:
    try:
        return None if value is None else max(-1, min(int(value), 1_000_000))
    except ValueError:
        return None


def _printed(level: Level, levels: dict[int, Level], counts: dict[int, int]) -> str:
    text = level.text
    for at in range(_LEVELS):
        if f"%{at + 1}" in text:
            form = levels[at].format if at in levels else "decimal"
            value = counts.get(at, levels[at].start if at in levels else 1)
            shown = number_text(value, "decimal" if level.legal else form)
            text = text.replace(f"%{at + 1}", shown)
    return text.strip()


_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def number_text(value: int, form: str) -> str:
    """A number as a list format prints it.

    >>> [number_text(n, "chineseCounting") for n in (1, 10, 12, 20, 105)]
    ['一', '十', '十二', '二十', '一百〇五']
    """
    made = _FORMATS.get(form, str)(value) if value >= 0 else str(value)
    return made or str(value)


def _chinese(value: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    if value == 0 or value > 9999:
        return digits[0] if value == 0 else str(value)
    text, zero = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit == 0:
            zero = bool(text)
            continue
        text += (digits[0] if zero else "") + digits[digit] + (units[place - 1] if place else "")
        zero = False
    return text.removeprefix("一") if 10 <= value < 20 and digits is _DIGITS else text


def _roman(value: int) -> str:
    if not 0 < value < 4000:
        return ""
    text = ""
    for number, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += sign * (value // number)
        value %= number
    return text


def _letters(value: int) -> str:
    return chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1) if 0 < value <= 780 else ""


def _from(first: str, last: int) -> Callable[[int], str]:
    return lambda value: chr(ord(first) + value - 1) if 1 <= value <= last else ""


def _circled(value: int) -> str:
    for first, base, last in ((1, 0x2460, 20), (21, 0x3251, 35), (36, 0x32B1, 50)):
        if first <= value <= last:
            return chr(base + value - first)
    return ""


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda value: signs[(value - 1) % len(signs)] if value > 0 else ""


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda value: f"{value:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda value: _letters(value).lower(),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "koreanDigital2": _chinese,
    "chineseLegalSimplified": lambda value: _chinese(value, _LEGAL, "拾佰仟"),
    "ideographLegalTraditional": lambda value: _chinese(value, _LEGAL, "拾佰仟"),
    "ideographDigital": lambda value: "".join(_DIGITS[int(digit)] for digit in str(value)),
    "japaneseDigitalTenThousand": lambda value: "".join(_DIGITS[int(digit)] for digit in str(value)),
    "taiwaneseDigital": lambda value: "".join(_DIGITS[int(digit)] for digit in str(value)),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "decimalFullWidth": lambda value: "".join(chr(0xFF10 + int(digit)) for digit in str(value)),
    "decimalFullWidth2": lambda value: "".join(chr(0xFF10 + int(digit)) for digit in str(value)),
}
