"""How fast a trained pipeline tags, as a ratio to the default tagger in the same minutes."""

import statistics
import time
from collections.abc import Sequence

from spacy.language import Language

from comparing.runs import tagged

CHARS = 12_000


def relative_speed(
    nlp: Language, reference: Language, texts: Sequence[str], rounds: int = 3
) -> tuple[float, float]:
    """Characters a second, and the median ratio to the reference; rounds alternate between the two."""
    some: list[str] = []
    while sum(map(len, some)) < CHARS and len(some) < len(texts):
        some.append(texts[len(some)])
    pairs = [(seconds(reference, some), seconds(nlp, some)) for _ in range(rounds + 1)][1:]
    own = statistics.median(taken for _, taken in pairs)
    return sum(map(len, some)) / own, statistics.median(default / taken for default, taken in pairs)


def seconds(nlp: Language, texts: Sequence[str]) -> float:
    """Processor time of tagging the texts once."""
    began = time.process_time()
    for _ in tagged(nlp, texts):
        pass
    return time.process_time() - began
