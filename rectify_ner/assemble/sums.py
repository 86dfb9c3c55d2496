"""Arithmetic within one sentence: parts against their whole, rates against the counts beside them."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rectify_ner.assemble.check import Check, listing, plain
from rectify_ner.assemble.claims import Claim
from rectify_ner.assemble.sentences import Mention, Sentence

_SUMMED = ("COUNT", "MONEY")


def sum_checks(sentences: Sequence[Sentence], groups: Sequence[Sequence[Claim]]) -> Iterator[Check]:
    """Sums after 其中, sums of finished and unfinished, and rates."""
    for sentence in sentences:
        if "其中" in sentence.text:
            yield from _parts(sentence)
        if "率" in sentence.text or "占" in sentence.text:
            yield from _rates(sentence)
    for claims in groups:
        yield from _shares(claims)


def _numbers(sentence: Sentence) -> list[Mention]:
    return [
        mention
        for mention in sentence.mentions
        if mention.entity.label in _SUMMED and mention.entity.value["value"] is not None
    ]


def _unit(mention: Mention) -> str:
    return "元" if mention.entity.label == "MONEY" else str(mention.entity.value["unit"])


def _value(mention: Mention) -> float:
    return float(mention.entity.value["value"])


_REST = re.compile(r"(?:其余|剩余|余下|剩下|其它|其他|另外?|余)的?$")
_TOTAL = re.compile(r"(?:共计?|合计|累计|总计|一共)[^,;。Ⓒ]{0,10}$")
_OTHER_TOPIC = re.compile(
    "涉及|发|追缴|挽回|累计|合计|总|平均|同比|增长|占|减少|投入|较|比|率|收回|退缴|移交|整改(?!完成|到位)"
)
"""What shows that a number is no further part of the whole but tells of something else."""


def _parts(sentence: Sentence) -> Iterator[Check]:
    """``共立案25件,其中甲15件、乙10件``: parts of the whole's unit, one beside the other up to a break."""
    numbers = _numbers(sentence)
    places = [mention.at for mention in numbers]
    for found in re.finditer("其中", sentence.text):
        first = bisect_left(places, found.start())
        after = numbers[first : first + _MOST_PARTS]
        if not first or len(after) < 2 or not _near(sentence.text, places[first - 1], found.start()):
            continue
        whole = numbers[first - 1]
        parts = _enumerated(sentence.text, found.end(), after, whole)
        if len(parts) >= 2 and not any(mention.entity.value["approximate"] for mention in (whole, *parts)):
            yield from _summed(sentence.text, whole, parts)


_MOST_PARTS = 12
_GAP = 30
_BROKEN = re.compile("[;。Ⓟ]")


def _near(text: str, at: int, end: int) -> bool:
    """Whether nothing but a noun stands between the whole and 其中."""
    return re.fullmatch(r"[^,;。ⒷⓇⒹⓅ]{0,14}[,;。(]?\s{0,3}", text[at + 1 : end]) is not None


def _enumerated(text: str, start: int, numbers: Sequence[Mention], whole: Mention) -> list[Mention]:
    parts: list[Mention] = []
    at = start
    for mention in numbers:
        gap = text[at : mention.at]
        if (
            _unit(mention) != _unit(whole)
            or len(gap) > _GAP
            or _BROKEN.search(gap)
            or _OTHER_TOPIC.search(gap)
        ):
            break
        parts.append(mention)
        at = mention.at + 1
        if len(parts) > 1 and abs(_value(whole) - sum(map(_value, parts))) <= _slack((whole, *parts)):
            break
    return parts


def _summed(text: str, whole: Mention, parts: Sequence[Mention]) -> Iterator[Check]:
    total, summed = _value(whole), sum(_value(part) for part in parts)
    ok = abs(total - summed) <= _slack((whole, *parts))
    rest = any(_REST.search(text, max(0, part.at - 6), part.at) for part in parts)
    totalled = _TOTAL.search(text, max(0, whole.at - 14), whole.at) is not None
    exhaustive = rest or totalled or summed > total or total - summed <= total * _CLOSE
    if ok or exhaustive:
        verdict = "相符" if ok else "不符"
        terms = listing([_value(part) for part in parts])
        message = f"句中称合计{plain(total)}，各分项{terms}为{plain(summed)}，两者{verdict}。"
        places = tuple(mention.place for mention in (whole, *parts))
        yield Check("sum", ok, places, message, total, summed, "error")


_CLOSE = 0.1
"""Share of the whole that parts may miss and still plainly be meant to be all of it."""


def _slack(mentions: Sequence[Mention]) -> float:
    """Half a unit of the last printed digit a mention, for sums of money."""
    if mentions[0].entity.label != "MONEY":
        return 1e-6
    return sum(0.5 * 10.0 ** -(_decimals(mention)) for mention in mentions) * 10000 + 1e-6


def _decimals(mention: Mention) -> int:
    """Digits behind the point of a value given in 万."""
    number = plain(_value(mention) / 10000)
    return len(number.partition(".")[2])


