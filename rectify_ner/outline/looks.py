"""How much the text behind a number looks like the heading of a problem, and where such a heading ends."""

import re

from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.words import ACTION, PROBLEM, spaced

HEAD_LIMIT = 240
"""Characters within which a heading ends; longer first sentences are text."""

_OPEN_WRAP = re.compile(spaced(r"(?:针对|关于|对于|围绕)(?:巡察|巡视)?(?:反馈|指出|提出)?(?:的)?"))
_CLOSE_WRAP = re.compile(
    spaced(
        r"(?:的|等|方面|方面的|这一|突出)?问题(?:的)?(?:整改)?(?:落实|进展|完成)?(?:情况)?(?=[。,;:!?\s]|$)"
    )
)
_SENTENCE = re.compile(r"[。!?;“”‘’\"\n]")
_TITLE_END = re.compile(
    spaced(r"(?:方面|的整改(?:落实)?情况|问题的?整改|的问题|问题的?(?:整改)?(?:落实)?情况|问题)[。:]?$")
)
_COUNTED = re.compile(r"\d+(?:\.\d+)?(?:余|多)?[个次人名份件篇万亿元家项条%]")


def first_sentence(text: str, start: int, end: int) -> int:
    """Where the first sentence ends (behind its mark); quoted sentences do not count."""
    depth = 0
    stop = min(end, start + HEAD_LIMIT)
    for found in _SENTENCE.finditer(text, start, stop):
        char = found.group()
        if char in "“‘":
            depth += 1
        elif char in "”’":
            depth = max(0, depth - 1)
        elif char == "\n" or (depth == 0 and char != '"'):
            return found.start() if char == "\n" else found.end()
    return end


def wrapped(text: str, start: int, end: int) -> int | None:
    """The end of ``针对…问题`` or ``关于…的问题…`` at ``start``; None where there is none."""
    if not _OPEN_WRAP.match(text, start, end):
        return None
    loose = None
    stop = min(end, start + HEAD_LIMIT)
    for found in _CLOSE_WRAP.finditer(text, start, stop):
        inside = text[start : found.start()]
        if inside.count("“") <= inside.count("”") and inside.count("‘") <= inside.count("’"):
            return len(text[start : found.end()].rstrip()) + start
        loose = loose or len(text[start : found.end()].rstrip()) + start
    return loose


def look(text: str, token: Token, following: Token | None, rows: list[Row]) -> float:
    """Above 0 where the text behind a number looks like a heading, below 0 where it tells what was done."""
    if not token.at_row and token.kind in ("shi", "circ", "sec", "lost"):
        return -1.0
    row = rows[token.row]
    end = row.end
    same_row = following is not None and following.row == token.row
    if following is not None and same_row:
        end = min(end, following.start)
    start = token.text_at
    sentence = first_sentence(text, start, end)
    title = text[start:sentence].rstrip()
    score = title_score(text, title, start, end)
    rest = end - sentence
    length = row.end - row.start
    if rest <= 1 and len(title) <= 60 and not same_row:
        score += 0.5 if title.endswith(("。", ";")) else 1.0
    if rest > 1 and (end - start) > 90:
        score -= 1.5
    if title.endswith(";"):
        score -= 1.5
    if length > 160 and not same_row:
        score -= 1.0
    if following is not None and (same_row or following.row == token.row + 1):
        score += _support(following, same_row)
    return score


def title_score(text: str, title: str, start: int, end: int) -> float:
    if not title:
        return 0.0
    score = 0.0
    if wrapped(text, start, end) is not None:
        score += 2.0
    if _TITLE_END.search(title[-16:]):
        score += 1.0
    failings = len(PROBLEM.findall(title[:HEAD_LIMIT]))
    score += min(failings, 2) * 0.8
    acts = len(ACTION.findall(title[:HEAD_LIMIT]))
    if acts and not failings:
        score -= 1.0
    if len(title) > 90:
        score -= 1.0
    if _COUNTED.search(title[:HEAD_LIMIT]):
        score -= 0.5
    return score


def _support(following: Token, same_row: bool) -> float:
    if following.type in ("lead", "field"):
        return 2.0
    if following.type == "mark" and following.number == 1:
        if following.kind in ("shi", "circ", "sec"):
            return 1.0
        return 0.5 if not same_row else 0.0
    return 0.0
