"""Small convolutions over summed feature embeddings: the second opinion on every character's tags.

Some of the CRF's features each have a vector; their sum goes through residual convolutions over three
characters with layer normalisation before each (Collobert et al. 2011; Ba et al. 2016). Trained with
AdaGrad on the vectors and Adam (Kingma and Ba 2015) on the rest. Shapes: N characters, C features of a
character, W units, L tags.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rectify_ner.tagger.chain import TAGS, Floats

Ids = NDArray[np.int32]
Arrays = dict[str, Floats]
_EPSILON = np.float32(1e-5)
_WARM_UP = 200
_LAST_RATE = 0.01
_BETAS = (0.9, 0.999)


@dataclass(frozen=True, slots=True)
class _Block:
    """What a convolution keeps of its way forward."""

    normal: Floats
    scale: Floats
    window: Floats
    passed: Floats


@dataclass(frozen=True, slots=True)
class Trace:
    """What ``backward`` needs of one ``forward``."""

    ids: Ids
    blocks: list[_Block]
    normal: Floats
    scale: Floats
    output: Floats


@dataclass(slots=True)
class Network:
    """``vectors`` (rows, W), row 0 all zeros for unknown features; ``layers`` holds everything else."""

    vectors: Floats
    layers: Arrays
    depth: int
    _seen: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    _means: Arrays = field(default_factory=dict)
    _squares: Arrays = field(default_factory=dict)
    _steps: int = 0

    @classmethod
    def fresh(cls, features: int, width: int, depth: int, random: np.random.Generator) -> "Network":
        """An untrained network that knows ``features`` features."""
        vectors = (random.standard_normal((features + 1, width)) * 0.1).astype(np.float32)
        vectors[0] = 0
        layers: Arrays = {"bias": np.zeros(width, dtype=np.float32)}
        for number in range(depth):
            spread = np.sqrt(1 / (3 * width))
            layers[f"kernel{number}"] = (random.standard_normal((3 * width, width)) * spread).astype(
                np.float32
            )
            layers[f"shift{number}"] = np.zeros(width, dtype=np.float32)
        for number in range(depth + 1):
            layers[f"gain{number}"] = np.ones(width, dtype=np.float32)
            layers[f"offset{number}"] = np.zeros(width, dtype=np.float32)
        layers["output"] = np.zeros((width, len(TAGS)), dtype=np.float32)
        layers["prior"] = np.zeros(len(TAGS), dtype=np.float32)
        return cls(vectors, layers, depth, np.full(features + 1, 1e-6, dtype=np.float32))

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Floats]) -> "Network":
        """What ``arrays`` gave."""
        found = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
        vectors = found.pop("vectors")
        return cls(vectors, found, sum(name.startswith("kernel") for name in found))

    def arrays(self) -> Arrays:
        """All weights by name."""
        return {"vectors": self.vectors, **self.layers}

    def embed(self, ids: Ids) -> Floats:
        """Sum of the vectors of each character's features (C, N) → (N, W)."""
        total = np.repeat(self.layers["bias"][None], ids.shape[1], axis=0)
        room = np.empty_like(total)
        for row in ids:
            total += self.vectors.take(row, axis=0, out=room, mode="clip")
        return total

    def scores(self, ids: Ids) -> Floats:
        """Tag scores (N, L) of characters that stand behind each other, from feature rows (C, N)."""
        layers = self.layers
        state = self.embed(ids)
        for number in range(self.depth):
            normal, _ = _normalise(state)
            window = _windows(normal * layers[f"gain{number}"] + layers[f"offset{number}"])
            grown: Floats = window @ layers[f"kernel{number}"]
            grown += layers[f"shift{number}"]
            state += np.maximum(grown, 0, out=grown)
        normal, _ = _normalise(state)
        output: Floats = normal * layers[f"gain{self.depth}"] + layers[f"offset{self.depth}"]
        scores: Floats = output @ layers["output"] + layers["prior"]
        return scores

    def forward(self, ids: Ids, dropout: float, random: np.random.Generator) -> tuple[Floats, Trace]:
        """Scores with ``dropout`` of the units, and what is needed on the way back."""
        layers = self.layers
        state = self.embed(ids)
        blocks = []
        for number in range(self.depth):
            normal, scale = _normalise(state)
            window = _windows(normal * layers[f"gain{number}"] + layers[f"offset{number}"])
            grown: Floats = window @ layers[f"kernel{number}"] + layers[f"shift{number}"]
            kept = random.random(grown.shape, dtype=np.float32) >= dropout
            passed: Floats = ((grown > 0) & kept).astype(np.float32) / np.float32(1 - dropout)
            state += grown * passed
            blocks.append(_Block(normal, scale, window, passed))
        normal, scale = _normalise(state)
        output: Floats = normal * layers[f"gain{self.depth}"] + layers[f"offset{self.depth}"]
        scores: Floats = output @ layers["output"] + layers["prior"]
        return scores, Trace(ids, blocks, normal, scale, output)

    def backward(self, wanted: Floats, trace: Trace) -> tuple[Floats, Arrays]:
        """Gradients by the summed vectors (N, W) and by the layers, from those by the scores (N, L)."""
        layers, last = self.layers, self.depth
        slopes: Arrays = {"output": trace.output.T @ wanted, "prior": wanted.sum(0)}
        back = wanted @ layers["output"].T
        slopes[f"gain{last}"], slopes[f"offset{last}"] = (back * trace.normal).sum(0), back.sum(0)
        state = _normalise_back(back * layers[f"gain{last}"], trace.normal, trace.scale)
        for number in range(last - 1, -1, -1):
            block = trace.blocks[number]
            grown: Floats = state * block.passed
            slopes[f"kernel{number}"] = block.window.T @ grown
            slopes[f"shift{number}"] = grown.sum(0)
            back = _windows_back(grown @ layers[f"kernel{number}"].T)
            slopes[f"gain{number}"], slopes[f"offset{number}"] = (back * block.normal).sum(0), back.sum(0)
            state = state + _normalise_back(back * layers[f"gain{number}"], block.normal, block.scale)
        slopes["bias"] = state.sum(0)
        return state, slopes

    def step(self, ids: Ids, state: Floats, slopes: Arrays, rate: float, vector_rate: float) -> None:
        """Move the weights against their gradients."""
        self._move_vectors(ids, state, vector_rate)
        self._steps += 1
        slow, slower = _BETAS
        for name, slope in slopes.items():
            mean = self._means.setdefault(name, np.zeros_like(slope))
            square = self._squares.setdefault(name, np.zeros_like(slope))
            mean += (1 - slow) * (slope - mean)
            square += (1 - slower) * (slope * slope - square)
            spread = np.sqrt(square / (1 - slower**self._steps)) + 1e-8
            self.layers[name] -= (rate / (1 - slow**self._steps) * mean / spread).astype(np.float32)

    def _move_vectors(self, ids: Ids, state: Floats, rate: float) -> None:
        from scipy.sparse import csr_matrix

        used, place = distinct(ids, len(self.vectors))
        where = (place.ravel(), np.tile(np.arange(ids.shape[1]), ids.shape[0]))
        ones = np.ones(ids.size, dtype=np.float32)
        slope = csr_matrix((ones, where), shape=(len(used), ids.shape[1])) @ state
        slope[used == 0] = 0
        self._seen[used] += (slope * slope).mean(1)
        self.vectors[used] -= np.float32(rate) * slope / np.sqrt(self._seen[used])[:, None]


