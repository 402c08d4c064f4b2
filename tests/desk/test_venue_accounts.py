"""Venue accounts as the desk shows them: in a stress, a review and a plan, of one book of coins."""

import io
import json
import math

import numpy as np
import pytest
from given import business_days, price_path
from rich.console import Console

import trimtab as tt
from trimtab.feeds.contracts import open_contracts
from trimtab.feeds.holdings import read_holdings
from trimtab.market.prices import PriceTable
from trimtab.report.documents.stress import stress_document
from trimtab.report.shape.write import dumps
from trimtab.report.tables.plan import show_plan
from trimtab.report.tables.review import show_review
from trimtab.report.tables.stress import show_stress
from trimtab.risk.shocks import Shock

N = 400
DAYS = business_days(N + 1)
HEADER = "symbol,quantity,kind,underlying,payoff,settlement,multiplier,right,strike,expiry,premium,vol,venue\n"
CONTRACTS = """root,name,exchange,kind,multiplier,currency,tick,lot,underlying,payoff,settlement,funding
BTC-PERP,Bitcoin perpetual,Deribit,perpetual,10,USD,0.5,1,BTC,inverse,BTC,0.0001
"""


@pytest.fixture(scope="module")
def prices():
    random = np.random.default_rng(8)
    market = random.normal(0.0003, 0.01, N)
    coin = price_path(1.5 * market + random.normal(0, 0.02, N))
    columns = {"M": price_path(market), "BTC": coin * 80_000 / coin[-1]}
    return PriceTable.of(columns, dates=DAYS, currency="USD")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Holdings: fifty puts sold on five coins at Deribit, a carry trade of twenty at BitMEX, shares; and contracts."""
    folder = tmp_path_factory.mktemp("accounts")
    expiry = np.datetime64(DAYS[-1], "D") + 30
    rows = f"""BTC,5,spot,,,,,,,,,,Deribit
PUT,-50,option,BTC,,,1,put,60000,{expiry},coin,0.742,Deribit
BTC,20,spot,,,,,,,,,,BitMEX
SHORT,-1600000,perpetual,BTC,inverse,BTC,1,,,,,,BitMEX
USD,500000,cash,,,,,,,,,,
"""
    (folder / "book.csv").write_text(HEADER + rows)
    (folder / "contracts.csv").write_text(CONTRACTS)
    return folder


def shown(show, what) -> str:
    console = Console(file=io.StringIO(), width=80, no_color=True)
    show(what, console)
    return console.file.getvalue()


def test_a_stress_says_who_is_liquidated(prices, files):
    """A fall of a tenth liquidates the puts and leaves the carry trade as it was; the JSON says the same."""
    down = (Shock(name="down", benchmark=-0.10),)
    stress = tt.stress(prices, files / "book.csv", benchmark="M", method="ols", episodes=(), shocks=down, sigmas=2.0)
    puts, carry = stress.accounts
    assert (puts.place, carry.place) == (("Deribit", "BTC"), ("BitMEX", "BTC"))
    assert -0.10 < puts.fall < 0.0
    assert (carry.fall, carry.rise) == (None, None)
    assert [a.liquidated for a in stress.shocks[0].accounts] == [True, False]
    assert stress.shocks[0].accounts[1].equity == pytest.approx(1_600_000, rel=1e-9)
    closes = prices.values[-253:, prices.column("BTC")]
    yearly = float(np.std(closes[1:] / closes[:-1] - 1, ddof=1)) * math.sqrt(252)
    assert puts.cash.move == pytest.approx(2.0 * yearly * math.sqrt(5 / 252), rel=1e-9)
    assert "BTC, last 252 days" in puts.cash.source
    assert puts.cash.fall > 0
    assert carry.cash.fall == carry.cash.rise == 0.0
    document = json.loads(dumps(stress_document(stress)))
    assert document["accounts"][0]["fall"] == puts.fall
    assert document["shocks"][0]["accounts"][0]["liquidated"] is True
    text = shown(show_stress, stress)
    for words in ("Venue accounts", "LIQUIDATED", "never", "cash for 2 deviations over 5 days"):
        assert words in text


def test_a_review_shows_where_margin_stands(prices, files):
    """The same accounts, without a shock."""
    mandate = tt.Mandate(benchmark="M", target=1.0, band=3.0)
    review = tt.review(prices, files / "book.csv", mandate, method="ols")
    assert [a.venue for a in review.accounts] == ["Deribit", "BitMEX"]
    assert "Deribit-like" in shown(show_review, review)
    assert tt.review(prices, "100 BTC, 1000 USD", mandate, method="ols").accounts == ()


def test_a_plan_shows_accounts_before_and_after(prices, files, tmp_path):
    """A short perpetual sold at Deribit brings the account of the puts nearer or further, and opens none elsewhere."""
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.1)
    how = {"contracts": files / "contracts.csv", "hedge": "BTC-PERP", "method": "ols"}
    plan = tt.plan(prices, files / "book.csv", mandate, **how)
    assert plan.orders
    before, after = plan.standings.before.accounts, plan.standings.after.accounts
    assert {a.place for a in before} == {a.place for a in after}
    new = next(a for a in after if a.venue == "Deribit")
    assert {name for part in new.parts for name, _ in part.units} == {"PUT", "BTC-PERP"}
    assert new.maintenance > next(a for a in before if a.venue == "Deribit").maintenance
    assert "Venue accounts" in shown(show_plan, plan)
    held = read_holdings(files / "book.csv", base="USD", contracts=open_contracts(files / "contracts.csv"))
    done = plan.apply(held)
    again = tt.plan(prices, done, mandate, **how).standings.before.accounts
    for one, other in zip(again, after, strict=True):
        assert (one.place, one.fall, one.rise) == (other.place, pytest.approx(other.fall), pytest.approx(other.rise))
        assert one.maintenance == pytest.approx(other.maintenance, rel=1e-9)


def test_a_venue_nobody_has_rules_for(prices, files, tmp_path):
    """Not known, with what can be given; the broker's own figures make it known."""
    book = (files / "book.csv").read_text().replace("BitMEX", "Elsewhere")
    (tmp_path / "book.csv").write_text(book)
    stress = tt.stress(prices, tmp_path / "book.csv", benchmark="M", method="ols", episodes=(), shocks=())
    other = stress.accounts[1]
    assert (other.initial, other.maintenance, other.cash) == (None, None, None)
    assert "not known, Elsewhere has no margin rules" in " ".join(shown(show_stress, stress).split())
    lines = [line + (",0.0000002,0.0000001" if line.startswith("SHORT") else ",,") for line in book.splitlines()]
    lines[0] = book.splitlines()[0] + ",initial_margin,maintenance_margin"
    (tmp_path / "book.csv").write_text("\n".join(lines) + "\n")
    stress = tt.stress(prices, tmp_path / "book.csv", benchmark="M", method="ols", episodes=(), shocks=())
    assert stress.accounts[1].source == "stated by the broker"
    assert stress.accounts[1].maintenance == pytest.approx(1_600_000 * 1e-7 * 80_000)
