"""Options whose underlying has no price: their own price counts in NAV, and their delta lies between two ends."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from math import erf, exp, log, sqrt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_books import assert_equal, mixed_book

import trimtab as tt
from trimtab.errors import Reason
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.exposure.options.bounds import OptionLegs, bound_alone
from trimtab.model.instrument import Option, OptionRight, Terms
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Position, Stated

N = 120
DAYS = np.busday_offset(np.datetime64("2024-01-02"), np.arange(N), roll="forward")
MANDATE = Mandate(benchmark="M", target=1.0, band=0.1)
OPTION = {
    "symbol": "OPT", "kind": "option", "quantity": -2, "underlying": "XYZ", "strike": 50, "expiry": "2024-12-20",
    "multiplier": 100, "price": 3.10,
}  # fmt: skip


def prices(**more: float) -> pl.DataFrame:
    """Give the market M, and constant columns."""
    market = 100 * np.cumprod(1 + np.random.default_rng(5).normal(0, 0.01, N))
    return pl.DataFrame({"date": DAYS.astype(str), "M": market, **{k: np.full(N, v) for k, v in more.items()}})


def exposed(row: dict[str, object], table: pl.DataFrame):
    """Review an option beside a share of the market and money."""
    rows = [row, {"symbol": "M", "quantity": 100}, {"symbol": "USD", "kind": "cash", "quantity": 1000}]
    return tt.review(table, pl.DataFrame(rows, infer_schema_length=None), MANDATE, method="ols", base="USD")


@pytest.mark.parametrize(("right", "low", "high"), [("call", 3.10, 53.10), ("put", -46.90, 0.0)])
def test_a_stated_price_counts_though_nobody_prices_the_underlying(right: str, low: float, high: float) -> None:
    """Two sold at 3.10 take 620 from NAV, flagged as stated; what they follow is told with its ends, and undecided."""
    review = exposed({**OPTION, "right": right}, prices())
    alone = exposed({"symbol": "M", "quantity": 1}, prices()).exposure.positions[0].price
    option = next(p for p in review.exposure.positions if p.asset == "OPT")
    assert review.exposure.nav == pytest.approx(100 * alone + 1000 - 620, rel=1e-12)
    assert (option.value, option.price, option.reason) == (-620.0, 3.10, Reason.NO_UNDERLYING)
    assert "price_stated" in option.flags
    assert option.delta_exposure is None
    assert option.bounds is not None
    ends = sorted((-200 * low, -200 * high))
    assert (option.bounds.exposure_low, option.bounds.exposure_high) == pytest.approx(tuple(ends))
    assert (review.verdict.status.value, review.exposure.coverage.nav_known) == ("undecided", True)


def test_its_own_column_of_prices_and_its_currency_count_too() -> None:
    """A price in euros from the table, at 1.10: the value is money of the base, and its currency is among the ends."""
    row = {k: v for k, v in OPTION.items() if k != "price"} | {"right": "call", "currency": "EUR"}
    table = prices(OPT=4.0, EURUSD=1.10)
    option = next(p for p in exposed(row, table).exposure.positions if p.asset == "OPT")
    assert option.value == pytest.approx(-2 * 100 * 4.0 * 1.10)
    assert "price_stated" not in option.flags


def test_without_any_price_nothing_is_known() -> None:
    """Neither a stated price nor a column: NAV is not known, as before."""
    row = {k: v for k, v in OPTION.items() if k != "price"} | {"right": "call"}
    review = exposed(row, prices())
    assert [m.reason for m in review.exposure.coverage.missing] == [Reason.NO_PRICE]
    assert review.exposure.coverage.nav_known is False


@given(
    spot=st.floats(5.0, 500.0), vol=st.floats(0.05, 2.0), years=st.floats(0.01, 3.0), rate=st.floats(0.0, 0.08),
    right=st.sampled_from([1, -1]),
)  # fmt: skip
def test_the_true_delta_lies_between_the_ends_whatever_the_underlying_is(
    spot: float, vol: float, years: float, rate: float, right: int
) -> None:
    """Law: for any spot, volatility, time and rate the option's price alone bounds delta times spot."""
    strike, root = 50.0, vol * sqrt(years)
    d = (log(spot / strike) + rate * years) / root + root / 2.0
    norm = lambda x: 0.5 * (1.0 + erf(x / sqrt(2.0)))  # noqa: E731 - as in the formula
    delta = norm(d) - (right < 0)
    price = right * (spot * norm(right * d) - strike * exp(-rate * years) * norm(right * (d - root)))
    bounds = bound_alone(OptionLegs(price=("XYZ",)), 1.0, right=right, strike=strike, price=price)
    assert bounds is not None
    assert bounds.exposure_low - 1e-6 <= delta * spot <= bounds.exposure_high + 1e-6


def test_a_live_book_counts_it_as_expose_does() -> None:
    """In euros, beside the mixed portfolio: the same NAV, ends and reasons, as made and after quotes."""
    portfolio, market, betas = mixed_book()
    terms = Option(
        symbol="OPT", underlying="XYZ", currency="EUR", right=OptionRight.CALL, strike=Decimal(50),
        expiry=dt.date(2024, 12, 20), terms=(Terms(multiplier=Decimal(100)),),
    )  # fmt: skip
    one = Position(instrument=terms, quantity=Decimal(3), stated=Stated(price=Decimal("3.1")))
    whole = replace(portfolio, positions=(*portfolio.positions, one))
    book = LiveBook(whole, market, betas)
    assert expose(whole, market, betas).nav == pytest.approx(expose(portfolio, market, betas).nav + 930 * 1.085)
    assert_equal(expose(whole, market, betas), book.read())
    book.quote("SPY", 1.1 * book.last("SPY")[0])
    assert_equal(book.exposure(), book.read())
