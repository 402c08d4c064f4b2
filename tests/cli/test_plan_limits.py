"""Limits, taxes and other targets at the command line of `trimtab plan`: they bind, and slips are refused."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

import trimtab as tt
from trimtab.cli.app import app
from trimtab.desk.questions.groups.limits import Limits, StandingLimits, Taxes
from trimtab.errors import FileFormatError, InputError, StorageError, TrimtabError
from trimtab.feeds.limits import make_terms
from trimtab.feeds.records import read_lots
from trimtab.feeds.ways_terms import reallocation_terms


def terms_of(limits):
    """Give the terms of limits alone."""
    return reallocation_terms(limits, Taxes(), StandingLimits())


BETAS = {"A": 1.6, "B": 1.3, "C": 0.4, "D": 0.2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A book of three shares with a beta near 1.2, a fourth to buy, lots, fields and a limits file."""
    path = tmp_path_factory.mktemp("limits")
    rng = np.random.default_rng(5)
    market = rng.normal(0.0003, 0.01, 400)
    days = business_days(401)
    columns = {"M": price_path(market)}
    for name, beta in BETAS.items():
        columns[name] = price_path(beta * market + rng.normal(0, 0.006, 400))
    pl.DataFrame({"date": days.astype(str), **columns}).write_csv(path / "prices.csv")
    (path / "book.csv").write_text("symbol,quantity\nA,4000\nB,3000\nC,2000\nUSD,50000\n")
    old, new = days[0], days[399]
    (path / "lots.csv").write_text(
        f"symbol,quantity,price,acquired\nA,1000,20,{old}\nA,3000,90,{new}\nB,3000,300,{old}\nC,2000,100,{old}\n"
    )
    (path / "fields.csv").write_text("symbol,sector,daily_value\nA,fast,1000000\nB,fast,\nC,slow,\nD,slow,\n")
    return path


def run(folder: Path, *args: object) -> tuple[int, dict, TrimtabError | None]:
    given = ("plan", "--prices", folder / "prices.csv", "--holdings", folder / "book.csv", "-b", "M", "--method", "ols")
    done = CliRunner().invoke(app, [str(a) for a in (*given, *args, "--json")])
    error = done.exception if isinstance(done.exception, TrimtabError) else None
    if done.exception is not None and error is None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return (error.exit_code if error else done.exit_code), json.loads(done.stdout or "{}"), error


def reallocated(document: dict) -> dict:
    return next(w for w in document["ways"] if w["name"] == "reallocate")


REALLOCATE = ("--ways", "reallocate", "--target", "0.9")


def test_each_limit_binds(folder):
    """Turnover, weight, no-trade list, smallest ticket, cash and participation each change the plan, and are kept."""
    _, free, _ = run(folder, *REALLOCATE)
    before = free["before"]["nav"]
    traded = sum(o["notional"] for o in reallocated(free)["orders"])
    assert {o["asset"] for o in reallocated(free)["orders"]} >= {"A"}
    code, tight, _ = run(folder, *REALLOCATE, "--max-turnover", 0.5 * traded / before)
    assert code == 5
    assert sum(o["notional"] for o in reallocated(tight)["orders"]) <= 0.5 * traded * (1 + 1e-9)
    assert any("turnover" in n for n in reallocated(tight)["notes"])
    _, kept, _ = run(folder, *REALLOCATE, "--no-trade", "A")
    assert "A" not in {o["asset"] for o in reallocated(kept)["orders"]}
    _, large, _ = run(folder, *REALLOCATE, "--min-ticket", 30_000)
    assert all(o["notional"] >= 30_000 for o in reallocated(large)["orders"])
    _, slow, _ = run(folder, *REALLOCATE, "--fields", folder / "fields.csv", "--max-participation", 0.02)
    assert all(o["notional"] <= 20_000 * (1 + 1e-9) for o in reallocated(slow)["orders"] if o["asset"] == "A")
    _, rich, _ = run(folder, "--ways", "reallocate", "--target", "1.6", "--min-cash", 40_000, "--no-trade", "C")
    assert 40_000 - 1e-6 <= reallocated(rich)["cash_after"] < 41_000


