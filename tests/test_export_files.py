"""An output is there whole or not at all, and nothing outside it is touched."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from export_samples import samples

from rectify_ner.errors import RectifyError
from rectify_ner.export import SUFFIXES, open_writer, partial_path, write_all

FORMS = [".jsonl", ".csv", ".xlsx", ".html"]


def failing() -> Iterator[dict[str, Any]]:
    yield samples()[0]
    raise KeyError("stopped in the middle")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_run_that_fails_leaves_the_earlier_output(tmp_path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"earlier")
    with pytest.raises(KeyError):
        write_all(failing(), path)
    assert path.read_bytes() == b"earlier"
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", FORMS)
def test_the_output_has_its_name_only_when_closed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    writer = open_writer(path)
    writer.write(samples()[0])
    assert not path.exists() and partial_path(path).exists()
    writer.close()
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", FORMS)
def test_a_second_run_on_the_same_output_is_told_so(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("fcntl")
    path = tmp_path / f"a{suffix}"
    writer = open_writer(path)
    writer.write(samples()[0])
    with pytest.raises(RectifyError, match="another run"):
        open_writer(path)
    writer.close()
    first = path.read_bytes()
    assert write_all(samples()[:1], path) == 1
    assert path.read_bytes() == first


@pytest.mark.parametrize("suffix", FORMS)
def test_what_a_killed_run_left_is_written_over(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    partial_path(path).write_bytes(b"x" * 10_000_000)
    write_all(samples(), path)
    assert path.stat().st_size < 1_000_000
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_a_link_in_the_place_of_the_partial_file_is_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "a.csv"
    victim.write_text("precious")
    partial_path(path).symlink_to(victim)
    with pytest.raises(RectifyError, match="cannot be written"):
        write_all(samples(), path)
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("suffix", FORMS)
def test_a_full_disk_is_a_clear_error(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("rectify_ner.export.partial.os.fsync", full)
    path = tmp_path / f"a{suffix}"
    with pytest.raises(RectifyError, match="No space left"):
        write_all(samples(), path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.docx", "a.xls", "missing/a.csv", "missing/a.xlsx", "missing/out"])
def test_a_wrong_output_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(RectifyError, match=name.split("/")[0].replace(".", r"\.")):
        write_all(samples(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_no_notices_give_a_whole_empty_output(tmp_path: Path) -> None:
    for suffix in FORMS:
        assert write_all([], tmp_path / f"a{suffix}") == 0
        assert (tmp_path / f"a{suffix}").exists()
