"""Ends runs at every kind of moment, takes the power away, goes on with --resume and compares the bytes.

``python tests/crash.py --kills 200`` prints what was done and what was found; its exit code is 1 where a
single byte differs from the output of an undisturbed run. A run is ended by SIGKILL or SIGTERM, after a
random time or just before a random one of its operations on files. After a SIGKILL half of the times what
was not forced to the disk is cut, zeroed or filled with noise, as a power cut leaves it.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import read_samples as samples

from rectify_ner.batch import Job, Limits, Settings, Workers, run_batch
from rectify_ner.errors import RectifyError

NOTICES = 24
FORMS = ("ledger.jsonl", "ledger.csv", "ledger.xlsx", "ledger.html", "folder")
OPERATIONS = frozenset(
    ("open", "os.rename", "os.remove", "os.truncate", "os.mkdir", "os.rmdir", "sqlite3.connect")
)
BUSY = 3
"""Exit code of a run that was told that another one is writing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with inputs, a journal of what was forced to the disk, and the output."""

    root: Path
    output: Path
    jobs: int = 0

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def outcome(self) -> dict[str, bytes]:
        """Every file beside the inputs that is no run's own, with its content."""
        found = (path for path in self.output.parent.rglob("*") if path.is_file())
        return {str(path.relative_to(self.output.parent)): path.read_bytes() for path in found}


@dataclass(frozen=True, slots=True)
class Ending:
    """How to end a run: ``seconds`` after its start, or before the operation number ``operation``."""

    how: signal.Signals
    seconds: float | None = None
    operation: int | None = None


@dataclass(slots=True)
class Figures:
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{name}: {count}" for name, count in sorted(self.done.items())]
        return "\n".join([*lines, f"outputs that differ or errors: {len(self.faults)}", *self.faults])


def place_in(root: Path, name: str, jobs: int = 0) -> Place:
    """A folder of notices, one of them no notice, and a place for the output."""
    (root / "notices").mkdir(parents=True)
    (root / "out").mkdir()
    for number in range(NOTICES):
        text = samples.text().replace("12次", f"{number}次")
        (root / f"notices/n{number:02}.txt").write_text(text, encoding="utf-8")
    (root / "notices/n07-bad.txt").write_text("菜谱，放油。", encoding="utf-8")
    return Place(root, root / "out" / name, jobs)


def start(place: Place, resume: bool, ending: Ending | None = None, count: Path | None = None) -> int:
    """Begin a run in a process of its own; returns its number."""
    process = os.fork()
    if process:
        return process
    _child(place, resume, ending, count)


def _child(place: Place, resume: bool, ending: Ending | None, count: Path | None) -> NoReturn:
    code = 1
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        _watch(place, ending, count)
        settings = Settings(place.output, None, resume, Workers(place.jobs))
        run_batch([str(place.root / "notices")], settings, Job(samples.brisk_tagger, Limits(), "test"))
        code = 0
    except RectifyError as error:
        code = BUSY if "another run" in str(error) else 4
        (place.root / "error").write_text(str(error))
    except KeyboardInterrupt:
        code = 130
    except BaseException as error:
        (place.root / "error").write_text(f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)


def _watch(place: Place, ending: Ending | None, count: Path | None) -> None:
    """Note what is forced to the disk, count operations on files, and end before the one that is asked."""
    number = 0
    journal = os.open(place.journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    tally = os.open(count, os.O_WRONLY | os.O_CREAT) if count is not None else None

    def step() -> None:
        nonlocal number
        number += 1
        if tally is not None:
            os.pwrite(tally, f"{number:8}".encode(), 0)
        if ending is not None and number == ending.operation:
            os.kill(os.getpid(), ending.how)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in OPERATIONS and str(place.output.parent) in str(arguments[:2]):
            step()

    def fsync(handle: int) -> None:
        step()
        state = os.fstat(handle)
        os.write(journal, f"{state.st_ino} {state.st_size}\n".encode())
        step()

    os.fsync = fsync
    sys.addaudithook(hook)


def ended(process: int, ending: Ending | None) -> int:
    """Wait for a run, ending it on time; its exit code, that of the signal where it was killed."""
    if ending is not None and ending.seconds is not None:
        until = time.monotonic() + ending.seconds
        while time.monotonic() < until:
            found, status = os.waitpid(process, os.WNOHANG)
            if found:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.001)
        os.kill(process, ending.how)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def cut_power(place: Place, chance: random.Random) -> int:
    """Spoil in every file of the output what no run has forced to the disk; returns how many were spoilt."""
    synced: dict[int, int] = {}
    for line in place.journal.read_text().splitlines():
        inode, size = map(int, line.split())
        synced[inode] = max(synced.get(inode, 0), size)
    spoilt = 0
    for path in place.output.parent.rglob("*"):
        if not path.is_file() or path.name.endswith(".lock"):
            continue
        size, held = path.stat().st_size, synced.get(path.stat().st_ino, 0)
        if held >= size:
            continue
        kept = chance.randint(held, size)
        with path.open("r+b") as file:
            file.truncate(kept)
            file.seek(kept)
            lost = chance.choice((b"", b"\0" * (size - kept), chance.randbytes(size - kept)))
            file.write(lost)
        spoilt += 1
    return spoilt


