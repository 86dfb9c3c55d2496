"""Corpus files: what is read, what is refused, and that writing gives the file back."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.corpus import parse_gold, read_corpus, read_gold, write_gold
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Entity, Gold, Head, Outline

NOTICE = (
    '<notice>中共<BODY responsible="false">青石县水利局党组</BODY>通报\n'
    "<category>(一)政治建设方面</category>\n"
    '<issue id="1" label="1." parent="">1.学习不够</issue>\n'
    '<issue id="2" label="(1)" parent="1">(1)计划不细。</issue>'
    '<measure issue="2" ordinal="一是" status="done">一是<ROLE responsible="true">局长</ROLE>印发'
    '<DOCUMENT action="issue">《计划》</DOCUMENT>'
    '<COUNT value="2" unit="份" of="计划" approximate="false">两份</COUNT>，'
    '<DATE start="2022-05-01" end="2022-05-31">2022年5月</DATE>完成。</measure></notice>'
)


def test_offsets_are_those_of_the_text() -> None:
    gold = parse_gold(NOTICE)
    mentions = [gold.text[entity.start : entity.end] for entity in gold.entities]
    assert mentions == ["青石县水利局党组", "局长", "《计划》", "两份", "2022年5月"]
    assert gold.outline.issues[1].parent == 0
    measure = gold.outline.measures[0]
    assert gold.text[measure.start : measure.end].startswith("一是局长")
    assert (measure.issue, measure.ordinal, gold.statuses) == (1, "一是", ("done",))


def test_written_and_read_again_is_the_same() -> None:
    gold = parse_gold(NOTICE)
    assert write_gold(gold) == NOTICE
    assert parse_gold(write_gold(gold)) == gold


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=30))
def test_any_text_survives_writing(text: str) -> None:
    gold = Gold("notice", text, Head(), Outline(), (), ())
    assert parse_gold(write_gold(gold)).text == text


@pytest.mark.parametrize(
    ("xml", "complaint"),
    [
        ("<notice><PERSON>王某</PERSON></notice>", "unknown tag <PERSON>"),
        ('<notice><BODY responsible="yes">县委</BODY></notice>', "wanted true or false"),
        ("<notice><BODY>县委</BODY></notice>", "has attributes"),
        (
            '<notice><BODY responsible="false"><ROLE responsible="false">书记</ROLE></BODY></notice>',
            "never nest",
        ),
        ('<notice><BODY responsible="false"> 县委</BODY></notice>', "outer white space"),
        (
            '<notice><measure issue="1" ordinal="" status="done">完成。</measure></notice>',
            "measure without issue",
        ),
        ('<notice><DATE start="2022-02-30" end="2022-02-30">2月30日</DATE></notice>', "wanted a day like"),
        ('<notice><DATE start="2022-03-02" end="2022-03-01">3月</DATE></notice>', "in order"),
        ('<notice><MONEY value="一万" approximate="false">一万元</MONEY></notice>', "wanted a plain number"),
        ('<notice><DOCUMENT action="make">《办法》</DOCUMENT></notice>', "wanted one of issue"),
        ('<notice><issue id="2" label="1." parent="">1.学习</issue></notice>', "ids count up"),
        ('<notice><issue id="1" label="2." parent="">1.学习</issue></notice>', "has label"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(xml: str, complaint: str) -> None:
    with pytest.raises(CorpusError, match=complaint):
        parse_gold(xml)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "017.xml"
    path.write_text("<notice>", "utf-8")
    with pytest.raises(CorpusError, match=r"017\.xml"):
        read_gold(path)
    with pytest.raises(CorpusError, match="wanted annotated notices"):
        read_corpus(tmp_path / "empty")


def test_entities_inside_external_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text('<!DOCTYPE notice [<!ENTITY x "y">]><notice>&x;</notice>', "utf-8")
    with pytest.raises(CorpusError):
        read_gold(path)


def test_entity_value_keeps_its_types() -> None:
    count = parse_gold(NOTICE).entities[3]
    assert count == Entity(
        count.start,
        count.end,
        "COUNT",
        {"value": 2.0, "unit": "份", "of": "计划", "approximate": False},
    )
