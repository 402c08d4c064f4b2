"""The live book: always what `expose` finds on the same state."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas, given_market
from hypothesis import given, settings
from hypothesis import strategies as st
from live_books import PRICES, assert_equal, mixed_book

from trimtab.errors import InputError, NotEnoughDataError, UnknownSymbolError
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.model.instrument import Cash, Option, Spot
from trimtab.model.portfolio import Portfolio, Position

START = 1_709_251_200_000_000  # 2024-03-01, microseconds
LEVELS = {
    **PRICES, "EURUSD": 1.085, "GBPEUR": 1.168, "SPY Q": 5.2, "SPY F": 4.0, "SPY D": 5.0, "AAPL X": 14.0,
    "MUTE": 0.9, "PRIVATE": 20.0, "ETHBTC": 3000.0, "ABSENT": 12.0, "MESH4": 5100.0, "OLD": 3.0,
}  # fmt: skip
NAMES = tuple(LEVELS)

step = st.tuples(
    st.sampled_from(NAMES),
    st.floats(-0.3, 0.3).map(lambda x: float(np.exp(x))),
    st.sampled_from([0, 1, 1_000_000, 3_600_000_000, 86_400_000_000]),
)


def test_a_new_live_book_is_what_expose_finds():
    """Before any quote, every kind of position has the value, exposure and error that `expose` gives it."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    assert_equal(expose(portfolio, market, betas), book.read())


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(step, max_size=25), size=st.integers(1, 7))
def test_quotes_in_any_order_leave_what_expose_finds(steps, size):
    """After random quotes of every symbol, rate and option, over days, in any batches, the book equals `expose`."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    quotes, now = [], START
    for name, factor, wait in steps:
        now += wait
        quotes.append((name, LEVELS[name] * factor, now))
    for i in range(0, len(quotes), size):
        names, prices, moments = zip(*quotes[i : i + size], strict=True)
        try:
            book.quotes(names, prices, moments)
            exposure = book.exposure()
        except NotEnoughDataError:
            assert not book.nav() > 0
            return
        assert_equal(exposure, book.read())


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(step, min_size=1, max_size=20))
def test_a_batch_is_its_quotes_one_by_one(steps):
    """A batch leaves exactly what its quotes leave one by one, though of several of one option it solves only one."""
    portfolio, market, betas = mixed_book()
    whole, single = LiveBook(portfolio, market, betas), LiveBook(portfolio, market, betas)
    now, quotes = START, []
    for name, factor, wait in steps:
        now += wait
        quotes.append((name, LEVELS[name] * factor, now))
        single.quote(*quotes[-1])
    whole.quotes(*zip(*quotes, strict=True))
    assert whole.nav() == pytest.approx(single.nav(), rel=1e-13)
    assert whole.beta() == pytest.approx(single.beta(), rel=1e-12, nan_ok=True)


def test_options_follow_their_own_rule_between_their_quotes():
    """An option keeps the volatility of its last quote when its underlying moves: computed here by `expose` alone."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    before = {p.asset: p for p in expose(portfolio, market, betas).positions}
    book.quote("AAPL", 171.0, START + 1)
    moved = market.moved({"AAPL": 171.0 / 180.0 - 1.0})
    for position in portfolio.positions:
        instrument = position.instrument
        if not isinstance(instrument, Option) or instrument.underlying != "AAPL" or position.symbol[-1] not in "CP":
            continue
        vol = before[position.symbol].option.vol
        frozen = replace(
            position, stated=replace(position.stated, vol=vol), instrument=replace(instrument, symbol="no price")
        )
        alone = Portfolio(
            positions=(Position(instrument=Cash(currency="USD"), quantity=Decimal(10**6)), frozen), base="USD"
        )
        wanted = expose(alone, moved, betas).positions[1]
        mine = next(p for p in book.read().positions if p.asset == position.symbol)
        assert mine.value == pytest.approx(wanted.value, rel=1e-12)
        assert mine.delta_exposure == pytest.approx(wanted.delta_exposure, rel=1e-12)
        assert mine.value != pytest.approx(before[position.symbol].value, rel=1e-3)


