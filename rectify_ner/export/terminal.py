"""The ledger of one notice in the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from rectify_ner.export.clean import one_cell
from rectify_ner.export.overview import findings, summarise
from rectify_ner.export.words import ACTION_WORDS, STATUS_WORDS

_STATUS_STYLE = {"done": "green", "in_progress": "yellow", "planned": "cyan"}
_STATUS_SIGN = {"done": "●", "in_progress": "◐", "planned": "○"}
_VERDICT_STYLE = {"不符": "bold red", "提示": "yellow"}
_FACTS = ("DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT")
_NARROW = 100
"""Columns of a terminal below which facts and responsible bodies stand under their measure."""


def show_ledger(record: Mapping[str, Any], console: Console) -> None:
    """Print head, ledger, sums and what is to be looked at."""
    console.print(_head(record))
    if record["issues"]:
        console.print(_ledger(record, narrow=console.width < _NARROW))
    console.print(_sums(record))
    for finding in findings(record):
        if finding.verdict in _VERDICT_STYLE:
            line = Text(f"{finding.verdict} ", style=_VERDICT_STYLE[finding.verdict])
            place = f"（{finding.place}）" if finding.place else ""
            console.print(line + _plain(f"{finding.topic}：{finding.message}{place}", style="default"))


def _plain(words: str, style: str = "") -> Text:
    """Text that can neither colour nor steer the terminal."""
    return Text(one_cell(words), style=style, overflow="fold")


def _head(record: Mapping[str, Any]) -> Panel:
    period = record["inspection"]
    facts = {
        "整改单位": record["issuer"],
        "巡察组": record["inspector"],
        "巡察时间": f"{period['start'] or '？'} 至 {period['end'] or '？'}" if period else None,
        "反馈日期": record["feedback_on"],
        "公布日期": record["published_on"],
    }
    body = Text("   ").join(
        Text.assemble((f"{name} ", "dim"), _plain(value or "未写明")) for name, value in facts.items()
    )
    title = _plain(record["title"] or record["source"], style="bold")
    return Panel(
        body, title=title, title_align="left", subtitle=_plain(record["source"], "dim"), subtitle_align="left"
    )


def _ledger(record: Mapping[str, Any], narrow: bool) -> Table:
    table = Table(show_lines=True, expand=True)
    wide = (("问题", 4), ("措施", 7), ("责任主体", 3), ("要素", 5))
    for title, ratio in wide[:2] if narrow else wide:
        table.add_column(title, ratio=ratio, overflow="fold")
    table.add_column("状态", width=8)
    entities = {entity["id"]: entity for entity in record["entities"]}
    category: list[str] = []
    for issue in record["issues"]:
        heading = _plain(f"{issue['label']} {issue['statement']}".strip(), style="bold")
        if issue["category"] != category:
            category = issue["category"]
            heading = Text.assemble(
                _plain(" › ".join(category), style="dim"), "\n" if category else "", heading
            )
        for measure in issue["measures"] or (None,):
            table.add_row(*_row(heading, issue, measure, entities, narrow))
            heading = Text()
    return table


def _row(
    heading: Text,
    issue: Mapping[str, Any],
    measure: Mapping[str, Any] | None,
    entities: Mapping[str, Mapping[str, Any]],
    narrow: bool,
) -> Sequence[Text]:
    if measure is None:
        return (heading, *[Text()] * (1 if narrow else 3), _status(issue["status"]))
    found = [entities[name] for name in measure["entities"]]
    facts = _plain("\n".join(fact(entity) for entity in found if entity["label"] in _FACTS))
    who = _plain("、".join(measure["responsible"]) + ("（推定）" if measure["responsible_inferred"] else ""))
    words = _plain(measure["text"])
    if narrow:
        words = Text("\n").join([words, *(part for part in (_dim(who), _dim(facts)) if part.plain)])
        return heading, words, _status(measure["status"])
    return heading, words, who, facts, _status(measure["status"])


def _dim(text: Text) -> Text:
    return Text(text.plain, style="dim")


def _status(status: str) -> Text:
    return Text(f"{_STATUS_SIGN[status]}{STATUS_WORDS[status]}", style=_STATUS_STYLE[status])


def _sums(record: Mapping[str, Any]) -> Text:
    summary = summarise(record)
    states = "，".join(f"{word}{summary.statuses[key]}" for key, word in STATUS_WORDS.items())
    rate = "" if summary.rate is None else f"（{summary.rate:.0%}）"
    return Text(
        f"问题 {summary.issues} 个，已完成 {summary.issues_done} 个{rate}；"
        f"措施 {summary.measures} 条：{states}；印发修订文件 {summary.documents} 份；"
        f"核验不符 {summary.errors} 项，提示 {summary.notes} 项",
        style="bold",
    )


def fact(entity: Mapping[str, Any]) -> str:
    """An entity in a ledger cell: its text, and its value where that says more."""
    value = entity["value"]
    if entity["label"] == "DATE" and value["start"]:
        days = value["start"] if value["start"] == value["end"] else f"{value['start']}～{value['end']}"
        return f"{entity['text']}（{days}）"
    if entity["label"] == "COUNT" and value["of"]:
        return f"{entity['text']} {value['of']}"
    if entity["label"] == "DOCUMENT" and value["action"] in ("issue", "revise", "draft"):
        return f"{ACTION_WORDS[value['action']]} {entity['text']}"
    return str(entity["text"])
