"""Portfolio beta: laws that hold for any book, and the error that comes from the portfolio's own residuals."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
import statsmodels.api as sm
from given import given_betas, given_market, planted
from hypothesis import given
from hypothesis import strategies as st

from trimtab.beta.estimators.ols import Ols
from trimtab.errors import Reason
from trimtab.exposure.expose import expose
from trimtab.feeds.contracts import bundled_contracts
from trimtab.market.prices import Flag
from trimtab.market.returns import pair_returns
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Cash, Spot
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio, Position

TRUE = {"A": 0.4, "B": 1.0, "C": 1.7, "D": -0.5}
TABLE = planted(TRUE)
MARKET = market_at(TABLE, base="USD")
OLS = Ols(window=None)
BETAS = OLS.estimate(pair_returns(TABLE, benchmark="M"))

quantities = st.lists(st.integers(-500, 2000), min_size=4, max_size=4).filter(any)


def book(q, cash: float = 1_000_000.0) -> Portfolio:
    return parse_portfolio(f"{q[0]} A, {q[1]} B, {q[2]} C, {q[3]} D, {cash} USD")


def test_two_equal_halves():
    """Weights one half each, betas 1.2 and 0.8: portfolio beta 1.0."""
    betas = given_betas("I", {"P": (1.2, 0.0), "Q": (0.8, 0.0)})
    measured = expose(parse_portfolio("50 P, 50 Q"), given_market({"P": 10.0, "Q": 10.0, "I": 1.0}), betas)
    assert measured.beta.value == pytest.approx(1.0, abs=1e-15)
    assert measured.money_per_1pct == pytest.approx(10.0)


@given(quantities)
def test_sum_of_weighted_betas_is_the_regression_of_the_fixed_weight_series(q):
    """Value and standard error equal those of one regression of the portfolio's own returns (statsmodels)."""
    held = book(q)
    measured = expose(held, MARKET, BETAS)
    returns = TABLE.values[1:] / TABLE.values[:-1] - 1
    weights = np.array([q[i] * TABLE.values[-1, 1 + i] / measured.nav for i in range(4)])
    fit = sm.OLS(returns[:, 1:] @ weights, sm.add_constant(returns[:, 0])).fit()
    assert measured.beta.value == pytest.approx(fit.params[1], rel=1e-9, abs=1e-12)
    assert measured.beta.stderr == pytest.approx(fit.bse[1], rel=1e-9, abs=1e-12)


@given(quantities, st.integers(2, 9))
def test_scaling_everything_changes_nothing_but_money(q, k):
    """A book k times as large has the same beta and k times the money."""
    one = expose(book(q), MARKET, BETAS)
    many = expose(book([k * x for x in q], k * 1_000_000.0), MARKET, BETAS)
    assert many.beta.value == pytest.approx(one.beta.value, rel=1e-12, abs=1e-14)
    assert many.beta.stderr == pytest.approx(one.beta.stderr, rel=1e-12)
    assert many.money_per_1pct == pytest.approx(k * one.money_per_1pct, rel=1e-12, abs=1e-9)


@given(quantities, st.permutations(range(5)))
def test_order_splitting_and_empty_positions_change_nothing(q, order):
    """Permuting positions, splitting one in two, and adding a position of zero leave the result alone."""
    held = book(q)
    mixed = [held.positions[i] for i in order]
    first = mixed.pop()
    half = first.quantity / 2
    mixed += [replace(first, quantity=half), replace(first, quantity=first.quantity - half)]
    mixed.append(Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(0)))
    one, two = expose(held, MARKET, BETAS), expose(replace(held, positions=tuple(mixed)), MARKET, BETAS)
    assert two.beta.value == pytest.approx(one.beta.value, rel=1e-12, abs=1e-14)
    assert two.beta.stderr == pytest.approx(one.beta.stderr, rel=1e-9, abs=1e-14)
    assert two.coverage.share == one.coverage.share


@given(quantities)
def test_contributions_add_up(q):
    """Contributions sum to portfolio beta, beta exposures to the total, and gross is never less than net."""
    measured = expose(book(q), MARKET, BETAS)
    assert sum(p.contribution for p in measured.positions) == pytest.approx(measured.beta.value, abs=1e-12)
    assert measured.gross_beta >= abs(measured.beta.value) - 1e-12


