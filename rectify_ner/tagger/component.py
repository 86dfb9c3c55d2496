"""The default tagger: a linear-chain CRF over hashed features as a trainable spaCy component.

It tags characters whatever the pipeline's tokens are, and is trained by ``spacy train`` like any
component: AdaGrad (Duchi et al. 2011) on the sparse weights with feature dropout, a batch a step.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan
from spacy.training import Example
from spacy.vocab import Vocab

from rectify_ner.errors import RectifyError
from rectify_ner.notice import Label, Span
from rectify_ner.tagger.chain import TAG_INDEX, TAGS, Floats, Ints, log_likelihood_gradient, viterbi
from rectify_ner.tagger.features import clauses, feature_hashes, feature_parts, mix
from rectify_ner.tagger.index import FeatureIndex, Rows
from rectify_ner.tagger.repair import repair, tight

FORMAT = 2
WEAK = 0.08
"""Rows whose weights all lie below are not kept (docs/accuracy.md has what that costs)."""
BLOCK = 2048
"""Characters that are scored at once."""
_ARRAYS = ("keys", "weights", "transitions")


class CrfTagger(Pipe):
    """Scores every character's tags as a sum of feature weights and decodes the best BIOES path.

    ``index`` knows F feature hashes; ``weights`` (F + 1, L), float32, has a row of zeros in front for
    unknown features; ``transitions`` (L, L).
    """

    def __init__(
        self,
        vocab: Vocab,
        name: str = "ner",
        *,
        learn_rate: float = 0.05,
        l2: float = 0.03,
        feature_dropout: float = 0.7,
        min_count: int = 2,
        seed: int = 0,
    ) -> None:
        self.vocab = vocab
        self.name = name
        self.learn_rate = learn_rate
        self.l2 = l2
        self.feature_dropout = feature_dropout
        self.min_count = min_count
        self.index = FeatureIndex(np.zeros(0, dtype=np.uint64))
        self.weights: Floats = np.zeros((1, len(TAGS)), dtype=np.float32)
        self.transitions: Floats = np.zeros((len(TAGS), len(TAGS)), dtype=np.float32)
        self._squares: Floats = np.zeros((0, 0), dtype=np.float32)
        self._move_squares: Floats = np.full_like(self.transitions, 1e-8)
        self._room: Floats = np.empty((BLOCK, len(TAGS)), dtype=np.float32)
        self._random = np.random.default_rng(seed)

    def __call__(self, doc: Doc) -> Doc:
        self.set_annotations([doc], self.predict([doc]))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32) -> Iterator[Doc]:
        for doc in stream:
            yield self(doc)

    def predict(self, docs: Sequence[Doc]) -> list[list[Span]]:
        """Spans of each text, in text order, as character offsets."""
        return [self.tag(doc.text) for doc in docs]

    def tag(self, text: str) -> list[Span]:
        """Spans of one text."""
        if not text:
            return []
        starts, lengths = ranges(text)
        path = viterbi(self.emissions(text), self.transitions, starts, lengths)
        return list(tight(text, repair(text, decode(path))))

    def set_annotations(self, docs: Sequence[Doc], spans: Sequence[Sequence[Span]]) -> None:
        for doc, found in zip(docs, spans, strict=True):
            ents = [doc.char_span(s.start, s.end, s.label, alignment_mode="expand") for s in found]
            doc.set_ents(_apart(ents))

    def emissions(self, text: str) -> Floats:
        """Tag scores (characters, L) of a text; a block of characters at a time stays in a core's cache."""
        total = np.zeros((len(text), len(TAGS)), dtype=np.float32)
        parts = feature_parts(text)
        for start in range(0, len(text), BLOCK):
            block = slice(start, start + BLOCK)
            hashes = [mix(number, *(value[block] for value in values)) for number, values in enumerate(parts)]
            self._add_weights(self.index.rows(np.stack(hashes)), total[block])
        return total

    def scores(self, rows: Rows) -> Floats:
        """Tag scores (characters, L) from weight rows (templates, characters), 0 for unknown features."""
        total = np.zeros((rows.shape[1], len(TAGS)), dtype=np.float32)
        for start in range(0, rows.shape[1], BLOCK):
            block = slice(start, start + BLOCK)
            self._add_weights(rows[:, block], total[block])
        return total

    def _add_weights(self, rows: Rows, total: Floats) -> None:
        room = self._room[: len(total)]
        for template in rows:
            total += self.weights.take(template, axis=0, out=room, mode="clip")

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        labels: Any = None,
    ) -> None:
        """Fix the features: every hash seen ``min_count`` times in the training notices."""
        hashes = [feature_hashes(example.reference.text).ravel() for example in get_examples()]
        if not hashes:
            raise RectifyError("no training notices reached the tagger; run the corpus step first")
        found, counts = np.unique(np.concatenate(hashes), return_counts=True)
        self.index = FeatureIndex(found[counts >= self.min_count])
        self.weights = np.zeros((len(self.index) + 1, len(TAGS)), dtype=np.float32)
        self._squares = np.full_like(self.weights, 1e-6)

    def update(
        self,
        examples: Iterable[Example],
        *,
        drop: float = 0.0,
        sgd: Any = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """One AdaGrad step on the negative log likelihood of a batch of notices."""
        losses = {} if losses is None else losses
        texts = [example for example in examples if example.reference.text]
        if texts:
            batch = _Batch([(example.reference.text, _gold_tags(example.reference)) for example in texts])
            rows = self.index.rows(np.concatenate(batch.hashes, axis=1))
            loss = self._step(rows, batch)
            losses[self.name] = losses.get(self.name, 0.0) + loss
        return losses

    def _step(self, rows: Rows, batch: "_Batch") -> float:
        from scipy.sparse import csr_matrix

        keep = 1 - self.feature_dropout
        rows = np.where(self._random.random(rows.shape, dtype=np.float32) < keep, rows, 0)
        scores = self.scores(rows) / np.float32(keep)
        loss, gradient, moves = log_likelihood_gradient(
            scores, self.transitions, batch.starts, batch.lengths, batch.gold
        )
        used, place = np.unique(rows, return_inverse=True)
        width = rows.shape[1]
        ones = np.ones(rows.size, dtype=np.float32)
        where = (place.ravel(), np.tile(np.arange(width), rows.shape[0]))
        step = csr_matrix((ones, where), shape=(len(used), width)) @ gradient
        step += self.l2 * self.weights[used]
        step[used == 0] = 0
        self._squares[used] += step * step
        self.weights[used] -= self.learn_rate * step / np.sqrt(self._squares[used])
        self._move_squares += moves * moves
        self.transitions -= self.learn_rate * moves / np.sqrt(self._move_squares)
        return loss

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        scores: dict[str, Any] = get_ner_prf(examples)
        return scores

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Weights as a numpy archive without pickles: half precision, weak rows left out."""
        strong = np.abs(self.weights[1:]).max(axis=1, initial=0) >= WEAK
        weights = np.concatenate([self.weights[:1], self.weights[1:][strong]]).astype(np.float16)
        buffer = io.BytesIO()
        arrays = {"keys": self.index.keys[strong], "weights": weights, "transitions": self.transitions}
        np.savez_compressed(buffer, format=np.array(FORMAT), tags=np.array(TAGS), **arrays)
        return buffer.getvalue()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "CrfTagger":
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            if int(archive["format"]) != FORMAT or tuple(archive["tags"]) != TAGS:
                raise RectifyError("this pipeline was built by another version; build it again")
            keys, weights, self.transitions = (archive[name] for name in _ARRAYS)
        self.index = FeatureIndex(keys)
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "crf.npz").write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "CrfTagger":
        return self.from_bytes((Path(path) / "crf.npz").read_bytes())


class _Batch:
    """Several notices behind each other: hashes, sentence ranges and gold tags."""

    def __init__(self, notices: Sequence[tuple[str, Ints]]) -> None:
        self.hashes = [feature_hashes(text) for text, _ in notices]
        offsets = np.cumsum([0, *(len(text) for text, _ in notices)])
        cuts = [ranges(text) for text, _ in notices]
        self.starts: Ints = np.concatenate([r[0] + at for r, at in zip(cuts, offsets, strict=False)])
        self.lengths: Ints = np.concatenate([r[1] for r in cuts])
        self.gold: Ints = np.concatenate([gold for _, gold in notices])


def ranges(text: str) -> tuple[Ints, Ints]:
    """Starts and lengths of the stretches of a text that are tagged each by itself."""
    cut = np.array(clauses(text), dtype=np.int64)
    return cut[:, 0], cut[:, 1] - cut[:, 0]


def _gold_tags(doc: Doc) -> Ints:
    tags = np.zeros(len(doc.text), dtype=np.int64)
    for ent in doc.ents:
        start, last, label = ent.start_char, ent.end_char - 1, ent.label_
        if start == last:
            tags[start] = TAG_INDEX[f"S-{label}"]
        else:
            tags[start + 1 : last] = TAG_INDEX[f"I-{label}"]
            tags[start], tags[last] = TAG_INDEX[f"B-{label}"], TAG_INDEX[f"E-{label}"]
    return tags


def decode(tags: NDArray[np.int64]) -> list[Span]:
    """Spans of a valid BIOES path."""
    found = []
    start = 0
    for at in np.flatnonzero(tags).tolist():
        place, label = TAGS[tags[at]][0], TAGS[tags[at]][2:]
        if place in "BS":
            start = at
        if place in "ES":
            found.append(Span(start, at + 1, _label(label)))
    return found


def _label(name: str) -> Label:
    return name  # type: ignore[return-value]


def _apart(ents: Iterable[SpacySpan | None]) -> list[SpacySpan]:
    """Spans that do not overlap once they were widened to whole tokens; the first one stays."""
    kept: list[SpacySpan] = []
    for ent in ents:
        if ent is not None and len(ent) and (not kept or ent.start >= kept[-1].end):
            kept.append(ent)
    return kept
