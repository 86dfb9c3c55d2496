"""The ledger of one notice in the terminal."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

STATUS_WORDS = {"done": "已完成", "in_progress": "推进中", "planned": "计划中"}
_STATUS_STYLE = {"done": "green", "in_progress": "yellow", "planned": "cyan"}
_FACTS = ("DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT")


def show_ledger(record: dict[str, Any], console: Console) -> None:
    """Print head, ledger and checks of a record."""
    console.print(f"[bold]{escape(record['title'] or record['source'])}[/bold]", highlight=False)
    period = record["inspection"]
    facts = {
        "整改单位": record["issuer"],
        "巡察组": record["inspector"],
        "巡察时间": f"{period['start']} 至 {period['end']}" if period else None,
        "反馈日期": record["feedback_on"],
        "公布日期": record["published_on"],
    }
    line = "  ".join(f"{name} {value or '—'}" for name, value in facts.items())
    console.print(line, highlight=False, markup=False)
    console.print(_ledger(record))
    measures = [measure for issue in record["issues"] for measure in issue["measures"]]
    done = sum(measure["status"] == "done" for measure in measures)
    summary = f"问题 {len(record['issues'])} 个，措施 {len(measures)} 条，其中已完成 {done} 条"
    console.print(summary, highlight=False)
    for check in record["checks"]:
        if not check["ok"]:
            console.print(f"[red]核验[/red] {escape(check.get('message', check['kind']))}", highlight=False)


def _ledger(record: dict[str, Any]) -> Table:
    table = Table(show_lines=True, expand=True)
    for title, ratio in (("问题", 4), ("措施", 7), ("责任主体", 3), ("要素", 5), ("状态", 2)):
        table.add_column(title, ratio=ratio, overflow="fold")
    entities = {entity["id"]: entity for entity in record["entities"]}
    for issue in record["issues"]:
        heading = escape(f"{issue['label']} {issue['statement']}".strip())
        if not issue["measures"]:
            table.add_row(heading, "", "", "", _status(issue["status"]))
        for measure in issue["measures"]:
            found = [entities[name] for name in measure["entities"]]
            facts = "\n".join(escape(fact(entity)) for entity in found if entity["label"] in _FACTS)
            who = "、".join(measure["responsible"]) + ("（推定）" if measure["responsible_inferred"] else "")
            table.add_row(heading, escape(measure["text"]), escape(who), facts, _status(measure["status"]))
            heading = ""
    return table


def _status(status: str) -> str:
    return f"[{_STATUS_STYLE[status]}]{STATUS_WORDS[status]}[/]"


def fact(entity: dict[str, Any]) -> str:
    """An entity in a ledger cell: its text, and its value where that says more."""
    value = entity["value"]
    if entity["label"] == "DATE" and value["start"]:
        days = value["start"] if value["start"] == value["end"] else f"{value['start']}～{value['end']}"
        return f"{entity['text']}（{days}）"
    if entity["label"] == "COUNT" and value["of"]:
        return f"{entity['text']} {value['of']}"
    return str(entity["text"])