def test_an_options_own_quote_sets_price_and_volatility():
    """After its own quote an option is worth that quote, and its delta is that of the volatility the quote implies."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    book.quotes(["AAPL", "AAPL P", "AAPL"], [176.0, 7.4, 176.0], [START + 1, START + 2, START + 2])
    book.quote("AAPL P", 7.5, START + 3)
    values = dict(zip(market.prices.symbols, market.prices.values[-1].tolist(), strict=True))
    again = given_market({**values, "AAPL": 176.0, "AAPL P": 7.5})
    position = next(p for p in portfolio.positions if p.symbol == "AAPL P")
    alone = Portfolio(
        positions=(Position(instrument=Cash(currency="USD"), quantity=Decimal(10**6)), position), base="USD"
    )
    wanted = expose(alone, again, betas).positions[1]
    mine = next(p for p in book.read().positions if p.asset == "AAPL P")
    assert mine.value == pytest.approx(-6 * 100 * 7.5, rel=1e-12)
    assert mine.delta_exposure == pytest.approx(wanted.delta_exposure, rel=1e-12)


def test_a_million_quotes_leave_no_drift():
    """After a million quotes that end where they began, totals are those of the beginning to the last bit."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    names = ["SPY", "AAPL", "SAP", "ES", "BTCUSD", "EURUSD", "BOND"]
    slots = np.array([book.slot(n) for n in names])
    rng = np.random.default_rng(3)
    level = np.array([LEVELS[n] for n in names])
    book.quotes(slots, level, np.full(len(slots), START + 1))
    first = (book.nav(), book.beta())
    for _ in range(10):
        which = rng.integers(0, len(slots), 100_000)
        prices = level[which] * np.exp(rng.normal(0, 0.3, len(which)))
        book.quotes(slots[which], prices, np.full(len(which), START + 2))
    assert book.nav() != first[0]
    book.quotes(slots, level, np.full(len(slots), START + 3))
    assert (book.nav(), book.beta()) == first
    assert book.read().quotes == 1_000_014


def test_many_small_batches_equal_expose():
    """Totals still equal `expose` to 1e-12 after many small updates of sums, each in another order."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    rng = np.random.default_rng(4)
    names = [n for n in PRICES if " " not in n]
    slots = np.array([book.slot(n) for n in names])
    level = np.array([LEVELS[n] for n in names])
    for _ in range(300):
        which = rng.integers(0, len(slots), 3)
        book.quotes(slots[which], level[which] * np.exp(rng.normal(0, 0.05, 3)), np.full(3, START + 5))
    assert_equal(book.exposure(), book.read())


def test_late_quotes_change_nothing():
    """A quote older than the one known is left out and counted."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    beta = book.quote("AAPL", 190.0, START + 10)
    assert book.quote("AAPL", 120.0, START + 9) == beta
    assert book.read().late == 1
    assert book.last("AAPL")[0] == 190.0


def test_what_cannot_be_a_price_is_refused_and_nothing_changes():
    """Zero, negative, infinite and missing prices, and unknown symbols, raise before anything is taken."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    beta = book.beta()
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(InputError):
            book.quotes(["SPY", "AAPL"], [510.0, wrong], [START + 1, START + 2])
    with pytest.raises(UnknownSymbolError, match="AAPL"):
        book.quote("APPL", 180.0)
    with pytest.raises(InputError, match="as many"):
        book.quotes(["SPY"], [510.0, 511.0], [START + 1])
    assert book.beta() == beta
    assert not book.knows("APPL")


def test_slow_positions_are_named_with_their_reason():
    """A position that the fast path cannot hold is listed, and equals `expose` all the same."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    slow = dict(book.read().slow)
    assert slow["SPY D"] == "its delta is stated"
    assert "dividends" in slow["AAPL X"]
    book.quote("AAPL", 150.0, START + 1)
    assert_equal(book.exposure(), book.read())


def test_new_betas_are_taken_without_losing_prices():
    """Newly estimated betas change beta exposures and nothing else."""
    portfolio, market, betas = mixed_book()
    book = LiveBook(portfolio, market, betas)
    book.quote("AAPL", 171.0, START + 1)
    nav = book.nav()
    book.with_betas(given_betas("SPY", {"AAPL": (2.0, 0.1)}))
    assert book.nav() == nav
    assert_equal(book.exposure(), book.read())


def test_a_book_without_money_has_no_beta():
    """While NAV is not positive there is no beta: NaN quote by quote, and an error when it is asked for."""
    betas = given_betas("M", {"A": (1.0, 0.1)})
    held = Portfolio(
        positions=(
            Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(-10)),
            Position(instrument=Cash(currency="USD"), quantity=Decimal(1500)),
        ),
        base="USD",
    )
    book = LiveBook(held, given_market({"A": 100.0, "M": 10.0}), betas)
    assert book.quote("A", 120.0, START + 1) == pytest.approx(-1200 / 300)
    assert np.isnan(book.quote("A", 151.0, START + 2))
    with pytest.raises(NotEnoughDataError):
        book.read()
