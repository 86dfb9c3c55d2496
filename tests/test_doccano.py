"""The whole way over a real doccano server on loopback, in environments of their own."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from doccano_server import (
    SERVER,
    DoccanoServer,
    environment,
    run_script,
    script_command,
    script_env,
    script_requirements,
)
from typer.testing import CliRunner

from rectify_ner.annotate.doccano import home_of
from rectify_ner.annotate.exchange import Annotation, Mark, read_exchange, write_exchange
from rectify_ner.annotate.rows import annotation_of_gold
from rectify_ner.cli import app
from rectify_ner.corpus import read_gold, write_gold

pytestmark = pytest.mark.doccano

HOSTILE = (
    "😀局党组😀于2023年6月整改到位",
    "𠮷林镇党委\r\n于6月印发《办法》\r\n",
    "　　整改情况　\t 已完成  ",
    "\ufeff党委会议",
    "👨\u200d👩\u200d👧家庭e\u0301tude整改3次",
    "<script>alert(1)</script>&amp;\"'整改",
    "党委\u2028整改\u2029完成\x0b\x0c",
    "=1+1,整改\x00五次",
    "\\u6574\\n{整改} %s {{7*7}}",
    "整改" * 6000 + "😀党委",
)


def hostile() -> list[Annotation]:
    made = []
    for number, text in enumerate(HOSTILE):
        marks = [
            Mark("e1", 0, 2, "BODY"),
            Mark("e2", len(text) - 2, len(text), "ROLE"),
            Mark("c1", 0, len(text), "CATEGORY"),
        ]
        made.append(Annotation(f"hostile-{number}", text, tuple(marks), (), 1.0 + number))
    return made


@pytest.fixture(scope="module")
def python() -> Path:
    return _made("doccano-client", script_requirements()) / "bin/python"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoccanoServer]:
    made = DoccanoServer(tmp_path_factory.mktemp("doccano"), _made("doccano-server", SERVER) / "bin")
    try:
        made.start()
        yield made
    finally:
        made.stop()


def _made(name: str, requirements: tuple[str, ...]) -> Path:
    try:
        return environment(name, requirements)
    except (subprocess.SubprocessError, OSError) as error:
        told = getattr(error, "stderr", "") or str(error)
        pytest.skip(f"the environment {name} cannot be made here: {told[-300:]}")


API = """
import json, sys
sys.path.insert(0, "scripts")
from doccano import Server, Project
import os
server = Server(sys.argv[1], os.environ["DOCCANO_USERNAME"], os.environ["DOCCANO_PASSWORD"])
result = None
exec(sys.stdin.read())
print(json.dumps(result))
"""


def api(python: Path, server: DoccanoServer, code: str) -> Any:
    """Run code with the script's own session: what an annotator's page would ask of the API."""
    done = subprocess.run(
        [str(python), "-c", API, server.url],
        input=code,
        env=script_env(server),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def examples(python: Path, server: DoccanoServer, name: str) -> list[dict[str, Any]]:
    code = f"project = Project.find(server, {name!r}, make=False)\nresult = project.examples()"
    found: list[dict[str, Any]] = api(python, server, code)
    return found


def test_notices_go_out_are_corrected_and_come_back(
    python: Path, server: DoccanoServer, tmp_path: Path
) -> None:
    paths = sorted(Path("corpus/notices").glob("*.xml"))[:3]
    sent = [*(annotation_of_gold(read_gold(path), path.stem) for path in paths), *hostile()]
    out, back_path = tmp_path / "out.jsonl", tmp_path / "back.jsonl"
    out.write_text(write_exchange(sent), "utf-8")

    def push(count: int) -> str:
        done = run_script(python, server, "push", str(out), "--project", "round", "--count", str(count))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert push(5) == "5 sent, 0 were there, 8 wait for the next push"
    assert {home["id"] for home in homes(python, server, "round")} == {
        *(path.stem for path in paths),
        "hostile-9",
        "hostile-8",
    }
    assert push(20) == "8 sent, 5 were there, 0 wait for the next push"
    assert push(20) == "0 sent, 13 were there, 0 wait for the next push"
    api(python, server, CORRECT)
    done = run_script(python, server, "pull", "--project", "round", "-o", str(back_path))
    assert done.returncode == 0, done.stderr
    returned = {each.id: each for each in read_exchange(back_path)}
    assert returned.keys() == {each.id for each in sent}, "all were confirmed"
    for each in sent:
        there = returned[each.id]
        assert there.text == each.text
        old, new = {mark.place for mark in each.marks}, {mark.place for mark in there.marks}
        if each.id == "hostile-0":
            assert (old - new, new - old) == ({(0, 2, "BODY")}, {(1, 4, "BODY"), (6, 13, "DATE")})
        else:
            assert new == old
        assert len(there.relations or ()) == len(each.relations or ())
    imported(out, back_path, tmp_path / "corpus", paths)


CORRECT = """
project = Project.find(server, "round", make=False)
types = {name: number for number, name in project.label_names("span").items()}
for held in project.held():
    if held.home["id"] == "hostile-0":
        first = next(s for s in project.labels(held.number, "spans") if s["label"] == types["BODY"])
        server.client.update_span(project.id, held.number, first["id"], start_offset=2, end_offset=5)
        server.client.create_span(project.id, held.number, 8, 15, types["DATE"], human_annotated=True)
    server.client.update_example_state(project.id, held.number)
