"""The built pipeline end to end; every test here needs build/model-best."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from rectify_ner.corpus import read_gold
from rectify_ner.tag import BUILT, load_pipeline

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        not BUILT.is_dir(), reason="no pipeline in build/model-best; run `spacy project run all`"
    ),
]
ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "rectify_ner/notice.schema.json").read_text("utf-8"))
SAMPLES = [ROOT / f"corpus/notices/{name}.xml" for name in ("005", "116", "150")]
PUBLISHED = sorted(Path("../shared/notices").glob("*.txt"))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rectify_ner", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, encoding="utf-8")


def valid(record: dict[str, object]) -> None:
    jsonschema.validate(record, SCHEMA)
    text = record["text"]
    assert isinstance(text, str)
    for entity in record["entities"]:  # type: ignore[attr-defined]
        assert text[entity["start"] : entity["end"]] == entity["text"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_pipeline_gives_the_record(path: Path) -> None:
    gold = read_gold(path)
    record = load_pipeline()(gold.text)._.notice
    valid(record)
    assert len(record["issues"]) == len(gold.outline.issues)
    assert record["issuer"] == gold.head.issuer


def test_tag_goes_on_past_bad_files(tmp_path: Path) -> None:
    good = tmp_path / "a.txt"
    good.write_text(read_gold(SAMPLES[1]).text, "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "picture.txt").write_bytes(bytes(range(256)) * 20)
    out = tmp_path / "out.jsonl"
    names = [str(tmp_path / name) for name in ("empty.txt", "picture.txt", "gone.txt", "a.txt")]
    done = run("tag", *names, "-o", str(out))
    assert done.returncode == 1
    for name in ("empty.txt", "picture.txt", "gone.txt"):
        assert sum(name in line for line in done.stderr.splitlines()) == 1, done.stderr
    (record,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    valid(record)


@pytest.mark.skipif(not PUBLISHED, reason="../shared/notices is absent: published notices are not tagged")
def test_published_notices_give_valid_records(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("tag", *map(str, PUBLISHED), "-o", str(out)).returncode == 0
    records = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(records) == len(PUBLISHED)
    for record in records:
        valid(record)
        assert record["issues"] and record["issuer"]


def test_show_and_evaluate_speak() -> None:
    shown = run("show", str(SAMPLES[1]), "--width", "100")
    assert shown.returncode == 0
    assert "整改单位" in shown.stdout
    scored = run("evaluate", str(SAMPLES[1]), "--json")
    assert json.loads(scored.stdout)["entities"]["all"]["f"] > 0.8
