"""Tag a folder of notices on a Spark cluster: ``spark-submit … scripts/spark_tag.py SOURCE OUTPUT``.

SOURCE and OUTPUT are paths of any file system that the cluster knows. The same command again takes up a run
that was stopped, or tags the files that have come since. docs/scale.md says what the machines need.
"""

import argparse
import sys
import time

from pyspark.sql import SparkSession

from rectify_ner.engine.partition import pipeline_task
from rectify_ner.engine.spark import FORMS, Files, prepare, tag_files
from rectify_ner.errors import RectifyError


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="folder or pattern of JSON Lines or Parquet files")
    parser.add_argument("output", help="folder of the output")
    parser.add_argument("--source-form", choices=FORMS, default="jsonl")
    parser.add_argument("--output-form", choices=FORMS, default="jsonl")
    parser.add_argument("--model", help="folder or package of the pipeline, the same on every machine")
    parser.add_argument("--trust-pipeline", action="store_true", help="as in rectify-ner tag")
    parser.add_argument("--step-mb", type=float, default=1024, help="input tagged and committed at a time")
    options = parser.parse_args()
    spark = SparkSession.builder.appName("rectify-ner").getOrCreate()
    prepare(spark)
    files = Files(
        options.source,
        options.output,
        options.source_form,
        options.output_form,
        int(options.step_mb * (1 << 20)),
    )
    began = time.monotonic()
    try:
        task = pipeline_task(options.model, trust=options.trust_pipeline)
        summary = tag_files(spark, files, task, lambda line: print(line, flush=True))
    except RectifyError as error:
        sys.exit(f"error: {error}")
    finally:
        spark.stop()
    print(f"{summary} → {options.output} in {time.monotonic() - began:.1f} s", flush=True)
    if summary.failures:
        sys.exit(1)


if __name__ == "__main__":
    main()
