"""Figures of the whole book before and after a plan, recomputed by hand and from the raw prices."""

import datetime as dt
import io
import math
from dataclasses import asdict, fields, replace
from decimal import Decimal

import numpy as np
import pytest
from given import demo_inputs, settle
from rich.console import Console

import trimtab as tt
from trimtab.desk.ask.hedging.policy_inputs import measure_inputs
from trimtab.desk.ask.hedging.whole_book import standings_of
from trimtab.desk.ask.propose import propose
from trimtab.desk.ask.ways import OptionTerms, compare_ways
from trimtab.exposure.measured import measure_book
from trimtab.hedge.options.chain import StatedVolatility
from trimtab.hedge.rule import Aim
from trimtab.hedge.standing.margin import margin_change, margin_lines
from trimtab.hedge.standing.measure import measure_standing
from trimtab.hedge.standing.records import MarginLine, StandingChange
from trimtab.hedge.ways.assumptions import book_terms
from trimtab.hedge.ways.records import Assumptions
from trimtab.model.instrument import Option, OptionRight, Terms
from trimtab.model.portfolio import Position
from trimtab.report.documents.ways import ways_document
from trimtab.report.shape.write import plain
from trimtab.report.tables.ways import show_ways

VOL = OptionTerms(volatility=StatedVolatility(vol=0.22, skew=-0.2))


@pytest.fixture(scope="module")
def desk():
    """The bundled sample: setting, holdings, hedges, contract table, mandate."""
    inputs = demo_inputs()
    table, setting, held, hedges = settle(
        inputs["prices"], inputs["holdings"], inputs["mandate"], base="USD", as_of=None, risk_free=None, fx=None,
        contracts=None, hedge=("ES", "MES"),
    )  # fmt: skip
    return setting, held, hedges, table, inputs["mandate"]


@pytest.fixture(scope="module")
def ways(desk):
    setting, held, hedges, table, mandate = desk
    return compare_ways(held, mandate, setting, hedges=hedges, contracts=table, options=VOL, mix=False)


def same(one, other):
    """Figures agree: exactly where they are unknown or words, to rounding where they are numbers."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-6)
    return one == other


def test_applying_a_plan_and_measuring_gives_every_figure_of_its_after(ways, desk):
    """The book with a way done is a book like any other: measured anew it has every figure that the way promised."""
    setting, held, _, table, mandate = desk
    for way in ways.ways:
        again = asdict(
            measure_standing(
                measure_book(way.apply(held), setting.market, setting.betas), mandate,
                book_terms(Assumptions(), mandate, table), ways.terms,
                history=setting.converted, market_vol=way.standing.tracking_error / abs(way.residual),
            )
        )  # fmt: skip
        promised = asdict(way.standing)
        assert not {name for name in promised if not same(again[name], promised[name])}
        assert again["probability_inside"] == pytest.approx(way.verdict_after.probability_inside, rel=1e-9)


def test_the_difference_is_after_minus_before(ways):
    """Every figure of the change is the one after less the one before."""
    for way in ways.ways:
        for f in fields(StandingChange):
            old, new = getattr(ways.standing, f.name), getattr(way.standing, f.name)
            if old is not None and new is not None:
                assert getattr(way.change, f.name) == pytest.approx(new - old, abs=1e-6), f.name


def test_what_the_orders_cost_a_year_is_what_the_book_loses(ways):
    """Roll, interest on margin and borrowing of the orders are the book's own, before less after."""
    way, changed = ways.way("futures"), ways.way("futures").change
    assert changed.roll == pytest.approx(-way.year.roll, rel=1e-9)
    assert changed.funding == pytest.approx(-way.year.funding, rel=1e-9)
    # Carry of the orders, and the interest that the cost paid does not earn any more.
    assert changed.carry == pytest.approx(-way.year.carry - way.now.total * ways.terms.rate_of("USD"), rel=1e-9)


