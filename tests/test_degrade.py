"""The augmenter: damage as on published pages, spans exactly carried along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rectify_ner.notice import Span
from rectify_ner.tagger.degrade import Degrader, apply_edits


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([(4, 5, "")], ("20225月印发《办法》", ["20225月", "《办法》"])),
        ([(9, 10, "")], ("2022年5月印发办法》", ["2022年5月", "办法》"])),
        ([(9, 13, "《规则》(试行)")], ("2022年5月印发《规则》(试行)", ["2022年5月", "《规则》(试行)"])),
        ([(0, 0, "于")], ("于2022年5月印发《办法》", ["2022年5月", "《办法》"])),
        ([(7, 7, " ")], ("2022年5月 印发《办法》", ["2022年5月", "《办法》"])),
        ([(9, 13, "")], ("2022年5月印发", ["2022年5月"])),
        ([(4, 5, ""), (9, 10, ""), (10, 11, "")], ("20225月印发法》", ["20225月", "法》"])),
    ],
)
def test_spans_follow_the_edits(edits: list[tuple[int, int, str]], expected: tuple[str, list[str]]) -> None:
    text = "2022年5月印发《办法》"
    changed, spans = apply_edits(text, [Span(0, 7, "DATE"), Span(9, 13, "DOCUMENT")], edits)
    assert (changed, [changed[s.start : s.end] for s in spans]) == expected


@given(
    st.text(alphabet="一二年月0《》 \n县局", min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 3), st.sampled_from(["", " ", "党委"])), max_size=6
    ),
)
def test_spans_stay_in_the_text_and_apart(
    text: str, bounds: list[tuple[int, int]], edits: list[tuple[int, int, str]]
) -> None:
    spans, at = [], 0
    for start, end in sorted(tuple(sorted(pair)) for pair in bounds):
        if at <= start < end <= len(text) and text[start:end] == text[start:end].strip():
            spans.append(Span(start, end, "BODY"))
            at = end
    fitting = [(a, min(a + n, len(text)), word) for a, n, word in edits if a <= len(text)]
    changed, moved = apply_edits(text, spans, fitting)
    for span in moved:
        mention = changed[span.start : span.end]
        assert mention and mention == mention.strip()


def test_the_same_seed_gives_the_same_damage() -> None:
    text = "2022年5月10日，“三会一课”不实，一是县水利局印发《办法》（试行），制定措施57条。" * 5
    spans = [Span(0, 10, "DATE")]
    first, second = (Degrader(damage=1.0, seed=3)(text, spans) for _ in range(2))
    assert first == second != (text, tuple(spans))
