"""One partition: Arrow batches of notices → Arrow batches of outcomes, one row a notice, as in a local run.

A partition is worked on by one child process with the local run's bounds of time and memory. It stays for
the partitions that come after, so the pipeline is loaded once a worker, and it is replaced when it dies.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from rectify_ner.batch.inputs import Item, line_item
from rectify_ner.batch.pool import Pool, Workers, work_in_pool
from rectify_ner.batch.work import Job, Outcome, Tagger, pipeline_job, work
from rectify_ner.errors import RectifyError
from rectify_ner.read import DEFAULT_LIMITS, InputError, Limits, shown

if TYPE_CHECKING:
    import pyarrow

LINE_COLUMNS = ("line", "file", "at")
"""A line of JSON Lines in bytes, the URI of its file, and the byte at which its block of the file begins."""
TABLE_COLUMNS = ("id", "text", "html", "content", "file", "at")
"""What a table of notices may hold: ``id`` and one of ``text``, ``html``, ``content`` (bytes of a file)."""
OUTCOME_COLUMNS = (
    ("source", "string"),
    ("input_sha256", "string"),
    ("made_by", "string"),
    ("kind", "string"),
    ("message", "string"),
    ("issues", "int"),
    ("measures", "int"),
    ("flags", "int"),
    ("record", "string"),
)
"""``record`` is the local run's line without its line end; a failure has ``kind`` and ``message`` instead."""
_ROWS = 64
_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Task:
    """How to work: travels to the workers, and equal tasks share what a worker has loaded."""

    job: Job
    workers: Workers


@dataclass(frozen=True, slots=True)
class CheckedPipeline:
    """Makes the tagger of ``model``; refuses where a worker has another pipeline or version than wanted."""

    model: str | None
    made_by: str
    trust: bool = False

    def __call__(self) -> Tagger:
        here = pipeline_job(self.model, DEFAULT_LIMITS, trust=self.trust)
        if here.made_by != self.made_by:
            raise RectifyError(
                f"this worker has {here.made_by}, wanted {self.made_by} as on the driver; install the same "
                "wheels on every machine or name a folder that all of them see"
            )
        return here.make_tagger()


def pipeline_task(
    model: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    workers: Workers | None = None,
    *,
    trust: bool = False,
) -> Task:
    """The task of the pipeline at ``model``, a folder or package that every worker has, else of the default.

    ``workers`` gives the bounds of one notice; its ``count`` is 1, a child process for each of the engine's
    workers, or 0 to work in the engine's own process. ``trust`` as in ``load_pipeline``.
    """
    made_by = pipeline_job(model, limits).made_by
    bounds = workers or Workers()
    job = Job(CheckedPipeline(model, made_by, trust), limits, made_by)
    return Task(job, replace(bounds, count=min(bounds.count, 1)))


def tag_partition(batches: Iterable["pyarrow.RecordBatch"], task: Task) -> Iterator["pyarrow.RecordBatch"]:
    """Outcomes of the notices in ``batches``, in their order, as batches of OUTCOME_COLUMNS.

    ``batches`` have the LINE_COLUMNS, of which blank lines give no row, or some of the TABLE_COLUMNS. Raises
    RectifyError where the worker has no pipeline or another one than the driver.
    """
    rows: list[dict[str, Any]] = []
    size = 0
    for outcome in _outcomes(_items(batches, task.job.limits), task):
        rows.append(_row(outcome, task.job.made_by))
        size += len(outcome.line or b"")
        if len(rows) >= _ROWS or size >= _BYTES:
            yield _batch(rows)
            rows, size = [], 0
    if rows:
        yield _batch(rows)


def ledger_partition(batches: Iterable["pyarrow.RecordBatch"]) -> Iterator["pyarrow.RecordBatch"]:
    """The flat ledger of outcomes: the rows and columns of a local run's Parquet file; failures have none."""
    import pyarrow

    from rectify_ner.export.parquet import ledger_cells, ledger_schema

    schema = ledger_schema().remove_metadata()
    for batch in batches:
        lines = (line.as_py() for line in batch.column("record"))
        cells = [cell for line in lines if line is not None for cell in ledger_cells(json.loads(line))]
        yield pyarrow.RecordBatch.from_pylist(cells, schema)


def _items(batches: Iterable["pyarrow.RecordBatch"], limits: Limits) -> Iterator[Item]:
    make = None
    place = _Places()
    for batch in batches:
        if make is None:
            make = _line if "line" in batch.schema.names else _table_row
        for row in _rows(batch):
            item = make(row, place.of(row), limits)
            if item is not None:
                yield item


