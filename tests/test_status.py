"""How far a measure has come: the last state it reports counts."""

import tomllib
from pathlib import Path

import pytest
from marked import marked

from rectify_ner.normalise.status import measure_statuses

CASES = tomllib.loads((Path(__file__).parent / "cases" / "status.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [(status, sentence) for status, sentences in CASES.items() for sentence in sentences],
)
def test_status(wanted: str, sentence: str) -> None:
    given = marked(sentence)
    assert measure_statuses(given.text, given.outline) == (wanted,)
    wide = marked(sentence.replace(",", "，").replace("0", "０"))
    assert measure_statuses(wide.text, wide.outline) == (wanted,)


def test_one_status_a_measure() -> None:
    given = marked("下一步组织评估。", measure=False)
    assert measure_statuses(given.text, given.outline) == ()
