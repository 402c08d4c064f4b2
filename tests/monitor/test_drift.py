"""The change of portfolio beta adds up by cause and by position, and each cause is what it says."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.exposure.expose import expose
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Portfolio, Position, Stated
from trimtab.monitor.drift.causes import CAUSES, Cause, Point, explain_drift
from trimtab.monitor.drift.roll import split_roll

DAYS = ("2024-03-01", "2024-04-05")
SHARES = ("A", "B", "C")
FUTURES = {m: dt.date(2024, 6, 21) if m == "ESM4" else dt.date(2024, 9, 20) for m in ("ESM4", "ESU4")}


def future(symbol="ESM4", expiry=None):
    return Future(
        symbol=symbol,
        root="ES",
        currency="USD",
        terms=(Terms(multiplier=Decimal(50)),),
        underlying=("M",),
        expiry=expiry or FUTURES.get(symbol),
    )


def option(strike, right=OptionRight.PUT, expiry=dt.date(2024, 9, 20), exercise=Exercise.EUROPEAN, symbol=None):
    return Option(
        symbol=symbol or f"M {strike}{right.value[0]} {expiry}",
        underlying="M",
        currency="USD",
        right=right,
        strike=Decimal(strike),
        expiry=expiry,
        exercise=exercise,
        terms=(Terms(multiplier=Decimal(100)),),
    )


def position(instrument, quantity, **stated):
    return Position(instrument=instrument, quantity=Decimal(str(quantity)), stated=Stated(**stated))


def book(*positions, cash=1_000_000):
    return Portfolio(positions=(*positions, position(Cash(currency="USD"), cash)), base="USD")


def market(prices, day, eur=1.1):
    table = PriceTable.of({k: [v] for k, v in prices.items()}, dates=[day], currency=None)
    return market_at(table, base="USD", fx=FxRates.of({"EURUSD": [eur]}, dates=[day]))


def point(portfolio, prices, betas, day=DAYS[0], eur=1.1):
    return Point(
        portfolio=portfolio,
        market=market(prices, day, eur),
        betas=given_betas("M", {name: (value, 0.1) for name, value in betas.items()}),
    )


PRICES = {"M": 5000.0, "A": 100.0, "B": 50.0, "C": 20.0}
BETAS = {"A": 1.2, "B": 0.7, "C": 1.5, "EUR": 0.2}

money = st.floats(0.6, 1.5)
whole = st.integers(-2000, 5000)


@st.composite
def points(draw):
    """Two points with random prices, betas, rates, quantities and volatilities; sometimes a position is at one only."""
    found = []
    vols = {}
    for day in DAYS:
        prices = {name: price * draw(money) for name, price in PRICES.items()}
        betas = {name: draw(st.floats(-0.5, 2.5)) for name in BETAS}
        held = [position(Spot(symbol=s, currency="EUR" if s == "C" else "USD"), draw(whole)) for s in SHARES]
        held += [position(future(s), draw(st.integers(-5, 5))) for s in FUTURES]
        for strike, exercise in ((4800, Exercise.EUROPEAN), (5200, Exercise.AMERICAN)):
            vols[strike] = draw(st.floats(0.1, 0.5))
            held.append(
                position(option(strike, exercise=exercise), draw(st.integers(-3, 3)), vol=vols[strike], rate=0.03)
            )
        held.append(position(Cash(currency="EUR"), draw(st.integers(0, 100_000))))
        cash = 3_000_000 + draw(st.integers(0, 1_000_000))
        found.append(point(book(*held, cash=cash), prices, betas, day, draw(st.floats(0.9, 1.3))))
    return found


def parts(drift):
    return {cause.value for cause, part in drift.by_cause().items() if abs(part) > 1e-13}


@settings(max_examples=40)
@given(points())
def test_causes_and_positions_add_up(pair):
    """The matrix of positions and causes adds up to the change that two plain measurements show."""
    first, last = pair
    found = explain_drift(first, last)
    measured = [expose(p.portfolio, p.market, p.betas).beta.value for p in pair]
    gross = sum(abs(p.start) + abs(p.end) for p in found.positions)
    assert found.cells.sum() == pytest.approx(measured[1] - measured[0], abs=1e-12 * max(1.0, gross))
    for p in found.positions:
        assert p.by_cause.sum() == pytest.approx(p.change, abs=1e-12 * max(1.0, gross))
    assert sum(found.by_cause().values()) == pytest.approx(found.change, abs=1e-12 * max(1.0, gross))


@settings(max_examples=25)
@given(points())
def test_backwards_is_the_negative(pair):
    """Going back gives every cell with the other sign."""
    there, back = explain_drift(*pair), explain_drift(*reversed(pair))
    names = [(p.kind, p.asset) for p in there.positions]
    order = [names.index((p.kind, p.asset)) for p in back.positions]
    np.testing.assert_allclose(back.cells, -there.cells[order], atol=1e-12)


@settings(max_examples=15)
@given(points())
def test_nothing_changes_nothing(pair):
    """A point against itself has no cause at all."""
    assert not explain_drift(pair[0], pair[0]).cells.any()


@settings(max_examples=20)
@given(points(), st.data())
def test_only_trades_are_only_trades(pair, data):
    """With prices, betas and day held, every change of quantity and cash is trade."""
    start = pair[0]
    other = tuple(
        replace(p, quantity=p.quantity + data.draw(st.integers(0, 40))) if isinstance(p.instrument, Spot | Cash) else p
        for p in start.portfolio.positions
    )
    found = explain_drift(start, replace(start, portfolio=replace(start.portfolio, positions=other)))
    assert parts(found) <= {"trades"}


@settings(max_examples=20)
@given(st.lists(money, min_size=4, max_size=4), st.lists(st.integers(1, 5000), min_size=3, max_size=3))
def test_prices_of_shares_are_price_drift(moves, quantities):
    """A book of shares and cash whose prices move has price drift and nothing else, by the closed form of weights."""
    held = book(*(position(Spot(symbol=s, currency="USD"), q) for s, q in zip(SHARES, quantities, strict=True)))
    later = {name: price * move for (name, price), move in zip(PRICES.items(), moves, strict=True)}
    found = explain_drift(point(held, PRICES, BETAS), point(held, later, BETAS, DAYS[1]))
    assert parts(found) <= {"price"}
    betas = [
        sum(BETAS[s] * q * prices[s] for s, q in zip(SHARES, quantities, strict=True))
        / (1e6 + sum(q * prices[s] for s, q in zip(SHARES, quantities, strict=True)))
        for prices in (PRICES, later)
    ]
    assert found.total(Cause.PRICE) == pytest.approx(betas[1] - betas[0], abs=1e-12)


@settings(max_examples=15)
@given(points(), st.integers(1, 9))
def test_splitting_a_position_changes_nothing(pair, parts_):
    """The same holding in two lines has the same drift."""

    def split(p):
        positions = []
        for held in p.portfolio.positions:
            share = held.quantity * parts_ / 10
            positions += [replace(held, quantity=share), replace(held, quantity=held.quantity - share)]
        return replace(p, portfolio=replace(p.portfolio, positions=tuple(positions)))

    whole_, pieces = explain_drift(*pair), explain_drift(split(pair[0]), split(pair[1]))
    np.testing.assert_allclose(pieces.cells, whole_.cells, atol=1e-12)


@settings(max_examples=10)
@given(points())
def test_two_orders_lie_near_all_orders(pair):
    """The mean of two orders adds up as Shapley's mean over all 40,320 does, and lies near it."""
    two, every = explain_drift(*pair), explain_drift(*pair, orders="all")
    assert every.cells.sum() == pytest.approx(two.cells.sum(), abs=1e-11)
    size = np.abs(two.cells).sum()
    assert np.abs(every.cells - two.cells).max() <= 0.15 * size + 1e-12


