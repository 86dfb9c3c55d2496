"""Every document mention has a title without brackets and the action of the reporting side."""

import tomllib
from pathlib import Path

import pytest
from marked import marked

from rectify_ner.normalise.documents import document_title, document_values

CASES = tomllib.loads((Path(__file__).parent / "cases" / "documents.toml").read_text("utf-8"))


@pytest.mark.parametrize("sentence", CASES["case"])
def test_action(sentence: str) -> None:
    given = marked(sentence)
    values = document_values(given.text, given.spans, given.outline)
    documents = [span for span in given.spans if span.label == "DOCUMENT"]
    assert set(values) == set(documents)
    assert [values[span]["action"] for span in documents] == [given.wanted[span] for span in documents]


@pytest.mark.parametrize(("mention", "title"), CASES["title"])
def test_title(mention: str, title: str) -> None:
    assert document_title(mention) == title


def test_heading_counts_too() -> None:
    given = marked("学习{《信访工作条例》|DOCUMENT study}不够。", measure=False)
    values = document_values(given.text, given.spans, given.outline)
    assert [value["action"] for value in values.values()] == ["study"]


@pytest.mark.parametrize("wide", ["，", ","])
def test_width_of_punctuation_does_not_matter(wide: str) -> None:
    given = marked(f"按照{{《甲条例》|DOCUMENT}}要求{wide}制定{{《乙办法》|DOCUMENT}}。")
    values = document_values(given.text, given.spans, given.outline)
    assert [value["action"] for value in values.values()] == ["follow", "issue"]
