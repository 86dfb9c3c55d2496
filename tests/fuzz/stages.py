"""The stages of the way of a notice, and how their time grows with the text."""

import time
from collections.abc import Callable

from rectify_ner.assemble import parse
from rectify_ner.assemble.record import build_record
from rectify_ner.fold import fold_lines
from rectify_ner.normalise import normalise
from rectify_ner.outline import build_outline
from rectify_ner.tagger.features import feature_hashes
from rectify_ner.tagger.repair import repair

from .cases import Case
from .large import large_case
from .patterns import LINEAR


def _normalised(case: Case) -> Callable[[], object]:
    outline = build_outline(case.text)
    return lambda: normalise(case.text, case.spans, outline)


def _recorded(case: Case) -> Callable[[], object]:
    parsed = parse(case.text, case.spans)
    return lambda: build_record(parsed, source="x")


STAGES: dict[str, Callable[[Case], Callable[[], object]]] = {
    "fold": lambda case: lambda: fold_lines(case.text),
    "outline": lambda case: lambda: build_outline(case.text),
    "normalise": _normalised,
    "assemble": _recorded,
    "repair": lambda case: lambda: repair(case.text, case.spans),
    "features": lambda case: lambda: feature_hashes(case.text),
}


def seconds(work: Callable[[], object], tries: int) -> float:
    """The least processor time of several tries."""
    best = float("inf")
    for _ in range(tries):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return max(best, 1e-4)


def stage_growth(name: str, kind: str, size: int) -> float:
    """How many times longer a stage takes on ten times the text; the least of ever more measurements."""
    short, long = (STAGES[name](large_case(kind, length)) for length in (size, 10 * size))
    least = float("inf")
    for tries in (1, 3, 6):
        least = min(least, seconds(long, tries) / seconds(short, tries + 1))
        if least < LINEAR:
            break
    return least