def test_sectors_come_from_the_fields(folder):
    """A sector limit holds for the members that the fields file names."""
    asked = (*REALLOCATE, "--fields", folder / "fields.csv", "--buy", "D", "--sector-limit", "slow=0:0.15")
    _, found, _ = run(folder, *asked)
    _, free, _ = run(folder, *REALLOCATE, "--fields", folder / "fields.csv", "--buy", "D", "--cash-neutral")
    assert {o["asset"] for o in reallocated(free)["orders"]} & {"C", "D"}
    bought = [o for o in reallocated(found)["orders"] if o["asset"] in {"C", "D"} and o["side"] == "buy"]
    last = pl.read_csv(folder / "prices.csv").tail(1)
    worth = 2000 * last["C"][0] + sum(o["notional"] for o in bought)
    assert worth <= max(0.15 * found["before"]["nav"], 2000 * last["C"][0]) + 1e-6
    code, _, error = run(folder, *REALLOCATE, "--fields", folder / "fields.csv", "--sector-limit", "odd=0.1")
    assert code == 1
    assert "fast, slow" in error.found


def test_what_may_be_bought_is_bought(folder):
    """With cash neutral, a share that is not held is bought where that lowers beta."""
    _, found, _ = run(folder, *REALLOCATE, "--buy", "D", "--cash-neutral", "--no-trade", "C")
    assert ("D", "buy") in {(o["asset"], o["side"]) for o in reallocated(found)["orders"]}
    _, _, error = run(folder, *REALLOCATE, "--buy", "Z")
    assert "Z" in error.found


def test_shorts_only_where_allowed(folder):
    """Long only by default: beta -1 cannot be had by sales alone, and can with shorts."""
    asked = ("--ways", "reallocate", "--target", "-1")
    assert run(folder, *asked)[0] == 5
    code, found, _ = run(folder, *asked, "--shorts")
    assert code == 0
    assert reallocated(found)["after"]["beta"] <= -0.95 + 1e-9


def test_taxes_follow_the_method_for_lots(folder):
    """Tax is worked out by hand from the lots that each method sells first; without rates lots are refused."""
    taxes = ("--lots", folder / "lots.csv", "--tax-short", 0.4, "--tax-long", 0.2, "--no-trade", "B,C")
    last = pl.read_csv(folder / "prices.csv").tail(1)["A"][0]
    for method, first, rate in (("fifo", 20.0, 0.2), ("hifo", 90.0, 0.4), ("lifo", 90.0, 0.4)):
        _, found, _ = run(folder, *REALLOCATE, *taxes, "--lot-method", method)
        (order,) = reallocated(found)["orders"]
        units = float(order["quantity"])
        most = 1000.0 if first == 20.0 else 3000.0
        other, other_rate = (90.0, 0.4) if first == 20.0 else (20.0, 0.2)
        gain = rate * max(0.0, last - first) * min(units, most)
        gain += other_rate * max(0.0, last - other) * max(0.0, units - most)
        assert reallocated(found)["cost_now"]["tax"] == pytest.approx(gain, rel=1e-9)
    assert "rates of tax" in run(folder, *REALLOCATE, "--lots", folder / "lots.csv")[2].expected
    assert "long_rate" in run(folder, *REALLOCATE, "--tax-short", 0.4)[2].found
    assert "average" in run(folder, *REALLOCATE, *taxes, "--lot-method", "best")[2].expected


