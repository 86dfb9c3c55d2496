"""What holds of every outline: of any text, and of generated notices of any depth and damage."""

import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rectify_ner.corpus import read_gold
from rectify_ner.notice import Outline
from rectify_ner.outline import build_outline

PROBLEMS = (
    "理论学习不够深入",
    "压力传导不到位，责任悬空",
    "监督检查流于形式",
    "制度执行不严格，存在变通",
    "窗口服务效率低下",
    "项目推进滞后，资金闲置",
    "干部队伍结构不合理",
    "财务审核把关不严",
    "宣传引导缺乏针对性",
    "调查研究走过场",
)
GROUPS = ("落实决策部署方面", "管党治党方面", "队伍建设方面", "服务群众方面")
ACTS = (
    "修订管理办法，明确审批流程",
    "召开专题会议2次，研究解决难题",
    "会同有关部门开展检查，发现隐患7处",
    "举办培训班，培训业务骨干60人次",
    "清退多收费用3万元",
    "组建工作专班，逐项销号",
    "印发学习计划，每月开展研讨",
    "约谈责任人4名",
)
CN = "一二三四五六七八九十"
MARKS = {
    "cn": lambda n: f"{CN[n]}、",
    "cnp": lambda n: f"（{CN[n]}）",
    "ar": lambda n: f"{n + 1}.",
    "arp": lambda n: f"（{n + 1}）",
    "arr": lambda n: f"{n + 1}）",
    "wen": lambda n: f"问题{CN[n]}：",
    "shi": lambda n: f"{CN[n]}是",
    "circ": lambda n: chr(0x2460 + n),
}
LEADS = ("整改情况：", "整改措施及成效：", "整改落实情况：")


@dataclass
class Written:
    """A generated notice with what must be found in it."""

    lines: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    issues: list[tuple[str, str | None]] = field(default_factory=list)
    measures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@st.composite
def notices(draw: st.DrawFn) -> Written:
    """Notices with or without parts, one or two levels of issues, numbers and measures of any kind."""
    written = Written()
    parts = draw(st.booleans())
    if parts:
        written.lines += ["一、整改工作基本情况", "局党组高度重视，召开会议3次。", "二、反馈问题整改落实情况"]
    top = draw(st.sampled_from(["cnp", "cn"] if not parts else ["cnp"]))
    levels = draw(st.sampled_from([("ar",), ("wen",), ("ar", "arp"), ("ar", "arr")]))
    measure = draw(st.sampled_from([kind for kind in ("shi", "circ", "arp", "") if kind not in levels]))
    lead, same_line = draw(st.sampled_from(LEADS)), draw(st.booleans())
    goes_on, count = draw(st.booleans()), 0
    for at in range(draw(st.integers(1, 3))):
        heading = MARKS[top](at) + GROUPS[at]
        written.lines.append(heading)
        written.categories.append(heading)
        for place in range(draw(st.integers(1, 3))):
            number = count if goes_on else place
            count += 1
            parent = MARKS[levels[0]](number) + draw(st.sampled_from(PROBLEMS))
            written.lines.append(parent)
            written.issues.append((parent, None))
            if len(levels) == 1:
                _respond(draw, written, parent, lead, measure, same_line=same_line)
                continue
            for child in range(draw(st.integers(1, 3))):
                below = MARKS[levels[1]](child) + draw(st.sampled_from(PROBLEMS))
                written.lines.append(below)
                written.issues.append((below, parent))
                _respond(draw, written, below, lead, measure, same_line=same_line)
    if parts:
        written.lines += ["三、下一步工作打算", "继续抓好整改。"]
    written.lines += ["联系电话：0000-1234567", "2024年3月1日"]
    return written


def _respond(draw: st.DrawFn, written: Written, issue: str, lead: str, kind: str, *, same_line: bool) -> None:
    count = draw(st.integers(1, 4))
    acts = [draw(st.sampled_from(ACTS)) + "。" for _ in range(count)]
    measures = [MARKS[kind](n) + act for n, act in enumerate(acts)] if kind else acts
    written.measures += [(measure, issue) for measure in measures]
    if same_line and kind:
        written.lines.append(lead + "".join(measures))
    else:
        written.lines += [lead, *measures]


def read(text: str, outline: Outline) -> Written:
    """The outline in the terms of the generator."""
    names = [text[issue.start : issue.end] for issue in outline.issues]
    return Written(
        categories=[text[c.start : c.end] for c in outline.categories],
        issues=[
            (names[at], None if i.parent is None else names[i.parent]) for at, i in enumerate(outline.issues)
        ],
        measures=[(text[m.start : m.end], names[m.issue]) for m in outline.measures],
    )


def assert_sound(text: str, outline: Outline) -> None:
    """Spans lie in the text, in order and apart; what hangs on something lies behind it."""
    spans = sorted(
        [(x.start, x.end) for x in (*outline.categories, *outline.issues, *outline.measures, *outline.fields)]
    )
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    for at, issue in enumerate(outline.issues):
        assert issue.parent is None or issue.parent < at
        assert text[issue.start :].startswith(issue.label)
        assert issue.statement in text[issue.start : issue.end]
    for measure in outline.measures:
        assert outline.issues[measure.issue].end <= measure.start
        behind = [issue.start for issue in outline.issues[measure.issue + 1 :]][:1]
        assert all(measure.end <= start for start in behind)
    for each in (outline.categories, outline.issues, outline.measures, outline.fields, outline.flags):
        starts = [x.start for x in each]
        assert starts == sorted(starts)


