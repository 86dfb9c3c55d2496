"""Many notices at once: order, failures, what is written where."""

import csv
import io
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import read_samples as samples

from rectify_ner.batch import Job, Limits, Settings, Summary, Workers, run_batch
from rectify_ner.batch.inputs import Inputs
from rectify_ner.errors import RectifyError

HERE = Workers(0)


def job(make_tagger: Callable[[], Any] = samples.plain_tagger, **limits: int) -> Job:
    return Job(make_tagger, Limits(**limits), "test")


def run(
    given: object, output: Path | None, make_tagger: Callable[[], Any] = samples.plain_tagger, **settings: Any
) -> Summary:
    names = [str(name) for name in given] if isinstance(given, list) else [str(given)]
    return run_batch(names, Settings(output, **{"workers": HERE, **settings}), job(make_tagger))


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def notice(number: int) -> str:
    return samples.text().replace("12次", f"{number}次")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """200 files, of which 20 are bad."""
    made = tmp_path / "notices"
    made.mkdir()
    bad = [b"", b"\0\1" * 90, "一份菜谱：先放油，再放盐。".encode(), b"PK\3\4broken", b"%PDF-1.4 broken"]
    for number in range(180):
        (made / f"n{number:03}.txt").write_text(notice(number), encoding="utf-8")
    for number in range(20):
        (made / f"n{number * 9:03}-bad.txt").write_bytes(bad[number % len(bad)])
    return made


def test_bad_files_cost_themselves_only(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "ledger.jsonl"
    summary = run(folder, output)
    assert (summary.notices, summary.failures) == (180, 20)
    assert (summary.issues, summary.measures) == (4 * 180, 7 * 180)
    made = records(output)
    assert [record["source"] for record in made] == sorted(record["source"] for record in made)
    assert len({record["source"] for record in made}) == 180
    failed = rows(tmp_path / "ledger.failures.csv")
    assert {row["kind"] for row in failed} == {"empty", "unsupported", "not_a_notice", "damaged"}
    assert [row["source"] for row in failed] == sorted(str(path) for path in folder.glob("*-bad.txt"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ledger.failures.csv",
        "ledger.jsonl",
        "notices",
    ]


@pytest.mark.parametrize("jobs", [1, 3])
def test_jobs_change_nothing(jobs: int, folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "here.jsonl")
    run(folder, tmp_path / "pool.jsonl", workers=Workers(jobs))
    assert (tmp_path / "pool.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()
    assert (tmp_path / "pool.failures.csv").read_bytes() == (tmp_path / "here.failures.csv").read_bytes()


def test_a_record_says_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(samples.text(), encoding="utf-8-sig")
    run(tmp_path / "a.txt", tmp_path / "o.jsonl")
    (record,) = records(tmp_path / "o.jsonl")
    assert record["source"] == str(tmp_path / "a.txt")
    assert record["made_by"] == "test" and len(record["input_sha256"]) == 64 and record["notes"] == []
    assert [issue["place"] for issue in record["issues"]] == ["第6行", "第8行", "第11行", "第13行"]
    assert record["issues"][0]["measures"][1]["place"] == "第7行"
    assert all(entity["place"] for entity in record["entities"])
    for entity in record["entities"]:
        assert record["text"][entity["start"] : entity["end"]] == entity["text"]


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "甲", "text": samples.text()}),
        json.dumps({"id": 7, "html": samples.page_modern()}),
        "",
        json.dumps({"text": samples.text()}),
        "{broken",
        json.dumps([1]),
        json.dumps({"id": "none"}),
        json.dumps({"id": "\ud800", "text": samples.text() + "\ud800"}),
    ]
    given = tmp_path / "many.jsonl"
    given.write_text("\n".join(lines), encoding="utf-8")
    summary = run(given, tmp_path / "o.jsonl")
    assert [record["source"] for record in records(tmp_path / "o.jsonl")] == [
        "甲",
        "7",
        f"{given}:4",
        "\ufffd",
    ]
    assert summary.failures == 3
    assert [row["source"] for row in rows(tmp_path / "o.failures.csv")] == [
        f"{given}:5",
        f"{given}:6",
        "none",
    ]


