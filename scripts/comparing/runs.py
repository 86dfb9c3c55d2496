"""One run: train a variant by its config with spaCy's own loop, then score what was written to disk."""

import io
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import spacy
from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.training.loop import train

from comparing.configuring import config_digest, short_config, with_paths
from comparing.notices import Sets, digest
from comparing.reader import SPANS_KEY
from comparing.variants import Variant
from rectify_ner.corpus import read_gold
from rectify_ner.evaluate import Scores, compare_entities
from rectify_ner.notice import Entity, Gold, Span
from rectify_ner.tag import spans_of
from rectify_ner.tagger import component
from rectify_ner.tagger.repair import repair

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What all runs share; trained pipelines and segmenter models lie in ``work``."""

    sets: Sets
    work: Path

    def pipeline(self, variant: Variant, seed: int) -> Path:
        return self.work / f"pipelines/{variant.name.replace(' ', '_')}_{seed}"

    def names(self, variant: Variant) -> tuple[str, ...]:
        return self.sets.train[: variant.notices]


def identity(plan: Plan, variant: Variant, seed: int) -> Row:
    """What makes two runs the same: a run that is stored with this identity is not repeated."""
    return {
        "variant": variant.name,
        "seed": seed,
        "config": config_digest(variant),
        "epochs": short_config(variant)["training"]["max_epochs"],
        "notices": len(plan.names(variant)),
        "corpus": digest(plan.sets, plan.names(variant)),
    }


def run(plan: Plan, variant: Variant, seed: int) -> Row:
    """Train and score; times are those of the processor, not of the clock on the wall."""
    where = plan.pipeline(variant, seed)
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir(parents=True)
    chars = sum(len(read_gold(plan.sets.folder / f"{name}.xml").text) for name in plan.names(variant))
    paths = {
        "notices": str(plan.sets.folder),
        "train": list(plan.names(variant)),
        "dev": list(plan.sets.dev),
        "pkuseg": str(plan.work / "pkuseg" / variant.pkuseg) if variant.pkuseg else None,
    }
    began = time.process_time()
    nlp = init_nlp(with_paths(short_config(variant), paths, seed, chars))
    train(nlp, where, stdout=io.StringIO())
    seconds = time.process_time() - began
    halfway = nlp.meta["performance"]
    nlp = spacy.load(where / "model-last")
    dev = [read_gold(plan.sets.folder / f"{name}.xml") for name in plan.sets.dev]
    return {
        **identity(plan, variant, seed),
        "chars": chars,
        "train_seconds": round(seconds, 1),
        "bytes": sum(path.stat().st_size for path in (where / "model-last").rglob("*") if path.is_file()),
        "dev_halfway": round(halfway.get("ents_f") or halfway.get(f"spans_{SPANS_KEY}_f") or 0.0, 4),
        "dev": scored(nlp, dev)["raw"],
        "held_out": scored(nlp, plan.sets.held_out),
        "published": scored(nlp, plan.sets.published) if plan.sets.published else None,
        "lost": lost(nlp, plan.sets.held_out),
    }


def scored(nlp: Language, notices: Sequence[Gold]) -> dict[str, dict[str, float]]:
    """F of every label and of all as the model finds them, and with the package's repairs behind it."""
    raw = list(tagged(nlp, [gold.text for gold in notices]))
    repaired = [repair(gold.text, spans) for gold, spans in zip(notices, raw, strict=True)]
    return {"raw": ratios(notices, raw), "repaired": ratios(notices, repaired)}


def ratios(notices: Sequence[Gold], spans: Sequence[Sequence[Span]]) -> dict[str, float]:
    """F by label, by the package's own count of spans."""
    scores = Scores()
    for gold, predicted in zip(notices, spans, strict=True):
        found = [Entity(span.start, span.end, span.label, {}) for span in predicted]
        compare_entities(scores, gold.text, gold.entities, found)
    return {name: round(tally.f, 4) for name, tally in scores.entities.items()}


def tagged(nlp: Language, texts: Sequence[str]) -> Iterator[list[Span]]:
    """Spans of each text as the model finds them, without the repairs behind the default tagger."""
    with unrepaired():
        for doc in nlp.pipe(texts):
            group = [Span(s.start_char, s.end_char, s.label_) for s in doc.spans.get(SPANS_KEY, ())]
            yield sorted(group) if group else list(spans_of(doc))


@contextmanager
def unrepaired() -> Iterator[None]:
    with patch.object(component, "repair", lambda text, spans: list(spans)):
        yield


def lost(nlp: Language, notices: Sequence[Gold]) -> float:
    """Share of the gold spans that begin or end inside a token."""
    cut = total = 0
    for gold in notices:
        doc = nlp.make_doc(gold.text)
        total += len(gold.entities)
        cut += sum(doc.char_span(entity.start, entity.end) is None for entity in gold.entities)
    return round(cut / total, 4) if total else 0.0