PIECES = (
    *"一二三十百是、.()（）12345年月。；：，,:;“”《》【】①② \t\n\r　|",
    *("问题", "整改情况：", "责任单位：", "关于", "针对", "序号", "反馈问题", "整改措施", "不够", "方面"),
    *("二、反馈问题整改落实情况", "下一步", "欢迎", "2023年", "已完成", "第一，", "反馈意见指出，"),
    *("\n1.", "\n（二）", "\n- 3 -\n"),
)
CASES = [read_gold(path).text for path in sorted((Path(__file__).parent / "cases" / "outline").glob("*.xml"))]
FREE_TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=60).map("".join)


@given(FREE_TEXT)
@settings(max_examples=400, deadline=None)
def test_any_text_gives_a_sound_outline(text: str) -> None:
    assert_sound(text, build_outline(text))


@given(st.sampled_from(CASES), st.lists(st.tuples(st.integers(0, 400), st.sampled_from(PIECES)), max_size=12))
@settings(max_examples=200, deadline=None)
def test_a_notice_with_pieces_strewn_in_is_sound(text: str, pieces: list[tuple[int, str]]) -> None:
    for at, piece in pieces:
        text = text[:at] + piece + text[at:]
    assert_sound(text, build_outline(text))


@given(notices())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_generated_notices_are_read_whole(written: Written) -> None:
    outline = build_outline(written.text)
    assert_sound(written.text, outline)
    found = read(written.text, outline)
    assert found.categories == written.categories
    assert found.issues == written.issues
    assert found.measures == written.measures


WIDTHS = (
    str.maketrans("，：；（）！？", ",:;()!?"),
    str.maketrans("（）.：0123456789", "()．:０１２３４５６７８９"),
)


@given(notices(), st.sampled_from(WIDTHS))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_punctuation_of_the_other_width_gives_the_same_tree(written: Written, width: dict[int, int]) -> None:
    first, second = build_outline(written.text), build_outline(written.text.translate(width))
    assert [(x.start, x.end, x.parent) for x in first.issues] == [
        (x.start, x.end, x.parent) for x in second.issues
    ]
    assert [(x.start, x.end, x.issue) for x in first.measures] == [
        (x.start, x.end, x.issue) for x in second.measures
    ]
    assert first.categories == second.categories


@given(notices(), st.sampled_from(["\n\n", "\r\n", "\n　　", " \n\u00a0", "\n \n\t"]))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_other_white_space_gives_the_same_tree(written: Written, between: str) -> None:
    text = between.join(written.lines)
    found = read(text, build_outline(text))
    assert (found.categories, found.issues, found.measures) == (
        written.categories,
        written.issues,
        written.measures,
    )


@given(notices(), st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_number_loses_no_issue(written: Written, data: st.DataObject) -> None:
    """One heading's number is doubled, left out of the count, or loses its bracket: it stays an issue."""
    heading = data.draw(
        st.sampled_from([name for name, _ in written.issues if name[0] in "123456789"] or [""])
    )
    if not heading or written.lines.count(heading) != 1:
        return
    digit, rest = heading[0], heading[1:]
    damaged = data.draw(st.sampled_from([f"{int(digit) + 1}{rest}", f"{max(1, int(digit) - 1)}{rest}"]))
    text = "\n".join(damaged if line == heading else line for line in written.lines)
    outline = build_outline(text)
    assert_sound(text, outline)
    assert len(outline.issues) == len(written.issues)
    assert [text[m.start : m.end] for m in outline.measures] == [measure for measure, _ in written.measures]


LARGE = {
    "one line": "局党组组织学习并完善制度，开展检查。一是整改。" * 43_000,
    "only digits": "1234567890" * 100_000,
    "only brackets of titles": "《" * 1_000_000,
    "only spaces": " " * 1_000_000,
    "only line breaks": "\n" * 1_000_000,
    "only quotation marks": "1.针对" + "“问题" * 300_000,
    "only ordinals": "一是" * 300_000,
    "headings": "".join(f"{at % 900 + 1}.检查不够严格\n" for at in range(100_000)),
    "nested headings": "一、不够\n(一)不够\n1.不够\n(1)不够\n1)不够\n①不够\n" * 17_000,
    "lines without end": "1.检查不够\n一是整改\n" + "没有句号的一行\n" * 100_000,
    "page numbers": "1.检查不够\n一是整改，\n" + "- 3 -\n" * 100_000,
    "table": "序号\n问题\n整改措施\n" + "1\n不够\n整改\n" * 60_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_time_is_linear(name: str) -> None:
    whole = LARGE[name]
    part = whole[: len(whole) // 8]
    before = time.process_time()
    build_outline(part)
    between = time.process_time()
    build_outline(whole)
    after = time.process_time()
    assert after - between <= 24 * (between - before) + 1.0
