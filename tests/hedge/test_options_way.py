"""Option plans: published insurance, sizing to a band, quotes and ticks, limits, and the independent check."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from given import given_betas, given_market

from trimtab.errors import InputError, TrimtabError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.hedge.options.chain import (
    ChainQuote,
    OptionChain,
    StatedVolatility,
    chain_from_volatility,
    quotes_from_rows,
)
from trimtab.hedge.options.check import OptionsCheckError, check_options
from trimtab.hedge.options.insurance import expected_value, insure
from trimtab.hedge.options.plan import plan_options
from trimtab.hedge.options.records import OptionRequest, Strategy
from trimtab.hedge.plan import PlanStatus, Side
from trimtab.hedge.rule import Aim
from trimtab.hedge.ways.figures import hold_range
from trimtab.hedge.ways.revalue import make_movable
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Exercise, Option, OptionRight
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio

HULL = {"value": 500_000.0, "beta": 2.0, "index": 1000.0, "years": 0.25, "rate": 0.12, "index_yield": 0.04}
LOWER = (Strategy.PROTECTIVE_PUT, Strategy.PUT_SPREAD, Strategy.COLLAR, Strategy.CALL_OVERWRITE)


def setting(*, beta: float = 1.3, level: float = 1000.0, cash: int = 500_000, units: int = 4_500_000):
    held = parse_portfolio(f"{units} P, {cash} USD")
    market = given_market({"P": 1.0, "I": level, "E": level / 10})
    betas = given_betas("I", {"P": (beta, 0.05), "E": (0.98, 0.01)})
    return held, market, betas


def chain(market, *, vol: float = 0.2, skew: float = -0.1, **other):
    return chain_from_volatility(market, underlying="I", volatility=StatedVolatility(vol=vol, skew=skew), **other)


def mandate(target: float = 1.0, band: float = 0.05, **other) -> Mandate:
    return Mandate(benchmark="I", target=target, band=band, **other)


def test_hull_table_17_2():
    """Hull, Options Futures and Other Derivatives, 17.1: 10 puts of strike 960, and the six values of table 17.2."""
    puts = insure(**HULL, multiplier=100.0, floor=450_000.0)
    assert (puts.contracts, puts.strike) == pytest.approx((10.0, 960.0), rel=1e-12)
    table = {1080: 570, 1040: 530, 1000: 490, 960: 450, 920: 410, 880: 370}
    for level, thousands in table.items():
        assert expected_value(level, **HULL) == pytest.approx(thousands * 1000.0, rel=1e-12)


def test_hull_insurance_as_a_plan():
    """The same example as orders: 10 contracts of strike 960, which pay 80,000 with the index at 880."""
    held = parse_portfolio("500000 P")
    market = given_market({"P": 1.0, "I": 1000.0})
    betas = given_betas("I", {"P": (2.0, 0.0)})
    lines = chain(
        market, expiry=dt.date(2024, 3, 1) + dt.timedelta(days=91), step=Decimal(10), rate=0.12, dividend_yield=0.04
    )
    request = OptionRequest(strategy=Strategy.PROTECTIVE_PUT, floor=450_000.0, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), mandate(), lines, request)
    (order,) = plan.orders
    assert (order.side, order.quantity, order.option.strike) == (Side.BUY, 10, 960)
    payoff = max(Decimal(0), order.option.strike - 880) * order.multiplier * order.quantity
    assert payoff == 80_000
    assert expected_value(880, **HULL) + float(payoff) == pytest.approx(450_000.0)


@pytest.mark.parametrize("aim", list(Aim))
@pytest.mark.parametrize("strategy", LOWER)
def test_each_strategy_brings_beta_into_the_band(strategy, aim):
    """Every strategy ends inside the band with whole contracts, and measuring again gives the plan's own after."""
    held, market, betas = setting()
    request = OptionRequest(strategy=strategy, aim=aim, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), mandate(), chain(market), request)
    assert plan.status is PlanStatus.PLANNED
    assert 0.95 <= plan.after.beta.value <= 1.05
    again = expose(plan.apply(held), market, betas)
    assert again.beta == plan.after.beta
    assert again.nav == plan.after.nav == pytest.approx(5_000_000 - plan.cost, abs=1e-6)
    assert plan.cost > 0


