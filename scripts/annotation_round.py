"""One round of annotation from end to end, with the score before and after: ``annotation_round.py FOLDER``.

A team that begins with few notices, in FOLDER: a copy of the code and of the corpus whose training split
is cut down to ``--start`` notices. It trains, sends ``--own`` notices of the writer ``--writer``,
pre-annotated by that small pipeline, to a doccano server of its own on loopback, has them corrected and
confirmed, pulls, imports, trains again, and scores both pipelines on the held-out notices and on notices of
that writer that nobody annotated. The corpus' gold corrects in place of a person (scripts/doccano_gold.py).
Prints every command. Some minutes; more the first time, when the environments are made.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.errors import CorpusError, RectifyError

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("configs", "rectify_ner", "scripts", "project.yml")
PROJECT = "整改通报"
SERVER_SECONDS = 4 * 3600
PYTHON = "python"


@dataclass(frozen=True, slots=True)
class Names:
    """Who is in the round: the start, the team's own notices, the writer's others, and those that score."""

    start: tuple[str, ...]
    own: tuple[str, ...]
    others: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A doccano server of this round: the script's options, its environment, the client's Python."""

    url: str
    client: str
    env: Mapping[str, str]


def main() -> int:
    options = _options()
    try:
        names = choose(options.writer, options.start, options.own)
        rows = play(options.folder.resolve(), names)
    except (RectifyError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(names, options.writer, rows))
    return 0


