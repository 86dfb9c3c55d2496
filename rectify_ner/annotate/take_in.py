"""A file from an annotation tool → corpus notices, one by one, and their place in the splits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rectify_ner.annotate.exchange import Annotation, read_exchange, read_lines
from rectify_ner.annotate.into_corpus import import_annotation, write_notice
from rectify_ner.annotate.label_studio import from_label_studio
from rectify_ner.corpus_check import read_splits
from rectify_ner.errors import CorpusError, RectifyError


@dataclass(frozen=True, slots=True)
class Taken:
    """One line about one notice; ``name`` is None where it was refused."""

    line: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """Where annotations go and how: ``base`` is the file that was sent out, ``split`` the split they join."""

    into: Path
    base: Path | None = None
    overwrite: bool = False
    annotator: int | None = None


def take_in(path: Path, way: Way) -> Iterator[Taken]:
    """Write each notice of a file into the corpus; one that is refused does not stop the others."""
    base = {each.id: each for each in read_exchange(way.base)} if way.base else {}
    for each in _annotations(path, way.annotator):
        if isinstance(each, CorpusError):
            yield Taken(f"refused: {each}", None)
            continue
        try:
            yield _one(each, base.get(each.id), path, way)
        except RectifyError as error:
            yield Taken(f"refused: {error}", None)


def _annotations(path: Path, annotator: int | None) -> Iterator[Annotation | CorpusError]:
    if path.suffix == ".json":
        yield from from_label_studio(path, annotator)
    elif annotator is not None:
        raise CorpusError(f"{path}: --annotator goes with Label Studio's .json only")
    else:
        yield from read_lines(path)


def _one(annotation: Annotation, base: Annotation | None, path: Path, way: Way) -> Taken:
    imported = import_annotation(annotation, base, str(path))
    written = write_notice(way.into, imported.gold, overwrite=way.overwrite)
    counts = f"{imported.kept} spans kept, {imported.new} new, {imported.gone} gone"
    if base is None:
        counts = f"{imported.new} spans, nothing to compare them with"
    state = f"{len(imported.review)} to review" if written else "already there"
    return Taken(f"{annotation.id}: {counts}; {state}", annotation.id)


def add_to_split(splits: Path, split: str, names: list[str]) -> list[str]:
    """Add the names that stand in no split yet to one of them; the names added, in their order.

    The file's other lines stay as they are. Raises CorpusError where there is no such split.
    """
    homes = read_splits(splits)
    if split not in homes:
        raise CorpusError(f"{splits}: no split {split!r}; wanted one of {', '.join(homes)}")
    standing = {name for held in homes.values() for name in held}
    missing = [name for name in dict.fromkeys(names) if name not in standing]
    if not missing:
        return []
    text = splits.read_text("utf-8")
    list_ = re.search(rf"(?m)^{re.escape(split)}\s*=\s*\[[^\]]*", text)
    if list_ is None:
        raise CorpusError(f"{splits}: cannot find the list of {split!r}; add {', '.join(missing)} by hand")
    held = list_.group().rstrip()
    comma = "" if held.endswith((",", "[")) else ","
    added = f"{held}{comma}\n  " + "".join(f'"{name}", ' for name in missing).rstrip() + "\n"
    splits.write_text(text[: list_.start()] + added + text[list_.end() :], "utf-8")
    return missing
