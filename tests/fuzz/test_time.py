"""Time and memory grow with the text, not with its square: every pattern, every stage.

Growth is compared, never seconds: ten times the text may take thirty times as long, which a machine under
load keeps and quadratic work, at a hundred times, does not.
"""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from rectify_ner.assemble import assemble_notice, parse
from rectify_ner.assemble.record import build_record
from rectify_ner.corpus_check import untagged
from rectify_ner.fold import fold_lines
from rectify_ner.normalise import normalise
from rectify_ner.outline import build_outline
from rectify_ner.read import read_data
from rectify_ner.tagger.features import feature_hashes
from rectify_ner.tagger.repair import repair

from .cases import Case
from .large import LARGE, large_case
from .patterns import LINEAR, Attack, Used, attacks, growth, used_patterns

BOUNDED = {
    "assemble.claims:_DONE_RIGHT": "matched, on 21 characters",
    "assemble.claims:_OPEN_RIGHT": "matched, on 21 characters",
    "normalise.body_words:TOPIC_LEFT": "16 characters before a mention",
    "normalise.counted_words:FILLER": "60 characters before a number",
    "normalise.counted_words:COMPARED": "14 characters before a number",
    "normalise.date_forms:_CLOCK": "a mention of at most 60 characters",
    "normalise.date_forms:_CHINESE": "a mention of at most 60 characters",
    "normalise.date_forms:_UNIT": "a mention of at most 60 characters",
    "normalise.documents:_FILM": "8 characters before a mention",
    "normalise.head:_INSPECTING": "a name within the title, whose lines are short",
    "normalise.numbers:_PARTS": "a mention cut at 80 characters",
    "normalise.numbers:_SLASH": "a mention cut at 80 characters",
    "normalise/numbers.py: [万亿]+$": "a mention cut at 80 characters",
    "normalise.page:_TRAIL": "a line of at most 300 characters",
    r"normalise/page.py: (\s*[|>»]+\s*|\s*_+\s*|\s-{1,2}\s)": "a line of at most 300 characters",
    "outline.looks:_COUNTED": "240 characters of a heading",
    "outline.parts:_AFTER": "a title of at most 40 characters",
    "outline.words:_TOKEN": "the package's own patterns, when it is loaded",
    "read.web_rules:_SITE_NAME_END": "a title of at most 400 characters",
}
"""Patterns that take more than linear time, and what keeps the text short that they are given."""
QUICK, SIZE = 5, 300
"""Attacks on each pattern in the short run, and the characters of the shorter text."""
PATTERNS = [used for used in used_patterns() if used.name.removeprefix("rectify_ner.") not in BOUNDED]


def test_patterns_are_found_everywhere() -> None:
    names = {used.name for used in used_patterns()}
    assert len(names) > 300
    assert any(name.startswith("normalise/page.py: ") for name in names)
    assert {"rectify_ner." + name for name in BOUNDED if "/" not in name} < names


@pytest.mark.parametrize("part", range(8))
def test_no_pattern_is_slow_on_a_text_made_for_it(part: int) -> None:
    slow = []
    for used in PATTERNS[part::8]:
        for attack in attacks(used.pattern)[:QUICK]:
            if growth(used, attack, SIZE) >= LINEAR:
                slow.append((used.name, used.method, attack))
                break
    assert not slow


@pytest.mark.parametrize("name", ["assemble.claims:_DONE_RIGHT", "read.web_rules:_SITE_NAME_END"])
def test_a_slow_pattern_is_found_out(name: str) -> None:
    import re

    slow = Used(name, re.compile(r"\s*-+x"), "search")
    assert any(growth(slow, attack, SIZE) >= LINEAR for attack in attacks(slow.pattern))
    assert growth(Used(name, re.compile("-"), "search"), Attack("", "-"), SIZE) < LINEAR


Stage = Callable[[Case], object]


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


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("fold", "one-line"),
        ("outline", "headings"),
        ("outline", "heading-of-digits"),
        ("outline", "table-lines"),
        ("normalise", "one-line"),
        ("normalise", "dates"),
        ("assemble", "parts-of-sums"),
        ("repair", "one-line-of-measures"),
        ("features", "one-line"),
    ],
)
def test_a_stage_is_linear(stage: str, kind: str) -> None:
    assert stage_growth(stage, kind, 800) < LINEAR


@pytest.mark.parametrize("kind", ["headings", "one-line", "dates"])
def test_memory_is_linear(kind: str) -> None:
    """Counted by the interpreter, so the same on every machine."""
    peaks = []
    for size in (1000, 10_000):
        case = large_case(kind, size)
        tracemalloc.start()
        assemble_notice(case.text, case.spans, source="x")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < LINEAR * peaks[0]


@pytest.mark.parametrize("mark", ["-", " _", ">"])
def test_a_page_with_an_endless_title_is_read_in_linear_time(mark: str) -> None:
    def page(size: int) -> bytes:
        return f"<html><title>巡察{mark * size}</title><body><p>巡察整改</p></body></html>".encode()

    def work(size: int) -> Callable[[], object]:
        return lambda: read_data(page(size), "a.html")

    assert seconds(work(20_000), 2) < LINEAR * seconds(work(2000), 2)


def test_the_check_of_a_corpus_file_is_linear() -> None:
    from rectify_ner.corpus import parse_gold

    short, long = (parse_gold(f"<notice>{'1' * size}</notice>") for size in (2000, 20_000))
    assert seconds(lambda: list(untagged(long)), 2) < LINEAR * seconds(lambda: list(untagged(short)), 3)


def test_every_large_text_has_about_the_size_asked_for() -> None:
    assert [name for name in LARGE if not 800 < len(LARGE[name](1000)) <= 1010] == []
