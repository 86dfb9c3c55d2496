"""Spans become values: dates, numbers, money, documents, bodies, and what the notice says as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rectify_ner.fold import fold_lines
from rectify_ner.normalise.bodies import responsible
from rectify_ner.normalise.counted import counted_things
from rectify_ner.normalise.dates import Dated, DateResolver
from rectify_ner.normalise.documents import document_values
from rectify_ner.normalise.head import anchor_of, feedback_day, opening_dates, read_frame, read_head
from rectify_ner.normalise.numbers import as_value, printed_unit, quantity
from rectify_ner.normalise.scope import Scopes
from rectify_ner.notice import Entity, Flag, Head, Outline, Span

__all__ = ["Normalised", "normalise"]


@dataclass(frozen=True, slots=True)
class Normalised:
    """The head, one entity with its value for every span in text order, and what could not be read."""

    head: Head
    entities: tuple[Entity, ...]
    flags: tuple[Flag, ...]


def normalise(text: str, spans: Sequence[Span], outline: Outline) -> Normalised:
    """Give every span its value; ``outline`` tells which measure and issue a missing year may come from."""
    ordered = sorted(spans)
    folded = fold_lines(text)
    frame = read_frame(text, folded, ordered, outline)
    scopes = Scopes(folded, outline)
    first = DateResolver(text, folded, scopes, anchor_of(frame))
    opening = {dated.span: dated.days for dated in first.resolve(opening_dates(folded, ordered, frame))}
    feedback = feedback_day(folded, frame, opening)
    resolver = DateResolver(text, folded, scopes, anchor_of(frame, feedback))
    dated = {
        found.span: found for found in resolver.resolve([span for span in ordered if span.label == "DATE"])
    }
    head = read_head(text, folded, ordered, frame, feedback)
    notice = _Notice(text, folded, outline, ordered)
    entities = [notice.entity(span, dated) for span in ordered]
    return Normalised(
        head, tuple(entities), tuple(sorted((*resolver.flags, *notice.flags), key=lambda flag: flag.start))
    )


class _Notice:
    """The values of one notice that are not dates."""

    def __init__(self, text: str, folded: str, outline: Outline, spans: Sequence[Span]) -> None:
        self.text, self.folded = text, folded
        self.documents = document_values(text, spans, outline)
        self.counted = counted_things(text, spans, outline)
        self.responsible = responsible(text, spans, outline)
        self.flags: list[Flag] = []

    def entity(self, span: Span, dated: Mapping[Span, Dated]) -> Entity:
        if span.label == "DATE":
            return _date_entity(dated[span])
        if span.label == "DOCUMENT":
            return Entity(span.start, span.end, span.label, self.documents[span])
        if span.label in ("BODY", "ROLE"):
            answers, reason = self.responsible[span]
            return Entity(span.start, span.end, span.label, {"responsible": answers}, "", reason)
        return self._number(span)

    def _number(self, span: Span) -> Entity:
        mention, folded = self.text[span.start : span.end], self.folded[span.start : span.end]
        before, after = self.folded[max(0, span.start - 8) : span.start], self.folded[span.end : span.end + 4]
        read = quantity(span.label, folded, before, after)
        value = dict(as_value(span.label, read))
        if span.label == "COUNT":
            value["unit"] = printed_unit(read.unit, mention, folded)
            value["of"] = self.counted.get(span, "")
        if read.value is None:
            message = f"“{mention}”里读不出数字，按0记。"
            self.flags.append(Flag("number-unreadable", span.start, span.end, message))
        return Entity(span.start, span.end, span.label, value, read.rule, read.reason)


def _date_entity(dated: Dated) -> Entity:
    start, end = dated.days if dated.days is not None else (None, None)
    value = {"start": start.isoformat() if start else None, "end": end.isoformat() if end else None}
    return Entity(dated.span.start, dated.span.end, "DATE", value, dated.rule, dated.reason)
