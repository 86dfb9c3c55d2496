"""Which notices are trained on, by a rule that new notices do not change."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.notice import Gold

PUBLISHED = Path("../shared/gold")


@dataclass(frozen=True, slots=True)
class Sets:
    """Names of the training notices, the first ones spread over all writers, and of dev; gold to score."""

    folder: Path
    train: tuple[str, ...]
    dev: tuple[str, ...]
    held_out: tuple[Gold, ...]
    published: tuple[Gold, ...]


def read_sets(splits: Path, last: str) -> Sets:
    """The splits without notices whose name lies behind ``last``; published ones where they are present."""
    names = {split: [n for n in found if n <= last] for split, found in read_splits(splits).items()}
    folder = splits.parent / "notices"
    published = sorted(PUBLISHED.glob("*.xml")) if PUBLISHED.is_dir() else []
    return Sets(
        folder,
        spread(folder, names["train"]),
        tuple(names["dev"]),
        tuple(read_gold(folder / f"{name}.xml") for name in names["test"]),
        tuple(read_gold(path) for path in published),
    )


def spread(folder: Path, names: list[str]) -> tuple[str, ...]:
    """The first notice of every writer, then the second of every writer, and so on."""
    by_writer: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        meta = json.loads((folder / f"{name}.meta.json").read_text("utf-8"))
        by_writer[meta["writer"]].append(name)
    rounds = zip_longest(*(by_writer[writer] for writer in sorted(by_writer)))
    return tuple(name for turn in rounds for name in turn if name is not None)


def digest(sets: Sets, train: tuple[str, ...]) -> str:
    """Short hash of all notices that a run sees, published ones aside."""
    seen = hashlib.sha256()
    for name in (*train, *sets.dev, *(gold.name for gold in sets.held_out)):
        seen.update((sets.folder / f"{Path(name).stem}.xml").read_bytes())
    return seen.hexdigest()[:12]
