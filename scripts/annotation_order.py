"""F against notices annotated, least certain first or at random: ``annotation_order.py corpus/splits.toml``.

Starts from a few training notices, then adds the next ones from the rest of the training split, in the
order of ``rectify_ner.annotate.doubt`` by the tagger trained so far, or in a random order, and scores the
held-out notices after each step. ``--start``, ``--steps``, ``--seeds`` and ``--epochs`` set the size.
"""

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

from learning_curve import score, train

from rectify_ner.annotate.doubt import tagger_doubt
from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.notice import Gold
from rectify_ner.tagger.component import CrfTagger


@dataclass(frozen=True, slots=True)
class Sets:
    """The notices that may be annotated, and those that score."""

    pool: list[Gold]
    held_out: list[Gold]

    def start(self, options: argparse.Namespace, seed: int) -> list[Gold]:
        return random.Random(seed).sample(self.pool, options.start)


def next_notices(order: str, tagger: CrfTagger, rest: list[Gold], size: int, seed: int) -> list[Gold]:
    """The ``size`` notices of ``rest`` to annotate next."""
    if order == "random":
        return random.Random(seed).sample(rest, size)
    return sorted(rest, key=lambda gold: (-tagger_doubt(tagger, gold.text), gold.name))[:size]


def curve(order: str, held: Sets, options: argparse.Namespace, seed: int, first: CrfTagger) -> None:
    """Print a row for the start and for each step; ``first`` is the tagger of the start."""
    tagger, chosen = first, held.start(options, seed)
    while True:
        reached = score(tagger, held.held_out).entities["all"].f
        characters = sum(len(gold.text) for gold in chosen)
        print(f"| {order} | {seed} | {len(chosen)} | {characters:,} | {reached:.4f} |", flush=True)
        steps = [size for size in options.steps if size > len(chosen)]
        if not steps:
            return
        names = {gold.name for gold in chosen}
        rest = [gold for gold in held.pool if gold.name not in names]
        chosen = [*chosen, *next_notices(order, tagger, rest, steps[0] - len(chosen), seed)]
        tagger = train(chosen, epochs=options.epochs, seed=seed, augment=False)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("splits", type=Path)
    parser.add_argument("--start", type=int, default=10)
    parser.add_argument("--steps", type=int, nargs="+", default=[20, 40, 80])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    splits = read_splits(options.splits)
    folder = options.splits.parent / "notices"
    held = Sets(*([read_gold(folder / f"{name}.xml") for name in splits[s]] for s in ("train", "test")))
    print("| order | seed | notices | characters | held out F |\n|---|---|---|---|---|")
    for seed in options.seeds:
        first = train(held.start(options, seed), epochs=options.epochs, seed=seed, augment=False)
        for order in ("least certain", "random"):
            curve(order, held, options, seed, first)


if __name__ == "__main__":
    main()
