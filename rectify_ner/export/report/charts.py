"""Charts as inline SVG: no script, no outside file, each with its numbers in words."""

from collections.abc import Mapping, Sequence
from html import escape

from rectify_ner.export.report.tally import MANY_FACTS, Tally
from rectify_ner.export.words import STATUS_WORDS

WIDTH = 400
_LEFT = 78
_STATUSES = tuple(STATUS_WORDS)
_LONGEST_MONTHS = 36
_STEPS = ((1, "月"), (3, "季度"), (12, "年"))
_OUTLIERS = 0.02
"""The share of measures at either end of the timeline that one bar sums up."""


def figure(title: str, note: str, svg: str) -> str:
    """A chart with its heading and a line on what it counts."""
    caption = f"<figcaption><h2>{escape(title)}</h2><p>{escape(note)}</p></figcaption>"
    return f'<figure class="chart">{caption}{svg}</figure>'


def all_charts(tally: Tally) -> str:
    """The four charts of the first page."""
    return "".join((_statuses(tally), _facts(tally), _timeline(tally), _documents(tally)))


def small_bar(counts: Mapping[str, int]) -> str:
    """A stacked bar for a table cell; the numbers stand beside it."""
    parts = "".join(_stack(counts, 0, 0, 96, 10))
    return f'<svg class="small" viewBox="0 0 96 10" aria-hidden="true" focusable="false">{parts}</svg>'


def _statuses(tally: Tally) -> str:
    rows, words = [], []
    for index, (name, counts) in enumerate((("问题", tally.issues), ("措施", tally.measures))):
        top = 14 + index * 48
        rows.append(_label(0, top + 19, name, "start"))
        rows += _stack(counts, 44, top, WIDTH - 44, 28)
        words.append(f"{name}：" + "，".join(f"{STATUS_WORDS[key]}{counts[key]}" for key in _STATUSES))
    for index, key in enumerate(_STATUSES):
        rows += _legend(44 + index * 120, 122, key, tally.measures)
    note = "每条措施的状态由其表述判断；问题的状态取决于其全部措施。"
    return figure("问题与措施的完成状态", note, _svg(148, "；".join(words), rows))


def _legend(left: int, top: int, key: str, counts: Mapping[str, int]) -> list[str]:
    share = counts[key] / max(sum(counts.values()), 1)
    words = f"{STATUS_WORDS[key]} {share:.0%}"
    return [_rect(left, top, 11, 11, f"f-{key}"), _label(left + 17, top + 10, words, "start")]


def _stack(counts: Mapping[str, int], left: float, top: float, width: float, height: float) -> list[str]:
    whole = sum(counts.get(key, 0) for key in _STATUSES)
    parts = [_rect(left, top, width, height, "f-none")] if not whole else []
    for key in _STATUSES:
        value = counts.get(key, 0)
        if not value:
            continue
        share = width * value / whole
        parts.append(_rect(left, top, share, height, f"f-{key}"))
        if height > 20 and share > 12 + 8 * len(str(value)):
            parts.append(_label(left + share / 2, top + height / 2 + 4.5, f"{value:,}", "middle", "on"))
        left += share
    return parts


def _facts(tally: Tally) -> str:
    names = [str(number) for number in range(MANY_FACTS)] + [f"≥{MANY_FACTS}"]
    values = [tally.facts[number] for number in range(MANY_FACTS + 1)]
    words = "，".join(f"{name}项事实的措施{value}条" for name, value in zip(names, values, strict=True))
    rows = _columns(
        names, [[(value, "f-warn" if not index else "f-main")] for index, value in enumerate(values)]
    )
    note = "横轴为一条措施写明的日期、文件、数量、金额和百分比的项数，纵轴为措施条数；0 项即无从核实。"
    return figure("每条措施写明的事实", note, _svg(182, words, rows))


def _timeline(tally: Tally) -> str:
    step, unit, bins = _bins(tally)
    note = f"写明日期的措施，按其最晚日期所在的{unit}计；过早过晚的并入首尾；颜色同上图。"
    if not bins:
        return figure(
            "措施的时间分布",
            note,
            _svg(60, "没有写明日期的措施", [_label(WIDTH / 2, 34, "没有写明日期的措施", "middle")]),
        )
    names = [_month_name(first, step) for first, _ in bins]
    stacks = [[(counts.get(key, 0), f"f-{key}") for key in _STATUSES] for _, counts in bins]
    totals = (sum(counts.values()) for _, counts in bins)
    words = "，".join(f"{name} {total}条" for name, total in zip(names, totals, strict=True) if total)
    return figure("措施的时间分布", note, _svg(182, words, _columns(names, stacks, sparse=True)))


