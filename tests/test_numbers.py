"""COUNT, MONEY and PERCENT mentions become numbers; the unit stays as it is printed."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rectify_ner.fold import fold
from rectify_ner.normalise import normalise
from rectify_ner.normalise.numbers import as_value, printed_unit, quantity
from rectify_ner.normalise.numerals import read_number
from rectify_ner.notice import Outline, Span

CASES = tomllib.loads((Path(__file__).parent / "cases" / "numbers.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.get('before', '')}{case['mention']}" for case in CASES])
def test_mention(case: dict[str, Any]) -> None:
    mention = case["mention"]
    read = quantity(case["label"], fold(mention), case.get("before", ""), case.get("after", ""))
    value = as_value(case["label"], read)
    assert value["value"] == pytest.approx(case["value"], abs=1e-9)
    assert value["approximate"] is case.get("approximate", False)
    if case["label"] == "COUNT":
        assert printed_unit(value["unit"], mention, fold(mention)) == case["unit"]


@pytest.mark.parametrize("word", ["", "人次", "abc", "三 三", "1.2.3"])
def test_no_number(word: str) -> None:
    assert read_number(word) is None


def test_whole_numbers_are_integers() -> None:
    value = as_value("MONEY", quantity("MONEY", "27.493万元"))
    assert repr(value["value"]) == "274930"


def test_a_mention_without_number_is_flagged() -> None:
    found = normalise("共人次。", [Span(1, 3, "COUNT")], Outline())
    assert found.entities[0].value["approximate"] is True
    assert [flag.kind for flag in found.flags] == ["number-unreadable"]


def test_a_range_says_why() -> None:
    assert quantity("COUNT", "3至5名").reason == "区间取下限"
