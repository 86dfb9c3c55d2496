"""The records themselves: JSON Lines, or one JSON file a notice in a folder."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from rectify_ner.errors import RectifyError
from rectify_ner.export.partial import PartialFile

_NOT_IN_NAMES = re.compile(
    r"[\x00-\x20\x7f-\xa0<>:\"/\\|?*\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+"
)
_LONE = re.compile("[\ud800-\udfff]")
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_NAME_BYTES = 120


def write_jsonl(records: Iterable[dict[str, Any]], out: TextIO) -> int:
    """One record a line; returns how many were written."""
    count = 0
    for record in records:
        out.write(json_line(record).decode())
        count += 1
    return count


def json_line(record: Mapping[str, Any]) -> bytes:
    """A record as a line of UTF-8.

    A lone surrogate, which UTF-8 has no form for, is U+FFFD: escaped, two of them would be read back as one
    character and every offset behind it would be off.
    """
    return _LONE.sub("\ufffd", json.dumps(record, ensure_ascii=False)).encode() + b"\n"


class JsonLinesWriter:
    """One record a line, UTF-8."""

    def __init__(self, path: Path) -> None:
        self._partial = PartialFile(path)

    def write(self, record: Mapping[str, Any]) -> None:
        self._partial.file.write(json_line(record))

    def close(self) -> None:
        self._partial.commit()

    def discard(self) -> None:
        self._partial.discard()


class FolderWriter:
    """A folder with one JSON file a notice, named after its source; each is there whole or not at all."""

    def __init__(self, path: Path) -> None:
        try:
            path.mkdir(exist_ok=True)
        except OSError as error:
            raise RectifyError(
                f"{path}: no such folder can be made ({error.strerror}); choose another"
            ) from error
        self._folder = path
        self._used: set[str] = set()

    def write(self, record: Mapping[str, Any]) -> None:
        name = self._name(str(record["source"]))
        partial = PartialFile(self._folder / name)
        try:
            partial.file.write(json_line(record))
            partial.commit()
        finally:
            partial.discard()

    def close(self) -> None:
        """Nothing is open between two notices."""

    def discard(self) -> None:
        """What is written is whole and stays."""

    def _name(self, source: str) -> str:
        stem = file_stem(source)
        name, number = stem, 1
        while name.casefold() in self._used:
            number += 1
            name = f"{stem}-{number}"
        self._used.add(name.casefold())
        return f"{name}.json"


def file_stem(source: str) -> str:
    """A file name for a source: its last part without the suffix, fit for every file system.

    >>> file_stem("../a/通报 1.html"), file_stem(".."), file_stem("con.txt")
    ('通报_1', 'notice', '_con')
    """
    last = re.split(r"[/\\]", source.rstrip("/\\"))[-1]
    stem = last.rpartition(".")[0] or last
    stem = _NOT_IN_NAMES.sub("_", stem).encode()[:_NAME_BYTES].decode("utf-8", "ignore").strip("._ ")
    if not stem:
        return "notice"
    return f"_{stem}" if _DEVICES.match(stem) else stem
