"""The same input gives the same bytes: whatever the hash seed, the time zone, the workers and the order."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import read_samples as samples
from test_batch import notice, records, run

from rectify_ner.export import SUFFIXES, write_all

ROOT = Path(__file__).parent.parent
RUN = """
import json, sys
from pathlib import Path
import read_samples
from rectify_ner.batch import Job, Limits, Settings, Workers, run_batch
from rectify_ner.export import write_all
if __name__ == "__main__":
    folder, out, jobs, *suffixes = sys.argv[1:]
    job = Job(read_samples.plain_tagger, Limits(), "test")
    run_batch([folder], Settings(Path(out) / "a.jsonl", None, False, Workers(int(jobs))), job)
    for suffix in suffixes:
        lines = (Path(out) / "a.jsonl").read_text("utf-8").splitlines()
        write_all(map(json.loads, lines), Path(out) / f"a{suffix}")
"""
TRAIN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1] + "/scripts")
from corpus import doc_bin
from rectify_ner.corpus import read_gold
from spacy.cli.train import train
from spacy.cli.init_config import fill_config
root, out = Path(sys.argv[1]), Path(sys.argv[2])
names = ("005", "116", "150")
doc_bin([read_gold(root / f"corpus/notices/{name}.xml") for name in names]).to_disk(out / "train.spacy")
fill_config(out / "crf.cfg", root / "configs/crf.cfg")
paths = {"paths.train": str(out / "train.spacy"), "paths.dev": str(out / "train.spacy")}
train(out / "crf.cfg", out / "model", overrides={**paths, "training.max_epochs": 2})
"""
WAYS: tuple[dict[str, str], ...] = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "jobs": "0"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C", "jobs": "2"},
    {"PYTHONHASHSEED": "987654", "TZ": "America/Los_Angeles", "PYTHONUTF8": "0", "jobs": "1"},
)


def in_another_process(script: str, words: list[str], settings: dict[str, str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), **settings}
    done = subprocess.run(
        [sys.executable, script, *words], env=environment, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notices"
    made.mkdir()
    for number in range(5):
        (made / f"n{number}.txt").write_text(notice(number), encoding="utf-8")
    (made / "a.html").write_text(samples.page_modern(), encoding="utf-8")
    (made / "b.docx").write_bytes(samples.docx(samples.TABLE))
    (made / "c.pdf").write_bytes(samples.pdf(rows=samples.TABLE))
    (made / "bad.txt").write_text("菜谱，放油。")
    return made


def test_every_export_is_the_same_in_every_process(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(RUN)
    suffixes = [suffix for suffix in SUFFIXES if suffix != ".jsonl"]
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        suffixes.remove(".parquet")
    found = []
    for number, way in enumerate(WAYS):
        out = tmp_path / f"out{number}"
        out.mkdir()
        settings = {name: value for name, value in way.items() if name != "jobs"}
        words = [str(folder), str(out), way["jobs"], *suffixes, ""]
        in_another_process(str(tmp_path / "run.py"), words, settings)
        found.append(digests(out))
    assert len(found[0]) == 2 + len(suffixes) + 8
    assert found[0] == found[1] == found[2]


def test_the_order_in_which_the_disk_lists_files_changes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, tmp_path / "a.jsonl")

    class Backwards:
        def __init__(self, path: Path) -> None:
            with scandir(path) as entries:
                self.entries = sorted(entries, key=lambda entry: entry.name, reverse=True)

        def __enter__(self) -> list["os.DirEntry[str]"]:
            return self.entries

        def __exit__(self, *_: object) -> None:
            pass

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", Backwards)
    run(folder, tmp_path / "b.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_a_notice_is_the_same_whatever_comes_before_it(folder: Path, tmp_path: Path) -> None:
    given = sorted(str(path) for path in folder.iterdir())
    run(given, tmp_path / "a.jsonl")
    run(given[::-1], tmp_path / "b.jsonl")
    first, second = records(tmp_path / "a.jsonl"), records(tmp_path / "b.jsonl")
    assert first == second[::-1] and len(first) == 8


def test_records_as_read_back_give_the_bytes_of_the_run(folder: Path, tmp_path: Path) -> None:
    for suffix in (".csv", ".html", ".xlsx"):
        run(folder, tmp_path / f"a{suffix}")
    run(folder, tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    for suffix in (".csv", ".html", ".xlsx"):
        write_all(map(json.loads, lines), tmp_path / f"b{suffix}")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.model
def test_two_trainings_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAIN)
    found = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        out.mkdir()
        words = [str(ROOT), str(out)]
        in_another_process(str(tmp_path / "train.py"), words, {"PYTHONHASHSEED": seed})
        found.append({**digests(out / "model/model-last/ner"), **digests_of(out / "train.spacy")})
    assert found[0] == found[1] and "crf.npz" in found[0]


def digests_of(path: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
