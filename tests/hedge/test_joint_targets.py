"""Several targets at once: the search against brute force, plans that hold when measured again, and why not."""

import itertools
import json
import math
from dataclasses import asdict, replace
from decimal import Decimal

import numpy as np
import pytest
import statsmodels.api as sm
from click.testing import CliRunner
from given import business_days, price_path
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import trimtab as tt
from trimtab.cli.app import app
from trimtab.errors import InputError
from trimtab.hedge.check import PlanCheckError
from trimtab.hedge.joint.records import JointTarget, check_joint
from trimtab.hedge.joint.search import VectorLots, search_vectors
from trimtab.hedge.plan import PlanStatus
from trimtab.hedge.search import Distance
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.model.instrument import Spot
from trimtab.model.portfolio import Position
from trimtab.report.documents.plan import targets_document
from trimtab.report.shape.write import plain
from trimtab.report.tables.plan import show_targets

CONTRACTS = (
    "root,multiplier,currency,tick,underlying,commission\nIF,5,USD,0.25,IDX,2\nCF,10,USD,0.25,COIN,3\n"
    "BIG,5000,USD,0.25,IDX,2\n"
)


def brute(gaps, contracts, distances, reach=9):
    best = np.inf
    for lots in itertools.product(range(-reach, reach + 1), repeat=len(contracts)):
        if any(c.most is not None and abs(n) > c.most for n, c in zip(lots, contracts, strict=True)):
            continue
        price = sum(abs(n) * c.cost_per_lot for n, c in zip(lots, contracts, strict=True))
        for k, d in enumerate(distances):
            price += d.price(gaps[k] - sum(n * c.per_lot[k] for n, c in zip(lots, contracts, strict=True)))
        best = min(best, price)
    return best


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_search_agrees_with_trying_every_plan(data):
    """On small problems no combination of lots is cheaper than the one found, with limits and cross effects."""
    number = st.floats(-2.0, 2.0).map(lambda x: round(x, 2))
    k, n = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    contracts = tuple(
        VectorLots(
            per_lot=tuple(data.draw(number) for _ in range(k)), cost_per_lot=data.draw(st.floats(0.0, 0.2)),
            most=data.draw(st.sampled_from([0, 2, 6])),
        )
        for _ in range(n)
    )  # fmt: skip
    gaps = [data.draw(st.floats(-6.0, 6.0)) for _ in range(k)]
    distances = [Distance(near=0.01, far=1.0, slack=data.draw(st.floats(0.0, 1.0))) for _ in range(k)]
    found = search_vectors(gaps, contracts, distances)
    assert found.objective == pytest.approx(brute(gaps, contracts, distances, reach=6), abs=1e-9)
    assert all(abs(n) <= c.most for n, c in zip(found.lots, contracts, strict=True))


def test_too_many_contracts_are_refused():
    """The search is for a few contracts, and says so."""
    with pytest.raises(InputError, match="one to 6"):
        search_vectors([1.0], [VectorLots(per_lot=(1.0,), cost_per_lot=0.0)] * 7, [Distance(near=0, far=1, slack=0)])


def table(currency: str | None = None) -> PriceTable:
    """An index, a coin that shares half its moves, and a share that follows both."""
    rng = np.random.default_rng(4)
    n = 600
    index = rng.normal(0, 0.01, n)
    coin = 1.5 * index + rng.normal(0, 0.02, n)
    share = 0.8 * index + 0.3 * coin + rng.normal(0, 0.005, n)
    columns = {"IDX": price_path(index, 1000.0), "COIN": price_path(coin), "A": price_path(share)}
    made = PriceTable.of(columns, dates=business_days(n + 1), currency="USD")
    return made if currency is None else replace(made, currencies=("USD", "USD", currency))


@pytest.fixture(scope="module")
def contracts(tmp_path_factory):
    path = tmp_path_factory.mktemp("joint") / "contracts.csv"
    path.write_text(CONTRACTS)
    return path


