"""F against the size of the corpus: ``learning_curve.py corpus/splits.toml [--shares 0.25 0.5 1]``.

Trains the default tagger on random shares of the training notices and scores the held-out notices,
and the published ones of ../shared/gold where that folder is present. ``--no-augmenter`` leaves the
damaged copies out.
"""

import argparse
import random
from pathlib import Path

import spacy
from spacy.training import Example
from tqdm import tqdm

from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.evaluate import Scores, compare_entities
from rectify_ner.notice import Entity, Gold
from rectify_ner.registered import degrade_text
from rectify_ner.tagger.component import CrfTagger

PUBLISHED = Path("../shared/gold")
BATCH_CHARS = 6000


def examples_of(nlp: spacy.language.Language, notices: list[Gold]) -> list[Example]:
    made = []
    for gold in notices:
        doc = nlp.make_doc(gold.text)
        spans = [doc.char_span(entity.start, entity.end, entity.label) for entity in gold.entities]
        doc.set_ents([span for span in spans if span is not None])
        made.append(Example(nlp.make_doc(gold.text), doc))
    return made


def train(notices: list[Gold], *, epochs: int, seed: int, augment: bool) -> CrfTagger:
    """The default tagger, trained on these notices as configs/crf.cfg says."""
    nlp = spacy.blank("zh")
    settings = {"seed": seed, "epochs": epochs, **({} if augment else {"min_count": 2})}
    tagger = nlp.add_pipe("rectify_ner_crf", config=settings)
    assert isinstance(tagger, CrfTagger)
    plain = examples_of(nlp, notices)
    degrade = degrade_text(0.5, 0.15, seed)

    def once() -> list[Example]:
        return [copy for example in plain for copy in (degrade(nlp, example) if augment else [example])]

    tagger.initialize(once)
    shuffler = random.Random(seed)
    for _ in tqdm(range(epochs), desc=f"{len(notices)} notices"):
        examples = once()
        shuffler.shuffle(examples)
        batch: list[Example] = []
        for example in examples:
            batch.append(example)
            if sum(len(item.reference.text) for item in batch) >= BATCH_CHARS:
                tagger.update(batch)
                batch = []
        tagger.update(batch)
    return tagger


def score(tagger: CrfTagger, notices: list[Gold]) -> Scores:
    scores = Scores()
    for gold in notices:
        found = [Entity(span.start, span.end, span.label, {}) for span in tagger.tag(gold.text)]
        compare_entities(scores, gold.text, gold.entities, found)
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("splits", type=Path)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.25, 0.5, 1.0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--no-augmenter", action="store_true")
    options = parser.parse_args()
    splits = read_splits(options.splits)
    folder = options.splits.parent / "notices"
    training, held_out = ([read_gold(folder / f"{n}.xml") for n in splits[s]] for s in ("train", "test"))
    sets = {"held out": held_out}
    if PUBLISHED.is_dir():
        sets["published"] = [read_gold(path) for path in sorted(PUBLISHED.glob("*.xml"))]
    else:
        print(f"skipped: {PUBLISHED} is absent, so published notices are not scored")
    print(f"| notices | characters | seed | {' | '.join(f'{name} F' for name in sets)} |")
    for share in options.shares:
        for seed in range(options.seeds):
            some = random.Random(seed).sample(training, round(share * len(training)))
            augment = not options.no_augmenter
            tagger = train(some, epochs=options.epochs, seed=seed, augment=augment)
            ratios = " | ".join(
                f"{score(tagger, notices).entities['all'].f:.3f}" for notices in sets.values()
            )
            print(f"| {len(some)} | {sum(len(n.text) for n in some):,} | {seed} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
