"""The network's way back against differences, and its parts against slow versions of themselves."""

import numpy as np
import pytest

from rectify_ner.tagger.chain import TAGS
from rectify_ner.tagger.network import Network, distinct, rate_at

FEATURES, WIDTH, DEPTH = 12, 6, 2
IDS = np.random.default_rng(1).integers(0, FEATURES + 1, size=(3, 9)).astype(np.int32)


@pytest.fixture
def network() -> Network:
    random = np.random.default_rng(3)
    made = Network.fresh(FEATURES, WIDTH, DEPTH, random)
    for name, array in made.layers.items():
        made.layers[name] = array.astype(np.float64) + random.normal(size=array.shape) * 0.3  # type: ignore[assignment]
    made.vectors = made.vectors.astype(np.float64) * 10  # type: ignore[assignment]
    return made


def _loss(network: Network, wanted: np.ndarray) -> float:
    """A loss whose gradient by the scores is ``wanted``."""
    return float((network.scores(IDS) * wanted).sum())


def test_the_way_back_gives_the_slopes_of_the_way_forward(network: Network) -> None:
    wanted = np.random.default_rng(4).normal(size=(IDS.shape[1], len(TAGS)))
    scores, trace = network.forward(IDS, 0.0, np.random.default_rng(0))
    assert scores == pytest.approx(network.scores(IDS), rel=1e-4, abs=1e-4)
    state, slopes = network.backward(wanted, trace)
    assert set(slopes) == set(network.layers)
    for name, array in network.layers.items():
        for place in ([0] * array.ndim, [-1] * array.ndim):
            at = tuple(place)
            kept, step = array[at], 1e-3
            array[at] = kept + step
            above = _loss(network, wanted)
            array[at] = kept - step
            below = _loss(network, wanted)
            array[at] = kept
            assert slopes[name][at] == pytest.approx((above - below) / (2 * step), rel=0.02, abs=0.02), name
    used = int(IDS[0, 4])
    slope = sum(state[place, 0] for row in IDS for place in np.flatnonzero(row == used))
    kept, step = network.vectors[used, 0], 1e-3
    network.vectors[used, 0] = kept + step
    above = _loss(network, wanted)
    network.vectors[used, 0] = kept - step
    assert slope == pytest.approx((above - _loss(network, wanted)) / (2 * step), rel=0.02, abs=0.02)


def test_steps_lower_the_loss_and_leave_unknown_features_at_zero() -> None:
    network = Network.fresh(FEATURES, WIDTH, DEPTH, np.random.default_rng(3))
    target = np.random.default_rng(5).normal(size=(IDS.shape[1], len(TAGS))).astype(np.float32)

    def distance() -> float:
        return float(((network.scores(IDS) - target) ** 2).mean())

    before = distance()
    for _ in range(60):
        scores, trace = network.forward(IDS, 0.0, np.random.default_rng(0))
        state, slopes = network.backward((scores - target) / scores.size, trace)
        network.step(IDS, state, slopes, 0.02, 0.02)
    assert distance() < before / 3
    assert not network.vectors[0].any()


def test_a_network_is_its_arrays() -> None:
    network = Network.fresh(FEATURES, WIDTH, DEPTH, np.random.default_rng(3))
    again = Network.of_arrays(network.arrays())
    assert again.depth == DEPTH
    assert (again.scores(IDS) == network.scores(IDS)).all()


def test_no_character_sees_further_than_the_depth(network: Network) -> None:
    far = IDS.copy()
    far[:, -1] = (far[:, -1] + 1) % (FEATURES + 1)
    same = np.isclose(network.scores(IDS), network.scores(far)).all(1)
    assert same.tolist() == [True] * (IDS.shape[1] - DEPTH - 1) + [False] * (DEPTH + 1)


def test_the_rate_rises_and_falls() -> None:
    rates = [rate_at(step, 1000) for step in (0, 100, 200, 900, 5000)]
    assert rates[0] < rates[1] < rates[2] > rates[3] > rates[4] > 0


def test_distinct_is_unique_without_sorting() -> None:
    rows = np.random.default_rng(2).integers(0, 50, size=(4, 30)).astype(np.int32)
    used, place = distinct(rows, 60)
    wanted, inverse = np.unique(rows, return_inverse=True)
    assert used.tolist() == wanted.tolist()
    assert place.ravel().tolist() == inverse.ravel().tolist()