MANDATE = tt.Mandate(benchmark="IDX", target=0.2, band=0.02)
BOOK = "20000 A, 500 COIN, 500000 USD"


def plan(contracts, mandate=MANDATE, book=BOOK, **more):
    given = {"targets": {"COIN": (0.0, 0.01)}, "hedge": "IF,CF", "method": "ols", **more}
    return tt.plan_targets(table(), book, mandate, contracts=contracts, **given)


def test_two_betas_are_reached_at_once(contracts):
    """Both partial betas end in their own bands, and least squares of the hedged book on both says the same."""
    found = plan(contracts)
    assert found.status is PlanStatus.PLANNED
    assert {o.instrument.root for o in found.orders} == {"IF", "CF"}
    held = found.apply(tt.portfolio(BOOK))
    prices = table()
    last = dict(zip(prices.symbols, prices.values[-1], strict=True))
    lots = {p.instrument.root: float(p.quantity) for p in held.positions if hasattr(p.instrument, "root")}
    money = [lots["IF"] * 5 * last["IDX"], 500 * last["COIN"] + lots["CF"] * 10 * last["COIN"], 20_000 * last["A"]]
    weights = np.array(money) / found.after.nav
    returns = (prices.values[1:] / prices.values[:-1] - 1)[-252:]
    fit = sm.OLS(returns @ weights, sm.add_constant(returns[:, :2])).fit()
    assert [x.after for x in found.lines] == pytest.approx(list(fit.params[1:]), rel=1e-6, abs=1e-9)
    assert all(x.lower <= x.after <= x.upper for x in found.lines)


def test_measured_again_it_is_what_it_promised(contracts):
    """Applying the plan and asking again finds nothing to do, with the same betas to the last digit."""
    found = plan(contracts)
    again = plan(contracts, book=found.apply(tt.portfolio(BOOK)))
    assert again.status is PlanStatus.NOTHING_TO_DO
    assert [x.before for x in again.lines] == [x.after for x in found.lines]
    assert again.before.nav == found.after.nav


@pytest.mark.parametrize(("hedge", "coin"), [("IF,CF", 0.0), ("IF,COIN", 0.3)])
def test_the_whole_book_after_is_that_of_the_plan_done(contracts, hedge, coin):
    """With contracts and with a fund as hedge, asking again shows as before every figure promised as after."""
    wanted = {"hedge": hedge, "targets": {"COIN": (coin, 0.01)}}
    found = plan(contracts, **wanted)
    assert found.status is PlanStatus.PLANNED
    assert "COIN" in {o.symbol for o in found.orders} or hedge == "IF,CF"
    again = plan(contracts, **wanted, book=found.apply(tt.portfolio(BOOK)))
    promised, measured = asdict(found.standings.after), asdict(again.standings.before)
    assert promised.keys() == measured.keys()
    numbers = [name for name, value in promised.items() if isinstance(value, float)]
    assert {name: promised[name] for name in numbers} == pytest.approx({name: measured[name] for name in numbers})
    assert found.standings.change.cash == pytest.approx(found.standings.after.cash - found.standings.before.cash)
    assert again.standings.change.margin == 0.0
    # Margin by hand: nothing before, and a share of what the futures are worth after.
    futures = [o for o in found.orders if not o.instrument.is_owned]
    worth = {o.instrument.root: float(o.quantity) * o.exposure for o in futures}
    assert found.standings.before.margin == 0.0
    assert found.standings.after.margin == pytest.approx(0.06 * sum(abs(w) for w in worth.values()), rel=1e-6)


