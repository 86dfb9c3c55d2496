"""What the rules behind the tagger grow, cut, merge and add; predicted spans in 〔〕, expected after ->."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.notice import LABELS, Span
from rectify_ner.tagger.repair import repair

CASES = (
    ("〔DATE 3月14日〕到〔DATE 5月11日〕开展巡察", ["DATE 3月14日到5月11日"]),
    ("〔DATE 3月〕、〔DATE 5月〕各一次", ["DATE 3月", "DATE 5月"]),
    ("〔DATE 2022年〕截止〔DATE 6月底〕共更换", ["DATE 2022年截止6月底"]),
    ("〔DATE 2022年〕截至〔DATE 2022年6月〕", ["DATE 2022年", "DATE 2022年6月"]),
    ("〔DATE 2021年〕以来共清理", ["DATE 2021年以来"]),
    ("〔DATE 6月〕底前完成", ["DATE 6月底前"]),
    ("〔DATE 3月2日〕前往现场", ["DATE 3月2日"]),
    ("〔DATE 5月〕起草办法", ["DATE 5月"]),
    ("清理近〔COUNT 30处〕以上", ["COUNT 近30处以上"]),
    ("附近〔COUNT 3个〕泵站", ["COUNT 3个"]),
    ("签约〔COUNT 43户〕", ["COUNT 43户"]),
    ("追回约〔MONEY 5万元〕左右", ["MONEY 约5万元左右"]),
    ("化解本单位热点问题，我局党组约谈该公司", ["BODY 单位", "BODY 局党组", "BODY 公司"]),
    ("其他单位自查，本部门书记、标本馆开放、本单位负责人", ["BODY 单位"]),
    ("我〔BODY 中心党组〕研究", ["BODY 中心党组"]),
    ("退还〔COUNT 四家〕企业的费用", ["COUNT 四家", "BODY 企业"]),
    ("约谈〔COUNT 两个〕科室负责人", ["COUNT 两个"]),
    ("贯彻〔BODY 市委市政府〕部署", ["BODY 市委", "BODY 市政府"]),
    ("会同驻〔BODY 县水利局纪检监察组〕检查", ["BODY 驻县水利局纪检监察组"]),
    ("〔BODY 充分发挥党支部〕作用", ["BODY 党支部"]),
    ("进一步〔BODY 厘清部门〕职责", []),
    ("〔BODY 局财务科在局〕专户中单列", ["BODY 局财务科", "BODY 局"]),
    ("督促〔BODY 企业按县指挥部〕要求备料", ["BODY 县指挥部"]),
    ("〔BODY 所在支部〕和〔BODY 水务公司及〕用户", ["BODY 所在支部", "BODY 水务公司"]),
    ("〔BODY 今年来中心组〕学习", ["DATE 今年来", "BODY 中心组"]),
    ("制定〔DOCUMENT 了年度学习计划〕", ["DOCUMENT 年度学习计划"]),
    ("根据〔DOCUMENT 评估报告〕改造", []),
    ("成立〔DOCUMENT 供水管网整改工作领导组〕", ["BODY 供水管网整改工作领导组"]),
    ("〔BODY 县委巡察二组对清渡镇党委〕开展", ["BODY 县委巡察二组", "BODY 清渡镇党委"]),
    ("〔BODY 市局对外贸易科〕自查", ["BODY 市局对外贸易科"]),
    ("各科室(含〔BODY 办公室〕、〔ROLE 财务科)负责人〕签字", ["BODY 办公室", "BODY 财务科", "ROLE 负责人"]),
    ("〔ROLE 党(工)委书记〕、镇长)", ["ROLE 党(工)委书记"]),
    ("根据〔DOCUMENT 《评估办法》〕改造", ["DOCUMENT 《评估办法》"]),
    ("制订〔DOCUMENT 相应方案〕", []),
    (
        "印发〔DOCUMENT 泵站运行操作规程和设备巡检规范〕",
        ["DOCUMENT 泵站运行操作规程", "DOCUMENT 设备巡检规范"],
    ),
    ("完善〔DOCUMENT 各类采购操作规程〕", ["DOCUMENT 采购操作规程"]),
    (
        "完善〔DOCUMENT 局党组议事规则、机关考勤管理制度和车辆使用办法〕",
        ["DOCUMENT 局党组议事规则", "DOCUMENT 机关考勤管理制度", "DOCUMENT 车辆使用办法"],
    ),
    ("印发〔DOCUMENT 党组会与局长办公会议事规则〕", ["DOCUMENT 党组会与局长办公会议事规则"]),
)


@pytest.mark.parametrize(("marked", "expected"), CASES, ids=[case[0] for case in CASES])
def test_repairs(marked: str, expected: list[str]) -> None:
    spans, text = [], ""
    for piece in re.split(r"(〔[^〕]*〕)", marked):
        if piece.startswith("〔"):
            label, mention = piece[1:-1].split(" ", 1)
            spans.append(Span(len(text), len(text) + len(mention), label))  # type: ignore[arg-type]
            text += mention
        else:
            text += piece
    found = repair(text, spans)
    assert [f"{span.label} {text[span.start : span.end]}" for span in found] == expected


@given(
    st.text(alphabet="今年来以底前约近至我本该局单位家三制度、和根据了《》市委政府驻纪检组", max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(1, 9), st.sampled_from(LABELS)), max_size=6),
)
def test_spans_stay_apart_and_in_order(text: str, marks: list[tuple[int, int, str]]) -> None:
    spans: list[Span] = []
    for start, length, label in sorted(marks):
        if (not spans or start >= spans[-1].end) and start + length <= len(text):
            spans.append(Span(start, start + length, label))  # type: ignore[arg-type]
    at = 0
    for span in repair(text, spans):
        assert at <= span.start < span.end <= len(text)
        at = span.end