def _rows(batch: "pyarrow.RecordBatch") -> Iterator[dict[str, Any]]:
    """Row by row: a batch of long texts is not turned into Python objects all at once."""
    names = batch.schema.names
    for number in range(batch.num_rows):
        yield {name: batch.column(name)[number].as_py() for name in names}


class _Places:
    """Where a row stood: ``notices.jsonl:17``, or ``notices.jsonl@8388608:17`` in a later block of a file.

    The first is its line (or row) in the file, the second counts from the first one that begins behind that
    byte. It holds while rows come as the engine reads them from the file.
    """

    def __init__(self) -> None:
        self.block: tuple[str, int] | None = None
        self.number = 0

    def of(self, row: Mapping[str, Any]) -> str:
        block = (row.get("file") or "", row.get("at") or 0)
        self.number = self.number + 1 if block == self.block else 1
        self.block = block
        file, at = block
        if not file:
            return "a row without id"
        return f"{_local(file)}@{at}:{self.number}" if at else f"{_local(file)}:{self.number}"


def _local(uri: str) -> str:
    """A file of the machine by its path, as a local run names it; any other by its URI."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else uri


def _line(row: Mapping[str, Any], place: str, limits: Limits) -> Item | None:
    return line_item(row["line"], place, limits)


def _table_row(row: Mapping[str, Any], place: str, limits: Limits) -> Item | None:
    """A row as the line of JSON Lines that says the same, or as the file that it holds."""
    name = row.get("id")
    if name is not None and not isinstance(name, str | int):
        name = str(name)
    content = row.get("content")
    if content is not None:
        source = place if name is None else str(name)
        if len(content) <= limits.max_bytes:
            return Item(source, data=content)
        size = f"{len(content) / (1 << 20):.1f} MB, wanted at most {limits.max_bytes / (1 << 20):g}"
        problem = InputError("too_large", f"{shown(source)}: {size}; split it or raise the limit")
        return Item(source, problem=problem)
    held = {"id": name, "text": row.get("text"), "html": row.get("html")}
    given = {key: value for key, value in held.items() if value is not None}
    return line_item(json.dumps(given, ensure_ascii=False).encode(), place, limits)


def _outcomes(items: Iterator[Item], task: Task) -> Iterator[Outcome]:
    if task.workers.count == 0:
        tagger = _tagger(task.job)
        return (work(item, task.job, tagger) for item in items)
    return _guarded(items, task)


@lru_cache(maxsize=1)
def _tagger(job: Job) -> Tagger:
    return job.make_tagger()


_HELD: dict[Task, Pool] = {}  # at most one: the child process of this worker, from one partition to the next


def _guarded(items: Iterator[Item], task: Task) -> Iterator[Outcome]:
    """Outcomes from the child process; a notice whose child died is tried once more before it has failed."""
    waiting: deque[Item] = deque()

    def remembered() -> Iterator[Item]:
        for item in items:
            waiting.append(item)
            yield item

    pool = _pool(task)
    try:
        for outcome in pool.run(remembered()):
            item = waiting.popleft()
            yield outcome if outcome.kind != "crashed" else next(work_in_pool([item], task.job, task.workers))
        _HELD[task] = pool
    finally:
        if task not in _HELD:  # left halfway: an answer may still be on its way
            pool.stop()


def _pool(task: Task) -> Pool:
    for other in [held for held in _HELD if held != task]:
        _HELD.pop(other).stop()
    return _HELD.pop(task, None) or Pool(task.job, task.workers)


def _row(outcome: Outcome, made_by: str) -> dict[str, Any]:
    is_failure = outcome.line is None
    return {
        "source": _text(outcome.name),
        "input_sha256": outcome.input_sha256,
        "made_by": made_by,
        "kind": outcome.kind if is_failure else None,
        "message": _text(outcome.message) if is_failure else None,
        "issues": None if is_failure else outcome.issues,
        "measures": None if is_failure else outcome.measures,
        "flags": None if is_failure else outcome.flags,
        "record": None if outcome.line is None else outcome.line.rstrip(b"\n").decode(),
    }


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def _batch(rows: list[dict[str, Any]]) -> "pyarrow.RecordBatch":
    import pyarrow

    types = {"string": pyarrow.string(), "int": pyarrow.int32()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in OUTCOME_COLUMNS])
    return pyarrow.RecordBatch.from_pylist(rows, schema)
