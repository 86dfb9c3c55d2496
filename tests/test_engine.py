"""Partitions of a table without any engine: what goes in, what comes out, what dies on the way."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import read_samples as samples

from rectify_ner.batch import Job, Limits, Settings, Workers, run_batch
from rectify_ner.batch.work import pipeline_mark
from rectify_ner.engine import partition
from rectify_ner.engine.partition import (
    OUTCOME_COLUMNS,
    CheckedPipeline,
    Task,
    ledger_partition,
    pipeline_task,
    tag_partition,
)
from rectify_ner.errors import RectifyError
from rectify_ner.notice import Span

HERE = Workers(0)
BAD = ("not JSON", '{"id": "empty", "text": " "}', '{"id": "recipe", "text": "先放油，再放盐。"}', "[1]")


@pytest.fixture(autouse=True)
def nothing_held() -> Iterator[None]:
    yield
    for pool in partition._HELD.values():
        pool.stop()
    partition._HELD.clear()


def task(make_tagger: Any = samples.plain_tagger, workers: Workers = HERE, **limits: int) -> Task:
    return Task(Job(make_tagger, Limits(**limits), "test"), workers)


def batch(rows: Sequence[dict[str, Any]]) -> pyarrow.RecordBatch:
    return pyarrow.RecordBatch.from_pylist(list(rows))


def table(rows: Sequence[dict[str, Any]], file: Path | None = None) -> list[dict[str, Any]]:
    """Rows that all have all columns."""
    columns = {name: None for row in rows for name in row}
    place = {"file": file.as_uri(), "at": 0} if file is not None else {}
    return [{**columns, **row, **place} for row in rows]


def lines(*given: str, file: str = "file:///in/a.jsonl", at: int = 0) -> list[dict[str, Any]]:
    return [{"line": line.encode(), "file": file, "at": at} for line in given]


def outcomes(rows: Sequence[dict[str, Any]], how: Task | None = None, size: int = 7) -> list[dict[str, Any]]:
    batches = (batch(rows[start : start + size]) for start in range(0, len(rows), size))
    return [row for made in tag_partition(batches, how or task()) for row in made.to_pylist()]


def notice(number: int) -> dict[str, Any]:
    return {"id": f"n{number:03}", "text": samples.text().replace("12次", f"{number}次")}


def as_line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def local(folder: Path, *given: str) -> tuple[list[str], list[dict[str, str]]]:
    """Lines and failures of a local run over one file of the lines."""
    (folder / "a.jsonl").write_text("\n".join(given) + "\n", encoding="utf-8")
    settings = Settings(folder / "out.jsonl", folder / "failed.jsonl", workers=HERE)
    run_batch([str(folder / "a.jsonl")], settings, task().job)
    failed = (folder / "failed.jsonl").read_text("utf-8").splitlines()
    return (folder / "out.jsonl").read_text("utf-8").split("\n")[:-1], list(map(json.loads, failed))


def failures(rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    names = ("source", "kind", "message", "input_sha256")
    return [{name: row[name] or "" for name in names} for row in rows if row["kind"] is not None]


@pytest.mark.parametrize("workers", [HERE, Workers(1)], ids=["in place", "in a child"])
def test_lines_give_the_rows_of_a_local_run(workers: Workers, tmp_path: Path) -> None:
    given = [as_line(notice(number)) for number in range(20)]
    given[3:3] = [BAD[0], "", "  \t", BAD[1]]
    given += [
        BAD[2],
        BAD[3],
        as_line({"text": samples.text()}),
        as_line({"id": 7, "html": samples.page_old()}),
    ]
    wanted, failed = local(tmp_path, *given)
    rows = outcomes(lines(*given, file=(tmp_path / "a.jsonl").as_uri()), task(workers=workers))
    assert [row["record"] for row in rows if row["kind"] is None] == wanted
    assert failures(rows) == failed
    assert {row["kind"] for row in rows} == {None, "damaged", "empty", "not_a_notice"}
    assert all((row["record"] is None) == (row["kind"] is not None) for row in rows)
    assert {row["made_by"] for row in rows} == {"test"}
    good = next(row for row in rows if row["record"])
    assert (good["issues"], good["measures"]) == (4, 7)


def test_a_table_gives_the_rows_of_the_lines_that_say_the_same(tmp_path: Path) -> None:
    given = [notice(1), {"id": "h", "html": samples.page_old()}, {"id": "empty", "text": " "}]
    given += [notice(2), {"text": samples.text()}, {"id": "recipe", "text": "先放油，再放盐。"}]
    wanted, failed = local(tmp_path, *map(as_line, given))
    rows = outcomes(table(given, tmp_path / "a.jsonl"))
    assert [row["record"] for row in rows if row["record"]] == wanted
    assert failures(rows) == failed and len(failed) == 2


def test_numbers_may_be_names() -> None:
    row = {"id": 17, "text": samples.text()}
    (made,) = outcomes([row])
    (line,) = outcomes(lines(as_line(row)))
    assert made["source"] == "17" and made["record"] == line["record"]


def test_files_in_a_column_are_read_by_their_kind() -> None:
    rows = [
        {"id": "a.docx", "content": samples.docx()},
        {"id": "b.txt", "content": samples.text().encode("gb18030")},
        {"id": None, "content": b"PK\3\4broken"},
        {"id": "big.txt", "content": b"x" * 3000},
    ]
    made = outcomes(rows, task())
    assert [row["source"] for row in made] == ["a.docx", "b.txt", "a row without id", "big.txt"]
    assert [row["issues"] for row in made[:2]] == [4, 4]
    assert [row["kind"] for row in made[2:]] == ["damaged", "not_a_notice"]
    (big,) = outcomes(rows[3:], task(max_bytes=2000))
    assert big["kind"] == "too_large" and "split it" in big["message"]


@pytest.mark.parametrize(
    ("file", "at", "place"),
    [
        ("file:///in/%E9%80%9A%20%E6%8A%A5.jsonl", 0, "/in/通 报.jsonl:1"),
        ("file:///in/a.jsonl", 8388608, "/in/a.jsonl@8388608:1"),
        ("s3a://notices/2024/a.jsonl", 0, "s3a://notices/2024/a.jsonl:1"),
    ],
)
def test_a_row_without_a_name_is_named_by_its_place(file: str, at: int, place: str) -> None:
    (row,) = outcomes(lines("not JSON", file=file, at=at))
    assert row["source"] == place and row["message"].startswith(f"{place}: not JSON")


def test_lines_are_counted_within_each_block_of_each_file() -> None:
    a = "file:///in/a.jsonl"
    rows = (
        lines("x", "", "x", file=a) + lines("x", "x", file=a, at=100) + lines("x", file="file:///in/b.jsonl")
    )
    assert [row["source"] for row in outcomes(rows, size=2)] == [
        "/in/a.jsonl:1",
        "/in/a.jsonl:3",
        "/in/a.jsonl@100:1",
        "/in/a.jsonl@100:2",
        "/in/b.jsonl:1",
    ]


def test_batches_stay_small_and_typed() -> None:
    given = [batch(lines(*(as_line(notice(number)) for number in range(130))))]
    made = list(tag_partition(given, task()))
    assert [part.num_rows for part in made] == [64, 64, 2]
    assert {part.schema for part in made} == {made[0].schema}
    assert made[0].schema.names == [name for name, _ in OUTCOME_COLUMNS]
    assert list(tag_partition([], task())) == []


def counting_tagger() -> Any:
    """Leaves a file for every process that makes one."""
    (Path(os.environ["MADE"]) / str(os.getpid())).touch()
    return samples.plain_tagger()


def test_the_child_stays_from_one_partition_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADE", str(tmp_path))
    for _ in range(3):
        rows = outcomes(
            lines(*(as_line(notice(number)) for number in range(5))), task(counting_tagger, Workers(1))
        )
        assert len(rows) == 5
    assert len(list(tmp_path.iterdir())) == 1
    outcomes(lines(as_line(notice(0))), task(counting_tagger, Workers(1), max_pages=9))
    assert len(list(tmp_path.iterdir())) == 2 and len(partition._HELD) == 1, "another task, another child"


def test_a_partition_left_halfway_leaves_no_child(tmp_path: Path) -> None:
    made = tag_partition(
        [batch(lines(*(as_line(notice(number)) for number in range(70))))], task(workers=Workers(1))
    )
    assert next(made).num_rows == 64
    made.close()
    assert not partition._HELD
    assert len(outcomes(lines(as_line(notice(1))), task(workers=Workers(1)))) == 1


@dataclass(frozen=True)
class Dying:
    """A tagger whose process ends at a notice that says so: always, or the first time."""

    once: str | None = None

    def __call__(self) -> Any:
        def tagger(text: str) -> Sequence[Span]:
            if "终止进程" in text and not (self.once and Path(self.once).exists()):
                if self.once:
                    Path(self.once).touch()
                os._exit(9)
            return ()

        return tagger


def with_one_deadly() -> list[dict[str, Any]]:
    rows = [notice(number) for number in range(6)]
    rows[2]["text"] += "终止进程"
    return lines(*map(as_line, rows))


def test_a_notice_that_ends_its_process_twice_costs_itself_only() -> None:
    rows = outcomes(with_one_deadly(), task(Dying(), Workers(1)))
    assert [row["kind"] for row in rows] == [None, None, "crashed", None, None, None]
    assert rows[2]["source"] == "/in/a.jsonl:3" and "exit code 9" in rows[2]["message"]


def test_a_process_that_died_by_chance_costs_nothing(tmp_path: Path) -> None:
    rows = outcomes(with_one_deadly(), task(Dying(str(tmp_path / "died")), Workers(1)))
    assert (tmp_path / "died").exists()
    assert [row["source"] for row in rows] == [f"n{number:03}" for number in range(6)]
    assert [row["kind"] for row in rows] == [None] * 6


def sleeping() -> Any:
    return lambda text: time.sleep(60) if "10次" in text else ()


def test_a_notice_that_takes_too_long_is_a_row() -> None:
    rows = outcomes(
        lines(*(as_line(notice(number)) for number in (9, 10, 11))), task(sleeping, Workers(1, 0.5))
    )
    assert [row["kind"] for row in rows] == [None, "too_slow", None]


def test_the_flat_ledger_is_that_of_a_local_run(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    given = [as_line(notice(number)) for number in range(5)] + [BAD[0]]
    (tmp_path / "a.jsonl").write_text("\n".join(given), encoding="utf-8")
    run_batch([str(tmp_path / "a.jsonl")], Settings(tmp_path / "o.parquet", workers=HERE), task().job)
    made = tag_partition([batch(lines(*given))], task())
    table = pyarrow.Table.from_batches(list(ledger_partition(made)))
    wanted = parquet.read_table(tmp_path / "o.parquet")
    assert table.num_rows == 35 and table.equals(wanted.cast(table.schema))


def test_a_worker_with_another_pipeline_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/meta.json").write_text("{}")
    wanted = pipeline_task(str(tmp_path / "model"))
    assert pipeline_mark(str(tmp_path / "model")) in wanted.job.made_by
    assert pipeline_task(str(tmp_path / "model")) == wanted and hash(wanted), "equal tasks share a child"
    (tmp_path / "model/meta.json").write_text('{"other": 1}')
    with pytest.raises(RectifyError, match=r"this worker has .* wanted .* install the same"):
        wanted.job.make_tagger()
    with pytest.raises(RectifyError, match="this worker has"):
        outcomes(lines(as_line(notice(1))), wanted)
    assert wanted.workers.count == 1
    assert isinstance(wanted.job.make_tagger, CheckedPipeline)


def test_no_engine_is_loaded_without_need() -> None:
    code = "import sys, rectify_ner.engine.spark, rectify_ner.cli; print([m for m in sys.modules if m in "
    code += "('pyspark', 'pyarrow', 'pandas', 'spacy')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
