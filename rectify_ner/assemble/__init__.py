"""tree + entities + values → the record of a notice (docs/records.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rectify_ner.assemble.record import build_record
from rectify_ner.normalise import normalise
from rectify_ner.normalise.status import measure_statuses
from rectify_ner.notice import Entity, Flag, Head, Outline, Span, Status
from rectify_ner.outline import build_outline


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything the rules layer knows of one notice; ``statuses`` has one status a measure."""

    text: str
    outline: Outline
    head: Head
    entities: tuple[Entity, ...]
    statuses: tuple[Status, ...]
    flags: tuple[Flag, ...] = ()


def parse(text: str, spans: Sequence[Span], outline: Outline | None = None) -> Parsed:
    """Outline, normalise and judge one tagged text. ``outline`` replaces the one found by rules.

    A span of nothing but white space is no mention and is left out.
    """
    tree = build_outline(text) if outline is None else outline
    mentions = [span for span in spans if not text[span.start : span.end].isspace()]
    values = normalise(text, mentions, tree)
    statuses = measure_statuses(text, tree)
    return Parsed(text, tree, values.head, values.entities, statuses, (*tree.flags, *values.flags))


def assemble_notice(text: str, spans: Sequence[Span], *, source: str) -> dict[str, Any]:
    """The record of one notice as docs/records.md describes it."""
    return build_record(parse(text, spans), source=source)