def test_a_target_that_no_trade_can_make_sure_says_so_by_name(contracts):
    """Probability at the target by the error function; silent where every error is small beside its band."""
    found = plan(contracts, targets={"COIN": (0.0, 0.001)})
    line = found.lines[1]
    at_best = math.erf(0.001 / line.before_stderr / math.sqrt(2))
    (words,) = [n for n in found.notes if "no trade can make it sure" in n and "COIN" in n]
    assert f"probability {at_best:.0%}" in words
    wide = plan(contracts, mandate=replace(MANDATE, band=0.1), targets={"COIN": (0.0, 0.1)})
    assert wide.orders
    assert not any("no trade can make it sure" in n for n in wide.notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hedge": "IF"}, "nothing among them moves with COIN"),
        ({"hedge": ""}, "no hedge may be traded"),
        ({"hedge": "BIG,CF"}, "one lot of BIG"),
        ({"mandate": replace(MANDATE, max_contracts=5)}, "the limit of 5 contracts"),
    ],
)
def test_what_stands_in_the_way_is_named(contracts, change, words):
    """Too few hedges, none, a lot that is too large and a limit are told apart, and the nearest plan is given."""
    found = plan(contracts, **change)
    assert found.status is PlanStatus.INFEASIBLE
    assert "nearest" in found.notes[0]
    assert words in found.notes[1]


def test_confidence_and_coverage_count_for_each_benchmark(contracts):
    """A book near the edge is undecided and left alone; one outside is taken so far inside that it is surely there."""
    before = plan(contracts).lines
    edge = replace(MANDATE, target=before[0].before - 0.2, band=0.2, confidence=0.9)
    found = plan(contracts, mandate=edge, targets={"COIN": (before[1].before, 0.2)})
    assert found.status is PlanStatus.UNDECIDED
    assert found.orders == ()
    assert "less than" in found.notes[0]
    sure = plan(contracts, mandate=replace(MANDATE, confidence=0.95, band=0.2), targets={"COIN": (0.0, 0.2)})
    assert sure.status is PlanStatus.PLANNED
    assert all(x.verdict_after.probability_inside >= 0.95 for x in sure.lines)
    vague = plan(contracts, mandate=replace(MANDATE, confidence=0.99, band=0.01), targets={"COIN": (0.0, 0.2)})
    assert vague.status is PlanStatus.INFEASIBLE
    assert any("too roughly" in n for n in vague.notes)


def test_each_benchmark_is_asked_for_once(contracts):
    """A benchmark named twice, or one without prices, is refused."""
    with pytest.raises(InputError, match="ETH"):
        plan(contracts, targets={"ETH": 0.0})
    with pytest.raises(InputError, match="band of zero or more"):
        JointTarget(benchmark="A", target=0.0, band=-1.0)


def test_a_wrong_plan_does_not_pass_the_check(contracts):
    """A changed quantity, cost or beta is caught by the recount in decimals."""
    found = plan(contracts)
    targets = [
        JointTarget(benchmark="IDX", target=0.2, band=0.02),
        JointTarget(benchmark="COIN", target=0.0, band=0.01),
    ]
    check_joint(found, targets, None)
    order = replace(found.orders[0], quantity=found.orders[0].quantity + 1)
    with pytest.raises(PlanCheckError):
        check_joint(replace(found, orders=(order, *found.orders[1:])), targets, None)
    with pytest.raises(PlanCheckError):
        check_joint(replace(found, cost=found.cost + 0.01), targets, None)
    line = replace(found.lines[1], after=found.lines[1].after + 1e-4)
    with pytest.raises(PlanCheckError):
        check_joint(replace(found, lines=(found.lines[0], line)), targets, None)
    with pytest.raises(PlanCheckError):
        check_joint(found, [targets[0], replace(targets[1], target=0.5)], None)
    with pytest.raises(PlanCheckError):
        check_joint(found, targets, 1)


