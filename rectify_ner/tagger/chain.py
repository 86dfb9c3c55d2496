"""A linear-chain CRF over BIOES labels: batched forward–backward and Viterbi in numpy.

Lafferty, McCallum, Pereira 2001; scaled recursions as in Rabiner 1989. Shapes: B sequences, T steps,
L labels. Sequences of one batch are padded behind their end.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rectify_ner.notice import LABELS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

TAGS: tuple[str, ...] = ("O", *(f"{place}-{label}" for place in "SEIB" for label in LABELS))
"""In groups: behind O, S and E a new span may begin; behind I and B the span goes on."""
TAG_INDEX = {tag: number for number, tag in enumerate(TAGS)}
FORBIDDEN = np.float32(-1e4)


def allowed() -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tags may follow each other (L, L), which may begin and which may end a sequence (L,)."""
    begins = np.array([tag[0] in "OBS" for tag in TAGS])
    ends = np.array([tag[0] in "OES" for tag in TAGS])
    inner = np.array([[a[0] in "BI" and b[0] in "IE" and a[2:] == b[2:] for b in TAGS] for a in TAGS])
    return inner | (ends[:, None] & begins[None, :]), begins, ends


FOLLOWS, BEGINS, ENDS = allowed()
_KINDS = len(LABELS)
_SINGLE = slice(0, 1 + _KINDS)
_END = slice(_SINGLE.stop, _SINGLE.stop + _KINDS)
_INNER = slice(_END.stop, _END.stop + _KINDS)
_BEGIN = slice(_INNER.stop, _INNER.stop + _KINDS)
_OUTER = slice(0, _END.stop)


def batches(lengths: Sequence[int], steps: int = 20_000) -> Iterator[Ints]:
    """Indices of sequences of like length, at most ``steps`` padded steps together."""
    order = np.argsort(lengths, kind="stable")
    first = 0
    for at in range(len(order)):
        if at + 1 == len(order) or (at + 2 - first) * lengths[order[at + 1]] > steps:
            yield order[first : at + 1]
            first = at + 1


def pad(scores: Floats, starts: Ints, lengths: Ints) -> tuple[Floats, Ints]:
    """Rows of ``scores`` (N, L) as (T, B, L), and the row index of each step (T, B), clipped at ends."""
    longest = int(lengths.max())
    index = starts[None, :] + np.minimum(np.arange(longest)[:, None], lengths[None, :] - 1)
    return scores[index], index


def viterbi(scores: Floats, transitions: Floats, starts: Ints, lengths: Ints) -> Ints:
    """Best tag of every row of ``scores`` (N, L); sequences as ranges of rows. Shape (N,)."""
    best = np.zeros(len(scores), dtype=np.int64)
    moves = np.where(FOLLOWS, transitions, FORBIDDEN).astype(np.float32)
    for group in batches(lengths.tolist(), steps=8_000):
        _decode(scores, moves, (starts[group], lengths[group]), best)
    return best


def _decode(scores: Floats, moves: Floats, ranges: tuple[Ints, Ints], best: Ints) -> None:
    """Forward the best totals alone, then walk back: what came before is looked up on the path only."""
    starts, lengths = ranges
    emitted, index = pad(scores, starts, lengths)
    totals = _totals(np.ascontiguousarray(emitted.transpose(0, 2, 1)), moves)
    longest, count = index.shape
    columns = np.ascontiguousarray(moves.T)
    rows = np.arange(count)
    final = np.where(ENDS, totals[lengths - 1, :, rows], FORBIDDEN).argmax(1)
    path = np.empty((longest, count), dtype=np.int64)
    path[-1] = tag = final
    goes_on = np.arange(longest)[:, None] + 1 < lengths
    for step in range(longest - 2, -1, -1):
        before = (totals[step].T + columns[tag]).argmax(1)
        path[step] = tag = np.where(goes_on[step], before, final)
    live = np.arange(longest)[:, None] < lengths
    best[index[live]] = path[live]