def test_a_limits_file_says_the_same_as_options(folder):
    """A TOML file and the options of the command line give the same plan; an option goes before the file."""
    path = folder / "limits.toml"
    path.write_text(
        'no_trade = ["C"]\nmax_weight = 0.7\nmin_ticket = 1000\nbuy = ["D"]\n[taxes]\nshort_rate = 0.4\n'
        'long_rate = 0.2\nmethod = "specific"\n[taxes.specific]\nA = [2]\n[costs]\nimpact = 0.0\n'
        "[sectors.fast]\nhigh = 0.9\n"
        'symbols = ["A", "B"]\n[liquidity.A]\ndaily_value = 1e6\nvolatility = 0.02\n[lots]\nA = 10\n'
    )
    code, found, _ = run(folder, *REALLOCATE, "--limits", path, "--lots", folder / "lots.csv")
    assert code == 0
    assert all(float(o["quantity"]) % 10 == 0 for o in reallocated(found)["orders"] if o["asset"] == "A")
    assert sum(float(o["quantity"]) for o in reallocated(found)["orders"] if o["asset"] == "A") <= 3000
    terms = terms_of(Limits(file=path, max_weight=0.5, shorts=True))
    assert (terms.limits.max_weight, terms.limits.long_only, terms.buy) == (0.5, False, ("D",))
    assert make_terms({"min_cash": float("-inf")}).limits.min_cash is None
    book = tt.read_portfolio(folder / "book.csv")
    done = tt.compare_ways(
        folder / "prices.csv", book, tt.Mandate(benchmark="M", target=0.9, band=0.05), ways="reallocate",
        limits=path, lots=folder / "lots.csv", method="ols",
    )  # fmt: skip
    assert done.way("reallocate").after.beta.value == reallocated(found)["after"]["beta"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("max_wieght = 0.2", "max_weight"), ("max_weight = true", "number"), ("long_only = 1", "true or false"),
        ('no_trade = "IBM"', "list"),
        ("[taxes]\nshort_rate = 0.3", "long_rate"),
        ("[sectors.x]\nhigh = 1.0", "members"),
        ("[taxes]\nshort_rate=0.1\nlong_rate=0.1\nspecific={A=[1.5]}", "numbers of lots"), ("lot = true", "number"),
        ("lots = 3", "table"), ("[taxes]\nshort_rate=0.1\nlong_rate=0.1\nmethod='specific'", "lots"),
    ],
)  # fmt: skip
def test_slips_in_a_limits_file_are_refused(tmp_path, text, named):
    """An unknown key, a value of the wrong kind and a missing rate are each named."""
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        terms_of(Limits(file=path))
    assert named in f"{caught.value.expected} {caught.value.found} {caught.value.try_next}"


def test_files_that_cannot_be_read_are_storage_or_format_errors(tmp_path):
    """A missing file and one that is not TOML say so."""
    with pytest.raises(StorageError):
        terms_of(Limits(file=tmp_path / "none.toml"))
    (tmp_path / "bad.toml").write_text("max_weight 0.2")
    with pytest.raises(FileFormatError, match="TOML"):
        terms_of(Limits(file=tmp_path / "bad.toml"))


def test_options_that_nothing_would_use_are_refused(folder):
    """Limits without a reallocation, a maximum without an edge, two targets, and a rule without its volatility."""
    assert "reallocate" in run(folder, "--ways", "futures", "--max-weight", 0.2)[2].expected
    assert "no_trade (--no-trade)" in run(folder, "--hedge", "ES", "--no-trade", "A")[2].expected
    assert "--ways" in run(folder, "--hedge", "ES", "--at-most", 1.0)[2].expected
    assert "edge" in run(folder, *REALLOCATE, "--at-most", 1.0, "--aim", "target")[2].expected
    assert "one target" in run(folder, *REALLOCATE, "--neutral", "--dollar-beta", 5)[2].expected
    assert "--target-volatility" in run(folder, *REALLOCATE, "--volatility-rule", "variance")[2].expected
    assert "rule" in run(folder, *REALLOCATE, "--target-volatility", 0.1)[2].expected
    assert "systematic" in run(folder, *REALLOCATE, "--target-volatility", 0.1, "--volatility-rule", "x")[2].expected
    assert "sector" in run(folder, *REALLOCATE, "--sector-limit", "tech")[2].expected


