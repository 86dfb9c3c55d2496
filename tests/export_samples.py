"""Invented notices as records, for the tests of every output form."""

import re
from typing import Any, get_args

from rectify_ner.assemble import assemble_notice
from rectify_ner.notice import Label, Span

_MARK = re.compile(r"\{([^{}|]+)\|([A-Z]+)\}")

SCHOOL = """中共云栖区教育局党组关于区委第一巡察组反馈意见整改进展情况的通报
{2024年3月1日至5月10日|DATE},区委第一巡察组对{区教育局党组|BODY}开展了常规巡察。{6月5日|DATE},区委第一巡察组反馈了意见。
反馈的{2个|COUNT}问题已全部整改。
一、反馈问题整改情况
(一)理论学习方面
1.理论学习不够深入
一是印发{《党组理论学习办法》|DOCUMENT},{2024年7月|DATE}起每月集中学习{2次|COUNT}。
二是{机关党委|BODY}已组织专题研讨{5场|COUNT},参学率{98%|PERCENT}。
2.项目资金监管不严
一是已清理结余资金{36.5万元|MONEY},修订{《专项资金管理办法（试行）》|DOCUMENT}。
二是计划于{2025年6月底前|DATE}完成系统对接。
三是继续加强日常监督。
"""
ROADS = """中共临江县交通运输局党组关于巡察整改情况的通报
一、整改落实情况
1.道路养护不及时
一是{县公路段|BODY}已修补路面{1200平方米|COUNT},投入{𠮷祥村|BODY}资金{8万元|MONEY}。
2.档案管理不规范
"""
HOSTILE = """=HYPERLINK("http://evil.example/","通报")</script><script>window.hurt=1</script>
1."><img src=x onerror="window.hurt=2">不严
一是=cmd|' /C calc'!A0已整改{3项|COUNT}\x00\x07\x1b[31m<!--<script>,\
{《</title><svg onload=window.hurt=3>办法》|DOCUMENT}已印发。
二是@SUM(1+1)已完成{5次|COUNT}\u202e，\u2028javascript:window.hurt=4。
"""
EVIL_NAME = '../x/"><script>window.hurt=5</script>\n=1+1.txt'


def record_of(marked: str, source: str) -> dict[str, Any]:
    """The record of a text whose mentions are marked as ``{mention|LABEL}``."""
    pieces: list[str] = []
    spans = []
    at = length = 0
    for mark in _MARK.finditer(marked):
        before = marked[at : mark.start()]
        assert mark[2] in get_args(Label)
        start = length + len(before)
        spans.append(Span(start, start + len(mark[1]), mark[2]))  # type: ignore[arg-type]
        pieces += (before, mark[1])
        length, at = start + len(mark[1]), mark.end()
    return assemble_notice("".join((*pieces, marked[at:])), spans, source=source)


def samples() -> list[dict[str, Any]]:
    """Two well-meant notices."""
    return [record_of(SCHOOL, "notices/school.txt"), record_of(ROADS, "notices/roads.txt")]


def hostile() -> dict[str, Any]:
    """A notice that tries to do harm wherever its words may go."""
    record = record_of(HOSTILE, EVIL_NAME)
    record["title"] = '</script><script>window.hurt=6</script>=1+1"><img src=x onerror=window.hurt=7>'
    record["issuer"] = "+1+1<b onmouseover=window.hurt=8>"
    record["inspector"] = "@SUM(A1)"
    record["notes"] = ["-2+3<script>window.hurt=9</script>"]
    for issue in record["issues"]:
        issue["category"] = ["\t=1+1", "<r><t>x</t></r>"]
    span = {"start": 0, "end": 5}
    claim = {"kind": "<r>bad</r>", "reported": 1, "found": 2, "ok": False, "severity": "error"}
    message = "=1+1<script>window.hurt=10</script>"
    record["checks"].append({**claim, **span, "spans": [span], "message": message})
    return record
