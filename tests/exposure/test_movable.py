"""Options revalued in arrays are what each of them is alone, to the last bit, and are refused where it is refused."""

import datetime as dt
from decimal import Decimal

import pytest
from given import given_betas, given_market
from hypothesis import given, settings
from hypothesis import strategies as st

from trimtab.errors import TrimtabError
from trimtab.exposure.kinds.option import FixedOption
from trimtab.exposure.movable import Movable, Scenario, beta_exposure
from trimtab.exposure.revalue import fix, moves_with
from trimtab.exposure.value import value_position
from trimtab.model.instrument import Exercise, Future, Option, OptionRight, Premium, Spot, Terms
from trimtab.model.portfolio import DeltaConvention, Position, Stated

DAY = dt.date(2024, 3, 1)
#: Price of each underlying: usual ones, next to nothing, huge, and a coin.
LEVELS = {"P": 100.0, "I": 4000.0, "PENNY": 0.0004, "HUGE": 3e7, "BTCUSD": 60_000.0, "F": 4010.0, "EURUSD": 1.1}
MARKET = given_market(LEVELS)
BETAS = given_betas("I", {name: (0.6 + 0.2 * k, 0.1) for k, name in enumerate(LEVELS) if name != "I"})

moderate = st.floats(-0.15, 0.15, allow_nan=False)
yields = st.none() | moderate | st.sampled_from([0.0, -0.02, 0.05])
vols = st.none() | st.floats(0.0, 3.0, allow_nan=False) | st.sampled_from([0.0, 1e-9, 0.2, 19.9])
shifts = st.sampled_from([0.0, 0.0, 0.05, -0.3, 0.25])
moves = st.sampled_from([-1.5, -1.0, -0.4, -0.1, 0.0, 0.01, 0.2, 3.0]) | st.floats(-0.9, 1.0)


@st.composite
def options(draw: st.DrawFn) -> Position:
    """Draw an option that somebody may hold, hostile ones among them."""
    under = draw(st.sampled_from(["P", "I", "PENNY", "HUGE", "BTCUSD", "F"]))
    strike = LEVELS[under] * draw(st.sampled_from([0.0, 0.3, 0.9, 1.0, 1.1, 5.0]) | st.floats(0.5, 2.0))
    coin = under == "BTCUSD" and draw(st.booleans())
    option = Option(
        symbol="O", underlying=under, currency=draw(st.sampled_from(["USD", "USD", "EUR"])) if not coin else "USD",
        right=draw(st.sampled_from(OptionRight)), strike=Decimal(str(strike)),
        expiry=DAY + dt.timedelta(days=draw(st.sampled_from([-3, 0, 1, 2, 30, 181, 730, 3000]))),
        terms=(Terms(multiplier=Decimal(draw(st.sampled_from(["1", "100", "0.1"])))),),
        exercise=draw(st.sampled_from(Exercise)), premium=Premium.COIN if coin else Premium.MONEY,
        on_future=under == "F", minor=draw(st.sampled_from([False, False, True])),
    )  # fmt: skip
    price = Decimal(str(LEVELS[under] * draw(st.sampled_from([0.0001, 0.02, 0.1, 0.4, 2.0]))))
    quote = draw(st.sampled_from(["none", "price", "both", "bid", "ask", "crossed"]))
    cash = draw(st.sampled_from([(), (), ((DAY + dt.timedelta(days=20), 0.01 * LEVELS[under]),)]))
    stated = Stated(
        price=price if quote == "price" else None,
        bid={"both": price, "bid": price, "crossed": price * 2}.get(quote),
        ask={"both": price * Decimal("1.05"), "ask": price, "crossed": price}.get(quote),
        vol=draw(vols), rate=draw(yields), dividend_yield=draw(yields),
        dividends=cash,
        delta=option.delta_sign * 0.4 if draw(st.sampled_from([False, False, False, True])) else None,
        delta_convention=draw(st.sampled_from(DeltaConvention)),
        forward=draw(st.sampled_from([None, None, LEVELS[under] * 1.01, LEVELS[under] * 3.0])),
    )  # fmt: skip
    return Position(instrument=option, quantity=Decimal(draw(st.sampled_from([1, -7, 250]))), stated=stated)


def outcome(run) -> list[object]:
    """Give what comes out, or the words of its refusal."""
    try:
        return [run()]
    except TrimtabError as error:
        return [type(error), str(error)]


def alone(fixed: tuple, scenarios: list[Scenario]) -> tuple[tuple[float, float], ...]:
    """Revalue positions one by one."""
    totals = []
    for scenario in scenarios:
        pnl = exposure = 0.0
        for one in fixed:
            after = one.after(scenario.move, vol_shift=scenario.vol_shift)
            pnl += after.value - (one.valued.value or 0.0)
            exposure += beta_exposure(after, BETAS)
        totals.append((pnl, exposure))
    return tuple(totals)


def fixed_of(positions: list[Position]) -> tuple:
    """Fix those that can be valued and fixed."""
    fixed = []
    for position in positions:
        valued = value_position(position, MARKET)
        if valued.reason is None and valued.legs:
            try:
                fixed.append(fix(position, MARKET, valued))
            except TrimtabError:  # a volatility that cannot be stated
                continue
    return tuple(fixed)


def both_ways(positions: list[Position], by: list[tuple[float, float]]) -> None:
    """Compare both ways, all positions together and each alone."""
    scenarios = [Scenario(move=moves_with(x, BETAS), vol_shift=shift) for x, shift in by]
    fixed = fixed_of(positions)
    for some in (fixed, *((one,) for one in fixed)):
        assert outcome(lambda some=some: Movable(fixed=some).after(scenarios, BETAS)) == outcome(
            lambda some=some: alone(some, scenarios)
        )


books = st.lists(options(), min_size=1, max_size=6)
ways = st.lists(st.tuples(moves, shifts), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(books, ways)
def test_arrays_are_each_option_alone(positions, by):
    """Random contracts, hostile ones among them: the same numbers to the last bit, the same refusals."""
    both_ways(positions, by)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None)
@given(books, ways)
def test_arrays_are_each_option_alone_long(positions, by):
    """The same with many."""
    both_ways(positions, by)


def test_shares_and_options_add_up_in_order():
    """A book of several kinds, cash dividends among them, is the sum of its positions in their order."""
    terms = (Terms(multiplier=Decimal(100)),)
    option = Option(
        symbol="O", underlying="P", currency="USD", right=OptionRight.CALL, strike=Decimal(100),
        expiry=DAY + dt.timedelta(days=90), terms=terms, exercise=Exercise.AMERICAN,
    )  # fmt: skip
    paid = Stated(vol=0.3, rate=0.05, dividends=((DAY + dt.timedelta(days=40), 2.0),))
    future = Future(symbol="F", root="F", currency="USD", terms=terms, underlying=("I",))
    positions = [
        Position(instrument=Spot(symbol="P", currency="EUR"), quantity=Decimal(30)),
        Position(instrument=option, quantity=Decimal(-2), stated=paid),
        Position(instrument=future, quantity=Decimal(1)),
        Position(instrument=option, quantity=Decimal(5), stated=Stated(vol=0.2, delta=0.6)),
    ]
    assert [isinstance(one, FixedOption) for one in fixed_of(positions)] == [False, True, False, True]
    both_ways(positions, [(-0.2, 0.1), (0.0, 0.0), (0.1, 0.0)])
