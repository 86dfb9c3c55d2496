import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.annotate.exchange import (
    SPAN_LABELS,
    Annotation,
    Mark,
    Relation,
    as_row,
    parse_row,
    read_exchange,
    read_lines,
    write_exchange,
)
from rectify_ner.errors import CorpusError

TEXT = "😀1.学习不够扎实\r\n一是局党组于2023年6月印发《办法》。　\n"
SAMPLE = Annotation(
    "n-1",
    TEXT,
    (
        Mark("i1", 1, 9, "ISSUE", {"label": "1."}),
        Mark("m1", 11, 31, "MEASURE", {"ordinal": "一是", "status": "done"}),
        Mark("e1", 13, 16, "BODY", {"responsible": True}),
        Mark("e2", 17, 24, "DATE"),
    ),
    (Relation("i1", "m1", "measure"),),
    0.25,
    {"title": None},
)
HARD = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\u2028\x00\ufeff😀"), max_size=30
)


def read_back(annotation: Annotation, tmp_path: Path) -> Annotation:
    path = tmp_path / "a.jsonl"
    path.write_text(write_exchange([annotation]), "utf-8", newline="")
    (found,) = read_exchange(path)
    return found


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    assert read_back(SAMPLE, tmp_path) == SAMPLE
    assert read_back(replace(SAMPLE, relations=None, doubt=None), tmp_path).relations is None


@given(HARD.filter(bool), st.data())
def test_any_text_and_place_come_back_unmoved(text: str, data: st.DataObject) -> None:
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    drawn = data.draw(st.lists(places.filter(lambda place: place[0] < place[1]), max_size=4))
    marks = tuple(
        Mark(f"e{n}", start, end, data.draw(st.sampled_from(SPAN_LABELS)))
        for n, (start, end) in enumerate(drawn)
    )
    annotation = Annotation("n", text, marks)
    (line,) = write_exchange([annotation]).split("\n")[:-1]
    assert parse_row(json.loads(line), "here") == annotation


def changed(**changes: Any) -> dict[str, Any]:
    return {**as_row(SAMPLE), **changes}


def span(**changes: Any) -> dict[str, Any]:
    row = as_row(SAMPLE)
    return {**row, "spans": [*row["spans"][:3], {**row["spans"][3], **changes}]}


REFUSED = [
    (span(start=16, end=23), "span 'e2' at 16–23: the text there is '于2023年6', the span says '2023年6月'"),
    (span(text="2023年7月"), "at 17–24: the text there is"),
    (span(end=99), "at 17–99: no place in a text of"),
    (span(start=24), "no place"),
    (span(start=-1), "no place"),
    (span(start=True), "wanted int"),
    (span(start=17.0), "wanted int"),
    (span(label="TIME"), "unknown label 'TIME'"),
    (span(id="e1"), "'e1' stands here twice"),
    (span(color="red"), "unknown keys color"),
    (span(attributes=[]), "wanted dict"),
    (changed(text=TEXT + " "), "has hash"),
    (changed(sha256=None), "has hash"),
    (changed(format="v2"), "wanted an object with format"),
    (changed(id="../x"), "cannot name a file"),
    (changed(id="a.b"), "cannot name a file"),
    (changed(doubt="high"), "wanted a number"),
    (changed(relations=[{"from": "i1", "to": "i9", "label": "measure"}]), "there is no span 'i9'"),
    (changed(relations=[{"from": "m1", "to": "i1", "label": "measure"}]), "'m1' is MEASURE, wanted ISSUE"),
    (changed(relations=[{"from": "i1", "to": "m1", "label": "has"}]), "wanted one of measure, child"),
    ([], "no annotated notice"),
]


@pytest.mark.parametrize(("row", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_does_not_fit_is_refused_with_file_id_and_place(row: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "back.jsonl"
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    with pytest.raises(CorpusError) as caught:
        read_exchange(path)
    assert message in str(caught.value)
    assert f"{path}: line 1" in str(caught.value)


def test_one_bad_line_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "back.jsonl"
    good = write_exchange([SAMPLE])
    path.write_text("\ufeff" + good + "{oops\n\n" + good + good.replace('"n-1"', '"n-2"'), "utf-8")
    found = list(read_lines(path))
    assert [each.id if isinstance(each, Annotation) else str(each).split(": ")[1] for each in found] == [
        "n-1",
        "line 2",
        "line 4",
        "n-2",
    ]


def test_half_characters_cannot_go_out() -> None:
    with pytest.raises(CorpusError, match="surrogate"):
        as_row(Annotation("n", "整\ud83d改", ()))