@pytest.mark.parametrize("strategy", LOWER)
def test_the_edge_takes_the_fewest_contracts(strategy):
    """One unit less than the plan to the edge leaves beta outside the band."""
    held, market, betas = setting()
    request = OptionRequest(strategy=strategy, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), mandate(), chain(market), request)
    per_unit = (plan.before.beta_exposure - plan.after.beta_exposure) / plan.units
    cost = plan.cost / plan.units
    one_less = (plan.after.beta_exposure + per_unit) / (plan.after.nav + cost)
    assert one_less > 1.05 >= plan.after.beta.value


def test_the_target_is_nearer_than_the_edge():
    """Asked for the target, beta ends nearer to it than a whole contract."""
    held, market, betas = setting()
    plan = plan_options(
        measure_book(held, market, betas), mandate(), chain(market),
        OptionRequest(strategy=Strategy.PROTECTIVE_PUT, aim=Aim.TARGET, allow_borrowing=True),
    )  # fmt: skip
    unit = (plan.before.beta.value - plan.after.beta.value) / plan.units
    assert abs(plan.residual) <= unit


def test_a_call_raises_beta_and_a_put_cannot():
    """Below the band a bought call brings beta up; puts say that they go the other way."""
    held, market, betas = setting(beta=0.9)
    up = plan_options(
        measure_book(held, market, betas), mandate(), chain(market), OptionRequest(strategy=Strategy.LONG_CALL)
    )
    assert up.status is PlanStatus.PLANNED
    assert up.after.beta.value >= 0.95
    down = plan_options(
        measure_book(held, market, betas), mandate(), chain(market), OptionRequest(strategy=Strategy.PROTECTIVE_PUT)
    )
    assert down.status is PlanStatus.INFEASIBLE
    assert down.orders == ()
    assert any("asks for the opposite" in note for note in down.notes)


def test_inside_the_band_nothing_is_traded():
    """A portfolio inside its mandate gets no orders."""
    held, market, betas = setting(beta=1.1)
    plan = plan_options(
        measure_book(held, market, betas), mandate(), chain(market), OptionRequest(strategy=Strategy.COLLAR)
    )
    assert plan.status is PlanStatus.NOTHING_TO_DO
    assert plan.after is plan.before


def given_chain(**other) -> OptionChain:
    put, call = OptionRight.PUT, OptionRight.CALL
    lines = [
        (put, 950, "21.03", "22.07"), (put, 850, "3.00", "3.40"), (put, 900, "0", "9"), (call, 1050, "18.0", "19.0"),
        (call, 1000, "41.0", "43.0"),
    ]  # fmt: skip
    quotes = tuple(ChainQuote(right=r, strike=Decimal(k), bid=Decimal(b), ask=Decimal(a)) for r, k, b, a in lines)
    return OptionChain(underlying="I", currency="USD", expiry=dt.date(2024, 6, 21), quotes=quotes, **other)


def test_quotes_become_limits_on_ticks():
    """A buy pays the ask rounded up to the tick, a sale takes the bid rounded down, and the mark is the middle."""
    held, market, betas = setting()
    plan = plan_options(
        measure_book(held, market, betas),
        mandate(),
        given_chain(),
        OptionRequest(strategy=Strategy.COLLAR, allow_borrowing=True),
    )
    put, call = plan.orders
    assert (put.option.symbol, put.price, put.mark) == ("I 950P Jun24", Decimal("22.10"), pytest.approx(21.55))
    assert (call.option.symbol, call.price, call.mark) == ("I 1050C Jun24", Decimal("18.00"), pytest.approx(18.5))
    paid = plan.units * 100 * (22.10 - 18.00)
    assert plan.premium == pytest.approx(paid)
    assert plan.cost == pytest.approx(plan.units * (100 * (22.10 - 21.55 + 18.5 - 18.0) + 2 * 0.65))


