"""The head of a notice, over the ways that sites print it."""

import re
from dataclasses import replace

import pytest

from rectify_ner.fold import fold
from rectify_ner.normalise import normalise
from rectify_ner.notice import Head, Outline, Span

TITLE = "中共青禾县林业和草原局党组关于巡察整改情况的通报"
BODY = (
    "根据县委统一部署，2023年3月6日至5月12日，县委第二巡察组对县林草局党组开展了常规巡察，"
    "并于6月20日反馈了意见。现将整改情况通报如下。\n一、组织情况\n6月25日召开党组会。\n"
)
SIGNED = "\n　　中共青禾县林业和草原局党组\n　　2024年1月5日\n"
HEAD = Head(
    title=TITLE,
    issuer="中共青禾县林业和草原局党组",
    inspector="县委第二巡察组",
    inspection=("2023-03-06", "2023-05-12"),
    feedback_on="2023-06-20",
    published_on="2024-01-10",
)
BODIES = ("中共青禾县林业和草原局党组", "县委第二巡察组", "县林草局党组", "县委")
_DATES = re.compile(r"\d{4}年\d+月\d+日(?:至\d+月\d+日)?|\d{4}[-/.]\d+[-/.]\d+|(?<![年\d])\d+月\d+日")

PAGES = {
    "printed day": f"{TITLE}\n发布时间：2024-01-10 09:12　来源：青禾县纪委监委\n{BODY}{SIGNED}",
    "navigation": (
        f"首页\n通知公告\n当前位置：首页 > 巡察整改 > 正文\n{TITLE}\n"
        f"2024年1月10日　浏览次数：33\n{BODY}{SIGNED}"
    ),
    "title in the navigation": (
        f"您的位置：首页>信息公开>{TITLE}\n{TITLE}\n[ 2024-01-10 ] 【打印】\n{BODY}{SIGNED}"
    ),
    "cut title first": (
        f"中共青禾县林业和草原局党组关于巡察整改情况…_青禾县政府\n{TITLE}\n日期:2024/01/10\n{BODY}"
    ),
    "site name behind": f"{TITLE} - 青禾县人民政府门户网站\n{TITLE}\n发布日期：2024.1.10\n{BODY}{SIGNED}",
    "repeated and broken": (
        f"{TITLE} |\n中共青禾县林业和草原局党组关于\n巡察整改情况的通报\n时间:2024-01-10\n{BODY}{SIGNED}"
    ),
    "three lines": f"中共青禾县林业和草原局党组\n关于巡察整改\n情况的通报\n\n2024年01月10日\n{BODY}{SIGNED}",
    "column above": f"巡察整改\n{TITLE}\n日期：2024-01-10\n{BODY}{SIGNED}",
    "day without year": f"{TITLE}\n时间：01-10 15:20　来源：本站\n{BODY}{SIGNED}",
    "day at the foot": f"{TITLE}\n{BODY}{SIGNED.replace('5日', '10日')}",
    "chinese numerals at the foot": f"{TITLE}\n{BODY}\n二〇二四年一月十日\n",
    "signature and day on one line": (
        f"{TITLE}\n{BODY}\n中共青禾县林业和草原局党组 2024年1月10日\n主办：县政府办"
    ),
    "published at the foot": f"{TITLE}\n{BODY}\n2024年1月\n发布时间：2024-01-10\n上一篇：召开三季度例会\n",
    "today's day on the page": f"今天是2025年5月6日 星期二\n{TITLE}\n发布时间：2024-01-10\n{BODY}{SIGNED}",
    "table of the site": (
        f"索引号：QH-2024-1\n成文日期：2024年1月5日\n发布日期：2024年1月10日\n{TITLE}\n{BODY}{SIGNED}"
    ),
    "period for comments": f"{TITLE}\n公示时间：2024年1月11日至1月20日\n发布时间：2024-01-10\n{BODY}{SIGNED}",
    "glued": f"{TITLE}发布时间：2024-01-10 来源：县纪委\n{BODY}{SIGNED}",
}


def spans_of(text: str) -> list[Span]:
    spans = [Span(found.start(), found.end(), "DATE") for found in _DATES.finditer(fold(text))]
    taken = {at for span in spans for at in range(span.start, span.end)}
    for name in BODIES:
        for found in re.finditer(re.escape(name), text):
            if taken.isdisjoint(range(found.start(), found.end())):
                spans.append(Span(found.start(), found.end(), "BODY"))
                taken.update(range(found.start(), found.end()))
    return sorted(spans)


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str) -> None:
    assert normalise(PAGES[page], spans_of(PAGES[page]), Outline()).head == HEAD


@pytest.mark.parametrize("page", PAGES)
def test_page_without_any_span(page: str) -> None:
    assert normalise(PAGES[page], [], Outline()).head == HEAD


def test_a_month_at_the_foot_is_no_day() -> None:
    text = f"{TITLE}\n{BODY}\n中共青禾县林业和草原局党组\n2024年1月\n"
    assert normalise(text, spans_of(text), Outline()).head == replace(HEAD, published_on=None)


def test_subtitle_names_the_issuer() -> None:
    text = f"关于县委巡察整改情况的通报\n——青禾县林业和草原局党组\n{BODY}"
    head = normalise(text, spans_of(text), Outline()).head
    assert (head.title, head.issuer) == ("关于县委巡察整改情况的通报", "青禾县林业和草原局党组")


def test_issuer_before_another_word_than_about() -> None:
    text = f"县林草局党组落实县委第二巡察组反馈意见整改情况公示\n{BODY}"
    assert normalise(text, spans_of(text), Outline()).head.issuer == "县林草局党组"


def test_issuer_from_the_signature() -> None:
    text = f"关于巡察整改情况的通报\n{BODY}{SIGNED}"
    assert normalise(text, spans_of(text), Outline()).head.issuer == "中共青禾县林业和草原局党组"


def test_nothing_said_is_nothing_found() -> None:
    assert normalise("道路已修好。\n", [], Outline()).head == Head()
    assert normalise("", [], Outline()).head == Head()
