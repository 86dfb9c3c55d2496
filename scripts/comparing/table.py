"""The tables of docs/comparison.md from the stored runs."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from comparing.runs import Row
from comparing.variants import VARIANTS

BEGIN, END = "<!-- tables: scripts/compare.py -->", "<!-- end of tables -->"
LABELS = ("DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT", "BODY", "ROLE")


def fill_page(page: Path, runs: Sequence[Row], speeds: Sequence[Row]) -> None:
    """Put the tables between the page's two marks; raises ValueError where the page has none."""
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page}: saw no {BEGIN} … {END}; put both lines where the tables belong")
    tables = "\n\n".join((legend(), main_table(runs, speeds), label_table(runs)))
    page.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}", "utf-8")


def legend() -> str:
    """What every variant is, and its config."""
    lines = [f"| {v.name} | {v.about} | `{v.config}.cfg` |" for v in VARIANTS]
    return "\n".join(["| variant | what it is | configs/compare |\n|---|---|---|", *lines])


def main_table(runs: Sequence[Row], speeds: Sequence[Row]) -> str:
    """One line a variant, best on the held-out notices first among those of one training size."""
    speed = {row["variant"]: row["ratio"] for row in speeds}
    head = (
        "| variant | notices | seeds | held out F | + repairs | published F | + repairs | lost "
        "| dev F half → end | train s | speed | MB |\n|---|---:|---:|---|---|---|---|---:|---|---:|---:|---:|"
    )
    return "\n".join([head, *(_line(some, speed) for some in _grouped(runs))])


def _grouped(runs: Sequence[Row]) -> list[list[Row]]:
    groups = [[row for row in runs if row["variant"] == variant.name] for variant in VARIANTS]
    order = sorted(
        (group for group in groups if group), key=lambda group: (group[0]["notices"], -_held_out(group))
    )
    return order


def _held_out(group: Sequence[Row]) -> float:
    return statistics.fmean(row["held_out"]["repaired"]["all"] for row in group)


def _line(group: Sequence[Row], speed: dict[str, float]) -> str:
    first = group[0]
    name = first["variant"]
    cells = [
        name,
        str(first["notices"]),
        str(len(group)),
        *(_f(group, side, kind) for side in ("held_out", "published") for kind in ("raw", "repaired")),
        f"{first['lost']:.3f}",
        f"{_mean(group, 'dev_halfway'):.3f} → {statistics.mean(row['dev']['all'] for row in group):.3f}",
        f"{_mean(group, 'train_seconds'):.0f}",
        f"{speed[name]:.2f}" if name in speed else "–",
        f"{_mean(group, 'bytes') / 1e6:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def _mean(group: Sequence[Row], key: str) -> float:
    return statistics.fmean(row[key] for row in group)


def _f(group: Sequence[Row], side: str, kind: str) -> str:
    """Mean F, and the standard deviation over the seeds where there are several."""
    if not group[0][side]:
        return "skipped"
    found = [row[side][kind]["all"] for row in group]
    mean = f"{statistics.fmean(found):.3f}"
    return mean if len(found) == 1 else f"{mean} ± {statistics.stdev(found):.3f}"


def label_table(runs: Sequence[Row]) -> str:
    """F of every label on the held-out notices, with repairs; means over the seeds."""
    lines = [f"| variant | notices | {' | '.join(LABELS)} |", f"|---|---:|{'---:|' * len(LABELS)}"]
    for group in _grouped(runs):
        cells = [statistics.mean(row["held_out"]["repaired"][label] for row in group) for label in LABELS]
        numbers = " | ".join(f"{cell:.3f}" for cell in cells)
        lines.append(f"| {group[0]['variant']} | {group[0]['notices']} | {numbers} |")
    return "\n".join(lines)
