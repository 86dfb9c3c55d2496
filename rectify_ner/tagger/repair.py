"""Where rules are surer than the model: ranges, what belongs to a date or an amount, 我局 and 本单位.

Spans only grow, merge or are added where none is, never into another span (docs/annotation-guide.md).
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rectify_ner.fold import fold
from rectify_ner.notice import Label, Span


class Attached(NamedTuple):
    """Words that belong to a span of these labels when they touch it."""

    labels: tuple[Label, ...]
    before: re.Pattern[str] | None
    behind: re.Pattern[str] | None


_AMOUNTS: tuple[Label, ...] = ("COUNT", "MONEY", "PERCENT")
ATTACHED = (
    Attached(
        ("DATE",),
        None,
        re.compile(
            r"(?:份|度)?(?:以来(?![信电访函])|至今|底前|期间|底(?=[,。;、])|前(?![往后三两期者几夕来去任半提台端沿述])"
            r"|起(?![草来诉步始点伏到]))|(?<=今年)来(?=[^自到源往临])"
        ),
    ),
    Attached(
        _AMOUNTS,
        re.compile(r"(?<![附最临接将靠邻远])近$|(?<![节预制合条契简签租邀相公特履违守])(?:大约|约)$"),
        re.compile(r"以上|以下|以内|左右|上下(?=[,。;、])"),
    ),
)
_POINTED_AT = re.compile(
    r"(?:(?<![自成基根资样版日剧书课账标绘读])本|(?<![应活])该|我|某|其他)"
    r"(?P<name>(?:单位|局|中心|院|公司|集团|委(?!员)|部门|机关|镇|乡|街道|校|馆|厅)(?:党组|党委|党总支|党支部|纪委|机关)?"
    r"|党组|党委|党支部|支部)"
    r"(?!书记|成员|委员|负责|主要|领导|长|会|组|内|[\d一二三])"
)
_COUNTED = re.compile(
    r"(?:局属|直属|下属|所属)?(?:单位|企业|公司|部门|科室|股室|机构|领导小组|工作专班|专班|工作组|小组|党支部|支部|党组织"
    r"|协会|银行|站所)(?!负责|主要|书记|成员|工会|领导|长|人员|服务)"
)
"""A class noun right behind its number is a body (guide, BODY)."""
_COUNTERS = ("家", "个", "支")
_TWO_BODIES = re.compile(r"[省市区县州旗]委(?=[省市区县州旗]政府$)")
_STATIONED = re.compile(r"派?驻$")
_LEADING_VERBS = re.compile(
    r"(?:充分利用|积极组织|充分发挥|狠抓|厘清|加强|强化|发挥|未见|要求|约谈|会同|对接|抽查|走访|支持|帮助|提醒|责成"
    r"|安排|选派|抽调|成立|组建|建立|完善|完成|落实|压实|明确)+"
)
_FOLLOWED = re.compile(
    r"(?:落实|根据|依据|按照|对照|结合|执行|纳入|围绕|参照|通过|违反|遵守|学习|贯彻|比照|依照)$"
)
"""Directly before an unquoted name it is not made or sent, so it is no document (guide, DOCUMENT)."""
_UNSPECIFIC = re.compile(r"相应|相关|有关|各项|一系列|这些|的")
_OUTSIDE_A_TITLE = re.compile(r"了|各类|各种")
_HEAD = "(?:制度|办法|规则|细则|方案|计划|清单|台账|规定|预案|规程|规范|规划|承诺书|章程|公约)"
_BETWEEN_TITLES = re.compile(rf"(?<=[^、和及与]){_HEAD}(?P<mark>[、和及与])")
_ENDS_AS_TITLE = re.compile(rf"{_HEAD}$")
_LEADING_TIME = re.compile(r"[今去]年以?来(?=.)")
_NO_NAME_HOLDS = re.compile(r"(?<![所驻])在(?!外)|按|(?<=[组局委])对(?![口外接])")
_NO_NAME_ENDS = "及和与的"
"""Signs that no name of the corpus (24,778 bodies) holds, or ends with."""
_TEAM = re.compile(r"(?:领导小?组|工作组|工作专班|指挥部)$")
"""How no document ends."""
_CLOSING_BRACKET = re.compile(r"[^()]*(?P<mark>\))(?P<post>[^()]*)")
_BARE = ("单位", "企业", "部门", "公司", "科室")
_RANGE = re.compile(r"[至到]|-{1,2}|—{1,2}|~")
_UP_TO = re.compile(r"(?<=年)截[至止](?=\d{1,2}月)")
"""``2022年截至6月底`` is one date: the year up to that day."""


def repair(text: str, spans: Sequence[Span]) -> list[Span]:
    """The same spans in text order, grown, cut, merged or added where the guide leaves no choice."""
    plain = fold(text)
    cut = [piece for span in _merge_ranges(plain, spans) for piece in _cut(plain, span)]
    grown: list[Span] = []
    for number, span in enumerate(cut):
        floor = grown[-1].end if grown else 0
        ceiling = cut[number + 1].start if number + 1 < len(cut) else len(text)
        grown.append(_grow(plain, span, floor, ceiling))
        grown += _counted(plain, grown[-1], ceiling)
    return sorted([*grown, *_pointed_at(plain, grown)])


def tight(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Spans without white space at their edges; one of nothing else is left out.

    A tagger of characters may end a mention between the two characters of a line end, where spaCy, which
    has one token for both, ends it behind them.
    """
    for span in spans:
        mention = text[span.start : span.end]
        words = mention.strip()
        if words:
            start = span.start + len(mention) - len(mention.lstrip())
            yield Span(start, start + len(words), span.label)


