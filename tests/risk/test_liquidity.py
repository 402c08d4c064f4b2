"""Liquidity, impact and concentration: published tables and laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.concentration import concentration, concentration_by_group
from trimtab.risk.impact import ImpactModel, frontier, optimal_sale
from trimtab.risk.liquidity import (
    Conditions,
    ExitBook,
    days_to_liquidate,
    exit_in,
    exit_table,
    impact,
    liquidity_var,
)

PAPER = ImpactModel(sd=0.95, fixed=0.0625, permanent=2.5e-7, temporary=2.5e-6)


@pytest.mark.parametrize(
    ("aversion", "cost", "variance", "half_life"), [(1e-9, 0.6625, 1.0812, 51.30), (9e-9, 0.6626, 1.0669, 17.10)]
)
def test_almgren_chriss_table(aversion, cost, variance, half_life):
    """Almgren and Chriss (2001): S 50, X 1e6, T = N = 5, daily sd .95, eps .0625, gamma 2.5e-7, eta 2.5e-6."""
    path = optimal_sale(PAPER, units=1e6, horizon=5, steps=5, risk_aversion=aversion)
    assert path.expected_cost / 1e6 == pytest.approx(cost, abs=6e-5)
    assert path.variance / 1e12 == pytest.approx(variance, abs=6e-5)
    assert path.half_life == pytest.approx(half_life, abs=5e-3)


@pytest.mark.parametrize("aversion", [0.0, 1e-7, 1e-6, 5e-6])
def test_no_other_path_is_better(aversion):
    """A general optimiser over all paths finds none with a lower cost plus risk."""
    tau, x0 = 1.0, 1.0
    eta = 2.5e-6 - 0.5 * 2.5e-7 * tau

    def objective(inner):
        x = np.concatenate([[x0], inner, [0.0]])
        return eta * np.sum(np.diff(x) ** 2) * 1e6 + aversion * 0.95**2 * np.sum(x[1:] ** 2) * 1e6

    best = minimize(objective, np.linspace(0.8, 0.2, 4), tol=1e-14).x
    path = optimal_sale(PAPER, units=1.0, horizon=5, steps=5, risk_aversion=aversion)
    assert path.remaining[1:-1] == pytest.approx(best, abs=1e-4)


@given(st.floats(1e-10, 1e-2), st.integers(1, 60))
def test_paths_are_sane(aversion, steps):
    """Every path sells all, never buys, and stays finite for any risk aversion."""
    path = optimal_sale(PAPER, units=1e6, horizon=5, steps=steps, risk_aversion=aversion)
    assert path.remaining[0] == pytest.approx(1e6)
    assert path.remaining[-1] == pytest.approx(0, abs=1e-6)
    assert (np.diff(path.remaining) <= 1e-6).all()
    assert np.isfinite(path.expected_cost)


def test_the_frontier_trades_cost_for_risk():
    """Along rising risk aversion cost never falls and risk never rises; zero is a straight line."""
    paths = frontier(PAPER, units=1e6, horizon=5, steps=20, risk_aversions=(0.0, 1e-8, 1e-7, 1e-6, 1e-5))
    assert paths[0].remaining == pytest.approx(np.linspace(1e6, 0, 21))
    costs, risks = [p.expected_cost for p in paths], [p.sd for p in paths]
    assert costs == sorted(costs)
    assert risks == sorted(risks, reverse=True)
    with pytest.raises(InputError, match="shorter steps"):
        optimal_sale(PAPER, units=1e6, horizon=100, steps=1, risk_aversion=0.0)
    with pytest.raises(InputError, match="temporary"):
        ImpactModel(sd=1, fixed=0, permanent=0, temporary=0)
    with pytest.raises(InputError, match="units"):
        optimal_sale(PAPER, units=-1, horizon=5, steps=1, risk_aversion=0.0)


def test_liquidity_adjusted_var():
    """100, sd 2%, z 1.65, constant spread 1% -> 3.80; Bangia et al. add half of mean plus k deviations."""
    assert liquidity_var(100, sd=0.02, z=1.65, spread=0.01) == pytest.approx(3.80)
    wider = liquidity_var(-100, sd=0.02, z=1.65, spread=0.01, spread_sd=0.005, spread_multiple=3)
    assert wider == pytest.approx(3.30 + 50 * (0.01 + 0.015))


def test_impact_is_a_power():
    """Four times the size has twice the impact at one half, and 4^0.6 times at three fifths."""
    assert impact(0.4, 0.02) / impact(0.1, 0.02) == pytest.approx(2)
    assert impact(0.4, 0.02, exponent=0.6) / impact(0.1, 0.02, exponent=0.6) == pytest.approx(4**0.6)
    with pytest.raises(InputError, match="exponent"):
        impact(0.1, 0.02, exponent=1.5)


def book(**changes) -> ExitBook:
    numbers = {
        "value": np.array([1e6, -5e5, 2e5]),
        "daily_value": np.array([2e6, 5e6, 1e5]),
        "volatility": np.array([0.02, 0.03, 0.01]),
        "half_spread": np.array([0.0005, 0.001, 0.002]),
        "betas": np.array([1.2, 0.8, 0.3]),
        "nav": 1e6,
    }
    return ExitBook(**(numbers | changes))


def test_an_exit_by_hand():
    """Forced cost over five days is the sum over positions of size times half-spread plus square-root impact."""
    out = exit_in(book(), 5, participation=0.1)
    size = np.array([1e6, 5e5, 2e5])
    rate = size / (5 * np.array([2e6, 5e6, 1e5]))
    expected = size * (np.array([0.0005, 0.001, 0.002]) + np.array([0.02, 0.03, 0.01]) * np.sqrt(rate))
    assert out.forced_cost == pytest.approx(expected.sum())
    assert out.largest_participation == pytest.approx(0.4)
    sold = np.minimum(1, 0.1 / rate)
    assert out.sold_share == pytest.approx((size * sold).sum() / size.sum())
    still = np.array([1e6, -5e5, 2e5]) * (1 - sold)
    assert out.beta_left == pytest.approx((still * [1.2, 0.8, 0.3]).sum() / out.value_left)


def test_speed_and_stress_cost():
    """Slower exits cost less, leave less behind and carry more risk; stress costs more at every speed."""
    table = exit_table(book(), participation=0.05)
    calm, stressed = table[:3], table[3:]
    assert [out.days for out in calm] == [1, 5, 20]
    assert calm[0].forced_cost > calm[1].forced_cost > calm[2].forced_cost
    assert calm[0].sold_share < calm[1].sold_share <= calm[2].sold_share
    assert calm[0].risk < calm[2].risk
    assert all(
        b.forced_cost > a.forced_cost and b.sold_share <= a.sold_share for a, b in zip(calm, stressed, strict=True)
    )


def test_a_position_without_volume_is_not_sold():
    """Unknown volume means not sold, still held with its beta, and named."""
    out = exit_in(book(daily_value=np.array([2e6, np.nan, 1e5])), 20)
    assert out.unknown == (1,)
    assert out.beta_left == pytest.approx(-5e5 * 0.8 / out.value_left)
    no_beta = exit_in(book(daily_value=np.array([2e6, np.nan, 1e5]), betas=np.array([1.2, np.nan, 0.3])), 20)
    assert no_beta.beta_left is None
    with pytest.raises(NotEnoughDataError, match="beta"):
        exit_in(book(betas=np.nan), 1, conditions=Conditions(name="crash", haircut=0.2))


def test_haircut_and_correlation():
    """A benchmark fall of 10% takes beta times that from each position; correlation one adds risk of a long book."""
    out = exit_in(book(), 1, conditions=Conditions(name="crash", haircut=0.1), participation=1.0)
    fallen = 0.1 * (1e6 * 1.2 - 5e5 * 0.8 + 2e5 * 0.3)
    assert out.value_left + out.capped_cost == pytest.approx(1e6 - fallen)
    long = book(value=np.array([1e6, 5e5, 2e5]))
    apart = exit_in(book(value=np.array([1e6, 5e5, 2e5]), correlation=np.eye(3)), 1)
    assert apart.risk < exit_in(long, 1).risk
    with pytest.raises(InputError, match="haircut"):
        Conditions(name="x", haircut=1.0)


def test_days_to_liquidate():
    """Size over volume times participation; nothing held takes no time, unknown volume is not known."""
    days = days_to_liquidate([1e6, -1e6, 0.0, 1.0], [1e6, 5e6, np.nan, np.nan], participation=0.1)
    assert days[:3].tolist() == pytest.approx([10, 2, 0])
    assert np.isnan(days[3])
    with pytest.raises(InputError, match="participation"):
        days_to_liquidate([1.0], [1.0], participation=0)


def test_published_concentrations():
    """Two halves: HHI .5, effective number 2. Ten equal: .1 and 10."""
    assert concentration([0.5, 0.5], "AB").hhi == pytest.approx(0.5)
    ten = concentration(np.full(10, 0.1), "ABCDEFGHIJ")
    assert (ten.hhi, ten.effective_number, ten.top_five) == pytest.approx((0.1, 10, 0.5))


@given(st.lists(st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3), min_size=1, max_size=12), st.floats(0.01, 100))
def test_concentration_laws(amounts, k):
    """HHI lies between 1/n and 1, and neither scale, sign nor a zero position changes it."""
    names = [str(i) for i in range(len(amounts))]
    one = concentration(amounts, names)
    assert 1 / len(amounts) - 1e-12 <= one.hhi <= 1 + 1e-12
    assert sum(one.shares) == pytest.approx(1)
    assert concentration([-k * a for a in amounts], names).hhi == pytest.approx(one.hhi)
    assert concentration([*amounts, 0.0], [*names, "zero"]).hhi == pytest.approx(one.hhi)


def test_groups_net_inside():
    """Long and short of one issuer are one bet; an unknown amount makes its group unknown; no label is a group."""
    result = concentration_by_group([100.0, -60.0, 40.0, 20.0], ["X", "X", "Y", None])
    assert dict(zip(result.names, result.shares, strict=True)) == {"X": 0.4, "Y": 0.4, "not stated": 0.2}
    assert concentration_by_group([np.nan, 1.0, 2.0], ["X", "X", "Y"]).unknown == ("X",)
    with pytest.raises(InputError, match="not zero"):
        concentration([0.0], ["A"])
