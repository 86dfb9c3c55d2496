"""The default tagger: two linear-chain CRFs that decide together, as one trainable spaCy component.

One sums a weight for every hashed feature, the other (``network``) goes through convolutions over vectors of
some of them. Their scores are added, which is a product of experts (Hinton 2002): what both find likely
wins. The component tags characters whatever the pipeline's tokens are, and is trained by ``spacy train``
like any other: AdaGrad (Duchi et al. 2011) on the sparse weights with feature dropout, a batch a step.
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
from rectify_ner.tagger.network import Network, distinct, rate_at
from rectify_ner.tagger.repair import repair, tight

FORMAT = 3
WEAK = 0.08
"""Rows whose weights all lie below are not kept (docs/accuracy.md has what that costs)."""
BLOCK = 2048
"""Characters that are scored at once."""
TEMPLATES = np.array([0, 7, 8, 11, 12, 13, 21, 22, 23, 24, 34, 38, 39, 40, 43, 45, 50, 51])
"""Features that have a vector, by their place in ``feature_parts``: six n-grams, the word with its part of
speech and its neighbours, the issuer's name, the nearest cues, quotes, variety of neighbours, titles."""
PIECE = 800
"""Characters of a step of the network: whole clauses of one notice."""
STEPS = 4000
"""Steps that the network takes at least; few notices are gone through several times each time they come."""
_RATES = (0.003, 0.04)
"""Of the layers and of the vectors at their highest."""
_FEATURE_DROPOUT, _UNIT_DROPOUT = 0.2, 0.1
_MOVE_RATE = 0.05
_ARRAYS = ("keys", "weights", "moves", "vector_of", "network_moves")
_NETWORK = "network_of_"
COPY = "rectify_ner_copy"
"""Marks in ``user_data`` a changed copy of a notice, from which the network does not learn."""


