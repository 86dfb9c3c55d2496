"""What is compared, in the order in which it runs."""

from dataclasses import dataclass

SMALL = 24
"""Training notices of a variant unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of the comparison: a config of configs/compare, how many notices (None: all), what it is.

    ``pkuseg`` names the segmenter's model, ``epochs`` stands in place of the config's.
    """

    name: str
    config: str
    about: str
    notices: int | None = SMALL
    pkuseg: str = ""
    epochs: int | None = None


VARIANTS = (
    Variant(
        "crf",
        "crf",
        "linear-chain CRF on hashed n-grams, jieba words, cues; damaged copies: half of the default",
    ),
    Variant("default", "default", "`crf` and `network` together"),
    Variant("network", "network", "CRF on convolutions over summed vectors of some of these features"),
    Variant("network wide", "network_wide", "`network` with 128 units instead of 64"),
    Variant("network deep", "network_deep", "`network` with 6 convolutions instead of 3"),
    Variant("network flat", "network_flat", "`network` with 1 convolution instead of 3"),
    Variant("crf plain", "crf_plain", "`crf` without damaged copies"),
    Variant("bioes crf", "bioes_crf", "BIOES CRF, CNN over embedded n-grams and jieba words"),
    Variant("ner cnn", "ner_cnn", "spaCy `ner`, HashEmbedCNN 96 × 4, characters"),
    Variant(
        "ner pkuseg own", "ner_pkuseg", "spaCy `ner`, HashEmbedCNN 96 × 4, own pkuseg model", pkuseg="own"
    ),
    Variant("ner words", "ner_words", "spaCy `ner`, CNN over embedded n-grams and jieba words"),
    Variant("softmax", "softmax", "BIOES softmax, CNN over embedded n-grams and jieba words"),
    Variant("crf without words", "crf_words_none", "crf plain, no features of jieba's words"),
    Variant("bioes crf lstm", "bioes_crf_lstm", "BIOES CRF, LSTM over embedded n-grams and jieba words"),
    Variant(
        "ner pkuseg general",
        "ner_pkuseg",
        "spaCy `ner`, HashEmbedCNN 96 × 4, pkuseg `mixed`",
        pkuseg="general",
    ),
    Variant("spancat", "spancat", "spaCy `spancat_singlelabel`, own pkuseg model", pkuseg="own"),
    Variant(
        "crf pkuseg words",
        "crf_words_pkuseg",
        "crf plain, words of own pkuseg model for jieba's",
        pkuseg="own",
    ),
    Variant("crf 12", "crf", "`crf` on 12 notices", 12),
    Variant("crf 48", "crf", "`crf` on 48 notices", 48),
    Variant("ner n-grams", "ner_ngrams", "spaCy `ner`, CNN over embedded n-grams"),
    Variant("ner cnn large", "ner_cnn_large", "spaCy `ner`, HashEmbedCNN 128 × 5, window 2, characters"),
    Variant("crf all", "crf", "`crf` on all training notices", None),
    Variant("crf 96", "crf", "`crf` on 96 notices", 96),
    Variant("default 48", "default", "the default on 48 notices", 48),
    Variant("default all", "default", "the default on all training notices", None),
    Variant("network all", "network", "`network` on all training notices", None),
    Variant("bioes crf 48", "bioes_crf", "`bioes crf` on 48 notices", 48),
    Variant("bioes crf all", "bioes_crf", "`bioes crf` on all training notices", None),
    Variant("bioes crf short", "bioes_crf", "`bioes crf` with 6 epochs instead of 10", epochs=6),
)
REFERENCE = VARIANTS[0]
"""Speeds are ratios to it."""
