"""Time of the tagger and of the rules on the same text, in one run: ``benchmark.py [--chars 20000]``.

Prints characters a second (median of the rounds, one thread) and the rules' share of the tagger's time.
The text is made of whole notices of the held-out split behind each other.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from rectify_ner.assemble import Parsed, assemble_notice, parse
from rectify_ner.assemble.record import build_record
from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.normalise import normalise
from rectify_ner.notice import Span
from rectify_ner.outline import build_outline
from rectify_ner.tag import load_pipeline, tag_texts


def timed(work: Callable[[], object], rounds: int) -> float:
    """Median seconds of one call, after one call to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def long_text(chars: int) -> str:
    names = read_splits(Path("corpus/splits.toml"))["test"]
    whole = "\n".join(read_gold(Path(f"corpus/notices/{name}.xml")).text for name in names)
    return (whole * (chars // len(whole) + 1))[:chars]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chars", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    text = long_text(options.chars)
    nlp = load_pipeline()

    def tag() -> tuple[Span, ...]:
        return next(tag_texts(nlp, [text]))

    spans = tag()
    outline = build_outline(text)
    parsed: Parsed = parse(text, spans)
    steps: dict[str, Callable[[], object]] = {
        "tag": tag,
        "outline": lambda: build_outline(text),
        "normalise": lambda: normalise(text, spans, outline),
        "build_record": lambda: build_record(parsed, source=""),
        "rules (all of them)": lambda: assemble_notice(text, spans, source=""),
    }
    taken = {name: timed(work, options.rounds) for name, work in steps.items()}
    print(f"{len(text):,} characters, {len(spans)} entities")
    print("| step | characters/s | ms | of the tagger's time |")
    print("|---|---:|---:|---:|")
    for name, seconds in taken.items():
        share = seconds / taken["tag"]
        print(f"| {name} | {len(text) / seconds:,.0f} | {seconds * 1000:.1f} | {share:.2f} |")


if __name__ == "__main__":
    main()
