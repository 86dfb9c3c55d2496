"""One row a notice, its documents, and everything to be looked at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rectify_ner.export.columns import Cell, Column
from rectify_ner.export.words import ACTION_WORDS, check_words, severity_words
from rectify_ner.read.source import line_places

MADE = ("issue", "revise")
"""What is done with a document that the notice's own body made: sent out or revised."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What one notice comes to. Issues are counted at the lowest level."""

    source: str
    title: str | None
    issuer: str | None
    inspector: str | None
    inspection: tuple[str | None, str | None]
    feedback_on: str | None
    published_on: str | None
    issues: int
    issues_done: int
    measures: int
    statuses: Mapping[str, int]
    documents: int
    errors: int
    notes: int

    @property
    def rate(self) -> float | None:
        return self.issues_done / self.issues if self.issues else None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a notice, where it is first named, and for which issue and measure."""

    source: str
    notice: str | None
    title: str
    suffix: str | None
    action: str
    mentions: int
    issue: str
    measure: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of 核验: a check of the notice with itself, a flag of a measure or a note of the reader."""

    source: str
    notice: str | None
    topic: str
    verdict: str
    reported: float | None
    found: float | None
    message: str
    place: str
    start: int | None
    end: int | None


def summarise(record: Mapping[str, Any]) -> Summary:
    """Count one record."""
    leaves = leaf_issues(record["issues"])
    measures = [measure for issue in record["issues"] for measure in issue["measures"]]
    statuses = {"done": 0, "in_progress": 0, "planned": 0}
    for measure in measures:
        statuses[measure["status"]] += 1
    verdicts = [finding.verdict for finding in findings(record)]
    period = record["inspection"] or {}
    return Summary(
        source=record["source"],
        title=record["title"],
        issuer=record["issuer"],
        inspector=record["inspector"],
        inspection=(period.get("start"), period.get("end")),
        feedback_on=record["feedback_on"],
        published_on=record["published_on"],
        issues=len(leaves),
        issues_done=sum(issue["status"] == "done" for issue in leaves),
        measures=len(measures),
        statuses=statuses,
        documents=sum(document["action"] in MADE for document in record.get("documents", ())),
        errors=verdicts.count("不符"),
        notes=verdicts.count("提示"),
    )


def leaf_issues(issues: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The issues with no issue below them."""
    parents = {issue["parent"] for issue in issues}
    return [issue for issue in issues if issue["id"] not in parents]


def papers(record: Mapping[str, Any]) -> Iterator[Paper]:
    """The documents that the notice says were sent out or revised, each once."""
    entities = {entity["id"]: entity for entity in record["entities"]}
    homes = {
        name: (issue, measure)
        for issue in record["issues"]
        for measure in issue["measures"]
        for name in measure["entities"]
    }
    place_of = line_places(record["text"]).place_of
    for document in record.get("documents", ()):
        if document["action"] not in MADE:
            continue
        first = entities[document["entities"][0]]
        issue, measure = homes.get(first["id"], (None, None))
        yield Paper(
            source=record["source"],
            notice=record["title"],
            title=document["title"],
            suffix=document["suffix"],
            action=ACTION_WORDS[document["action"]],
            mentions=len(document["entities"]),
            issue=f"{issue['label']}{issue['statement']}".strip() if issue else "",
            measure=measure["text"] if measure else None,
            place=first.get("place") or place_of(first["start"]),
        )


def findings(record: Mapping[str, Any]) -> Iterator[Finding]:
    """Checks, then the flags of the measures, then the notes of the reader."""
    source, notice = record["source"], record["title"]
    place_of = line_places(record["text"]).place_of
    for check in record["checks"]:
        start = check.get("start")
        yield Finding(
            source,
            notice,
            check_words(check["kind"]),
            severity_words(check["ok"], check.get("severity")),
            check["reported"],
            check["found"],
            check.get("message", ""),
            "" if start is None else place_of(start),
            start,
            check.get("end"),
        )
    for issue in record["issues"]:
        for measure in issue["measures"]:
            place = measure.get("place") or place_of(measure["start"])
            for flag in measure.get("flags", ()):
                topic, message = check_words(flag["kind"]), flag["message"]
                start, end = measure["start"], measure["end"]
                yield Finding(source, notice, topic, "提示", None, None, message, place, start, end)
    for note in record.get("notes", ()):
        yield Finding(source, notice, "读取", "提示", None, None, note, "", None, None)


def _day(value: str | None) -> Cell:
    """A day as a date where a spreadsheet can hold it, else as its words."""
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return day if day.year >= 1900 else value


OVERVIEW: tuple[Column[Summary], ...] = (
    Column("notice", "通报", 36, "text", lambda one: one.title),
    Column("issuer", "整改单位", 22, "text", lambda one: one.issuer),
    Column("inspector", "巡察组", 16, "text", lambda one: one.inspector),
    Column("inspection_start", "巡察开始", 11, "day", lambda one: _day(one.inspection[0])),
    Column("inspection_end", "巡察结束", 11, "day", lambda one: _day(one.inspection[1])),
    Column("feedback_on", "反馈日期", 11, "day", lambda one: _day(one.feedback_on)),
    Column("published_on", "公布日期", 11, "day", lambda one: _day(one.published_on)),
    Column("issues", "问题", 7, "number", lambda one: one.issues),
    Column("issues_done", "已完成问题", 7, "number", lambda one: one.issues_done),
    Column("rate", "问题完成率", 8, "percent", lambda one: one.rate),
    Column("measures", "措施", 7, "number", lambda one: one.measures),
    Column("done", "已完成措施", 7, "number", lambda one: one.statuses["done"]),
    Column("in_progress", "推进中措施", 7, "number", lambda one: one.statuses["in_progress"]),
    Column("planned", "计划中措施", 7, "number", lambda one: one.statuses["planned"]),
    Column("documents", "印发修订文件", 7, "number", lambda one: one.documents),
    Column("errors", "核验不符", 7, "number", lambda one: one.errors),
    Column("notes", "核验提示", 7, "number", lambda one: one.notes),
    Column("source", "来源文件", 24, "text", lambda one: one.source),
)
PAPERS: tuple[Column[Paper], ...] = (
    Column("notice", "通报", 30, "text", lambda one: one.notice),
    Column("title", "文件名称", 44, "text", lambda one: one.title),
    Column("suffix", "附注", 10, "text", lambda one: one.suffix),
    Column("action", "处理", 7, "text", lambda one: one.action),
    Column("mentions", "提及次数", 7, "number", lambda one: one.mentions),
    Column("issue", "针对问题", 34, "text", lambda one: one.issue),
    Column("measure", "所在措施", 56, "text", lambda one: one.measure),
    Column("place", "位置", 11, "text", lambda one: one.place),
    Column("source", "来源文件", 24, "text", lambda one: one.source),
)
FINDINGS: tuple[Column[Finding], ...] = (
    Column("notice", "通报", 34, "text", lambda one: one.notice),
    Column("topic", "项目", 14, "text", lambda one: one.topic),
    Column("verdict", "结果", 7, "text", lambda one: one.verdict),
    Column("reported", "通报所称", 9, "number", lambda one: one.reported),
    Column("found", "正文所见", 9, "number", lambda one: one.found),
    Column("message", "说明", 64, "text", lambda one: one.message),
    Column("place", "位置", 11, "text", lambda one: one.place),
    Column("source", "来源文件", 24, "text", lambda one: one.source),
    Column("start", "起始字符", 8, "number", lambda one: one.start),
    Column("end", "终止字符", 8, "number", lambda one: one.end),
)
