"""Books for the live tests: every kind of position, with prices, rates and betas."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas

from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import Market, market_at
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Portfolio, Position, Stated

DAY = dt.date(2024, 3, 1)
PRICES = {
    "SPY": 500.0, "AAPL": 180.0, "SAP": 170.0, "VOD": 70.0, "FUND": 50.0, "ES": 5100.0, "TYH": 110.0,
    "BTCUSD": 60_000.0, "ETH": 3000.0, "ETHPERP": 3010.0, "BTCPERP": 60_050.0,
    "AAPL C": 9.5, "AAPL P": 6.1, "SPY P": 11.0, "BTC C": 0.08, "BOND": 98.5,
}  # fmt: skip
CURRENCY = {"SAP": "EUR", "VOD": "GBP"}
BETAS = {
    "AAPL": (1.2, 0.1), "SAP": (0.9, 0.15), "VOD": (0.6, 0.2), "FUND": (1.1, 0.1), "ES": (1.0, 0.01),
    "TYH": (-0.1, 0.05), "BTCUSD": (1.8, 0.5), "ETH": (2.1, 0.6), "EUR": (0.1, 0.05), "GBP": (0.15, 0.05),
    "BOND": (-0.05, 0.02), "HIDDEN": (1.0, 0.1),
}  # fmt: skip
ONE = (Terms(multiplier=Decimal(1)),)
HUNDRED = (Terms(multiplier=Decimal(100)),)


def _option(symbol: str, underlying: str, strike: float, right: OptionRight, **more: object) -> Option:
    given = {"currency": "USD", "terms": HUNDRED, "expiry": dt.date(2024, 6, 21), **more}
    return Option(symbol=symbol, underlying=underlying, strike=Decimal(str(strike)), right=right, **given)


def _perpetual(symbol: str, payoff: PerpetualPayoff, settlement: str, multiplier: str, *under: str) -> Perpetual:
    terms = (Terms(multiplier=Decimal(multiplier)),)
    return Perpetual(symbol=symbol, currency="USD", settlement=settlement, payoff=payoff, terms=terms, underlying=under)


def mixed_positions() -> tuple[Position, ...]:
    """Give one or more positions of every kind, with and without prices of their own."""
    call, put = OptionRight.CALL, OptionRight.PUT
    american = Exercise.AMERICAN
    held = [
        (Cash(currency="USD"), 400_000, Stated()),
        (Cash(currency="EUR"), -50_000, Stated()),
        (Spot(symbol="SPY", currency="USD"), 300, Stated()),
        (Spot(symbol="AAPL", currency="USD"), -200, Stated()),
        (Spot(symbol="SAP", currency="EUR"), 500, Stated()),
        (Spot(symbol="VOD", currency="GBP", minor=True), 90_000, Stated()),
        (Spot(symbol="BOND", currency="USD", scale=Decimal("0.01")), 100_000, Stated()),
        (Spot(symbol="PRIVATE", currency="USD"), 100, Stated(price=Decimal(20))),
        (Spot(symbol="FUND", currency="USD", constituents=(("AAPL", Decimal("0.4")), ("SAP", Decimal("0.5")))), 400,
         Stated()),
        (Future(symbol="MESH4", root="MES", currency="USD", terms=(Terms(multiplier=Decimal(5)),), siblings=("ES",)),
         -3, Stated()),
        (Future(symbol="XKH4", root="XK", currency="EUR", terms=ONE, underlying=("SPY",), trackers=("SPY",)), 7,
         Stated()),
        (_perpetual("ETHPERP", PerpetualPayoff.LINEAR, "USD", "1", "ETH"), 4,
         Stated(entry=Decimal(2900), funding=0.0001)),
        (_perpetual("BTCPERP", PerpetualPayoff.INVERSE, "BTC", "10", "BTCUSD"), -3000, Stated(entry=Decimal(58_000))),
        (_perpetual("ETHBTC", PerpetualPayoff.QUANTO, "BTC", "0.0001", "ETH"), 50, Stated(entry=Decimal(3100))),
        (_option("AAPL C", "AAPL", 185, call, exercise=american), 10, Stated(rate=0.05)),
        (_option("AAPL P", "AAPL", 175, put, exercise=american), -6, Stated(rate=0.05, dividend_yield=0.005)),
        (_option("SPY P", "SPY", 495, put), 8, Stated(rate=0.05, dividends=((dt.date(2024, 3, 15), 1.6),))),
        (_option("SPY F", "SPY", 520, call), -4, Stated(rate=0.05, forward=508.0, vol=0.14)),
        (_option("SPY Q", "SPY", 480, put), 3, Stated(bid=Decimal("5.1"), ask=Decimal("5.3"), rate=0.05)),
        (_option("SPY D", "SPY", 480, put), 3, Stated(price=Decimal("5.2"), delta=-0.31)),
        (_option("AAPL X", "AAPL", 190, put, exercise=american), 2,
         Stated(vol=0.3, rate=0.04, dividends=((dt.date(2024, 5, 10), 0.3),))),
        (_option("SPY 0", "SPY", 300, put), 4, Stated(bid=Decimal(0), ask=Decimal("0.1"), rate=0.05)),
        (_option("SPY CROSS", "SPY", 480, put), 2, Stated(bid=Decimal(6), ask=Decimal(5), rate=0.05)),
        (_option("SPY T", "SPY", 495, call, expiry=DAY), 3, Stated(price=Decimal("5.4"))),
        (_option("SPY U", "SPY", 495, call, expiry=DAY), 3, Stated()),
        (_option("BTC C", "BTCUSD", 65_000, call, terms=ONE, premium=Premium.COIN), 2, Stated()),
        (_option("OLD", "SPY", 480, put, expiry=dt.date(2024, 2, 1)), 1, Stated()),
        (_option("MUTE", "AAPL", 150, put), 1, Stated()),
        (Spot(symbol="ABSENT", currency="USD"), 5, Stated()),
        (Spot(symbol="NOBETA", currency="USD"), 5, Stated(price=Decimal(40))),
    ]  # fmt: skip
    return tuple(Position(instrument=i, quantity=Decimal(str(q)), stated=s) for i, q, s in held)


def mixed_book() -> tuple[Portfolio, Market, object]:
    """Give a portfolio of everything, its market, and betas."""
    table = PriceTable.of({n: [p * 0.99, p] for n, p in PRICES.items()}, dates=["2024-02-29", "2024-03-01"])
    table = PriceTable(
        dates=table.dates, symbols=table.symbols, values=table.values, why=table.why,
        currencies=tuple(CURRENCY.get(n) if n == "SAP" else None if n == "VOD" else "USD" for n in table.symbols),
    )  # fmt: skip
    fx = FxRates.of({"EURUSD": [1.08, 1.085], "GBPEUR": [1.17, 1.168]}, dates=["2024-02-29", "2024-03-01"])
    market = market_at(table, base="USD", fx=fx)
    betas = given_betas("SPY", BETAS)
    rng = np.random.default_rng(5)
    scores = rng.normal(0, 0.02, (30, len(betas.estimates)))
    scores[:, 0] = 0.0
    betas = type(betas)(
        benchmark="SPY", as_of=betas.as_of, method="given", estimates=betas.estimates, scores=scores,
        own_variance=betas.own_variance,
    )  # fmt: skip
    return Portfolio(positions=mixed_positions(), base="USD"), market, betas


def assert_equal(exposure, reading) -> None:
    """Compare all totals and all positions to 1e-12, totals of signed parts relative to their gross size."""
    for name in ("nav", "beta_exposure", "net", "gross"):
        scale = max(exposure.gross, abs(exposure.nav))
        assert abs(getattr(exposure, name) - getattr(reading, name)) <= 1e-12 * scale, name
    for name in ("value", "stderr", "low", "high"):
        mine = getattr(reading.beta, name)
        assert mine == pytest.approx(getattr(exposure.beta, name), rel=1e-12, abs=1e-12)
    assert reading.coverage.share == pytest.approx(exposure.coverage.share, rel=1e-12)
    assert reading.coverage.missing == exposure.coverage.missing
    assert reading.coverage.unpriced == exposure.coverage.unpriced
    for name in ("beta_low", "beta_high"):
        wanted, found = getattr(exposure.coverage, name), getattr(reading.coverage, name)
        assert found is None if wanted is None else found == pytest.approx(wanted, rel=1e-9)
    for theirs, mine in zip(exposure.coverage.bounds, reading.coverage.bounds, strict=True):
        assert mine.asset == theirs.asset
        assert mine.beta_exposure_low == pytest.approx(theirs.beta_exposure_low, rel=1e-9, abs=1e-6)
        assert mine.value_high == pytest.approx(theirs.value_high, rel=1e-9, abs=1e-6)
    for theirs, mine in zip(exposure.positions, reading.positions, strict=True):
        for name in ("value", "delta_exposure", "beta_exposure", "fx"):
            wanted, found = getattr(theirs, name), getattr(mine, name)
            if wanted is None:
                assert found is None, (mine.asset, name)
            else:
                assert found == pytest.approx(wanted, rel=1e-11, abs=1e-7), (mine.asset, name)