def test_all_orders_equal_their_enumeration():
    """Shapley's weights give the mean over orders written out one by one (three causes, six orders)."""
    from itertools import permutations

    prices = {**PRICES, "A": 130.0, "M": 5500.0}
    held = book(position(Spot(symbol="A", currency="EUR"), 4000))
    first = point(held, PRICES, BETAS)
    last = point(held, prices, {**BETAS, "A": 0.9}, eur=1.3)

    def beta(price, fx, est):
        p, e, b = (prices if price else PRICES)["A"], 1.3 if fx else 1.1, 0.9 if est else 1.2
        return b * 4000 * p * e / (1e6 + 4000 * p * e)

    total = np.zeros(3)
    for order in permutations(range(3)):
        state = [0, 0, 0]
        for k in order:
            before = beta(*state)
            state[k] = 1
            total[k] += (beta(*state) - before) / 6
    found = explain_drift(first, last, orders="all")
    for k, cause in enumerate((Cause.PRICE, Cause.CURRENCY, Cause.ESTIMATES)):
        assert found.total(cause) == pytest.approx(total[k], abs=1e-13)


def one_cause(**changed):
    """A book with options where one thing changes from start to end; give the causes that show."""
    prices = {**PRICES, **changed.get("prices", {})}
    vols = (0.2, changed.get("vol", 0.2))
    held = [
        book(
            position(Spot(symbol="A", currency="EUR"), 5000),
            position(option(4900), 10, vol=vol, rate=0.02),
            position(option(5100, OptionRight.CALL, exercise=Exercise.AMERICAN), -5, vol=vol, rate=0.02),
        )
        for vol in vols
    ]
    first = point(held[0], PRICES, BETAS)
    last = point(
        held[1], prices, {**BETAS, **changed.get("betas", {})}, changed.get("day", DAYS[0]), changed.get("eur", 1.1)
    )
    return explain_drift(first, last)