def test_a_line_without_a_bid_is_not_used():
    """An option that nobody bids for has no middle, and is passed over for the next strike."""
    held, market, betas = setting()
    request = OptionRequest(strategy=Strategy.PROTECTIVE_PUT, long_put=0.9, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), mandate(), given_chain(), request)
    assert plan.orders[0].option.strike == 850


def test_american_options_on_a_fund():
    """Options on a fund are sized by the fund's own beta and price."""
    held, market, betas = setting()
    lines = chain_from_volatility(
        market, underlying="E", volatility=StatedVolatility(vol=0.2), exercise=Exercise.AMERICAN, rate=0.03
    )
    request = OptionRequest(strategy=Strategy.PROTECTIVE_PUT, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), mandate(), lines, request)
    (order,) = plan.orders
    assert order.beta == 0.98
    assert order.underlying_price == 100.0
    assert plan.status is PlanStatus.PLANNED


def test_premium_stays_within_cash_and_says_so():
    """Without borrowing, premium above base cash makes the plan infeasible, and the nearest one is given."""
    held, market, betas = setting(cash=20_000)
    plan = plan_options(
        measure_book(held, market, betas), mandate(), chain(market), OptionRequest(strategy=Strategy.PROTECTIVE_PUT)
    )
    assert plan.status is PlanStatus.INFEASIBLE
    assert 0 < plan.premium <= 20_000
    assert plan.after.beta.value < plan.before.beta.value
    assert any("base cash of 20,000" in note for note in plan.notes)


def test_calls_are_not_sold_beyond_the_book():
    """A call overwrite stops where calls sold would exceed the portfolio's own beta exposure."""
    held, market, betas = setting()
    far = mandate(target=0.2)
    request = OptionRequest(strategy=Strategy.CALL_OVERWRITE, short_call=1.1)
    plan = plan_options(measure_book(held, market, betas), far, chain(market), request)
    assert plan.status is PlanStatus.INFEASIBLE
    assert plan.orders[0].notional <= plan.before.beta_exposure
    assert any("no more than the book's own beta exposure" in note for note in plan.notes)


def test_a_contract_limit_is_named():
    """The mandate's contract limit holds for each option and is named."""
    held, market, betas = setting()
    plan = plan_options(
        measure_book(held, market, betas),
        mandate(max_contracts=2),
        chain(market),
        OptionRequest(strategy=Strategy.PUT_SPREAD),
    )
    assert [o.quantity for o in plan.orders] == [2, 2]
    assert any("limit of 2 contracts" in note for note in plan.notes)


def test_a_band_narrower_than_a_contract_says_so():
    """Where one contract jumps over the band the plan is infeasible and the step is named."""
    held, market, betas = setting(units=150_000, cash=50_000)
    narrow = mandate(target=0.90, band=0.001)
    plan = plan_options(
        measure_book(held, market, betas), narrow, chain(market), OptionRequest(strategy=Strategy.PROTECTIVE_PUT)
    )
    assert plan.status is PlanStatus.INFEASIBLE
    assert any("more than the band is wide" in note for note in plan.notes)


