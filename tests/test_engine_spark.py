"""The engine itself, on threads of one machine: tables, folders, restart."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import read_samples as samples

from rectify_ner.batch import Job, Limits, Settings, Workers, run_batch
from rectify_ner.engine.partition import OUTCOME_COLUMNS, Task
from rectify_ner.engine.spark import Files, ledger_table, prepare, tag_files, tag_table
from rectify_ner.errors import RectifyError

pytestmark = pytest.mark.cluster
TASK = Task(Job(samples.plain_tagger, Limits(), "test"), Workers(0))


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    here = str(Path(__file__).parent)
    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    builder = sql.SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.executorEnv.PYTHONPATH", here).config("spark.driver.memory", "768m")
    builder = builder.config("spark.local.dir", str(tmp_path_factory.mktemp("scratch")))
    os.environ["PYTHONPATH"] = os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])
    session = builder.getOrCreate()
    prepare(session)
    yield session
    session.stop()


def notice(number: int) -> dict[str, str]:
    return {"id": f"n{number:03}", "text": samples.text().replace("12次", f"{number}次")}


def lines(*numbers: int) -> str:
    return "".join(json.dumps(notice(number), ensure_ascii=False) + "\n" for number in numbers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "通报 in"
    made.mkdir()
    for number in range(4):
        (made / f"{number}.jsonl").write_text(
            lines(2 * number, 2 * number + 1) + "\nnot JSON\n", encoding="utf-8"
        )
    return made


def local(folder: Path, output: Path) -> tuple[list[str], list[Any]]:
    failed = output.with_name("failed.jsonl")
    run_batch([str(folder)], Settings(output, failed, workers=Workers(0)), TASK.job)
    failures = failed.read_text("utf-8").splitlines() if failed.exists() else []
    return sorted(output.read_text("utf-8").split("\n")[:-1]), sorted(failures)


def found(output: Path) -> tuple[list[str], list[Any]]:
    made: dict[str, list[str]] = {}
    for outcome in ("record", "failure"):
        paths = output.glob(f"batch=*/outcome={outcome}/*.txt")
        made[outcome] = sorted(line for path in paths for line in path.read_text("utf-8").split("\n")[:-1])
    return made["record"], sorted(
        json.dumps(json.loads(line), ensure_ascii=False) for line in made["failure"]
    )


def files(folder: Path, output: Path, **more: Any) -> Files:
    return Files(str(folder), str(output), step_bytes=5000, **more)


def test_a_folder_equals_the_local_run_and_is_taken_up(spark: Any, folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    told: list[str] = []
    summary = tag_files(spark, files(folder, output), TASK, told.append)
    assert (summary.notices, summary.failures, summary.issues, summary.measures) == (8, 4, 32, 56)
    assert len(told) >= 2, "several batches"
    assert found(output) == local(folder, tmp_path / "local.jsonl")
    before = {path: path.stat().st_mtime_ns for path in output.glob("batch=*/**/*")}
    assert tag_files(spark, files(folder, output), TASK).notices == 0
    (folder / "new.jsonl").write_text(lines(90), encoding="utf-8")
    os.utime(folder / "new.jsonl", (0, 0))  # older by far than what is done
    assert tag_files(spark, files(folder, output), TASK).notices == 1
    assert found(output) == local(folder, tmp_path / "local.jsonl")
    assert all(path.stat().st_mtime_ns == at for path, at in before.items())


def test_what_a_stopped_run_left_of_a_batch_is_replaced(spark: Any, folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    tag_files(spark, files(folder, output), TASK)
    last = max(output.glob("_checkpoint/commits/[0-9]*"), key=lambda path: int(path.name))
    for path in (last, last.with_name(f".{last.name}.crc")):
        path.unlink()  # as when the driver died between the writing and the noting
    left = output / f"batch={last.name}" / "outcome=record" / "part-left.txt"
    left.write_text("a line of a stopped run\n")
    assert tag_files(spark, files(folder, output), TASK).notices >= 1
    assert not left.exists() and found(output) == local(folder, tmp_path / "local.jsonl")


def test_an_output_begun_otherwise_is_refused(spark: Any, folder: Path, tmp_path: Path) -> None:
    tag_files(spark, files(folder, tmp_path / "out"), TASK)
    other = Task(Job(samples.plain_tagger, Limits(), "another pipeline"), Workers(0))
    with pytest.raises(RectifyError, match="begun with made_by test, wanted made_by another pipeline"):
        tag_files(spark, files(folder, tmp_path / "out"), other)
    with pytest.raises(RectifyError, match="begun with output_form jsonl"):
        tag_files(spark, files(folder, tmp_path / "out", output_form="parquet"), TASK)


def test_parquet_in_and_out_and_the_flat_ledger(spark: Any, folder: Path, tmp_path: Path) -> None:
    rows = [notice(number) for number in range(5)] + [{"id": "empty", "text": " "}]
    spark.createDataFrame(rows).repartition(2).write.parquet(str(tmp_path / "in"))
    given = files(tmp_path / "in", tmp_path / "out", source_form="parquet", output_form="parquet")
    summary = tag_files(spark, given, TASK)
    assert (summary.notices, summary.failures) == (5, 1)
    made = spark.read.parquet(given.output)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/a.jsonl").write_text(lines(*range(5)), encoding="utf-8")
    wanted, _ = local(tmp_path / "a", tmp_path / "local.jsonl")
    assert sorted(row.record for row in made.where("kind is null").collect()) == wanted
    (failed,) = made.where("kind is not null").collect()
    assert (failed.source, failed.kind, failed.record) == ("empty", "empty", None)
    ledger = ledger_table(made)
    assert ledger.count() == 35 and {"notice", "measure", "deadline"} <= set(ledger.columns)
    assert ledger.where("measure_number = '一是'").first().responsible is not None


def test_a_table_of_ones_own(spark: Any, tmp_path: Path) -> None:
    table = spark.createDataFrame([{**notice(1), "year": 2024}, {**notice(2), "year": 2023}])
    made = tag_table(table, TASK)
    assert made.columns == [name for name, _ in OUTCOME_COLUMNS]
    assert sorted(row.source for row in made.collect()) == ["n001", "n002"]
    with pytest.raises(RectifyError, match="columns year, wanted id and one of text, html, content"):
        tag_table(table.select("year"), TASK)
    with pytest.raises(RectifyError, match="wanted id"):
        table.write.parquet(str(tmp_path / "in"))
        spark.read.parquet(str(tmp_path / "in")).drop("id").write.parquet(str(tmp_path / "no"))
        given = files(tmp_path / "no", tmp_path / "out", source_form="parquet")
        tag_files(spark, given, TASK)
