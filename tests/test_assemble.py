"""Links of the record: who a short form is, which document is meant, who answers and by when."""

import pytest

from rectify_ner.assemble import Parsed, parse
from rectify_ner.assemble.answers import status_word
from rectify_ner.assemble.bodies import resolve_bodies
from rectify_ner.assemble.documents import document_key, document_suffix
from rectify_ner.assemble.record import build_record
from rectify_ner.corpus import parse_gold
from rectify_ner.notice import Head

TITLE = "中共青岚县水务局党组关于县委巡察整改情况的通报\n"


def body(name: str, said: bool = False) -> str:
    return f"<BODY responsible='{str(said).lower()}'>{name}</BODY>"


def document(name: str) -> str:
    return f"<DOCUMENT action='issue'>{name}</DOCUMENT>"


def date(text: str) -> str:
    return f"<DATE start='' end=''>{text}</DATE>"


def parsed(inner: str) -> Parsed:
    """The rules' own reading of a text whose mentions are marked."""
    gold = parse_gold(f"<notice>{inner}</notice>")
    return parse(gold.text, [entity.span for entity in gold.entities])


def names(issuer: str, *mentions: str, inspector: str | None = None, between: str = "，") -> dict[str, str]:
    """What each mention refers to in a notice of ``issuer``."""
    gold = parse_gold(f"<notice>{between.join(body(name) for name in mentions)}</notice>")
    found = resolve_bodies(gold.text, gold.entities, Head(issuer=issuer, inspector=inspector))
    return {
        gold.text[gold.entities[index].start : gold.entities[index].end]: reference.name
        for index, reference in found.items()
    }


@pytest.mark.parametrize(
    ("issuer", "mention"),
    [
        ("中共青岚县水务局党组", "局党组"),
        ("中共青岚县水务局党组", "县水务局党组"),
        ("中共青岚县水务局党组", "党组"),
        ("中共澄江区园林绿化管理中心党组", "中心党组"),
        ("中共云台县东坪镇委员会", "镇党委"),
        ("中共云台县东坪镇委员会", "东坪镇党委"),
        ("中共云台县东坪街道工作委员会", "街道党工委"),
        ("中共明川市卫生健康委员会委员会", "市卫生健康委党委"),
        ("中共明川市交通投资集团有限公司委员会", "集团党委"),
        ("中共明川市文学艺术界联合会党组", "市文联党组"),
        ("中共云台县石桥村总支部委员会", "村党总支"),
        ("中共云台县第二中学委员会", "校党委"),
    ],
)
def test_short_forms_of_the_issuer_resolve_to_its_full_name(issuer: str, mention: str) -> None:
    if mention == "村党总支":
        mention = "石桥村党总支"
    assert names(issuer, mention) == {mention: issuer}


@pytest.mark.parametrize(
    ("issuer", "mention"),
    [
        ("中共青岚县水务局党组", "县委"),
        ("中共青岚县水务局党组", "县财政局"),
        ("中共青岚县水务局党组", "各党支部"),
        ("中共青岚县水务局党组", "机关党委"),
        ("中共明川市青岚区税务局党委", "市局党委"),
        ("中共云台县东坪镇石桥村总支部委员会", "镇党委"),
        ("中共北原医学院附属医院委员会", "北原医学院党委"),
        ("中共共青团明川市委员会党组", "市委"),
    ],
)
def test_other_bodies_are_not_the_issuer(issuer: str, mention: str) -> None:
    assert names(issuer, mention) == {}


def test_unit_behind_the_issuer() -> None:
    assert names("中共青岚县水务局党组", "局", "县水务局") == {
        "局": "青岚县水务局",
        "县水务局": "青岚县水务局",
    }


def test_inspecting_group_resolves_and_another_one_does_not() -> None:
    found = names("中共青岚县水务局党组", "巡察组", "县委第五巡察组", inspector="县委第三巡察组")
    assert found == {"巡察组": "县委第三巡察组"}


def test_bracket_declares_a_short_form() -> None:
    marked = f"{body('明川通达建设有限公司')}（以下简称“通达公司”）承建，{body('通达公司')}返工"
    gold = parse_gold(f"<notice>{marked}</notice>")
    found = resolve_bodies(gold.text, gold.entities, Head())
    assert [reference.name for reference in found.values()] == ["明川通达建设有限公司"]
    assert "简称" in found[1].reason