@pytest.mark.parametrize(
    ("data", "count"), [(samples.json_lines(3), 3), (samples.text(), 1), (samples.page_old(), 1)]
)
def test_standard_input_and_output(
    data: str, count: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data.encode()))))  # type: ignore[type-var]
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.chdir(tmp_path)
    assert run("-", None).notices == count
    made = out.buffer.getvalue().decode().splitlines()  # type: ignore[attr-defined]
    assert len(made) == count and all(json.loads(line)["issues"] for line in made)
    assert list(tmp_path.iterdir()) == []


def names(given: list[str], limits: Limits | None = None) -> list[str]:
    return [f"{item.name}!" if item.problem else item.name for item in Inputs(given, limits or Limits())]


def test_folders_patterns_and_what_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        "b/2.txt",
        "b/1.html",
        "b/1_files/x.html",
        "b/c/3.docx",
        "b/.hidden.txt",
        "b/~$2.docx",
        "b/s.css",
        "b/t.doc",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("整改")
    Path("b/link.txt").symlink_to("2.txt")
    Path("b/loop").symlink_to(".")
    Path("odd[1].txt").write_text("整改")
    Path("e").mkdir()
    assert names(["b"]) == ["b/1.html", "b/2.txt", "b/c/3.docx", "b/link.txt!", "b/loop!", "b/t.doc"]
    assert names(["b/*.txt", "b/**/*.docx"]) == ["b/2.txt", "b/link.txt", "b/c/3.docx"]
    assert names(["odd[1].txt", "b/link.txt", "gone*.txt", "e", "gone.txt"]) == [
        "odd[1].txt", "b/link.txt", "gone*.txt!", "e!", "gone.txt",
    ]  # fmt: skip
    inputs = Inputs(["b"], Limits())
    list(inputs)
    assert inputs.passed_over == {".css": 1}


def test_a_long_line_is_left_out_and_the_next_one_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "' + "x" * 500 + '"}\n{"id": "b"}\n')
    given = [str(tmp_path / "a.jsonl")]
    assert names(given, Limits(max_bytes=100)) == [f"{given[0]}:1!", f"{given[0]}:2"]


def test_the_output_is_never_its_own_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(samples.text())
    for _ in range(2):
        assert run(".", Path("ledger.jsonl"), failures=Path("failed.jsonl")).notices == 1
    with pytest.raises(RectifyError, match="the same"):
        run("ledger.jsonl", Path("ledger.jsonl"))


def test_names_that_harm(tmp_path: Path) -> None:
    given = [tmp_path / name for name in ("=cmd.txt", "new\nline.txt", "é\u202e.txt")]
    for path in given:
        path.write_text("菜谱，放油。")
    broken = os.fsencode(tmp_path) + b"/\xff\xfe.txt"
    Path(os.fsdecode(broken)).write_text(samples.text())
    os.chdir(tmp_path)
    summary = run(["=cmd.txt", *given[1:], os.fsdecode(broken)], tmp_path / "o.jsonl")
    assert (summary.notices, summary.failures) == (1, 3)
    assert records(tmp_path / "o.jsonl")[0]["source"].endswith("\\xff\\xfe.txt")
    failed = rows(tmp_path / "o.failures.csv")
    assert failed[0]["source"] == "'=cmd.txt" and failed[0]["message"].startswith("'=cmd.txt")
    assert failed[1]["source"] == str(given[1]) and "\n" not in failed[1]["message"]


def test_files_that_vanish_or_may_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(notice(number))
    seen = iter(tmp_path.glob("*.txt"))

    def vanishing() -> Callable[[str], Any]:
        def tag(text: str) -> Any:
            (tmp_path / "1.txt").unlink(missing_ok=True)
            return ()

        return tag

    assert next(seen)
    summary = run(tmp_path, tmp_path / "o.jsonl", vanishing)
    assert (summary.notices, summary.failures) == (2, 1)
    assert "1.txt: no such file; check the path" in capsys.readouterr().err


