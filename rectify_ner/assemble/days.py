"""Days that cannot be: periods that end before they begin, acts before the inspection or after the notice."""

import re
from collections.abc import Iterator, Sequence

from rectify_ner.assemble.check import Check, Place
from rectify_ner.assemble.sentences import Mention, Sentence
from rectify_ner.notice import Entity, Flag, Head, Status


def day_checks(
    sentences: Sequence[Sentence], head: Head, flags: Sequence[Flag], statuses: Sequence[Status]
) -> Iterator[Check]:
    """Checks of the notice's own days and of the days at which its measures were done."""
    yield from _head(sentences, head, flags)
    for sentence in sentences:
        if sentence.measure is not None and "Ⓓ" in sentence.text:
            yield from _acts(sentence, head, statuses[sentence.measure])


_INSPECTS = re.compile(r"巡[察视]")


def _head(sentences: Sequence[Sentence], head: Head, flags: Sequence[Flag]) -> Iterator[Check]:
    reversed_at = {flag.start for flag in flags if flag.kind == "date-reversed"}
    for mention, line in _opening(sentences):
        if mention.entity.start in reversed_at and _INSPECTS.search(line):
            yield _impossible("inspection_period", (mention.place,), "巡察时间的止日早于起日。")
    if head.inspection is not None:
        start, end = head.inspection
        places = _places(sentences, start, end)
        if end < start:
            yield _impossible("inspection_period", places, f"巡察时间止于{end}，早于起日{start}。")
        if head.feedback_on is not None and head.feedback_on < start:
            message = f"反馈日{head.feedback_on}早于巡察开始之日{start}。"
            yield _impossible("feedback_day", _places(sentences, head.feedback_on) + places, message)
    fed_back, published = head.feedback_on, head.published_on
    if fed_back is not None and published is not None and published < fed_back:
        places = _places(sentences, published) + _places(sentences, fed_back)
        yield _impossible("published_day", places, f"通报日{published}早于反馈日{fed_back}。")


def _impossible(kind: str, places: tuple[Place, ...], message: str) -> Check:
    return Check(kind, False, places, message, severity="error")


def _opening(sentences: Sequence[Sentence]) -> Iterator[tuple[Mention, str]]:
    for sentence in sentences:
        if sentence.measure is not None:
            return
        for mention in sentence.mentions:
            if mention.entity.label == "DATE":
                yield mention, sentence.text


def _places(sentences: Sequence[Sentence], start: str, end: str | None = None) -> tuple[tuple[int, int], ...]:
    """Where a day of the head stands; the notice's beginning where no mention has just these days."""
    for sentence in sentences:
        for mention in sentence.mentions:
            value = mention.entity.value
            if mention.entity.label == "DATE" and (value["start"], value["end"]) == (start, end or start):
                return (mention.place,)
    return ((0, 0),)


_BEGINS = re.compile(
    r"(?:^|[,;:。]|[一二三四五六七八九十\d]是|[①-⑳]|\d[.、)])(?:[ⒷⓇ、和]{1,6})?(?:先后|分别|已|就)?[于在]?$"
)
_ACT = re.compile(
    r"(?:,)?(?:[ⒷⓇ、和]{1,6})?(?:又|再次|已|即|专题|组织|集中|正式|联合|会同[ⒷⓇ、和]{1,4}|研究|修订|制定|并)*"
    r"(?:印发|制定|召开|开展|修订|出台|成立|举办|下发|完成|建立|签订|组织|启动|发放|学习|发出|清退|退还|收回|追缴)(?!的|以来|至今|后的|前)"
)
_AHEAD = re.compile(r"将|拟|计划|预计|力争|确保|争取|准备|安排|下一?步|待")


def _acts(sentence: Sentence, head: Head, status: Status) -> Iterator[Check]:
    """Days that open a clause which tells an act: what stands deeper may date something else."""
    for mention in sentence.mentions:
        entity = mention.entity
        if entity.label != "DATE" or entity.value["start"] is None or not _prints_year(entity):
            continue
        if not _BEGINS.search(sentence.text, max(0, mention.at - 16), mention.at):
            continue
        clause = re.split(r"[;。]", sentence.text[mention.at + 1 : mention.at + 60])[0]
        ahead = _AHEAD.search(sentence.text, max(0, mention.at - 60), mention.at + 60)
        if not _ACT.match(clause) or "的" in clause.split(",")[0] or ahead:
            continue
        start, end = entity.value["start"], entity.value["end"]
        if head.inspection is not None and end < head.inspection[0]:
            message = f"措施所写日期{end}早于巡察开始之日{head.inspection[0]}，请核对年份。"
            yield Check("before_inspection", False, (mention.place,), message)
        elif head.published_on is not None and start > head.published_on and status == "done":
            message = f"措施写作已完成，所写日期{start}却晚于通报之日{head.published_on}。"
            yield Check("after_notice", False, (mention.place,), message, severity="error")


def _prints_year(entity: Entity) -> bool:
    """Whether a mention names a day or month of a printed year."""
    return "/" not in entity.rule and entity.rule.startswith(("day", "month", "damaged"))
