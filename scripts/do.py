"""Set a fresh machine up and do one job: ``python3 scripts/do.py tag [FILE…]`` or ``… test``.

``tag`` builds the pipeline first where none is built yet, then prints the ledger of the sample notice
or tags the given files into ledger.xlsx. ``test`` runs every check that needs no trained pipeline.
Needs Python 3.11 or newer and the package registry; everything is installed into .venv here.
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed"
SAMPLE = "corpus/notices/116.xml"


def call(*words: str) -> None:
    """Run a command of the environment in the repository; its failure ends this one."""
    done = subprocess.run([str(PYTHON), *words], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def set_up() -> None:
    """Make .venv and install the package with pinned dependencies; done again when the pins change."""
    wanted = "".join((ROOT / name).read_text("utf-8") for name in ("pyproject.toml", "constraints.txt"))
    if STAMP.exists() and STAMP.read_text("utf-8") == wanted:
        return
    print("1/3 installing into .venv (a minute or two) …", flush=True)
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)
    quiet = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    call(*quiet, "--constraint", "constraints.txt", "--editable", ".[dev]")
    STAMP.write_text(wanted, "utf-8")


def build() -> None:
    if (ROOT / "build/model-best").is_dir():
        return
    print("2/3 building the pipeline from the corpus (some minutes) …", flush=True)
    call("-m", "spacy", "project", "run", "corpus")
    call("-m", "spacy", "project", "run", "train")


def tag(files: list[str]) -> None:
    set_up()
    build()
    if files:
        call("-m", "rectify_ner", "tag", *(str(Path(name).resolve()) for name in files), "-o", "ledger.xlsx")
    else:
        print(f"3/3 the ledger of {SAMPLE}:", flush=True)
        call("-m", "rectify_ner", "show", SAMPLE)


def test() -> None:
    set_up()
    call("-m", "ruff", "check", ".")
    call("-m", "mypy")
    call("-c", "from importlinter.cli import lint_imports_command as run; run()")
    call("-m", "pytest", "-m", "not model and not doccano and not cluster")


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may start
        sys.exit(f"saw Python {sys.version.split()[0]}, wanted 3.11 or newer; run this with a newer python3")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("job", choices=("tag", "test"))
    parser.add_argument("files", nargs="*", help="notices to tag; without any, the sample notice is shown")
    options = parser.parse_args()
    if options.job == "tag":
        tag(options.files)
    else:
        test()
