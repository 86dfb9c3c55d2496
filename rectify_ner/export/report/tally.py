"""What the charts of the first page count, notice by notice."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rectify_ner.export.overview import MADE, leaf_issues

FACTS = frozenset(("DATE", "DOCUMENT", "COUNT", "MONEY", "PERCENT"))
MANY_FACTS = 8
"""Measures with as many facts or more share a bar."""
_CLOSING = "》〉」』）)]】 \u3000"
_IN_BRACKETS = re.compile(r"[（(〔\[][^（()）〔〕\[\]]{1,12}[）)〕\]]$")
_KIND = re.compile(
    r"(?:"
    r"实施细则|工作方案|实施方案|整改方案|行动方案|应急预案|工作规则|议事规则|管理办法|"
    r"实施办法|责任清单|问题清单|任务清单|负面清单|工作台账|实施意见|指导意见|工作制度|"
    r"管理制度|工作要点|工作计划|责任书|承诺书|建议书|通知书|决定书|协议书|提示函|督办函|"
    r"提醒函|工作函|办法|细则|方案|制度|规定|规则|意见|通知|通报|清单|台账|计划|规划|"
    r"预案|规程|流程|机制|手册|指南|指引|标准|规范|要点|报告|纪要|协议|合同|章程|公约|"
    r"条例|准则|汇编|目录|决定|公告|函|表|书|册"
    r")$"
)
"""Longer words come first, so that 管理办法 is not just 办法."""


@dataclass(slots=True)
class Tally:
    """Sums over all notices written so far; their number does not change its size."""

    notices: int = 0
    issues: Counter[str] = field(default_factory=Counter)
    measures: Counter[str] = field(default_factory=Counter)
    facts: Counter[int] = field(default_factory=Counter)
    months: Counter[tuple[int, str]] = field(default_factory=Counter)
    """Measures by month (years since 0 times 12 plus the month from 0) and status."""
    documents: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one record."""
        self.notices += 1
        entities = {entity["id"]: entity for entity in record["entities"]}
        self.issues.update(issue["status"] for issue in leaf_issues(record["issues"]))
        for issue in record["issues"]:
            for measure in issue["measures"]:
                found = [entities[name] for name in measure["entities"]]
                self.measures[measure["status"]] += 1
                self.facts[min(sum(entity["label"] in FACTS for entity in found), MANY_FACTS)] += 1
                month = last_month(found)
                if month is not None:
                    self.months[month, measure["status"]] += 1
        for document in record.get("documents", ()):
            if document["action"] in MADE:
                self.documents[document_kind(document["title"])] += 1
        for check in record["checks"]:
            self.verdicts["ok" if check["ok"] else check.get("severity", "error")] += 1


def last_month(entities: list[Mapping[str, Any]]) -> int | None:
    """The month in which the latest of the known dates ends; None without any."""
    ends = [
        entity["value"]["end"] for entity in entities if entity["label"] == "DATE" and entity["value"]["end"]
    ]
    if not ends:
        return None
    year, month = max(ends).split("-")[:2]
    return int(year) * 12 + int(month) - 1


def document_kind(title: str) -> str:
    """The kind of a document by the last word of its title.

    >>> document_kind("青禾镇村级财务管理办法（试行）"), document_kind("倡议")
    ('管理办法', '其他')
    """
    bare = _IN_BRACKETS.sub("", title.rstrip("》 \u3000")).rstrip(_CLOSING)
    found = _KIND.search(bare[-8:])
    return found[0] if found else "其他"
