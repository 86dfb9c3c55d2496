"""The record contract: valid by the schema, ids and offsets that hold, statuses, the flat ledger."""

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.assemble import assemble_notice, parse
from rectify_ner.assemble.answers import StatedStatus
from rectify_ner.assemble.record import build_record, issue_statuses
from rectify_ner.assemble.rows import ledger_rows
from rectify_ner.corpus import parse_gold
from rectify_ner.notice import LABELS, Issue, Measure, Outline, Span, Status

SCHEMA = json.loads((files("rectify_ner") / "notice.schema.json").read_text("utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA)

NOTICE = (
    "中共青岚县水务局党组关于县委巡察整改情况的通报\n发布时间：<DATE start='' end=''>2023-09-20</DATE>\n"
    "<DATE start='' end=''>2022年10月8日至11月20日</DATE>，"
    "<BODY responsible='false'>县委第三巡察组</BODY>对"
    "<BODY responsible='false'>县水务局党组</BODY>开展巡察，"
    "<DATE start='' end=''>12月28日</DATE>反馈了意见。\n"
    "一、反馈问题整改情况\n（一）贯彻落实决策部署方面\n1.河道管护责任不实。\n"
    "一是<BODY responsible='true'>局党组</BODY>印发"
    "<DOCUMENT action='issue'>《河道管护办法》（试行）</DOCUMENT>，"
    "巡河<COUNT value='36' unit='次' of='巡河' approximate='false'>36次</COUNT>。"
    "二是投入<MONEY value='230000' approximate='false'>23万元</MONEY>整修堤防。\n"
    "2.水费收缴不到位。\n一是将于<DATE start='' end=''>2023年12月底前</DATE>完成清欠。\n3.档案管理薄弱。\n"
)


def record_of(inner: str) -> dict[str, Any]:
    gold = parse_gold(f"<notice>{inner}</notice>")
    return build_record(parse(gold.text, [entity.span for entity in gold.entities]), source="a.txt")


def test_record_is_valid_and_its_offsets_hold() -> None:
    record = record_of(NOTICE)
    VALID.validate(record)
    for entity in record["entities"]:
        assert record["text"][entity["start"] : entity["end"]] == entity["text"]
    ids = [entity["id"] for entity in record["entities"]]
    inside = [
        name for issue in record["issues"] for measure in issue["measures"] for name in measure["entities"]
    ]
    assert len(ids) == len(set(ids))
    assert set(inside) <= set(ids)
    assert {name for found in record["documents"] for name in found["entities"]} <= set(ids)


def test_nothing_of_the_contract_was_dropped_from_the_schema() -> None:
    assert set(SCHEMA["required"]) == {
        "schema_version", "source", "sha256", "text", "title", "issuer", "inspector", "inspection",
        "feedback_on", "published_on", "entities", "issues", "checks",
    }  # fmt: skip
    measure = {
        "id",
        "ordinal",
        "text",
        "start",
        "end",
        "status",
        "entities",
        "responsible",
        "responsible_inferred",
    }
    assert measure <= set(SCHEMA["$defs"]["measure"]["required"])


def test_same_input_gives_the_same_record() -> None:
    assert record_of(NOTICE) == record_of(NOTICE)


def test_empty_text_is_a_record() -> None:
    VALID.validate(assemble_notice("", [], source="empty.txt"))


@given(
    st.text(
        alphabet="一二是、。，；:（）()1234年月日元个条率%其中共完成问题措施整改局党组\n《》", max_size=200
    ),
    st.data(),
)
def test_any_text_with_any_spans_gives_a_valid_record(text: str, data: st.DataObject) -> None:
    cuts = sorted(set(data.draw(st.lists(st.integers(0, len(text)), max_size=16))))
    spans = [
        Span(start, end, data.draw(st.sampled_from(LABELS)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        if text[start:end].strip()
    ]
    VALID.validate(assemble_notice(text, spans, source="x"))


def outline_of(*parents: int | None) -> Outline:
    issues = tuple(Issue(at, at, "", "", parent) for at, parent in enumerate(parents))
    return Outline(issues=issues, measures=tuple(Measure(at, at, at, None) for at in range(len(parents))))


@pytest.mark.parametrize(
    ("measures", "wanted"),
    [
        (("done", "done"), "done"),
        (("done", "planned"), "in_progress"),
        (("planned", "planned"), "planned"),
        (("done", "in_progress"), "in_progress"),
    ],
)
def test_parent_is_judged_with_its_children(measures: tuple[Status, ...], wanted: Status) -> None:
    assert issue_statuses(outline_of(None, 0), measures)[0] == wanted


def test_issue_without_measures_is_planned() -> None:
    assert issue_statuses(Outline(issues=(Issue(0, 1, "1.", "", None),)), ()) == ["planned"]


def test_status_line_of_a_child_counts_for_its_parent() -> None:
    line = StatedStatus(0, 1, "in_progress")
    assert issue_statuses(outline_of(None, 0), ("done", "done"), [None, line]) == [
        "in_progress",
        "in_progress",
    ]


def test_one_row_a_measure_and_one_for_an_issue_without() -> None:
    rows = ledger_rows(record_of(NOTICE))
    assert [(row.issue_number, row.measure_number) for row in rows] == [
        ("1.", "一是"), ("1.", "二是"), ("2.", "一是"), ("3.", None),
    ]  # fmt: skip
    first, second, third, last = rows
    assert first.documents == ("河道管护办法(试行)",) or first.documents == ("河道管护办法（试行）",)
    assert first.responsible == ("中共青岚县水务局党组",)
    assert first.counts == ("巡河：36次",)
    assert second.amounts == ("23万元",)
    assert (third.status, third.deadline) == ("planned", "2023-12-31")
    assert (last.measure, last.status, last.flags) == (None, "planned", ())
