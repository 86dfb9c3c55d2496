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
        bits = min(24, max(8, len(keys).bit_length() + 2))
        self._shift = np.uint64(64 - bits)
        edges = np.arange(1 << bits, dtype=np.uint64) << self._shift
        self._starts = np.searchsorted(keys, edges).astype(np.int32)

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, hashes: Hashes) -> Rows:
        """1 + the place of each hash among the keys, 0 where it is unknown; same shape."""
        if not len(self.keys):
            return np.zeros(hashes.shape, dtype=np.int32)
        asked = hashes.ravel()
        place = self._starts.take((asked >> self._shift).view(np.int64))
        seen = self.keys.take(place, mode="clip")
        found: Rows = (place + 1) * (seen == asked)
        open_ = np.flatnonzero(seen < asked)
        while len(open_):
            here = place[open_] + 1
            inside = here < len(self.keys)
            open_, here = open_[inside], here[inside]
            place[open_] = here
            seen, wanted = self.keys.take(here), asked.take(open_)
            hit = seen == wanted
            found[open_[hit]] = here[hit] + 1
            open_ = open_[seen < wanted]
        return found.reshape(hashes.shape)