def choose(writer: str, start: int, own: int) -> Names:
    """``start`` training notices spread evenly over the other writers, the first ``own`` of ``writer``."""
    splits = read_splits(ROOT / "corpus/splits.toml")
    by_writer = {name: _meta(name).get("writer") for name in splits["train"]}
    theirs = [name for name, held in by_writer.items() if held == writer]
    rest = [name for name, held in by_writer.items() if held != writer]
    if len(theirs) <= own or len(rest) < start:
        raise CorpusError(
            f"writer {writer!r} has {len(theirs)} training notices and the others {len(rest)}; wanted more "
            f"than {own} and at least {start}: choose another --writer, or smaller --own and --start"
        )
    spread = tuple(rest[at * len(rest) // start] for at in range(start))
    return Names(
        spread, tuple(theirs[:own]), tuple(theirs[own:]), tuple(splits["dev"]), tuple(splits["test"])
    )


def play(folder: Path, names: Names) -> dict[str, dict[str, dict[str, float]]]:
    """The round in ``folder``: F, precision and recall of all entities by moment and by set."""
    lay_out(folder, names)
    held = {"held out": "corpus/notices", "same writer": "others"}
    files = {
        "held out": [f"{held['held out']}/{name}.xml" for name in names.test],
        "same writer": [f"{held['same writer']}/{name}.xml" for name in names.others],
    }
    train(folder)
    before = {where: score(folder, paths) for where, paths in files.items()}
    rectify(folder, "annotate", "export", "mine", "-o", "out.jsonl")
    rectify(folder, "annotate", "export", "gold", "-o", "gold.jsonl")
    with server() as running:
        correct(folder, running)
    words = ("annotate", "import", "back.jsonl", "--base", "out.jsonl", "--into", "corpus/notices")
    rectify(folder, *words, "--split", "train")
    compare(folder)
    train(folder)
    after = {where: score(folder, paths) for where, paths in files.items()}
    return {"before": before, "after": after}


def lay_out(folder: Path, names: Names) -> None:
    """Code, the cut corpus, the team's own notices as bare text. Raises CorpusError if FOLDER is in use."""
    if folder.exists() and any(folder.iterdir()):
        raise CorpusError(f"{folder}: holds files already; name a new folder")
    for name in COPIED:
        copy = shutil.copy2 if (ROOT / name).is_file() else _copy_tree
        folder.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, folder / name)
    for where, held in (
        ("corpus/notices", (*names.start, *names.dev, *names.test)),
        ("gold", names.own),
        ("others", names.others),
    ):
        (folder / where).mkdir(parents=True)
        for name in held:
            for path in (_notice(name), _notice(name).with_suffix(".meta.json")):
                shutil.copy2(path, folder / where / path.name)
    (folder / "mine").mkdir()
    for name in names.own:
        (folder / f"mine/{name}.txt").write_bytes(read_gold(_notice(name)).text.encode())
    lists = {"train": names.start, "dev": names.dev, "test": names.test}
    splits = "".join(f"{split} = {json.dumps(held)}\n" for split, held in lists.items())
    (folder / "corpus/splits.toml").write_text(splits, "utf-8")


def train(folder: Path) -> None:
    for step in ("corpus", "train"):
        call(folder, (PYTHON, "-m", "spacy", "project", "run", step))


def score(folder: Path, files: Sequence[str]) -> dict[str, float]:
    """Precision, recall and F over all entities, with counts."""
    told = rectify(folder, "evaluate", *files, "--json")
    found: dict[str, float] = json.loads(told)["entities"]["all"]
    return found


def correct(folder: Path, running: Running) -> None:
    """Push, correct, confirm, pull."""
    script, gold = str(ROOT / "scripts/doccano.py"), str(ROOT / "scripts/doccano_gold.py")
    where = ("--server", running.url, "--project", PROJECT)
    for words in (
        (script, "push", "out.jsonl", *where),
        (gold, "gold.jsonl", *where),
        (script, "status", "out.jsonl", *where),
        (script, "pull", *where, "-o", "back.jsonl"),
    ):
        print(call(folder, (running.client, *words), running.env))


def compare(folder: Path) -> None:
    """Print how far what was imported is the gold. Raises CorpusError where spans or structure differ."""
    told = rectify(folder, "evaluate", "corpus/notices", "gold", "--agreement", "--json")
    found = json.loads(told)
    for group in ("entities", "structure"):
        for name, row in found[group].items():
            if row["f"] < 1:
                raise CorpusError(f"{group} {name}: what came back is not what was confirmed: {row}")
    print("values that are the gold's: " + _shares(found["values"]))


@contextmanager
def server() -> Iterator[Running]:
    """A fresh doccano on loopback in an environment of its own, ended with the round."""
    with tempfile.TemporaryDirectory() as home:
        words = (sys.executable, str(ROOT / "tests/doccano_server.py"), home, str(SERVER_SECONDS))
        process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            told = process.stdout.readline().split()
            if len(told) != 4:
                raise CorpusError("the doccano server did not start; what it said stands above")
            url, username, password, client = told
            env = {"DOCCANO_USERNAME": username, "DOCCANO_PASSWORD": password}
            yield Running(url, client, env)
        finally:
            process.terminate()
            process.wait(120)


def rectify(folder: Path, *words: str) -> str:
    return call(folder, (PYTHON, "-m", "rectify_ner", *words))


def call(folder: Path, words: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Run a command in the folder, with the folder's own code; what it printed. Raises RectifyError."""
    print(f"$ {shlex.join(words)}", flush=True)
    program = sys.executable if words[0] == PYTHON else words[0]
    own = {**os.environ, "PYTHONPATH": str(folder), **(env or {})}
    done = subprocess.run([program, *words[1:]], cwd=folder, env=own, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout)
        raise RectifyError(f"{shlex.join(words)}: ended with {done.returncode}; the reason stands above")
    return done.stdout.strip()


def table(names: Names, writer: str, rows: dict[str, dict[str, dict[str, float]]]) -> str:
    """Markdown: training notices, then precision / recall / F on each set."""
    sizes = {"before": len(names.start), "after": len(names.start) + len(names.own)}
    lines = [
        f"| training notices | held out ({len(names.test)} notices) P / R / F "
        f"| {len(names.others)} others of {writer} P / R / F |",
        "|---|---|---|",
    ]
    for moment, sets in rows.items():
        cells = [
            " / ".join(f"{held[key]:.4f}" for key in ("precision", "recall", "f")) for held in sets.values()
        ]
        lines.append(f"| {moment}: {sizes[moment]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _shares(rows: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {row['both']} of {row['second']}" for name, row in rows.items())


def _notice(name: str) -> Path:
    return ROOT / f"corpus/notices/{name}.xml"


def _meta(name: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(_notice(name).with_suffix(".meta.json").read_text("utf-8"))
    return held


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="new folder to work in, outside the repository")
    parser.add_argument("--writer", default="s3", help="whose notices the team annotates")
    parser.add_argument("--start", type=int, default=24, help="training notices to begin with")
    parser.add_argument("--own", type=int, default=8, help="notices to annotate")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
