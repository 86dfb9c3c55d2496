"""The whole way of docs/scale.md on a real Spark cluster on loopback: ``cluster.py [rows parquet … scale]``.

Starts a master and two workers of one core, tags repeated corpus notices and compares every row with a local
run, with processes killed in the middle; then measures one worker against two in alternation. Needs the
extra ``spark``, Java 17 or newer and a pipeline in build/model-best. Installs nothing; ends what it started.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.dataset
import pyarrow.parquet
from cluster_processes import Cluster, peak_memory_mb, running, wait_for

from rectify_ner.corpus import read_gold
from rectify_ner.tag import BUILT

PER_FILE = 25
BAD_EVERY = 80
BAD = (
    "not JSON at all",
    '{"id": "bad-empty", "text": " "}',
    '{"id": "bad-recipe", "text": "先放油，再放盐。"}',
    '["no", "object"]',
    '{"text": "中共某县水利局党组关于巡察整改情况的通报"}',
    '{"id": "bad-\\ud800", "html": "<p></p>"}',
)
Rows = tuple[Counter[str], Counter[tuple[str, ...]]]
"""Records as lines, and failures as source, kind, message and hash; both with how often they stand there."""


@dataclass(frozen=True, slots=True)
class Stage:
    cluster: Cluster
    workers: list[subprocess.Popen[bytes]]
    home: Path
    notices: int
    files: int
    rounds: int
    expected: Rows

    def words(self, *more: str) -> list[str]:
        return [str(self.home / "in"), str(self.home / "out"), "--model", str(BUILT.resolve()), *more]

    @property
    def log(self) -> Path:
        return self.home / "driver.log"


def write_notices(folder: Path, count: int) -> int:
    """Corpus notices over and over with ids of their own, some lines of them bad; how many files."""
    folder.mkdir(parents=True)
    texts = [(path.stem, read_gold(path).text) for path in sorted(Path("corpus/notices").glob("*.xml"))]
    lines = []
    for number in range(count):
        stem, text = texts[number % len(texts)]
        if number % BAD_EVERY == BAD_EVERY - 1:
            lines.append(BAD[number // BAD_EVERY % len(BAD)])
        else:
            lines.append(json.dumps({"id": f"{stem}-{number:06}", "text": text}, ensure_ascii=False))
    for start in range(0, count, PER_FILE):
        text = "\n".join(lines[start : start + PER_FILE]) + "\n"
        (folder / f"{start // PER_FILE:05}.jsonl").write_text(text, encoding="utf-8")
    return -(-count // PER_FILE)


def local_rows(home: Path) -> Rows:
    """What a run without the engine makes of the same folder."""
    output, failures = home / "local.jsonl", home / "local.failures.jsonl"
    words = ["tag", str(home / "in"), "-o", str(output), "--failures", str(failures), "--jobs", "2"]
    began = time.monotonic()
    command = [sys.executable, "-m", "rectify_ner", *words, "-m", str(BUILT.resolve())]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if not output.exists():
        sys.exit(done.stderr)
    seconds = time.monotonic() - began
    print(f"local run, 2 processes: {seconds:.0f} s, {done.stderr.splitlines()[-1]}", flush=True)
    failed = Counter(map(failure_row, map(json.loads, failures.read_text("utf-8").splitlines())))
    return Counter(output.read_text("utf-8").split("\n")[:-1]), failed


def failure_row(row: dict[str, str | None]) -> tuple[str, ...]:
    return tuple(str(row[name] or "") for name in ("source", "kind", "message", "input_sha256"))


def lines_of(output: Path, outcome: str) -> Iterator[str]:
    for path in output.glob(f"batch=*/outcome={outcome}/*.txt"):
        yield from path.read_text("utf-8").split("\n")[:-1]


def json_rows(output: Path) -> Rows:
    failed = Counter(failure_row(json.loads(line)) for line in lines_of(output, "failure"))
    return Counter(lines_of(output, "record")), failed


def parquet_rows(output: Path) -> Rows:
    table = pyarrow.dataset.dataset(output, partitioning="hive").to_table().to_pylist()
    failed = Counter(failure_row(row) for row in table if row["kind"] is not None)
    return Counter(row["record"] for row in table if row["kind"] is None), failed


def compare(found: Rows, expected: Rows) -> bool:
    """Print what was lost, what stands there twice or otherwise."""
    is_equal = found == expected
    _difference("records", found[0], expected[0])
    _difference("failures", found[1], expected[1])
    print("  equal to the local run, row by row" if is_equal else "  NOT EQUAL", flush=True)
    return is_equal


def _difference(name: str, found: Counter[Any], wanted: Counter[Any]) -> None:
    lost, more = (wanted - found).total(), (found - wanted).total()
    print(f"  {name}: {found.total()} of {wanted.total()}, {lost} lost, {more} too many")


def size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / (1 << 20)


def finish(process: subprocess.Popen[bytes], log: Path) -> float:
    """Wait for the driver; the seconds it reports."""
    process.wait(3600)
    text = log.read_text("utf-8", "replace")
    taken = re.search(r"→ \S+ in ([\d.]+) s$", text, re.MULTILINE)
    if taken is None:
        sys.exit(f"the driver ended with {process.returncode}; the end of {log}:\n{text[-3000:]}")
    return float(taken[1])


def driver_says(log: Path) -> None:
    text = log.read_text("utf-8", "replace")
    counts = {
        "tasks lost and begun again": len(re.findall(r"Lost task ", text)),
        "executors granted": len(re.findall(r"Granted executor ID", text)),
        "executors lost": len(re.findall(r"Lost executor ", text)),
        "batches": len(re.findall(r"^batch \d+:", text, re.MULTILINE)),
    }
    print("  driver: " + ", ".join(f"{name} {count}" for name, count in counts.items()))


def wait_for_tasks(stage: Stage, process: subprocess.Popen[bytes], count: int) -> None:
    """Wait until so many tasks of the first batch have been committed."""

    def is_there() -> bool:
        if process.poll() is not None:
            finish(process, stage.log)
            sys.exit("the driver ended before anything could be killed; take more --notices")
        return len(list((stage.home / "out").glob("batch=0/_temporary/0/task_*"))) >= count

    wait_for(f"{count} tasks", is_there, 1800)


def rows(stage: Stage) -> bool:
    """All rows by two workers, nothing killed; memory of the processes on the way."""
    process = stage.cluster.submit(stage.words(), 2, stage.log)
    wait_for_tasks(stage, process, stage.files * 3 // 4)
    roles: dict[str, Callable[[subprocess.Popen[bytes]], list[int]]] = {
        "executor (Java)": stage.cluster.executors,
        "its Python worker": stage.cluster.python_workers,
        "the pipeline's process": stage.cluster.taggers,
    }
    held = {
        role: max(peak_memory_mb(pid) for worker in stage.workers for pid in pids(worker))
        for role, pids in roles.items()
    }
    print(f"  {finish(process, stage.log):.1f} s, output {size_mb(stage.home / 'out'):.1f} MB")
    print("  peak memory: " + ", ".join(f"{role} {size:.0f} MB" for role, size in held.items()))
    return compare(json_rows(stage.home / "out"), stage.expected)


def parquet(stage: Stage) -> bool:
    """Parquet in and out; the lines that Parquet cannot hold are left out."""
    folder = stage.home / "parquet"
    folder.mkdir()
    for path in sorted((stage.home / "in").glob("*.jsonl")):
        given = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.startswith("{")]
        kept = [row for row in given if "id" in row and "html" not in row]
        schema = pyarrow.schema([("id", pyarrow.string()), ("text", pyarrow.string())])
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(kept, schema), folder / f"{path.stem}.parquet")
    words = stage.words("--source-form", "parquet", "--output-form", "parquet")
    seconds = finish(stage.cluster.submit([str(folder), *words[1:]], 2, stage.log), stage.log)
    print(f"  {seconds:.1f} s, input {size_mb(folder):.1f} MB, output {size_mb(stage.home / 'out'):.1f} MB")
    names = {"bad-empty", "bad-recipe"}
    records, failures = stage.expected
    wanted = Counter({line: count for line, count in records.items() if '"source": "/' not in line[:60]})
    failed = Counter({row: count for row, count in failures.items() if row[0] in names})
    return compare(apart(*parquet_rows(stage.home / "out")), apart(wanted, failed))


def apart(records: Counter[str], failures: Counter[tuple[str, ...]]) -> Rows:
    """Failures without their messages, which name the file."""
    return records, Counter((source, kind, sha256) for source, kind, _, sha256 in failures.elements())


def kill_python(stage: Stage) -> bool:
    """One of Spark's Python workers killed in the middle."""
    return _killed_once(stage, _python_worker)


