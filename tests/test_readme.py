"""The README and the pages cannot rot: commands exist and run, links lead somewhere, the ledger is real."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rectify_ner.cli import app
from rectify_ner.tag import BUILT

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "corpus/README.md", *(ROOT / "docs").glob("*.md")])
COMMANDS = re.findall(r"^rectify-ner ([^#\n]+)", README, re.MULTILINE)
SCRIPTS = re.findall(r"python3? (scripts/\w+\.py[^\n`#]*)", README)


def test_the_readme_names_commands() -> None:
    assert len(COMMANDS) >= 5
    assert any("do.py tag" in script for script in SCRIPTS)
    assert any("do.py test" in script for script in SCRIPTS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_its_options_exist(command: str) -> None:
    words = command.split()
    shown = CliRunner().invoke(app, [words[0], "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    for option in (word for word in words[1:] if word.startswith("-")):
        assert option in shown.output


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_takes_its_words(script: str) -> None:
    name, *words = script.replace("[", " ").replace("]", " ").split()
    done = subprocess.run(
        [sys.executable, str(ROOT / name), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    if name.endswith("do.py") and words:
        assert words[0] in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.model
@pytest.mark.skipif(not BUILT.is_dir(), reason="no pipeline in build/model-best; run `spacy project run all`")
def test_the_readme_shows_the_ledger_that_comes_out() -> None:
    sample = re.search(r"the ledger of (\S+\.xml):\n(.*?)\n  …", README, re.DOTALL)
    assert sample
    command = [sys.executable, "-m", "rectify_ner", "show", sample[1], "--width", "116"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, encoding="utf-8")
    assert done.stdout.splitlines()[:12] == sample[2].splitlines()[:12]
