"""A run that is stopped at any moment loses nothing and doubles nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import read_samples as samples
from test_batch import notice, records, run

from rectify_ner.batch import Workers
from rectify_ner.batch.store import beside, owned, part_of
from rectify_ner.errors import RectifyError
from rectify_ner.export import partial_path

SCRIPT = """
import sys
from pathlib import Path
import read_samples
from rectify_ner.batch import Job, Limits, Settings, Workers, run_batch
if __name__ == "__main__":
    folder, output, jobs, resume = sys.argv[1:]
    settings = Settings(Path(output), None, resume == "yes", Workers(int(jobs)))
    run_batch([folder], settings, Job(read_samples.slow_tagger, Limits(), "test"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notices"
    made.mkdir()
    for number in range(60):
        (made / f"n{number:02}.txt").write_text(notice(number), encoding="utf-8")
    (made / "n30-bad.txt").write_text("菜谱，放油。")
    return made


def started(folder: Path, output: Path, resume: bool, jobs: int) -> "subprocess.Popen[bytes]":
    script = folder.parent / "run.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, str(script), str(folder), str(output), str(jobs), "yes" if resume else "no"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def whole_run(folder: Path) -> tuple[bytes, bytes]:
    output = folder.parent / "undisturbed.jsonl"
    run(folder, output)
    failed = folder.parent / "undisturbed.failures.csv"
    return output.read_bytes(), failed.read_bytes() if failed.exists() else b""


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.parent.iterdir() if path.name.startswith(".")]


def new_size(part: Path, last: int) -> int:
    """What a run has written since ``last``; the part of the run before it does not count."""
    try:
        state = part.stat()
    except FileNotFoundError:
        return 0
    return state.st_size if state.st_ctime_ns > last else 0


@pytest.mark.parametrize(("jobs", "how"), [(0, signal.SIGKILL), (2, signal.SIGKILL), (2, signal.SIGTERM)])
def test_killed_ten_times_and_resumed(jobs: int, how: signal.Signals, folder: Path) -> None:
    wanted, failed = whole_run(folder)
    output = folder.parent / "ledger.jsonl"
    part = partial_path(output)
    chance = random.Random(jobs)
    kills, reached = 0, [0]
    while kills < 10:
        last = part.stat().st_ctime_ns if part.exists() else 0
        process = started(folder, output, kills > 0, jobs)
        target = reached[-1] + 1 if kills % 2 else chance.uniform(0, reached[-1])
        while process.poll() is None and not (written := new_size(part, last)) > target:
            time.sleep(0.002)
        time.sleep(chance.uniform(0, 0.1))
        if process.poll() is not None:
            break
        process.send_signal(how)
        process.wait()
        kills += 1
        reached.append(max(reached[-1], written))
        assert not output.exists()
    if not output.exists():
        process = started(folder, output, True, jobs)
        process.wait(120)
    assert kills >= 5 and len(set(reached)) > 3
    assert output.read_bytes() == wanted
    assert (folder.parent / "ledger.failures.csv").read_bytes() == failed
    assert leftovers(folder) == []


def test_cut_at_any_byte_and_resumed(folder: Path) -> None:
    """What a cut of power leaves: any beginning of what was written, with or without a damaged end."""
    wanted, _ = whole_run(folder)
    output = folder.parent / "ledger.jsonl"
    chance = random.Random(1)
    for round_ in range(40):
        cut = chance.randrange(len(wanted))
        partial_path(output).write_bytes(wanted[:cut] + (b"\0" * 300 + b"\n" if round_ % 3 == 0 else b""))
        if round_ % 2:
            second = chance.randrange(len(wanted))
            beside(output, "done").write_bytes(wanted[:second])
        summary = run(folder, output, resume=True)
        assert output.read_bytes() == wanted
        assert summary.kept >= wanted[:cut].count(b"\n")
        assert leftovers(folder) == []
        output.unlink()


def test_resume_redoes_failures_and_changed_files_only(folder: Path) -> None:
    output = folder.parent / "ledger.jsonl"
    assert run(folder, output).failures == 1
    (folder / "n30-bad.txt").write_text(notice(999), encoding="utf-8")
    (folder / "n05.txt").write_text(notice(998), encoding="utf-8")
    (folder / "n06.txt").unlink()
    (folder / "n99.txt").write_text(notice(997), encoding="utf-8")
    summary = run(folder, output, resume=True)
    assert (summary.notices, summary.kept, summary.failures) == (61, 58, 0)
    assert output.read_bytes() == whole_run(folder)[0]
    assert (folder.parent / "ledger.failures.csv").read_text(encoding="utf-8-sig").count("\n") == 1


def test_resume_in_another_order_and_with_ids(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"n{at}", "text": notice(at)}) for at in range(6)]
    given, output = tmp_path / "a.jsonl", tmp_path / "o.jsonl"
    given.write_text("\n".join(lines))
    run(given, output)
    given.write_text("\n".join(lines[::-1]))
    assert run(given, output, resume=True).kept == 6
    assert [record["source"] for record in records(output)] == [f"n{at}" for at in range(5, -1, -1)]


def test_an_unfinished_run_is_not_overwritten_by_accident(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(samples.text())
    partial_path(tmp_path / "o.jsonl").write_text("{}\n")
    with pytest.raises(RectifyError, match="add --resume"):
        run(tmp_path / "a.txt", tmp_path / "o.jsonl")
    assert run(tmp_path / "a.txt", tmp_path / "o.jsonl", resume=True).notices == 1


def test_two_runs_on_one_output_and_a_dead_owner(folder: Path) -> None:
    output = folder.parent / "ledger.jsonl"
    with owned(output), pytest.raises(RectifyError, match="another run is writing it"):
        run(folder, output)
    process = started(folder, output, False, 0)
    while process.poll() is None and not new_size(partial_path(output), 0):
        time.sleep(0.01)
    with pytest.raises(RectifyError, match="another run is writing it"):
        run(folder, output, resume=True)
    process.kill()
    process.wait()
    assert beside(output, "lock").exists()
    assert run(folder, output, resume=True, workers=Workers(1)).notices == 60


def test_a_link_planted_in_place_of_the_part_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(samples.text())
    victim = tmp_path / "victim.txt"
    victim.write_text("keep")
    partial_path(tmp_path / "o.jsonl").symlink_to(tmp_path / "nothing")
    (tmp_path / "o.jsonl").symlink_to(victim)
    run(tmp_path / "a.txt", tmp_path / "o.jsonl")
    assert victim.read_text() == "keep" and not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("name", ["ledger.csv", "ledger.xlsx", "folder"])
def test_other_forms_are_made_at_the_end_and_can_be_resumed(name: str, folder: Path) -> None:
    pytest.importorskip("xlsxwriter")
    output = folder.parent / name
    process = started(folder, output, False, 0)
    while process.poll() is None and not new_size(part_of(output), 0):
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not output.exists()
    with pytest.raises(RectifyError, match="add --resume"):
        run(folder, output)
    summary = run(folder, output, resume=True)
    assert (summary.notices, summary.failures) == (60, 1) and summary.kept
    assert output.exists() and leftovers(folder) == [f".{name}.done"]
    (folder / "n30-bad.txt").unlink()
    assert run(folder, output, resume=True).kept == 60
    assert leftovers(folder) == []


def test_an_unknown_form_is_told_before_the_work(folder: Path) -> None:
    with pytest.raises(RectifyError, match=r"no form for \.pdf"):
        run(folder, folder.parent / "ledger.pdf")
