"""A bar with rate and time left on a terminal; nothing elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[], None]
Say = Callable[[str], None]


@contextmanager
def progress_bar(count: Callable[[], int | None]) -> Iterator[tuple[Show, Say]]:
    """Gives a function to call for each notice and one that prints a line; both write to standard error.

    ``count`` tells how many notices are to come and is asked on a terminal only.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "–/s")

    console = Console(stderr=True, soft_wrap=True)
    if not console.is_terminal:
        yield (lambda: None), _plain
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("notices", total=count())
        yield (
            (lambda: bar.advance(task)),
            (lambda line: bar.console.print(line, markup=False, highlight=False, soft_wrap=True)),
        )


def _plain(line: str) -> None:
    import sys

    print(line, file=sys.stderr, flush=True)
