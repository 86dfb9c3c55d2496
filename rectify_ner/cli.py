"""The command line: verbs with files in. Heavy imports wait until a command needs them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from rectify_ner.errors import RectifyError

app = typer.Typer(
    help="Read Chinese inspection-rectification notices (巡察整改通报) and write the ledger behind them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Model = Annotated[
    Path | None, typer.Option("--model", "-m", help="Folder or package of the pipeline; else the built one.")
]


@app.command(epilog="Example: rectify-ner tag notices/a.txt notices/b.txt -o ledger.jsonl")
def tag(
    files: Annotated[list[Path], typer.Argument(help="Notices as UTF-8 text files.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="JSON Lines file; - is standard output.")],
    model: Model = None,
) -> None:
    """Tag notices and write one record a line."""
    from rectify_ner.export import partial_path, write_jsonl

    failures: list[str] = []
    records = _records(files, model, failures)
    if str(output) == "-":
        write_jsonl(records, sys.stdout)
    else:
        part = partial_path(output)
        try:
            with part.open("w", encoding="utf-8", newline="\n") as out:
                count = write_jsonl(records, out)
            part.replace(output)
        except OSError as error:
            raise RectifyError(f"{output}: cannot be written ({error.strerror})") from error
        finally:
            part.unlink(missing_ok=True)
        typer.echo(f"{count} notices in {output}, {len(failures)} failed", err=True)
    if failures:
        raise typer.Exit(1)


@app.command(epilog="Example: rectify-ner show notices/a.txt")
def show(
    file: Annotated[Path, typer.Argument(help="A notice as UTF-8 text file, or an annotated .xml.")],
    model: Model = None,
    width: Annotated[int | None, typer.Option(help="Columns of the terminal.", min=40)] = None,
) -> None:
    """Print the ledger (整改台账) of one notice."""
    from rich.console import Console

    from rectify_ner.export.terminal import show_ledger

    failures: list[str] = []
    for record in _records([file], model, failures):
        show_ledger(record, Console(width=width))
    if failures:
        raise typer.Exit(1)


@app.command(epilog="Example: rectify-ner evaluate corpus/notices/0*.xml --json")
def evaluate(
    gold: Annotated[list[Path], typer.Argument(help="Annotated notices (.xml).")],
    model: Model = None,
    gold_entities: Annotated[
        bool, typer.Option("--gold-entities", help="Give the rules the gold spans: scores of the rules alone.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare the pipeline's work with annotated notices: precision, recall and F, with counts."""
    from rectify_ner.assemble import parse
    from rectify_ner.corpus import read_gold
    from rectify_ner.evaluate import evaluate as score
    from rectify_ner.tag import load_pipeline, tag_texts

    notices = [read_gold(path) for path in gold]
    if gold_entities:
        spans: Iterator[Any] = iter([entity.span for entity in notice.entities] for notice in notices)
    else:
        spans = tag_texts(load_pipeline(model), (notice.text for notice in notices))
    scores = score((notice, parse(notice.text, found)) for notice, found in zip(notices, spans, strict=True))
    if as_json:
        typer.echo(json.dumps(scores.as_dict(), ensure_ascii=False, indent=1))
    else:
        typer.echo(_table(scores.as_dict()))


@app.command(epilog="Example: rectify-ner check corpus/notices")
def check(
    folder: Annotated[Path, typer.Argument(help="Folder with annotated notices (.xml).")],
    published: Annotated[
        Path, typer.Option(help="Published notices (.txt) of which no run may be shared.")
    ] = Path("../shared/notices"),
    hints: Annotated[bool, typer.Option(help="Also print places to look at twice.")] = False,
) -> None:
    """Check annotated notices against the annotation form; one line a fault."""
    from rectify_ner.corpus_check import check_folder

    faults = 0
    for line in check_folder(folder, published, hints=hints):
        typer.echo(line.text)
        faults += line.is_fault
    if faults:
        raise typer.Exit(1)


def _records(files: list[Path], model: Path | None, failures: list[str]) -> Iterator[dict[str, Any]]:
    from rectify_ner.assemble import assemble_notice
    from rectify_ner.read import read_notice
    from rectify_ner.tag import load_pipeline, tag_texts

    nlp = load_pipeline(model)
    for path in files:
        try:
            text = _text_of(path) if path.suffix == ".xml" else read_notice(path)
            (spans,) = tag_texts(nlp, [text])
            yield assemble_notice(text, spans, source=str(path))
        except RectifyError as error:
            failures.append(str(path))
            typer.echo(f"error: {error}", err=True)


def _text_of(path: Path) -> str:
    from rectify_ner.corpus import read_gold

    return read_gold(path).text


def _table(scores: dict[str, dict[str, dict[str, float]]]) -> str:
    lines = []
    for group, tallies in scores.items():
        lines.append(f"\n{group:<34}{'P':>7}{'R':>7}{'F':>7}{'right':>8}{'predicted':>11}{'gold':>7}")
        for name, tally in tallies.items():
            wide = sum(ord(char) > 0x2E80 for char in name)
            ratios = "".join(f"{tally[key]:>7.3f}" for key in ("precision", "recall", "f"))
            counts = f"{tally['right']:>8}{tally['predicted']:>11}{tally['gold']:>7}"
            lines.append(f"  {name:<{32 - wide}}{ratios}{counts}")
    return "\n".join(lines).lstrip("\n")


def main() -> None:
    """Entry point: a known error is one line and exit code 1."""
    try:
        app()
    except RectifyError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
