"""Each number counts the thing or act that stands next to it."""

import tomllib
from pathlib import Path

import pytest
from marked import marked

from rectify_ner.normalise.counted import counted_things

CASES = tomllib.loads((Path(__file__).parent / "cases" / "counted.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("sentence", CASES)
def test_thing(sentence: str) -> None:
    given = marked(sentence)
    things = counted_things(given.text, given.spans, given.outline)
    counts = [span for span in given.spans if span.label == "COUNT"]
    assert set(things) == set(counts)
    for span in counts:
        assert bool(things[span]) == bool(given.wanted[span])
        assert given.wanted[span] in things[span]


def test_an_enumeration_goes_on_counting_the_same() -> None:
    given = marked("盘活土地{2宗|COUNT}、{130亩|COUNT}。")
    assert set(counted_things(given.text, given.spans, given.outline).values()) == {"土地"}


def test_a_new_sentence_does_not_take_over() -> None:
    given = marked("盘活土地{2宗|COUNT}。{130亩|COUNT}。")
    assert list(counted_things(given.text, given.spans, given.outline).values()) == ["土地", ""]
