"""From a short config of configs/compare to the full one that spaCy trains by."""

import hashlib
from pathlib import Path
from typing import Any

from spacy.language import DEFAULT_CONFIG
from thinc.api import Config

from comparing.variants import Variant

CONFIGS = Path(__file__).resolve().parents[2] / "configs/compare"
CHARS_A_WORD = 1.75
"""Characters a token where pkuseg makes the tokens."""
LOOK_AT = 0.5
"""Share of the steps after which dev is scored once, to see what the rest of the budget brings."""


def short_config(variant: Variant) -> Config:
    """The variant's file over base.cfg over spaCy's defaults, variables not yet filled in."""
    config = Config(DEFAULT_CONFIG)
    for name in ("base", variant.config):
        config = config.merge(Config().from_disk(CONFIGS / f"{name}.cfg", interpolate=False))
    if variant.epochs is not None:
        config["training"]["max_epochs"] = variant.epochs
    return config


def with_paths(config: Config, paths: dict[str, Any], seed: int, chars: int) -> Config:
    """The config for one run: what is trained on, the seed, and the steps that its epochs make."""
    config = config.copy()
    config["paths"] = {**config["paths"], **paths}
    steps = expected_steps(config, chars)
    config["system"] = {**config["system"], "seed": seed, "steps": steps}
    config["training"]["eval_frequency"] = max(1, int(steps * LOOK_AT))
    return config


def expected_steps(config: Config, chars: int) -> int:
    """About how many batches the epochs make of ``chars`` characters of text."""
    training: dict[str, Any] = config["training"]
    tokens = chars / (CHARS_A_WORD if config["nlp"]["tokenizer"]["segmenter"] == "pkuseg" else 1)
    copies = 2 if config["corpora"]["train"]["augmenter"] else 1
    batches: float = copies * tokens / (training["batcher"]["size"] * 1.05)
    return max(2, round(float(training["max_epochs"]) * batches))


def config_digest(variant: Variant) -> str:
    """Short hash of a variant's whole config, paths and seed aside."""
    return hashlib.sha256(short_config(variant).to_str(interpolate=False).encode()).hexdigest()[:12]
