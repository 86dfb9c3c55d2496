"""Apache Spark: a table of notices → a table of outcomes; whole folders with restart (extra ``spark``)."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from rectify_ner.batch import Summary
from rectify_ner.engine.partition import (
    OUTCOME_COLUMNS,
    TABLE_COLUMNS,
    Task,
    ledger_partition,
    pipeline_task,
    tag_partition,
)
from rectify_ner.errors import RectifyError
from rectify_ner.export.columns import LEDGER

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

Form = Literal["jsonl", "parquet"]
FORMS: tuple[Form, ...] = ("jsonl", "parquet")
SETTINGS = {
    "spark.sql.files.maxPartitionBytes": str(8 << 20),
    "spark.sql.files.openCostInBytes": str(1 << 20),
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
}
"""What a session should have: partitions of some minutes' work, and few notices in memory at a time."""
_ALWAYS = "36500d"  # Spark passes over files a week older than the newest done unless told otherwise
_DDL = ", ".join(f"{name} {kind}" for name, kind in OUTCOME_COLUMNS)
_LEDGER_TYPES = {"list": "array<string>", "number": "bigint", "flag": "boolean"}
_LEDGER_DDL = ", ".join(f"`{column.name}` {_LEDGER_TYPES.get(column.kind, 'string')}" for column in LEDGER)


@dataclass(frozen=True, slots=True)
class Files:
    """What ``tag_files`` reads and writes: paths of any file system that Spark knows.

    ``source`` is a folder or a pattern. About ``step_bytes`` of whole input files are tagged and committed at
    a time: so much is done again, at most, by a run that takes up a stopped one.
    """

    source: str
    output: str
    source_form: Form = "jsonl"
    output_form: Form = "jsonl"
    step_bytes: int = 1 << 30


def tag_table(table: "DataFrame", task: Task | None = None) -> "DataFrame":
    """OUTCOME_COLUMNS, a row for each row of ``table``: ``id`` and one of ``text``, ``html``, ``content``.

    Lazy and without a shuffle: partitions stay as they are. Raises RectifyError where a column is missing.
    """
    chosen = [name for name in TABLE_COLUMNS if name in table.columns]
    if "id" not in chosen or not {"text", "html", "content"} & set(chosen):
        raise RectifyError(
            f"a table with the columns {', '.join(table.columns)}, wanted id and one of text, html, content; "
            "rename its columns"
        )
    return _tagged(table.select(*chosen), task or pipeline_task())


def prepare(spark: "SparkSession") -> None:
    """Give a session the SETTINGS of which it was started without its own."""
    given = spark.sparkContext.getConf()
    for key, value in SETTINGS.items():
        if not given.contains(key):
            spark.conf.set(key, value)


def ledger_table(outcomes: "DataFrame") -> "DataFrame":
    """The flat ledger of ``outcomes``, a row a measure, with the columns of a local run's Parquet file."""
    return outcomes.select("record").mapInArrow(ledger_partition, _LEDGER_DDL)


