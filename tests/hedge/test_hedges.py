"""Perpetuals, funds and futures as hedges: against an oracle of plain arithmetic, and what must be refused."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from given import given_betas, given_market
from hypothesis import given
from hypothesis import strategies as st

from trimtab.errors import InputError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.hedge.check import PlanCheckError, check_plan
from trimtab.hedge.futures.figures import futures_figures
from trimtab.hedge.futures.hedge import Hedge, price_hedge
from trimtab.hedge.futures.plan import FAR, NEAR, plan_futures
from trimtab.hedge.plan import Plan, PlanStatus
from trimtab.hedge.search import Distance, LotRange, search_lots
from trimtab.hedge.year_terms import YearTerms
from trimtab.market.facts import facts_at
from trimtab.model.contract import ContractSpec
from trimtab.model.instrument import Cash, Future, Perpetual, PerpetualPayoff, Spot, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated

PRICES = {"I": 400.0, "P": 100.0, "F": 410.0, "SH": 15.0, "DX": 40.0, "BTC": 50_000.0, "ETH": 2_500.0, "EURUSD": 1.25}
#: Exposure in dollars of one unit of each, by hand: inverse m C / S, quanto m S C, EUR fund at 1.25.
UNIT = {
    "F": 5 * 410.0, "SH": 15.0, "DX": 40.0 * 1.25, "XBT": 10_000.0 / 50_000.0 * 50_000.0,
    "ETHQ": 0.0001 * 2_500.0 * 50_000.0, "LIN": 0.5 * 50_000.0,
}  # fmt: skip
BETA = {"F": 1.02, "SH": -0.97, "DX": 1.9, "XBT": 1.4, "ETHQ": 1.7, "LIN": 1.4}


def _perpetual(name: str, payoff: PerpetualPayoff, size: str, on: str) -> ContractSpec:
    coin = None if payoff is PerpetualPayoff.LINEAR else "BTC"
    return ContractSpec(
        root=name, name=name, exchange="", currency="USD", kind="perpetual", payoff=payoff, settlement=coin,
        terms=(Terms(multiplier=Decimal(size), tick=Decimal("0.5")),), underlying=(on,), funding=0.0001, margin=0.05,
        commission_rate=Decimal("0.0005"),
    )  # fmt: skip


def _fund(name: str, leverage: int, currency: str = "USD", *, shortable: bool = True) -> ContractSpec:
    return ContractSpec(
        root=name, name=name, exchange="", currency=currency, kind="spot", leverage=Decimal(leverage),
        terms=(Terms(multiplier=Decimal(1)),), borrow=0.02, shortable=shortable, commission=Decimal("0.01"),
    )  # fmt: skip


SPECS = {
    "F": ContractSpec(
        root="F", name="F", exchange="", currency="USD", terms=(Terms(multiplier=Decimal(5), tick=Decimal("0.25")),),
        commission=Decimal(2),
    ),
    "SH": _fund("SH", -1), "DX": _fund("DX", 2, "EUR"),
    "XBT": _perpetual("XBT", PerpetualPayoff.INVERSE, "10000", "BTC"),
    "ETHQ": _perpetual("ETHQ", PerpetualPayoff.QUANTO, "0.0001", "ETH"),
    "LIN": _perpetual("LIN", PerpetualPayoff.LINEAR, "0.5", "BTC"),
}  # fmt: skip
MARKET = given_market(PRICES)
BETAS = given_betas(
    "I",
    {"P": (1.2, 0.05), "F": (1.02, 0.01), "SH": (-0.97, 0.01), "DX": (1.9, 0.02), "BTC": (1.4, 0.1), "ETH": (1.7, 0.2)},
)
FREE = Costs(commission=Decimal(0), half_spread_ticks=Decimal(0))


def hedge_of(name: str, mandate: Mandate, *, held: Portfolio | None = None, spec: ContractSpec | None = None) -> Hedge:
    """Price a hedge as a plan does: described as it is held."""
    used = spec or SPECS[name]
    instrument = used.future() if used.is_dated else used.listed(MARKET.day)
    mine = [p for p in (held.positions if held else ()) if p.instrument.contract == instrument.contract]
    return price_hedge(
        instrument if held is None else held.described(instrument), used, MARKET, BETAS, mandate, stated=None,
        held=sum((p.quantity for p in mine), Decimal(0)),
    )  # fmt: skip


def book_of(*positions: Position, cash: float = 1e6) -> Portfolio:
    """Give a book with dollars."""
    dollars = Position(instrument=Cash(currency="USD"), quantity=Decimal(repr(cash)))
    return Portfolio(positions=(*positions, dollars), base="USD")


def shares(quantity: float) -> Position:
    """Give shares of P, of beta 1.2."""
    return Position(instrument=Spot(symbol="P", currency="USD"), quantity=Decimal(repr(quantity)))


def perpetual(name: str, quantity: int, entry: float | None) -> Position:
    """Give a perpetual that is held, with the price it was entered at."""
    stated = Stated(entry=None if entry is None else Decimal(repr(entry)), funding=0.0001)
    return Position(instrument=SPECS[name].listed(MARKET.day), quantity=Decimal(quantity), stated=stated)


def brute(plan: Plan, hedges: tuple[Hedge, ...], cash: float) -> float:
    """Price every combination of lots along the gap by plain arithmetic, and give the best."""
    m, before = plan.mandate, plan.before
    gap = m.target * before.nav - before.beta_exposure
    counts = []
    for h in hedges:
        size = BETA[h.symbol] * UNIT[h.symbol]
        sign = 1 if gap * size > 0 else -1
        reach = int(abs(gap) / abs(size)) + 1
        if m.max_contracts is not None and h.symbol not in {"SH", "DX"}:
            reach = min(reach, m.max_contracts)
        if sign < 0 and not h.shortable:
            reach = min(reach, int(max(h.held, 0)))
        counts.append([sign * n for n in range(reach + 1)])
    best = opposite = float("inf")
    for lots in itertools.product(*counts):
        each = [_cost(h.symbol, m.costs) for h in hedges]
        cost = sum(abs(n) * c for n, c in zip(lots, each, strict=True))
        taken = sum(
            n * (UNIT[h.symbol] + c)
            for n, h, c in zip(lots, hedges, each, strict=True)
            if n > 0 and h.symbol in {"SH", "DX"}
        )
        if taken > cash * (1 + 1e-12):
            continue
        exposure = before.beta_exposure + sum(
            n * BETA[h.symbol] * UNIT[h.symbol] for n, h in zip(lots, hedges, strict=True)
        )
        nav = before.nav - cost
        left = abs(m.target * nav - exposure)
        price = cost + NEAR * left + FAR * max(0.0, left - m.band * nav)
        if not _opposed(hedges, lots) or _opposed(hedges, [0] * len(lots)):
            best = min(best, price)
        elif left <= m.band * nav:
            opposite = min(opposite, price)
    # A plan with opposite contracts on one index is worse than any without that reaches the band.
    return max(best, opposite) if opposite < best else best


def _opposed(hedges: tuple[Hedge, ...], lots: Sequence[int]) -> bool:
    """Tell whether what is held and traded is long and short one index."""
    sides: dict[str, set[bool]] = {}
    for h, n in zip(hedges, lots, strict=True):
        units = (float(h.held) + n) * BETA[h.symbol] * UNIT[h.symbol]
        if h.symbol not in {"SH", "DX"} and units:
            sides.setdefault((SPECS[h.symbol].underlying or (h.symbol,))[0], set()).add(units > 0)
    return any(len(s) == 2 for s in sides.values())


def _cost(name: str, costs: Costs) -> float:
    """Give the cost of one unit by hand: commission, its rate, and half a tick at the slope of its gain."""
    spec = SPECS[name]
    slope = {"F": 5.0, "SH": 1.0, "DX": 1.25, "XBT": 10_000.0 / 50_000.0, "ETHQ": 0.0001 * 50_000.0, "LIN": 0.5}[name]
    fee = float(costs.commission) if name == "F" and costs.commission is not None else float(spec.commission)
    fee *= 1.25 if name == "DX" else 1.0
    half = float(costs.half_spread_ticks) * float(spec.terms[0].tick) * slope
    return fee + half + float(spec.commission_rate) * UNIT[name]


def priced(plan: Plan) -> float:
    """Give the objective of a plan from its own totals."""
    m, left = plan.mandate, abs(plan.mandate.target * plan.after.nav - plan.after.beta_exposure)
    return plan.cost + NEAR * left + FAR * max(0.0, left - m.band * plan.after.nav)


def one_random_book(seed: int) -> bool:
    """Plan a random book with a random mix of hedges, and hold the plan against every other combination.

    False where nothing was to be held: no value, inside already, or more combinations than are tried.
    """
    rng = np.random.default_rng([16, seed])
    names = [str(n) for n in rng.choice(list(SPECS), size=int(rng.integers(1, 5)), replace=False)]
    mandate = Mandate(
        benchmark="I", target=float(rng.normal(0.5, 0.7)), band=float(rng.choice([0.0, 0.02, 0.1])),
        max_contracts=None if rng.random() < 0.7 else int(rng.integers(0, 6)),
        costs=Costs(
            commission=None if rng.random() < 0.5 else Decimal(1),
            half_spread_ticks=Decimal(str(rng.choice([0.0, 0.5, 2.0]))),
        ),
    )  # fmt: skip
    held = book_of(
        shares(float(rng.integers(-40, 120))),
        *(perpetual(n, int(rng.integers(-3, 4)) or 1, float(rng.uniform(0.8, 1.2)) * PRICES[_on(n)])
          for n in names if n in {"XBT", "ETHQ"} and rng.random() < 0.4),
        *(Position(instrument=SPECS[n].listed(MARKET.day), quantity=Decimal(int(rng.integers(-9, 10))))
          for n in names if n == "SH" and rng.random() < 0.5),
        cash=float(rng.choice([300.0, 3_000.0, 100_000.0])),
    )  # fmt: skip
    if _value(held) <= 1_000.0:
        return False
    specs = {n: replace(SPECS[n], shortable=bool(rng.random() < 0.5)) for n in names if n in {"SH", "DX"}}
    hedges = tuple(hedge_of(n, mandate, held=held, spec=specs.get(n)) for n in names)
    book = measure_book(held, MARKET, BETAS)
    if _combinations(book.exposure, mandate, hedges) > 20_000:
        return False
    plan = plan_futures(book, mandate, hedges)
    check_plan(plan)
    again = expose(plan.apply(held), MARKET, BETAS)
    assert again.beta == plan.after.beta
    gained = sum(float(o.signed) * BETA[o.symbol] * UNIT[o.symbol] for o in plan.orders)
    scale = abs(plan.before.beta_exposure) + sum(abs(float(o.signed)) * UNIT[o.symbol] for o in plan.orders) + 1.0
    assert again.beta_exposure == pytest.approx(plan.before.beta_exposure + gained, abs=1e-9 * scale)
    assert again.nav == pytest.approx(plan.before.nav - sum(o.cost for o in plan.orders), abs=1e-7 * scale)
    if plan.status not in {PlanStatus.PLANNED, PlanStatus.INFEASIBLE}:
        return False
    cash = next(float(p.quantity) for p in held.positions if isinstance(p.instrument, Cash))
    # The search takes the band of NAV after the cost of its last round: by so much its plan may differ.
    room = 2.0 * FAR * mandate.band * plan.cost * 1e-2 + 1e-8 * scale
    assert priced(plan) <= brute(plan, hedges, max(0.0, cash)) + room
    return True


def some_random_books(start: int, count: int) -> None:
    """Hold so many books, of the seeds from one on."""
    seeds = itertools.count(start)
    done = 0
    while done < count:
        done += one_random_book(next(seeds))


def _on(name: str) -> str:
    return {"XBT": "BTC", "ETHQ": "ETH"}[name]


def _value(held: Portfolio) -> float:
    worth = 0.0
    for p in held.positions:
        n, entry = float(p.quantity), float(p.stated.entry or 0)
        worth += {
            "USD": lambda n=n: n, "P": lambda n=n: 100.0 * n, "SH": lambda n=n: 15.0 * n,
            "XBT": lambda n=n, e=entry: n * 10_000.0 * (1 / e - 1 / 50_000.0) * 50_000.0,
            "ETHQ": lambda n=n, e=entry: n * 0.0001 * (2_500.0 - e) * 50_000.0,
        }[p.symbol]()  # fmt: skip
    return worth


def _combinations(before, mandate: Mandate, hedges: tuple[Hedge, ...]) -> float:
    gap = abs(mandate.target * before.nav - before.beta_exposure)
    return float(np.prod([gap / abs(BETA[h.symbol] * UNIT[h.symbol]) + 2 for h in hedges]))


@pytest.mark.parametrize("block", range(4))
def test_random_books_against_brute_force(block):
    """Fifty books a block: no combination is better, measured again the book is what the plan says."""
    some_random_books(1_000 * block, 50)


@pytest.mark.long
@pytest.mark.parametrize("block", range(18))
def test_more_random_books_against_brute_force(block):
    """1,800 more."""
    some_random_books(1_000 * (4 + block), 100)


@given(
    name=st.sampled_from(["XBT", "ETHQ", "LIN"]), held=st.integers(-20, 20).filter(bool),
    traded=st.integers(-50, 50).filter(bool), entry=st.floats(0.5, 2.0), later=st.floats(0.3, 3.0),
)  # fmt: skip
def test_a_trade_in_a_held_perpetual_leaves_what_both_are_worth(name, held, traded, entry, later):
    """At any later price the position and the gain it closed are worth the old position and the new trade together."""
    spot = PRICES["ETH" if name == "ETHQ" else "BTC"]
    position = perpetual(name, held, entry * spot)
    from trimtab.exposure.kinds.of import by_kind

    done = by_kind(position).traded(Decimal(traded), Decimal(repr(spot)), SPECS[name].terms[0].multiplier)

    def gain(n: float, start: float, end: float) -> float:
        unit = float(SPECS[name].terms[0].multiplier)
        return n * unit * ((1 / start - 1 / end) if name == "XBT" else (end - start))

    end = later * spot
    left = 0.0
    if done.position is not None:
        left = gain(float(done.position.quantity), float(done.position.stated.entry), end)
    wanted = gain(held, entry * spot, end) + gain(traded, spot, end)
    assert left + float(done.gain) == pytest.approx(wanted, rel=1e-9, abs=1e-9 * (abs(wanted) + 1))
    if done.position is None or held * float(done.position.quantity) < 0:
        assert done.gain != 0 or entry == 1.0
    elif held * traded > 0:
        assert done.gain == 0


def test_an_order_that_reverses_says_so():
    """Long 12 of an inverse perpetual, 18 more are sold than are held: 12 to close, 18 to open."""
    held = book_of(shares(100), perpetual("XBT", 12, 40_000.0), cash=20_000.0)
    wanted = Mandate(benchmark="I", target=0.0, band=0.001, costs=FREE)
    book = measure_book(held, MARKET, BETAS)
    aim = replace(wanted, target=(book.exposure.beta_exposure - 30 * 10_000 * 1.4) / book.exposure.nav)
    plan = plan_futures(book, aim, (hedge_of("XBT", aim, held=held),))
    (order,) = plan.orders
    assert (order.signed, order.closes, order.opens) == (-30, 12, 18)
    assert "XBT: 12 to close, 18 to open" in plan.notes
    after = {p.symbol: p for p in plan.apply(held).positions}
    assert after["XBT"].quantity == -18
    assert after["XBT"].stated.entry == 50_000
    # 12 x 10,000 x (1/40,000 - 1/50,000) = 0.6 BTC of gain are money now.
    assert float(after["BTC"].quantity) == pytest.approx(0.6)


def test_closing_frees_margin_and_rolls():
    """Selling 6 of 8 futures that are held frees their margin; the order is not counted as a position of its own."""
    future = Position(instrument=SPECS["F"].future(), quantity=Decimal(8))
    held = book_of(shares(100), future, cash=0.0)
    book = measure_book(held, MARKET, BETAS)
    aim = Mandate(
        benchmark="I", target=(book.exposure.beta_exposure - 6 * 5 * 410 * 1.02) / book.exposure.nav, band=0.001
    )
    plan = plan_futures(book, aim, (hedge_of("F", aim, held=held),))
    terms = YearTerms(
        facts=facts_at(MARKET, "I"), rate=0.03, dividend_yield=0.01, rate_assumed=True, yield_assumed=True, window=60,
        per_year=252.0,
    )  # fmt: skip
    (figures,) = futures_figures(plan, MARKET, terms=terms, window=60, margin_share=0.1)
    assert plan.orders[0].signed == -6
    assert figures.margin == pytest.approx(-6 * 5 * 410 * 0.1)
    assert figures.roll_per_year < 0


def test_shares_are_paid_from_cash_that_is_there():
    """An inverse fund is bought as far as cash goes, and the plan says what is in the way."""
    held = book_of(shares(100), cash=1_000.0)
    mandate = Mandate(benchmark="I", target=0.0, band=0.05)
    plan = plan_futures(measure_book(held, MARKET, BETAS), mandate, (hedge_of("SH", mandate),))
    assert plan.status is PlanStatus.INFEASIBLE
    assert plan.orders[0].signed == 66
    assert any("limited by 1,000 USD of base cash" in note for note in plan.notes)
    money = next(p for p in plan.apply(held).positions if p.symbol == "USD")
    assert 0 <= float(money.quantity) < 15.02


def test_what_cannot_be_shorted_is_sold_as_far_as_it_is_held():
    """Beta is to rise, SH would be sold: no short sale, so only the 5 held are."""
    held = book_of(shares(100), Position(instrument=SPECS["SH"].listed(MARKET.day), quantity=Decimal(5)), cash=5_000.0)
    mandate = Mandate(benchmark="I", target=1.5, band=0.05)
    hedge = hedge_of("SH", mandate, held=held, spec=_fund("SH", -1, shortable=False))
    plan = plan_futures(measure_book(held, MARKET, BETAS), mandate, (hedge,))
    assert (plan.status, plan.orders[0].signed) == (PlanStatus.INFEASIBLE, -5)
    assert any("may not be sold short" in note and "the 5 held are sold" in note for note in plan.notes)


@pytest.mark.parametrize("name", ["SH", "XBT", "ETHQ", "DX"])
def test_the_checker_knows_each_kind(name):
    """A wrong exposure, notional, cost, or a short sale that may not be are each refused."""
    held = book_of(shares(1_000), cash=500_000.0)
    mandate = Mandate(benchmark="I", target=0.05, band=0.02)
    plan = plan_futures(measure_book(held, MARKET, BETAS), mandate, (hedge_of(name, mandate, held=held),))
    (order,) = plan.orders
    check_plan(plan)
    wrong = [
        replace(order, exposure=order.exposure * 1.0001), replace(order, notional=order.notional * 1.0001),
        replace(order, cost=order.cost * 1.0001), replace(order, paid_fx=order.paid_fx * 1.01, fx=order.fx * 1.01),
        replace(order, beta=order.beta * 1.001),
    ]  # fmt: skip
    if order.signed < 0:
        wrong.append(replace(order, shortable=False))
    for broken in wrong:
        with pytest.raises(PlanCheckError):
            check_plan(replace(plan, orders=(broken,)))


def test_what_is_missing_is_named():
    """Without funding, price, rate or beta a hedge is refused, and the message says where to state it."""
    mandate = Mandate(benchmark="I", target=0.0, band=0.05)
    without = replace(SPECS["XBT"], funding=None)
    with pytest.raises(InputError, match="--funding XBT=0.0001"):
        price_hedge(without.listed(MARKET.day), without, MARKET, BETAS, mandate, stated=None)
    assert (
        price_hedge(without.listed(MARKET.day), without, MARKET, BETAS, mandate, stated=None, funding=-1e-4).funding < 0
    )
    nowhere = _fund("NONE", 1)
    with pytest.raises(InputError, match="--hedge-price NONE=PRICE"):
        price_hedge(nowhere.listed(MARKET.day), nowhere, MARKET, BETAS, mandate, stated=None)
    coinless = given_market({k: v for k, v in PRICES.items() if k != "BTC"})
    with pytest.raises(InputError, match="an exchange rate from BTC to USD for ETHQ"):
        price_hedge(SPECS["ETHQ"].listed(MARKET.day), SPECS["ETHQ"], coinless, BETAS, mandate, stated=None)
    unknown = given_betas("I", {"P": (1.0, 0.1)})
    with pytest.raises(InputError, match="a beta of SH"):
        price_hedge(SPECS["SH"].listed(MARKET.day), SPECS["SH"], MARKET, unknown, mandate, stated=None)


def test_a_million_lots_are_found_by_bound():
    """Two funds of 700,000 and 200,000 shares and a future: within a billionth of the gap of the least possible."""
    gap, rate = 2e7, 1e-4
    sizes = (28.37, 101.93, 205_003.0)
    lots = tuple(LotRange(beta_per_lot=s, cost_per_lot=rate * s) for s in sizes)
    found = search_lots(-gap, lots, distance=Distance(near=NEAR, far=FAR, slack=0.0))
    assert found.shortfall == 0.0
    assert found.objective - rate * gap <= 1e-9 * gap + 1e-6
    assert found.nodes < 40_000


def test_cash_binds_the_search():
    """Cash for one of two funds only: the cheaper one is bought, and what is left is told."""
    lots = (
        LotRange(beta_per_lot=-15.0, cost_per_lot=0.01, cash_per_lot=15.01),
        LotRange(beta_per_lot=-30.0, cost_per_lot=0.03, cash_per_lot=15.03),
    )
    found = search_lots(-30_000.0, lots, distance=Distance(near=NEAR, far=FAR, slack=0.0), cash=7_000.0)
    assert found.lots == (0, 465)
    assert found.remaining == pytest.approx(-30_000.0 + 465 * 30.0)


def test_a_future_of_the_table_is_no_perpetual():
    """A family of the table makes what its kind says, and what another kind has is refused."""
    assert isinstance(SPECS["F"].future(), Future)
    assert isinstance(SPECS["XBT"].listed(MARKET.day), Perpetual)
    with pytest.raises(InputError, match="coin that X settles in"):
        replace(SPECS["XBT"], root="X", settlement=None)
    with pytest.raises(InputError, match="funding, which it has not"):
        replace(SPECS["SH"], funding=0.0001)
    with pytest.raises(InputError, match="margin of F from 0 to 1"):
        replace(SPECS["F"], margin=5.0)


def test_a_held_perpetual_that_says_its_multiplier_alone_trades_at_the_tables_lot_and_tick():
    """Held with a multiplier and nothing else: lots of 100 at half a dollar, as the table says, not 1 at a cent."""
    listed = replace(SPECS["XBT"], terms=(Terms(multiplier=Decimal(10_000), tick=Decimal("0.5"), lot=Decimal(100)),))
    plain = listed.listed(MARKET.day).with_terms((Terms(multiplier=Decimal(10_000)),))
    mandate = Mandate(benchmark="I", target=0.0, band=0.05)
    hedge = price_hedge(plain, listed, MARKET, BETAS, mandate, stated=None)
    assert (hedge.lot, hedge.tick, hedge.multiplier) == (100, Decimal("0.5"), 10_000)
    own = plain.with_terms((Terms(multiplier=Decimal(10_000), tick=Decimal("0.1"), lot=Decimal(5)),))
    hedge = price_hedge(own, listed, MARKET, BETAS, mandate, stated=None)
    assert (hedge.lot, hedge.tick) == (5, Decimal("0.1"))


def test_funding_of_more_than_a_hundred_per_cent_a_year_is_told():
    """0.01 for 0.01% is 1,095% a year: the plan says so; an ordinary rate says nothing."""
    held = book_of(shares(1_000), cash=500_000.0)
    mandate = Mandate(benchmark="I", target=0.05, band=0.02)
    for rate, told in ((0.01, True), (0.0001, False)):
        spec = replace(SPECS["LIN"], funding=rate)
        plan = plan_futures(measure_book(held, MARKET, BETAS), mandate, (hedge_of("LIN", mandate, spec=spec),))
        assert any("1,095% a year" in note for note in plan.notes) is told
