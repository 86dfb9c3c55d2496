"""The ledger in the terminal."""

import io

import pytest
from export_samples import hostile, samples
from rich.console import Console

from rectify_ner.export.terminal import show_ledger


def shown(record: dict[str, object], width: int) -> str:
    out = io.StringIO()
    show_ledger(record, Console(file=out, width=width, force_terminal=False))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 140])
def test_every_measure_is_shown(width: int) -> None:
    words = shown(samples()[0], width).replace("\n", "")
    assert words.count("●已完成") >= 3 and "○计划中" in words
    assert "36.5万元" in words and "无可核实内容" in words


def test_text_can_neither_style_nor_steer_the_terminal() -> None:
    words = shown(hostile(), 120)
    assert not [char for char in words if char < " " and char != "\n"]
    assert "[31m" in words