def undisturbed(root: Path, name: str, jobs: int) -> tuple[Place, dict[str, bytes], float, int]:
    """A place, what a run there gives, how long it takes and of how many operations it consists."""
    place = place_in(root, name, jobs)
    begun = time.monotonic()
    code = ended(start(place, False, count=root / "count"), None)
    if code:
        raise AssertionError(f"an undisturbed run ended with {code}: {(root / 'error').read_text()}")
    return place, place.outcome, time.monotonic() - begun, int((root / "count").read_text())


def harass(root: Path, name: str, kills: int, chance: random.Random, figures: Figures, jobs: int = 0) -> None:
    """Kill runs of one form ``kills`` times; every output that comes to its end is compared."""
    place, wanted, seconds, operations = undisturbed(root / f"{name}-{jobs}", name, jobs)
    killed, resume = 0, False
    clear(place)
    while killed < kills:
        ending = _ending(chance, seconds, operations)
        code = ended(start(place, resume, ending), ending)
        if code in (-signal.SIGKILL, -signal.SIGTERM, 130):
            killed += 1
            figures.done[f"killed, {name}, {jobs} workers"] += 1
            figures.done[f"by {ending.how.name}"] += 1
            if code == -signal.SIGKILL and chance.random() < 0.5:
                figures.done["files cut as by a loss of power"] += cut_power(place, chance)
            resume = True
        elif code == 0:
            cut_power(place, chance)
            _compare(place, wanted, figures)
            resume = False
        else:
            figures.faults.append(f"{place.root}: exit code {code}, {(place.root / 'error').read_text()}")
            resume = False
            clear(place)
    if ended(start(place, resume), None) == 0:
        _compare(place, wanted, figures)
    else:
        figures.faults.append(f"{place.root}: the last run failed: {(place.root / 'error').read_text()}")


def _ending(chance: random.Random, seconds: float, operations: int) -> Ending:
    how = chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
    if chance.random() < 0.5:
        return Ending(how, seconds=chance.uniform(0, 1.1 * seconds))
    return Ending(how, operation=chance.randint(1, operations))


def _compare(place: Place, wanted: dict[str, bytes], figures: Figures) -> None:
    """Hold the outcome against that of the undisturbed run and begin anew."""
    found = {name: data for name, data in place.outcome.items() if not name.endswith(".done")}
    wanted = {name: data for name, data in wanted.items() if not name.endswith(".done")}
    figures.done["outputs compared"] += 1
    if found != wanted:
        names = [name for name in {*found, *wanted} if found.get(name) != wanted.get(name)]
        figures.faults.append(f"{place.output}: {', '.join(sorted(names))} differ")
    clear(place)


def clear(place: Place) -> None:
    shutil.rmtree(place.output.parent)
    place.output.parent.mkdir()
    place.journal.write_text("")


def rivals(root: Path, name: str, rounds: int, chance: random.Random, figures: Figures) -> None:
    """Start three runs on one output at once: each finishes or is told of the other, and nothing doubles."""
    place, wanted, seconds, _ = undisturbed(root / f"rivals-{name}", name, 0)
    for _ in range(rounds):
        clear(place)
        ending = Ending(signal.SIGKILL, seconds=chance.uniform(0, seconds))
        racers = [start(place, True) for _ in range(3)]
        codes = [ended(racers[0], ending), *(ended(racer, None) for racer in racers[1:])]
        figures.done["races of three runs on one output"] += 1
        figures.done["runs told that another is writing"] += codes.count(BUSY)
        if not set(codes) <= {0, BUSY, -signal.SIGKILL}:
            figures.faults.append(f"{place.output}: exit codes {codes}, {(place.root / 'error').read_text()}")
        ended(start(place, True), None)
        _compare(place, wanted, figures)


def main(kills: int, seed: int) -> int:
    chance, figures = random.Random(seed), Figures()
    begun = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="crash-"))
    try:
        pooled = max(1, kills // 10)
        for name in FORMS:
            harass(root, name, -(-(kills - pooled) // len(FORMS)), chance, figures)
            rivals(root, name, max(1, kills // 50), chance, figures)
        harass(root, "ledger.jsonl", pooled, chance, figures, jobs=2)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    total = sum(count for name, count in figures.done.items() if name.startswith("killed"))
    print(f"kills: {total} in {time.monotonic() - begun:.0f} s, seed {seed}\n{figures}")
    return bool(figures.faults)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.kills, given.seed))