def test_an_option_held_with_another_mark_brings_no_false_gain():
    """Buying an option that is held at a mark of one's own costs the half-spread, not the difference of marks."""
    held, market, betas = setting()
    plan = plan_options(
        measure_book(held, market, betas), mandate(), given_chain(), OptionRequest(strategy=Strategy.PROTECTIVE_PUT)
    )
    first = plan.apply(held)
    rich = replace(
        first,
        positions=tuple(
            replace(p, stated=replace(p.stated, bid=None, ask=None, price=Decimal(60)))
            if isinstance(p.instrument, Option)
            else p
            for p in first.positions
        ),
    )
    again = plan_options(
        measure_book(rich, market, betas),
        mandate(target=0.8),
        given_chain(),
        OptionRequest(strategy=Strategy.PROTECTIVE_PUT),
    )
    assert again.cost == pytest.approx(again.units * (100 * 0.55 + 0.65))
    assert expose(again.apply(rich), market, betas).nav == again.after.nav


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", Decimal("22.12")), ("price", Decimal("25.00")), ("quantity", Decimal("1.5")), ("delta", 0.1),
        ("premium", 1.0), ("side", Side.SELL), ("beta", 0.5), ("mark", 10.0),
    ],
)  # fmt: skip
def test_the_check_refuses_a_changed_order(field, value):
    """Any number on a ticket that does not fit the rest is found by the independent check."""
    held, market, betas = setting()
    plan = plan_options(
        measure_book(held, market, betas), mandate(), given_chain(), OptionRequest(strategy=Strategy.PROTECTIVE_PUT)
    )
    check_options(plan)
    wrong = replace(plan, orders=(replace(plan.orders[0], **{field: value}),))
    with pytest.raises(OptionsCheckError):
        check_options(wrong)


def test_the_range_over_which_the_target_holds_is_exact():
    """Beta lies in the band at both ends of the range, and outside a little further on."""
    held, market, betas = setting()
    request = OptionRequest(strategy=Strategy.PROTECTIVE_PUT, aim=Aim.TARGET, allow_borrowing=True)
    plan = plan_options(measure_book(held, market, betas), mandate(), chain(market), request)
    after = plan.apply(held)
    found = hold_range(make_movable(measure_book(after, market, betas)), mandate())
    assert found.low < 0 < found.high < found.reach
    rows = revalue_moves(
        measure_book(after, market, betas), moves=(found.low, found.high, found.low - 6e-4, found.high + 6e-4)
    )
    assert [0.95 <= r.beta <= 1.05 for r in rows] == [True, True, False, False]


def test_bad_input_is_refused_with_its_reason():
    """A floor without puts, a crossed quote, a repeated strike, and a missing right are refused."""
    held, market, betas = setting()
    with pytest.raises(InputError, match="floor"):
        OptionRequest(strategy=Strategy.COLLAR, floor=1.0)
    with pytest.raises(InputError, match="bid"):
        ChainQuote(right=OptionRight.PUT, strike=Decimal(1), bid=Decimal(2), ask=Decimal(1))
    line = ChainQuote(right=OptionRight.PUT, strike=Decimal(950), bid=Decimal(2), ask=Decimal(3))
    with pytest.raises(InputError, match="each right and strike once"):
        OptionChain(underlying="I", currency="USD", expiry=dt.date(2024, 6, 21), quotes=(line, line))
    puts = OptionChain(underlying="I", currency="USD", expiry=dt.date(2024, 6, 21), quotes=(line,))
    with pytest.raises(InputError, match="call"):
        plan_options(measure_book(held, market, betas), mandate(), puts, OptionRequest(strategy=Strategy.COLLAR))


