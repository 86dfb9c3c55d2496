"""The first page of the report: sums, charts and the table of notices, readable without a script."""

from collections.abc import Sequence
from html import escape

from rectify_ner.export.clean import one_cell
from rectify_ner.export.overview import Summary
from rectify_ner.export.report.charts import all_charts, small_bar
from rectify_ner.export.report.tally import Tally

_HEADS = ("序", "通报", "整改单位", "公布日期", "问题", "措施", "问题完成率", "文件", "核验")


def front_page(summaries: Sequence[Summary], tally: Tally) -> str:
    """The section that opens first."""
    rows = "".join(_row(number, summary) for number, summary in enumerate(summaries, 1))
    heads = "".join(f'<th scope="col"><button type="button">{head}</button></th>' for head in _HEADS)
    return (
        '<section id="overview" tabindex="-1" aria-label="总览"><h1>总览</h1>'
        f"{_tiles(summaries, tally)}"
        f'<div class="charts">{all_charts(tally)}</div>'
        '<h2 class="list-head">通报</h2><form class="filters list" autocomplete="off">'
        '<input id="find-notice" type="search" placeholder="按名称、单位、来源查找" aria-label="查找通报">'
        '<label class="key"><input id="only-errors" type="checkbox"><span>只看核验不符的</span></label>'
        '<p class="count" id="notices-shown" role="status"></p></form>'
        f'<div class="wide"><table class="notices"><caption class="sr">全部通报，可按列排序</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )


def text(words: str | None) -> str:
    """Words for the page: markup escaped, what cannot be shown made visible."""
    return escape(one_cell(words), quote=True) if words else "—"


def _tiles(summaries: Sequence[Summary], tally: Tally) -> str:
    issues, measures = tally.issues.total(), tally.measures.total()
    with_errors = sum(summary.errors > 0 for summary in summaries)
    tiles = (
        ("通报", f"{len(summaries):,}", "份"),
        ("问题", f"{issues:,}", f"已完成 {tally.issues['done']:,}（{_share(tally.issues['done'], issues)}）"),
        (
            "措施",
            f"{measures:,}",
            f"已完成 {tally.measures['done']:,}（{_share(tally.measures['done'], measures)}）",
        ),
        ("印发修订文件", f"{tally.documents.total():,}", "份，每份通报内不重复计"),
        ("核验不符", f"{sum(summary.errors for summary in summaries):,}", f"项，见于 {with_errors:,} 份通报"),
    )
    cells = "".join(
        f"<div><dt>{name}</dt><dd><strong>{value}</strong><span>{note}</span></dd></div>"
        for name, value, note in tiles
    )
    return f'<dl class="tiles">{cells}</dl>'


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "—"


def _row(number: int, summary: Summary) -> str:
    rate = "—" if summary.rate is None else f"{summary.rate:.0%}"
    share = {"done": summary.issues_done, "planned": summary.issues - summary.issues_done}
    verdict = _verdict(summary)
    cells = (
        (str(number), str(number)),
        (
            summary.title or summary.source,
            f'<a href="#{number}"><bdi>{text(summary.title or summary.source)}</bdi></a>'
            f"<small><bdi>{text(summary.source)}</bdi></small>",
        ),
        (summary.issuer or "", f"<bdi>{text(summary.issuer)}</bdi>"),
        (summary.published_on or "", text(summary.published_on)),
        (str(summary.issues), str(summary.issues)),
        (str(summary.measures), str(summary.measures)),
        (f"{-1 if summary.rate is None else summary.rate:.4f}", f"{small_bar(share)} {rate}"),
        (str(summary.documents), str(summary.documents)),
        (str(summary.errors * 1000 + summary.notes), verdict),
    )
    tds = "".join(
        f'<td data-title="{head}" data-key="{escape(one_cell(key), quote=True)}">{shown}</td>'
        for head, (key, shown) in zip(_HEADS, cells, strict=True)
    )
    return f'<tr data-number="{number}" data-errors="{summary.errors}">{tds}</tr>\n'


def _verdict(summary: Summary) -> str:
    badges = []
    if summary.errors:
        badges.append(f'<span class="badge v-error">{summary.errors} 不符</span>')
    if summary.notes:
        badges.append(f'<span class="badge v-note">{summary.notes} 提示</span>')
    return " ".join(badges) or '<span class="badge v-ok">一致</span>'