class CrfTagger(Pipe):
    """Scores every character's tags by feature weights and by a network, and decodes the best BIOES path.

    ``index`` knows F feature hashes; ``weights`` (F + 1, L), float32, has a row of zeros in front for
    unknown features; ``vector_of`` (F + 1,) is the row of a feature's vector in the network, 0 for none;
    ``moves`` and ``network_moves`` (L, L) are the transitions of either. ``share`` is the network's part in
    the scores, from 0, where none is trained, to 1; ``epochs`` is how often it will see every notice.
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
        share: float = 0.4,
        epochs: int = 4,
        vector_min_count: int = 8,
        width: int = 64,
        depth: int = 3,
    ) -> None:
        self.vocab = vocab
        self.name = name
        self.learn_rate = learn_rate
        self.l2 = l2
        self.feature_dropout = feature_dropout
        self.min_count = min_count
        self.share = np.float32(share)
        self.epochs = epochs
        self.vector_min_count = vector_min_count
        self.width, self.depth = width, depth
        self.index = FeatureIndex(np.zeros(0, dtype=np.uint64))
        self.weights: Floats = np.zeros((1, len(TAGS)), dtype=np.float32)
        self.moves: Floats = np.zeros((len(TAGS), len(TAGS)), dtype=np.float32)
        self.network: Network | None = None
        self.network_moves: Floats = np.zeros_like(self.moves)
        self.vector_of: Rows = np.zeros(1, dtype=np.int32)
        self._squares: Floats = np.zeros((0, 0), dtype=np.float32)
        self._move_squares: Floats = np.full_like(self.moves, 1e-8)
        self._network_squares: Floats = np.full_like(self.moves, 1e-8)
        self._passes, self._steps, self._all_steps = 1, 0, 1
        self._room: Floats = np.empty((BLOCK, len(TAGS)), dtype=np.float32)
        self._seed = seed
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

    @property
    def transitions(self) -> Floats:
        """Scores of one tag behind another (L, L), of both parts together."""
        if self.network is None:
            return self.moves
        return (1 - self.share) * self.moves + self.share * self.network_moves

    def emissions(self, text: str) -> Floats:
        """Tag scores (characters, L) of a text; a block of characters at a time stays in a core's cache."""
        total = np.zeros((len(text), len(TAGS)), dtype=np.float32)
        parts = feature_parts(text)
        beyond = 0 if self.network is None else self.network.depth
        for start in range(0, len(text), BLOCK):
            first, last = max(0, start - beyond), min(len(text), start + BLOCK + beyond)
            block = slice(first, last)
            hashes = [mix(number, *(value[block] for value in values)) for number, values in enumerate(parts)]
            rows = self.index.rows(np.stack(hashes))
            here = slice(start - first, min(start + BLOCK, len(text)) - first)
            self._add_weights(rows[:, here], total[start : start + BLOCK])
            if self.network is not None:
                found = self.network.scores(self.vector_of.take(rows[TEMPLATES], mode="clip"))[here]
                total[start : start + BLOCK] *= 1 - self.share
                total[start : start + BLOCK] += self.share * found
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
        """Fix the features: every hash seen ``min_count`` times in the training notices.

        Those of TEMPLATES that stand ``vector_min_count`` times in notices that are no copies get a vector.
        """
        random = np.random.default_rng(self._seed)
        hashes, plain, steps = [], [], 0
        for example in get_examples():
            text = example.reference.text
            found = feature_hashes(text)
            hashes.append(found.ravel())
            if found.size and not example.reference.user_data.get(COPY):
                plain.append(found[TEMPLATES].ravel())
                steps += len(pieces(ranges(text)))
        if not hashes:
            raise RectifyError("no training notices reached the tagger; run the corpus step first")
        self.index = FeatureIndex(_often(hashes, self.min_count))
        self.weights = np.zeros((len(self.index) + 1, len(TAGS)), dtype=np.float32)
        self._squares = np.full_like(self.weights, 1e-6)
        self.vector_of = np.zeros(len(self.index) + 1, dtype=np.int32)
        if self.share > 0 and plain:
            known = self.index.rows(_often(plain, self.vector_min_count))
            known = known[known > 0]
            self.vector_of[known] = np.arange(1, len(known) + 1)
            self.network = Network.fresh(len(known), self.width, self.depth, random)
            self._passes = -(-STEPS // max(1, steps * self.epochs))
            self._steps, self._all_steps = 0, self._passes * steps * self.epochs

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
        some = [example for example in examples if len(example.reference)]
        if some:
            batch = _Batch(some)
            rows = self.index.rows(np.concatenate(batch.hashes, axis=1))
            loss = self._step(rows, batch)
            losses[self.name] = losses.get(self.name, 0.0) + loss
            if self.network is not None:
                self._teach(self.network, rows, batch)
        return losses

    def _teach(self, network: Network, rows: Rows, batch: "_Batch") -> None:
        """Steps of the network for each piece of the batch, in random order, copies left out."""
        ids = self.vector_of.take(rows[TEMPLATES])
        for first, last in self._random.permutation(np.repeat(batch.pieces, self._passes, axis=0)):
            starts, lengths = batch.starts[first:last], batch.lengths[first:last]
            here = slice(starts[0], starts[-1] + lengths[-1])
            kept = (
                self._random.random((len(ids), here.stop - here.start), dtype=np.float32) >= _FEATURE_DROPOUT
            )
            known = np.where(kept, ids[:, here], 0)
            scores, trace = network.forward(known, _UNIT_DROPOUT, self._random)
            _, gradient, moves = log_likelihood_gradient(
                scores, self.network_moves, starts - starts[0], lengths, batch.gold[here]
            )
            count, rate = np.float32(len(scores)), rate_at(self._steps, self._all_steps)
            state, slopes = network.backward(gradient / count, trace)
            network.step(known, state, slopes, *(rate * full for full in _RATES))
            moves /= count
            self._network_squares += moves * moves
            self.network_moves -= np.float32(_MOVE_RATE * rate) * moves / np.sqrt(self._network_squares)
            self._steps += 1

    def _step(self, rows: Rows, batch: "_Batch") -> float:
        from scipy.sparse import csr_matrix

        keep = 1 - self.feature_dropout
        rows = np.where(self._random.random(rows.shape, dtype=np.float32) < keep, rows, 0)
        scores = self.scores(rows) / np.float32(keep)
        loss, gradient, moves = log_likelihood_gradient(
            scores, self.moves, batch.starts, batch.lengths, batch.gold
        )
        used, place = distinct(rows, len(self.weights))
        width = rows.shape[1]
        ones = np.ones(rows.size, dtype=np.float32)
        where = (place.ravel(), np.tile(np.arange(width), rows.shape[0]))
        step = csr_matrix((ones, where), shape=(len(used), width)) @ gradient
        step += self.l2 * self.weights[used]
        step[used == 0] = 0
        self._squares[used] += step * step
        self.weights[used] -= self.learn_rate * step / np.sqrt(self._squares[used])
        self._move_squares += moves * moves
        self.moves -= self.learn_rate * moves / np.sqrt(self._move_squares)
        return loss

    def score(self, examples: Iterable[Example], **_: Any) -> dict[str, Any]:
        scores: dict[str, Any] = get_ner_prf(examples)
        return scores

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Weights as a numpy archive without pickles: half precision, weak rows without a vector left out."""
        kept = (np.abs(self.weights).max(axis=1) >= WEAK) | (self.vector_of > 0)
        kept[0] = True
        arrays = {
            "keys": self.index.keys[kept[1:]],
            "weights": self.weights[kept].astype(np.float16),
            "moves": self.moves,
            "vector_of": self.vector_of[kept],
            "network_moves": self.network_moves,
        }
        if self.network is not None:
            arrays |= {_NETWORK + name: array for name, array in self.network.arrays().items()}
            arrays[_NETWORK + "vectors"] = self.network.vectors.astype(np.float16)
        buffer = io.BytesIO()
        share = np.array(self.share)
        np.savez_compressed(buffer, format=np.array(FORMAT), tags=np.array(TAGS), share=share, **arrays)
        return buffer.getvalue()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "CrfTagger":
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            if int(archive["format"]) != FORMAT or tuple(archive["tags"]) != TAGS:
                raise RectifyError("this pipeline was built by another version; build it again")
            keys, weights, self.moves, self.vector_of, self.network_moves = (
                archive[name] for name in _ARRAYS
            )
            self.share = np.float32(archive["share"])
            held = {name: archive[name] for name in archive.files if name.startswith(_NETWORK)}
        self.index = FeatureIndex(keys)
        self.weights = np.ascontiguousarray(weights, dtype=np.float32)
        layers = {name.removeprefix(_NETWORK): array for name, array in held.items()}
        self.network = Network.of_arrays(layers) if layers else None
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        Path(path).mkdir(parents=True, exist_ok=True)
        (Path(path) / "crf.npz").write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "CrfTagger":
        return self.from_bytes((Path(path) / "crf.npz").read_bytes())


class _Batch:
    """Several notices behind each other: hashes, clause ranges and gold tags.

    ``pieces`` (count, 2) are the first clause and the one behind the last of each piece of a notice that
    is no copy.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        texts = [example.reference.text for example in examples]
        self.hashes = [feature_hashes(text) for text in texts]
        offsets = np.cumsum([0, *map(len, texts)])
        cuts = [ranges(text) for text in texts]
        self.starts: Ints = np.concatenate([r[0] + at for r, at in zip(cuts, offsets, strict=False)])
        self.lengths: Ints = np.concatenate([r[1] for r in cuts])
        self.gold: Ints = np.concatenate(
            [_gold_tags(example.reference, len(text)) for example, text in zip(examples, texts, strict=True)]
        )
        before = np.cumsum([0, *(len(r[0]) for r in cuts)]).tolist()
        own = [
            (first + at, last + at)
            for example, cut, at in zip(examples, cuts, before, strict=False)
            if not example.reference.user_data.get(COPY)
            for first, last in pieces(cut)
        ]
        self.pieces: Ints = np.array(own, dtype=np.int64).reshape(-1, 2)


def pieces(cut: tuple[Ints, Ints]) -> list[tuple[int, int]]:
    """Neighbouring clauses, by their numbers, that are about PIECE characters together."""
    found: list[tuple[int, int]] = []
    first = size = 0
    for number, length in enumerate(cut[1].tolist()):
        if size and size + length > PIECE:
            found.append((first, number))
            first, size = number, 0
        size += length
    return [*found, (first, len(cut[1]))]


def _often(hashes: Sequence[NDArray[np.uint64]], count: int) -> NDArray[np.uint64]:
    """Hashes that stand there so often, sorted."""
    found, counts = np.unique(np.concatenate(hashes), return_counts=True)
    often: NDArray[np.uint64] = found[counts >= count]
    return often


def ranges(text: str) -> tuple[Ints, Ints]:
    """Starts and lengths of the stretches of a text that are tagged each by itself."""
    cut = np.array(clauses(text), dtype=np.int64)
    return cut[:, 0], cut[:, 1] - cut[:, 0]


def _gold_tags(doc: Doc, length: int) -> Ints:
    tags = np.zeros(length, dtype=np.int64)
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
