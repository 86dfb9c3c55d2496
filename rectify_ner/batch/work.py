"""One item → one line of the output, or the reason why there is none."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rectify_ner.batch.inputs import Item
from rectify_ner.errors import RectifyError
from rectify_ner.notice import Span
from rectify_ner.read import InputError, Limits, Source, load, read_data, shown, text_source
from rectify_ner.read.kinds import suffix_of

Tagger = Callable[[str], Sequence[Span]]
_SUBJECT = re.compile("巡察|巡视|整改")
_LONE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``line`` is a record as JSON with its line end; ``kind`` and ``message`` say why there is none."""

    name: str
    input_sha256: str | None
    line: bytes | None = None
    issues: int = 0
    measures: int = 0
    flags: int = 0
    kind: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """How to work: ``make_tagger`` is called once in each process, ``made_by`` stands in every record."""

    make_tagger: Callable[[], Tagger]
    limits: Limits
    made_by: str


def pipeline_job(model: str | None, limits: Limits, *, trust: bool = False) -> Job:
    """The job of the trained pipeline at ``model``, else of the built or installed one.

    ``trust`` lets a pipeline run code of other packages (rectify_ner.trusted).
    """
    from rectify_ner import __version__

    made_by = f"rectify-ner {__version__} {pipeline_mark(model)}"
    return Job(partial(_pipeline_tagger, model, trust), limits, made_by)


def _pipeline_tagger(model: str | None, trust: bool) -> Tagger:
    from rectify_ner.tag import load_pipeline, tag_texts

    nlp = load_pipeline(model, trust=trust)
    return lambda text: next(tag_texts(nlp, [text]))


def pipeline_mark(model: str | None) -> str:
    """Names a pipeline by its content: another one never passes for it when a run is taken up again."""
    from rectify_ner.tag import pipeline_folder

    folder = pipeline_folder(model)
    if folder is None:
        return "pipeline unknown"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"pipeline {digest.hexdigest()[:12]}"


def identity(item: Item, limits: Limits) -> tuple[str, str] | None:
    """Name and hash of the content of an item, None where it cannot be read."""
    try:
        if item.problem is not None:
            return None
        data = item.data if item.data is not None else load(_path(item), limits)
        name = _object_name(item.name, json.loads(data)) if item.is_object else item.name
    except (InputError, ValueError, RecursionError):
        return None
    return name, hashlib.sha256(data).hexdigest()


def work(item: Item, job: Job, tagger: Tagger) -> Outcome:
    """Read, tag and assemble one item. Whatever goes wrong is the outcome of this item alone."""
    digest = None
    name = item.name
    try:
        if item.problem is not None:
            raise item.problem
        data = item.data if item.data is not None else load(_path(item), job.limits)
        digest = hashlib.sha256(data).hexdigest()
        held = _object(item.name, data) if item.is_object else None
        name = _object_name(item.name, held)
        source = _source(item, data, held, job.limits)
        record = record_of(source, tagger, digest, job.made_by)
    except InputError as error:
        return Outcome(name, digest, kind=error.kind, message=str(error))
    except RectifyError as error:
        return Outcome(name, digest, kind="unreadable", message=str(error))
    except MemoryError:
        message = f"{shown(name)}: needs more memory than there is; split it or give it in another form"
        return Outcome(name, digest, kind="too_large", message=message)
    except Exception as error:  # one notice must never end the run
        message = (
            f"{shown(name)}: {type(error).__name__} at {_place(error)} while reading it; please report it"
        )
        return Outcome(name, digest, kind="internal", message=message)
    measures = sum(len(issue["measures"]) for issue in record["issues"])
    line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
    return Outcome(name, digest, line, len(record["issues"]), measures, flag_count(record))


def record_of(source: Source, tagger: Tagger, input_sha256: str, made_by: str) -> dict[str, Any]:
    """The record of one notice, with the places of its parts and what the reader has to say."""
    from rectify_ner.assemble import assemble_notice

    record = assemble_notice(source.text, tagger(source.text), source=source.name)
    notes = list(source.notes)
    if not record["issues"]:
        if not _SUBJECT.search(source.text):
            raise InputError(
                "not_a_notice",
                f"{shown(source.name)}: no issue and none of 巡察, 巡视, 整改 in it, wanted a notice on "
                "rectification; leave it out or give the page of the notice itself",
            )
        notes.append("没有找到反馈问题")
    place_of = source.places.place_of
    for issue in record["issues"]:
        issue["place"] = place_of(issue["start"])
        for measure in issue["measures"]:
            measure["place"] = place_of(measure["start"])
    for entity in record["entities"]:
        entity["place"] = place_of(entity["start"])
    return {**record, "notes": notes, "input_sha256": input_sha256, "made_by": made_by}


def flag_count(record: dict[str, Any]) -> int:
    """How often the notice was not understood: its checks that fail without a figure reported beside them."""
    return sum(1 for check in record["checks"] if not check["ok"] and check["reported"] is None)


def _path(item: Item) -> Path:
    assert item.path is not None
    return item.path


def _source(item: Item, data: bytes, held: dict[str, Any] | None, limits: Limits) -> Source:
    if held is not None:
        source = _object_source(item.name, held, limits)
    elif item.path is not None and suffix_of(item.name) == ".xml" and b"<notice" in data[:400]:
        from rectify_ner.corpus import read_gold

        source = text_source(read_gold(item.path).text, item.name)
    else:
        source = read_data(data, item.name, limits)
    if _LONE.search(source.text) is None:
        return source
    return Source(
        source.name,
        _LONE.sub("\ufffd", source.text),
        source.places,
        (*source.notes, "有无法显示的字符，以�代替"),
    )


def _object(place: str, data: bytes) -> dict[str, Any]:
    """A line of JSON Lines."""
    try:
        held = json.loads(data)
    except (ValueError, RecursionError) as error:
        message = f"{shown(place)}: not JSON ({_short(error)}), wanted one object a line; write it anew"
        raise InputError("damaged", message) from error
    if not isinstance(held, dict):
        raise InputError("damaged", f'{shown(place)}: no object, wanted {{"id", "text"}}; write it anew')
    return held


def _object_source(place: str, held: dict[str, Any], limits: Limits) -> Source:
    """``{"id", "text"}`` or ``{"id", "html"}``; the text is taken where both are there."""
    name = _object_name(place, held)
    text, html = held.get("text"), held.get("html")
    if isinstance(text, str) and text.strip():
        if len(text) > limits.max_chars:
            what = f"{len(text)} characters, wanted at most {limits.max_chars}; split it"
            raise InputError("too_large", f"{shown(place)}: {what}")
        return text_source(text, name)
    if isinstance(html, str) and html.strip():
        from rectify_ner.read.web import read_html

        source = read_html(html.encode("utf-8", "replace"), shown(place), limits, "utf-8")
        return Source(name, source.text, source.places, source.notes)
    raise InputError("empty", f'{shown(place)}: neither "text" nor "html" with text in it; give one of them')


def _object_name(place: str, held: Any) -> str:
    name = held.get("id", place) if isinstance(held, dict) else place
    return _LONE.sub("\ufffd", name if isinstance(name, str) else json.dumps(name, ensure_ascii=False))


def _place(error: Exception) -> str:
    """Where in the code an error arose. Its message stays out: it may hold words of the notice."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at is not None else "?"


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:120]
