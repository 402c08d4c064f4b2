"""Ways side by side: the sample, the marked one, mixes, limits, exports, and laws on random books."""

import csv
import datetime as dt
import io
import json
from dataclasses import astuple, replace
from decimal import Decimal

import numpy as np
import pytest
from given import demo_inputs, given_betas, planted, settle
from rich.console import Console

import trimtab as tt
from trimtab.cli.plan import Papers, exit_code, write_papers
from trimtab.desk.ask.ways import OptionTerms, SpotTrades, compare_ways, find_ways
from trimtab.desk.moment.setting import Setting
from trimtab.desk.questions.groups.limits import OptionWords
from trimtab.errors import InputError, StorageError, TrimtabError
from trimtab.exposure.expose import expose
from trimtab.exposure.measured import measure_book
from trimtab.exposure.moves import revalue_moves
from trimtab.feeds.ways_terms import option_terms
from trimtab.hedge.options.chain import StatedVolatility, monthly_expiry
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.reallocate.tax import TaxRules
from trimtab.hedge.reallocate.terms import ReallocationLimits, TradingCosts
from trimtab.hedge.rule import Aim
from trimtab.hedge.ways.records import WAY_MOVES, Assumptions, RankBy
from trimtab.hedge.ways.targets import at_most
from trimtab.market.benchmark import describe_benchmark
from trimtab.market.facts import facts_at
from trimtab.market.snapshot import market_at
from trimtab.model.instrument import Future, Terms
from trimtab.model.mandate import Costs, Mandate
from trimtab.model.portfolio import Portfolio, TaxLot
from trimtab.report.documents.ways import ways_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.ways import show_ways
from trimtab.report.tickets import order_sheet, order_sheet_html, tickets_csv

VOL = OptionTerms(volatility=StatedVolatility(vol=0.22, skew=-0.2))


@pytest.fixture(scope="module")
def bundled():
    """The bundled sample: setting, holdings, hedges, contract table, mandate."""
    inputs = demo_inputs()
    table, setting, held, hedges = settle(
        inputs["prices"], inputs["holdings"], inputs["mandate"], base="USD", as_of=None, risk_free=None, fx=None,
        contracts=None, hedge=("ES", "MES"),
    )  # fmt: skip
    return setting, held, hedges, table, inputs["mandate"]


@pytest.fixture(scope="module")
def compared(bundled):
    setting, held, hedges, table, mandate = bundled
    return compare_ways(held, mandate, setting, hedges=hedges, contracts=table, options=VOL)


def test_every_way_is_planned_on_the_sample(compared):
    """Futures, reallocation and four strategies of options all bring the sample into its band."""
    names = [w.name for w in compared.ways]
    assert names[:7] == [
        "do_nothing", "futures", "reallocate", "protective_put", "put_spread", "collar", "call_overwrite",
    ]  # fmt: skip
    assert all(w.satisfies for w in compared.ways if w.name != "do_nothing")
    assert not compared.ways[0].satisfies
    assert compared.refused == ()
    assert {len(w.moves) for w in compared.ways} == {len(WAY_MOVES)}


def test_the_cheapest_is_marked_with_its_reason(compared):
    """The marked way has the lowest price of those that satisfy the mandate, and the sentence gives its numbers."""
    best = compared.best
    assert best.price == min(w.price for w in compared.ways if w.satisfies)
    assert best.name in compared.reason
    assert f"{best.after.beta.value:.3f}" in compared.reason
    assert best.price == pytest.approx(best.now.total + 0.25 * best.year.friction)


def test_applying_each_way_gives_its_own_after(compared, bundled):
    """Applied and measured again, each way has the beta, NAV, cash and moves that it promised."""
    setting, held, *_ = bundled
    for way in compared.ways:
        done = way.apply(held)
        again = expose(done, setting.market, setting.betas)
        assert again.beta == way.after.beta
        assert again.nav == way.after.nav
        assert again.nav == pytest.approx(compared.before.nav - way.now.total, rel=1e-12)
        for row, promised in zip(
            revalue_moves(measure_book(done, setting.market, setting.betas), moves=WAY_MOVES), way.moves, strict=True
        ):
            assert astuple(promised) == pytest.approx(astuple(row), rel=1e-9, abs=1e-4)