def _bins(tally: Tally) -> tuple[int, str, list[tuple[int, dict[str, int]]]]:
    """Months, quarters or years, the finest that fits; the far ends fall into the first and last."""
    months = sorted(month for (month, _), count in tally.months.items() for _ in range(count))
    if not months:
        return 1, "月", []
    first = months[int(len(months) * _OUTLIERS)]
    last = months[min(int(len(months) * (1 - _OUTLIERS)), len(months) - 1)]
    step, unit = next((one for one in _STEPS if (last - first) // one[0] < _LONGEST_MONTHS), _STEPS[-1])
    lowest, highest = first // step, last // step
    bins: list[tuple[int, dict[str, int]]] = [(index * step, {}) for index in range(lowest, highest + 1)]
    for (month, status), count in tally.months.items():
        held = bins[min(max(month // step, lowest), highest) - lowest][1]
        held[status] = held.get(status, 0) + count
    return step, unit, bins


def _month_name(month: int, step: int) -> str:
    year, rest = divmod(month, 12)
    if step == 12:
        return f"{year}"
    return f"{year}.{rest // 3 + 1}季" if step == 3 else f"{year}-{rest + 1:02}"


def _columns(
    names: Sequence[str], stacks: Sequence[Sequence[tuple[int, str]]], sparse: bool = False
) -> list[str]:
    """Upright bars; ``sparse`` labels only as many as have room and leaves the totals to the axis."""
    base, height = 160, 136
    highest = max((sum(value for value, _ in stack) for stack in stacks), default=0) or 1
    width = WIDTH / len(names)
    every = max(1, -(-len(names) * 56 // WIDTH)) if sparse else 1
    rows = [f'<line class="axis" x1="0" y1="{base}.5" x2="{WIDTH}" y2="{base}.5"/>']
    for index, (name, stack) in enumerate(zip(names, stacks, strict=True)):
        left, top, total = index * width, float(base), sum(value for value, _ in stack)
        for value, color in stack:
            tall = height * value / highest
            top -= tall
            if value:
                rows.append(_rect(left + width * 0.12, top, width * 0.76, tall, color))
        if not sparse or total == highest:
            rows.append(_label(left + width / 2, top - 4, f"{total:,}", "middle", "axis"))
        if index % every == 0 and (not sparse or left <= WIDTH - 48):
            rows.append(
                _label(
                    left + (0 if sparse else width / 2),
                    base + 15,
                    name,
                    "start" if sparse else "middle",
                    "axis",
                )
            )
    return rows


def _documents(tally: Tally) -> str:
    kinds = tally.documents.most_common()
    kinds = sorted((pair for pair in kinds if pair[0] != "其他"), key=lambda pair: (-pair[1], pair[0]))[:10]
    note = "印发和修订的文件，按名称末尾的文种计，只列最常见的。"
    if not kinds:
        return figure(
            "最常见的文种",
            note,
            _svg(60, "没有印发或修订的文件", [_label(WIDTH / 2, 34, "没有印发或修订的文件", "middle")]),
        )
    highest = kinds[0][1]
    rows = []
    for index, (name, count) in enumerate(kinds):
        top, wide = index * 21, (WIDTH - _LEFT - 40) * count / highest
        rows.append(_label(_LEFT - 8, top + 15, name, "end"))
        rows.append(_rect(_LEFT, top + 3, wide, 15, "f-main"))
        rows.append(_label(_LEFT + wide + 6, top + 15, f"{count:,}", "start", "axis"))
    words = "，".join(f"{name}{count}份" for name, count in kinds)
    return figure("最常见的文种", note, _svg(len(kinds) * 21 + 2, words, rows))


def _svg(height: float, words: str, rows: Sequence[str]) -> str:
    label = escape(words, quote=True)
    return f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{label}">{"".join(rows)}</svg>'


def _rect(left: float, top: float, width: float, height: float, color: str) -> str:
    return f'<rect class="{color}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _label(left: float, top: float, words: str, anchor: str, kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