def kill_tagger(stage: Stage) -> bool:
    """The process that holds the pipeline killed in the middle."""
    return _killed_once(stage, _tagger)


def kill_executor(stage: Stage) -> bool:
    """An executor killed in the middle: the worker starts another."""
    return _killed_once(stage, _executor)


def kill_worker(stage: Stage) -> bool:
    """A worker killed in the middle, and a new one started in its place."""
    return _killed_once(stage, _worker)


def _killed_once(stage: Stage, kill: Callable[[Stage], None]) -> bool:
    process = stage.cluster.submit(stage.words(), 2, stage.log)
    wait_for_tasks(stage, process, stage.files // 3)
    kill(stage)
    print(f"  {finish(process, stage.log):.1f} s")
    driver_says(stage.log)
    return compare(json_rows(stage.home / "out"), stage.expected)


def _kill(name: str, find: Callable[[], list[int]]) -> None:
    """Kill the first that there is, waiting until one has come."""
    wait_for(f"the {name}", lambda: bool(find()))
    pid = find()[0]
    os.kill(pid, signal.SIGKILL)
    print(f"  killed the {name} {pid}", flush=True)


def _python_worker(stage: Stage) -> None:
    _kill("Python worker", lambda: stage.cluster.python_workers(stage.workers[0]))


def _tagger(stage: Stage) -> None:
    _kill("pipeline's process", lambda: stage.cluster.taggers(stage.workers[-1]))


def _executor(stage: Stage) -> None:
    _kill("executor", lambda: stage.cluster.executors(stage.workers[-1]))


def _worker(stage: Stage) -> None:
    _kill("worker", lambda: [stage.workers[0].pid])
    stage.workers[0].wait()
    stage.workers[0] = stage.cluster.start_worker()
    wait_for("an executor on the new worker", lambda: bool(stage.cluster.executors(stage.workers[0])), 600)
    print("  a new worker has come and has an executor of the run", flush=True)


def kill_driver(stage: Stage) -> bool:
    """The driver killed in its third batch of about six, and the same command again."""
    return _restarted(stage, {})


def kill_each(stage: Stage) -> bool:
    """One of each killed in one run, one a batch, then the driver, and the same command again."""
    return _restarted(stage, {0: (_python_worker, _tagger), 1: (_executor,), 2: (_worker,)})


def _restarted(stage: Stage, kills: dict[int, tuple[Callable[[Stage], None], ...]]) -> bool:
    words = stage.words("--step-mb", f"{size_mb(stage.home / 'in') / 6:.3f}")
    process = stage.cluster.submit(words, 2, stage.log)
    output = stage.home / "out"
    for number in range(3):
        tasks = f"batch={number}/_temporary/0/task_*"
        wait_for(f"a task of batch {number}", lambda tasks=tasks: any(output.glob(tasks)), 1800)  # type: ignore[misc]
        for kill in kills.get(number, ()):
            kill(stage)
    driver_says(stage.log)
    process.kill()
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in output.glob("batch=*/outcome=*/*.txt")}
    whole = sorted(path.parent.name for path in output.glob("batch=*/_SUCCESS"))
    print(f"  killed the driver {process.pid}; whole: {', '.join(whole)}", flush=True)
    stage.cluster.wait_until_idle()
    print(f"  again: {finish(stage.cluster.submit(words, 2, stage.log), stage.log):.1f} s")
    driver_says(stage.log)
    is_kept = bool(kept) and all(path.exists() and path.stat().st_mtime_ns == at for path, at in kept.items())
    print(f"  {len(kept)} files of the finished batches {'untouched' if is_kept else 'CHANGED'}")
    return compare(json_rows(output), stage.expected) and is_kept


