"""Rolls: orders that net, financing with a planted truth, two costs by hand, and what is not known."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trimtab as tt
from trimtab import sample
from trimtab.errors import InputError
from trimtab.feeds.contracts import bundled_contracts
from trimtab.hedge.roll.due import Due, roll_needs, roll_notes
from trimtab.hedge.roll.financing import implied_financing
from trimtab.hedge.roll.records import Dearness, RollCosts, Rolls
from trimtab.hedge.roll.review import review_rolls
from trimtab.market.facts import Facts
from trimtab.market.frequency import Frequency
from trimtab.market.prices import PriceTable
from trimtab.market.rates.interest import Interest
from trimtab.market.rates.risk_free import RiskFree
from trimtab.market.snapshot import market_at
from trimtab.model.portfolio import Portfolio

CONTRACTS = bundled_contracts()
MONDAY = dt.date(2023, 3, 13)
HALF = Decimal("0.5")
DAILY = Frequency(name="daily", periods_per_year=252.0, max_gap_days=15.0)


def book(words: str, day: dt.date = MONDAY) -> Portfolio:
    return tt.portfolio(words, as_of=day)


def rolls_of(
    words: str,
    columns: dict[str, float | list[float]],
    *,
    day: dt.date = MONDAY,
    yields: dict[str, float] | None = None,
    rate: float | None = 0.05,
    costs: RollCosts | None = None,
    stated: dict[str, float] | None = None,
    volumes: list[list[float]] | None = None,
) -> Rolls:
    """Review the rolls of a book on a day, from prices of that day and the one before."""
    pair = {name: value if isinstance(value, list) else [value, value] for name, value in columns.items()}
    table = PriceTable.of(pair, dates=[str(day - dt.timedelta(days=3)), str(day)], currency="USD")
    if volumes is not None:
        table = replace(table, volumes=np.array(volumes))
    rates = Interest() if rate is None else Interest(by_currency={"USD": RiskFree.constant(np.expm1(rate))})
    facts = Facts(day=day, base="USD", frequency=DAILY, interest=rates, yields=yields or {})
    usual = RollCosts(commission=None, half_spread_ticks=HALF, spread_half_ticks=Decimal("0.1"), spread_commission=None)
    return review_rolls(
        book(words, day), market_at(table, base="USD"), facts, CONTRACTS, costs or usual, window_days=8,
        stated_prices=stated,
    )  # fmt: skip


def test_hulls_index_future_finances_at_its_rate() -> None:
    """Hull, 11th ed., example 5.5: index 1,300, rate 5%, yield 1%: 1,313.07 in three months, so 1,326.26 in six."""
    assert 1300 * exp(0.04 * 0.25) == pytest.approx(1313.07, abs=0.005)
    known = implied_financing(
        near_price=1313.07, far_price=1326.26, years=0.25, rate=0.05, dividend_yield=0.01, tick=0.05
    )
    assert known.carry == pytest.approx(0.04, abs=2e-5)
    assert known.implied == pytest.approx(0.05, abs=2e-5)
    assert known.dearness is Dearness.FAIR


@given(
    spot=st.floats(10, 50_000), rate=st.floats(-0.02, 0.15), pays=st.floats(0, 0.06), first=st.floats(0.01, 1),
    gap=st.floats(0.05, 1), rich=st.floats(-0.05, 0.05), scale=st.floats(0.01, 100),
)  # fmt: skip
@settings(deadline=None)
def test_a_planted_financing_is_found(
    spot: float, rate: float, pays: float, first: float, gap: float, rich: float, scale: float
) -> None:
    """Prices made by cost of carry give the rate back, whatever unit they are quoted in."""
    near = spot * exp((rate - pays) * first)
    far = near * exp((rate + rich - pays) * gap)
    known = implied_financing(
        near_price=near * scale, far_price=far * scale, years=gap, rate=rate, dividend_yield=pays, tick=1e-9 * near
    )
    assert known.implied == pytest.approx(rate + rich, abs=1e-9)
    assert known.rich == pytest.approx(rich * 1e4, abs=1e-5)


def test_cost_and_gain_by_hand() -> None:
    """8 ES: two orders pay 2 x 2.25 and 2 x .5 tick of 12.50 each; a spread one tenth of a tick; gain is minus rich."""
    line = rolls_of("8 ESH3, 1000 USD", {"ESH3": 3900.0, "ESM3": 3940.0}, yields={"SPX": 0.017}).lines[0]
    assert line.outright is not None
    assert line.spread is not None
    assert (line.outright.commission, line.outright.half_spread) == (36.0, 100.0)
    assert (line.spread.commission, line.spread.half_spread) == (36.0, 10.0)
    assert line.outright.basis_points == pytest.approx(136.0 / (8 * 50 * 3900) * 1e4)
    implied = np.log(3940 / 3900) * 365 / 91 + 0.017
    assert line.financing.implied == pytest.approx(implied)
    assert line.financing.dearness is Dearness.RICH
    assert line.advantage == pytest.approx(-8 * 50 * 3900 * (implied - 0.05) * 91 / 365)
    short = rolls_of("-8 ESH3, 1000 USD", {"ESH3": 3900.0, "ESM3": 3940.0}, yields={"SPX": 0.017}).lines[0]
    assert short.need.order == "buy 8 ESH3, sell 8 ESM3"
    assert line.advantage is not None
    assert short.advantage == pytest.approx(-line.advantage)
    stated = RollCosts(
        commission=Decimal(1), half_spread_ticks=HALF, spread_half_ticks=HALF, spread_commission=Decimal("1.5")
    )
    other = rolls_of("8 ESH3, 1000 USD", {"ESH3": 3900.0}, costs=stated).lines[0]
    assert other.spread is not None
    assert (other.spread.commission, other.spread.half_spread) == (12.0, 50.0)


@pytest.mark.parametrize(
    ("columns", "more", "lacks"),
    [
        ({"ESH3": 3900.0}, {}, "the month that follows"),
        ({"ES": 3900.0, "ESM3": 3940.0}, {}, "names no month"),
        ({"SPX": 3890.0, "ESM3": 3940.0}, {}, "a price of ESH3"),
        ({"ESH3": 3900.0, "ESM3": 3940.0}, {"rate": None}, "a rate of USD"),
        ({"ESH3": 3900.0, "ESM3": 3940.0}, {"yields": {}}, "the dividend yield of SPX"),
        ({"ESH3": 3900.0, "ESM3": [3940.0, np.nan]}, {}, "of two days they imply"),
    ],
)
def test_what_is_not_known_is_said(columns: dict[str, float | list[float]], more: dict[str, float], lacks: str) -> None:
    """No index, no series without a month, no other day's price and no assumed rate or yield stands in."""
    terms: dict[str, object] = {"yields": {"SPX": 0.017}, **more}
    line = rolls_of("8 ESH3, 1000 USD", columns, **terms).lines[0]  # type: ignore[arg-type]
    assert line.financing.dearness is Dearness.NOT_KNOWN
    assert line.financing.rich is None
    assert line.advantage is None
    assert any(lacks in note for note in line.notes), line.notes
    assert line.need.order == "sell 8 ESH3, buy 8 ESM3"