def test_a_desk_that_is_long_futures_frees_margin_by_selling_them(ways, desk):
    """N11 by hand: 8 ES at 50 x 3,804.25 and 6%; each ES sold frees as much, saves its rolls, and ends its carry."""
    setting, *_ = desk
    (order,) = ways.way("futures").tickets
    sold, each = int(order.quantity), 50 * 3804.25 * 0.06
    assert order.asset == "ESH3"
    assert ways.standing.margin == pytest.approx(8 * each, rel=1e-6)
    assert ways.way("futures").margin == pytest.approx(-sold * each, rel=1e-6)
    # Two trades a roll, four rolls: 2.25 of commission and half a tick of 12.50.
    assert ways.way("futures").change.roll == pytest.approx(sold * 8 * (2.25 + 6.25), rel=1e-9)
    years = (dt.date(2023, 3, 17) - dt.date(2022, 12, 28)).days / 365
    index = setting.market.price("SPX").value
    basis = 50 * 3804.25 * math.log(3804.25 / index) / years
    assert -ways.way("futures").year.carry == pytest.approx(sold * basis, rel=1e-6)


#: A contract of ES in the sample by hand: initial margin at 6%, and a trade for 2.25 and half a tick of 12.50.
ES_MARGIN, ES_TRADE = Decimal(50) * Decimal("3804.25") * Decimal("0.06"), Decimal("2.25") + Decimal("6.25")


@pytest.mark.parametrize("aim", [Aim.EDGE, Aim.TARGET])
def test_closing_futures_saves_their_rolls_and_margin_and_ranks_by_it(desk, aim):
    """N11 by hand in decimals: six ES closed cost 51 now and save 1,093 a year, so a quarter of a year gains 222."""
    setting, held, hedges, table, mandate = desk
    found = compare_ways(held, mandate, setting, ways=("futures",), hedges=hedges, contracts=table, aim=aim)
    way = found.way("futures")
    (order,) = way.tickets
    sold = order.quantity
    assert order.asset == "ESH3"
    assert sold == (6 if aim is Aim.EDGE else 7)
    # Two trades a roll, four rolls a year; interest on margin is one per cent above what it earns.
    a_year = -(sold * 8 * ES_TRADE + sold * ES_MARGIN * Decimal("0.01"))
    assert Decimal(way.year.friction) == pytest.approx(a_year, rel=Decimal("1e-9"))
    assert Decimal(way.price) == pytest.approx(sold * ES_TRADE + a_year / 4, rel=Decimal("1e-9"))
    if aim is Aim.EDGE:
        assert (round(way.year.friction), round(way.price)) == (-1093, -222)


def test_the_trade_of_the_trial_has_the_figures_of_its_hand_count(desk):
    """N11: 6 ES and 5 MES sold of long 8 ES save 990 to 1,100 a year, and gain 190 to 220 in a quarter of it."""
    setting, held, _, table, mandate = desk
    spec = table.spec("MES")
    before = measure_book(held, setting.market, setting.betas)
    es = next(p for p in held.positions if p.instrument.kind == "future")
    others = tuple(p for p in held.positions if p is not es)
    mes = Position(instrument=spec.front(dt.date(2022, 12, 28)), quantity=Decimal(-5))
    left = replace(held, positions=(replace(es, quantity=Decimal(2)), mes, *others))
    after = measure_book(left, setting.market, setting.betas)
    standings = standings_of(before, after, mandate, setting, table)
    micro = (mandate.costs.commission if mandate.costs.commission is not None else spec.commission) + Decimal("0.625")
    rolls = 8 * (6 * ES_TRADE - 5 * micro)
    # Long 2 ES and short 5 MES net: one and a half ES are left of eight.
    margin = Decimal("6.5") * ES_MARGIN * Decimal("0.01")
    change = standings.change
    assert Decimal(change.roll) == pytest.approx(rolls, rel=Decimal("1e-9"))
    assert Decimal(change.funding) == pytest.approx(margin, rel=Decimal("1e-6"))
    assert 985 < change.roll + change.funding < 1110
    now = 6 * ES_TRADE + 5 * micro
    assert round(now - (Decimal(change.roll) + Decimal(change.funding)) / 4) == -218


def test_costs_that_nobody_knows_are_not_known_on_the_page_of_ways(ways):
    """Impact without volumes and tax without lots: the words on the page and null in the document, and never 0."""
    way = ways.way("futures")
    assert (way.now.tax, way.now.impact) == (None, None)
    console = Console(width=200, record=True, file=io.StringIO())
    show_ways(ways, console)
    lines = console.export_text().splitlines()
    for name in ("of it tax", "of it impact"):
        (row,) = [line for line in lines if name in line]
        cells = [cell.strip() for cell in row.split("│")[2:-1]]
        costs = [w.now.tax if "tax" in name else w.now.impact for w in ways.ways]
        assert len(cells) == len(costs)
        assert [cell == "not known" for cell in cells] == [cost is None for cost in costs]
        assert cells[[w.name for w in ways.ways].index("futures")] == "not known"
    (futures,) = [w for w in plain(ways_document(ways))["ways"] if w["name"] == "futures"]
    assert futures["cost_now"]["tax"] is None
    assert futures["cost_now"]["impact"] is None


