"""F against notices annotated, least certain first or at random: ``annotation_order.py corpus/splits.toml``.

Starts from a few training notices, then adds the next ones from the rest of the training split, in the
order of ``rectify_ner.annotate.doubt`` by the tagger trained so far, or in a random order, and scores the
held-out notices after each step. ``--start``, ``--steps``, ``--seeds`` and ``--epochs`` set the size.
"""

import argparse
import random
from pathlib import Path

from learning_curve import score, train

from rectify_ner.annotate.doubt import tagger_doubt
from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.notice import Gold
from rectify_ner.tagger.component import CrfTagger


def next_notices(order: str, tagger: CrfTagger, rest: list[Gold], size: int, seed: int) -> list[Gold]:
    """The ``size`` notices of ``rest`` to annotate next."""
    if order == "random":
        return random.Random(seed).sample(rest, size)
    return sorted(rest, key=lambda gold: (-tagger_doubt(tagger, gold.text), gold.name))[:size]


def curve(order: str, pool: list[Gold], held_out: list[Gold], options: argparse.Namespace, seed: int) -> None:
    chosen = random.Random(seed).sample(pool, options.start)
    while True:
        tagger = train(chosen, epochs=options.epochs, seed=seed, augment=False)
        reached = score(tagger, held_out).entities["all"].f
        print(f"| {order} | {seed} | {len(chosen)} | {sum(len(n.text) for n in chosen):,} | {reached:.4f} |")
        steps = [size for size in options.steps if size > len(chosen)]
        if not steps:
            return
        names = {gold.name for gold in chosen}
        rest = [gold for gold in pool if gold.name not in names]
        chosen = [*chosen, *next_notices(order, tagger, rest, steps[0] - len(chosen), seed)]


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
    pool, held_out = ([read_gold(folder / f"{name}.xml") for name in splits[s]] for s in ("train", "test"))
    print("| order | seed | notices | characters | held out F |\n|---|---|---|---|---|")
    for seed in options.seeds:
        for order in ("least certain", "random"):
            curve(order, pool, held_out, options, seed)


if __name__ == "__main__":
    main()
