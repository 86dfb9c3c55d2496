"""Where a heading ends: at the end of its line, or before the response that shares the line."""

from rectify_ner.outline.looks import HEAD_LIMIT, first_sentence, wrapped
from rectify_ner.outline.marks import Row, Token
from rectify_ner.outline.words import ACTION, PROBLEM

_REST = 60
"""The longest rest of a heading on its second line."""
_LONG = 110
"""A line of more characters that goes on after its first sentence carries response."""


def heading_end(
    text: str, token: Token, rows: list[Row], inside: list[Token], end: int, *, parent: bool = False
) -> int:
    """The end of a heading; ``inside`` holds the tokens up to ``end``, where the next heading starts.

    ``parent``: the next heading stands below this one.
    """
    row = rows[token.row]
    following = inside[0] if inside else None
    if token.kind == "cell":
        stop = min(end, following.start if following else row.end)
        return token.start + len(text[token.start : stop].rstrip(" |\t\n"))
    stop = min(row.end, end)
    if following is not None and following.row == token.row:
        stop = following.start
    elif stop == row.end:
        broken = _broken_end(text, token, rows, following, end, parent=parent)
        if broken is not None:
            return broken
    unwrapped = wrapped(text, token.text_at, stop)
    if unwrapped is not None:
        return unwrapped + (text[unwrapped : unwrapped + 1] in ("。", ";", ":", "!"))
    if stop < row.end and following is not None and following.type in ("lead", "field"):
        return token.start + len(text[token.start : stop].rstrip(" (【["))
    return _sentence_end(text, token, following, stop)


def _sentence_end(text: str, token: Token, following: Token | None, stop: int) -> int:
    """All of the line where it only states the problem, else its first sentence."""
    sentence = first_sentence(text, token.text_at, stop)
    answered = following is not None and token.row < following.row <= token.row + 2
    if stop - sentence <= 1 or (answered and stop - token.start <= HEAD_LIMIT):
        return stop
    if stop - token.start > _LONG or not PROBLEM.search(text, sentence, stop):
        return sentence
    return stop


def _broken_end(
    text: str, token: Token, rows: list[Row], following: Token | None, end: int, *, parent: bool
) -> int | None:
    """Where a heading ends whose line broke: in the line below. None where it did not break."""
    below = token.row + 1
    if below >= len(rows) or rows[below].start >= end or (following is not None and following.row < below):
        return None
    row, (start, stop) = rows[token.row], rows[below]
    same_row = following is not None and following.row == below
    if same_row and following is not None and following.start <= start:
        return None
    stop = min(stop, following.start) if same_row and following is not None else min(stop, end)
    open_end = unfinished(text, token.text_at, row.end)
    if open_end is False:
        return None
    rest = first_sentence(text, start, stop)
    unwrapped = wrapped(text, token.text_at, stop)
    if unwrapped is not None and unwrapped > start:
        return unwrapped + (text[unwrapped : unwrapped + 1] in ("。", ";", ":"))
    if stop - rest > 1 or rest - start > _REST:
        return rest if open_end and rest - start <= _REST else None
    if open_end:
        return stop
    limit = _answered(following, below, same_row=same_row)
    if parent and following is None and below + 1 < len(rows) and rows[below + 1].start == end:
        limit = _REST // 3
    return stop if stop - start <= limit and ACTION.search(text, start, stop) is None else None


def unfinished(text: str, start: int, end: int) -> bool | None:
    """True where a line surely goes on below, False where it is surely complete, else None."""
    line = text[start:end]
    if line[-1:] in "。;:!?":
        return False
    if line[-1:] in ",、" or line.count("“") > line.count("”") or line.count("《") > line.count("》"):
        return True
    return False if line[-1:] in ")】" else None


def _answered(following: Token | None, below: int, *, same_row: bool) -> int:
    """How long a second line may be, by what follows it at once: a lead word, or the first of a list."""
    if following is None or (not same_row and (following.row != below + 1 or not following.at_row)):
        return 0
    if following.type in ("lead", "field"):
        return _REST
    return _REST // 3 if following.number == 1 else 0
