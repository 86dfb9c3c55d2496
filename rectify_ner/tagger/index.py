"""From feature hashes to weight rows, for whole notices at once."""

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int32]


class FeatureIndex:
    """The known hashes, sorted, in buckets by their leading bits.

    With some four buckets a key most look-ups end at the first key they compare; ``np.searchsorted``
    would touch twenty.
    """

    def __init__(self, keys: Hashes) -> None:
        self.keys = keys
        self._bits = min(24, max(8, len(keys).bit_length() + 2))
        edges = np.arange(1 << self._bits, dtype=np.uint64) << np.uint64(64 - self._bits)
        starts = np.searchsorted(keys, edges)
        self._starts = np.append(starts, len(keys)).astype(np.int32)
        self._deepest = int(np.diff(self._starts).max(initial=0))

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, hashes: Hashes) -> Rows:
        """1 + the place of each hash among the keys, 0 where it is unknown; same shape."""
        found = np.zeros(hashes.size, dtype=np.int32)
        if not len(self.keys):
            return found.reshape(hashes.shape)
        flat = hashes.ravel()
        bucket = (flat >> np.uint64(64 - self._bits)).astype(np.int64)
        at, end = self._starts[bucket], self._starts[bucket + 1]
        open_ = np.flatnonzero(at < end)
        for _ in range(self._deepest):
            place = at[open_]
            hit = self.keys[place] == flat[open_]
            found[open_[hit]] = place[hit] + 1
            at[open_] += 1
            open_ = open_[~hit & (place + 1 < end[open_])]
            if not len(open_):
                break
        return found.reshape(hashes.shape)