def distinct(rows: NDArray[np.int32], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What ``np.unique`` gives with ``return_inverse``, for numbers below ``size``, without sorting."""
    marks = np.zeros(size, dtype=np.bool_)
    marks[rows.ravel()] = True
    used = np.flatnonzero(marks)
    place = np.cumsum(marks) - 1
    return used, place[rows]


def rate_at(step: int, steps: int) -> float:
    """Share of the learning rate at one of ``steps`` steps: warmed up, then let down to almost nothing."""
    return min(1.0, (step + 1) / _WARM_UP) * max(_LAST_RATE, 1 - step / max(1, steps))


def _normalise(state: Floats) -> tuple[Floats, Floats]:
    """Each row with mean 0 and variance 1, and what it was divided by, inverted."""
    centred = state - state.mean(1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(state.shape[1])
    scale: Floats = 1 / np.sqrt(variance + _EPSILON)
    centred *= scale
    return centred, scale


def _normalise_back(slope: Floats, normal: Floats, scale: Floats) -> Floats:
    along = (slope * normal).mean(1, keepdims=True)
    back: Floats = scale * (slope - slope.mean(1, keepdims=True) - normal * along)
    return back


def _windows(rows: Floats) -> Floats:
    """Each row between the row before and the one behind it: (N, W) → (N, 3 W), zeros beyond the ends."""
    count, width = rows.shape
    out = np.zeros((count, 3 * width), dtype=np.float32)
    out[1:, :width] = rows[:-1]
    out[:, width : 2 * width] = rows
    out[:-1, 2 * width :] = rows[1:]
    return out


def _windows_back(slope: Floats) -> Floats:
    width = slope.shape[1] // 3
    back = slope[:, width : 2 * width].copy()
    back[:-1] += slope[1:, :width]
    back[1:] += slope[:-1, 2 * width :]
    return back