def test_team_takes_the_one_longer_name_before_it() -> None:
    one = names("中共青岚县水务局党组", "巡察整改工作领导小组", "领导小组")
    assert one == {"领导小组": "巡察整改工作领导小组"}
    assert names("中共青岚县水务局党组", "防汛工作领导小组", "整改工作领导小组", "领导小组") == {}


@pytest.mark.parametrize(
    ("title", "suffix"),
    [
        ("采购管理办法（试行）", "试行"),
        ("采购管理办法(暂行)", "暂行"),
        ("采购管理办法", None),
        ("预案（2023版）", "2023版"),
    ],
)
def test_suffix_of_a_title(title: str, suffix: str | None) -> None:
    assert document_suffix(title) == suffix


def test_key_ignores_width_spaces_suffix_and_the_wrapping_circular() -> None:
    keys = {
        document_key(title)
        for title in ("公务 用车管理办法（试行）", "公务用车管理办法", "关于印发〈公务用车管理办法〉的通知")
    }
    assert len(keys) == 1


def test_same_document_named_again_is_one() -> None:
    first, again = document("《青岚县水务局采购管理办法》（试行）"), document("《采购管理办法》")
    record = build_record(
        parsed(
            f"{TITLE}二、反馈问题整改情况\n1.采购管理不规范。\n一是印发{first}。二是组织学习{again}。\n"
            f"2.执行制度不严。\n一是下发{document('工作提示单')}。\n3.跟踪问效不够。\n一是下发{document('工作提示单')}。\n"
        ),
        source="a",
    )
    ids = [entity["document_id"] for entity in record["entities"] if entity["label"] == "DOCUMENT"]
    assert ids[0] != ids[2] != ids[3]
    assert record["documents"][0]["action"] == "issue"
    assert record["entities"][0]["value"]["suffix"] == "试行"


LINES = (
    f"{TITLE}二、反馈问题整改情况\n1.管网维护不及时。\n"
    f"责任单位：{body('供排水科')}\n整改时限：{date('2023年6月底前')}\n整改状态：阶段性完成\n"
    "整改情况：\n一是更换老旧管网。\n2.台账不清。\n整改情况：\n"
    f"一是{body('局党组')}修订台账。二是逐一核对账目。\n"
)


def test_field_lines_answer_for_the_measures_of_their_issue() -> None:
    first, second = build_record(parsed(LINES), source="a")["issues"]
    assert first["measures"][0]["responsible"] == ["供排水科"]
    assert first["measures"][0]["responsible_inferred"] is False
    assert first["deadline"]["value"] == {"start": "2023-06-21", "end": "2023-06-30"}
    assert first["measures"][0]["deadline"]["text"] == "2023年6月底前"
    assert second["deadline"] is None


def test_measures_without_field_lines_name_their_subject_or_the_issuer() -> None:
    named, unnamed = build_record(parsed(LINES), source="a")["issues"][1]["measures"]
    assert named["responsible"] == ["中共青岚县水务局党组"]
    assert named["responsible_inferred"] is False
    assert unnamed["responsible"] == ["中共青岚县水务局党组"]
    assert unnamed["responsible_inferred"] is True
    assert all(link["reason"] for measure in (named, unnamed) for link in measure["responsible_links"])


def test_status_line_sets_the_issue() -> None:
    first, second = build_record(parsed(LINES), source="a")["issues"]
    assert (first["status"], first["stated_status"]["text"]) == ("in_progress", "阶段性完成")
    assert (second["status"], second["stated_status"]) == ("done", None)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("已完成", "done"),
        ("完成", "done"),
        ("已办结", "done"),
        ("整改到位", "done"),
        ("已完成并长期坚持", "done"),
        ("已完成，长期坚持", "done"),
        ("立行立改", "done"),
        ("基本完成", "in_progress"),
        ("阶段性完成（2023年底前全部完成）", "in_progress"),
        ("取得阶段性成效", "in_progress"),
        ("长期坚持", "in_progress"),
        ("持续推进", "in_progress"),
        ("正在整改", "in_progress"),
        ("未完成", "in_progress"),
        ("按计划推进", "in_progress"),
        ("尚未启动", "planned"),
        ("计划2024年实施", "planned"),
        ("见附件", None),
    ],
)
def test_words_of_a_status_line(word: str, status: str | None) -> None:
    assert status_word(word) == status