@pytest.mark.parametrize(
    ("changed", "causes"),
    [
        ({"day": DAYS[1]}, {"time"}),
        ({"vol": 0.3}, {"volatility"}),
        ({"eur": 1.2}, {"currency"}),
        ({"betas": {"A": 1.4}}, {"estimates"}),
        ({"prices": {"A": 110.0}}, {"price"}),
        ({"prices": {"M": 5200.0}}, {"price", "gamma"}),
    ],
)
def test_one_change_has_its_own_cause(changed, causes):
    """Where one kind of number changes, no other cause is named."""
    assert parts(one_cause(**changed)) == causes


def test_gamma_is_the_change_of_delta_at_the_new_spot():
    """With one order of causes worked out by hand, gamma holds the change of delta and price the rest."""
    found = one_cause(prices={"M": 5200.0})
    put = next(p for p in found.positions if "put" in p.asset or " 4900p" in p.asset)
    first, last = found.start, found.end
    lines = [next(x for x in e.positions if x.asset == put.asset) for e in (first, last)]
    d0, d1 = (x.delta for x in lines)
    # Price first: delta held, spot and NAV at the end; price last: spot and NAV at the start, delta moved.
    price = (
        (10 * 100 * d0 * 5200 / last.nav - lines[0].contribution)
        + (lines[1].contribution - 10 * 100 * d1 * 5000 / first.nav)
    ) / 2
    assert put.by_cause[CAUSES.index(Cause.PRICE)] == pytest.approx(price, abs=1e-12)


def test_a_quoted_option_closes_on_its_quote():
    """An option whose price comes from the market keeps its quote at both ends, and the cells still add up."""
    instrument = option(4900, symbol="M PUT")
    held = book(position(Spot(symbol="A", currency="USD"), 5000), position(instrument, 10, rate=0.02, vol=0.25))
    quoted = [{**PRICES, "M PUT": 205.0}, {**PRICES, "M": 4700.0, "M PUT": 380.0}]
    found = explain_drift(point(held, quoted[0], BETAS), point(held, quoted[1], BETAS, DAYS[1]))
    assert found.end.nav == pytest.approx(1e6 + 5e5 + 380_000)
    assert abs(found.residual) < 1e-15
    assert parts(found) == {"price", "gamma", "time", "volatility"}


