"""A short run of tests/crash.py: kills, power cuts and rivals leave the bytes of an undisturbed run."""

import os
import random
from pathlib import Path

import crash
import pytest

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # a child runs Python alone
]


@pytest.mark.parametrize(("name", "kills"), [("ledger.jsonl", 12), ("ledger.xlsx", 5), ("folder", 5)])
def test_killed_without_power_and_resumed(name: str, kills: int, tmp_path: Path) -> None:
    figures = crash.Figures()
    crash.harass(tmp_path, name, kills, random.Random(kills), figures)
    assert figures.done[f"killed, {name}, 0 workers"] == kills and figures.done["outputs compared"]
    assert figures.faults == []


def test_rivals(tmp_path: Path) -> None:
    figures = crash.Figures()
    crash.rivals(tmp_path, "ledger.csv", 2, random.Random(3), figures)
    assert figures.done["runs told that another is writing"] and figures.faults == []


def test_the_comparison_sees_a_line_that_is_missing(tmp_path: Path) -> None:
    place, wanted, _, _ = crash.undisturbed(tmp_path, "ledger.jsonl", 0)
    figures = crash.Figures()
    lines = place.output.read_bytes().splitlines(keepends=True)
    place.output.write_bytes(b"".join(lines[1:]))
    crash._compare(place, wanted, figures)
    assert len(figures.faults) == 1 and "ledger.jsonl differ" in figures.faults[0]


def test_a_power_cut_takes_only_what_was_not_forced_to_the_disk(tmp_path: Path) -> None:
    place, _, _, _ = crash.undisturbed(tmp_path, "ledger.jsonl", 0)
    before = place.outcome
    assert crash.cut_power(place, random.Random(1)) == 0 and place.outcome == before
    place.journal.write_text("")
    assert crash.cut_power(place, random.Random(1)) == 2 and place.outcome != before
