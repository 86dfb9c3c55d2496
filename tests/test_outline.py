"""The outline of each layout, of damaged notices, and what it says of fields, statements and odd numbers."""

from pathlib import Path

import pytest

from rectify_ner.corpus import read_gold
from rectify_ner.notice import Outline
from rectify_ner.outline import build_outline

CASES = sorted((Path(__file__).parent / "cases" / "outline").glob("*.xml"))


def headings(outline: Outline) -> list[tuple[int, int, str, tuple[int, int] | None]]:
    spans = [(issue.start, issue.end) for issue in outline.issues]
    return [
        (issue.start, issue.end, issue.label, None if issue.parent is None else spans[issue.parent])
        for issue in outline.issues
    ]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_layout(path: Path) -> None:
    gold = read_gold(path)
    found = build_outline(gold.text)
    assert [gold.text[c.start : c.end] for c in found.categories] == [
        gold.text[c.start : c.end] for c in gold.outline.categories
    ]
    assert headings(found) == headings(gold.outline)
    assert found.measures == gold.outline.measures


STATEMENTS = (
    ("1.学习不够深入", "学习不够深入"),
    ("1.学习不够深入。", "学习不够深入"),
    ("(1)针对“会议记录不全”问题。", "会议记录不全"),
    ("(1)针对“会议记录不全。”问题。", "会议记录不全"),
    ("(1)针对在服务基层上用力不足的问题。", "在服务基层上用力不足"),
    ("1.关于“压力传导不到位”的问题", "压力传导不到位"),
    ("1.关于压力传导不到位的问题", "压力传导不到位"),
    ("1.关于“压力传导不到位”问题的整改", "压力传导不到位"),
    ("1.关于“压力传导不到位”问题的整改情况", "压力传导不到位"),
    ("1.关于“‘一岗双责’落实不力”的问题。", "‘一岗双责’落实不力"),
    ("问题一：执法检查走过场。", "执法检查走过场"),
    ("问题3:执法检查走过场", "执法检查走过场"),
    ("1.反馈意见指出，食堂管理混乱。", "食堂管理混乱"),
    ("1.存在问题：食堂管理混乱。", "食堂管理混乱"),
    ("【问题】食堂管理混乱。", "食堂管理混乱"),
    ("存在问题：食堂管理混乱。", "食堂管理混乱"),
    ("1.“重建设、轻管理”现象仍然存在", "“重建设、轻管理”现象仍然存在"),
    ("1)项目推进迟缓；", "项目推进迟缓"),
    ("1.“合同管理缺位”的问题", "合同管理缺位"),
    ("1.针对“合同管理缺位，“一签了之”时有发生。", "合同管理缺位，“一签了之”时有发生"),
    ("1.关于合同管理缺位，台账不全。", "合同管理缺位，台账不全"),
    ("1.“合同管理缺位”整改情况", "合同管理缺位"),
    ("1.合同管理缺位整改情况", "合同管理缺位"),
    ("1.办公用房超标问题", "办公用房超标问题"),
    ("1.针对会议记录不全”问题。", "会议记录不全"),
)


@pytest.mark.parametrize(("heading", "statement"), STATEMENTS)
def test_statement(heading: str, statement: str) -> None:
    text = f"{heading}\n整改情况：一是制定办法。二是组织检查。"
    (issue,) = build_outline(text).issues
    assert issue.statement == statement
    assert text[issue.start : issue.end] == heading


def test_category_names_the_headings_above_outermost_first() -> None:
    text = (
        "一、党的建设方面\n（一）政治建设方面\n1.学习不够深入\n整改情况：补课两次。\n"
        "（二）组织建设方面\n2.换届不及时\n整改情况：完成换届。"
    )
    outline = build_outline(text)
    assert [issue.category for issue in outline.issues] == [
        ("一、党的建设方面", "（一）政治建设方面"),
        ("一、党的建设方面", "（二）组织建设方面"),
    ]