def _totals(emitted: Floats, moves: Floats) -> Floats:
    """Score of the best path to each tag at each step, from emitted scores; both (T, L, B).

    A tag that begins a span, or O, follows any of O, S and E; one inside a span follows two tags only.
    """
    total = np.empty_like(emitted)
    total[0] = np.where(BEGINS[:, None], emitted[0], FORBIDDEN)
    outer = np.concatenate([moves[_OUTER, _SINGLE], moves[_OUTER, _BEGIN]], axis=1)[:, :, None]
    onward = {
        (tail.start, head.start): np.diagonal(moves[tail, head])[:, None].copy()
        for tail in (_BEGIN, _INNER)
        for head in (_INNER, _END)
    }
    for step in range(1, len(emitted)):
        last, here = total[step - 1], total[step]
        fresh = (last[_OUTER, None, :] + outer).max(0)
        here[_SINGLE], here[_BEGIN] = fresh[_SINGLE], fresh[1 + _KINDS :]
        for head in (_INNER, _END):
            begun, going = (last[tail] + onward[tail.start, head.start] for tail in (_BEGIN, _INNER))
            np.maximum(begun, going, out=here[head])
        here += emitted[step]
    return total


def log_likelihood_gradient(
    scores: Floats, transitions: Floats, starts: Ints, lengths: Ints, gold: Ints
) -> tuple[float, Floats, Floats]:
    """Negative log likelihood, its gradient by scores (N, L) and by transitions (L, L)."""
    gradient = np.zeros_like(scores)
    moves_gradient = np.zeros_like(transitions)
    loss = 0.0
    for group in batches(lengths.tolist()):
        loss += _expectations(
            scores, transitions, (starts[group], lengths[group]), gold, (gradient, moves_gradient)
        )
    gradient[np.arange(len(gold)), gold] -= 1
    inside = np.ones(len(gold), dtype=bool)
    inside[starts] = False
    here = np.flatnonzero(inside)
    np.subtract.at(moves_gradient, (gold[here - 1], gold[here]), 1)
    return loss, gradient, moves_gradient


def _expectations(
    scores: Floats,
    transitions: Floats,
    ranges: tuple[Ints, Ints],
    gold: Ints,
    into: tuple[Floats, Floats],
) -> float:
    starts, lengths = ranges
    emitted, index = pad(scores, starts, lengths)
    longest, count, _ = emitted.shape
    live = np.arange(longest)[:, None] < lengths[None, :]
    top = emitted.max(2, keepdims=True)
    local = np.exp(emitted - top)
    moves = np.where(FOLLOWS, np.exp(transitions), 0).astype(np.float32)
    forward = np.zeros_like(emitted)
    scale = np.ones((longest, count), dtype=np.float32)
    state = local[0] * BEGINS
    for step in range(longest):
        if step:
            state = np.where(
                live[step][:, None], (forward[step - 1] @ moves) * local[step], forward[step - 1]
            )
        scale[step] = np.where(live[step], state.sum(1), 1)
        forward[step] = state / scale[step][:, None]
    final = (forward[-1] * ENDS).sum(1)
    path = scores[index, gold[index]]
    follow = transitions[gold[index[:-1]], gold[index[1:]]] * live[1:]
    loss = float(((np.log(scale) + top[:, :, 0]) * live).sum() + np.log(final).sum())
    loss -= float((path * live).sum() + follow.sum())
    backward = np.broadcast_to(ENDS / final[:, None], forward[0].shape).astype(np.float32)
    gradient, moves_gradient = into
    for step in range(longest - 1, -1, -1):
        mask = live[step]
        gradient[index[step][mask]] = (forward[step] * backward)[mask]
        if step:
            weighted = local[step] * backward / scale[step][:, None]
            weighted[~mask] = 0
            moves_gradient += moves * (forward[step - 1].T @ weighted)
            backward = np.where(mask[:, None], weighted @ moves.T, backward)
    return loss
