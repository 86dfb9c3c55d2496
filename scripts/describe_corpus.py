"""Tables for corpus/README.md: ``describe_corpus.py corpus/notices [--write corpus/README.md]``.

Counts by label, layout, level, sector and year, and how varied the wording is: over random fives of
notices, the distinct share of 10-character runs, and how much of a notice stands in another of the five.
"""

import argparse
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rectify_ner.corpus import read_corpus
from rectify_ner.corpus_check import squeeze
from rectify_ner.notice import LABELS, Gold

RUN = 10
FIVES = 200
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"


def variety(notices: Sequence[Gold], fives: int = FIVES, seed: int = 1) -> tuple[float, float]:
    """Median distinct share of 10-character runs, and median share of a notice covered by another's."""
    random_fives = random.Random(seed)
    runs = [_runs(notice.text) for notice in notices]
    shares, covers = [], []
    for _ in range(fives):
        picked = random_fives.sample(range(len(notices)), 5)
        every = [run for number in picked for run in runs[number]]
        shares.append(len(set(every)) / len(every))
        counts = Counter(run for number in picked for run in set(runs[number]))
        covers += [_covered(runs[number], counts) for number in picked]
    return statistics.median(shares), statistics.median(covers)


def _runs(text: str) -> list[str]:
    plain = squeeze(text)
    return [plain[i : i + RUN] for i in range(len(plain) - RUN + 1)]


def _covered(runs: Sequence[str], counts: Counter[str]) -> float:
    covered = bytearray(len(runs) + RUN - 1)
    for at, run in enumerate(runs):
        if counts[run] > 1:
            covered[at : at + RUN] = b"\1" * RUN
    return sum(covered) / len(covered)


def tables(notices: Sequence[Gold]) -> Iterator[str]:
    """Markdown, a table after the other."""
    sizes = sorted(len(notice.text) for notice in notices)
    yield f"{len(notices)} notices, {sum(sizes):,} characters; lengths {sizes[0]:,} to {sizes[-1]:,}, "
    yield f"median {sizes[len(sizes) // 2]:,}.\n\n"
    distinct, cover = variety(notices)
    yield f"Over {FIVES} random fives: {distinct:.3f} of the {RUN}-character runs are distinct (median), "
    yield f"and {cover:.1%} of a notice stands in another of its five (median).\n\n"
    entities = Counter(entity.label for notice in notices for entity in notice.entities)
    yield _table("label", {label: entities[label] for label in LABELS})
    outlines = [notice.outline for notice in notices]
    yield _table(
        "structure",
        {
            "categories": sum(len(outline.categories) for outline in outlines),
            "issues": sum(len(outline.issues) for outline in outlines),
            "issues under an issue": sum(i.parent is not None for o in outlines for i in o.issues),
            "measures": sum(len(outline.measures) for outline in outlines),
        },
    )
    for key, title in (("level", "level"), ("inspection_kind", "inspection"), ("report", "report")):
        yield _table(title, dict(Counter(str(n.meta.get(key) or "—") for n in notices).most_common(14)))
    years = Counter(str(n.head.published_on or "—")[:4] for n in notices)
    yield _table("published", dict(sorted(years.items())))
    layouts = Counter(_layout(notice) for notice in notices)
    yield _table("layout: numbering of issues / of measures", dict(layouts.most_common(25)))
    yield _table("sector", dict(Counter(str(n.meta.get("sector") or "—") for n in notices).most_common(40)))


def _layout(notice: Gold) -> str:
    """Kind of the first issue number, of the first child's and of the commonest ordinal."""
    outline = notice.outline
    tops = [issue.label for issue in outline.issues if issue.parent is None]
    children = [issue.label for issue in outline.issues if issue.parent is not None]
    ordinals = Counter(_kind(measure.ordinal or "") for measure in outline.measures)
    parts = [_kind(tops[0]) if tops else "—", *([_kind(children[0])] if children else [])]
    return " › ".join(parts) + f" / {ordinals.most_common(1)[0][0] if ordinals else '—'}"


def _kind(label: str) -> str:
    plain = label.translate(str.maketrans("（）．", "()."))
    for digit in "二三四五六七八九十23456789":
        plain = plain.replace(digit, "一" if digit in "二三四五六七八九十" else "1")
    if plain and "①" <= plain[0] <= "⑳":
        return "①"
    while "11" in plain or "一一" in plain:
        plain = plain.replace("11", "1").replace("一一", "一")
    return plain or "no number"


def _table(title: str, counts: dict[str, int]) -> str:
    rows = "".join(f"| {name} | {count:,} |\n" for name, count in counts.items())
    return f"| {title} | count |\n|---|---:|\n{rows}\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path, help="put the tables between the marks of this page")
    options = parser.parse_args()
    text = "".join(tables(read_corpus(options.folder)))
    if options.write:
        page = options.write.read_text("utf-8")
        before, rest = page.split(BEGIN)
        after = rest.split(END)[1]
        options.write.write_text(f"{before}{BEGIN}{text}{END}{after}", "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