def test_a_worker_that_dies_or_hangs_costs_one_notice(tmp_path: Path) -> None:
    for number, words in enumerate(("", "致命一击", "", "没有尽头", "", "致命一击", "")):
        (tmp_path / f"{number}.txt").write_text(notice(number) + words)
    workers = Workers(2, seconds=3)
    summary = run(tmp_path, tmp_path / "o.jsonl", samples.trapped_tagger, workers=workers)
    assert (summary.notices, summary.failures) == (4, 3)
    assert [row["kind"] for row in rows(tmp_path / "o.failures.csv")] == ["crashed", "too_slow", "crashed"]


def no_pipeline() -> Callable[[str], Any]:
    raise RectifyError("no trained pipeline at x; build one")


def test_a_pipeline_that_cannot_be_loaded_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(samples.text())
    with pytest.raises(RectifyError, match="no trained pipeline"):
        run(tmp_path, tmp_path / "o.jsonl", no_pipeline, workers=Workers(1))
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("network")

    for name, data in (
        ("a.html", samples.page_modern().encode()),
        ("b.docx", samples.docx()),
        ("c.pdf", samples.pdf()),
    ):
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    assert run(tmp_path, tmp_path / "o.jsonl").notices == 3


def test_memory_does_not_grow_with_the_number_of_notices(tmp_path: Path) -> None:
    import tracemalloc

    peaks = []
    for count in (20, 400):
        (tmp_path / "a.jsonl").write_text(samples.json_lines(count), encoding="utf-8")
        tracemalloc.start()
        run(tmp_path / "a.jsonl", tmp_path / "o.jsonl", resume=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 500_000, peaks


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    (tmp_path / "a.txt").write_text(samples.text())
    with pytest.raises(RectifyError, match="cannot be written"):
        run(tmp_path / "a.txt", tmp_path / "shut" / "o.jsonl")


def test_output_in_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RectifyError, match="no folder"):
        run(tmp_path, tmp_path / "nowhere" / "o.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
def test_a_full_disk_keeps_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from rectify_ner.batch import store

    given, output = tmp_path / "a.jsonl", tmp_path / "o.jsonl"
    given.write_text(samples.json_lines(5), encoding="utf-8")
    whole = tmp_path / "whole.jsonl"
    run(given, whole)
    write = store.Store.write

    def filling(self: store.Store, line: bytes) -> None:
        if self.out.tell() > 3 * len(line):
            self.out.write(line[:100])
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, line)

    monkeypatch.setattr(store.Store, "write", filling)
    with pytest.raises(RectifyError, match=r"No space left.*--resume"):
        run(given, output)
    assert not output.exists()
    monkeypatch.undo()
    assert run(given, output, resume=True).kept >= 3
    assert output.read_bytes() == whole.read_bytes()


def test_failures_never_take_the_place_of_something_else(tmp_path: Path) -> None:
    given, output = tmp_path / "a.txt", tmp_path / "o.jsonl"
    given.write_text(samples.text())
    for failures, words in ((given, "an input"), (output, "--output"), (tmp_path, "a folder")):
        with pytest.raises(RectifyError, match=words):
            run(given, output, failures=failures)
    with pytest.raises(RectifyError, match="--output"):
        run(given, output, failures=tmp_path / ".o.jsonl.part")
    assert given.read_text() == samples.text() and not output.exists()


def test_two_runs_with_one_failures_file(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    given, failures = tmp_path / "a.txt", tmp_path / "failed.csv"
    given.write_text("菜谱，放油。")
    from rectify_ner.export.partial import PartialFile

    other = PartialFile(failures)
    other.file.write(b"of the other run")
    with pytest.raises(RectifyError, match=r"failed\.csv: another run is writing it"):
        run(given, tmp_path / "o.jsonl", failures=failures)
    other.commit()
    assert failures.read_bytes() == b"of the other run"


@pytest.mark.parametrize("name", ["=1", "＝1", " +1", "\u3000@x", "-1\x1b[31m", "\t=1", "a\rb"])
def test_names_in_the_failures_file_are_text(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name := f"{name}.txt").write_text("菜谱，放油。")
    run([name], Path("o.jsonl"))
    (failed,) = rows(Path("o.failures.csv"))
    assert failed["source"].startswith("'") or name[0] == "a"
    said = capsys.readouterr().err
    for shown in (failed["source"], failed["message"], said.rstrip("\n")):
        assert not [char for char in shown if char < " " and char not in "\t\n"], shown
    assert said.count("\n") == 1