def test_random_books_keep_every_limit():
    """On 1,500 random books no plan crashes, breaks a limit or promises what measuring again does not give."""
    rng = np.random.default_rng(5)
    market = given_market({"P": 1.0, "I": 1000.0, "E": 100.0})
    planned = 0
    for _ in range(1500):
        betas = given_betas("I", {"P": (float(rng.normal(1, 0.6)), 0.05), "E": (0.98, 0.01)})
        held = parse_portfolio(f"{int(rng.integers(50_000, 20_000_000))} P, {int(rng.integers(-100_000, 900_000))} USD")
        asked = mandate(
            float(rng.normal(0.8, 0.4)), float(rng.choice([0.0, 0.05, 0.1])),
            max_contracts=None if rng.random() < 0.7 else int(rng.integers(0, 30)),
        )  # fmt: skip
        request = OptionRequest(
            strategy=Strategy(rng.choice([s.value for s in Strategy])), aim=Aim(rng.choice(["edge", "target"])),
            long_put=float(rng.uniform(0.88, 1.05)), short_put=float(rng.uniform(0.7, 0.86)),
            short_call=float(rng.uniform(1.0, 1.15)), allow_borrowing=bool(rng.random() < 0.6),
        )  # fmt: skip
        try:
            before = expose(held, market, betas)
        except TrimtabError:
            continue
        lines = CHAINS[int(rng.integers(0, len(CHAINS)))]
        plan = plan_options(measure_book(held, market, betas), asked, lines, request)
        again = expose(plan.apply(held), market, betas)
        assert again.beta == plan.after.beta
        assert asked.max_contracts is None or all(o.quantity <= asked.max_contracts for o in plan.orders)
        if plan.status is PlanStatus.PLANNED:
            planned += 1
            assert asked.lower <= plan.after.beta.value <= asked.upper
        if plan.orders:
            nearer = abs(plan.after.beta.value - asked.target) < abs(before.beta.value - asked.target)
            assert nearer or plan.status is PlanStatus.INFEASIBLE
    assert planned > 200


CHAINS = tuple(
    chain(given_market({"I": 1000.0}), vol=vol, skew=skew, multiplier=Decimal(size))
    for vol, skew, size in ((0.15, -0.2, 100), (0.3, 0.0, 10), (0.6, -0.3, 1))
)


REAL = Path(__file__).parents[3] / "shared" / "data" / "lean_option_daily_quotes.parquet"
CLOSE = Path(__file__).parents[3] / "shared" / "data" / "lean_option_universe_iv_greeks.parquet"


@pytest.mark.skipif(not REAL.exists() or not CLOSE.exists(), reason="needs the reference option quotes")
def test_real_quotes_of_american_options():
    """On real chains every strategy either plans within the band at quoted prices or says what stands against it."""
    quotes = pl.read_parquet(REAL).filter(pl.col("bid_close").is_not_null() & pl.col("ask_close").is_not_null())
    closes = pl.read_parquet(CLOSE).group_by("root", "file_date").agg(pl.col("underlying_close").first())
    joined = quotes.join(closes, left_on=["root", "date"], right_on=["root", "file_date"])
    seen = 0
    for (root, date, expiry), lines in sorted(joined.group_by("root", "date", "expiry"), key=lambda g: str(g[0])):
        if len(lines) < 20 or (expiry - date).days < 5:
            continue
        spot = lines["underlying_close"][0]
        prices = {"P": [1.0, 1.0], root: [spot, spot], "I": [1e3, 1e3]}
        days = [date.date() - dt.timedelta(days=1), date.date()]
        market = market_at(PriceTable.of(prices, dates=days), base="USD")
        betas = given_betas("I", {"P": (1.3, 0.05), root: (1.1, 0.1)})
        chain = OptionChain(
            underlying=root, currency="USD", expiry=expiry.date(), tick=Decimal("0.01"), exercise=Exercise.AMERICAN,
            quotes=quotes_from_rows(
                {"right": str(r["right"]), "strike": str(r["strike"]), "bid": str(r["bid_close"]),
                 "ask": str(max(r["ask_close"], r["bid_close"]))}
                for r in lines.unique(["right", "strike"]).sort("right", "strike").iter_rows(named=True)
            ),
        )  # fmt: skip
        for strategy in LOWER:
            held = parse_portfolio("4500000 P, 500000 USD")
            request = OptionRequest(strategy=strategy, allow_borrowing=True)
            try:
                plan = plan_options(measure_book(held, market, betas), mandate(), chain, request)
            except InputError as error:
                assert error.try_next  # noqa: PT017
                continue
            seen += 1
            assert expose(plan.apply(held), market, betas).beta == plan.after.beta
            assert plan.status is PlanStatus.INFEASIBLE or 0.95 <= plan.after.beta.value <= 1.05
            assert all(o.bid <= o.price <= o.ask for o in plan.orders)
    assert seen > 20
