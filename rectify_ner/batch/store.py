"""The output while it grows: whole lines in input order, one owner, and what an earlier run left behind.

Beside ``ledger.jsonl`` stand, while a run lasts or after it was stopped: ``.ledger.jsonl.part`` (lines of
this run), ``.ledger.jsonl.done`` (lines of runs before it), ``.ledger.jsonl.index`` and ``….lock``. For
an output of another form the first is ``.ledger.xlsx.records.part``.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import IO, Any

from rectify_ner.errors import RectifyError
from rectify_ner.export import partial_path, write_all

_SYNC_SECONDS = 1.0
_TAIL = 1 << 16
LINES = ".jsonl"


def beside(output: Path, ending: str) -> Path:
    """A hidden file beside the output."""
    return output.with_name(f".{output.name}.{ending}")


def part_of(output: Path) -> Path:
    """Where the lines of a run are written; the forms other than JSON Lines are made of them at the end."""
    return partial_path(output) if output.suffix.lower() == LINES else beside(output, "records.part")


@contextmanager
def owned(output: Path) -> Iterator[None]:
    """Hold the output's lock, which the system frees when its owner dies; RectifyError where one holds it."""
    path = beside(output, "lock")
    try:
        handle = _locked(path)
    except OSError as error:
        raise RectifyError(f"{output}: cannot be written ({error.strerror}); choose another place") from error
    if handle is None:
        raise RectifyError(f"{output}: another run is writing it; wait for it or choose another output")
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(handle)


def _locked(path: Path) -> int | None:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        if not _take(handle):
            os.close(handle)
            return None
        with suppress(OSError):
            if os.fstat(handle).st_ino == path.stat().st_ino:
                return handle
        os.close(handle)  # its owner removed the file in between: the name is another file now


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Store:
    """Lines of the run, written as they come; ``find`` gives those that an earlier run has made."""

    def __init__(self, output: Path, *, resume: bool) -> None:
        self.output = output
        self.is_lines = output.suffix.lower() == LINES
        self.part = part_of(output)
        self.earlier = beside(output, "done")
        self.index_path = beside(output, "index")
        self.index: sqlite3.Connection | None = None
        self.files: list[IO[bytes]] = []
        self.synced = monotonic()
        try:
            if resume:
                self._take_up()
            else:
                self._refuse_unfinished()
            self.out = _created(self.part)
        except BaseException:
            self._close_index()
            raise

    def find(self, name: str, input_sha256: str, made_by: str) -> bytes | None:
        """The line of an earlier run for the same source, content and pipeline."""
        if self.index is None:
            return None
        row = self.index.execute(
            "SELECT file, at, size FROM line WHERE key = ?", (_key(name, input_sha256, made_by),)
        )
        found = row.fetchone()
        if found is None:
            return None
        self.files[found[0]].seek(found[1])
        line: bytes = self.files[found[0]].read(found[2])
        return line

    def write(self, line: bytes) -> None:
        """Add one line; every second what was written is forced to the disk."""
        self.out.write(line)
        self.out.flush()
        if monotonic() - self.synced > _SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        self.out.flush()
        os.fsync(self.out.fileno())
        self.synced = monotonic()

    def finish(self, *, keep: bool) -> None:
        """Put the whole output in its place. ``keep`` leaves the lines for a later ``--resume``."""
        self.sync()
        self.out.close()
        self._close_index()
        if self.is_lines:
            self.part.replace(self.output)
            self.earlier.unlink(missing_ok=True)
        else:
            write_all(_records(self.part), self.output)
            if keep:
                self.part.replace(self.earlier)
            else:
                self.part.unlink()
                self.earlier.unlink(missing_ok=True)
        _sync_folder(self.output.parent)

    def abandon(self) -> None:
        """Close after an error or a stop; lines written stay for ``--resume``."""
        with suppress(OSError):
            self.out.close()
        self._close_index()
        with suppress(OSError):
            if self.part.stat().st_size == 0:
                self.part.unlink()

    def _refuse_unfinished(self) -> None:
        for path in (self.part, self.earlier):
            if path.exists() and path.stat().st_size:
                if path is self.earlier and self.output.exists() and not self.is_lines:
                    path.unlink()  # left by a finished run whose failures could have been redone
                    continue
                raise RectifyError(
                    f"{self.output}: a stopped run left its finished notices in {path}; "
                    "add --resume to go on with it, or remove that file to begin again"
                )

    def _take_up(self) -> None:
        """Gather the lines of earlier runs and index them on disk: memory does not grow with their number."""
        _append_whole_lines(self.part, self.earlier)
        self.index_path.unlink(missing_ok=True)
        self.index = sqlite3.connect(self.index_path)
        self.index.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        self.index.execute(
            "CREATE TABLE line (key BLOB PRIMARY KEY, file INT, at INT, size INT) WITHOUT ROWID"
        )
        olds = [self.output] if self.is_lines else []
        for path in (*olds, self.earlier):
            if path.is_file():
                self.files.append(path.open("rb"))
                self._index_lines(len(self.files) - 1)
        self.index.commit()

    def _index_lines(self, number: int) -> None:
        assert self.index is not None
        file = self.files[number]
        at = 0
        for line in file:
            record = _whole_record(line)
            if record is not None:
                sha256, made_by = record["input_sha256"], record["made_by"]
                key = _key(record["source"], sha256, made_by)
                self.index.execute(
                    "INSERT OR IGNORE INTO line VALUES (?, ?, ?, ?)", (key, number, at, len(line))
                )
            at += len(line)

    def _close_index(self) -> None:
        if self.index is not None:
            with suppress(sqlite3.Error):  # what was still to be written may not fit on the disk
                self.index.close()
            self.index = None
        for file in self.files:
            file.close()
        self.files.clear()
        with suppress(OSError):
            self.index_path.unlink(missing_ok=True)


def _created(path: Path) -> IO[bytes]:
    """A fresh file; a link planted in its place is not followed."""
    with suppress(FileNotFoundError):
        path.unlink()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "wb")


def _key(name: str, input_sha256: str, made_by: str) -> bytes:
    held = json.dumps([name, input_sha256, made_by]).encode()
    return hashlib.sha256(held).digest()[:20]


def _whole_record(line: bytes) -> dict[str, Any] | None:
    """The record of a line as this program wrote it; None for one that was cut or damaged."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
        text = record["text"].encode("utf-8")
        held = [record["source"], record["input_sha256"], record["made_by"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_whole = (
        all(isinstance(value, str) for value in held) and hashlib.sha256(text).hexdigest() == record["sha256"]
    )
    return record if is_whole else None


def _append_whole_lines(part: Path, earlier: Path) -> None:
    """Move the whole lines of ``part`` to the end of ``earlier``; a stop in between loses nothing."""
    if not part.is_file():
        return
    if not earlier.is_file() or earlier.stat().st_size == 0:
        part.replace(earlier)
        return
    with earlier.open("r+b") as held, part.open("rb") as lines:
        held.truncate(_end_of_lines(held))
        held.seek(0, os.SEEK_END)
        for line in lines:
            if line.endswith(b"\n"):
                held.write(line)
        held.flush()
        os.fsync(held.fileno())
    part.unlink()


def _end_of_lines(file: IO[bytes]) -> int:
    """Where the last whole line ends."""
    at = file.seek(0, os.SEEK_END)
    while at > 0:
        start = max(0, at - _TAIL)
        file.seek(start)
        found = file.read(at - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _records(lines: Path) -> Iterator[dict[str, Any]]:
    with lines.open("rb") as file:
        for line in file:
            yield json.loads(line)


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk, where the system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
