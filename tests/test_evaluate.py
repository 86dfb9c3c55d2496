"""Scores on a small notice where every number can be counted by hand."""

from rectify_ner.assemble import parse
from rectify_ner.corpus import parse_gold
from rectify_ner.evaluate import Scores, compare_entities, evaluate
from rectify_ner.notice import Entity

NOTICE = parse_gold(
    "<notice>二、整改落实情况\n<category>(一)政治建设方面</category>\n"
    '<issue id="1" label="1." parent="">1.学习不够扎实</issue>\n整改情况:'
    '<measure issue="1" ordinal="一是" status="done">一是<BODY responsible="true">局党组</BODY>制定'
    '<DOCUMENT action="issue">《学习计划》</DOCUMENT>。</measure>'
    '<measure issue="1" ordinal="二是" status="planned">二是拟开展培训'
    '<COUNT value="3" unit="次" of="培训" approximate="false">3次</COUNT>。</measure></notice>'
)


def test_gold_spans_with_rules_score_full_marks() -> None:
    parsed = parse(NOTICE.text, [entity.span for entity in NOTICE.entities])
    scores = evaluate([(NOTICE, parsed)])
    assert scores.entities["all"].f == 1.0
    assert scores.structure["measures under their issue"].as_dict()["gold"] == 2
    assert {name: tally.f for name, tally in scores.structure.items()} == dict.fromkeys(scores.structure, 1.0)
    assert scores.slots["all"].as_dict()["right"] == 3


def test_a_missing_a_wrong_and_an_extra_span_count_once_each() -> None:
    gold = NOTICE.entities
    longer = Entity(gold[1].start, gold[1].end + 1, "DOCUMENT", gold[1].value)
    extra = Entity(0, 2, "ROLE", {"responsible": False})
    scores = Scores()
    compare_entities(scores, NOTICE.text, gold, [gold[0], longer, extra])
    total = scores.entities["all"]
    assert (total.right, total.predicted, total.gold) == (1, 3, 3)
    assert scores.entities["DOCUMENT"].f == 0.0
    assert scores.entities["ROLE"].precision == 0.0


def test_no_gold_and_nothing_found_is_no_division_by_zero() -> None:
    scores = Scores()
    compare_entities(scores, "", [], [])
    assert scores.entities["DATE"].as_dict()["f"] == 0.0
