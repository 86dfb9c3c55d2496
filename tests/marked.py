"""Sentences with their mentions marked inline, as the cases of the linking rules are written.

``{局党组|BODY}制定{《采购办法》|DOCUMENT}`` becomes the text with two spans and the outline in which
the sentence is the one measure of the one issue.
"""

import re
from dataclasses import dataclass
from typing import Any, get_args

from rectify_ner.notice import Issue, Label, Measure, Outline, Span

HEADING = "1.学习不够扎实\n"
_MARK = re.compile(r"\{([^{}|]+)\|(\w+) ?([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Marked:
    text: str
    spans: tuple[Span, ...]
    outline: Outline
    wanted: dict[Span, str]
    """What the mark says behind the label."""


def marked(sentence: str, *, measure: bool = True) -> Marked:
    pieces = [HEADING]
    length = len(HEADING)
    wanted: dict[Span, str] = {}
    at = 0
    for mark in _MARK.finditer(sentence):
        before, (mention, label, value) = sentence[at : mark.start()], mark.groups()
        assert label in get_args(Label), label
        start = length + len(before)
        wanted[Span(start, start + len(mention), _label(label))] = value
        pieces += (before, mention)
        length = start + len(mention)
        at = mark.end()
    pieces.append(sentence[at:])
    text = "".join(pieces)
    heading = Issue(0, len(HEADING) - 1, "1.", "学习不够扎实", None)
    measures = (Measure(len(HEADING), len(text), 0, None),) if measure else ()
    return Marked(text, tuple(wanted), Outline(issues=(heading,), measures=measures), wanted)


def _label(label: Any) -> Label:
    return label  # type: ignore[no-any-return]
