"""Which bodies and posts carry a measure out, and why.

Each mention is judged in its own clause, by what stands before it and what stands behind it.
Mentions joined by 、, 和 or 等 are one group with one verdict.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rectify_ner.normalise import body_words as words
from rectify_ner.normalise.passages import Passage, read_passages
from rectify_ner.notice import Outline, Span

Verdict = tuple[bool, str]
_CLAUSE_REACH = 60  # characters of a clause that are read on either side of a group
_REACH = 16  # characters before a mention in which its governing word is looked for


def responsible(text: str, spans: Sequence[Span], outline: Outline) -> dict[Span, Verdict]:
    """For each BODY and ROLE whether it carries the measure out, and the reason in Chinese."""
    verdicts: dict[Span, Verdict] = {}
    for passage in read_passages(text, spans, outline):
        actors = [
            (span, place)
            for span, place in zip(passage.spans, passage.places, strict=True)
            if span.label in ("BODY", "ROLE")
        ]
        if passage.measure is None:
            verdicts |= {span: (False, "措施之外") for span, _ in actors}
        elif actors:
            names = {place: text[span.start : span.end] for span, place in actors}
            found = _judge(passage, names)
            verdicts |= {span: found[place] for span, place in actors}
    return verdicts


@dataclass(frozen=True, slots=True)
class Setting:
    """A group of mentions in its clause."""

    left: str
    """The clause before the group, back to the group before it."""
    right: str
    following: str
    """The next clause, where only a comma parts the two."""
    name: str
    """The last mention of the group as printed."""
    before: Verdict | None
    """The verdict on the group before it in the same clause."""
    opens: bool
    """Whether no other group stands before it in the clause."""


def _judge(passage: Passage, names: dict[int, str]) -> dict[int, Verdict]:
    found: dict[int, Verdict] = {}
    line = passage.text
    clauses = passage.clauses()
    for number, (start, end) in enumerate(clauses):
        if words.ITEM.search(line, start, end) is None:
            continue
        piece = line[start:end]
        following = ""
        if number + 1 < len(clauses) and line[end] == ",":
            after, last = clauses[number + 1]
            following = line[after : min(last, after + _CLAUSE_REACH)]
        before: Verdict | None = None
        at = 0
        for group in words.GROUP.finditer(piece):
            name = names[start + group.end() - 1]
            left = piece[max(at, group.start() - _CLAUSE_REACH) : group.start()]
            right = piece[group.end() : group.end() + _CLAUSE_REACH]
            verdict = _verdict(Setting(left, right, following, name, before, at == 0))
            for item in words.ITEM.finditer(piece, group.start(), group.end()):
                found[start + item.start()] = verdict
            before, at = verdict, group.end()
    return found


def _verdict(setting: Setting) -> Verdict:
    left, right = setting.left[-_REACH:], setting.right
    if behind := words.CLASS_BEHIND.match(right):
        right = right[behind.end() :]
    if left.endswith("“") and right.startswith("”"):
        return False, "引号内的名称"
    if right.startswith("的"):
        return False, "定语"
    if verdict := _inherited(setting, right) or _governed(setting, left, right):
        return verdict
    if "待" in left:
        return False, "等待的对方"
    stands_first = words.OPENING.match(setting.left) or words.RELATIVE_LEFT.match(setting.left)
    if stands_first or words.TOPIC_LEFT.search(left):
        return _subject(right)
    return False, "宾语或定语"


def _inherited(setting: Setting, right: str) -> Verdict | None:
    """What follows from the group before in the same clause."""
    if setting.before is None:
        return None
    if setting.before[0] and words.SHARED_LEFT.match(setting.left):
        return True, "分头承担"
    if words.HEADED_LEFT.match(setting.left) or (setting.left == "的" and words.TEAM.search(setting.name)):
        return _founded("成立", right, setting)
    return setting.before if setting.left.startswith("等") else None


def _governed(setting: Setting, left: str, right: str) -> Verdict | None:
    """What the verb or preposition right before the group makes of it."""
    for test, decide in _GOVERNORS:
        if found := test.search(left):
            if decide is _caused and words.AIMED_AT.search(left, 0, found.start()):
                continue
            if verdict := decide(found.group(), right, setting):
                return verdict
    return None


def _by(verb: str, right: str, setting: Setting) -> Verdict | None:
    if setting.left.endswith(("不再由", "过去由", "应由")):
        return False, "并非本措施所为"
    if words.FOLLOWERS.match(right):
        return False, "定语"
    return True, "由其承担"


def _caused(verb: str, right: str, setting: Setting) -> Verdict | None:
    deed = right.lstrip("Ⓒ")
    if words.FOLLOWERS.match(right) or words.RELATIVE.match(right):
        return False, "定语"
    if verb.startswith(("组织", "安排", "选派")) and words.TRAINED.match(right):
        return False, "受训的对象"
    if verb.startswith(("提请", "商请")) and words.APPROVES.match(right):
        return False, "审议批准的一方"
    if verb.startswith(("明确", "落实", "实行", "推行", "形成", "采取", "坚持")):
        return (False, "宾语或定语") if words.DUTIES.match(right) else (True, "明确由其负责")
    if verb.startswith("联系"):
        return (True, "会同的一方") if words.TOGETHER.match(right) else (False, "约定或联系的对方")
    if not deed and not verb.startswith(("委托", "责成", "聘请", "邀请", "督促", "协调", "组织", "请")):
        return False, "宾语或定语"
    return True, "受命或受托去做"


def _led(verb: str, right: str, setting: Setting) -> Verdict | None:
    if right and words.OWN.search(setting.name) and not words.ATTRIBUTE.match(right):
        return True, "受命或受托去做"
    return False, "行为的对象"


def _joint(verb: str, right: str, setting: Setting) -> Verdict | None:
    if words.FOLLOWERS.match(right):
        return False, "定语"
    if verb.startswith("对接") and not right:
        return False, "约定或联系的对方"
    return True, "会同的一方"


def _with(verb: str, right: str, setting: Setting) -> Verdict | None:
    if verb.startswith("和") and right.startswith(("之间", "的")):
        return None
    if behind := words.PARTNERS_BEHIND.match(right):
        right = right[behind.end() :]
    if words.ATTRIBUTE.match(right):
        return False, "定语"
    if not right or words.COMMITS.match(right):
        return False, "约定或联系的对方"
    if setting.before and not setting.before[0] and len(setting.left) == 1:
        return setting.before
    return True, "共同行动的一方"


def _passive(verb: str, right: str, setting: Setting) -> Verdict | None:
    if not right or words.JUDGED_BY.match(right):
        return False, "评价或采用的一方"
    return True, "被动句的施动者"


def _through(verb: str, right: str, setting: Setting) -> Verdict | None:
    if not right or words.ACCEPTED_BY.match(right) or words.ATTRIBUTE.match(right):
        return False, "批准的一方"
    return True, "经其办理"


def _founded(verb: str, right: str, setting: Setting) -> Verdict:
    if verb.startswith("建") and words.MECHANISM.match(right) and not words.ATTRIBUTE.match(right):
        return True, "明确由其负责"
    if words.TEAM.search(setting.name):
        deed = right.lstrip("Ⓒ") or setting.following
        if words.LEADS.match(deed):
            return True, "新设后即行动"
        if words.ACTS.match(deed) and (setting.opens or "组成" in verb):
            return True, "新设后即行动"
    return False, "措施新设"


def _acted_on(verb: str, right: str, setting: Setting) -> Verdict | None:
    if not right and words.ORDERED_NEXT.match(setting.following):
        return True, "受命或受托去做"
    return False, "行为的对象"


_GOVERNORS = (
    (words.JOINT_LEFT, _joint),
    (words.BY_LEFT, _by),
    (words.FOUNDED_LEFT, _founded),
    (re.compile("被$"), _passive),
    (re.compile(r"(?<!未)(?:经|须经)$"), _through),
    (words.CAUSED_LEFT, _caused),
    (words.LED_LEFT, _led),
    (words.WITH_LEFT, _with),
    (words.ACTED_ON_LEFT, _acted_on),
)
"""What governs a mention, in the order in which it is asked."""


def _subject(right: str) -> Verdict:
    if behind := words.PARTNERS_BEHIND.match(right):
        right = right[behind.end() :]
    if not right:
        return False, "句中未见其行为"
    if words.RELATIVE.match(right):
        return False, "定语"
    if words.UNDERGOES.match(right) and not (right.startswith("由") and "组成" in right):
        return False, "承受而非施行"
    if words.APPROVES.match(right):
        return False, "批准的一方"
    if words.ATTRIBUTE.match(right) or words.ATTRIBUTE_OF_STATE.match(right):
        return False, "定语"
    return True, "句子主语"
