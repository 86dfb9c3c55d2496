"""How unsure the tagger is of a notice: what to annotate first.

The measure is the negative log probability that the CRF gives its own best path, divided by the notice's
characters (least confidence, Culotta & McCallum 2005; normalised by length as in Shen et al. 2017). It is
a function of the pipeline and the text alone.
"""

from typing import TYPE_CHECKING

from rectify_ner.errors import RectifyError
from rectify_ner.tagger.chain import log_likelihood_gradient, viterbi
from rectify_ner.tagger.component import CrfTagger, ranges

if TYPE_CHECKING:
    from spacy.language import Language

DIGITS = 6
"""Decimals that are kept: far below any real difference, far above those between processors."""


def notice_doubt(nlp: "Language", text: str) -> float:
    """The pipeline's doubt about a notice: 0 where it is sure. Raises RectifyError without a CRF tagger."""
    for _, component in nlp.pipeline:
        if isinstance(component, CrfTagger):
            return tagger_doubt(component, text)
    raise RectifyError(
        "this pipeline has no rectify_ner_crf component, so it gives no probabilities; "
        "export in the order given with --order given"
    )


def tagger_doubt(tagger: CrfTagger, text: str) -> float:
    """−log p(best path) a character."""
    if not text:
        return 0.0
    starts, lengths = ranges(text)
    scores = tagger.emissions(text)
    best = viterbi(scores, tagger.transitions, starts, lengths)
    loss, _, _ = log_likelihood_gradient(scores, tagger.transitions, starts, lengths, best)
    return round(max(0.0, loss) / len(text), DIGITS)
