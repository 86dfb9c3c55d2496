"""The sentences of a notice as the checks read them: folded, every mention one letter."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rectify_ner.normalise.passages import read_passages
from rectify_ner.notice import Entity, Outline

_END = re.compile(r"[。!?\n](?!\s{0,3}其中)")

_CHECKED = re.compile("其中|率|Ⓓ|Ⓦ[、和及与]?Ⓦ")
"""What a measure holds if anything in it is checked."""


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity and where its letter stands in the sentence."""

    at: int
    entity: Entity

    @property
    def place(self) -> tuple[int, int]:
        return self.entity.start, self.entity.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` has a circled letter for each mention (see ``normalise.passages``)."""

    text: str
    mentions: tuple[Mention, ...]
    measure: int | None
    """Index of the measure it stands in; None in the parts before, between and after."""


def read_sentences(text: str, entities: Sequence[Entity], outline: Outline) -> list[Sentence]:
    """All sentences that hold a mention, headings left out."""
    headings = _Headings(outline)
    sentences: list[Sentence] = []
    first = 0
    for passage in read_passages(text, [entity.span for entity in entities], outline):
        mine = entities[first : first + len(passage.spans)]
        first += len(passage.spans)
        if not mine or (passage.measure is not None and not _CHECKED.search(passage.text)):
            continue
        placed = [Mention(at, entity) for at, entity in zip(passage.places, mine, strict=True)]
        sentences += _cut(passage.text, placed, passage.measure, headings)
    return sentences


def _cut(
    text: str, mentions: list[Mention], measure: int | None, headings: "_Headings"
) -> Iterator[Sentence]:
    start = at = 0
    bounds = [found.end() for found in _END.finditer(text)] if mentions else []
    for end in (*bounds, len(text)):
        inside = []
        while at < len(mentions) and mentions[at].at < end:
            if measure is not None or not headings.hold(mentions[at].entity.start):
                inside.append(Mention(mentions[at].at - start, mentions[at].entity))
            at += 1
        if inside:
            yield Sentence(text[start:end], tuple(inside), measure)
        start = end


class _Headings:
    def __init__(self, outline: Outline) -> None:
        spans = sorted(
            [(issue.start, issue.end) for issue in outline.issues]
            + [(category.start, category.end) for category in outline.categories]
        )
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]

    def hold(self, place: int) -> bool:
        number = bisect_right(self.starts, place) - 1
        return number >= 0 and place < self.ends[number]
