"""The problem itself, out of its heading."""

import re

from rectify_ner.outline.words import spaced

_LEAD = re.compile(
    spaced(
        r"""(?:[【\[〔]?(?:巡察|巡视)?(?:组)?(?:反馈|存在|具体|主要|发现)?(?:的)?(?:主要|具体)?(?:问题|反馈意见)(?:表现|描述|表述)?(?:\d{1,3}|[一二三四五六七八九十]{1,3})?(?:[】\]〕]:?|:)
        |(?:巡察|巡视)?(?:组)?反馈(?:意见|问题)?(?:指出)?[:,])"""
    )
)
_OPEN = re.compile(spaced(r"(?:针对|关于|对于|围绕|在)(?:巡察|巡视)?(?:反馈|指出|提出)?(?:的)?"))
_CLOSE = re.compile(
    spaced(
        r"(?:的|等|方面|方面的|这一|突出){0,2}问题(?:的)?(?:整改)?(?:落实|进展|完成)?(?:情况)?$"
        r"|(?:的)?整改(?:落实|进展|完成)?情况$"
    )
)
_CLOSE_BARE = re.compile(
    spaced(r"(?<=[”\"])(?:的|等)?问题(?:的)?(?:整改)?(?:落实)?(?:情况)?$|(?:的)?整改(?:落实)?情况$")
)
"""What may close a heading that nothing opened: ``“…”的问题``, ``…整改情况``."""
_END = " 。;:,.、!?\t\n"
_QUOTES = {"“": "”", "‘": "’", '"': '"', "「": "」", "『": "』"}


def statement_span(folded: str, start: int, end: int) -> tuple[int, int]:
    """Where the problem stands within a heading whose label ends at ``start``."""
    start, end = _trim(folded, start, end)
    lead = _LEAD.match(folded, start, end)
    if lead is not None and lead.end() < end:
        start, end = _trim(folded, lead.end(), end)
    opened = _OPEN.match(folded, start, end)
    if opened is None:
        closed = _CLOSE_BARE.search(folded, max(start + 1, end - 24), end)
        return _unquote(folded, *_trim(folded, start, closed.start() if closed is not None else end))
    closed = _CLOSE.search(folded, max(opened.end(), end - 24), end)
    if closed is None:
        about = opened.group()[0] in "针关"
        return _unquote(folded, *_trim(folded, opened.end(), end)) if about else (start, end)
    inner = _trim(folded, opened.end(), closed.start())
    return _unquote(folded, *inner) if inner[0] < inner[1] else (start, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in _END:
        end -= 1
    while start < end and text[start] in _END:
        start += 1
    return start, end


def _unquote(text: str, start: int, end: int) -> tuple[int, int]:
    """Without the quotation marks where one pair holds all of it; a lost half counts as there."""
    if end - start < 3:
        return start, end
    first, last = text[start], text[end - 1]
    inside = text[start + 1 : end - 1]
    closing = _QUOTES.get(first)
    if closing is not None and last == closing and closing not in inside:
        return _trim(text, start + 1, end - 1)
    whole = text[start:end]
    if closing is not None and first != closing and whole.count(first) > whole.count(closing):
        return _trim(text, start + 1, end)
    if last == "”" and "“" not in whole:
        return _trim(text, start, end - 1)
    return start, end