def test_a_roll_is_a_roll():
    """The same number of contracts in the next expiry is roll, the rest trade; cash pays nothing."""
    first = point(book(position(future("ESM4"), -10)), {**PRICES, "ESM4": 5010.0, "ESU4": 5060.0}, BETAS)
    last = replace(first, portfolio=book(position(future("ESU4"), -6)))
    found = explain_drift(first, last)
    assert found.total(Cause.ROLL) == pytest.approx(
        sum(p.end for p in found.positions) - 0.6 * sum(p.start for p in found.positions), abs=1e-14
    )
    assert found.total(Cause.TRADES) == pytest.approx(-0.4 * sum(p.start for p in found.positions), abs=1e-14)


def test_an_expiry_is_roll_and_expiry():
    """An option that ran out between the points, still listed, is no trade and is said to be there."""
    held = book(position(option(4900, expiry=dt.date(2024, 3, 15)), 10, vol=0.2))
    found = explain_drift(point(held, PRICES, BETAS), point(held, PRICES, BETAS, DAYS[1]))
    assert parts(found) == {"roll"}
    assert "expired" in found.notes[0]


def test_another_strike_of_one_expiry_is_a_trade():
    """Only another expiry is a roll."""
    legs = [option(4900), option(4800)]
    assert not split_roll(legs, np.array([5.0, 0.0]), np.array([0.0, 5.0]), last_day=dt.date(2024, 4, 1)).any()


def test_what_was_bought_has_no_price_effect_before():
    """A share bought in between is trade alone, though it had a price at the start, or had none."""
    bought = book(position(Spot(symbol="A", currency="USD"), 2000), cash=800_000)
    for prices in (PRICES, {k: v for k, v in PRICES.items() if k != "A"}):
        found = explain_drift(point(book(), prices, BETAS), point(bought, {**PRICES, "A": 130.0}, BETAS, DAYS[1]))
        assert parts(found) == {"trades"}


def test_perpetuals_and_coins_add_up():
    """Inverse perpetuals and coins: their coin's price is a price, not a currency."""
    perp = Perpetual(
        symbol="BTC-PERP", currency="USD", settlement="BTC", payoff=PerpetualPayoff.INVERSE,
        terms=(Terms(multiplier=Decimal(1)),), underlying=("BTC",),
    )  # fmt: skip
    held = book(position(perp, -40_000, entry=Decimal(60_000)), position(Cash(currency="BTC"), "1.5"))
    first = point(held, {**PRICES, "BTC": 62_000.0}, {**BETAS, "BTC": 1.4})
    last = point(held, {**PRICES, "BTC": 50_000.0}, {**BETAS, "BTC": 1.4}, DAYS[1])
    assert parts(explain_drift(first, last)) == {"price"}


def test_missing_things_are_listed():
    """Whatever cannot be measured at a point is named with its reason; nothing counts as zero."""
    held = book(position(Spot(symbol="A", currency="USD"), 10), position(Spot(symbol="Z", currency="USD"), 10))
    with pytest.raises(NotEnoughDataError, match=r"Z at the start .*unknown_instrument.*Z at the end"):
        explain_drift(point(held, PRICES, BETAS), point(held, PRICES, BETAS, DAYS[1]))
    fewer = {k: v for k, v in BETAS.items() if k != "B"}
    both = book(position(Spot(symbol="B", currency="USD"), 10))
    with pytest.raises(NotEnoughDataError, match="B at the end .*no_beta"):
        explain_drift(point(both, PRICES, BETAS), point(both, PRICES, fewer, DAYS[1]))


def test_a_path_through_ruin_is_refused():
    """A loss that only later money made good has no beta on NAV on the way."""
    first = point(book(position(Spot(symbol="A", currency="USD"), 10_000), cash=-900_000), PRICES, BETAS)
    last = point(
        book(position(Spot(symbol="A", currency="USD"), 10_000), cash=-700_000), {**PRICES, "A": 80.0}, BETAS, DAYS[1]
    )
    with pytest.raises(NotEnoughDataError, match="on the way"):
        explain_drift(first, last)


def test_two_benchmarks_are_refused():
    """Betas to different benchmarks are not compared."""
    first = point(book(), PRICES, BETAS)
    other = replace(first, betas=given_betas("N", {"A": (1.0, 0.1)}))
    with pytest.raises(InputError, match="one benchmark"):
        explain_drift(first, other)