def tag_files(
    spark: "SparkSession",
    files: Files,
    task: Task | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Tag all files of ``files.source`` that an earlier run to the same output has not; sums of this run.

    The output holds ``batch=N`` folders, each whole or not there: of Parquet with OUTCOME_COLUMNS, or of JSON
    Lines in ``outcome=record`` and ``outcome=failure``. ``tell`` gets a line after each. Raises RectifyError
    where the output was begun otherwise, by another pipeline or from another source.
    """
    task = task or pipeline_task()
    _begin(spark, files, task)
    total = Summary()

    def write(lines: "DataFrame", number: int) -> None:
        done = _written(_tagged(lines, task), files, number)
        total.notices += done.notices
        total.issues += done.issues
        total.measures += done.measures
        total.failures += done.failures
        total.flags += done.flags
        tell(f"batch {number}: {done}")

    query = (
        _stream(spark, files)
        .writeStream.foreachBatch(write)
        .option("checkpointLocation", f"{files.output}/_checkpoint")
        .trigger(availableNow=True)
        .start()
    )
    try:
        query.awaitTermination()
    finally:
        query.stop()
    return total


def _tagged(table: "DataFrame", task: Task) -> "DataFrame":
    def tag(batches: Iterable["pyarrow.RecordBatch"]) -> Iterator["pyarrow.RecordBatch"]:
        return tag_partition(batches, task)

    return table.mapInArrow(tag, _DDL)


def _stream(spark: "SparkSession", files: Files) -> "DataFrame":
    """The files in order of their age, ``step_bytes`` at a time."""
    from pyspark.sql import functions as sql

    reader = (
        spark.readStream.option("maxBytesPerTrigger", str(files.step_bytes))
        .option("maxFileAge", _ALWAYS)
        .option("recursiveFileLookup", "true")
    )
    where = [sql.col("_metadata.file_path").alias("file"), sql.col("_metadata.file_block_start").alias("at")]
    if files.source_form == "jsonl":
        lines = reader.option("lineSep", "\n").text(files.source)
        return lines.select(sql.col("value").cast("binary").alias("line"), *where)
    schema = spark.read.option("recursiveFileLookup", "true").parquet(files.source).schema
    columns = [name for name in TABLE_COLUMNS[:4] if name in schema.names]
    if "id" not in columns or len(columns) == 1:
        raise RectifyError(
            f"{files.source}: the columns {', '.join(schema.names)}, wanted id and one of text, html, "
            "content; rename them, or give tag_table a table with these names"
        )
    return reader.schema(schema).parquet(files.source).select(*columns, *where)


def _written(outcomes: "DataFrame", files: Files, number: int) -> Summary:
    """Write one batch in place of what a stopped run may have left of it, and count it on the way."""
    from pyspark.sql import Observation
    from pyspark.sql import functions as sql

    seen = Observation()
    sums = [sql.coalesce(sql.sum(name), sql.lit(0)).alias(name) for name in ("issues", "measures", "flags")]
    counts = [sql.count("record").alias("notices"), sql.count("kind").alias("failures")]
    outcomes = outcomes.observe(seen, *counts, *sums)
    path = f"{files.output}/batch={number}"
    if files.output_form == "parquet":
        writer = outcomes.write.option("compression", "zstd")
        writer.mode("overwrite").parquet(path)
    else:
        sha256 = sql.coalesce("input_sha256", sql.lit("")).alias("input_sha256")
        failure = sql.to_json(sql.struct("source", "kind", "message", sha256))
        lines = outcomes.select(
            sql.coalesce("record", failure).alias("value"),
            sql.when(sql.col("kind").isNull(), "record").otherwise("failure").alias("outcome"),
        )
        writer = lines.write.partitionBy("outcome").option("partitionOverwriteMode", "static")
        writer.mode("overwrite").text(path)
    return Summary(**{name: int(value) for name, value in seen.get.items()})


def _begin(spark: "SparkSession", files: Files, task: Task) -> None:
    """Note beside the output how it is made, or check that it is made so."""
    from pyspark.errors import AnalysisException
    from pyspark.sql import functions as sql

    wanted = {"made_by": task.job.made_by, "limits": asdict(task.job.limits)}
    wanted |= {key: value for key, value in asdict(files).items() if key not in ("output", "step_bytes")}
    path = f"{files.output}/_made_by"
    try:
        held = [row.value for row in spark.read.text(path).collect()]
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        held = []
    if not held:
        line = spark.range(1).select(sql.lit(json.dumps(wanted, ensure_ascii=False)).alias("value"))
        line.coalesce(1).write.mode("overwrite").text(path)
        return
    began = json.loads(held[0])
    other = [key for key in wanted if began.get(key) != wanted[key]]
    if other:
        was = ", ".join(f"{key} {began.get(key)}" for key in other)
        now = ", ".join(f"{key} {wanted[key]}" for key in other)
        raise RectifyError(
            f"{files.output}: begun with {was}, wanted {now}; go on as it was begun or name another output"
        )
