"""The text of a notice as the linking rules read it: one line of signs, every mention one letter.

A passage is a measure or the text between two measures. Its ``text`` is folded to half-width
punctuation, white space is gone and each tagged mention is one circled letter, so that a rule can
say ``由[ⒷⓇ]+牵头`` whatever the bodies are called. ``places[i]`` is where ``spans[i]`` stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rectify_ner.fold import fold_lines
from rectify_ner.notice import Label, Outline, Span

LETTERS: dict[Label, str] = {
    "DATE": "Ⓓ",
    "DOCUMENT": "Ⓦ",
    "COUNT": "Ⓒ",
    "MONEY": "Ⓜ",
    "PERCENT": "Ⓟ",
    "BODY": "Ⓑ",
    "ROLE": "Ⓡ",
}
"""One letter a label; a notice that prints such a letter itself has it read as a blank."""

_WHITE = re.compile(r"[ \t\r\v\f\n]")
_BLANKS = re.compile(r"[ \t\r\v\f]+")
_BROKEN_LINE = re.compile(r"(?<![,;:。!?、\n])\n+")
_CLAUSE = re.compile(r"[^,;:。!?\n]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A measure (its index in the outline) or text outside every measure (``measure`` is None)."""

    text: str
    places: tuple[int, ...]
    spans: tuple[Span, ...]
    measure: int | None

    def clauses(self) -> list[tuple[int, int]]:
        """Where each clause begins and ends in ``text``, without its closing punctuation."""
        return [found.span() for found in _CLAUSE.finditer(self.text)]


def read_passages(text: str, spans: Sequence[Span], outline: Outline) -> tuple[Passage, ...]:
    """All passages of a notice in text order; a mention belongs to the passage it begins in.

    Several questions are asked of one notice in a row, so the last answer is kept, and one without mentions
    does not take its place.
    """
    global _last
    asked = (text, tuple(spans), outline)
    if not spans:
        return tuple(_read(*asked))
    kept, passages = _last
    if kept is None or kept[0] is not text or kept[2] is not outline or kept[1] != asked[1]:
        passages = tuple(_read(*asked))
        _last = (asked, passages)
    return passages


_last: tuple[tuple[str, tuple[Span, ...], Outline] | None, tuple[Passage, ...]] = (None, ())


def _read(text: str, spans: tuple[Span, ...], outline: Outline) -> Iterator[Passage]:
    folded = _folded(text)
    at = first = 0
    for number, measure in enumerate(outline.measures):
        for start, end, owner in ((at, measure.start, None), (measure.start, measure.end, number)):
            last = first
            while last < len(spans) and spans[last].start < end:
                last += 1
            if start < end:
                yield _passage(folded, (start, end), spans[first:last], owner)
            first = last
        at = max(at, measure.end)
    if at < len(folded):
        yield _passage(folded, (at, len(folded)), spans[first:], None)


def _folded(text: str) -> str:
    """The fold of the notice, without the letters that stand for mentions."""
    folded = fold_lines(text)
    for letter in LETTERS.values():
        folded = folded.replace(letter, " ")
    return folded


def _passage(folded: str, bounds: tuple[int, int], spans: tuple[Span, ...], measure: int | None) -> Passage:
    at, end = bounds
    is_spaced = _WHITE.search(folded, at, end) is not None
    pieces: list[str] = []
    places: list[int] = []
    length = 0
    for span in spans:
        piece = folded[at : span.start]
        if is_spaced:
            piece = _joined(piece, measure is not None)
        length += len(piece)
        places.append(length)
        pieces += (piece, LETTERS[span.label])
        length += 1
        at = span.end
    rest = folded[at:end]
    pieces.append(_joined(rest, measure is not None) if is_spaced else rest)
    return Passage("".join(pieces), tuple(places), spans, measure)


def _joined(piece: str, joins_lines: bool) -> str:
    """Without white space, and within a measure without line breaks in mid-sentence."""
    piece = _BLANKS.sub("", piece)
    if joins_lines and "\n" in piece:
        piece = _BROKEN_LINE.sub("", piece)
    return piece
