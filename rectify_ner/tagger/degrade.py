"""Damage a text as published pages are damaged, and swap entity surfaces, spans carried along exactly."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from rectify_ner.notice import Span

Edit = tuple[int, int, str]
SWAPPED = ("BODY", "ROLE", "DOCUMENT")

_RULES: tuple[tuple[str, re.Pattern[str], str, float], ...] = (
    ("year or month sign lost", re.compile(r"(?<=\d)[年月](?=\d)"), "", 0.25),
    ("title mark lost", re.compile(r"[《》]"), "", 0.10),
    ("quotation mark lost", re.compile(r"[“”]"), "", 0.30),
    ("bracket lost", re.compile(r"[()（）](?=\D)"), "", 0.15),
    ("unit lost", re.compile(r"(?<=\d)[条项个次份](?=[,，。;；])"), "", 0.05),
    ("ordinal lost", re.compile(r"一(?=是)"), "", 0.10),
    ("space in a word", re.compile(r"(?<=[一-鿿])(?=[一-鿿])"), " ", 0.004),
    ("line broken", re.compile(r"(?<=[一-鿿,，])(?=[一-鿿])"), "\n", 0.002),
    ("lines joined", re.compile(r"(?<=[。;；])\n+"), "", 0.15),
)
"""Name, place, what stands there afterwards, and how often a place is hit in a damaged notice."""


@dataclass(slots=True)
class Degrader:
    """Damages every ``damage``-th notice and swaps every ``swap``-th entity, by a seeded generator."""

    damage: float = 0.3
    swap: float = 0.1
    seed: int = 0
    _random: random.Random = field(init=False)
    _seen: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._seen = defaultdict(list)

    def __call__(self, text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
        """The changed text and its spans; a span that was lost whole is left out."""
        edits = self._swaps(text, spans)
        if self._random.random() < self.damage:
            edits += self._damages(text)
        return apply_edits(text, spans, edits)

    def _swaps(self, text: str, spans: Sequence[Span]) -> list[Edit]:
        edits: list[Edit] = []
        for span in spans:
            if span.label not in SWAPPED:
                continue
            pool = self._seen[span.label]
            if pool and self._random.random() < self.swap:
                edits.append((span.start, span.end, self._random.choice(pool)))
            pool.append(text[span.start : span.end])
        return edits

    def _damages(self, text: str) -> list[Edit]:
        return [
            (found.start(), found.end(), instead)
            for _, pattern, instead, rate in _RULES
            for found in pattern.finditer(text)
            if self._random.random() < rate
        ]


def apply_edits(text: str, spans: Sequence[Span], edits: Sequence[Edit]) -> tuple[str, tuple[Span, ...]]:
    """Replace ranges of a text; an edit that overlaps an earlier one is passed over.

    A span keeps what is left of its characters; an edit that covers a whole span replaces it.
    """
    pieces: list[str] = []
    moves: list[tuple[int, int, int, int]] = []
    at = size = 0
    for start, end, instead in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start < at:
            continue
        pieces += [text[at:start], instead]
        size += start - at
        moves.append((start, end, size, size + len(instead)))
        size += len(instead)
        at = end
    pieces.append(text[at:])
    changed = "".join(pieces)
    moved = (_move(span, moves) for span in spans)
    return changed, tuple(kept for span in moved if (kept := _trim(changed, span)) is not None)


def _move(span: Span, moves: Sequence[tuple[int, int, int, int]]) -> Span:
    starts = ends = 0
    first, last = span.start, span.end
    for start, end, new_start, new_end in moves:
        if end <= span.start and (start < span.start or start == end):
            starts = new_end - end
        elif start <= span.start < end:
            first, starts = start, new_start - start
        if end <= span.end and start < span.end:
            ends = new_end - end
        elif start < span.end < end:
            last, ends = end, new_end - end
    return Span(first + starts, last + ends, span.label)


def _trim(text: str, span: Span) -> Span | None:
    start, end = span.start, span.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end, span.label) if start < end else None
