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
Trust = Annotated[
    bool,
    typer.Option("--trust-pipeline", help="Load a pipeline that runs code of other packages or pickles."),
]


@app.command(epilog="Example: rectify-ner tag notices/ more/*.docx -o ledger.jsonl --jobs 2")
def tag(
    inputs: Annotated[
        list[str],
        typer.Argument(help="Files (txt, html, docx, pdf, jsonl), folders, patterns, - for standard input."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The ledger, its form by its suffix. - prints JSON Lines.")
    ],
    model: Model = None,
    trust: Trust = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what is done, redo what failed.")] = False,
    failures: Annotated[
        Path | None, typer.Option(help="Inputs that failed; else NAME.failures.csv beside the output.")
    ] = None,
    max_mb: Annotated[float, typer.Option(min=0.001, help="Largest input in MB.")] = 64,
    max_unpacked_mb: Annotated[int, typer.Option(min=1, help="Largest Word file in MB, unpacked.")] = 256,
    max_pages: Annotated[int, typer.Option(min=1, help="Most pages of a PDF.")] = 1000,
    max_seconds: Annotated[float, typer.Option(min=0, help="Longest time for a notice; 0: no limit.")] = 600,
    max_memory_mb: Annotated[int, typer.Option(min=0, help="Memory of a worker; 0 is no limit.")] = 4096,
) -> None:
    """Tag notices and write the ledger; what fails is told and listed, the rest goes on."""
    from rectify_ner.batch import Limits, Settings, Workers, pipeline_job, run_batch

    limits = Limits(int(max_mb * (1 << 20)), max_unpacked_mb << 20, max_pages)
    to_stdout = str(output) == "-"
    if to_stdout and resume:
        raise RectifyError("--resume needs a file as --output: standard output keeps nothing to go on from")
    workers = Workers(jobs, max_seconds, max_memory_mb)
    settings = Settings(None if to_stdout else output, failures, resume, workers)
    job = pipeline_job(str(model) if model else None, limits, trust=trust)
    try:
        summary = run_batch(inputs, settings, job)
    except KeyboardInterrupt:
        kept = "" if to_stdout else "; its finished notices are kept, --resume goes on with them"
        typer.echo(f"stopped{kept}", err=True)
        raise typer.Exit(130) from None
    typer.echo(str(summary) + ("" if to_stdout else f" → {output}"), err=True)
    if summary.failures:
        raise typer.Exit(1)


@app.command(epilog="Example: rectify-ner show notices/a.txt")
def show(
    file: Annotated[Path, typer.Argument(help="A notice (txt, html, docx, pdf), or an annotated .xml.")],
    model: Model = None,
    trust: Trust = False,
    width: Annotated[int | None, typer.Option(help="Columns of the terminal.", min=40)] = None,
) -> None:
    """Print the ledger (整改台账) of one notice."""
    from rich.console import Console

    from rectify_ner.export.terminal import show_ledger

    show_ledger(_record(file, model, trust), Console(width=width))


@app.command(epilog="Example: rectify-ner evaluate corpus/notices/0*.xml --json")
def evaluate(
    gold: Annotated[list[Path], typer.Argument(help="Annotated notices (.xml).")],
    model: Model = None,
    trust: Trust = False,
    gold_entities: Annotated[
        bool, typer.Option("--gold-entities", help="Give the rules the gold spans: the rules alone.")
    ] = False,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Compare two annotators: two files or folders of .xml.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare the pipeline's work with annotated notices: precision, recall and F, with counts."""
    if agreement:
        if model is not None or gold_entities:
            raise RectifyError(
                "--agreement compares two annotators; it goes without --model, --gold-entities"
            )
        _agreement(gold, as_json=as_json)
        return
    from rectify_ner.assemble import parse
    from rectify_ner.corpus import read_gold
    from rectify_ner.evaluate import evaluate as score
    from rectify_ner.tag import load_pipeline, tag_texts

    notices = [read_gold(path) for path in gold]
    if gold_entities:
        spans: Iterator[Any] = iter([entity.span for entity in notice.entities] for notice in notices)
    else:
        spans = tag_texts(load_pipeline(model, trust=trust), (notice.text for notice in notices))
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


annotate = typer.Typer(
    help="Send notices to an annotation tool and take corrections back.", no_args_is_help=True
)
app.add_typer(annotate, name="annotate")


@annotate.command("export", epilog="Example: rectify-ner annotate export notices/ -o out.jsonl --count 20")
def annotate_export(
    inputs: Annotated[list[Path], typer.Argument(help="Notices, annotated .xml, or folders of them.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help=".jsonl: exchange form; .json: Label Studio tasks.")
    ],
    model: Model = None,
    trust: Trust = False,
    order: Annotated[str, typer.Option(help="doubt: least certain first; given: as named.")] = "doubt",
    count: Annotated[int | None, typer.Option(min=1, help="Only the first so many.")] = None,
) -> None:
    """Write notices with what the pipeline found in them (or what their .xml says) for an annotation tool."""
    from rectify_ner.annotate.send import annotations_of, write_annotations

    if order not in ("doubt", "given"):
        raise RectifyError(f"--order is {order!r}; wanted doubt or given")
    sent = annotations_of(inputs, model, "doubt" if order == "doubt" else "given", trust=trust)
    chosen = sent.annotations[:count]
    write_annotations(chosen, output)
    for line in sent.failures:
        typer.echo(line, err=True)
    typer.echo(f"{len(chosen)} notices → {output}", err=True)
    if sent.failures:
        raise typer.Exit(1)


@annotate.command(
    "import", epilog="Example: rectify-ner annotate import back.jsonl --base out.jsonl --into mine"
)
def annotate_import(
    file: Annotated[Path, typer.Argument(help="Exchange form (.jsonl) or Label Studio's export (.json).")],
    into: Annotated[Path, typer.Option(help="Folder of corpus notices.")],
    base: Annotated[
        Path | None, typer.Option(help="The .jsonl that was sent out: unchanged spans keep its values.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace notices that stand there.")] = False,
    split: Annotated[
        str | None, typer.Option(help="Add new names to this split of splits.toml beside the folder.")
    ] = None,
    annotator: Annotated[int | None, typer.Option(help="Whose work, by Label Studio's user id.")] = None,
) -> None:
    """Write corrected notices as corpus XML; values of new spans come by rule and are marked for review."""
    from rectify_ner.annotate.take_in import Way, add_to_split, take_in

    taken = []
    for each in take_in(file, Way(into, base, overwrite, annotator)):
        typer.echo(each.line, err=each.name is None)
        taken.append(each.name)
    names = [name for name in taken if name is not None]
    if split is not None and (added := add_to_split(into.parent / "splits.toml", split, names)):
        typer.echo(f"{into.parent / 'splits.toml'}: {len(added)} added to {split}")
    if len(names) < len(taken):
        raise typer.Exit(1)


def _agreement(paths: list[Path], *, as_json: bool) -> None:
    from rectify_ner.annotate.agreement import agreement, agreement_json, agreement_table, paired

    found = agreement(paired(paths))
    typer.echo(
        json.dumps(agreement_json(found), ensure_ascii=False, indent=1) if as_json else agreement_table(found)
    )


def _record(path: Path, model: Path | None, trust: bool) -> dict[str, Any]:
    """The record of one file, read in a process of its own that it may fill or end."""
    from rectify_ner.batch import Item, Limits, Workers, pipeline_job
    from rectify_ner.batch.pool import work_in_pool

    job = pipeline_job(str(model) if model else None, Limits(), trust=trust)
    (outcome,) = work_in_pool([Item(str(path), path=path)], job, Workers())
    if outcome.line is None:
        raise RectifyError(outcome.message)
    record: dict[str, Any] = json.loads(outcome.line)
    return record


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
