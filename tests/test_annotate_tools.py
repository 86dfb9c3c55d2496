"""The adapters without their servers: what goes out comes back, and what was moved is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rectify_ner.annotate.doccano import META, from_doccano, home_of, to_doccano
from rectify_ner.annotate.exchange import Annotation, Mark, Relation
from rectify_ner.annotate.label_studio import from_label_studio, labeling_config, to_label_studio
from rectify_ner.annotate.offsets import Utf16
from rectify_ner.cli import app
from rectify_ner.corpus import read_gold
from rectify_ner.errors import CorpusError

TEXT = "😀1.学习不够扎实\r\n一是局党组😀于2023年6月印发𠮷林村《办法》。"
MARKS = (
    Mark("i1", 1, 9, "ISSUE"),
    Mark("m1", 11, len(TEXT), "MEASURE"),
    Mark("e1", 13, 16, "BODY"),
    Mark("e2", 18, 25, "DATE"),
)
SAMPLE = Annotation("n1", TEXT, MARKS, (Relation("i1", "m1", "measure"),), 0.5)


def doccano_answer(row: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """The row as the server's API returns it."""
    return {"id": 7, "text": row["text"], "meta": {META: row[META]}}, row["entities"], row["relations"]


def test_doccano_counts_utf16_and_comes_back_in_code_points() -> None:
    row = to_doccano(SAMPLE)
    assert [(e["start_offset"], e["end_offset"]) for e in row["entities"]][2:] == [(14, 17), (20, 27)]
    back = from_doccano(*doccano_answer(row))
    assert [mark.place for mark in back.marks] == [mark.place for mark in MARKS]
    assert [(a.source, a.target, a.label) for a in back.relations or ()] == [("d0", "d1", "measure")]
    assert (back.id, back.text, back.doubt) == ("n1", TEXT, 0.5)


def test_every_row_has_the_same_keys_and_no_null_outside_the_one_string() -> None:
    rows = [to_doccano(SAMPLE), to_doccano(replace(SAMPLE, doubt=None, relations=None, marks=()))]
    assert {tuple(row) for row in rows} == {("text", "entities", "relations", META)}
    assert all(value is not None for row in rows for value in row.values())
    assert home_of({META: rows[0][META]}) is not None


def test_doccano_relations_that_the_server_lost_are_unknown_not_none() -> None:
    example, spans, _ = doccano_answer(to_doccano(SAMPLE))
    assert from_doccano(example, spans, []).relations is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end_offset": 99}, "example 7 .*n1.*span 2 .BODY.: UTF-16 place 99 lies outside"),
        ({"start_offset": 18, "end_offset": 20}, "lies inside the character at 16"),
    ],
)
def test_doccano_spans_beside_the_text_are_refused(change: dict[str, int], message: str) -> None:
    example, spans, relations = doccano_answer(to_doccano(SAMPLE))
    with pytest.raises(CorpusError, match=message):
        from_doccano(example, [*spans[:2], {**spans[2], **change}], relations)


def test_doccano_foreign_and_changed_examples_are_refused() -> None:
    example, spans, relations = doccano_answer(to_doccano(SAMPLE))
    with pytest.raises(CorpusError, match="was not sent out"):
        from_doccano({**example, "meta": {}}, spans, relations)
    with pytest.raises(CorpusError, match="changed on the server"):
        from_doccano({**example, "text": TEXT + "。"}, spans, relations)
    with pytest.raises(CorpusError, match="no text"):
        to_doccano(Annotation("n", "", ()))


def submitted(*tasks: Annotation, **changes: Any) -> list[dict[str, Any]]:
    """Tasks as Label Studio exports them once an annotator has submitted the prediction as it was."""
    made = json.loads(to_label_studio(tasks))
    for number, task in enumerate(made, 1):
        (prediction,) = task["predictions"]
        annotation = {
            "id": 1000 + number,
            "completed_by": 3,
            "was_cancelled": False,
            "result": prediction["result"],
        }
        task |= {"id": number, "annotations": [annotation | changes], "drafts": [], "predictions": []}
    return made


