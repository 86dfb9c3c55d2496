"""Where a heading ends: at the end of its line, or before the response that shares the line."""

from rectify_ner.outline.looks import HEAD_LIMIT, first_sentence, wrapped
from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.words import ACTION, PROBLEM

_REST = 60
"""The longest rest of a heading on its second line."""
_LONG = 110
"""A line of more characters that goes on after its first sentence carries response."""


def heading_end(text: str, token: Token, rows: list[Row], inside: list[Token], end: int) -> int:
    """The end of a heading; ``inside`` holds the tokens up to ``end``, where the next heading starts."""
    row = rows[token.row]
    following = inside[0] if inside else None
    if token.kind == "cell":
        stop = min(end, following.start if following else row.end)
        return token.start + len(text[token.start : stop].rstrip(" |\t\n"))
    stop = min(row.end, end)
    if following is not None and following.row == token.row:
        stop = following.start
    elif stop == row.end and _goes_on(text, token, rows, following, end):
        return rows[token.row + 1].end
    unwrapped = wrapped(text, token.text_at, stop)
    if unwrapped is not None:
        if text[unwrapped : unwrapped + 1] in ("。", ";", ":", "!"):
            unwrapped += 1
        return unwrapped
    if stop < row.end and following is not None and following.start == stop and following.type in ("lead", "field"):
        return token.start + len(text[token.start : stop].rstrip(" (【["))
    sentence = first_sentence(text, token.text_at, stop)
    answered = following is not None and following.row > token.row and following.row <= token.row + 2
    if stop - sentence <= 1 or (answered and stop - token.start <= HEAD_LIMIT):
        return stop
    if stop - token.start > _LONG or not PROBLEM.search(text, sentence, stop):
        return sentence
    return stop


def _goes_on(text: str, token: Token, rows: list[Row], following: Token | None, end: int) -> bool:
    """Whether the line broke within the heading: an unfinished line, its rest, then the response."""
    below = token.row + 1
    if below >= len(rows) or rows[below].end > end or (following is not None and following.row <= below):
        return False
    last = text[rows[token.row].end - 1]
    if last in ",、":
        return True
    if last in "。;:!?”)】" or following is None or following.row != below + 1 or not following.at_row:
        return False
    start, stop = rows[below]
    answered = following.type in ("lead", "field")
    return answered and stop - start <= _REST and ACTION.search(text, start, stop) is None