FIELDS = (
    ("责任单位：办公室", [("body", "办公室")]),
    (
        "责任领导：分管副局长　　牵头部门：工程科　　整改状态：基本完成",
        [("role", "分管副局长"), ("body", "工程科"), ("status", "基本完成")],
    ),
    ("责任单位:征管科、各税务所  责任人:科长", [("body", "征管科、各税务所"), ("role", "科长")]),
    (
        "整改时限：2023年12月底前\n完成时限：立行立改。",
        [("deadline", "2023年12月底前"), ("deadline", "立行立改")],
    ),
    ("整改进展：长期坚持", [("status", "长期坚持")]),
    ("整改状态:阶段性完成", [("status", "阶段性完成")]),
    ("整改状态：阶段性完成（2022年12月底前全部完成）", [("status", "阶段性完成（2022年12月底前全部完成）")]),
    ("（责任单位：机关党委；完成时限：3月底）", [("body", "机关党委"), ("deadline", "3月底")]),
)


@pytest.mark.parametrize(("line", "expected"), FIELDS)
def test_fields(line: str, expected: list[tuple[str, str]]) -> None:
    text = (
        f"1.学习不够深入\n整改情况：一是制定办法。二是组织检查。\n{line}\n2.检查不够严格\n整改情况：检查3次。"
    )
    outline = build_outline(text)
    assert [(field.name, text[field.start : field.end]) for field in outline.fields] == expected
    assert {field.issue for field in outline.fields} == {0}
    assert [text[m.start : m.end] for m in outline.measures] == [
        "一是制定办法。",
        "二是组织检查。",
        "检查3次。",
    ]


FLAGS = (
    ("整改情况：一是甲事办结。二是乙事办结。二是丙事办结。", ["number_doubled"]),
    ("整改情况：一是甲事办结。三是乙事办结。", ["number_missing"]),
    ("整改情况：是甲事办结。二是乙事办结。", ["number_lost"]),
    ("整改情况：一是甲事办结。二是乙事办结。", []),
    ("整改措施：一是甲事办结。\n整改成效：一是乙事办结。", []),
)


@pytest.mark.parametrize(("response", "kinds"), FLAGS)
def test_ordinals_are_kept_as_printed_and_flagged(response: str, kinds: list[str]) -> None:
    outline = build_outline(f"1.学习不够深入\n{response}")
    assert [flag.kind for flag in outline.flags] == kinds
    assert len(outline.measures) == response.count("办结")


def test_wrong_heading_numbers_lose_no_issue() -> None:
    text = "".join(
        f"问题{number}：检查不够严格。\n整改措施：检查{at}次。\n"
        for at, number in enumerate("一二四四六五七", 2)
    )
    outline = build_outline(text)
    assert [issue.label for issue in outline.issues] == [f"问题{number}" for number in "一二四四六五七"]
    assert [flag.kind for flag in outline.flags] == [
        "number_missing", "number_doubled", "number_missing", "number_disordered", "number_missing",
    ]  # fmt: skip
    assert all(flag.message.endswith("。") for flag in outline.flags)


def test_a_number_that_lost_its_bracket_is_read_by_expectation() -> None:
    text = "10)合同管理缺失。\n整改情况:清理合同。\n112017年以来账目混乱。\n整改情况:逐笔核对。"
    outline = build_outline(text)
    assert [(issue.label, issue.statement) for issue in outline.issues] == [
        ("10)", "合同管理缺失"),
        ("11", "2017年以来账目混乱"),
    ]
    assert [flag.kind for flag in outline.flags if flag.kind == "label_damaged"] == ["label_damaged"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "今天天气很好。", "1.", "一是", "(一)(二)(三)", "【问题】", "序号\n问题\n整改措施\n1"],
)
def test_text_that_is_no_notice(text: str) -> None:
    outline = build_outline(text)
    assert outline.measures == ()