def exported(tasks: Any, tmp_path: Path) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")
    return path


def test_label_studio_goes_out_and_back(tmp_path: Path) -> None:
    (back,) = from_label_studio(exported(submitted(SAMPLE), tmp_path))
    assert back == replace(SAMPLE, doubt=None)
    for label in ("ISSUE", "DATE", "measure"):
        assert f'value="{label}"' in labeling_config()


def test_label_studio_tasks_have_the_documented_form() -> None:
    (task,) = json.loads(to_label_studio([SAMPLE]))
    region, arrow = task["predictions"][0]["result"][2], task["predictions"][0]["result"][-1]
    assert task["data"]["text"] == TEXT
    assert region == {
        "id": "e1",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": 13, "end": 16, "text": "局党组", "labels": ["BODY"]},
    }
    assert arrow == {
        "type": "relation",
        "from_id": "i1",
        "to_id": "m1",
        "direction": "right",
        "labels": ["measure"],
    }


def test_label_studio_before_1_4_counted_utf16(tmp_path: Path) -> None:
    tasks, places = submitted(SAMPLE), Utf16(TEXT)
    for region in tasks[0]["annotations"][0]["result"][:-1]:
        value = region["value"]
        value |= {"start": places.units(value["start"]), "end": places.units(value["end"])}
    (back,) = from_label_studio(exported(tasks, tmp_path))
    assert back.marks == SAMPLE.marks


def test_label_studio_arrows_without_a_name_or_drawn_leftwards(tmp_path: Path) -> None:
    tasks = submitted(SAMPLE)
    arrow = tasks[0]["annotations"][0]["result"][-1]
    del arrow["labels"]
    arrow |= {"from_id": "m1", "to_id": "i1", "direction": "left"}
    (back,) = from_label_studio(exported(tasks, tmp_path))
    assert back.relations == SAMPLE.relations


def test_label_studio_spans_that_do_not_hold_their_text_are_refused(tmp_path: Path) -> None:
    tasks = submitted(SAMPLE)
    tasks[0]["annotations"][0]["result"][2]["value"]["start"] = 12
    with pytest.raises(
        CorpusError, match="task 1: notice 'n1': span 'e1' at 12–16: the text there is '是局党组'"
    ):
        from_label_studio(exported(tasks, tmp_path))


def test_label_studio_takes_one_submission_a_task(tmp_path: Path) -> None:
    assert from_label_studio(exported(submitted(SAMPLE, was_cancelled=True), tmp_path)) == []
    tasks = submitted(SAMPLE)
    tasks[0]["annotations"].append({**tasks[0]["annotations"][0], "completed_by": {"id": 4}, "result": []})
    path = exported(tasks, tmp_path)
    with pytest.raises(CorpusError, match="annotated 2 times, by 3, 4; choose one with --annotator"):
        from_label_studio(path)
    assert from_label_studio(path, 4)[0].marks == ()


@pytest.mark.parametrize("tasks", [{"a": 1}, [{"text": "x"}, 3], [{"annotations": [{"result": []}]}]])
def test_what_is_no_export_is_refused(tasks: Any, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"export\.json: "):
        from_label_studio(exported(tasks, tmp_path))


def test_the_command_line_speaks_label_studio(tmp_path: Path) -> None:
    source = sorted(Path("corpus/notices").glob("*.xml"))[0]
    sent, out, into = tmp_path / "sent.jsonl", tmp_path / "out.json", tmp_path / "mine"
    for path in (sent, out):
        assert CliRunner().invoke(app, ["annotate", "export", str(source), "-o", str(path)]).exit_code == 0
    tasks = json.loads(out.read_text("utf-8"))
    tasks[0]["annotations"] = [{"completed_by": 1, "result": tasks[0]["predictions"][0]["result"]}]
    back = exported(tasks, tmp_path)
    done = CliRunner().invoke(
        app, ["annotate", "import", str(back), "--base", str(sent), "--into", str(into)]
    )
    assert done.exit_code == 0, done.output
    assert read_gold(into / source.name).entities == read_gold(source).entities