"""


def homes(python: Path, server: DoccanoServer, name: str) -> list[dict[str, Any]]:
    found = (home_of(example["meta"]) for example in examples(python, server, name))
    return [home for home in found if home is not None]


def imported(out: Path, back_path: Path, into: Path, paths: list[Path]) -> None:
    words = ["annotate", "import", str(back_path), "--base", str(out), "--into", str(into)]
    done = CliRunner().invoke(app, words)
    for path in paths:
        assert (into / path.name).read_text("utf-8") == write_gold(read_gold(path)), "untouched, to the byte"
        assert (into / f"{path.stem}.meta.json").read_bytes() == path.with_suffix(".meta.json").read_bytes()
    corrected = read_gold(into / "hostile-0.xml")
    (body, date) = [entity for entity in corrected.entities if entity.label in ("BODY", "DATE")]
    assert corrected.text[body.start : body.end] == "局党组"
    assert date.value == {"start": "2023-06-01", "end": "2023-06-30"}
    assert {"局党组", "2023年6月"} <= {each["text"] for each in corrected.meta["review"]}
    assert "refused" in done.output, "spans of white space, control characters"


def test_an_import_that_waits_is_told_and_nothing_is_sent_twice(
    python: Path, server: DoccanoServer, tmp_path: Path
) -> None:
    words = push_words(tmp_path, "late")
    server.stop_worker()
    late = run_script(python, server, *words, "--seconds", "2")
    assert (late.returncode, "`doccano task` running" in late.stderr) == (1, True)
    server.start_worker()
    assert run_script(python, server, *words).returncode == 0
    assert [home["id"] for home in homes(python, server, "late")] == ["hostile-1", "hostile-0"]


def test_an_import_that_fails_is_told_and_finished_by_the_next_push(
    python: Path, server: DoccanoServer, tmp_path: Path
) -> None:
    words = push_words(tmp_path, "half")
    server.stop_worker()
    before = uploads(server)
    waiting = subprocess.Popen(
        script_command(python, server, *words), env=script_env(server), stderr=subprocess.PIPE, text=True
    )
    lose_upload(server, before)
    server.start_worker()
    _, told = waiting.communicate(timeout=120)
    assert waiting.returncode == 1
    assert "the server's import failed" in told
    assert "push again" in told
    assert run_script(python, server, *words).stdout.startswith("2 sent, 0 were there")
    assert len(examples(python, server, "half")) == 2
    api(python, server, LOSE_SPANS)
    assert run_script(python, server, *words).stdout.startswith("1 sent, 1 were there")
    assert len(examples(python, server, "half")) == 2


LOSE_SPANS = """
project = Project.find(server, "half", make=False)
server.client.delete_all_spans(project.id, project.held()[0].number)
"""


def push_words(folder: Path, project: str) -> tuple[str, ...]:
    out = folder / "out.jsonl"
    out.write_text(write_exchange(hostile()[:2]), "utf-8")
    return ("push", str(out), "--project", project)


def uploads(server: DoccanoServer) -> set[Path]:
    """Files that wait for their import; doccano keeps them inside its own package."""
    folders = server.bin.parent.glob("lib/python3*/site-packages/backend/filepond-temp-uploads")
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def lose_upload(server: DoccanoServer, before: set[Path]) -> None:
    """Take the uploaded file away before the worker reads it."""
    for path in new_uploads(server, before):
        path.unlink()


def new_uploads(server: DoccanoServer, before: set[Path]) -> set[Path]:
    """What was uploaded since, and a second in which the import is asked for."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if uploads(server) - before:
            time.sleep(1)
            return uploads(server) - before
        time.sleep(0.1)
    raise AssertionError("no upload arrived")


def test_a_server_that_goes_down_meanwhile_is_told_and_the_next_push_finishes(
    python: Path, server: DoccanoServer, tmp_path: Path
) -> None:
    words = push_words(tmp_path, "down")
    server.stop_worker()
    before = uploads(server)
    waiting = subprocess.Popen(
        script_command(python, server, *words), env=script_env(server), stderr=subprocess.PIPE, text=True
    )
    new_uploads(server, before)
    server.stop_web()
    _, told = waiting.communicate(timeout=120)
    assert (waiting.returncode, "is the server running there?" in told) == (1, True)
    server.start_web()
    server.start_worker()
    done = run_script(python, server, *words)
    assert done.returncode == 0, done.stderr
    assert [home["id"] for home in homes(python, server, "down")] == ["hostile-1", "hostile-0"]


