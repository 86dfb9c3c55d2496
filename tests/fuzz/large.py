"""Large texts that would show a stage that is not linear, or one that keeps too much."""

from collections.abc import Callable, Mapping
from random import Random

from .cases import Case, strewn

Make = Callable[[int], str]


def _filled(unit: str) -> Make:
    return lambda size: unit * (size // len(unit))


def _counted(shape: str, last: int) -> Make:
    def make(size: int) -> str:
        length = len(shape.format(n=last))
        return "".join(shape.format(n=at % last + 1) for at in range(size // length))

    return make


LARGE: Mapping[str, Make] = {
    "headings": _counted("{n}.学习不够\n", 300),
    "headings-nested": _filled("一、\n（一）\n1.\n（1）\n①\n一是\n"),
    "headings-in-line": _filled("（一）一、1.（1）①一是"),
    "one-line": _filled("开展整改工作"),
    "one-line-of-measures": _filled("一是制定《办法》2项，完成整改。"),
    "digits": _filled("1"),
    "heading-of-digits": lambda size: "一、" + "1" * (size - 2),
    "heading-of-marks": lambda size: "1." + "“" * (size - 2),
    "measure-of-digits": lambda size: "1.不够\n一是" + "1" * (size - 7),
    "opening-mark": _filled("《"),
    "closing-mark": _filled("》"),
    "pauses": _filled("、"),
    "first": _filled("一是"),
    "first-sentences": _filled("。一是"),
    "numerals": _filled("一"),
    "large-numerals": _filled("亿"),
    "brackets": _filled("（"),
    "quotes": _filled("“"),
    "spaces": lambda size: "问" + " " * (size - 2) + "题",
    "blank-lines": lambda size: "问" + "\n" * (size - 2) + "题",
    "short-lines": _filled("甲\n"),
    "carriage-returns": _filled("一、问题\r"),
    "bars": _filled("甲|"),
    "tabs": _filled("甲\t"),
    "table-rows": _filled("序号|问题|措施|情况\n1|甲问题不够|已整改措施|完成\n"),
    "table-lines": _counted("{n}\n不够\n已印发\n完成\n", 999),
    "table-headers": _filled("序号\n问题\n整改措施\n完成情况\n"),
    "fields": _filled("责任单位：甲\n"),
    "fields-in-line": _filled("责任单位："),
    "leads": _filled("整改情况：\n"),
    "leads-in-line": _filled("整改情况："),
    "tags": _filled("存在问题：\n"),
    "issues": _filled("1.问题不够\n整改情况：\n一是修订办法。\n"),
    "bare-headings": _filled("学习不够方面\n整改情况：\n"),
    "wrapped": _filled("针对关于的问题"),
    "plans": _filled("将要巡察整改"),
    "parts-of-sums": _filled("其中1个，"),
    "rates": _filled("率100%，"),
    "dates": _filled("2020年1月1日至"),
    "pages": _filled("- 1 -\n"),
    "titles": _filled("关于巡察整改情况的通报\n"),
    "site-line": _filled("巡察>"),
    "declared": _filled("（以下简称“"),
    "committees": _filled("委巡察"),
    "emoji": _filled("😀"),
    "nul": _filled("\0"),
    "marks-that-combine": _filled("\u0301"),
    "right-to-left": _filled("\u202e问"),
}
"""A text of about the given number of characters by its name."""


def large_case(name: str, size: int) -> Case:
    """The text of that name with spans strewn all over it."""
    text = LARGE[name](size)
    return Case(name, text, strewn(text, Random(size), everywhere=True))