def test_missing_the_target_is_the_tracking_error(ways, desk):
    """Distance from the target times the deviation of the index's last 252 returns, from the raw prices."""
    setting, *_, mandate = desk
    prices = setting.converted
    closes = prices.values[:, prices.column("SPX")]
    closes = closes[np.isfinite(closes)][-253:]
    vol = float(np.std(closes[1:] / closes[:-1] - 1, ddof=1)) * math.sqrt(252)
    for way in ways.ways:
        gap = abs(way.after.beta.value - mandate.target)
        assert way.standing.tracking_error == pytest.approx(gap * vol, rel=1e-6)


def test_a_trade_that_frees_margin_is_never_refused_for_it(desk):
    """Under any limit the closing way stands; with a limit above what is left, an opening one does too."""
    setting, held, hedges, table, mandate = desk
    closing = compare_ways(
        held, mandate, setting, ways=("futures",), hedges=hedges, contracts=table,
        assumptions=Assumptions(max_margin=1.0),
    )  # fmt: skip
    assert closing.way("futures").satisfies
    bare = replace(held, positions=tuple(p for p in held.positions if p.instrument.kind != "future"))
    low = replace(mandate, target=0.5)
    for most, kept in ((50_000.0, False), (5_000_000.0, True)):
        opening = compare_ways(
            bare, low, setting, ways=("futures",), hedges=hedges, contracts=table,
            assumptions=Assumptions(max_margin=most),
        ).way("futures")  # fmt: skip
        assert opening.satisfies is kept
        assert kept or "is above the limit of 50,000" in opening.why


def test_opposite_contracts_on_one_index_net(desk):
    """8 ES against 80 MES at the same price need nothing, and 2 ES against 5 MES a tenth less than 2 ES and 5 MES."""
    setting, held, _, table, mandate = desk
    es = next(p for p in held.positions if p.instrument.kind == "future")
    mes = table.spec("MES").front(dt.date(2022, 12, 28))
    money = tt.portfolio("400000 USD").positions

    def margin(big, small):
        legs = (replace(es, quantity=Decimal(big)), Position(instrument=mes, quantity=Decimal(small)))
        book = measure_book(replace(held, positions=(*legs, *money)), setting.market, setting.betas)
        return margin_lines(book, book_terms(Assumptions(), mandate, table))

    each = 50 * 3804.25 * 0.06
    (flat,) = margin(8, -80)
    assert (flat.on, flat.venue, flat.currency) == ("SPX", table.spec("ES").exchange, "USD")
    assert flat.margin == pytest.approx(0.0, abs=1e-6)
    assert margin(2, -5)[0].margin == pytest.approx(1.5 * each, rel=1e-6)
    assert margin(-2, -5)[0].margin == pytest.approx(2.5 * each, rel=1e-6)


def test_options_sold_are_charged_and_covered_ones_less(desk):
    """Cboe's rule by hand for a put sold, nothing for one covered by a higher strike, the width for a lower one."""
    setting, held, _, table, mandate = desk
    money = tt.portfolio("9000000 USD").positions
    expiry = dt.date(2023, 3, 17)

    def put(strike):
        return Option(
            symbol=f"P{strike}", underlying="SPX", currency="USD", right=OptionRight.PUT, strike=Decimal(strike),
            expiry=expiry, terms=(Terms(multiplier=Decimal(100)),),
        )  # fmt: skip

    def margin(*legs):
        stated = held.positions[0].stated
        own = tuple(Position(instrument=put(k), quantity=Decimal(n), stated=replace(stated, vol=0.24)) for k, n in legs)
        book = measure_book(replace(held, positions=(*own, *money)), setting.market, setting.betas)
        (line,) = margin_lines(book, book_terms(Assumptions(), mandate, table))
        return line.margin, book

    needed, book = margin((3600, -5))
    index, value = setting.market.price("SPX").value, book.exposure.positions[0].value
    by_hand = -value + 5 * 100 * max(0.15 * index - (index - 3600), 0.10 * 3600)
    assert needed == pytest.approx(by_hand, rel=1e-9)
    assert margin((3600, -5), (3700, 5))[0] == 0.0
    assert margin((3600, -5), (3500, 5))[0] == pytest.approx(5 * 100 * 100, rel=1e-9)
    assert margin((3600, -5), (3500, 3))[0] == pytest.approx(3 * 100 * 100 + by_hand * 2 / 5, rel=1e-9)