def scale(stage: Stage) -> bool:
    """One worker and two in alternation: the same input, the same cluster, sessions of one and two cores."""
    whole: dict[int, list[float]] = {1: [], 2: []}
    steady: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(stage.rounds):
        for cores in whole:
            load = os.getloadavg()[0]
            shutil.rmtree(stage.home / "out", ignore_errors=True)
            stage.cluster.wait_until_idle()
            whole[cores].append(finish(stage.cluster.submit(stage.words(), cores, stage.log), stage.log))
            steady[cores].append(_seconds_a_task(stage.log))
            print(f"  {cores} worker(s): {whole[cores][-1]:.1f} s in all, ", end="")
            rate = PER_FILE / steady[cores][-1]
            print(f"{rate:.1f} notices/s once begun; load before {load:.1f}", flush=True)
    for name, taken in (("in all", whole), ("once begun", steady)):
        ratios = [f"{one / two:.2f}" for one, two in zip(taken[1], taken[2], strict=True)]
        median = statistics.median(taken[1]) / statistics.median(taken[2])
        print(f"  two workers against one, {name}: {', '.join(ratios)}; of the medians {median:.2f}")
    return True


def _seconds_a_task(log: Path) -> float:
    """From the first task done to the last: neither the session's start nor the loading of the pipeline."""
    ends = re.findall(
        r"^\S+ (\d+):(\d+):(\d+) .*batchId.*Finished task", log.read_text("utf-8", "replace"), re.MULTILINE
    )
    seconds = [3600 * int(hours) + 60 * int(minutes) + int(rest) for hours, minutes, rest in ends]
    return ((seconds[-1] - seconds[0]) % 86400) / (len(seconds) - 1)


