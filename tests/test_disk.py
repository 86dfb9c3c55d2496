"""Disks that are full, folders that may not be written, files that may not be read: one clear line each."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import read_samples as samples
from export_samples import hostile
from export_samples import samples as records
from test_batch import notice, rows, run

from rectify_ner.errors import RectifyError
from rectify_ner.export import SUFFIXES, write_all
from rectify_ner.read import InputError, read_source

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a child runs Python alone
NOBODY = 65534
OUTPUTS = [*(f"ledger{suffix}" for suffix in SUFFIXES), "ledger"]


def limited(size: int, work: Callable[[], object]) -> str:
    """What ``work`` says of itself in a process whose files may not grow beyond ``size`` bytes."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        said = "unexpected end"
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            work()
            said = "done"
        except RectifyError as error:
            said = f"error: {error}"
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notices").mkdir()
    for number in range(6):
        (tmp_path / f"notices/{number}.txt").write_text(notice(number), encoding="utf-8")
    (tmp_path / "notices/bad.txt").write_text("菜谱，放油。")
    (tmp_path / "out").mkdir()
    return tmp_path / "notices"


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("size", [100, 9_000, 30_000])
def test_a_full_disk_is_told_and_the_run_goes_on_later(name: str, size: int, folder: Path) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    output = folder.parent / "out" / name
    for resume in (False, True):
        said = limited(size, lambda resume=resume: run(folder, output, resume=resume))  # type: ignore[misc]
        assert said.startswith("error: ") and "cannot be written" in said and "--resume" in said
        assert not output.exists()
    assert run(folder, output, resume=True).notices == 6
    whole = folder.parent / "whole"
    whole.mkdir()
    run(folder, whole / name)
    for path in (path for path in whole.rglob("*") if path.is_file() and not path.name.startswith(".")):
        assert (output.parent / path.relative_to(whole)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [0, 500, 4_000])
def test_an_export_that_does_not_fit_leaves_nothing(suffix: str, size: int, tmp_path: Path) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow")
    many = [*records(), hostile()] * 200
    said = limited(size, lambda: write_all(many, tmp_path / f"a{suffix}"))
    assert said.startswith("error: ") and "cannot be written" in said
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_really_full(folder: Path) -> None:
    """On a file system of 64 KB, where this user may make one."""
    disk = folder.parent / "disk"
    disk.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(made, capture_output=True).returncode:
        pytest.skip("no right to make a small file system")
    try:
        with pytest.raises(RectifyError, match=r"ledger\.jsonl: cannot be written .*--resume"):
            for _ in range(20):
                run(folder, disk / "ledger.jsonl", resume=True)
                (disk / "filler").write_bytes(b"x" * 30_000)
        assert not (disk / ".ledger.jsonl.index").exists()
        (disk / "filler").unlink(missing_ok=True)
        shutil.copytree(disk, folder.parent / "larger")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert run(folder, folder.parent / "larger/ledger.jsonl", resume=True).notices == 6


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user may enter; the test itself goes on without the rights of root."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o777)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield made
    finally:
        if is_root:
            os.seteuid(0)
        subprocess.run([sys.executable, "-c", f"import shutil; shutil.rmtree({str(made)!r})"], check=False)


def test_files_and_folders_that_may_not_be_read(open_place: Path) -> None:
    for name in ("a.txt", "b.txt", "shut/c.txt"):
        path = open_place / "notices" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(samples.text(), encoding="utf-8")
    (open_place / "notices/a.txt").chmod(0)
    (open_place / "notices/shut").chmod(0)
    try:
        with pytest.raises(InputError, match=r"a\.txt: cannot be read \(Permission denied\); check its perm"):
            read_source(open_place / "notices/a.txt")
        summary = run(open_place / "notices", open_place / "o.jsonl")
        assert (summary.notices, summary.failures) == (1, 2)
        failed = rows(open_place / "o.failures.csv")
        assert [(Path(row["source"]).name, row["kind"]) for row in failed] == [
            ("a.txt", "unreadable"),
            ("shut", "unreadable"),
        ]
    finally:
        (open_place / "notices/shut").chmod(0o700)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_that_may_not_be_written(name: str, open_place: Path) -> None:
    (open_place / "a.txt").write_text(samples.text(), encoding="utf-8")
    out = open_place / "out"
    out.mkdir()
    (out / name).write_text("earlier") if "." in name else (out / name).mkdir()
    out.chmod(0o555)
    with pytest.raises(RectifyError, match=rf"{name}: cannot be written \(Permission denied\); choose"):
        run(open_place / "a.txt", out / name)
    with pytest.raises(RectifyError, match="cannot be written"):
        run(open_place / "a.txt", open_place / "o.jsonl", failures=out / "x.csv", make_tagger=failing_tagger)
    assert [path.name for path in out.iterdir()] == [name]
    assert stat.S_IMODE(out.stat().st_mode) == 0o555


def failing_tagger() -> Callable[[str], tuple[()]]:
    def tag(text: str) -> tuple[()]:
        raise ValueError(text)

    return tag


def test_messages_hold_no_words_of_the_notice(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(samples.text(), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "b", "text": "水务局水务局', encoding="utf-8")
    (tmp_path / "c.html").write_text("<html><body><p>菜谱水务局</p></body></html>", encoding="utf-8")
    (tmp_path / "d.xml").write_text("<notice><issue>水务局</notice>", encoding="utf-8")
    assert run(tmp_path, tmp_path / "o.jsonl", failing_tagger).failures == 4
    said = "".join(capfd.readouterr())
    assert "a.txt: ValueError at test_disk.py:" in said and "please report it" in said
    assert "水务局" not in said
    assert "水务局" not in (tmp_path / "o.failures.csv").read_text("utf-8-sig")


def test_a_run_that_goes_well_says_only_figures(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(samples.text(), encoding="utf-8")
    run(tmp_path, tmp_path / "o.xlsx")
    assert capfd.readouterr() == ("", "")
