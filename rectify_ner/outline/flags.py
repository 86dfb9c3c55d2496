"""What was odd in the numbering: kept as printed, and said."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rectify_ner.notice import Flag


class Numbered(NamedTuple):
    """A printed number in its list; ``number`` is None where the print lost it."""

    start: int
    end: int
    label: str
    number: int | None
    kind: str


def numbering_flags(members: Iterable[Numbered], before: int = 0) -> Iterator[Flag]:
    """Flags for one list of headings or ordinals; ``before`` is the number that the list goes on from."""
    last, previous = before, ""
    for member in members:
        start, end, label, number, kind = member
        if number is None:
            last += 1
            yield Flag("number_lost", start, end, f"此处序号缺失,按顺序应为第{last}项。")
            previous = label or previous
            continue
        if _is_damaged(label, kind):
            yield Flag("label_damaged", start, end, f"序号“{label}”不完整,按第{number}项处理。")
        if number == last and previous:
            yield Flag("number_doubled", start, end, f"序号“{label}”与上一项“{previous}”重复。")
        elif number > last + 1 and (previous or before == 0):
            yield Flag(
                "number_missing", start, end, f"序号“{label}”之前缺少第{_span(last + 1, number - 1)}项。"
            )
        elif number < last and number != 1:
            yield Flag("number_disordered", start, end, f"序号“{label}”排在“{previous}”之后,顺序有误。")
        last, previous = number, label


def _is_damaged(label: str, kind: str) -> bool:
    label = label.strip()
    opened, closed = label[:1] in "((", label[-1:] in "))"
    if kind in ("arp", "cnp"):
        return opened != closed or label.isdigit()
    return kind in ("ar", "arr") and label.isdigit()


def _span(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first}至{last}"