def test_a_gold_file_corrects_spans_and_arrows_once(
    python: Path, server: DoccanoServer, tmp_path: Path
) -> None:
    (path, *_) = sorted(Path("corpus/notices").glob("*.xml"))
    gold = annotation_of_gold(read_gold(path), path.stem)
    wrong = replace(
        gold, marks=(*gold.marks[:-1], Mark("x", 3, 7, "COUNT")), relations=(gold.relations or ())[:3]
    )
    out, right, back = tmp_path / "out.jsonl", tmp_path / "gold.jsonl", tmp_path / "back.jsonl"
    out.write_text(write_exchange([wrong]), "utf-8")
    right.write_text(write_exchange([gold]), "utf-8")
    where = ["--server", server.url, "--project", "gold"]
    assert run_script(python, server, "push", str(out), *where[2:]).returncode == 0
    command = [str(python), "scripts/doccano_gold.py", str(right), *where]
    rounds = []
    for _ in range(2):
        done = subprocess.run(command, env=script_env(server), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        rounds.append(json.loads(done.stdout))
    made = {"spans_deleted": 1, "spans_made": 1, "arrows_made": len(gold.relations or ()) - 3}
    assert made.items() <= rounds[0].items()
    assert rounds[1] == dict.fromkeys(rounds[1], 0) | {"notices": 1, "spans_kept": len(gold.marks)}
    assert run_script(python, server, "pull", *where[2:], "-o", str(back)).returncode == 0
    (there,) = read_exchange(back)
    assert {mark.place for mark in there.marks} == {mark.place for mark in gold.marks}
    assert arrows(there) == arrows(gold)


def arrows(annotation: Annotation) -> set[tuple[Any, Any, str]]:
    places = {mark.id: mark.place for mark in annotation.marks}
    return {(places[each.source], places[each.target], each.label) for each in annotation.relations or ()}


def test_a_project_of_another_type_is_refused(python: Path, server: DoccanoServer, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(write_exchange(hostile()[:1]), "utf-8")
    api(python, server, "server.client.create_project('other', 'DocumentClassification', 'x', 'x')")
    done = run_script(python, server, "push", str(out), "--project", "other")
    assert (done.returncode, "is of type DocumentClassification" in done.stderr) == (1, True)
    assert api(python, server, COUNT_OTHER) == 0
    absent = run_script(python, server, "pull", "--project", "none", "-o", str(tmp_path / "b.jsonl"))
    assert (absent.returncode, "no project 'none'" in absent.stderr) == (1, True)
    assert not (tmp_path / "b.jsonl").exists()


COUNT_OTHER = """
row = next(row for row in server.all("projects") if row["name"] == "other")
result = len(Project(server, row).examples())
"""


def test_wrong_password_and_no_server_are_told(python: Path, server: DoccanoServer, tmp_path: Path) -> None:
    out, back = tmp_path / "out.jsonl", tmp_path / "back.jsonl"
    out.write_text(write_exchange(hostile()[:1]), "utf-8")
    back.write_text("of an earlier pull", "utf-8")
    gone = replace(server, port=1)
    verbs = (["push", str(out)], ["status"], ["pull", "-o", str(back)])
    for words in ([*verb, "--project", "round"] for verb in verbs):
        told = run_script(python, server, *words, password="wrong")
        assert (told.returncode, "wrong name or password" in told.stderr) == (1, True)
        told = run_script(python, gone, *words)
        assert (told.returncode, "is the server running there?" in told.stderr) == (1, True)
        assert "Traceback" not in told.stderr
    assert back.read_text("utf-8") == "of an earlier pull"
    assert {path.name for path in tmp_path.iterdir()} == {"out.jsonl", "back.jsonl"}


def answering(kind: str, body: bytes) -> type[BaseHTTPRequestHandler]:
    """A server that gives the same answer, with 200, to everything."""

    class Answer(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Be quiet."""

    return Answer


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("text/html", b"<html>hello</html>", "answered with a web page"),
        ("text/plain", b"hello", "answered something that is no data"),
        ("application/json", b"{}", "projects is no list; is it a doccano"),
    ],
)
def test_what_is_no_doccano_is_told(
    python: Path, server: DoccanoServer, tmp_path: Path, kind: str, body: bytes, told: str
) -> None:
    pages = ThreadingHTTPServer(("127.0.0.1", 0), answering(kind, body))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    elsewhere = replace(server, port=pages.server_port)
    out = tmp_path / "out.jsonl"
    out.write_text(write_exchange(hostile()[:1]), "utf-8")
    try:
        for words in (["push", str(out)], ["status"]):
            done = run_script(python, elsewhere, *words, "--project", "round")
            assert (done.returncode, told in done.stderr) == (1, True), done.stderr
            assert "Traceback" not in done.stderr
    finally:
        pages.shutdown()


def test_an_environment_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doccano_server.ENVIRONMENTS", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(pytest.skip.Exception, match=r"doccano-server cannot be made .*doccano==1\.8\.4"):
        _made("doccano-server", SERVER)
    assert not (tmp_path / "doccano-server/made").exists(), "tried anew the next time"
