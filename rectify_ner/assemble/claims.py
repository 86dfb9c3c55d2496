"""What the parts before and after the issues claim: how many issues, measures, documents; how many done.

A claim is a COUNT with its noun (问题, 措施) and the part it plays in its sentence: the whole
(``反馈的12个问题``), what is finished (``已完成9个``) or what is not (``其余3个``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rectify_ner.assemble.sentences import Mention, Sentence

Target = Literal["issues", "measures", "tasks", "categories"]
Part = Literal["whole", "done", "open", "other"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One counted claim; ``clear`` is False where it may speak of something else than this notice."""

    target: Target
    part: Part
    value: float
    mention: Mention
    clear: bool = True


def read_claims(sentences: Sequence[Sentence]) -> list[list[Claim]]:
    """The claims of each sentence outside measures; sentences without any are left out."""
    return [
        claims for sentence in sentences if sentence.measure is None and (claims := _of_sentence(sentence))
    ]


def _of_sentence(sentence: Sentence) -> list[Claim]:
    line = sentence.text
    if _ELSEWHERE.search(line) or _AHEAD.search(line):
        return []
    claims: list[Claim] = []
    for mention in sentence.mentions:
        value = mention.entity.value
        if mention.entity.label != "COUNT" or value["approximate"] or value["value"] is None:
            continue
        target = _target(line, mention, claims)
        if target is not None:
            part = _part(line, mention.at)
            clear = _is_clear(line, mention.at, target, part)
            claims.append(Claim(target, part, value["value"], mention, clear))
    return claims


_BARE = re.compile(r"[,;、。正已仍尚需按均未有还]|取得|持续|长期|基本|$")
"""What stands behind a count that has no noun of its own."""
_UNITS = frozenset(("个", "条", "项", "件", "类", "大类", "方面", "个方面", "点", "处", ""))
_ADJECTIVES = r"(?:具体|主要|突出|重点|反馈|巡[察视]|整改|落实|细化|个性|共性|的){0,4}"
_NOUN_RIGHT: tuple[tuple[str, Target], ...] = (
    (rf"{_ADJECTIVES}(?:问题|表现)(?!原因|线索|清单|隐患|台账|的?根源|楼|合同|导向|整改措施)", "issues"),
    (rf"{_ADJECTIVES}(?:措施|举措)", "measures"),
    (rf"{_ADJECTIVES}(?:任务|事项)", "tasks"),
)
_NOUN_LEFT: tuple[tuple[str, Target], ...] = (
    (r"(?<!原因)问题$", "issues"),
    (r"(?:整改|具体|落实)(?:措施|举措)$", "measures"),
    (r"整改(?:任务|事项)$", "tasks"),
)
_RIGHT = [(re.compile(pattern), target) for pattern, target in _NOUN_RIGHT]
_LEFT = [(re.compile(pattern), target) for pattern, target in _NOUN_LEFT]
_CATEGORY = re.compile(
    r"(?:个|大)?(?:方面|类)?(?:存在)?的?[、,]?(?:共计?|合计)?(?:Ⓒ|突出问题|主要问题|具体问题|问题)"
)


def _target(line: str, mention: Mention, before: Sequence[Claim]) -> Target | None:
    unit = mention.entity.value["unit"]
    if unit not in _UNITS:
        return None
    right = line[mention.at + 1 : mention.at + 16]
    if unit in ("方面", "个方面", "大类", "类") or right.startswith(("方面", "大类", "大方面")):
        return "categories" if _CATEGORY.match(right) else None
    for pattern, target in _RIGHT:
        if pattern.match(right):
            return target
    left = line[max(0, mention.at - 12) : mention.at]
    for pattern, target in _LEFT:
        if pattern.search(left):
            return target
    return _same_as(line, mention, before)


def _same_as(line: str, mention: Mention, before: Sequence[Claim]) -> Target | None:
    """A count without a noun speaks of what the last one with the same unit spoke of."""
    last = next((claim for claim in reversed(before) if claim.target != "categories"), None)
    if last is None:
        if before and before[-1].target == "categories" and _joins(line, before[-1].mention, mention):
            return "issues"
        done = (
            _DONE_LEFT.search(line, max(0, mention.at - 24), mention.at)
            and "整改" in line[max(0, mention.at - 8) : mention.at]
        )
        return "issues" if done and mention.entity.value["unit"] in ("个", "条", "项") else None
    same = last.mention.entity.value["unit"] == mention.entity.value["unit"]
    bare = _BARE.match(line[mention.at + 1 : mention.at + 12])
    return last.target if same and bare and _part(line, mention.at) != "whole" else None


