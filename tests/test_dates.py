"""DATE mentions become days: by themselves, and with the years and months that only the context has."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from rectify_ner.fold import fold
from rectify_ner.normalise.calendar_words import named_day, public_holiday
from rectify_ner.normalise.dates import Dated, DateResolver
from rectify_ner.normalise.scope import Scopes
from rectify_ner.normalise.years import Anchor
from rectify_ner.notice import Issue, Measure, Outline, Span

CASES = tomllib.loads((Path(__file__).parent / "cases" / "dates.toml").read_text("utf-8"))["case"]
ANCHOR = Anchor(date(2023, 7, 20), date(2022, 7, 27), date(2022, 12, 27))


def resolve(marked: str, anchor: Anchor = ANCHOR) -> tuple[list[Dated], DateResolver]:
    """Dates of a text with mentions in ⟨⟩, issues in lines that begin with ``#``, measures in other lines."""
    text, spans = "", []
    for piece in re.split(r"(⟨[^⟩]*⟩)", marked):
        plain = piece.strip("⟨⟩") if piece.startswith("⟨") else piece
        if piece.startswith("⟨"):
            spans.append(Span(len(text), len(text) + len(plain), "DATE"))
        text += plain
    issues: list[Issue] = []
    measures: list[Measure] = []
    at = 0
    for line in text.splitlines(keepends=True):
        end = at + len(line.rstrip())
        if line.startswith("#"):
            issues.append(Issue(at, end, "", line.strip("#\n"), None))
        elif issues and not line.startswith("!"):
            measures.append(Measure(at, end, len(issues) - 1, None))
        at += len(line)
    scopes = Scopes(text, Outline(issues=tuple(issues), measures=tuple(measures)))
    resolver = DateResolver(text, fold(text), scopes, anchor)
    return list(resolver.resolve(spans)), resolver


def days(marked: str, anchor: Anchor = ANCHOR) -> list[str]:
    found, _ = resolve(marked, anchor)
    return ["" if dated.days is None else f"{dated.days[0]}/{dated.days[1]}" for dated in found]


@pytest.mark.parametrize("case", CASES, ids=[case["mention"] for case in CASES])
def test_mention(case: dict[str, str]) -> None:
    expected = f"{case['start']}/{case['end']}" if case["start"] else ""
    assert days(f"⟨{case['mention']}⟩") == [expected]


def test_year_from_the_same_measure() -> None:
    found, _ = resolve("#1.排水不畅\n管网分别于⟨2022年2月⟩和⟨4月⟩开工。")
    assert found[1].days == (date(2022, 4, 1), date(2022, 4, 30))
    assert found[1].rule == "month/year-from-measure"
    assert "2022年2月" in found[1].reason


def test_year_from_the_same_issue() -> None:
    found, _ = resolve("#1.学习不深\n一是⟨2023年3月⟩集中学习。\n二是⟨5月6日⟩交流研讨。")
    assert found[1].days == (date(2023, 5, 6), date(2023, 5, 6))
    assert found[1].rule == "day/year-from-issue"


def test_years_looked_into_are_not_the_year_of_looking() -> None:
    assert (
        days("#1.报销不严\n一是对⟨2019年至2021年⟩的凭证逐笔核对。\n二是⟨4月8日⟩收回多发补助。")[1]
        == "2023-04-08/2023-04-08"
    )


def test_another_issue_lends_no_year() -> None:
    assert days("#1.甲\n⟨2018年⟩查清。\n#2.乙\n⟨3月⟩办结。")[1] == "2023-03-01/2023-03-31"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#1.甲\n拟于⟨10月⟩完成招标。", "2023-10-01/2023-10-31"),
        ("#1.甲\n已于⟨10月⟩完成招标。", "2022-10-01/2022-10-31"),
        ("#1.甲\n力争⟨年底⟩投用。", "2023-12-01/2023-12-31"),
        ("#1.甲\n已办结。\n!三、下一步\n!⟨9月底前⟩再查一遍。", "2023-09-21/2023-09-30"),
    ],
)
def test_plans_lie_behind_the_notice(text: str, expected: str) -> None:
    assert days(text)[-1] == expected


def test_what_follows_a_plan_in_its_sentence_is_planned() -> None:
    assert days("#1.甲\n计划于⟨2024年4月⟩动工,⟨10月底前⟩完工。")[1] == "2024-10-21/2024-10-31"


def test_bare_day_has_the_month_before_it() -> None:
    assert days("#1.甲\n先后于⟨2023年3月4日⟩、⟨11日⟩上门。")[1] == "2023-03-11/2023-03-11"
    assert days("#1.甲\n⟨11日⟩上门。") == [""]


def test_same_period_of_last_year() -> None:
    found = days("#1.甲\n⟨今年上半年⟩支出8万元,比⟨去年同期⟩少两成。")
    assert found[1] == "2022-01-01/2022-06-30"


def test_the_year_before_counts_from_the_year_in_context() -> None:
    assert days("#1.甲\n⟨2021年⟩满意率93%,比⟨上年⟩高4个百分点。")[1] == "2020-01-01/2020-12-31"


def test_without_any_day_of_the_notice_only_printed_years_resolve() -> None:
    assert days("⟨2022年5月⟩印发,⟨6月⟩执行,⟨今年以来⟩未再发生。", Anchor()) == [
        "2022-05-01/2022-05-31",
        "2022-06-01/2022-06-30",
        "",
    ]


def test_unresolved_dates_are_flagged() -> None:
    found, resolver = resolve("#1.甲\n⟨2023年2月30日⟩完成。")
    assert found[0].days is None
    assert [flag.kind for flag in resolver.flags] == ["date-impossible"]
    assert "2023年2月30日" in resolver.flags[0].message


def test_two_readings_stay_open() -> None:
    anchor = Anchor(date(2022, 1, 28), date(2021, 3, 15), date(2021, 7, 6))
    found, resolver = resolve("#1.甲\n⟨118日⟩开闸。", anchor)
    assert found[0].days is None
    assert resolver.flags


def test_a_mention_of_any_length_is_read_at_once() -> None:
    assert days(f"⟨{'2023年1月至' * 5000}⟩") == [""]


def test_merged_holidays_are_one_run_of_days_off() -> None:
    assert public_holiday("国庆", 2023) == (date(2023, 9, 29), date(2023, 10, 6))
    assert named_day("端午", 2024) == date(2024, 6, 10)
