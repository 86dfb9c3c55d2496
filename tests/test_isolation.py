"""No network at any time and nothing written but the output: whole runs in guarded processes."""

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import read_samples as samples

from rectify_ner.export import SUFFIXES
from rectify_ner.tag import BUILT

TESTS = Path(__file__).parent
RUN = """
import sys
from pathlib import Path
import read_samples
from rectify_ner.batch import Job, Limits, Settings, Workers, run_batch
if __name__ == "__main__":
    *given, output, jobs = sys.argv[1:]
    run_batch(given, Settings(Path(output), None, True, Workers(int(jobs))),
              Job(read_samples.plain_tagger, Limits(), "test"))
"""
PAGE = samples.page_modern().replace(
    "</head>",
    '<base href="http://192.0.2.1/"><link rel=stylesheet href="http://192.0.2.1/a.css">'
    '<meta http-equiv=refresh content="0;url=http://192.0.2.1/"><script src="http://192.0.2.1/a.js"></script></head>',
)
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
 Target="http://192.0.2.1/evil.dotm" TargetMode="External"/>
<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
 Target="file:///etc/passwd" TargetMode="External"/></Relationships>"""


def outward_docx(path: Path) -> None:
    """A Word file whose template, picture and field lie elsewhere."""
    path.write_bytes(samples.docx())
    kept = {}
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept["word/_rels/settings.xml.rels"] = RELATIONS.encode()
    kept["../../../outside.txt"] = b"outside"
    field = '<w:p><w:fldSimple w:instr="INCLUDETEXT &quot;http://192.0.2.1/x&quot;"/></w:p></w:body>'
    kept["word/document.xml"] = kept["word/document.xml"].replace(b"</w:body>", field.encode())
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, data)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "a.html").write_text(PAGE, encoding="utf-8")
    outward_docx(folder / "b.docx")
    (folder / "c.pdf").write_bytes(samples.pdf(rows=samples.TABLE))
    (folder / "d.txt").write_text(samples.text(), encoding="gb18030")
    (folder / "e.jsonl").write_text(samples.json_lines(2), encoding="utf-8")
    (folder / "f-bad.txt").write_text("菜谱，放油。")
    return folder


def guarded(tmp_path: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    """Run Python under tests/guard; the process and what the guard noted."""
    log = tmp_path / "guard.log"
    paths = [str(TESTS / "guard"), str(TESTS), str(TESTS.parent)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "GUARD_LOG": str(log),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, cwd=TESTS.parent
    )
    return done, [line.split("\t") for line in log.read_text().splitlines()]


def harmless(notes: list[list[str]], output: Path) -> None:
    """No network, no program run, and every path written to is the output or stands beside it."""
    stem = output.stem
    for kind, *rest in notes:
        assert kind in ("guard", "write", "loopback"), (kind, rest)
        path = Path(rest[0])
        if kind == "write" and path.parts[:2] != ("/", "dev"):
            first = path.relative_to(output.parent).parts[0]
            assert first.lstrip(".").startswith(stem), path


@pytest.mark.parametrize("name", [*(f"ledger{suffix}" for suffix in SUFFIXES), "ledger"])
def test_the_whole_way_without_a_network(name: str, inputs: Path, tmp_path: Path) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    script = tmp_path / "run.py"
    script.write_text(RUN)
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / name
    jobs = "2" if name.endswith(".html") else "0"
    done, notes = guarded(tmp_path, str(script), str(inputs), str(output), jobs)
    assert done.returncode == 0, done.stderr
    assert output.exists() and "f-bad.txt" in (tmp_path / "out/ledger.failures.csv").read_text("utf-8-sig")
    assert len([note for note in notes if note[0] == "guard"]) >= 1 + int(jobs)
    harmless(notes, output)
    assert {path.name for path in tmp_path.iterdir()} == {"guard.log", "notices", "out", "run.py"}


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80))",
        "import socket; socket.getaddrinfo('example.invalid', 80)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "import socket; socket.create_server(('127.0.0.1', 0))",
        "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')",
        "import ctypes; ctypes.CDLL(None).connect(ctypes.CDLL(None).socket(2, 1, 0), b'x' * 16, 16)",
    ],
)
def test_the_guard_bites(code: str, tmp_path: Path) -> None:
    done, notes = guarded(tmp_path, "-c", code)
    if "ctypes" in code and notes[0] == ["guard", "no seccomp"]:
        pytest.skip("this system cannot forbid sockets to native code")
    assert done.returncode in (97, -signal.SIGSYS)


def test_the_guard_sees_what_is_written(tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'other')!r}, 'w').close()"
    _, notes = guarded(tmp_path, "-c", code)
    with pytest.raises((AssertionError, ValueError)):
        harmless(notes, tmp_path / "ledger.jsonl")


@pytest.mark.model
@pytest.mark.skipif(not BUILT.is_dir(), reason="no pipeline in build/model-best; run `spacy project run all`")
@pytest.mark.parametrize("name", ["ledger.html", "ledger.xlsx"])
def test_the_trained_pipeline_needs_no_network(name: str, inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    output = tmp_path / "out" / name
    words = ("-m", "rectify_ner", "tag", str(inputs), "-o", str(output), "--jobs", "2")
    done, notes = guarded(tmp_path, *words)
    assert done.returncode == 1 and output.exists(), done.stderr
    assert len([note for note in notes if note[0] == "guard"]) >= 3, "the run and its two workers"
    harmless(notes, output)
