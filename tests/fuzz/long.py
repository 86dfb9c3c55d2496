"""The long run: ``python -m tests.fuzz.long --cases 100000`` from the repository's root.

Prints one line of JSON at the end; its exit code is 1 where anything failed, and every kind of failure is
shown with its smallest case. The same seed draws the same cases as long as corpus and generators stay.
"""

import argparse
import json
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from rectify_ner.export.json_lines import json_line

from .cases import ROOT, Case, draw_case
from .files import check_file, draw_file
from .invariants import check_breaks, check_exports, check_order, record_of
from .large import LARGE, large_case
from .minimise import Failure, failure_of, minimised
from .patterns import BOUNDED, LINEAR, attacks, growth, used_patterns
from .stages import STAGES, stage_growth

BATCH = 100
EXPORT_EVERY, WORKBOOK_EVERY = 4, 16
"""Batches of which one is written in every form of text, and as workbook and Parquet too."""
NO_CASES = frozenset(("exported", "attack", "stage"))
LARGE_SIZE, GROWTH_SIZE = 100_000, 2000


@dataclass(slots=True)
class Report:
    """Cases by kind, failures by where they came from, each with the first case that showed it."""

    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def fail(self, failure: Failure, shown: Callable[[], str]) -> None:
        name, file, line = failure
        where = f"{name} at {Path(file).name}:{line}"
        self.failed[where] += 1
        if where not in self.first:
            self.first[where] = shown()
            print(f"FAILED {where}: {self.first[where]}", file=sys.stderr, flush=True)


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000, help="texts with spans for the rules")
    parser.add_argument("--files", type=int, default=10_000, help="damaged files for the readers")
    parser.add_argument("--tagged", type=int, default=10_000, help="texts for build/model-best")
    parser.add_argument("--seed", type=int, default=20240601)
    parser.add_argument("--growth", action="store_true", help="every pattern and stage on long texts too")
    options = parser.parse_args()
    report, began = Report(), time.process_time()
    for number in range(0, options.cases, BATCH):
        texts(report, Random(f"{options.seed}/{number}"), min(BATCH, options.cases - number), number)
        if number % 5000 == 0:
            print(f"{number} texts, {round(time.process_time() - began)} s", file=sys.stderr, flush=True)
    for number in range(options.files):
        files(report, Random(f"{options.seed}/file/{number}"))
    for name in LARGE:
        case = large_case(name, LARGE_SIZE)
        single(report, case, record_of)
        single(report, case, check_breaks)
    if options.growth:
        slow_patterns(report)
        slow_stages(report)
    if options.tagged and (ROOT / "build/model-best").is_dir():
        tagged(report, Random(options.seed), options.tagged)
    summary = {
        "cases": sum(
            count for kind, count in report.done.items() if kind not in ("exported", "attack", "stage")
        ),
        "kinds": dict(report.done),
        "failures": dict(report.failed),
        "cpu_s": round(time.process_time() - began),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(summary, ensure_ascii=False))
    return 1 if report.failed else 0


def single(report: Report, case: Case, check: Callable[[Case], Any]) -> Any:
    """The result of a check; a failure is counted, and shown with its smallest case where it is new."""
    try:
        return check(case)
    except Exception:
        failure = failure_of(check, case)
        if failure is None:
            failure = ("Unsteady", check.__name__, 0)
        tries = 300 if len(case.text) > 9999 else 1500
        report.fail(failure, lambda: repr(minimised(case, check, tries=tries)))
    return None


def texts(report: Report, random: Random, count: int, number: int) -> None:
    """A batch for the rules: each alone, again in another order, and written in every form."""
    cases, records = [], []
    for _ in range(count):
        case = draw_case(random)
        report.done[case.kind] += 1
        record = single(report, case, record_of)
        single(report, case, check_breaks)
        if record is not None:
            cases.append(case)
            records.append(record)
    order = list(range(len(cases)))
    random.shuffle(order)
    together(report, cases, lambda: check_order(cases, [json_line(record) for record in records], order))
    batch = number // BATCH
    if batch % EXPORT_EVERY == 0:
        report.done["exported"] += len(records)
        workbook = batch % WORKBOOK_EVERY == 0
        together(report, cases, lambda: check_exports(records, workbook=workbook))


def together(report: Report, cases: Sequence[Case], check: Callable[[], None]) -> None:
    """A check of a whole batch; its failure is told with the case that shows it alone, if one does."""
    try:
        check()
    except Exception as error:
        alone = next((case for case in cases if failure_of(_exported, case)), None)
        if alone is not None:
            single(report, alone, _exported)
        else:
            shown = f"{error!s:.300} in a batch of {len(cases)}"
            report.fail((type(error).__name__, "batch", 0), lambda: shown)


def _exported(case: Case) -> None:
    check_exports([record_of(case)], workbook=True)


def files(report: Report, random: Random) -> None:
    """One file for the readers."""
    file = draw_file(random)
    report.done["file"] += 1
    try:
        check_file(file)
    except Exception as error:
        last, shown = traceback.extract_tb(error.__traceback__)[-1], f"{error!s:.200} {file!r}"
        report.fail((type(error).__name__, last.filename, last.lineno or 0), lambda: shown)


def tagged(report: Report, random: Random, count: int) -> None:
    """Texts for the tagger: spans in order, apart and in the text; alone as in company; the same record."""
    from .tagged import check_company, check_tagged, pipeline

    nlp = pipeline()
    company: list[Case] = []
    for _ in range(count):
        case = draw_case(random)
        report.done["tagged"] += 1
        single(report, case, lambda one: check_tagged(nlp, one))
        company.append(case)
        if len(company) == BATCH:
            together(report, [], partial(check_company, nlp, [one.text for one in company], random))
            company = []
    for name in LARGE:
        single(report, large_case(name, LARGE_SIZE // 5), lambda one: check_tagged(nlp, one))
        report.done["tagged-large"] += 1


def slow_patterns(report: Report) -> None:
    """Every attack on every pattern whose text nothing bounds."""
    for used in used_patterns():
        if used.name.removeprefix("rectify_ner.") in BOUNDED:
            continue
        for attack in attacks(used.pattern):
            report.done["attack"] += 1
            if growth(used, attack, GROWTH_SIZE) >= LINEAR:
                report.fail(("Slow", used.name, 0), partial(repr, attack))
                break


def slow_stages(report: Report) -> None:
    """Every stage on every large text."""
    for stage in STAGES:
        for kind in LARGE:
            report.done["stage"] += 1
            if stage_growth(stage, kind, GROWTH_SIZE) >= LINEAR:
                report.fail(("Slow", f"{stage} on {kind}", 0), partial(repr, kind))


if __name__ == "__main__":
    sys.exit(main())
