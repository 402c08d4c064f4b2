"""Prices and quantities in doubt: whatever is valued by one is not measured, live as at rest."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from live_books import assert_equal, mixed_book

import trimtab as tt
from trimtab.errors import Reason
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.model.mandate import Mandate

N = 120
DAYS = np.busday_offset(np.datetime64("2024-01-02"), np.arange(N), roll="forward")
LAST = str(DAYS[-1])
MANDATE = Mandate(benchmark="M", target=1.0, band=0.1)


def frame(*, split_at: int | None = None, fall: float = 1.0, coin: float = 1.0) -> pl.DataFrame:
    """Give A (beta 1.5), its market, and a coin; raw prices of A split ten for one, last prices of A and coin moved."""
    rng = np.random.default_rng(3)
    market = rng.normal(0, 0.01, N)
    asset = 100 * np.cumprod(1 + 1.5 * market + rng.normal(0, 0.003, N))
    money = 2000 * np.cumprod(1 + market + rng.normal(0, 0.003, N))
    if split_at is not None:
        asset[:split_at] *= 10
    asset[-1] *= fall
    money[-1] *= coin
    return pl.DataFrame({"date": DAYS.astype(str), "A": asset, "M": 100 * np.cumprod(1 + market), "XYZUSD": money})


def held(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([*rows, {"symbol": "USD", "kind": "cash", "quantity": 100_000}], infer_schema_length=None)


SHARES = {"symbol": "A", "quantity": 100}
CALL = {
    "symbol": "CALL", "kind": "option", "quantity": 5, "underlying": "A", "strike": 100, "expiry": "2024-12-20",
    "right": "call", "multiplier": 100, "vol": 0.3,
}  # fmt: skip
FUTURE = {"symbol": "F", "kind": "future", "quantity": 2, "multiplier": 50, "underlying": "A", "expiry": "2024-12-20"}
COIN = {"symbol": "XYZ", "kind": "cash", "quantity": 3}


def missing(prices: pl.DataFrame, *rows: dict[str, object]):
    review = tt.review(prices, held(*rows), MANDATE, method="ols")
    return review, [(m.asset, m.reason.value) for m in review.exposure.coverage.missing]


@pytest.mark.parametrize("row", [SHARES, CALL, FUTURE], ids=["share", "option on it", "future priced by it"])
def test_a_split_in_the_last_two_weeks_leaves_no_value(row):
    """A file of holdings states no day: a split suspected seven sessions ago may have made its quantities wrong."""
    review, found = missing(frame(split_at=N - 8), row)
    assert found == [(row["symbol"], "split_suspected")]
    assert review.verdict.status.value == "undecided"
    assert missing(frame(), row)[1] == []


def test_an_older_split_is_told_first_and_the_quantity_counts():
    """Forty sessions ago: the quantity is taken as today's, and the first note says so and what to do."""
    prices = frame(split_at=N - 40)
    review, found = missing(prices, SHARES)
    assert found == []
    assert review.exposure.nav == pytest.approx(100_000 + 100 * prices["A"][-1], rel=1e-12)
    assert review.notes[0].startswith(f"A: a split is suspected on {DAYS[N - 40]} and not recorded")
    assert "trimtab import FILE --as-of DAY" in review.notes[0]
    assert not any("split is suspected" in n for n in missing(prices, {"symbol": "M", "quantity": 5})[0].notes)


@pytest.mark.parametrize("row", [SHARES, CALL, FUTURE, COIN], ids=["share", "option", "future", "coin as money"])
def test_an_unconfirmed_last_price_measures_nothing(row):
    """The last price of A, and of the coin, is less than half the one before: what it prices is not measured."""
    review, found = missing(frame(fall=0.45, coin=0.45), row)
    assert found == [(row["symbol"], "unconfirmed_jump")]
    # A tenth of NAV cannot reach the mandate at either price; how much an option or a coin is, is not bounded.
    assert review.verdict.status.value == ("undecided" if row in (CALL, COIN) else "outside")


def test_a_share_is_bounded_by_both_of_its_prices():
    """Between the price before and the one that waits; a small holding cannot turn the verdict, which then stands."""
    prices = frame(fall=0.45)
    rows = ({"symbol": "M", "quantity": 9000}, {"symbol": "A", "quantity": 10})
    review = tt.review(prices, held(*rows), replace(MANDATE, target=0.9, band=0.2), method="ols")
    (bounds,) = review.exposure.coverage.bounds
    assert bounds.value_low == pytest.approx(10 * prices["A"][-1], rel=1e-12)
    assert bounds.value_high == pytest.approx(10 * prices["A"][-2], rel=1e-12)
    assert bounds.exposure_low == bounds.value_low
    ends = [b * x for b in (bounds.beta_low, bounds.beta_high) for x in (bounds.exposure_low, bounds.exposure_high)]
    assert (bounds.beta_exposure_low, bounds.beta_exposure_high) == pytest.approx((min(ends), max(ends)), rel=1e-12)


@pytest.mark.parametrize("reason", [Reason.UNCONFIRMED_JUMP, Reason.SPLIT_SUSPECTED])
@pytest.mark.parametrize("symbol", ["AAPL", "SAP", "ES", "ETH", "BTCUSD"])
def test_a_live_book_doubts_what_expose_doubts(symbol, reason):
    """The live book of the mixed portfolio finds what `expose` finds, as made and after quotes of what is doubted."""
    portfolio, market, betas = mixed_book()
    waiting = {symbol: -0.4} if reason is Reason.UNCONFIRMED_JUMP else {}
    doubtful = replace(market, doubts={symbol: reason}, waiting=waiting)
    told = expose(portfolio, doubtful, betas)
    assert reason in {m.reason for m in told.coverage.missing}
    book = LiveBook(portfolio, doubtful, betas)
    assert_equal(told, book.read())
    for factor in (1.1, 0.6):
        book.quote(symbol, factor * book.last(symbol)[0])
        assert_equal(book.exposure(), book.read())
        assert reason in {m.reason for m in book.read().coverage.missing}
