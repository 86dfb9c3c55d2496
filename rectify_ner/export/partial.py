"""A file that is there whole or not at all: written beside its name, renamed at the end."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from rectify_ner.errors import RectifyError

try:
    import fcntl
except ImportError:  # Windows has no such lock; the rename still happens at the end
    fcntl = None  # type: ignore[assignment]


def partial_path(path: Path) -> Path:
    """Where ``path`` is written until it is whole."""
    return path.with_name(f".{path.name}.part")


class PartialFile:
    """An open file that takes its name only in ``commit``.

    The partial file is locked: a second run on the same output is told so and touches nothing. What a killed
    run left behind is written over.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = partial_path(path)
        try:
            if path.is_dir():
                raise RectifyError(f"{path}: is a folder, wanted a file; choose another name for the output")
            self.file: BinaryIO = _open_locked(self._part, path)
        except OSError as error:
            raise _cannot_write(path, error) from error

    def commit(self) -> None:
        """Force the content to the disk and give the file its name."""
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self._part.replace(self.path)
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        self.file.close()
        _sync_folder(self.path.parent)

    def discard(self) -> None:
        """Remove what was written; a file that has its name stays."""
        if not self.file.closed:
            self._part.unlink(missing_ok=True)
            with suppress(OSError):  # what was still to be written may not fit on the disk
                self.file.close()


def _open_locked(part: Path, path: Path) -> BinaryIO:
    """Open and lock ``part``, empty it, and never follow a link there to another file."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        file = os.fdopen(os.open(part, flags, 0o666), "r+b")
        try:
            _lock(file, path)
            if _is_still(part, file):
                file.truncate()
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # the other run ended in between and renamed it: begin again


def _lock(file: BinaryIO, path: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RectifyError(
            f"{path}: another run is writing it; wait for it or choose another name"
        ) from error
    except OSError:
        return  # a file system without locks


def _is_still(part: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(part.stat(follow_symlinks=False), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _cannot_write(path: Path, error: OSError) -> RectifyError:
    reason = error.strerror or str(error)
    return RectifyError(f"{path}: cannot be written ({reason}); check the folder, its rights and free space")


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk, where the system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
