"""The fold keeps every offset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.fold import fold


@given(st.text())
def test_one_character_for_one(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("（１）２０２３年，Ａ：", "(1)2023年,A:"),
        ("①②㈠㎡³、。《》“”", "①②㈠㎡³、。《》“”"),
        ("\u3000\u00a0\u200b\ufeff", "    "),
        ("\t\r\n", "\t\r\n"),
        ("９８％", "98%"),
        ("⾸⻚", "首页"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