def test_a_currency_goes_to_its_share_by_forwards(contracts):
    """Half of what is held in euros is sold forward; measured again the share is half, and beta is hedged after it."""
    days = business_days(601)
    rates = FxRates.of({"EURUSD": 1.1 * np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.004, 601)))}, dates=days)
    given = {"targets": {}, "hedge": "IF", "method": "ols", "fx": rates, "contracts": contracts}
    held = tt.portfolio("20000 A, 500000 USD")
    share_in_euro = Position(instrument=Spot(symbol="A", currency="EUR"), quantity=Decimal(20_000))
    book = replace(held, positions=(share_in_euro, held.positions[1]))
    free = tt.plan_targets(table("EUR"), book, MANDATE, currencies={"EUR": (1.0, 1.0)}, **given)
    share = free.currencies[0].before
    assert 0.5 < share < 1.0
    found = tt.plan_targets(table("EUR"), book, MANDATE, currencies={"EUR": (share / 2, 1e-3)}, **given, step=1000.0)
    (forward,) = found.forwards
    assert forward.amount % 1000 == 0
    assert found.status is PlanStatus.PLANNED
    assert float(forward.amount) * forward.rate == pytest.approx(-share / 2 * found.before.nav, abs=600 * forward.rate)
    again = tt.plan_targets(table("EUR"), found.apply(book), MANDATE, currencies={"EUR": (share / 2, 1e-3)}, **given)
    assert again.status is PlanStatus.NOTHING_TO_DO
    assert again.currencies[0].before == found.currencies[0].after
    with pytest.raises(InputError, match="foreign currency"):
        tt.plan_targets(table("EUR"), book, MANDATE, currencies={"USD": 0.0}, **given)


def test_the_document_and_the_table_say_the_same(contracts):
    """Both carry every target with its verdict; the screen names orders and notes."""
    found = plan(contracts)
    document = plain(targets_document(found))
    assert document["schema"] == "trimtab.targets/1"
    assert [t["after"]["verdict"] for t in document["targets"]] == ["inside", "inside"]
    console = Console(record=True, width=140, file=None, quiet=True)
    console.quiet = False
    with console.capture() as shown:
        show_targets(found, console)
    assert "beta to COIN" in shown.get()
    assert "The whole book" in shown.get()
    assert document["standings"]["after"]["cash"] == found.standings.after.cash
    assert "PLANNED" in shown.get()
    assert "partial betas" in shown.get()


def test_the_command_takes_several_targets(contracts, tmp_path):
    """`trimtab plan --also-target` gives the same numbers as Python; slips are named."""
    prices = table()
    rows = [f"{d.astype('datetime64[D]')},{','.join(map(repr, row.tolist()))}" for d, row in zip(
        prices.dates, prices.values, strict=True)]  # fmt: skip
    (tmp_path / "prices.csv").write_text("date,IDX,COIN,A\n" + "\n".join(rows) + "\n")
    base = ["plan", "--prices", str(tmp_path / "prices.csv"), "--holdings", BOOK, "-b", "IDX", "--target", "0.2",
            "--band", "0.02", "--method", "ols", "--contracts", str(contracts), "--hedge", "IF,CF"]  # fmt: skip
    done = CliRunner().invoke(app, [*base, "--also-target", "COIN=0:0.01", "--json"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document == plain(targets_document(plan(contracts)))
    table_text = CliRunner().invoke(app, [*base, "--also-target", "COIN=0:0.01"])
    assert "inside" in table_text.stdout
    assert CliRunner().invoke(app, [*base[:-1], "IF", "--also-target", "COIN=0"]).exit_code == 5
    for slip in (["--also-target", "COIN"], ["--also-target", "COIN=0", "--also-target", "COIN=1"],
                 ["--also-target", "COIN=0", "--neutral"], ["--also-target", "COIN=0", "--ways", "futures"],
                 ["--currency-target", "EUR=x"]):  # fmt: skip
        assert isinstance(CliRunner().invoke(app, [*base, *slip]).exception, InputError)


def test_lots_come_in_whole_steps(contracts):
    """Every quantity is whole, and every price is on its tick."""
    for order in plan(contracts).orders:
        assert order.quantity == order.quantity.to_integral_value()
        assert order.price % Decimal("0.25") == 0
