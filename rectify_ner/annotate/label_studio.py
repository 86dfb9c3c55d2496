"""Annotations as Label Studio tasks with predictions, and back from its JSON export.

Label Studio counts code points in a Text tag (UTF-16 units before 1.4, told apart by the spans' own text).
The form is that of https://labelstud.io/guide/task_format.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rectify_ner.annotate.exchange import (
    ENDS,
    RELATION_LABELS,
    SPAN_LABELS,
    Annotation,
    Mark,
    Relation,
    check_annotation,
    text_hash,
)
from rectify_ner.annotate.offsets import Utf16
from rectify_ner.errors import CorpusError

FROM_NAME, TO_NAME = "label", "text"
MODEL_VERSION = "rectify_ner"


def labeling_config() -> str:
    """The project's labelling interface, to be pasted into its settings."""
    relations = "".join(f'<Relation value="{name}"/>' for name in RELATION_LABELS)
    labels = "".join(f'<Label value="{name}"/>' for name in SPAN_LABELS)
    return (
        f'<View><Relations>{relations}</Relations><Labels name="{FROM_NAME}" toName="{TO_NAME}">{labels}'
        f'</Labels><Text name="{TO_NAME}" value="$text"/></View>'
    )


def to_label_studio(annotations: Iterable[Annotation]) -> str:
    """The tasks to import, as JSON; Label Studio's own sampling by score shows the least certain first."""
    return json.dumps([_task(each) for each in annotations], ensure_ascii=False, indent=1) + "\n"


def _task(annotation: Annotation) -> dict[str, Any]:
    check_annotation(annotation, "export")
    result: list[dict[str, Any]] = [
        {
            "id": mark.id,
            "from_name": FROM_NAME,
            "to_name": TO_NAME,
            "type": "labels",
            "value": {
                "start": mark.start,
                "end": mark.end,
                "text": annotation.text[mark.start : mark.end],
                "labels": [mark.label],
            },
        }
        for mark in annotation.marks
    ]
    for each in annotation.relations or ():
        arrow = {"from_id": each.source, "to_id": each.target, "direction": "right"}
        result.append({"type": "relation", **arrow, "labels": [each.label]})
    prediction: dict[str, Any] = {"model_version": MODEL_VERSION, "result": result}
    if annotation.doubt is not None:
        prediction["score"] = round(1 / (1 + annotation.doubt), 6)
    home = {"notice": annotation.id, "sha256": annotation.sha256}
    return {"data": {"text": annotation.text, **home}, "predictions": [prediction]}


def from_label_studio(path: Path, annotator: int | None = None) -> list[Annotation]:
    """What annotators submitted, task by task; tasks without a submission are left out.

    Raises CorpusError for a span that does not hold its text, and for a task with several submissions
    unless ``annotator`` (a user id, ``completed_by``) names whose to take.
    """
    try:
        tasks = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: cannot be read as JSON ({error}); export it as JSON again") from error
    if not isinstance(tasks, list):
        raise CorpusError(f"{path}: saw a {type(tasks).__name__}, wanted the list of tasks of a JSON export")
    found = []
    for number, task in enumerate(tasks, 1):
        try:
            annotation = _annotation(task, f"{path}: task {number}", annotator)
        except (KeyError, TypeError, AttributeError) as error:
            raise CorpusError(
                f"{path}: task {number}: not Label Studio's task form ({error!r}); "
                "export as JSON, not JSON-MIN"
            ) from error
        if annotation is not None:
            found.append(annotation)
    return found


def _annotation(task: Mapping[str, Any], where: str, annotator: int | None) -> Annotation | None:
    done = [each for each in task.get("annotations", ()) if not each.get("was_cancelled")]
    if annotator is not None:
        done = [each for each in done if _user(each.get("completed_by")) == annotator]
    if not done:
        return None
    data = task["data"]
    where = f"{where}: notice {data.get('notice')!r}"
    if len(done) > 1:
        users = ", ".join(str(_user(each.get("completed_by"))) for each in done)
        raise CorpusError(f"{where}: annotated {len(done)} times, by {users}; choose one with --annotator")
    text = data["text"]
    if text_hash(text) != data["sha256"]:
        raise CorpusError(f"{where}: its text was changed on the way; import the tasks again")
    result = done[0]["result"]
    regions = [each for each in result if each["type"] == "labels"]
    marks = tuple(_mark(each, text, where, _counting(regions, text)) for each in regions)
    arrows = (arrow for each in result if each["type"] == "relation" for arrow in _relations(each, marks))
    annotation = Annotation(data["notice"], text, marks, tuple(dict.fromkeys(arrows)))
    check_annotation(annotation, where)
    return annotation


def _user(completed_by: Any) -> Any:
    return completed_by.get("id") if isinstance(completed_by, dict) else completed_by


def _counting(regions: Iterable[Mapping[str, Any]], text: str) -> Callable[[int], int]:
    """How this task counts: in code points unless only UTF-16 fits the spans' own text."""
    wide = Utf16(text)

    def fits(count: Callable[[int], int]) -> bool:
        try:
            return all(_holds(each["value"], text, count) for each in regions)
        except CorpusError:
            return False

    return wide.points if not fits(int) and fits(wide.points) else int


def _holds(value: Mapping[str, Any], text: str, count: Callable[[int], int]) -> bool:
    if "text" not in value:
        return True
    return _plain(text[count(value["start"]) : count(value["end"])]) == _plain(value["text"])


def _plain(text: str) -> str:
    """Label Studio spells line ends in several ways."""
    return text.replace("\r\n", "\n").replace("\\n", "\n")


def _mark(region: Mapping[str, Any], text: str, where: str, count: Callable[[int], int]) -> Mark:
    value = region["value"]
    where = f"{where}: span {region['id']!r} at {value['start']}–{value['end']}"
    if len(value["labels"]) != 1:
        raise CorpusError(f"{where}: has labels {value['labels']}; wanted one")
    if not _holds(value, text, count):
        held = text[count(value["start"]) : count(value["end"])]
        raise CorpusError(f"{where}: the text there is {held[:40]!r}, the span says {value['text'][:40]!r}")
    return Mark(str(region["id"]), count(value["start"]), count(value["end"]), value["labels"][0])


def _relations(relation: Mapping[str, Any], marks: Iterable[Mark]) -> list[Relation]:
    """One relation; without a label its ends tell which it is, drawn leftwards it is turned."""
    ends = [str(relation["from_id"]), str(relation["to_id"])]
    if relation.get("direction") == "left":
        ends.reverse()
    names = list(relation.get("labels") or ())
    if not names:
        kinds = {mark.id: mark.label for mark in marks}
        drawn = tuple(kinds.get(end, "") for end in ends)
        names = [name for name, wanted in ENDS.items() if wanted == drawn]
    return [Relation(ends[0], ends[1], name) for name in names]
