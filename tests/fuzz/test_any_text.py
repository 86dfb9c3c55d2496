"""A short run over any text at all: what must hold of every record, file and export."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError

from rectify_ner.export.json_lines import json_line

from . import cases
from .cases import Case, draw_case, edited, strewn
from .files import check_file, draw_file
from .invariants import (
    VALID,
    check_breaks,
    check_exports,
    check_order,
    check_shape,
    record_of,
)
from .large import LARGE, large_case
from .minimise import failure_of, minimised

RANDOMS = st.randoms(use_true_random=False)
SHORT = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def check(case: Case) -> None:
    """Every invariant of a text by itself; the schema in full."""
    record = record_of(case)
    VALID.validate(record)
    check_breaks(case)
    check_order([case], [json_line(record)], [0])


@pytest.mark.parametrize("kind", ["window", "soup", "unicode", "repeated", "skeleton"])
@SHORT
@given(random=RANDOMS)
def test_any_text_gives_a_sound_record(kind: str, random: Random) -> None:
    check(getattr(cases, kind)(random))


@settings(SHORT, max_examples=80)
@given(st.text(st.characters(exclude_categories=())), RANDOMS)
def test_any_characters_give_a_sound_record(text: str, random: Random) -> None:
    check(Case("text", text, strewn(text, random)))


@SHORT
@given(RANDOMS)
def test_any_file_is_read_or_refused(random: Random) -> None:
    check_file(draw_file(random))


def test_a_batch_in_any_order_gives_the_same_bytes_and_every_output_takes_it() -> None:
    random = Random(7)
    drawn = [draw_case(random) for _ in range(20)]
    records = [record_of(case) for case in drawn]
    order = list(range(len(drawn)))
    random.shuffle(order)
    check_order(drawn, [json_line(record) for record in records], order)
    check_exports(records, workbook=True)


@pytest.mark.parametrize("name", LARGE)
def test_much_of_one_thing_gives_a_sound_record(name: str) -> None:
    check(large_case(name, 700))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("entities", 0, "label"), "PLACE"),
        (("entities", 0, "start"), -1),
        (("entities", 0, "text"), ""),
        (("entities", 0, "value"), {"start": "2023-1-1", "end": None}),
        (("issues", 0, "status"), "finished"),
        (("issues", 0, "measures", 0, "responsible"), [1]),
        (("issues", 0, "measures", 0, "id"), None),
        (("checks", 0, "spans"), []),
        (("documents", 0, "entities"), []),
        (("feedback_on",), "2023年"),
    ],
)
def test_the_quick_validation_finds_what_the_full_one_does(
    path: tuple[str | int, ...], value: object
) -> None:
    """Shapes that were valid once are not asked again; a broken one is still found among them."""
    text = "2023年3月1日\n1.学习不够\n一是印发《办法》，共3项，其中1项、1项。\n3.学习不够"
    spans = [cases.Span(0, 9, "DATE"), cases.Span(text.index("《"), text.index("》") + 1, "DOCUMENT")]
    record = record_of(Case("text", text, tuple(spans)))
    assert record["checks"]
    check_shape(record)
    at = record
    for step in path[:-1]:
        at = at[step]  # type: ignore[index]
    assert path[-1] in at or isinstance(path[-1], int)
    at[path[-1]] = value  # type: ignore[index]
    with pytest.raises(ValidationError):
        check_shape(record)


def test_a_failing_case_is_made_small() -> None:
    def broken(case: Case) -> None:
        assert "《" not in case.text or "》" not in case.text

    case = Case("text", "一是印发《办法》三项" * 9, ())
    assert failure_of(broken, case) is not None
    assert sorted(minimised(case, broken).text) == sorted("《》")


def test_an_edit_moves_the_spans_behind_it_and_clips_those_it_cuts() -> None:
    case = Case("text", "甲乙丙丁戊", (cases.Span(0, 2, "BODY"), cases.Span(3, 5, "ROLE")))
    found = edited(case, 1, 4, "子丑")
    assert found.text == "甲子丑戊"
    assert found.spans == (cases.Span(0, 1, "BODY"), cases.Span(3, 4, "ROLE"))


@pytest.mark.model
def test_any_text_is_tagged_alike_alone_and_in_company() -> None:
    from .tagged import check_company, check_tagged, pipeline

    nlp, random = pipeline(), Random(11)
    drawn = [draw_case(random) for _ in range(120)]
    for case in drawn:
        check_tagged(nlp, case)
    check_company(nlp, [case.text for case in drawn], random)
