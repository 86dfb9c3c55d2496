"""BIOES heads over any tok2vec: a softmax at each token, or a linear-chain CRF."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import TrainablePipe
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Linear, Model, chain, with_array

from comparing.recurrent import token_sentences
from comparing.registering import Rows, register
from rectify_ner.tagger.chain import TAG_INDEX, TAGS, log_likelihood_gradient, viterbi
from rectify_ner.tagger.component import decode

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Scores = list[Rows]


@register("architectures", "comparing.BioesScores.v1")
def bioes_scores(tok2vec: Model[list[Doc], Scores]) -> Model[list[Doc], Scores]:
    """Scores (tokens, tags) of every doc, with room for the transitions of a CRF."""
    output: Model[Rows, Rows] = Linear(len(TAGS))
    moves: Model[Scores, Scores] = Model(
        "moves",
        lambda model, rows, is_train: (rows, lambda d_rows: d_rows),
        params={"T": None},
        init=_no_moves,
    )
    model: Model[list[Doc], Scores] = chain(tok2vec, with_array(output), moves)
    model.set_ref("moves", moves)
    model.set_ref("output", output)
    return model


def _no_moves(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:  # noqa: N803 - thinc's names
    none: Rows = np.zeros((len(TAGS), len(TAGS)), dtype=np.float32)
    model.set_param("T", none)


@Language.factory(
    "comparing_bioes",
    assigns=["doc.ents"],
    default_config={"crf": True},
    default_score_weights={"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None},
)
def make_bioes(nlp: Language, name: str, model: Model[list[Doc], Scores], crf: bool) -> "BioesTagger":
    return BioesTagger(nlp.vocab, model, name, crf=crf)


class BioesTagger(TrainablePipe):  # type: ignore[misc]
    """One BIOES tag a token. Both kinds decode with Viterbi, so that paths are valid; the softmax has
    no transition weights and is trained token by token."""

    def __init__(self, vocab: Vocab, model: Model[list[Doc], Scores], name: str, *, crf: bool) -> None:
        self.vocab = vocab
        self.model = model
        self.name = name
        self.crf = crf
        self.cfg: dict[str, Any] = {"crf": crf}
        self.scorer = lambda examples, **_: get_ner_prf(examples)

    @property
    def labels(self) -> tuple[str, ...]:
        return TAGS[1:]

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Any = None,
    ) -> None:
        docs = [example.predicted for _, example in zip(range(10), get_examples(), strict=False)]
        self.model.initialize(X=docs)

    def predict(self, docs: Iterable[Doc]) -> list[Ints]:
        """Best tag of every token of each doc."""
        some = list(docs)
        starts, lengths = token_sentences(some)
        if not len(starts):
            return [np.zeros(0, dtype=np.int64) for _ in some]
        scores: Floats = np.concatenate(self.model.predict(some))
        moves: Rows = self.model.get_ref("moves").get_param("T")
        path = viterbi(scores, moves, starts, lengths)
        return np.split(path, np.cumsum([len(doc) for doc in some])[:-1])

    def set_annotations(self, docs: Iterable[Doc], paths: Sequence[Ints]) -> None:
        for doc, path in zip(docs, paths, strict=True):
            doc.set_ents([Span(doc, found.start, found.end, found.label) for found in decode(path)])

    def get_loss(self, examples: Iterable[Example], scores: Scores) -> tuple[float, Scores]:
        some = list(examples)
        gold = np.concatenate([gold_tags(example.reference) for example in some])
        flat: Floats = np.concatenate(scores)
        if self.crf:
            starts, lengths = token_sentences([example.predicted for example in some])
            layer = self.model.get_ref("moves")
            moves: Rows = layer.get_param("T")
            loss, gradient, d_moves = log_likelihood_gradient(flat, moves, starts, lengths, gold)
            d_scaled: Rows = d_moves / np.float32(len(gold))
            layer.inc_grad("T", d_scaled)
        else:
            loss, gradient = cross_entropy(flat, gold)
        edges = np.cumsum([len(row) for row in scores])[:-1]
        return loss, [*np.split(gradient / np.float32(len(gold)), edges)]


def cross_entropy(scores: Floats, gold: Ints) -> tuple[float, Floats]:
    """Negative log likelihood of each row's gold tag, and its gradient by the scores (tokens, tags)."""
    chances = np.exp(scores - scores.max(1, keepdims=True))
    chances /= chances.sum(1, keepdims=True)
    rows = np.arange(len(gold))
    loss = -float(np.log(chances[rows, gold] + 1e-12).sum())
    chances[rows, gold] -= 1
    return loss, chances


def gold_tags(doc: Doc) -> Ints:
    """BIOES tag numbers of a reference doc's tokens."""
    tags = np.zeros(len(doc), dtype=np.int64)
    for ent in doc.ents:
        tags[ent.start : ent.end] = TAG_INDEX[f"I-{ent.label_}"]
        tags[ent.start], tags[ent.end - 1] = TAG_INDEX[f"B-{ent.label_}"], TAG_INDEX[f"E-{ent.label_}"]
        if len(ent) == 1:
            tags[ent.start] = TAG_INDEX[f"S-{ent.label_}"]
    return tags
