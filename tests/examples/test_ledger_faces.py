"""The year of `examples/ledger` through commands: ledger, performance, taxes and drift agree with the hand."""

import csv
import io
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import trimtab as tt
from hand_made_year import AUTUMN, END, EXPENSE, FLOWS, GAINS, INCOME, LOTS, NAV, SPRING, START, SUMMER, TOTALS, UNITS
from trimtab.cli.app import app
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.ledger import LedgerQuestion
from trimtab.ledger.returns import money_weighted

D = Decimal
FOLDER = Path(__file__).parents[2] / "examples" / "ledger"
RATES = {START: {"EUR": D("1.10"), "GBP": D("1.27")}, END: {"EUR": D("1.04"), "GBP": D("1.25")}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("year") / "desk"
    desk = tt.Desk.create(place, benchmark="SPX")
    desk.import_files(FOLDER / "prices.csv", accept=True)
    desk.import_files(FOLDER / "opening.csv", as_of=START.isoformat(), accept=True)
    names = ("trades.csv", "money.csv", "actions.csv", "settlements.csv")
    desk.import_files(*(FOLDER / name for name in names), accept=True)
    return place


def run(*words):
    done = CliRunner().invoke(app, [str(w) for w in words])
    assert done.exit_code == 0, done.output
    return done.stdout


def asked(*words):
    return json.loads(run(*words, "--json"))


def test_holdings_of_each_quarter_are_those_worked_out_by_hand(folder):
    for day, totals in TOTALS.items():
        held = asked("holdings", "-w", folder, "--as-of", day)["positions"]
        units = {p["asset"]: D(p["quantity"]) for p in held}
        assert {c: units.pop(c) for c in ("USD", "EUR", "GBP")} == {
            c: D(v) for c, v in zip(("USD", "EUR", "GBP"), totals, strict=True)
        }
        assert units == UNITS[day]


def test_net_asset_values_on_the_ledger_and_in_a_review_are_those_worked_out_by_hand(folder):
    told = {row["date"]: row["nav"] for row in csv.DictReader(io.StringIO(run("ledger", "-w", folder, "--csv")))}
    for day in (START, SPRING, SUMMER, AUTUMN):
        assert abs(D(told[day.isoformat()]) - NAV[day]) <= D("0.005")
    for day in (SUMMER, AUTUMN, END):
        done = CliRunner().invoke(app, ["review", "-w", str(folder), "--as-of", day.isoformat(), "--json"])
        assert abs(D(json.loads(done.stdout)["nav"]) - NAV[day]) < D("0.005")


def test_the_ledgers_sums_are_income_cost_and_flows_by_hand(folder):
    sums = {}
    for row in csv.DictReader(io.StringIO(run("ledger", "-w", folder, "--csv"))):
        for column in ("cash", "income", "flow"):
            at = column, row["currency"]
            sums[at] = sums.get(at, D(0)) + D(row[column] or 0)
    for currency, total in zip(("USD", "EUR", "GBP"), TOTALS[END], strict=True):
        assert sums["cash", currency] == D(total)
        assert sums["income", currency] == INCOME[currency] - EXPENSE[currency]
    assert (sums["flow", "USD"], sums["flow", "EUR"]) == (10_000 + 50 * 90, -2_000)


def test_the_change_of_the_year_adds_up_to_the_cent(folder):
    change = asked("ledger", "-w", folder)["change"]
    assert abs(D(change["opening"]) - NAV[START]) < D("0.005")
    assert abs(D(change["closing"]) - NAV[END]) < D("0.005")
    assert D(change["flows"]) == sum(FLOWS.values())
    parts = sum(D(change[n]) for n in ("flows", "income", "gains", "currency", "unexplained")) - D(change["expense"])
    assert abs(parts - (NAV[END] - NAV[START])) < D("0.005")
    assert D(change["unexplained"]) == 0


def test_performance_has_the_returns_worked_out_by_hand(folder):
    told = asked("performance", "-w", folder)
    earned = told["earned"]
    growth = (NAV[SPRING] - FLOWS[SPRING]) / NAV[START] * (NAV[SUMMER] - FLOWS[SUMMER]) / NAV[SPRING]
    growth *= (NAV[AUTUMN] - FLOWS[AUTUMN]) / NAV[SUMMER] * NAV[END] / NAV[AUTUMN]
    assert earned["time_weighted"] == pytest.approx(float(growth) - 1, abs=1e-9)
    assert (1 + told["annual_return"]) ** (told["n_obs"] / 252) - 1 == pytest.approx(float(growth) - 1, abs=1e-9)
    flows = [(START, -NAV[START]), *((day, -v) for day, v in FLOWS.items()), (END, NAV[END])]
    assert earned["money_weighted"] == pytest.approx(money_weighted([(d, float(v)) for d, v in flows]), abs=1e-9)
    # The year has 368 days from the first evening to the last: 278, 186 and 92 of them are left after each flow.
    days = [(END - day).days for day in FLOWS]
    assert days == [278, 186, 92]
    at_work = NAV[START] + sum(v * (END - day).days / 368 for day, v in FLOWS.items())
    gain = NAV[END] - NAV[START] - sum(FLOWS.values())
    assert earned["modified_dietz"] == pytest.approx(float(gain / at_work), abs=1e-9)
    assert earned["gain"] == pytest.approx(float(gain), abs=0.005)
    made_of = earned["income"] - earned["expense"] + earned["price_gains"] + earned["currency"] + earned["unexplained"]
    assert made_of == pytest.approx(earned["gain"], abs=0.005)
    assert not any("funding" in note for note in told["notes"])


def test_an_attribution_has_income_and_cost_as_parts_of_their_own(folder):
    parts = asked("performance", "-w", folder)["attribution"]
    assert sum(parts["linked"].values()) == pytest.approx(parts["compound_return"], abs=1e-12)
    # Only days count on which the beta of everything held was known before; NAV was at least 115 thousand on all.
    change = asked("ledger", "-w", folder, "--from", parts["first"][:10])["change"]
    assert 0 < sum(parts["by_period"]["income"]) < float(change["income"]) / 115_000
    assert -float(change["expense"]) / 115_000 < sum(parts["by_period"]["expense"]) < 0
    # A dividend of 22 July, 120 euros at about 1.09, and the tax on it: each on one day, as shares of NAV.
    assert any(income == pytest.approx(120 * 1.09 / 137_000, rel=0.03) for income in parts["by_period"]["income"])
    assert any(paid == pytest.approx(-31.65 * 1.09 / 137_000, rel=0.03) for paid in parts["by_period"]["expense"])


def test_taxes_read_the_lots_worked_out_by_hand(folder):
    held = tt.Desk(folder).at(LedgerQuestion(measuring=Measuring(as_of=END.isoformat()))).inputs.holdings
    lots = {p.symbol: p.lots for p in held.positions if p.lots}
    assert set(lots) == set(LOTS)
    for symbol, by_hand in LOTS.items():
        told = [(lot.quantity, round(lot.quantity * lot.price, 2), lot.acquired.isoformat()) for lot in lots[symbol]]
        assert told == [(units, round(D(cost) + D(fees), 2), day) for units, cost, fees, day in by_hand]
    extract = tt.Desk(folder).ledger(record=False)
    gains = {}
    for gone in (d for e in extract.entries for d in e.disposals):
        gains[gone.symbol] = gains.get(gone.symbol, D(0)) + gone.gain + gone.fees
    contracts = {"MESH4", "MESM4", "BTC-PERP"}  # their gains are settled, not sold
    by_hand = {s: g for of in GAINS.values() for s, g in of.items() if s not in contracts}
    assert {s: round(g, 2) for s, g in gains.items()} == {s: round(D(g), 2) for s, g in by_hand.items()}


def test_a_drift_has_the_weights_of_the_books_worked_out_by_hand(folder):
    told = asked("drift", "-w", folder, "--from", SPRING, "--to", END)
    assert abs(told["residual"]) < 1e-12
    assert sum(told["causes"].values()) == pytest.approx(told["change"], abs=1e-12)
    # The beta of the last day is that of a review of the book by hand: contributions add up to it.
    review = json.loads(
        CliRunner().invoke(app, ["review", "-w", str(folder), "--as-of", END.isoformat(), "--json"]).stdout
    )
    assert told["beta_end"]["value"] == pytest.approx(review["beta"]["value"], abs=1e-12)
    values = {p["asset"]: p["value"] for p in review["positions"]}
    assert values["ABC"] == pytest.approx(500 * 38)
    assert values["NEW"] == pytest.approx(100 * 47 * 1.04)
    assert values["VOD"] == pytest.approx(3000 * 0.73 * 1.25)
    assert sum(values.values()) == pytest.approx(float(NAV[END]), abs=0.005)


def test_beancount_finds_the_same_year(folder, tmp_path):
    program = Path(sys.executable).with_name("bean-check")
    found = str(program) if program.exists() else shutil.which("bean-check")
    if found is None:
        pytest.skip("bean-check is not installed: pip install beancount")
    run("ledger", "-w", folder, "--beancount", tmp_path / "year.beancount")
    ran = subprocess.run(
        [found, "--no-cache", str(tmp_path / "year.beancount")], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_year_asked_again_is_the_same_to_the_byte(folder):
    out = run("ledger", "-w", folder)
    number = out.partition("Written down as run ")[2].split(":")[0]
    assert "the same to the byte" in run("replay", number, "-w", folder)


def test_the_value_of_an_evening_does_not_depend_on_how_far_the_ledger_goes_on(folder):
    """Options had prices of their own before the share split: their quotes are brought over the split as they are."""
    desk = tt.Desk(folder)
    told = {row["date"]: row["nav"] for row in csv.DictReader(io.StringIO(run("ledger", "-w", folder, "--csv")))}
    days = [day for day, value in told.items() if value]
    assert {"2024-01-22", "2024-02-12", "2024-03-04"} <= set(days)
    for day in days[::3]:
        until = desk.ledger(LedgerQuestion(measuring=Measuring(as_of=day)), record=False)
        assert (day, until.rows[-1].nav) == (day, told[day])


def test_a_return_does_not_depend_on_a_later_split_of_what_an_option_is_written_on(folder):
    whole = asked("performance", "-w", folder)["series"]
    part = asked("performance", "-w", folder, "--to", "2024-03-28")["series"]
    count = len(part["portfolio"])
    assert whole["dates"][:count] == part["dates"]
    assert whole["portfolio"][:count] == pytest.approx(part["portfolio"], abs=1e-12)
