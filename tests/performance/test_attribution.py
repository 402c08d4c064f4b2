"""Attribution adds up, finds what was planted, and sees no future."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trimtab.errors import InputError
from trimtab.performance.attribution import Hedge, attribute, link

small = st.floats(-0.3, 0.3)
PERIODS, ASSETS = 6, 3


def grid(elements=small):
    return arrays(np.float64, (PERIODS, ASSETS), elements=elements)


def line(elements=small):
    return arrays(np.float64, (PERIODS,), elements=elements)


@given(
    line(), line(), grid(st.floats(-2, 2)), grid(), grid(st.floats(-3, 3)), grid(), st.floats(-2, 2), line(), line(),
    line(st.floats(-0.05, 0)), st.floats(-0.01, 0.01),
)  # fmt: skip
def test_components_add_up(total, market, weights, local, betas, fx, held, h, result, cost, expected):
    """Whatever the numbers, the twelve components of each period sum to its total within 1e-12."""
    parts = attribute(
        total=total,
        benchmark=market,
        weights=weights,
        local=local,
        betas=betas,
        beta_held=held,
        currency=fx,
        hedge=Hedge(beta=h, result=result, roll=0.001, funding=-0.0005, cost=cost),
        expected_benchmark=expected,
    )
    assert len(parts.components()) == 12
    assert np.abs(sum(parts.components().values()) - total).max() <= 1e-12
    assert parts.hedge == pytest.approx(result, abs=1e-12)
    assert parts.selection_by_asset.sum(axis=1) == pytest.approx(parts.selection, abs=1e-12)
    assert sum(link(parts).values()) == pytest.approx(np.prod(1 + total) - 1, abs=1e-10)


@given(grid(st.floats(-2, 2)), grid(), grid(), line())
def test_nothing_is_left_when_the_total_is_the_book(weights, local, fx, result):
    """If NAV moved by the listed positions, currencies and hedge alone, the residual is zero."""
    total = (weights * ((1 + local) * (1 + fx) - 1)).sum(axis=1) + result
    parts = attribute(
        total=total,
        benchmark=np.linspace(-0.02, 0.03, PERIODS),
        weights=weights,
        local=local,
        betas=np.ones_like(local),
        beta_held=1.0,
        currency=fx,
        hedge=Hedge(beta=-0.5, result=result),
    )
    assert np.abs(parts.residual).max() < 1e-12


def planted(n: int = 400):
    rng = np.random.default_rng(31)
    market = rng.normal(0.0004, 0.01, n)
    betas = np.column_stack([np.full(n, 1.3), 0.8 + 0.4 * (np.arange(n) % 2)])
    local = betas * market[:, None] + np.array([0.0002, -0.0001])
    weights = np.full((n, 2), 0.5)
    return market, betas, local, weights


def test_planted_parts_are_found():
    """Constant selection, alternating beta and a hedge with known cost come out as they were put in."""
    market, betas, local, weights = planted()
    hedge_result = -0.4 * market - 0.00003
    total = (weights * local).sum(axis=1) + hedge_result
    parts = attribute(
        total=total,
        benchmark=market,
        weights=weights,
        local=local,
        betas=betas,
        beta_held=1.15,
        hedge=Hedge(beta=-0.4, result=hedge_result, cost=-0.00003),
    )
    assert parts.selection == pytest.approx(np.full(400, 0.00005), abs=1e-15)
    assert parts.timing == pytest.approx((0.5 * (betas[:, 0] + betas[:, 1]) - 1.15) * market, abs=1e-15)
    assert parts.market == pytest.approx(1.15 * market)
    assert np.abs(parts.basis).max() < 1e-15
    assert np.abs(parts.residual).max() < 1e-15


def test_expected_return_of_extra_beta_counts_as_market():
    """With an expected benchmark return, holding more beta than agreed earns market return and not timing."""
    market, betas, local, weights = planted()
    args = {"benchmark": market, "weights": weights, "local": local, "betas": betas, "beta_held": 0.9}
    total = (weights * local).sum(axis=1)
    plain = attribute(total=total, **args)
    told = attribute(total=total, expected_benchmark=float(market.mean()), **args)
    assert told.market.sum() - plain.market.sum() == pytest.approx((plain.book_beta - 0.9).sum() * market.mean())
    assert told.market + told.timing == pytest.approx(plain.market + plain.timing)


def test_later_data_change_nothing_before():
    """Cutting the history leaves every earlier period the same, bit for bit."""
    market, betas, local, weights = planted()
    total = (weights * local).sum(axis=1)
    whole = attribute(total=total, benchmark=market, weights=weights, local=local, betas=betas, beta_held=1.0)
    cut = attribute(
        total=total[:200],
        benchmark=market[:200],
        weights=weights[:200],
        local=local[:200],
        betas=betas[:200],
        beta_held=1.0,
    )
    for name, part in cut.components().items():
        assert (part == whole.components()[name][:200]).all()


def test_a_quiet_period_links():
    """Periods with a return of exactly zero are no obstacle to linking."""
    args = {"weights": [[1.0], [1.0]], "local": [[0.0], [0.1]], "betas": [[1.0], [1.0]]}
    parts = attribute(total=[0.0, 0.1], benchmark=[0.0, 0.1], beta_held=1.0, **args)
    assert link(parts)["market"] == pytest.approx(0.1)


def test_refusals():
    """Missing numbers, wrong shapes, positive costs and a lost NAV are refused."""
    market, betas, local, weights = planted(10)
    args = {"benchmark": market, "weights": weights, "betas": betas, "beta_held": 1.0}
    total = local.mean(axis=1)
    with pytest.raises(InputError, match="known in every period"):
        attribute(total=total, local=np.where(local == local[2, 0], np.nan, local), **args)
    with pytest.raises(InputError, match="n_periods"):
        attribute(total=total[1:], local=local, **args)
    with pytest.raises(InputError, match="local of shape"):
        attribute(total=total, local=local[:, :1], **args)
    with pytest.raises(InputError, match="zero or less"):
        attribute(total=total, local=local, hedge=Hedge(beta=0.0, result=0.0, cost=0.01), **args)
    lost = attribute(total=np.full(10, -1.0), local=local, **args)
    with pytest.raises(InputError, match="above -100%"):
        link(lost)


def test_what_a_currency_does_with_the_benchmark_counts_once():
    """A fund that stands still at home while its currency follows half the market: all market, no selection."""
    m = np.array([0.02, -0.01, 0.05, 0.01])
    f = 0.5 * m
    ones = np.ones((4, 1))
    parts = attribute(
        total=f, benchmark=m, weights=ones, local=0.0 * ones, betas=0.5 * ones, beta_held=0.5,
        currency=f[:, None], currency_betas=0.5 * ones,
    )  # fmt: skip
    np.testing.assert_allclose(parts.market, f, atol=1e-16)
    for name in ("timing", "selection", "currency", "residual"):
        np.testing.assert_allclose(getattr(parts, name), 0.0, atol=1e-16)


def test_a_rate_that_moves_beside_the_benchmark_is_currency():
    """Foreign money: beta of its rate .3, and .01 a period beside it, which is currency and not selection."""
    m = np.array([0.02, -0.01, 0.05])
    f = 0.3 * m + 0.01
    ones = np.ones((3, 1))
    parts = attribute(
        total=f, benchmark=m, weights=ones, local=0.0 * ones, betas=0.3 * ones, beta_held=0.3,
        currency=f[:, None], currency_betas=0.3 * ones,
    )  # fmt: skip
    np.testing.assert_allclose(parts.currency, 0.01, rtol=1e-12)
    np.testing.assert_allclose(parts.selection, 0.0, atol=1e-16)
    np.testing.assert_allclose(parts.market, 0.3 * m, rtol=1e-12)


def test_income_and_expense_are_parts_and_leave_nothing_in_the_residual():
    """Interest of 12 and a fee of 2 on 1,000 are the whole return of a book of money."""
    parts = attribute(
        total=[0.010], benchmark=[0.02], weights=[[0.0]], local=[[0.0]], betas=[[0.0]], beta_held=0.0, income=[0.012],
        expense=[-0.002],
    )  # fmt: skip
    told = {name: float(part[0]) for name, part in parts.components().items() if abs(part[0]) > 1e-15}
    assert told == {"income": 0.012, "expense": -0.002}
