"""Many notices: read, tag and write them in order, apart from each other, and take up a stopped run."""

import json
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rectify_ner.batch.failures import Failures, default_path
from rectify_ner.batch.inputs import Inputs, Item
from rectify_ner.batch.pool import Workers, work_here, work_in_pool
from rectify_ner.batch.progress import progress_bar
from rectify_ner.batch.store import LINES, Store, beside, owned, part_of
from rectify_ner.batch.work import Job, Outcome, Tagger, flag_count, identity, pipeline_job
from rectify_ner.errors import RectifyError
from rectify_ner.export import SUFFIXES
from rectify_ner.read import Limits

__all__ = [
    "Inputs",
    "Item",
    "Job",
    "Limits",
    "Settings",
    "Summary",
    "Tagger",
    "Workers",
    "pipeline_job",
    "run_batch",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """``output`` None is standard output. ``workers.count`` 0 works in this process alone."""

    output: Path | None
    failures: Path | None = None
    resume: bool = False
    workers: Workers = field(default_factory=Workers)


@dataclass(slots=True)
class Summary:
    notices: int = 0
    issues: int = 0
    measures: int = 0
    failures: int = 0
    flags: int = 0
    kept: int = 0
    """Notices taken over from an earlier run."""
    passed_over: int = 0

    def __str__(self) -> str:
        parts = [f"{self.notices} notices", f"{self.issues} issues", f"{self.measures} measures"]
        parts += [f"{self.failures} failed", f"{self.flags} not understood"]
        if self.kept:
            parts.append(f"{self.kept} kept from before")
        if self.passed_over:
            parts.append(f"{self.passed_over} other files passed over")
        return ", ".join(parts)


def run_batch(given: Sequence[str], settings: Settings, job: Job) -> Summary:
    """Tag every input and write the output; inputs that fail go to the failures file and the run goes on.

    The output appears under its name when it is whole. A run that ends before that, for whatever reason,
    leaves its notices beside it, and ``settings.resume`` goes on from there. Raises RectifyError where the
    output cannot be written or no pipeline be loaded, KeyboardInterrupt where the run was stopped.
    """
    _check_failures(given, settings)
    inputs = Inputs(given, job.limits, _own_paths(settings))
    with _stopped_by_terminate():
        if settings.output is None:
            try:
                return _run(inputs, settings, job, Failures(settings.failures), None)
            except OSError as error:
                raise RectifyError(
                    f"standard output: cannot be written ({error.strerror or error})"
                ) from error
        _check_output(given, settings.output)
        with owned(settings.output):
            failures = Failures(settings.failures or default_path(settings.output))
            return _stored(inputs, settings, job, failures)


def _stored(inputs: Inputs, settings: Settings, job: Job, failures: Failures) -> Summary:
    output = settings.output
    assert output is not None
    try:
        store = Store(output, resume=settings.resume)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(output, error) from error
    try:
        summary = _run(inputs, settings, job, failures, store)
        store.finish(keep=bool(summary.failures))
        return summary
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(output, error) from error
    finally:
        store.abandon()


def _run(inputs: Inputs, settings: Settings, job: Job, failures: Failures, store: Store | None) -> Summary:
    summary = Summary()
    planned = _planned(inputs, job, store, summary)
    in_pool = settings.workers.count > 0
    outcomes = work_in_pool(planned, job, settings.workers) if in_pool else work_here(planned, job)
    try:
        with progress_bar(inputs.count) as (advance, say):
            for outcome in outcomes:
                if outcome.line is None:
                    failures.add(outcome)
                    say(f"error: {outcome.message}")
                else:
                    _add(summary, outcome)
                    (store.write if store is not None else _print)(outcome.line)
                advance()
    finally:
        with suppress(AttributeError):
            outcomes.close()  # type: ignore[attr-defined]
        failures.close()
    summary.failures = failures.count
    summary.passed_over = sum(count for suffix, count in inputs.passed_over.items() if suffix != "output")
    return summary


def _planned(
    inputs: Iterable[Item], job: Job, store: Store | None, summary: Summary
) -> Iterator[Item | Outcome]:
    """The items, those an earlier run has done as outcomes."""
    for item in inputs:
        known = identity(item, job.limits) if store is not None and store.index is not None else None
        line = store.find(*known, job.made_by) if store is not None and known is not None else None
        if line is None or known is None:
            yield item
            continue
        summary.kept += 1
        record = json.loads(line)
        measures = sum(len(issue["measures"]) for issue in record["issues"])
        yield Outcome(*known, line, len(record["issues"]), measures, flag_count(record))


def _add(summary: Summary, outcome: Outcome) -> None:
    summary.notices += 1
    summary.issues += outcome.issues
    summary.measures += outcome.measures
    summary.flags += outcome.flags


def _print(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _own_paths(settings: Settings) -> frozenset[str]:
    if settings.output is None:
        return frozenset()
    failures = settings.failures or default_path(settings.output)
    return frozenset((*_store_paths(settings.output), os.path.realpath(failures)))


def _store_paths(output: Path) -> frozenset[str]:
    own = (output, part_of(output), *(beside(output, name) for name in ("done", "index", "lock")))
    return frozenset(os.path.realpath(path) for path in own)


def _check_failures(given: Sequence[str], settings: Settings) -> None:
    """The failures file is no input and none of the output's own files."""
    if settings.failures is None:
        return
    failures = os.path.realpath(settings.failures)
    if any(name != "-" and os.path.realpath(name) == failures for name in given):
        raise RectifyError(f"{settings.failures}: an input and --failures are the same; name another file")
    if settings.output is not None and failures in _store_paths(settings.output):
        raise RectifyError(f"{settings.failures}: --output and --failures are the same; name another file")
    if settings.failures.is_dir():
        raise RectifyError(f"{settings.failures}: --failures is a folder, wanted a file; name a file in it")


def _check_output(given: Sequence[str], output: Path) -> None:
    if any(name != "-" and os.path.realpath(name) == os.path.realpath(output) for name in given):
        raise RectifyError(f"{output}: input and output are the same; name another output")
    if not output.parent.is_dir():
        raise RectifyError(f"{output}: no folder {output.parent}; make it or choose another place")
    if output.suffix.lower() == LINES and output.is_dir():
        raise RectifyError(f"{output}: a folder, wanted a file; name a file in it")
    if output.suffix and not output.is_dir() and output.suffix.lower() not in SUFFIXES:
        forms = ", ".join(SUFFIXES)
        raise RectifyError(f"{output}: no form for {output.suffix}, wanted {forms} or a folder; choose one")


def _unwritable(output: Path, error: OSError | sqlite3.Error) -> RectifyError:
    reason = getattr(error, "strerror", None) or error
    return RectifyError(
        f"{output}: cannot be written ({reason}); make room or choose another place. "
        "Finished notices are kept: --resume goes on with them"
    )


@contextmanager
def _stopped_by_terminate() -> Iterator[None]:
    """A terminate signal stops a run as an interrupt from the keyboard does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before: Callable[..., object] | int | None = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