def test_the_same_inputs_give_the_same_bytes(compared, bundled):
    """A second run gives the same document to the last byte; a changed mandate gives other ids."""
    setting, held, hedges, table, mandate = bundled
    again = compare_ways(held, mandate, setting, hedges=hedges, contracts=table, options=VOL)
    assert dumps(ways_document(again)) == dumps(ways_document(compared))
    other = compare_ways(held, replace(mandate, target=0.9), setting, ways=("futures",), hedges=hedges, contracts=table)
    assert not {w.id for w in other.ways} & {w.id for w in compared.ways}


def test_tickets_and_sheets_carry_the_orders(compared):
    """CSV tickets, text and HTML sheets hold the marked way's orders with price, id and last day."""
    rows = list(csv.DictReader(io.StringIO(tickets_csv(compared))))
    best = compared.best
    assert [(r["asset"], r["side"], Decimal(r["quantity"]), Decimal(r["limit"] or r["reference"])) for r in rows] == [
        (t.asset, t.side, t.quantity, t.price) for t in best.tickets
    ]
    assert {(r["plan"], r["good_until"]) for r in rows} == {(best.id, compared.expires.isoformat())}
    sheet = order_sheet(compared, "collar")
    page = order_sheet_html(compared, "collar")
    for ticket in compared.way("collar").tickets:
        assert ticket.asset in sheet
        assert ticket.asset in page
    assert compared.way("collar").id in sheet


def test_the_table_shows_every_way(compared):
    """The terminal table names every way, marks the cheapest, and shows beta after each move."""
    console = Console(record=True, width=200, file=io.StringIO())
    show_ways(compared, console)
    text = console.export_text()
    for way in compared.ways:
        assert way.name.replace("_", " ") in text
    assert f"{compared.cheapest.replace('_', ' ')} *" in text
    assert "-20%" in text


def test_a_narrow_screen_cuts_no_number(compared):
    """At 100 columns the figures stand in several tables, and every way's beta is still written in full."""
    console = Console(record=True, width=100, file=io.StringIO())
    show_ways(compared, console)
    text = console.export_text()
    for way in compared.ways:
        assert f"{way.after.beta.value:.3f} +/- {way.after.beta.stderr:.3f}" in text


def test_a_floor_needs_puts(bundled):
    """A floor without protective puts among the ways is refused, not ignored; with them it is held by whole puts."""
    setting, held, hedges, table, mandate = bundled
    terms = option_terms(OptionWords(vol=0.2, floor=6_000_000.0))
    with pytest.raises(InputError, match="floor"):
        compare_ways(held, mandate, setting, ways=("futures",), hedges=hedges, contracts=table, options=terms)
    roomy = replace(terms, request=replace(terms.request, allow_borrowing=True))
    found = compare_ways(held, mandate, setting, ways=("protective_put",), contracts=table, options=roomy)
    (ticket,) = found.way("protective_put").tickets
    assert ticket.side == "buy"
    assert any("floor 6,000,000 USD" in note for note in found.way("protective_put").notes)


def test_the_command_line_writes_files_and_json(compared, tmp_path):
    """Tickets and sheets go to the paths asked for, JSON is the document, and a bad path is a storage error."""
    write_papers(compared, Papers(tickets=str(tmp_path / "t.csv"), sheet=str(tmp_path / "s.html")))
    assert json.loads(dumps(ways_document(compared)))["schema"] == "trimtab.ways/1"
    assert (tmp_path / "t.csv").read_text() == tickets_csv(compared)
    assert (tmp_path / "s.html").read_text().startswith("<!doctype html>")
    with pytest.raises(StorageError):
        write_papers(compared, Papers(tickets=str(tmp_path / "none" / "t.csv")))
    assert exit_code(compared) == 0
    with pytest.raises(InputError, match="futures"):
        find_ways(("swaps",))


def test_what_is_missing_is_refused_and_the_rest_goes_on(bundled):
    """Without quotes or a volatility options are refused with the reason, and futures are still planned."""
    setting, held, hedges, table, mandate = bundled
    found = compare_ways(
        held,
        mandate,
        setting,
        ways=("futures", "collar"),
        hedges=hedges,
        contracts=table,
        options=option_terms(OptionWords()),
    )
    assert found.cheapest == "futures"
    assert [name for name, _ in found.refused] == ["collar"]
    assert "volatility" in found.refused[0][1]


