"""Time and memory grow with the text, not with its square: every pattern, every stage.

Growth is compared, never seconds: ten times the text may take thirty times as long, which a machine under
load keeps and quadratic work, at a hundred times, does not.
"""

import re
import tracemalloc
from collections.abc import Callable

import pytest

from rectify_ner.assemble import assemble_notice
from rectify_ner.corpus_check import untagged
from rectify_ner.read import read_data

from .large import LARGE, large_case
from .patterns import BOUNDED, LINEAR, Attack, Used, attacks, growth, used_patterns
from .stages import seconds, stage_growth

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


def test_a_slow_pattern_is_found_out() -> None:
    slow = Used("slow", re.compile(r"-+x"), "search")
    assert any(growth(slow, attack, SIZE, (1, 2)) >= LINEAR for attack in attacks(slow.pattern))
    assert growth(Used("plain", re.compile("-"), "search"), Attack("", "-"), SIZE) < LINEAR


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
