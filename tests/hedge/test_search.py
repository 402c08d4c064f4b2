"""The lot search against brute force and an independent integer solver."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from trimtab.errors import InputError
from trimtab.hedge.search import Distance, LotRange, search_lots

#: A band of no width: every unit off target costs the same.
FLAT = Distance(near=0.01, far=1e-9, slack=0.0)
BAND = Distance(near=0.001, far=1.0, slack=40_000.0)


def brute(gap: float, contracts: tuple[LotRange, ...], distance: Distance) -> float:
    """Try every combination up to one lot beyond the gap."""
    ranges = []
    for c in contracts:
        reach = int(np.ceil(abs(gap) / abs(c.beta_per_lot)))
        sign = 1 if gap * c.beta_per_lot > 0 else -1
        ranges.append([sign * n for n in range((reach if c.most is None else min(reach, c.most)) + 1)])
    best = float("inf")
    for lots in itertools.product(*ranges):
        left = abs(gap - sum(c.beta_per_lot * n for c, n in zip(contracts, lots, strict=True)))
        cost = sum(c.cost_per_lot * abs(n) for c, n in zip(contracts, lots, strict=True))
        beyond = left - distance.slack if left > distance.slack else 0.0
        best = min(best, cost + distance.near * left + distance.far * beyond)
    return best


contract = st.builds(
    LotRange,
    beta_per_lot=st.floats(5_000, 300_000).flatmap(lambda g: st.sampled_from([g, -g])),
    cost_per_lot=st.floats(0, 400),
    most=st.none() | st.integers(0, 6),
)


@given(st.floats(-900_000, 900_000), st.lists(contract, min_size=1, max_size=3), st.sampled_from([FLAT, BAND]))
def test_the_search_finds_what_brute_force_finds(gap, contracts, distance):
    """On small books no combination of lots is better than the one found."""
    small = tuple(
        LotRange(beta_per_lot=c.beta_per_lot * 8, cost_per_lot=c.cost_per_lot, most=c.most) for c in contracts
    )
    found = search_lots(gap, small, distance=distance)
    assert found.objective == pytest.approx(brute(gap, small, distance), rel=1e-7, abs=1e-4)
    assert found.shortfall == 0.0
    for n, c in zip(found.lots, small, strict=True):
        assert c.most is None or abs(n) <= c.most
        assert n == 0 or n * c.beta_per_lot * gap > 0


@pytest.mark.parametrize("seed", range(12))
def test_four_contracts_agree_with_an_integer_programme(seed):
    """HiGHS, given the same problem as an integer programme, finds no lower objective."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(8_000, 300_000, 4)
    cost = rng.uniform(1e-5, 1e-4, 4) * size
    gap = float(rng.uniform(2e6, 4e7))
    contracts = tuple(LotRange(beta_per_lot=g, cost_per_lot=c) for g, c in zip(size, cost, strict=True))
    found = search_lots(gap, contracts, distance=BAND)
    # Variables: four counts, then what is left inside the band and beyond it, below the target and above it.
    solved = milp(
        np.concatenate([cost, [BAND.near, BAND.near + BAND.far] * 2]),
        constraints=LinearConstraint(np.concatenate([size, [1.0, 1.0, -1.0, -1.0]])[None, :], gap, gap),
        integrality=[1, 1, 1, 1, 0, 0, 0, 0],
        bounds=Bounds(0, [np.inf] * 4 + [BAND.slack, np.inf] * 2),
        options={"mip_rel_gap": 1e-9},
    )
    assert found.objective <= solved.fun * (1 + 1e-6) + 1e-6


def test_hull_short_thirty():
    """Hull 11e section 3.5: beta 1.5, V 5,050,000, F 1,010 x 250: target 0 shorts 30, .75 shorts 15, 2.0 buys 10."""
    one = LotRange(beta_per_lot=1_010 * 250.0, cost_per_lot=8.5)
    lots = [search_lots((target - 1.5) * 5_050_000, (one,), distance=FLAT).lots[0] for target in (0, 0.75, 2.0)]
    assert lots == [-30, -15, 10]


def test_fractions_round_to_the_nearest_lot():
    """14.76 contracts become 15, not 14, a truncation seen in print."""
    one = LotRange(beta_per_lot=100_000.0, cost_per_lot=5.0)
    assert search_lots(14.76 * 100_000, (one,), distance=FLAT).lots == (15,)


def test_inside_the_band_a_trade_dearer_than_its_gap_is_not_made():
    """A lot that costs more than the distance it removes is worth is left alone, but only inside the band."""
    one = LotRange(beta_per_lot=1_000.0, cost_per_lot=50.0)
    assert search_lots(10_000.0, (one,), distance=BAND).lots == (0,)
    assert search_lots(100_000.0, (one,), distance=BAND).lots == (60,)


def test_a_dear_contract_still_brings_beta_into_the_band():
    """Outside the band cost does not stop the plan: the mandate comes first."""
    one = LotRange(beta_per_lot=1_000.0, cost_per_lot=900.0)
    assert search_lots(100_000.0, (one,), distance=BAND).lots == (60,)


def test_a_micro_takes_the_remainder():
    """The large contract carries the bulk at less cost, the small one what is left."""
    large = LotRange(beta_per_lot=200_000.0, cost_per_lot=8.5)
    small = LotRange(beta_per_lot=20_000.0, cost_per_lot=1.25)
    assert search_lots(-1_255_000.0, (large, small), distance=BAND).lots == (-6, -3)


def test_five_contracts_are_refused():
    """More than four contracts are named as too many."""
    with pytest.raises(InputError, match="one to 4 hedge contracts"):
        search_lots(1.0, (LotRange(beta_per_lot=1.0, cost_per_lot=0.0),) * 5, distance=FLAT)


def test_a_stopped_search_says_how_far_it_may_be_from_best():
    """When the node limit stops the search, the shortfall bounds the distance from the optimum."""
    contracts = tuple(LotRange(beta_per_lot=g, cost_per_lot=0.0) for g in (210_007.0, 190_013.0, 170_021.0, 150_001.0))
    stopped = search_lots(5e8, contracts, distance=FLAT, node_limit=50)
    assert stopped.shortfall > 0
    assert stopped.objective - stopped.shortfall <= search_lots(5e8, contracts[:1], distance=FLAT).objective