def test_a_plan_shows_the_whole_book_before_and_after(ways, desk):
    """`plan` has the figures of the book that `--ways` has, and those of the book that it leaves."""
    setting, held, hedges, table, mandate = desk
    plan = propose(held, mandate, setting, hedges, table)
    assert plan.standings.before == ways.standing
    again = measure_standing(
        measure_book(plan.apply(held), setting.market, setting.betas), mandate,
        book_terms(Assumptions(), mandate, table), ways.terms, history=setting.converted,
        market_vol=ways.standing.tracking_error / abs(ways.before.beta.value - mandate.target),
    )  # fmt: skip
    promised = asdict(plan.standings.after)
    assert not {name for name in promised if not same(asdict(again)[name], promised[name])}
    assert plan.standings.change.margin == pytest.approx(again.margin - ways.standing.margin)


@pytest.mark.parametrize("target", [1.0, 0.95, 0.9, 0.6])
def test_no_plan_leaves_a_long_and_a_short_of_one_index(desk, target):
    """Long 8 ES: those are closed first, and micro contracts are sold only once none of them is left."""
    setting, held, hedges, table, mandate = desk
    asked = replace(mandate, target=target)
    for aim in (Aim.EDGE, Aim.TARGET):
        found = compare_ways(
            held, asked, setting, ways=("futures",), hedges=hedges, contracts=table, aim=aim, mix=False
        ).way("futures")
        left = {p.symbol: p.quantity for p in found.apply(held).positions if p.instrument.kind == "future"}
        assert not (min(left.values(), default=0) < 0 < max(left.values(), default=0))
        assert found.satisfies


def test_where_one_contract_alone_may_be_traded_that_was_asked_for(desk):
    """With micro contracts as the only hedge they are sold, though large ones are held."""
    setting, held, hedges, table, mandate = desk
    plan = propose(held, mandate, setting, hedges[1:], table)
    assert [o.symbol for o in plan.orders] == ["MESH3"]
    assert plan.verdict_after.status.value == "inside"


def test_a_policy_says_what_of_its_drift_ends_with_the_options(ways, desk):
    """By hand: 5 puts' gamma of 57,910 per 1% over NAV, times the index's volatility; they live 79 days."""
    setting, held, hedges, table, mandate = desk
    told = measure_inputs(held, mandate, setting, hedges=hedges, contracts=table, risk_aversion=3.0).sources
    vol = ways.standing.tracking_error / abs(ways.before.beta.value - mandate.target)
    drift = ways.standing.gamma * 100 / ways.before.nav * vol
    (words,) = [x for x in told if "gamma of options" in x]
    assert f"drives {drift:.3f} of beta a year for 79 days, until they expire" in words
    bare = replace(held, positions=tuple(p for p in held.positions if p.instrument.kind != "option"))
    told = measure_inputs(bare, mandate, setting, hedges=hedges, contracts=table, risk_aversion=3.0).sources
    assert not [x for x in told if "gamma" in x]


def test_what_is_not_known_but_stays_changes_nothing():
    """An unknown margin in both books cancels; one that changes makes the change unknown."""
    known = MarginLine(on="SPX", venue="CME", currency="USD", margin=10.0, units=(("ES", 1.0),))
    coin = MarginLine(on="BTC", venue="", currency="BTC", margin=None, units=(("P", -50.0),))
    assert margin_change((known, coin), (replace(known, margin=4.0), coin)) == -6.0
    assert margin_change((known, coin), (known,)) is None
    assert margin_change((known,), (known, coin)) is None
    assert margin_change((), (known,)) == 10.0


def test_no_trade_can_make_it_sure(ways, desk):
    """With an error as wide as the band the page says so in one sentence, with the probability at the target."""
    error, band = ways.before.beta.stderr, desk[4].band
    at_best = math.erf(band / error / math.sqrt(2))
    (said,) = [n for n in ways.notes if "no trade can make it sure" in n]
    assert f"probability {at_best:.0%}" in said
