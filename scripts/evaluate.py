"""Scores of the built pipeline on the held-out notices: ``evaluate.py SPLITS PINNED OUT [--pin]``.

Fails when a score lies below the pinned one, or when the corpus changed and the scores were not
pinned anew. The published notices of ../shared/gold are scored too where that folder is present.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from rectify_ner.assemble import parse
from rectify_ner.corpus import read_gold
from rectify_ner.corpus_check import read_splits
from rectify_ner.evaluate import Scores, evaluate
from rectify_ner.notice import Gold
from rectify_ner.tag import load_pipeline, tag_texts

PUBLISHED = Path("../shared/gold")
SLACK = 0.008
"""How far a score may lie below its pin: training in float32 differs a little between processors."""


def corpus_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.xml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def score(notices: list[Gold], *, gold_entities: bool = False) -> Scores:
    if gold_entities:
        spans = [tuple(entity.span for entity in notice.entities) for notice in notices]
    else:
        spans = list(tag_texts(load_pipeline(), (notice.text for notice in notices)))
    return evaluate((n, parse(n.text, found)) for n, found in zip(notices, spans, strict=True))


def ratios(scores: Scores) -> dict[str, float]:
    """The few ratios that are pinned."""
    found = {f"entities {name}": tally.f for name, tally in scores.entities.items() if tally.gold >= 100}
    found |= {name: tally.f for name, tally in scores.structure.items()}
    found["slots"] = scores.slots["all"].f
    return {name: round(value, 4) for name, value in found.items()}


def main(splits_path: Path, pinned_path: Path, out: Path, *, pin: bool) -> int:
    splits = read_splits(splits_path)
    folder = splits_path.parent / "notices"
    held_out = [read_gold(folder / f"{name}.xml") for name in splits["test"]]
    reached = {
        "held out": ratios(score(held_out)),
        "held out, rules alone": ratios(score(held_out, gold_entities=True)),
    }
    if PUBLISHED.is_dir():
        published = [read_gold(path) for path in sorted(PUBLISHED.glob("*.xml"))]
        reached["published"] = ratios(score(published))
    else:
        print(f"skipped: {PUBLISHED} is absent, so published notices are not scored")
    result: dict[str, Any] = {"corpus": corpus_hash(folder), "scores": reached}
    out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if pin:
        pinned_path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return compare(result, json.loads(pinned_path.read_text("utf-8")))


def compare(result: dict[str, Any], pinned: dict[str, Any]) -> int:
    fallen = 0
    if result["corpus"] != pinned["corpus"]:
        print("the corpus changed since the scores were pinned; run scripts/evaluate.py with --pin")
        fallen += 1
    wanted = pinned["scores"]
    for group, scores in result["scores"].items():
        for name, value in scores.items():
            pin = wanted.get(group, {}).get(name)
            low = pin is not None and value < pin - SLACK
            fallen += low
            beside = "" if pin is None else f"   pinned {pin:.4f}"
            print(f"{group:<24}{name:<34}{value:>8.4f}{beside}{' FELL' * low}")
    return 1 if fallen else 0


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--pin"]
    sys.exit(main(Path(words[0]), Path(words[1]), Path(words[2]), pin="--pin" in sys.argv))
