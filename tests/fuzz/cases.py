"""Cases for the rules layer: texts of every kind with spans, drawn from one source of numbers.

Every generator takes a ``random.Random``: the long run gives one with a fixed seed, hypothesis one that it
can shrink, the coverage-guided harness one that reads the fuzzer's bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from rectify_ner.corpus import read_gold
from rectify_ner.normalise.wordlists import entries
from rectify_ner.notice import LABELS, Span

ROOT = Path(__file__).resolve().parents[2]
SEEDS = Path(__file__).parent / "seeds"


@dataclass(frozen=True, slots=True)
class Case:
    """A text with the spans that a tagger might hand over: in order, apart, none empty."""

    kind: str
    text: str
    spans: tuple[Span, ...] = ()


@cache
def notices() -> tuple[Case, ...]:
    """Annotated notices of the corpus and the small seed texts, in a fixed order."""
    gold = [read_gold(path) for path in sorted((ROOT / "corpus/notices").glob("*.xml"))[:120]]
    seeds = [Case("seed", path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt"))]
    return (*(Case("notice", one.text, tuple(e.span for e in one.entities)) for one in gold), *seeds)


def draw_case(random: Random) -> Case:
    """A case of any kind; most are windows cut from notices and damaged."""
    at = random.randrange(sum(weight for weight, _ in KINDS))
    for weight, make in KINDS:
        if at < weight:
            return make(random)
        at -= weight
    raise AssertionError("unreachable")


def window(random: Random) -> Case:
    """A piece of a notice, cut anywhere, with its gold spans, some of them moved, and damaged."""
    notice = random.choice(notices())
    size = random.randrange(8, 360)
    start = 0 if random.randrange(4) == 0 else random.randrange(max(1, len(notice.text) - 8))
    case = _cut(notice, start, min(len(notice.text), start + size))
    for _ in range(random.randrange(7)):
        case = damaged(case, random)
    return replace(case, kind="window", spans=_moved(case.spans, len(case.text), random))


def whole(random: Random) -> Case:
    """A whole notice with a few damages."""
    case = random.choice(notices())
    for _ in range(random.randrange(1, 12)):
        case = damaged(case, random)
    return replace(case, kind="whole", spans=_moved(case.spans, len(case.text), random))


def soup(random: Random) -> Case:
    """Words of the genre in no order."""
    text = "".join(random.choice(WORDS) for _ in range(random.randrange(1, 60)))
    return Case("soup", text, strewn(text, random))


def unicode(random: Random) -> Case:
    """Characters from anywhere, with those that break programs among them."""
    pieces = [_character(random) for _ in range(random.randrange(1, 120))]
    text = "".join(pieces)
    return Case("unicode", text, strewn(text, random))


def repeated(random: Random) -> Case:
    """One thing over and over."""
    unit = "".join(random.choice(WORDS) for _ in range(random.randrange(1, 4)))
    text = unit * random.randrange(1, 1 + 300 // max(1, len(unit)))
    return Case("repeated", text, strewn(text, random))


def skeleton(random: Random) -> Case:
    """Numbers and lead words in any order, deep or flat, with a few words between."""
    lines = [
        random.choice(MARKS) + random.choice(WORDS) * random.randrange(3) + random.choice(ENDS)
        for _ in range(random.randrange(1, 30))
    ]
    text = "".join(lines)
    return Case("skeleton", text, strewn(text, random))


Maker = Callable[[Random], Case]
KINDS: tuple[tuple[int, Maker], ...] = (
    (600, window),
    (3, whole),
    (140, soup),
    (90, unicode),
    (67, repeated),
    (100, skeleton),
)
"""How many of a thousand cases are of each kind."""

HOSTILE = (
    *("\ud800", "\udfff", "\0", "\x07", "\x1b[31m", "\x7f", "\ufffe", "\uffff", "\U0010ffff", "\U000e0001"),
    *(
        "e\u0301",
        "\u0301" * 9,
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200f",
        "\ufeff",
        "\u00ad",
    ),
    *("\u1680", "\u3000", "\u00a0", "\u2028", "\u2029", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\t"),
    *"😀👨🇨𠮷¹²½٣௩Ⅳ㊀〇ﬁßİⒷⓌⒸ㎡㈠①㉑❶⒈⑴〡卌億𝟙٫，：（⺠⽂",
    "👨\u200d👩\u200d👧",
)
WORDS = (
    *"一二三四五六七八九十百千万亿零两半几余是、.()（）0123456789年月日号。；：，,:;!?“”\"'‘’《》",
    *"〈〉【】[]|-—～/%‰ \t\n",
    *entries("""
        整改情况： 责任单位： 责任人： 整改时限： 整改状态： 已完成 正在推进 长期坚持 立行立改 关于 针对
        问题 不够 不到位 方面 序号 反馈问题 整改措施 完成情况 通报 巡察 市委 第一巡察组 局党组 领导小组
        会同 由 对 将 拟 预计 下一步 其中 共 占 率 其余 印发 修订 制定 《 办法》 （试行） 制度 方案
        2项 36.5万元 98% 百分之五 三分之一 2023年 6月底前 今年 去年同期 至今 2024年3月1日至5月10日
        春节 第三季度 发布时间：2023-06-30 一是 二是 （一） 1. （1） ① 第一， 问题一： 存在问题：
        欢迎广大干部群众 联系电话： （以下简称“区局”） 中共云栖区教育局党组关于巡察整改情况的通报
        首页> 来源： 附件： 亿亿亿 万亿
    """),
    "- 3 -",
)
MARKS = (
    "",
    *entries("""
        一、 （一） 1. 1、 （1） 1） ① 一是 第一， 问题一： 存在问题： 整改情况： ㈠ 责任单位： 整改时限：
        完成情况： 二、 （二） 2. （2） 二是 ② 三是 9. （十 199. 下一步打算
    """),
)
ENDS = ("\n", "。", "。\n", "；", "：\n", "\r", "\r\n", "\u2028", "", "，", "|", "\t", " ")


def _character(random: Random) -> str:
    choice = random.randrange(6)
    if choice < 2:
        return random.choice(HOSTILE)
    if choice == 2:
        return random.choice(WORDS)
    return chr(random.randrange((0x80, 0x3000, 0xA000, 0x110000)[random.randrange(4)]))


def _cut(case: Case, start: int, end: int) -> Case:
    spans = [
        Span(span.start - start, span.end - start, span.label)
        for span in case.spans
        if start <= span.start and span.end <= end
    ]
    return Case(case.kind, case.text[start:end], tuple(spans))


def edited(case: Case, start: int, end: int, new: str) -> Case:
    """``text[start:end]`` replaced; a span that the cut touches is clipped or lost."""
    move = len(new) - (end - start)
    spans = []
    for span in case.spans:
        if span.end <= start:
            spans.append(span)
        elif span.start >= end:
            spans.append(Span(span.start + move, span.end + move, span.label))
        elif span.start < start:
            spans.append(Span(span.start, start, span.label))
        elif span.end > end:
            spans.append(Span(end + move, span.end + move, span.label))
    return Case(case.kind, case.text[:start] + new + case.text[end:], tuple(spans))


def damaged(case: Case, random: Random) -> Case:
    """One damage: a piece deleted, doubled, swapped with the next, cut off, replaced, or one put in."""
    text = case.text
    if not text:
        return edited(case, 0, 0, random.choice(WORDS))
    start = random.randrange(len(text))
    end = min(len(text), start + random.choice((1, 1, 1, 2, 3, 8, 30)))
    if random.randrange(3) == 0:
        start = text.rfind("\n", 0, start) + 1
        end = text.find("\n", end) + 1 or len(text)
    piece, behind = text[start:end], text[end : end + end - start]
    strange, known = random.choice(HOSTILE), random.choice(WORDS)
    edits = (
        (start, end, ""),
        (end, end, piece * random.randrange(1, 4)),
        (start, end + len(behind), behind + piece),
        (start, len(text), ""),
        (0, end, ""),
        (start, end, strange),
        (start, start, strange),
        (start, start, known),
        (start, end, known),
        None,
    )
    edit = random.choice(edits)
    if edit is None:
        return _broken_lines(case, random.choice(("\r", "\r\n", "\u2028", "\x0b", "")))
    return edited(case, *edit)


def _broken_lines(case: Case, end: str) -> Case:
    at = case.text.find("\n")
    while at >= 0:
        case = edited(case, at, at + 1, end)
        at = case.text.find("\n", at + len(end))
    return case


def _moved(spans: Sequence[Span], length: int, random: Random) -> tuple[Span, ...]:
    """The spans as an unsure tagger has them: edges off by some, labels wrong, some missing."""
    found = []
    floor = 0
    for span in spans:
        start, end, label = span.start, span.end, span.label
        way = random.randrange(16)
        if way == 0:
            continue
        if way == 1:
            start += random.randrange(-3, 4)
        elif way == 2:
            end += random.randrange(-3, 4)
        elif way == 3:
            label = random.choice(LABELS)
        start, end = max(floor, start), min(length, end)
        if start < end:
            found.append(Span(start, end, label))
            floor = end
    return tuple(found)


def strewn(text: str, random: Random, *, everywhere: bool = False) -> tuple[Span, ...]:
    """Spans anywhere in a text, a few or from its beginning to its end."""
    found = []
    at = random.randrange(12)
    while at < len(text) and (everywhere or random.randrange(12)):
        end = min(len(text), at + random.choice((1, 2, 3, 5, 8, 13, 70)))
        found.append(Span(at, end, random.choice(LABELS)))
        at = end + random.randrange(12)
    return tuple(found)