def test_a_file_of_quotes_is_planned_with(bundled, tmp_path):
    """A chain from a CSV file gives orders at its quotes; a line that cannot be read is named."""
    setting, held, hedges, table, mandate = bundled
    path = tmp_path / "chain.csv"
    path.write_text("right,strike,bid,ask\nput,3600,80.10,81.00\nP,3200,17.5,18.2\ncall,4000,60,61\n")
    words = OptionWords(chain=str(path), expiry="2023-03-17", on="SPX")
    terms = option_terms(words)
    terms = replace(terms, chain=replace(terms.chain, rate=0.04))
    found = compare_ways(held, mandate, setting, ways=("collar",), hedges=hedges, contracts=table, options=terms)
    assert [(t.asset, t.price) for t in found.way("collar").tickets] == [
        ("SPX 3600P Mar23", Decimal("81.00")),
        ("SPX 4000C Mar23", Decimal("60.00")),
    ]
    assert any("chain.csv" in note for note in found.way("collar").notes)
    path.write_text("right,strike,bid,ask\nput,3600,80.10,81.00\nput,x,1,2\n")
    with pytest.raises(InputError, match="line 2"):
        option_terms(words)
    with pytest.raises(InputError, match="expiry"):
        OptionWords(chain=str(path))
    with pytest.raises(StorageError):
        option_terms(OptionWords(chain=str(tmp_path / "none.csv"), expiry="2023-03-17", on="SPX"))


def test_a_chain_that_has_expired_is_refused(bundled, tmp_path):
    """Quotes of a day that is over: the way is refused, and the expiry it names is still to come."""
    setting, held, hedges, table, mandate = bundled
    path = tmp_path / "chain.csv"
    path.write_text("right,strike,bid,ask\nput,3600,80.10,81.00\ncall,4000,60,61\n")
    terms = option_terms(OptionWords(chain=str(path), expiry="2022-12-16", on="SPX"))
    found = compare_ways(held, mandate, setting, ways=("collar",), hedges=hedges, contracts=table, options=terms)
    (told,) = found.refused
    assert "expiry 2022-12-16" in str(told)
    assert f"--option-expiry {monthly_expiry(setting.market.day)}" in str(told)


def test_inside_the_band_nothing_is_cheapest(bundled):
    """A portfolio inside its band: doing nothing is marked, and no way has an order."""
    setting, held, hedges, table, mandate = bundled
    found = compare_ways(held, replace(mandate, band=0.3), setting, hedges=hedges, contracts=table, options=VOL)
    assert found.cheapest == "do_nothing"
    assert all(w.tickets == () for w in found.ways)
    assert "within the band" in found.reason


def test_limits_of_the_comparison_decide(bundled):
    """A margin limit puts futures aside; a range over which beta must hold puts aside what leaves it sooner."""
    setting, held, hedges, table, mandate = bundled
    tight = Assumptions(max_margin=1_000.0)
    closing = compare_ways(held, mandate, setting, ways=("futures",), hedges=hedges, contracts=table, assumptions=tight)
    # The book is long futures: to sell them frees margin, and no limit is in the way of that.
    assert closing.way("futures").satisfies
    assert closing.way("futures").margin < 0
    bare = replace(held, positions=tuple(p for p in held.positions if p.instrument.kind != "future"))
    low = replace(mandate, target=0.5)
    found = compare_ways(bare, low, setting, hedges=hedges, contracts=table, options=VOL, assumptions=tight, mix=False)
    assert not found.way("futures").satisfies
    assert "margin" in found.way("futures").why
    assert found.cheapest != "futures"
    hold = Assumptions(must_hold=(-0.04, 0.02))
    wide = replace(mandate, band=0.1)
    kept = compare_ways(
        held, wide, setting, hedges=hedges, contracts=table, options=VOL, assumptions=hold, aim=Aim.TARGET, mix=False
    )
    for way in kept.ways:
        holds = way.holds.low is not None and way.holds.low <= -0.04 and way.holds.high >= 0.02
        assert way.satisfies == (holds and way.status is PlanStatus.PLANNED)