def test_a_series_without_a_month_is_the_front_contract_before_the_window() -> None:
    """Weeks before its end ES is ESH3; in the window it may be of either month, so it is neither's."""
    early = rolls_of("8 ESH3, 1000 USD", {"ES": 3900.0}, day=dt.date(2023, 2, 6)).lines[0]
    assert early.financing.near_price == 3900.0
    assert early.need.due is Due.LATER
    assert rolls_of("8 ESH3, 1000 USD", {"ES": 3900.0}).lines[0].financing.near_price is None


def test_prices_may_be_stated_and_stand_under_other_spellings() -> None:
    """A contract is one under years of one, two and four digits, and its micro trades at its price."""
    line = rolls_of("8 ESH3, 1000 USD", {"MESH23": 3900.0}, stated={"ESM2023": 3940.0}).lines[0]
    assert (line.financing.near_price, line.financing.far_price) == (3900.0, 3940.0)
    with pytest.raises(InputError, match="a price of ESU3"):
        rolls_of("8 ESH3, 1000 USD", {"ESH3": 3900.0}, stated={"ESU3": 3980.0})


def test_volume_says_which_month_trades() -> None:
    """More contracts of the next month than of the one that is held."""
    line = rolls_of("8 ESH3, 1000 USD", {"ESH3": 3900.0, "ESM3": 3940.0}, volumes=[[9e5, 4e5], [3e5, 1.5e6]]).lines[0]
    assert (line.near_volume, line.far_volume) == (3e5, 1.5e6)
    assert "ESM3 trades more than ESH3 already" in line.notes


