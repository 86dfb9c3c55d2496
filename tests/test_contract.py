"""Records written by released versions stay readable: the schema holds, every form still takes them.

``python tests/test_contract.py`` writes the file of today's version once; a file is never written anew.
"""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import read_samples
from export_samples import ROADS, SCHOOL, record_of
from rich.console import Console

import rectify_ner
from rectify_ner.assemble import assemble_notice
from rectify_ner.assemble.record import SCHEMA_VERSION
from rectify_ner.batch import Limits
from rectify_ner.batch.store import _whole_record
from rectify_ner.batch.work import record_of as whole_record_of
from rectify_ner.errors import RectifyError
from rectify_ner.export import SUFFIXES, write_all
from rectify_ner.export.terminal import show_ledger
from rectify_ner.notice import Span
from rectify_ner.read import read_data

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "rectify_ner/notice.schema.json").read_text("utf-8"))
STORED = sorted((ROOT / "tests/contract").glob("*.jsonl"))


def stored(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def shapes(value: Any, at: str = "") -> Iterator[str]:
    """The paths of all names in a record, lists as ``[]``; what a value may be is the schema's matter."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield f"{at}.{name}"
            yield from shapes(held, f"{at}.{name}")
    elif isinstance(value, list):
        for held in value:
            yield from shapes(held, f"{at}[]")


def test_there_are_records_of_this_schema() -> None:
    assert any(record["schema_version"] == SCHEMA_VERSION for path in STORED for record in stored(path))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_stored_records_keep_the_schema(path: Path) -> None:
    for record in stored(path):
        jsonschema.validate(record, SCHEMA)
        for entity in record["entities"]:
            assert record["text"][entity["start"] : entity["end"]] == entity["text"]


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", [*(f"a{suffix}" for suffix in SUFFIXES), "folder"])
def test_every_form_takes_stored_records(path: Path, name: str, tmp_path: Path) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    records = stored(path)
    assert write_all(records, tmp_path / name) == len(records)
    if name.endswith(".jsonl"):
        assert (tmp_path / name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_terminal_and_resume_take_stored_records(path: Path) -> None:
    for line in path.read_bytes().splitlines(keepends=True):
        out = io.StringIO()
        show_ledger(json.loads(line), Console(file=out, width=100))
        assert "措施" in out.getvalue()
        assert _whole_record(line) is not None


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_nothing_was_renamed_or_dropped(path: Path) -> None:
    today: set[str] = set()
    before: set[str] = set()
    for record in stored(path):
        spans = [Span(entity["start"], entity["end"], entity["label"]) for entity in record["entities"]]
        today |= set(shapes(assemble_notice(record["text"], spans, source=record["source"])))
        before |= set(shapes(record))
    added_by_batch = {
        name for name in before if name.endswith((".place", ".notes", "input_sha256", "made_by"))
    }
    assert before - today <= added_by_batch


def test_a_record_of_another_version_is_told(tmp_path: Path) -> None:
    record = {**record_of(ROADS, "notices/roads.txt"), "schema_version": SCHEMA_VERSION + 1}
    with pytest.raises(RectifyError, match=r"roads\.txt: a record of schema version 2, wanted 1; tag the"):
        write_all([record], tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def made_today() -> Iterator[dict[str, Any]]:
    """Invented notices through reader, stand-in tagger and rules, as a batch run writes them."""
    for name, data in (
        ("notices/a.txt", read_samples.text().encode()),
        ("notices/b.html", read_samples.page_modern().encode()),
    ):
        source = read_data(data, name, Limits())
        yield whole_record_of(
            source, read_samples.anchors, "0" * 64, f"rectify-ner {rectify_ner.__version__}"
        )
    for marked, name in ((SCHOOL, "notices/c.txt"), (ROADS, "notices/d.txt")):
        record = record_of(marked, name)
        yield {**record, "notes": [], "input_sha256": "0" * 64, "made_by": "rectify-ner"}


if __name__ == "__main__":
    target = ROOT / f"tests/contract/{rectify_ner.__version__}.jsonl"
    if target.exists():
        sys.exit(f"{target}: already there, and written only once; raise the version first")
    target.parent.mkdir(exist_ok=True)
    write_all(made_today(), target)