TRIALS: dict[str, Callable[[Stage], bool]] = {
    "rows": rows,
    "parquet": parquet,
    "kill-python": kill_python,
    "kill-tagger": kill_tagger,
    "kill-executor": kill_executor,
    "kill-worker": kill_worker,
    "kill-driver": kill_driver,
    "kill-each": kill_each,
    "scale": scale,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trials", nargs="*", help=f"of {', '.join(TRIALS)}; else all")
    parser.add_argument("--notices", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3, help="of scale")
    parser.add_argument("--keep", action="store_true", help="leave inputs, outputs and logs where they are")
    options = parser.parse_args()
    if unknown := [name for name in options.trials if name not in TRIALS]:
        parser.error(f"no trial {', '.join(unknown)}; wanted some of {', '.join(TRIALS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    home = Path(tempfile.mkdtemp(prefix="rectify-ner-cluster-"))
    print(f"{options.notices} notices, one in {BAD_EVERY} bad, {os.cpu_count()} cores, in {home}", flush=True)
    failed = []
    try:
        files = write_notices(home / "in", options.notices)
        expected = local_rows(home)
        with running(home / "cluster") as (cluster, workers):
            stage = Stage(cluster, workers, home, options.notices, files, options.rounds, expected)
            for name in options.trials or TRIALS:
                print(f"{name}: {TRIALS[name].__doc__}", flush=True)
                if not TRIALS[name](stage):
                    failed.append(name)
                cluster.wait_until_idle()
                shutil.rmtree(home / "out", ignore_errors=True)
    finally:
        if not options.keep:
            shutil.rmtree(home, ignore_errors=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    print("every trial as it should be")


if __name__ == "__main__":
    main()
