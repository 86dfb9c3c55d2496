"""Who carries a measure out, judged in the clause, with a reason."""

import time
import tomllib
from pathlib import Path

import pytest
from marked import marked

from rectify_ner.normalise.bodies import responsible
from rectify_ner.normalise.counted import counted_things
from rectify_ner.normalise.documents import document_values
from rectify_ner.normalise.status import measure_statuses

CASES = tomllib.loads((Path(__file__).parent / "cases" / "bodies.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("sentence", CASES)
def test_verdict(sentence: str) -> None:
    given = marked(sentence)
    verdicts = responsible(given.text, given.spans, given.outline)
    judged = [span for span in given.spans if span.label in ("BODY", "ROLE")]
    assert set(verdicts) == set(judged)
    wanted = {given.text[span.start : span.end]: given.wanted[span] for span in judged}
    assert {given.text[span.start : span.end]: "-+"[verdicts[span][0]] for span in judged} == wanted
    assert all(reason for _, reason in verdicts.values())


def test_nobody_is_responsible_outside_measures() -> None:
    given = marked("{局党组|BODY}召开会议,由{组长|ROLE}负责。", measure=False)
    verdicts = responsible(given.text, given.spans, given.outline)
    assert set(verdicts.values()) == {(False, "措施之外")}


@pytest.mark.parametrize(
    "piece",
    [
        "现已",
        "{局|BODY}与",
        "的",
        "达到已达",
        "专题教育",
        "{3个|COUNT}",
        "{《甲》|DOCUMENT}已均",
        "待",
        "把将对",
    ],
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    given = marked(piece * 4000)
    begun = time.perf_counter()
    responsible(given.text, given.spans, given.outline)
    counted_things(given.text, given.spans, given.outline)
    document_values(given.text, given.spans, given.outline)
    measure_statuses(given.text, given.outline)
    assert time.perf_counter() - begun < 4