def test_states_of_a_roll() -> None:
    """Later, from eight days before on, the last day, and ended."""
    days = {"2023-03-08": Due.LATER, "2023-03-09": Due.OPEN, "2023-03-17": Due.LAST_DAY, "2023-03-20": Due.EXPIRED}
    held = book("8 ESH3, 1000 USD", dt.date(2023, 3, 1))
    for day, due in days.items():
        (need,) = roll_needs(held, CONTRACTS, dt.date.fromisoformat(day))
        assert need.due is due, day
        assert bool(need.order) == (due is not Due.EXPIRED)


@given(near=st.integers(-50, 50), split=st.integers(-20, 20), far=st.integers(-50, 50), micros=st.integers(-50, 50))
@settings(max_examples=40, deadline=None)
def test_rolling_leaves_nothing_in_the_month_and_the_same_in_all(near: int, split: int, far: int, micros: int) -> None:
    """Positions in one month are one; what is rolled is in the next month with what was there."""
    words = [f"{n} {s}" for n, s in ((near, "ESH3"), (split, "ESH23"), (far, "ESM3"), (micros, "MESH3")) if n]
    held = book(", ".join([*words, "1000 USD"]))
    needs = {n.near.root + str(n.last_day): n for n in roll_needs(held, CONTRACTS, MONDAY)}
    need = needs.get("ES2023-03-17")
    assert (need is None) == (near + split == 0)
    if need is not None:
        assert need.quantity == near + split
        assert need.lots == abs(near + split)
        assert need.far_held == far
        assert need.order.split()[0] == ("sell" if near + split > 0 else "buy")


def test_opposite_sizes_are_told() -> None:
    """Long ES and short MES of one month offset each other."""
    rolls = rolls_of("8 ESH3, -80 MESH3, 1000 USD", {"ESH3": 3900.0})
    assert "ESH3 and MESH3 offset each other" in rolls.notes[0]


def test_a_family_whose_rule_is_not_known_says_so() -> None:
    """A bond future delivers: its third Friday is no fact."""
    (line,) = rolls_of("2 ZNH3, 1000 USD", {"ZNH3": 112.0}).lines
    assert line.need.day_from.value == "assumed"
    assert "first notice day" in line.notes[0]


def test_a_plan_in_the_window_says_what_to_roll_and_trades_the_next_month() -> None:
    """Made on a Monday before the third Friday: the next month is bought, and what is held is to be rolled."""
    assert roll_notes(book("8 ESH3, 1000 USD"), CONTRACTS, MONDAY) == (
        "roll due: 8 ESH3 held end on 2023-03-17, in 4 days; sell 8 ESH3, buy 8 ESM3 (trimtab roll)",
    )
    assert roll_notes(book("8 ESM3, 1000 USD"), CONTRACTS, MONDAY) == ()
    mandate = tt.Mandate(benchmark="SPX", target=0.5, band=0.02)
    plan = tt.plan(
        sample.prices_path(), "100 AAPL, -1 ESH1, 100000 USD", mandate, hedge="MES", as_of="2021-03-15", method="ols"
    )
    assert {o.symbol for o in plan.orders} == {"MESM1"}
    assert any(n.startswith("roll due: -1 ESH1 held end on 2021-03-19") for n in plan.notes)
