"""Texts that once broke the rules layer, each in its smallest form."""

import json
from dataclasses import replace

import pytest

from rectify_ner.assemble import assemble_notice
from rectify_ner.export.json_lines import json_line
from rectify_ner.fold import LINE_BREAKS, fold_lines
from rectify_ner.normalise.numbers import quantity
from rectify_ner.notice import Label, Span
from rectify_ner.outline import build_outline

PAGE = (
    "首页 > 政务公开\n中共梅溪镇委员会关于巡察整改情况的公告\n发布时间：2023-11-20\n"
    "2023年5月8日至6月30日，县委第二巡察组对镇党委开展了巡察。2023年9月20日，县委巡察组反馈意见。\n"
    "一、坚持党的领导方面\n（一）学用脱节问题\n一是已召开专题会3次；\n二是拟于12月底前修订《议事\n规则》。\n2023年11月18日"
)


def marked(text: str, *mentions: tuple[str, Label]) -> list[Span]:
    """The spans of mentions that stand once in a text."""
    return [Span(text.index(words), text.index(words) + len(words), label) for words, label in mentions]


SPANS = marked(
    PAGE,
    ("2023年5月8日至6月30日", "DATE"),
    ("县委第二巡察组", "BODY"),
    ("2023年9月20日", "DATE"),
    ("3次", "COUNT"),
    ("12月底前", "DATE"),
    ("《议事\n规则》", "DOCUMENT"),
)


def test_a_tag_alone_on_its_line_heads_the_line_below() -> None:
    text = "存在问题：\n学习不够\n整改情况：\n一是修订办法。"
    outline = build_outline(text)
    assert [text[issue.start : issue.end] for issue in outline.issues] == ["学习不够"]
    assert [text[measure.start : measure.end] for measure in outline.measures] == ["一是修订办法。"]


@pytest.mark.parametrize("marks", [("（1）", "（2）"), ("1.", "2."), ("①", "②")])
def test_a_number_in_the_cell_of_a_table_without_a_column_of_numbers(marks: tuple[str, str]) -> None:
    text = f"问题|整改措施|责任单位\n{marks[0]}学习不够|修订办法|办公室\n{marks[1]}压力不够|印发通知|办公室"
    outline = build_outline(text)
    found = [(text[issue.start : issue.end], issue.label, issue.parent) for issue in outline.issues]
    assert found == [(f"{marks[0]}学习不够", marks[0], None), (f"{marks[1]}压力不够", marks[1], None)]
    assert [(text[m.start : m.end], m.issue) for m in outline.measures] == [("修订办法", 0), ("印发通知", 1)]


@pytest.mark.parametrize("mark", sorted(set(LINE_BREAKS) - {"\n"}))
def test_every_line_break_reads_alike(mark: str) -> None:
    """A page whose lines end with CR alone keeps its title, its days and its titles without breaks."""
    wanted = assemble_notice(PAGE, SPANS, source="x")
    found = assemble_notice(PAGE.replace("\n", mark), SPANS, source="x")
    assert wanted["title"] == "中共梅溪镇委员会关于巡察整改情况的公告"
    assert wanted["published_on"] == "2023-11-20"
    for key in ("title", "issuer", "inspector", "inspection", "feedback_on", "published_on", "documents"):
        assert found[key] == wanted[key]
    assert [entity["value"] for entity in found["entities"]] == [one["value"] for one in wanted["entities"]]
    for one, other in zip(found["issues"], wanted["issues"], strict=True):
        assert (one["start"], one["end"]) == (other["start"], other["end"])


def test_windows_line_ends_read_alike() -> None:
    text = PAGE.replace("\n", "\r\n")
    spans = [replace(span, start=moved(span.start), end=moved(span.end)) for span in SPANS]
    wanted, found = assemble_notice(PAGE, SPANS, source="x"), assemble_notice(text, spans, source="x")
    for key in ("title", "issuer", "inspector", "inspection", "feedback_on", "published_on", "documents"):
        assert found[key] == wanted[key]
    assert [entity["value"] for entity in found["entities"]] == [one["value"] for one in wanted["entities"]]


def moved(at: int) -> int:
    """Where a character of the page stands once every line ends with two."""
    return at + PAGE.count("\n", 0, at)


def test_the_fold_of_lines_keeps_every_offset() -> None:
    text = "一、㈠\r\n２\x85…\u2028㎡\x0b"
    assert len(fold_lines(text)) == len(text)
    assert fold_lines(text) == "一、㈠\n\n2\n…\n㎡\n"


def test_an_entity_that_sticks_out_of_a_measure_is_not_in_it() -> None:
    text = "1.学习不够\n一是已修订《办法》\n二是印发通知。"
    span = Span(text.index("《"), text.index("二是") + 2, "DOCUMENT")
    record = assemble_notice(text, [span], source="x")
    assert [measure["entities"] for measure in record["issues"][0]["measures"]] == [[], []]
    assert record["entities"][0]["text"] == "《办法》\n二是"


@pytest.mark.parametrize("label", ["COUNT", "MONEY", "PERCENT"])
@pytest.mark.parametrize("mention", ["亿" * 39, "9" * 60, "1" + "万亿" * 30])
def test_a_number_too_great_for_any_notice_is_not_read(label: str, mention: str) -> None:
    read = quantity(label, mention)
    assert read.value is None
    assert read.rule == "unreadable"


def test_the_greatest_numbers_of_a_notice_are_read() -> None:
    assert quantity("MONEY", "100万亿元").value == 10**14


def test_white_space_is_no_mention() -> None:
    text = "1.学习不够\n一是 已修订办法。"
    blank = text.index(" ")
    record = assemble_notice(text, [Span(blank, blank + 1, "BODY")], source="x")
    assert record["entities"] == []
    assert json_line(record)


def test_half_characters_never_join_in_a_file() -> None:
    record = assemble_notice("整\ud83d\ude00改", [Span(3, 4, "BODY")], source="x")
    line = json.loads(json_line(record))
    assert line["text"] == "整\ufffd\ufffd改"
    assert line["text"][3:4] == line["entities"][0]["text"] == "改"


def test_a_mention_never_ends_between_the_two_characters_of_a_line_end() -> None:
    from rectify_ner.tagger.repair import tight

    text = "印发办法1\r\n 2项\r\n"
    found = list(tight(text, [Span(4, 6, "COUNT"), Span(6, 8, "BODY"), Span(7, 12, "COUNT")]))
    assert [text[span.start : span.end] for span in found] == ["1", "2项"]
