"""file → notice text, with a map from the text back to lines, pages, paragraphs and cells of the file."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from rectify_ner.read.decode import decode
from rectify_ner.read.kinds import kind_of
from rectify_ner.read.source import (
    DEFAULT_LIMITS,
    InputError,
    Limits,
    Places,
    Source,
    line_places,
    shown,
)

__all__ = [
    "DEFAULT_LIMITS",
    "InputError",
    "Limits",
    "Places",
    "Source",
    "load",
    "read_data",
    "read_notice",
    "read_source",
    "shown",
    "text_source",
]


def read_notice(path: Path) -> str:
    """The text of one file. Raises InputError with what to do next."""
    return read_source(path).text


def read_source(path: Path, limits: Limits = DEFAULT_LIMITS) -> Source:
    """One file as text with its places and notes. Raises InputError with what to do next."""
    return read_data(load(path, limits), str(path), limits)


def read_data(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Source:
    """The content of one file; its kind is told from the content first, from the name second.

    The text of a text file is the decoded file to the letter: line ends stay as they are.
    """
    kind = kind_of(data, shown(name))
    if kind == "jsonl":
        raise InputError("unsupported", f"{shown(name)}: JSON Lines hold many notices; give the file to tag")
    source = _reader(kind)(data, shown(name), limits)
    if len(source.text) > limits.max_chars:
        raise InputError(
            "too_large", f"{shown(name)}: {len(source.text)} characters, wanted at most {limits.max_chars}"
        )
    if not source.text.strip():
        raise InputError(
            "empty", f"{shown(name)}: no text in it, wanted the text of a notice; fetch it again"
        )
    return Source(name, source.text, source.places, source.notes)


def text_source(text: str, name: str, notes: tuple[str, ...] = ()) -> Source:
    """A text that is already one, its places counted in lines."""
    return Source(name, text, line_places(text), notes)


def load(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The bytes of a regular file no larger than the limit."""
    name = shown(str(path))
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        what = "a symbolic link that leads nowhere" if path.is_symlink() else "no such file"
        raise InputError("missing", f"{name}: {what}; check the path") from error
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    try:
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(file.fileno())
            if stat.S_ISDIR(state.st_mode):
                raise InputError("unreadable", f"{name}: a folder, wanted a file; name the files in it")
            if not stat.S_ISREG(state.st_mode):
                raise InputError(
                    "unreadable", f"{name}: a device or pipe, wanted a file; pipe it into - instead"
                )
            data = file.read(limits.max_bytes + 1)
    except OSError as error:
        raise _unreadable(name, error) from error
    if len(data) > limits.max_bytes:
        size = max(state.st_size, len(data)) / (1 << 20)
        raise InputError(
            "too_large",
            f"{name}: {size:.1f} MB, wanted at most {limits.max_bytes / (1 << 20):g}; raise --max-mb",
        )
    return data


def _unreadable(name: str, error: OSError | ValueError) -> InputError:
    if isinstance(error, IsADirectoryError) or getattr(error, "errno", None) == errno.EISDIR:
        return InputError("unreadable", f"{name}: a folder, wanted a file; name the files in it")
    reason = getattr(error, "strerror", None) or str(error)
    return InputError("unreadable", f"{name}: cannot be read ({reason}); check its permissions and name")


def _reader(kind: str) -> Callable[[bytes, str, Limits], Source]:
    """The reader of a kind; each loads its library only when a file of the kind comes."""
    if kind == "html":
        from rectify_ner.read.web import read_html

        return read_html
    if kind == "mhtml":
        from rectify_ner.read.web import read_mhtml

        return read_mhtml
    if kind == "docx":
        from rectify_ner.read.word import read_docx

        return read_docx
    if kind == "pdf":
        from rectify_ner.read.pdf import read_pdf

        return read_pdf
    if kind == "image":
        from rectify_ner.read.scan import read_image

        return read_image
    return _read_text


def _read_text(data: bytes, name: str, limits: Limits) -> Source:
    text, notes = decode(data, name)
    return text_source(text, name, notes)
