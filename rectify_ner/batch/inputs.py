"""What the command line names → one item a notice, lazily and in a fixed order."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rectify_ner.read import InputError, Limits, shown
from rectify_ner.read.kinds import IMAGES, OTHER_DOCUMENTS, SUFFIXES, looks_like_objects, suffix_of

_WILD = re.compile(r"[*?\[]")
_SAVED_PARTS = re.compile(r"(?:_files|\.files|_文件)$")
_OBJECT_SUFFIXES = (".jsonl", ".ndjson", ".json", "")
_PEEK = 400


@dataclass(frozen=True, slots=True)
class Item:
    """One notice to be read: a file by its path, content by itself, or what hinders reading it."""

    name: str
    path: Path | None = None
    data: bytes | None = None
    is_object: bool = False
    problem: InputError | None = None


@dataclass(slots=True)
class Inputs:
    """The inputs as given. ``avoid`` are paths of the run's own output; what is passed over is counted."""

    given: Sequence[str]
    limits: Limits
    avoid: frozenset[str] = frozenset()
    passed_over: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[Item]:
        self.passed_over.clear()
        for name in self.given:
            yield from _named(self, name)

    def count(self) -> int | None:
        """How many items there are; None where standard input is one of them."""
        return None if "-" in self.given else sum(1 for _ in self)


def printable_name(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 are spelt out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _named(inputs: Inputs, name: str) -> Iterator[Item]:
    if name == "-":
        yield from _stream(inputs)
        return
    path = Path(name)
    if path.is_dir():
        found = False
        for item in _folder(inputs, path):
            found = True
            yield item
        if not found:
            yield _hindered(
                name, "missing", "a folder without notices; name one with txt, html, docx or pdf files"
            )
    elif _WILD.search(name) and not os.path.lexists(path):
        yield from _matching(inputs, name)
    else:
        yield from _file(inputs, path)


def _matching(inputs: Inputs, pattern: str) -> Iterator[Item]:
    """What a pattern matches, by name. Hidden files and what lies behind linked folders do not match."""
    parts = Path(pattern).parts
    fixed = next(number for number, part in enumerate(parts) if _WILD.search(part))
    try:
        found = sorted(Path(*parts[:fixed]).glob(str(Path(*parts[fixed:]))))
    except (OSError, ValueError, NotImplementedError) as error:
        yield _hindered(
            pattern, "missing", f"a pattern that cannot be read ({error}); name the files or their folder"
        )
        return
    paths = [path for path in found if not path.name.startswith((".", "~$"))]
    if not paths:
        yield _hindered(pattern, "missing", "no file matches; check the pattern")
    for path in paths:
        if path.is_dir() and path.is_symlink():
            yield _hindered(str(path), "link", "a symbolic link to a folder; name it itself to read it")
        elif path.is_dir():
            yield from _folder(inputs, path)
        else:
            yield from _file(inputs, path)


def _folder(inputs: Inputs, folder: Path) -> Iterator[Item]:
    """Documents below a folder by name. Links are not followed: they may lead out of it or in a circle."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                (entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink()) for entry in entries
            )
    except OSError as error:
        yield _hindered(
            str(folder), "unreadable", f"cannot be read ({error.strerror}); check its permissions"
        )
        return
    pages = {Path(name).stem for name, _, _ in found if suffix_of(name) in (".html", ".htm", ".shtml")}
    for name, is_folder, is_link in found:
        path = folder / name
        if name.startswith((".", "~$")):
            continue
        if is_link:
            advice = "a symbolic link, which is not followed within a folder; name it itself to read it"
            yield _hindered(str(path), "link", advice)
        elif is_folder:
            if not (_SAVED_PARTS.search(name) and _SAVED_PARTS.sub("", name) in pages):
                yield from _folder(inputs, path)
        elif suffix_of(name) in SUFFIXES | OTHER_DOCUMENTS | IMAGES | {""}:
            yield from _file(inputs, path)
        else:
            inputs.passed_over[suffix_of(name)] += 1


def _hindered(name: str, kind: str, what: str) -> Item:
    return Item(printable_name(name), problem=InputError(kind, f"{shown(name)}: {what}"))


def _file(inputs: Inputs, path: Path) -> Iterator[Item]:
    if inputs.avoid and os.path.realpath(path) in inputs.avoid:
        inputs.passed_over["output"] += 1
    elif suffix_of(path.name) in _OBJECT_SUFFIXES and _holds_objects(path):
        yield from _objects(inputs, path)
    else:
        yield Item(printable_name(str(path)), path=path)


def _holds_objects(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return looks_like_objects(file.read(_PEEK))
    except (OSError, ValueError):
        return False


def _objects(inputs: Inputs, path: Path) -> Iterator[Item]:
    try:
        with path.open("rb") as file:
            yield from _lines(file, str(path), inputs.limits)
    except OSError as error:
        yield _hindered(str(path), "unreadable", f"cannot be read to its end ({error.strerror}); check it")


def _lines(file: IO[bytes], name: str, limits: Limits) -> Iterator[Item]:
    """One item a line; one that is too long is left out without holding it."""
    number = 0
    while line := file.readline(limits.max_bytes + 1):
        number += 1
        is_long = len(line) > limits.max_bytes
        item = line_item(line, f"{printable_name(name)}:{number}", limits)
        while is_long and line and not line.endswith(b"\n"):
            line = file.readline(1 << 20)
        if item is not None:
            yield item


def line_item(line: bytes, place: str, limits: Limits) -> Item | None:
    """A line of JSON Lines as an item, None for a blank one; ``place`` names it where it names itself not."""
    if len(line) > limits.max_bytes:
        size = f"{limits.max_bytes / (1 << 20):g} MB"
        return _hindered(place, "too_large", f"a line of more than {size}; raise --max-mb to read it")
    data = line.strip(b" \t\r\n\xef\xbb\xbf")
    return Item(place, data=data, is_object=True) if data else None


def _stream(inputs: Inputs) -> Iterator[Item]:
    """Standard input: JSON Lines as they come, or one notice."""
    stream = sys.stdin.buffer
    head = stream.peek(_PEEK)[:_PEEK] if hasattr(stream, "peek") else b""
    if looks_like_objects(head):
        yield from _lines(stream, "-", inputs.limits)
        return
    data = stream.read(inputs.limits.max_bytes + 1)
    if len(data) > inputs.limits.max_bytes:
        yield _hindered(
            "-", "too_large", f"more than {inputs.limits.max_bytes >> 20} MB; raise --max-mb to read it"
        )
    else:
        yield Item("-", data=data)