def test_the_benchmark_has_beta_one_and_cash_none():
    """All in the benchmark is beta 1 with no error; all in cash is beta 0 with no error."""
    full = expose(parse_portfolio("10 M"), MARKET, BETAS)
    assert (full.beta.value, full.beta.stderr) == (1.0, 0.0)
    empty = expose(
        Portfolio(positions=(Position(instrument=Cash(currency="USD"), quantity=Decimal(5)),), base="USD"),
        MARKET,
        BETAS,
    )
    assert (empty.beta.value, empty.beta.stderr, empty.coverage.share) == (0.0, 0.0, 1.0)


def test_leverage_through_a_future_counts_on_nav():
    """A future adds exposure and no value: 10,000 of cash and one contract worth 20,000 is beta 2."""
    market = given_market({"ES": 400.0, "SPX": 400.0})
    held = parse_portfolio("1 ESZ26, 10000 USD", contracts=bundled_contracts())
    measured = expose(held, market, given_betas("SPX", {"ES": (1.0, 0.0)}))
    assert measured.nav == 10_000.0
    assert measured.beta.value == pytest.approx(2.0)
    assert measured.positions[0].value == 0.0
    assert measured.positions[0].delta_exposure == 20_000.0


def test_a_future_without_prices_uses_its_index_and_says_so():
    """Price and beta of a future may come from its index, each with a flag."""
    market = given_market({"SPX": 400.0})
    held = parse_portfolio("1 ESZ26, 10000 USD", contracts=bundled_contracts())
    line = expose(held, market, given_betas("SPX", {})).positions[0]
    assert {Flag.PRICE_FROM_UNDERLYING, Flag.BETA_FROM_UNDERLYING} <= set(line.flags)
    assert (line.beta, line.follows) == (1.0, "SPX")


def test_an_expired_future_is_not_measured():
    """A contract past its expiry is listed as expired, not valued."""
    held = parse_portfolio("1 ESZ23, 10000 USD", contracts=bundled_contracts())
    measured = expose(held, given_market({"SPX": 400.0, "ES": 401.0}), given_betas("SPX", {}))
    assert measured.coverage.missing[0].reason is Reason.EXPIRED
    assert measured.coverage.share < 1


def test_what_is_unknown_is_listed_and_never_beta_one():
    """An unknown symbol adds nothing to beta, lowers coverage, and is named with its reason."""
    measured = expose(parse_portfolio("10 A, 5 NOSUCH, 1000 USD"), MARKET, BETAS)
    missing = measured.coverage.missing
    assert [(m.asset, m.reason) for m in missing] == [("NOSUCH", Reason.UNKNOWN_INSTRUMENT)]
    assert measured.coverage.unpriced == 1
    assert measured.coverage.share == pytest.approx(2 / 3)
    assert measured.beta_exposure == pytest.approx(
        expose(parse_portfolio("10 A, 1000 USD"), MARKET, BETAS).beta_exposure
    )


def test_a_price_without_a_beta_lowers_coverage_by_its_share():
    """A position with a price and no beta counts in NAV and gross, not in beta."""
    betas = given_betas("I", {"P": (1.0, 0.1)})
    measured = expose(parse_portfolio("30 P, 10 Q"), given_market({"P": 10.0, "Q": 10.0, "I": 1.0}), betas)
    assert measured.nav == 400.0
    assert measured.coverage.share == pytest.approx(0.75)
    assert measured.coverage.missing[0].reason is Reason.NO_BETA


def test_errors_of_a_long_and_a_short_in_twins_cancel():
    """Two assets with the same residuals held against each other have no estimation error."""
    twin = replace(
        TABLE,
        symbols=(*TABLE.symbols, "A2"),
        values=np.hstack([TABLE.values, TABLE.values[:, [1]]]),
        why=np.hstack([TABLE.why, TABLE.why[:, [1]]]),
        currencies=(*TABLE.currencies, "USD"),
        flags=(*TABLE.flags, ()),
    )
    betas = OLS.estimate(pair_returns(twin, benchmark="M"))
    measured = expose(parse_portfolio("100 A, -100 A2, 1000 USD"), market_at(twin, base="USD"), betas)
    assert measured.beta.stderr == pytest.approx(0.0, abs=1e-12)
    assert measured.gross_beta > 1


def test_a_foreign_future_is_converted_once():
    """Exposure of a future in euro is converted at the dated rate; a missing rate lists it as missing."""
    held = parse_portfolio("2 FESXZ26, 10000 USD", contracts=bundled_contracts())
    measured = expose(held, given_market({"FESX": 4000.0, "M": 1.0}), given_betas("M", {"FESX": (1.0, 0.1)}))
    assert measured.coverage.missing[0].reason is Reason.NO_RATE