def test_lots_must_be_what_is_held(folder, tmp_path):
    """Lots that do not add up to the position, or of something not held, are refused with both numbers."""
    (tmp_path / "lots.csv").write_text("symbol,quantity,price,acquired\nA,100,5,2020-01-02\n")
    taxes = ("--lots", tmp_path / "lots.csv", "--tax-short", 0.4, "--tax-long", 0.2)
    error = run(folder, *REALLOCATE, *taxes)[2]
    assert "lots of 100" in error.found
    assert "4000" in error.found
    with pytest.raises(FileFormatError, match="acquired"):
        read_lots(pl.DataFrame({"symbol": ["A"], "quantity": ["1"], "price": ["2"]}))
    with pytest.raises(FileFormatError, match="zero"):
        read_lots(pl.DataFrame({"symbol": ["A"], "quantity": ["0"], "price": ["2"], "acquired": ["2020-01-02"]}))
    (lot,) = read_lots(tmp_path / "lots.csv")["A"]
    assert (lot.quantity, lot.price, lot.acquired) == (Decimal(100), Decimal(5), dt.date(2020, 1, 2))


def test_other_targets_are_set_from_the_book(folder):
    """Neutral, a maximum, money and a volatility each become the beta that they mean, and the plan says how."""
    asked = ("--ways", "reallocate", "--shorts")
    _, neutral, _ = run(folder, *asked, "--neutral")
    assert neutral["mandate"]["target"] == 0.0
    nav = neutral["before"]["nav"]
    _, money, _ = run(folder, *asked, "--dollar-beta", 0.5 * nav)
    assert money["mandate"]["target"] == pytest.approx(0.5)
    assert "of NAV" in money["reason"]
    _, most, _ = run(folder, *asked, "--at-most", 0.8)
    assert most["mandate"]["upper"] <= 0.8
    assert 0.79 < reallocated(most)["after"]["beta"] <= 0.8
    beta = neutral["before"]["beta"]
    prices = pl.read_csv(folder / "prices.csv")
    worth = {s: q * prices[s][-1] / nav for s, q in (("A", 4000), ("B", 3000), ("C", 2000))}
    returns = sum(w * prices[s].pct_change().to_numpy()[-252:] for s, w in worth.items())
    vol = float(np.std(returns, ddof=1)) * np.sqrt(252)
    for rule, power in (("volatility", 1), ("variance", 2)):
        _, found, _ = run(folder, *asked, "--target-volatility", 0.1, "--volatility-rule", rule)
        assert found["mandate"]["target"] == pytest.approx(beta * (0.1 / vol) ** power, rel=1e-9)
        assert f"{rule} rule" in found["reason"]
    index = prices["M"].pct_change().to_numpy()[-252:]
    market = float(np.std(index, ddof=1)) * np.sqrt(252)
    _, found, _ = run(folder, *asked, "--target-volatility", 0.1, "--volatility-rule", "systematic")
    rest = vol**2 - (beta * market) ** 2
    assert found["mandate"]["target"] == pytest.approx(np.sqrt(0.01 - rest) / market, rel=1e-9)
    code, _, error = run(folder, *asked, "--target-volatility", 0.001, "--volatility-rule", "systematic")
    assert code == 5
    assert "does not explain" in error.found


def test_other_targets_with_futures_alone(folder):
    """Futures alone take a target in money as well, and the plan notes how it came about."""
    path = folder / "contracts.csv"
    path.write_text("root,multiplier,currency,tick,underlying\nMF,10,USD,0.01,M\n")
    done = CliRunner().invoke(
        app,
        ["plan", "--prices", str(folder / "prices.csv"), "--holdings", str(folder / "book.csv"), "-b", "M", "--method",
         "ols", "--hedge", "MF", "--contracts", str(path), "--dollar-beta", "100000", "--json"],
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["mandate"]["target"] == pytest.approx(100_000 / found["before"]["nav"])
    assert any("of NAV" in n for n in found["notes"])


def test_tickets_of_a_limited_plan_leave_as_csv(folder, tmp_path):
    """The marked way's tickets hold the limited orders."""
    path = tmp_path / "tickets.csv"
    _, found, _ = run(folder, *REALLOCATE, "--no-trade", "A", "--tickets", path)
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert {r["asset"] for r in rows} == {o["asset"] for o in reallocated(found)["orders"]} - {"A"}
