"""Candidates for spancat: runs of tokens inside a clause."""

from collections.abc import Callable, Iterable

import numpy as np
from spacy.tokens import Doc
from thinc.api import Ops, get_current_ops
from thinc.types import Ragged

from comparing.registering import Rows, register

CUT = frozenset("，,。；;：:！!？?\n")


@register("misc", "comparing.clause_suggester.v1")
def clause_suggester(longest: int) -> Callable[..., Ragged]:
    """All runs of at most ``longest`` tokens without a mark that ends a clause."""

    def suggest(docs: Iterable[Doc], *, ops: Ops | None = None) -> Ragged:
        found = [runs(doc, longest) for doc in docs]
        lengths: Rows = np.array([len(rows) for rows in found], dtype="i")
        rows: Rows = np.concatenate(found) if found else np.zeros((0, 2), dtype="i")
        ops = ops or get_current_ops()
        return Ragged(ops.asarray2i(rows), ops.asarray1i(lengths))

    return suggest


def runs(doc: Doc, longest: int) -> Rows:
    """Half-open token ranges (candidates, 2)."""
    cuts = np.fromiter((bool(CUT & set(token.text)) for token in doc), dtype=bool, count=len(doc))
    places = np.arange(len(doc))
    ends = np.append(np.flatnonzero(cuts), len(doc))
    room = ends[np.searchsorted(ends, places)] - places
    made = [
        np.stack([places[room >= size], places[room >= size] + size], axis=1)
        for size in range(1, longest + 1)
    ]
    return np.concatenate(made).astype("i")
