"""What a notice claims against what is in it: a case a kind, and what stays silent beside it."""

import re
from typing import Any

import pytest

from rectify_ner.assemble import parse
from rectify_ner.assemble.record import build_record
from rectify_ner.corpus import parse_gold

_COUNT = re.compile(r"(?<![\d.])(\d+)(个|条|项|件|人次|人|家|份|处|座|次)(?!月)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:至(?:\d{4}年)?\d{1,2}月\d{1,2}日)?|\d{4}-\d\d-\d\d")
_TITLE = re.compile(r"《[^》]+》")
_MONEY = re.compile(r"\d+(?:\.\d+)?万元?")

HEAD = (
    "中共青岚县水务局党组关于县委巡察整改情况的通报\n发布时间：2023-09-20\n"
    "2022年10月8日至11月20日，县委第三巡察组对县水务局党组开展巡察，2022年12月28日反馈了意见。\n"
)


def issue(number: int, *measures: str) -> str:
    steps = "".join(f"{ordinal}是{measure}" for ordinal, measure in zip("一二三", measures, strict=False))
    return f"{number}.第{number}处管护责任落实不到位。\n整改情况：{steps}\n"


BODY = "".join(
    issue(number, f"修订{number}号台账。", f"核对第{number}批往来款项并说明缘由。") for number in (1, 2, 3)
)


def checks(organisation: str = "", issues: str = BODY, head: str = HEAD) -> list[dict[str, Any]]:
    text = f"{head}一、整改工作组织情况\n{organisation}\n二、反馈问题整改情况\n（一）河湖管护方面\n{issues}"
    for label, pattern in (
        ("DOCUMENT action='issue'", _TITLE), ("DATE start='' end=''", _DATE),
        ("MONEY value='0' approximate='false'", _MONEY), ("PERCENT value='0' approximate='false'", _PERCENT),
        ("COUNT value='0' unit='' of='' approximate='false'", _COUNT),
    ):  # fmt: skip
        pieces = re.split(r"(<[^<>]+>[^<>]*</\w+>)", text)
        name = label.split()[0]
        text = "".join(
            piece
            if piece.startswith("<")
            else pattern.sub(lambda found: f"<{label}>{found[0]}</{name}>", piece)  # noqa: B023
            for piece in pieces
        )
    gold = parse_gold(f"<notice>{text}</notice>")
    return list(
        build_record(parse(gold.text, [entity.span for entity in gold.entities]), source="a")["checks"]
    )


def verdicts(kind: str, found: list[dict[str, Any]]) -> list[tuple[float | None, float | None, bool]]:
    return [(check["reported"], check["found"], check["ok"]) for check in found if check["kind"] == kind]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("针对反馈的3个问题，逐条制定整改方案。", [(3, 3, True)]),
        ("对照反馈的5个具体问题建立台账。", [(5, 3, False)]),
        ("梳理问题4个，逐一认领。", [(4, 3, False)]),
        ("班子成员在民主生活会上查摆问题21个。", []),
        ("下一步，继续抓好2个问题的整改。", []),
        ("收到群众反映问题9个。", []),
        ("分析问题原因12条。", []),
    ],
)
def test_number_of_issues(sentence: str, wanted: list[tuple[float, float, bool]]) -> None:
    assert verdicts("issues", checks(sentence)) == wanted


def test_number_of_issues_may_fit_any_depth() -> None:
    nested = (
        "1.管护不实。\n(1)巡河流于形式。\n整改情况：一是开展巡河。\n(2)台账不清。\n整改情况：一是核对台账。\n"
    )
    assert verdicts("issues", checks("针对反馈的1个问题、2个具体问题制定方案。", nested)) == [
        (1, 1, True),
        (2, 2, True),
    ]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("把反馈的1个方面3个问题逐一分解。", [(1, 1, True)]),
        ("把反馈的4个方面3个问题逐一分解。", [(4, 1, False)]),
        ("从5个方面抓好落实。", []),
    ],
)
def test_number_of_categories(sentence: str, wanted: list[tuple[float, float, bool]]) -> None:
    assert verdicts("categories", checks(sentence)) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("制定整改措施6条。", [(6, 6, True)]),
        ("制定整改措施20条。", [(20, 6, True)]),
        ("制定整改措施4条。", [(4, 6, False)]),
    ],
)
def test_a_plan_may_hold_more_measures_than_the_notice_prints(
    sentence: str, wanted: list[tuple[float, float, bool]]
) -> None:
    assert verdicts("measures", checks(sentence)) == wanted