def _joins(line: str, category: Mention, count: Mention) -> bool:
    """Whether a count stands right behind one of categories: ``三方面九条``."""
    return line[category.at + 1 : count.at] in ("方面", "")


_DONE = r"(?:整改)?(?:完成|办结|销号|落实|解决|完结|到位|改完|清零|整改完毕|改到位|整改到位)"
_DONE_LEFT = re.compile(
    rf"(?:已经?|均|全部|共|累计|,)?(?:{_DONE}(?:了)?(?:整改)?|已整改|已经整改)(?:具体)?(?:问题|整改措施|措施|整改任务|任务|整改)?$"
)
_NOUN = r"(?:具体|反馈|整改|需|的)*(?:问题|措施|举措|任务|事项)?(?:的整改)?"
_DONE_RIGHT = re.compile(rf"{_NOUN}(?:现)?(?:已经?|均|全部|都|按期){{0,3}}{_DONE}")
_OPEN_LEFT = re.compile(
    r"(?:其余|其它|其他|剩余|剩下|余下|另有?|还有|尚有|仍有|(?<!其)余|(?:未|没有|尚未)(?:完成|办结|销号|整改到位)的?"
    r"|(?:正在|持续|有序)?推进(?:中的?|的)?|(?:基本|阶段性)完成的?|长期(?:坚持|整改|推进)的?|阶段性(?:成效|成果|进展)的?|正在(?:整改|推进)的?|取得明显成效的?)"
    r"(?:问题|措施|任务)?的?$"
)
_OPEN_RIGHT = re.compile(
    rf"{_NOUN}(?:正|仍|尚|还|需|按|持续|取得|长期|未|基本(?:完成|到位)|阶段性|有待|列入|转入|待|有序|接续|在(?:推进|整改|办理))"
)
_BEHIND: tuple[tuple[re.Pattern[str], Part], ...] = ((_OPEN_RIGHT, "open"), (_DONE_RIGHT, "done"))
_COUNTED = re.compile(r"(?:问题|措施|任务|整改|了|的|共|办结|完成)*Ⓒ")
"""What shows that the state belongs to the next number: ``12个问题已完成9个``."""
_PARTIAL = re.compile(
    r"(?:第一批|首批|前)$|(?:其中|部分|重点|督办|领办|带头|领走|抽查|复核|对(?:进展|整改)滞后的?)[^,;]{0,6}$"
)


def _part(line: str, at: int) -> Part:
    left, right = line[max(0, at - 18) : at], line[at + 1 : at + 22]
    if _OPEN_LEFT.search(left):
        return "open"
    if _DONE_LEFT.search(left):
        return "done"
    if re.match(r"(?:具体|反馈|整改)*(?:问题|措施|举措|任务)?中", right):
        return "whole"
    for behind, part in _BEHIND:
        if found := behind.match(right):
            return "whole" if _COUNTED.match(right, found.end()) else part
    return "other" if _PARTIAL.search(left) or "其中" in line[max(0, at - 60) : at] else "whole"


_ELSEWHERE = re.compile(
    r"查摆|民主生活会|组织生活会|相互提出|互提|自查|自我|检视|征求|群众反映|信访|线索|审计|上一?轮|领走|主动认领|带头认领|牵头问题|各认领|各村|认领牵头|抽查|督办问题"
)
"""Sentences whose 问题 are not those that the inspection fed back."""
_AHEAD = re.compile(r"^(?:[^,]{0,6},)?(?:下一?步|今后|接下来)")
_FED_BACK = re.compile(r"反馈|指出|移交|认领|梳理|列明|列出|逐[条项]|对照|针对|围绕|涉及|[察视]")
_MADE = re.compile(r"制定|制订|细化|提出|列出|研究|定下|定出|明确|形成|拆解?|分解|确定|对应|落实|实施")


def _is_clear(line: str, at: int, target: Target, part: Part) -> bool:
    """Whether a whole is claimed of this notice's own issues or measures."""
    if part != "whole":
        return part != "other"
    left = line[max(0, at - 60) : at]
    if target in ("issues", "categories"):
        return _FED_BACK.search(left) is not None or line[at + 1 : at + 6].find("中") >= 0
    return _MADE.search(left) is not None


def first_wholes(groups: Sequence[Sequence[Claim]], target: Target) -> Iterator[Claim]:
    """The clear claims of a whole, each value once."""
    seen: set[float] = set()
    for claims in groups:
        for claim in claims:
            if claim.target == target and claim.part == "whole" and claim.clear and claim.value not in seen:
                seen.add(claim.value)
                yield claim