def _merge_ranges(plain: str, spans: Sequence[Span]) -> list[Span]:
    """Two dates with only 至, 到 or a dash between them are one; a year and 截至 with a month too."""
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and last.label == span.label == "DATE" and _one_date(plain, last.end, span.start):
            merged[-1] = Span(last.start, span.end, "DATE")
        else:
            merged.append(span)
    return merged


def _one_date(plain: str, end: int, start: int) -> bool:
    if _RANGE.fullmatch(plain, end, start):
        return True
    found = _UP_TO.match(plain, end)
    return found is not None and found.end() == start


def _cut(plain: str, span: Span) -> Iterator[Span]:
    """What is left of a span that took in too much, as one span or several."""
    if span.label == "BODY":
        yield from _cut_body(plain, span)
    elif span.label == "ROLE":
        yield from _cut_post(plain, span)
    elif span.label == "DOCUMENT" and not {"《", "》"} & set(plain[span.start : span.end]):
        is_team = _TEAM.search(plain[span.start : span.end])
        yield from _cut_body(plain, span) if is_team else _cut_unquoted(plain, span)
    else:
        yield span


def _cut_body(plain: str, span: Span) -> Iterator[Span]:
    """A body without the verb or the time in front of it; 市委市政府 as two."""
    start, end = span.start, span.end
    if time := _LEADING_TIME.match(plain, start, end):
        start = time.end()
        yield Span(time.start(), start, "DATE")
    if verb := _LEADING_VERBS.match(plain, start, end):
        start = verb.end()
    for found in _NO_NAME_HOLDS.finditer(plain, start, end):
        yield from _named(plain, span, start, found.start())
        start = found.end()
    while start < end and plain[end - 1] in _NO_NAME_ENDS:
        end -= 1
    if two := _TWO_BODIES.search(plain[start:end]):
        yield Span(start, start + two.end(), "BODY")
        start += two.end()
    yield from _named(plain, span, start, end)


def _cut_post(plain: str, span: Span) -> Iterator[Span]:
    """A post behind a bracketed list is a span of its own: ``(办公室、财务处)负责人``."""
    found = _CLOSING_BRACKET.fullmatch(plain, span.start, span.end)
    if found is None or plain.rfind("(", 0, span.start) < plain.rfind(")", 0, span.start):
        yield span
        return
    if span.start < found.start("mark"):
        yield Span(span.start, found.start("mark"), "BODY")
    if found["post"]:
        yield Span(found.start("post"), span.end, "ROLE")


def _named(plain: str, whole: Span, start: int, end: int) -> Iterator[Span]:
    """The body, unless nothing or a bare class noun is left of a longer span."""
    is_cut = (start, end) != (whole.start, whole.end)
    if start < end and not (is_cut and plain[start:end] in _BARE):
        yield Span(start, end, "BODY")


def _cut_unquoted(plain: str, span: Span) -> Iterator[Span]:
    """No document where it is only followed or names nothing; a list of titles as several."""
    start, end = span.start, span.end
    if extra := _OUTSIDE_A_TITLE.match(plain, start, end):
        start = extra.end()
    if _UNSPECIFIC.match(plain, start, end) or _FOLLOWED.search(plain[max(0, start - 2) : start]):
        return
    if plain[start - 1 : start] not in ("“", '"') and _ENDS_AS_TITLE.search(plain[start:end]):
        for found in _BETWEEN_TITLES.finditer(plain, start, end):
            if found.start("mark") - start >= 4 and end - found.end() >= 4:
                yield Span(start, found.start("mark"), "DOCUMENT")
                start = found.end()
    if start < end:
        yield Span(start, end, "DOCUMENT")


def _counted(plain: str, span: Span, ceiling: int) -> Iterator[Span]:
    """The class noun that a count of bodies stands right before."""
    if span.label == "COUNT" and plain[span.end - 1] in _COUNTERS:
        found = _COUNTED.match(plain, span.end)
        if found and found.end() <= ceiling:
            yield Span(span.end, found.end(), "BODY")


def _pointed_at(plain: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Bodies behind 我, 本, 该, 某 and 其他 that touch no other span."""
    ends = [span.end for span in spans]
    for found in _POINTED_AT.finditer(plain):
        start, end = found.span("name")
        number = bisect_right(ends, found.start())
        if number == len(spans) or spans[number].start >= end:
            yield Span(start, end, "BODY")


def _grow(plain: str, span: Span, floor: int, ceiling: int) -> Span:
    start, end = span.start, span.end
    if span.label == "BODY" and plain.endswith(("纪检监察组", "纪检组"), start, end):
        found = _STATIONED.search(plain[max(floor, start - 2) : start])
        start -= len(found[0]) if found else 0
    for rule in ATTACHED:
        if span.label not in rule.labels:
            continue
        if rule.before and (found := rule.before.search(plain[max(floor, start - 3) : start])):
            start -= len(found[0])
        if rule.behind and (found := rule.behind.match(plain, end, min(ceiling, end + 6))):
            end = found.end()
    return Span(start, end, span.label)