def test_with_confidence_asked_for_every_way_goes_deep_enough(bundled):
    """At a confidence of 95% plans go so far inside the band that the verdict after them is inside, not undecided."""
    setting, held, hedges, table, mandate = bundled
    loose = replace(mandate, target=0.7, band=0.3)
    sure = replace(loose, confidence=0.95)
    found = compare_ways(held, sure, setting, hedges=hedges, contracts=table, options=VOL, aim=Aim.EDGE, mix=False)
    half = compare_ways(held, loose, setting, ways=("futures",), hedges=hedges, contracts=table, aim=Aim.EDGE)
    way = found.way("futures")
    assert way.satisfies
    assert way.verdict_after.probability_inside >= 0.95
    assert way.after.beta.value < half.way("futures").after.beta.value
    assert found.way("reallocate").satisfies
    tight = replace(mandate, confidence=0.99, band=1e-3)
    never = compare_ways(held, tight, setting, ways=("futures",), hedges=hedges, contracts=table)
    assert never.cheapest is None
    assert "even at the target" in never.reason


def test_senseless_assumptions_are_refused():
    """Negative horizons and moves in the wrong order are refused with their reason."""
    with pytest.raises(InputError, match="horizon_years"):
        Assumptions(horizon_years=-1.0)
    with pytest.raises(InputError, match="fall"):
        Assumptions(must_hold=(0.05, -0.05))
    with pytest.raises(InputError, match="risk aversion"):
        Assumptions(risk_aversion=0.0)


def test_ranking_by_standing_still_counts_decay(bundled):
    """Ranked as if prices stood still, time decay and carry count."""
    setting, held, hedges, table, mandate = bundled
    still = Assumptions(rank_by=RankBy.STANDING_STILL)
    found = compare_ways(
        held, mandate, setting, hedges=hedges, contracts=table, options=VOL, assumptions=still, mix=False
    )
    way = found.way("protective_put")
    assert way.price == pytest.approx(way.now.total + 0.25 * way.year.standing_still)
    assert found.cheapest == "call_overwrite"


def test_a_maximum_is_reached_from_above_by_every_way(bundled):
    """Against a maximum every way ends at or below it."""
    setting, held, hedges, table, mandate = bundled
    found = compare_ways(held, at_most(mandate, 1.08), setting, hedges=hedges, contracts=table, options=VOL, mix=False)
    assert all(0.95 < w.after.beta.value <= 1.08 for w in found.ways if w.name != "do_nothing")
    assert found.nothing.gap == pytest.approx(found.before.beta.value - 1.08)


def given_setting(table, betas) -> Setting:
    """Make a moment that nobody's book was measured in yet."""
    market = market_at(table, base="USD")
    return Setting(
        portfolio=Portfolio(positions=(), base="USD"), market=market, betas=betas,
        benchmark=describe_benchmark(table, betas.benchmark), facts=facts_at(market, betas.benchmark),
        converted=table, risk_free=None, failures=(), notes=(),
    )  # fmt: skip


def mixable():
    """A book where some shares can be sold at a tax saving and the rest at a tax, and futures are dear."""
    table = planted({"A": 1.3, "B": 1.3, "F": 1.0}, n=300)
    setting = given_setting(table, given_betas("M", {"A": (1.3, 0.02), "B": (1.3, 0.02), "F": (1.0, 0.0)}))
    a, b = (setting.market.price(s).value for s in "AB")
    held = tt.portfolio(f"{round(1e6 / a)} A, {round(3e6 / b)} B, 500000 USD")
    paid = (Decimal(repr(round(a * 1.2, 2))), Decimal(repr(round(b * 0.1, 2))))
    positions = tuple(
        replace(p, lots=(TaxLot(quantity=p.quantity, price=price, acquired=dt.date(2015, 1, 5)),))
        for p, price in zip(held.positions, paid, strict=False)
    )
    held = replace(held, positions=(*positions, *held.positions[2:]))
    future = Future(symbol="F", root="F", currency="USD", terms=(Terms(multiplier=Decimal(50), tick=Decimal("0.25")),))
    return held, setting, (future,)