def _shares(claims: Sequence[Claim]) -> Iterator[Check]:
    """``12个问题已完成9个,其余3个``: what is done and what is not against the whole of one sentence."""
    for target in ("issues", "measures", "tasks"):
        mine = [claim for claim in claims if claim.target == target]
        wholes = [claim for claim in mine if claim.part == "whole"]
        done = [claim for claim in mine if claim.part == "done"]
        rest = [claim for claim in mine if claim.part == "open"]
        if len(wholes) != 1 or len(done) != 1 or not rest or wholes[0].mention.at > done[0].mention.at:
            continue
        total, summed = wholes[0].value, done[0].value + sum(claim.value for claim in rest)
        ok = total == summed
        verdict = "相符" if ok else "不符"
        parts = listing([done[0].value, *(claim.value for claim in rest)])
        message = f"句中称共{plain(total)}，已完成与未完成的{parts}为{plain(summed)}，两者{verdict}。"
        places = tuple(claim.mention.place for claim in (wholes[0], done[0], *rest))
        yield Check("sum", ok, places, message, total, summed, "error")


_RATE = re.compile(
    "(?P<verb>完成|办结|整改|销号|落实|化解|处置|整治|合格|通过|满意|签约|参训|及格|受理|清零|办理|采纳|审结|回访|到位)"
    "(?:到位|完成)?率(?:已|均|也|约)?(?:达到?|为|是|提高到|升至)?:?(?P<rate>Ⓟ)"
)
_REACH = 120


def _rates(sentence: Sentence) -> Iterator[Check]:
    """A rate with the whole and the part right before it: ``41条措施落实37条,完成率90.2%``."""
    text = sentence.text
    numbers = _numbers(sentence)
    places = [mention.at for mention in numbers]
    percents = {
        mention.at: mention
        for mention in sentence.mentions
        if mention.entity.label == "PERCENT" and mention.entity.value["value"] is not None
    }
    for found in _RATE.finditer(text):
        rate = percents.get(found.start("rate"))
        if rate is None or rate.entity.value["approximate"]:
            continue
        start = max(text.rfind(mark, max(0, found.start() - _REACH), found.start()) for mark in ";。")
        last = bisect_left(places, found.start())
        counts = [mention for mention in numbers[max(0, last - _NEAREST) : last] if mention.at > start]
        yield from _rate(text, found, rate, counts)


_NEAREST = 4
"""Counts before a rate that it may speak of."""


def _rate(text: str, found: re.Match[str], rate: Mention, counts: Sequence[Mention]) -> Iterator[Check]:
    reported = _value(rate)
    step = 10.0 ** -len(re.sub(r"\D", "", _fraction(reported)))
    same = [
        (whole, part)
        for whole, part in pairwise(counts)
        if _unit(whole) == _unit(part)
        and not (whole.entity.value["approximate"] or part.entity.value["approximate"])
    ]
    for whole, part in reversed(same):
        a, b = _value(whole), _value(part)
        readings = [100 * x / y for x, y in ((b, a), (a - b, a), (a, a + b)) if y > 0 and 0 <= x <= y]
        fitting = [reading for reading in readings if abs(reading - reported) < step]
        places = (rate.place, whole.place, part.place)
        if fitting:
            message = f"通报所列比率{plain(reported)}%，与{plain(b)}和{plain(a)}相除的结果一致。"
            yield Check("rate", True, places, message, reported, round(fitting[0], 2), "error")
            return
    whole_part = same[-1] if same and same[-1][1] is counts[-1] else None
    if whole_part is not None and _speaks_of(text, found, whole_part):
        a, b = (_value(mention) for mention in whole_part)
        found_rate = round(100 * b / a, 2)
        quotient = f"{plain(b)}÷{plain(a)}"
        message = f"通报所列比率为{plain(reported)}%，按{quotient}应为{plain(found_rate)}%，两者不符。"
        spans = (rate.place, *(mention.place for mention in whole_part))
        yield Check("rate", False, spans, message, reported, found_rate, "error")


def _fraction(value: float) -> str:
    return f"{value:.6f}".rstrip("0").partition(".")[2]


def _speaks_of(text: str, found: re.Match[str], pair: tuple[Mention, Mention]) -> bool:
    """Whether the rate is named after what the part just before it did: ``办结35件,办结率…``."""
    whole, part = pair
    if not 0 < _value(part) <= _value(whole):
        return False
    between = text[whole.at + 1 : part.at]
    behind = text[part.at + 1 : found.start()]
    close = re.fullmatch(r"[^,;。ⒸⓂⓅ]{0,8},?(?:整改|问题|任务|措施|总体|综合|整体){0,2}", behind) is not None
    finished = ("完成", "整改", "落实", "办结")
    verbs = finished if found["verb"] in finished else (found["verb"],)
    return close and len(between) <= 24 and any(verb in between or verb in behind for verb in verbs)
