"""State in, state out: batch, pieces and single rows give the same numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beta_pairs import noisy_pairs
from trimtab.beta.estimators.auto import Auto
from trimtab.beta.estimators.ewma import Ewma
from trimtab.beta.estimators.kalman import Kalman
from trimtab.beta.estimators.mixture import Mixture
from trimtab.beta.estimators.ols import Ols
from trimtab.beta.estimators.two_speed import TwoSpeed
from trimtab.beta.estimators.welch import Welch
from trimtab.beta.running import Recursive, begin, read, update
from trimtab.errors import InputError
from trimtab.market.returns import PairedReturns

RECURSIVE = (Ewma(window=None), Welch(window=None), Kalman(window=None, drift=0.02), TwoSpeed(), Mixture(), Auto())


def holed() -> PairedReturns:
    """Six assets over 500 days, some days of some assets missing."""
    pairs = noisy_pairs((0.4, 0.8, 1.0, 1.2, 1.6, 1.0), n=500)
    asset = pairs.asset.copy()
    asset[np.random.default_rng(1).random(asset.shape) < 0.05] = np.nan
    asset[1:, 0] = pairs.asset[1:, 0]
    return replace(pairs, asset=asset)


def rows(pairs: PairedReturns, stop: int) -> PairedReturns:
    """Give the first rows."""
    return replace(
        pairs,
        dates=pairs.dates[:stop],
        asset=pairs.asset[:stop],
        market=pairs.market[:stop],
        joined=pairs.joined[:stop],
        gaps=pairs.gaps[:stop],
    )


@pytest.mark.parametrize("estimator", RECURSIVE, ids=lambda e: e.name)
def test_rows_one_by_one_give_what_the_whole_gives(estimator: Recursive) -> None:
    """A state fed the last thirty rows singly ends bit for bit where one long run ends."""
    pairs = holed()
    state = begin(estimator, rows(pairs, 471))
    # A Kalman filter's variances belong to the first history; the long run must have the same.
    whole = update(state, pairs) if isinstance(estimator, Kalman) else begin(estimator, pairs)
    for stop in range(472, 502):
        state = update(state, rows(pairs, stop))
    assert read(state).value.tobytes() == read(whole).value.tobytes()
    assert read(state).stderr.tobytes() == read(whole).stderr.tobytes()
    assert read(state).n_obs.tolist() == read(whole).n_obs.tolist()


@pytest.mark.parametrize(
    "estimator", [Ewma(window=None), Welch(window=None), TwoSpeed(), Mixture(horizon=21), Auto()], ids=lambda e: e.name
)
def test_running_betas_are_the_estimators(estimator: Recursive) -> None:
    """What a state reads is what the estimator says in batch: values, errors and counts."""
    pairs = holed()
    reading, batch = read(begin(estimator, pairs)), estimator.estimate(pairs)
    assert reading.value == pytest.approx(batch.values(), rel=1e-9)
    assert reading.stderr == pytest.approx(batch.stderrs(), rel=1e-8)
    assert reading.n_obs.tolist() == [e.n_obs for e in batch.estimates]


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(40, 500), min_size=1, max_size=4))
def test_any_pieces_give_the_same_state(cuts: list[int]) -> None:
    """Wherever the history is cut, overlaps included, the numbers are the same."""
    pairs = holed()
    state = begin(Ewma(window=None), rows(pairs, min(cuts)))
    for stop in sorted(cuts):
        state = update(state, rows(pairs, stop))
    state = update(update(state, pairs), pairs)
    assert read(state).value.tobytes() == read(begin(Ewma(window=None), pairs)).value.tobytes()


def test_the_past_is_not_changed_by_going_on() -> None:
    """Updating gives a new state and leaves the old one as it was."""
    pairs = holed()
    for estimator in RECURSIVE:
        state = begin(estimator, rows(pairs, 400))
        before = read(state).value.tobytes()
        update(state, pairs)
        assert read(state).value.tobytes() == before


def test_what_cannot_run_is_refused() -> None:
    """Windows, estimators without a state, and other assets are refused."""
    pairs = holed()
    with pytest.raises(InputError, match="without a window"):
        begin(Ewma(), pairs)
    with pytest.raises(InputError, match="recursive"):
        begin(Ols(window=None), pairs)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="as the state has them"):
        update(begin(Ewma(window=None), pairs), noisy_pairs((1.0,)))


def test_few_rows_read_as_unknown() -> None:
    """Before thirty pairs a state gives NaN, the benchmark's 1 included."""
    assert np.isnan(read(begin(Ewma(window=None), rows(holed(), 20))).value).all()