def test_a_mix_is_offered_only_where_it_beats_each_alone():
    """Losses harvested by sales and the rest by futures: the mix is cheaper than either, and its numbers hold."""
    held, setting, hedges = mixable()
    mandate = Mandate(benchmark="M", target=0.4, band=0.02, costs=Costs(commission=Decimal(20)))
    limits = ReallocationLimits(
        costs=TradingCosts(half_spread=0.0005),
        taxes=TaxRules(short_rate=Decimal("0.3"), long_rate=Decimal("0.2"), loss_relief=Decimal(1)),
        risk_aversion=1e-6,
    )
    found = compare_ways(
        held, mandate, setting, ways=("futures", "reallocate"), hedges=hedges, spot=SpotTrades(limits=limits)
    )
    alone = min(w.price for w in found.ways if w.satisfies and "+" not in w.name)
    mixed = [w for w in found.ways if "+" in w.name]
    assert len(mixed) == 1
    assert mixed[0].price < alone
    assert found.cheapest == "reallocate+futures"
    assert expose(mixed[0].apply(held), setting.market, setting.betas).beta == mixed[0].after.beta
    without = compare_ways(
        held, mandate, setting, ways=("futures", "reallocate"), hedges=hedges, spot=SpotTrades(limits=limits), mix=False
    )
    assert without.best.price == alone


def test_a_plan_that_cannot_exist_says_why_for_every_way(bundled):
    """With no contract allowed and nothing to trade, no way is marked, and each says what stands against it."""
    setting, held, hedges, table, mandate = bundled
    frozen = replace(mandate, max_contracts=0)
    limits = ReallocationLimits(no_trade=frozenset(p.symbol for p in held.positions))
    found = compare_ways(
        held, frozen, setting, hedges=hedges, contracts=table, options=VOL, spot=SpotTrades(limits=limits)
    )
    assert found.cheapest is None
    assert "no way satisfies" in found.reason
    assert exit_code(found) == 5
    assert order_sheet(found).startswith("Order sheet: no way is marked")
    assert tickets_csv(found).count("\n") == 1


@pytest.mark.slow
def test_random_books_keep_the_laws():
    """On 40 random books and mandates: no crash, whole lots, kept limits, and apply gives the promised numbers."""
    rng = np.random.default_rng(11)
    future = Future(symbol="F", root="F", currency="USD", terms=(Terms(multiplier=Decimal(50), tick=Decimal("0.25")),))
    small = replace(future, symbol="G", root="G", terms=(Terms(multiplier=Decimal(5), tick=Decimal("0.25")),))
    marked = 0
    for k in range(40):
        names = [f"A{k}" for k in range(int(rng.integers(1, 6)))]
        true = {n: float(rng.normal(1.1, 0.5)) for n in names}
        table = planted({**true, "F": 1.0, "G": 1.0}, n=60, seed=int(rng.integers(1, 1000)))
        betas = given_betas("M", {**{n: (b, 0.05) for n, b in true.items()}, "F": (1.0, 0.0), "G": (1.0, 0.0)})
        text = ", ".join(f"{int(rng.integers(-500, 20_000))} {n}" for n in names)
        held = tt.portfolio(f"{text}, {int(rng.integers(0, 2_000_000))} USD")
        mandate = Mandate(
            benchmark="M", target=float(rng.normal(0.9, 0.4)), band=float(rng.choice([0.0, 0.03, 0.1])),
            max_contracts=None if rng.random() < 0.6 else int(rng.integers(0, 40)),
        )  # fmt: skip
        setting = given_setting(table, betas)
        market = setting.market
        options = OptionTerms(volatility=StatedVolatility(vol=float(rng.uniform(0.1, 0.5))))
        try:
            expose(held, market, betas)
        except TrimtabError:
            continue
        found = compare_ways(
            held,
            mandate,
            setting,
            hedges=(future, small),
            options=options,
            aim=Aim(rng.choice(["edge", "target"])),
            mix=k % 4 == 0,
        )
        marked += found.cheapest is not None
        for way in found.ways:
            again = expose(way.apply(held), market, betas)
            assert again.beta == way.after.beta
            assert not way.satisfies or mandate.lower <= again.beta.value <= mandate.upper
            for t in way.tickets:
                assert t.quantity > 0
                assert t.quantity == t.quantity.to_integral_value()
                limited = t.kind != "spot" and mandate.max_contracts is not None
                assert not limited or t.quantity <= mandate.max_contracts
        assert dumps(ways_document(found))
    assert marked > 20
