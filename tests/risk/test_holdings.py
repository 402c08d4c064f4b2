"""Currency, valuation, credit, size, and what beta hides most."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.risk.currency import currency_risk
from trimtab.risk.hidden import WEIGHTS, Hidden, Kind, hidden_most
from trimtab.risk.holdings import credit_quality, price_ratio, size_buckets

RNG = np.random.default_rng(81)
FX = RNG.normal(0, 0.006, (2000, 2))
MARKET = RNG.normal(0, 0.01, 2000) + 0.3 * FX[:, 0]


def test_currency_shares_add_up():
    """Shares of variance and betas of currencies and of the rest add up to the book's."""
    rest = 0.9 * MARKET + RNG.normal(0, 0.003, 2000)
    held = np.array([0.4, -0.2])
    book = rest + FX @ held
    risk = currency_risk(currencies=["EUR", "JPY"], exposures=held, currency_returns=FX, book=book, market=MARKET)
    share_of_rest = np.cov(rest, book)[0, 1] / np.var(book, ddof=1)
    assert risk.total_share + share_of_rest == pytest.approx(1)
    slope = np.cov(book, MARKET)[0, 1] / np.var(MARKET, ddof=1)
    slope_of_rest = np.cov(rest, MARKET)[0, 1] / np.var(MARKET, ddof=1)
    assert risk.total_beta + slope_of_rest == pytest.approx(slope)
    assert risk.betas[0] == pytest.approx(0.4 * 0.3 * 0.006**2 / np.var(MARKET), rel=0.35)


def test_a_currency_that_offsets_has_a_negative_share():
    """A short in a currency that moves with the book takes risk away."""
    book = FX[:, 0] - 0.5 * FX[:, 0] + 0.5 * FX[:, 1]
    risk = currency_risk(
        currencies=["EUR", "JPY"], exposures=[-0.5, 0.5], currency_returns=FX, book=book, market=MARKET
    )
    assert risk.variance_shares[0] < 0 < risk.variance_shares[1]
    with pytest.raises(InputError, match="column"):
        currency_risk(currencies=["EUR"], exposures=[1], currency_returns=FX, book=book, market=MARKET)
    with pytest.raises(NotEnoughDataError, match="move"):
        currency_risk(currencies=["A", "B"], exposures=1, currency_returns=FX, book=0 * book, market=MARKET)


def test_price_ratio_is_harmonic():
    """The ratio is what the book's money buys; losses count, shorts and unknown ratios do not."""
    assert price_ratio([100.0, 300.0], [10.0, 30.0]).ratio == pytest.approx(20.0)
    with_loss = price_ratio([100.0, 100.0], [10.0, -50.0])
    assert with_loss.ratio == pytest.approx(200 / (10 - 2))
    assert price_ratio([100.0, 100.0], [50.0, -10.0]).ratio is None
    partly = price_ratio([100.0, 100.0, -50.0], [10.0, np.nan, 3.0])
    assert (partly.ratio, partly.coverage) == (10.0, 0.5)
    with pytest.raises(InputError, match="zero"):
        price_ratio([1.0], [0.0])


@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=8), st.floats(1.5, 100))
def test_price_ratio_of_equal_ratios(values, ratio):
    """If every position has one ratio, so has the book; the harmonic mean never exceeds the arithmetic one."""
    assert price_ratio(values, [ratio] * len(values)).ratio == pytest.approx(ratio)
    ratios = np.linspace(ratio, 2 * ratio, len(values))
    assert price_ratio(values, ratios).ratio <= np.average(ratios, weights=values) * (1 + 1e-12)


def test_credit_quality():
    """Average, share below investment grade, spread duration and coverage by hand."""
    letters = ["AAA", "BBB-", "B", None]
    held = credit_quality([100.0, 100.0, -100.0, 100.0], letters, nav=400.0, spread_duration=[1, 2, 3, np.nan])
    assert held.average == "BBB"
    assert held.below_investment_grade == pytest.approx(1 / 3)
    assert held.spread_duration == pytest.approx((100 + 200 - 300) / 400)
    assert (held.rating_coverage, held.duration_coverage) == (0.75, 0.75)
    nothing = credit_quality([100.0], [None], nav=100.0)
    assert (nothing.average, nothing.below_investment_grade, nothing.rating_coverage) == (None, None, 0.0)
    with pytest.raises(InputError, match="Aaa"):
        credit_quality([1.0], ["Aaa"], nav=1.0)


def test_size_buckets():
    """Buckets add up to the book, unknown sizes stand apart, and an unknown beta stays unknown."""
    parts = size_buckets(
        market_value=[1e8, 5e9, 5e9, np.nan],
        exposure=[10.0, 30.0, -5.0, 20.0],
        betas=[2.0, 1.0, 1.2, np.nan],
        nav=100.0,
    )
    assert sum(p.weight for p in parts) == pytest.approx(0.55)
    assert [(p.low, p.high, p.n_positions) for p in parts] == [(None, 3e8, 1), (2e9, 1e10, 2), (None, None, 1)]
    assert parts[1].contribution == pytest.approx(0.3 - 0.06)
    assert parts[1].beta == pytest.approx(0.24 / 0.25)
    assert (parts[2].beta, parts[2].contribution) == (None, None)
    with pytest.raises(InputError, match="edges"):
        size_buckets(market_value=[1.0], exposure=[1.0], betas=[1.0], nav=1.0, edges=[2, 1])


def finding(kind: Kind, loss: float) -> Hidden:
    return Hidden(kind=kind, loss=loss, scenario="s", words="w")


def test_the_five_largest_one_of_each_kind():
    """Of many findings the five largest are given, each kind once with its largest loss, and nothing of size zero."""
    many = [finding(kind, 0.01 * i) for i, kind in enumerate(Kind)] + [finding(Kind.EXIT, 0.5)]
    top = hidden_most(many)
    assert len(top) == 5
    assert top[0] == finding(Kind.EXIT, 0.5)
    assert len({h.kind for h in top}) == 5
    assert hidden_most([finding(Kind.TAIL, 0.0)]) == ()


@pytest.mark.parametrize("role", list(WEIGHTS))
def test_roles_move_their_kinds_up(role):
    """For each role its own kinds come first among equals."""
    ranked = hidden_most([finding(kind, 0.1) for kind in Kind], role=role, most=len(Kind))
    assert {h.kind for h in ranked[: len(WEIGHTS[role])]} == WEIGHTS[role]


def test_hidden_refusals():
    """A gain, an unknown loss and an unknown role are refused."""
    for loss in (-0.1, float("nan")):
        with pytest.raises(InputError, match="zero or more"):
            finding(Kind.TAIL, loss)
    with pytest.raises(InputError, match="role"):
        hidden_most([], role="fun")