def test_finished_and_unfinished_issues() -> None:
    issues = issue(1, "修订台账。") + issue(2, "印发通知。") + issue(3, "工程正在推进中。")
    found = checks("反馈的3个问题，已完成2个，其余1个正在推进。", issues)
    assert verdicts("issues_done", found) == [(2, 2, True)]
    assert verdicts("issues_open", found) == [(1, 1, True)]
    found = checks("反馈的3个问题，已完成整改3个。", issues)
    assert verdicts("issues_done", found) == [(3, 2, False)]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("共立案25件，其中信访案15件、监察案9件。", [(25, 24, False)]),
        ("共立案25件,其中信访案16件,监察案9件。", [(25, 25, True)]),
        ("清理房产57处，其中解除合同11处、重新招租19处、其余27处补签合同。", [(57, 57, True)]),
        ("清理房产57处，其中解除合同11处、其余40处补签合同。", [(57, 51, False)]),
        ("引进人才30人，其中博士2人、硕士9人。", []),
        ("集中学习9次，其中交流研讨6次，撰写调研文章7份。", []),
        ("处理12人，其中诫勉5人、警告7人，发出通报3份。", [(12, 12, True)]),
        ("争取资金270万元，其中中央资金150万元、县级配套120万元。", [(2700000, 2700000, True)]),
        ("争取资金270万元，其中中央资金150万元、县级配套140万元。", [(2700000, 2900000, False)]),
        ("反馈的3个问题，已完成2个，其余2个正在推进。", [(3, 4, False)]),
    ],
)
def test_sums_within_a_sentence(sentence: str, wanted: list[tuple[float, float, bool]]) -> None:
    assert verdicts("sum", checks(sentence)) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("41条措施落实37条，完成率90.2%。", [True]),
        ("41条措施落实37条，完成率95.2%。", [False]),
        ("抽检样品480份，不合格9份，合格率98.1%。", [True]),
        ("已完成40条，其余3条按节点推进，完成率93%。", [True]),
        ("受理投诉12件，群众满意率98%。", []),
        ("开展培训3次，参训率98%。", []),
    ],
)
def test_rates(sentence: str, wanted: list[bool]) -> None:
    assert [ok for *_, ok in verdicts("rate", checks(sentence))] == wanted


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("印发《甲管理办法》《乙管理办法》2项制度。", [(2, 2, True)]),
        ("印发《甲管理办法》《乙管理办法》3项制度。", [(3, 2, False)]),
        ("印发《甲管理办法》《乙管理办法》等5项制度。", []),
    ],
)
def test_documents_named_in_a_sentence(measure: str, wanted: list[tuple[float, float, bool]]) -> None:
    assert verdicts("documents_listed", checks(issues=issue(1, measure))) == wanted


def test_documents_claimed_by_the_notice() -> None:
    made = issue(1, "印发《巡河管护办法》。", "制定《水费收缴规定》。")
    assert verdicts("documents_issued", checks("制定出台制度2项。", made)) == [(2, 2, True)]
    assert verdicts("documents_issued", checks("制定出台制度9项。", made)) == [(9, 2, True)]
    assert verdicts("documents_issued", checks("制定出台制度1项。", made)) == [(1, 2, False)]


def test_inspection_that_ends_before_it_begins() -> None:
    head = HEAD.replace("2022年10月8日至11月20日", "2022年10月8日至2022年9月20日")
    assert len(verdicts("inspection_period", checks(head=head))) == 1
    assert verdicts("inspection_period", checks()) == []


@pytest.mark.parametrize(
    ("measure", "kind"),
    [
        ("2021年5月6日召开专题会议部署管护工作。", "before_inspection"),
        ("2024年5月6日召开专题会议部署管护工作。", "after_notice"),
        ("2023年5月6日召开专题会议部署管护工作。", None),
        ("将于2024年5月6日召开专题会议。", None),
        ("对2021年5月6日签订的合同逐一复核。", None),
        ("2021年5月6日签订的合同已解除。", None),
    ],
)
def test_days_of_measures(measure: str, kind: str | None) -> None:
    kinds = {check["kind"] for check in checks(issues=issue(1, measure))}
    assert kinds & {"before_inspection", "after_notice"} == ({kind} if kind else set())


def test_days_of_the_head_in_their_order() -> None:
    head = HEAD.replace("2023-09-20", "2022-12-01")
    assert [check["severity"] for check in checks(head=head) if check["kind"] == "published_day"] == ["error"]


def test_outline_flags_are_checks() -> None:
    doubled = "1.管护责任不实。\n整改情况：一是开展巡河检查。\n二是整修河道堤防。\n二是清理河道垃圾。\n"
    assert [check["kind"] for check in checks(issues=doubled)] == ["number_doubled"]


def test_every_check_names_its_spans_and_says_one_sentence() -> None:
    for check in checks("把反馈的4个方面5个问题分解为2条整改措施，共立案25件，其中甲类15件、乙类9件。"):
        assert check["start"] < check["end"]
        assert check["spans"][0] == {"start": check["start"], "end": check["end"]}
        assert check["message"].endswith("。") and check["message"].count("。") == 1


def flags_of(issues: str) -> list[list[str]]:
    gold = parse_gold(f"<notice>{HEAD}二、反馈问题整改情况\n{issues}</notice>")
    record = build_record(parse(gold.text, [entity.span for entity in gold.entities]), source="a")
    return [
        [flag["kind"] for flag in measure["flags"]]
        for found in record["issues"]
        for measure in found["measures"]
    ]


def test_measure_with_nothing_verifiable_is_flagged() -> None:
    counted = "<COUNT value='3' unit='次' of='' approximate='false'>3次</COUNT>"
    assert flags_of(issue(1, "进一步提高政治站位。", f"开展巡河{counted}。")) == [["unverifiable"], []]


def test_text_used_for_another_issue_is_flagged() -> None:
    same = "坚持举一反三，把管护责任落实到每一个环节、每一名人员。"
    assert flags_of(issue(1, same) + issue(2, same))[1] == ["unverifiable", "repeated"]
    assert flags_of(issue(1, same, same))[1] == ["unverifiable"]
