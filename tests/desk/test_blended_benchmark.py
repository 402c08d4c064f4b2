"""A blended benchmark wherever one is named: planted betas, a symbol in words, every question, a workspace."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

import trimtab as tt
from trimtab.cli.app import app
from trimtab.errors import InputError, UnknownSymbolError, UsageError

N = 520
BLEND = "0.6*SPX + 0.4*AGG rebalanced daily"
BOOK = "300 X, 200 Y, 20000 USD"


def a_world(n=N):
    """X moves 1.2 times a blend that is rebalanced daily; Y moves .9 with SPX and .3 with AGG."""
    rng = np.random.default_rng(3)
    spx, agg = rng.normal(0.0004, 0.01, n), rng.normal(0.0001, 0.006, n)
    x = 1.2 * (0.6 * spx + 0.4 * agg) + rng.normal(0, 0.004, n)
    y = 0.9 * spx + 0.3 * agg + rng.normal(0, 0.004, n)
    levels = {"SPX": 40 * price_path(spx), "AGG": price_path(agg), "X": price_path(x), "Y": price_path(y)}
    return {"date": business_days(n + 1, "2021-01-04"), **levels}


@pytest.fixture(scope="module")
def prices():
    return pl.DataFrame(a_world())


@pytest.fixture(scope="module")
def files(prices, tmp_path_factory):
    folder = tmp_path_factory.mktemp("blended")
    prices.write_csv(folder / "prices.csv")
    (folder / "book.csv").write_text("symbol,quantity\nX,300\nY,200\nUSD,20000\n")
    return folder


def slope(y, x):
    return float(np.polyfit(x, y, 1)[0])


def test_planted_betas_come_back(prices):
    """X has 1.2 within its error; Y has the slope that NumPy gives of the weighted sum of returns."""
    betas = tt.estimate_betas(prices, benchmark=BLEND, method="ols", window=N)
    assert abs(betas["X"].value - 1.2) < 3 * betas["X"].stderr < 0.15
    returns = {s: np.diff(prices[s]) / prices[s].to_numpy()[:-1] for s in ("SPX", "AGG", "Y")}
    blend = 0.6 * returns["SPX"] + 0.4 * returns["AGG"]
    assert betas["Y"].value == pytest.approx(slope(returns["Y"], blend), abs=1e-9)
    assert betas[BLEND].value == 1.0


def test_monthly_weights_drift_between_month_ends(prices):
    """Against pandas: groups of months, each begun at the close of the one before with the stated weights."""
    frame = prices.to_pandas().set_index("date")[["SPX", "AGG", "Y"]]
    level, parts = 100.0, [100.0]
    before = frame.iloc[0]
    for _, month in frame.iloc[1:].groupby(frame.index[1:].to_period("M")):
        path = level * (0.6 * month["SPX"] / before["SPX"] + 0.4 * month["AGG"] / before["AGG"])
        parts += path.tolist()
        level, before = path.iloc[-1], month.iloc[-1]
    blend = np.diff(parts) / parts[:-1]
    y = frame["Y"].pct_change().to_numpy()[1:]
    betas = tt.estimate_betas(prices, benchmark="60% SPX + 40% AGG", method="ols", window=N)
    assert betas.benchmark == "0.6*SPX + 0.4*AGG"
    assert betas["Y"].value == pytest.approx(slope(y, blend), abs=1e-9)


def test_one_symbol_in_words_is_that_symbol(prices):
    """Bit for bit, in betas, reviews and histories."""
    mandates = [tt.Mandate(benchmark=b, target=1.0, band=0.05) for b in ("SPX", "1.0*SPX", "100% SPX")]
    assert len({m.benchmark for m in mandates}) == 1
    plain, wordy = (tt.estimate_betas(prices, benchmark=b, method="ols") for b in ("SPX", "1.0*SPX"))
    assert plain.values().tobytes() == wordy.values().tobytes()
    first, second = (tt.beta_history(prices, benchmark=b, method="ols", window=60) for b in ("SPX", "1.0*SPX"))
    assert first.beta.tobytes() == second.beta.tobytes()


def test_no_beta_of_a_day_knows_a_later_one(prices):
    """Cut after a day: the history up to it, and a review as of it, change no bit."""
    day = str(prices["date"][400])[:10]
    cut = prices.head(401)
    whole = tt.beta_history(prices, benchmark="0.6*SPX + 0.4*AGG", method="ols", window=120).beta
    part = tt.beta_history(cut, benchmark="0.6*SPX + 0.4*AGG", method="ols", window=120).beta
    np.testing.assert_array_equal(whole[: len(part)], part)
    mandate = tt.Mandate(benchmark="0.6*SPX + 0.4*AGG", target=1.0, band=0.05)
    then, now = (tt.review(p, BOOK, mandate, method="ols", as_of=day, hidden=False) for p in (prices, cut))
    assert then.exposure.beta == now.exposure.beta


def test_a_hedge_has_its_own_beta_to_the_blend(prices):
    """An S&P future has the slope of the index on the blend, with its error; measuring again gives the plan's after."""
    mandate = tt.Mandate(benchmark=BLEND, target=0.3, band=0.02)
    book = "3000 X, 2000 Y, 200000 USD"
    plan = tt.plan(prices, book, mandate, hedge=("MES",), method="ols")
    (order,) = plan.orders
    betas = tt.estimate_betas(prices, benchmark=BLEND, method="ols")
    assert order.symbol.startswith("MES")
    assert order.side.value == "sell"
    assert plan.after.beta.value == pytest.approx(0.3, abs=0.05)
    spx = betas["SPX"]
    moved = plan.after.beta_exposure - plan.before.beta_exposure
    notional = -int(order.quantity) * 5 * prices["SPX"][-1]
    assert moved == pytest.approx(spx.value * notional, rel=1e-9)
    assert 0 < spx.stderr < 0.1


def test_currencies_and_cash(prices):
    """A component in euros is converted before the blend is made; cash earns the rate, and makes excess scale."""
    rng = np.random.default_rng(8)
    rate = 1.1 * price_path(rng.normal(0, 0.005, N), 1.0)
    euros = tt.read_prices(prices.select("date", "AGG"), currency="EUR")
    dollars = tt.read_prices(prices.select("date", "SPX", "Y"), currency="USD")
    fx = pl.DataFrame({"date": prices["date"], "EURUSD": rate})
    made = tt.estimate_betas([dollars, euros], benchmark=BLEND, method="ols", window=N, base="USD", fx=fx)
    agg = prices["AGG"].to_numpy() * rate
    returns = {
        s: np.diff(v) / v[:-1] for s, v in {**{s: prices[s].to_numpy() for s in ("SPX", "Y")}, "AGG": agg}.items()
    }
    blend = 0.6 * returns["SPX"] + 0.4 * returns["AGG"]
    assert made["Y"].value == pytest.approx(slope(returns["Y"], blend), abs=1e-9)
    half = tt.estimate_betas(
        prices, benchmark="0.5*SPX + 0.5*cash rebalanced daily", method="ols", window=N, risk_free=0.03
    )
    whole = tt.estimate_betas(prices, benchmark="SPX", method="ols", window=N, risk_free=0.03)
    assert half["Y"].value == pytest.approx(2 * whole["Y"].value, rel=1e-9)
    unpaid = tt.estimate_betas(prices, benchmark="0.5*SPX + 0.5*cash", method="ols")
    assert any("earns nothing" in note for note in unpaid.notes)


def test_every_question_takes_a_blend(prices):
    """Each question of Python, asked of the same book: the benchmark it answers with is the blend."""
    mandate = tt.Mandate(benchmark="60%SPX+40%AGG", target=0.5, band=0.05)
    name = mandate.benchmark
    review = tt.review(prices, BOOK, mandate, method="ols", also=("SPX", "0.5*SPX + 0.5*AGG"), hidden=False)
    assert {p.beta_weighted_delta for p in review.exposure.positions} == {None}
    assert [one.benchmark for one in review.joint] == [name, "SPX", "0.5*SPX + 0.5*AGG"]
    assert tt.stress(prices, BOOK, benchmark=name, method="ols").shocks
    assert tt.diagnose_betas(prices, benchmark=name)
    league = tt.validate_betas(prices, benchmark="0.4*AGG+0.6*SPX", methods=["ols"], horizons=[21], step=60)
    assert league.score("ols", 21).rmse < 1
    done = tt.review_performance(prices, portfolio="X", benchmark=BLEND, method="ols")
    assert abs(done.alpha.beta.value - 1.2) < 0.1
    assert done.benchmark == BLEND
    chain = tt.drift(prices, BOOK, mandate, start="2022-06-01", end="2022-09-01", method="ols", by="endpoints")
    assert chain.links
    ways = tt.compare_ways(prices, BOOK, mandate, hedge=("MES",), ways=("futures", "reallocate"), method="ols")
    assert ways.before.benchmark == name
    options = tt.OptionTerms(volatility=0.2)
    ways = tt.compare_ways(prices, BOOK, mandate, ways=("collar",), option_terms=options, method="ols")
    assert "nobody trades options on a blend" in ways.refused[0][1]


def run(*words, code=0):
    result = CliRunner().invoke(app, [str(w) for w in words])
    assert result.exit_code == code, result.output
    return result


def test_commands_take_a_blend_and_refuse_one_that_is_none(files):
    """Review of files in JSON; a sum of 1.1 and an unknown part are usage and name errors, with three parts each."""
    of = ("--prices", files / "prices.csv", "--holdings", files / "book.csv", "--method", "ols")
    document = json.loads(run("review", *of, "-b", "0.6*SPX+0.4*AGG", "--target", 1, "--band", 1, "--json").stdout)
    assert document["mandate"]["benchmark"] == "0.6*SPX + 0.4*AGG"
    assert "0.6*SPX + 0.4*AGG" in run("beta", "--prices", files / "prices.csv", "-b", "60% SPX + 40% AGG").output
    for words, kind, part in (
        ("0.6*SPX + 0.5*AGG", UsageError, "1.1 in 0.6*SPX + 0.5*AGG"),
        ("0.6*SPX + 0.4*AGGG", UnknownSymbolError, "'AGGG'"),
    ):
        refused = CliRunner().invoke(app, [str(w) for w in ("review", *of, "-b", words)]).exception
        assert isinstance(refused, kind)
        assert part in refused.found


def test_the_page_shows_the_refusal_as_it_is():
    """The three lines of docs/benchmarks.md."""
    with pytest.raises(UsageError) as refused:
        tt.estimate_betas(pl.DataFrame(), benchmark="0.6*SPX + 0.5*AGG")
    assert str(refused.value) in (Path(__file__).parents[2] / "docs/benchmarks.md").read_text(encoding="utf-8")


def test_bad_input_from_python(prices):
    """The same refusals as exceptions."""
    with pytest.raises(UsageError, match="add up to 1"):
        tt.estimate_betas(prices, benchmark="0.6*SPX + 0.5*AGG")
    with pytest.raises(InputError, match="add up to 1"):
        tt.Mandate(benchmark="0.6*SPX + 0.5*AGG", target=1.0, band=0.05)
    with pytest.raises(UnknownSymbolError, match="AGGG"):
        tt.estimate_betas(prices, benchmark="0.6*SPX + 0.4*AGGG")


def test_a_fleet_takes_blends(files, tmp_path):
    """Two spellings are one benchmark; one that does not add up leaves its account undecided, with the reason."""
    accounts = {"account": ["K1", "K2", "K3"], "symbol": "X", "quantity": "100"}
    pl.DataFrame(accounts).write_parquet(tmp_path / "held.parquet")
    blends = ["60%SPX+40%AGG rebalanced daily", BLEND, "0.6*SPX + 0.6*AGG"]
    asked = {"account": accounts["account"], "benchmark": blends, "target": 1.2, "band": 0.1}
    pl.DataFrame(asked).write_csv(tmp_path / "mandates.csv")
    tt.fleet_check(
        positions=tmp_path / "held.parquet", mandates=tmp_path / "mandates.csv", prices=files / "prices.csv",
        out=tmp_path / "out", method="ols", executor="inline",
    )  # fmt: skip
    checks = pl.concat(pl.read_parquet(f) for f in (tmp_path / "out/checks").glob("*.parquet")).sort("account")
    one, other, wrong = checks.iter_rows(named=True)
    assert one["beta"] == other["beta"] == pytest.approx(1.2, abs=0.1)
    assert (one["status"], wrong["status"]) == ("inside", "undecided")
    assert "add up to 1" in wrong["reason"]


SETTINGS = """
[benchmarks.policy]
weights = { SPX = 0.6, AGG = 0.4 }
rebalance = "daily"
from = 2021-02-01
later = ["from 2022-01-03: 0.5*SPX + 0.5*AGG"]
[benchmarks.main]
symbol = "SPX"
[mandates.core]
benchmark = "policy"
target = 1.0
band = 0.2
[portfolios.main]
mandate = "core"
[estimation]
method = "ols"
"""


def test_a_named_blend_in_a_workspace(files, tmp_path):
    """A mandate names it, so does --benchmark; a run is asked again to the same bytes; alerts and drift work of it."""
    run("init", tmp_path / "desk")
    (tmp_path / "desk/trimtab.toml").write_text(SETTINGS)
    here = ("-w", tmp_path / "desk")
    run("import", files / "prices.csv", "--yes", *here)
    run("import", files / "book.csv", "--as-of", "2022-06-01", "--yes", *here)
    text = "from 2021-02-01: 0.6*SPX + 0.4*AGG; from 2022-01-03: 0.5*SPX + 0.5*AGG rebalanced daily"
    first = json.loads(CliRunner().invoke(app, ["review", *map(str, here), "--json"]).stdout)
    assert first["mandate"]["benchmark"] == text
    result = CliRunner().invoke(app, ["review", *map(str, here), "-b", "policy", "--json"])
    assert json.loads(result.stdout)["beta"] == first["beta"]
    plain = json.loads(CliRunner().invoke(app, ["review", *map(str, here), "-b", "SPX", "--json"]).stdout)
    assert plain["beta"] != first["beta"]
    runs = json.loads(run("runs", *here, "--json").stdout)["runs"]
    run("replay", runs[0]["run"], *here)
    assert "0.6*SPX + 0.4*AGG" in run("config", "show", *here, "--json").output
    drifted = CliRunner().invoke(app, ["drift", *map(str, here), "--from", "2022-07-01", "--json"])
    assert drifted.exit_code == 0, drifted.output
    earned = CliRunner().invoke(app, ["performance", *map(str, here), "--json"])
    assert earned.exit_code == 0, earned.output


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("weights = { SPX = 0.6, AGG = 0.5 }", "add up to 1"),
        ("weights = { SPX = '0.6' }", "as a number such as 0.6"),
        ("symbol = 'SPX'\nweights = { SPX = 0.6, AGG = 0.4 }", "take out one of the two"),
        ("symbol = 'SPX'\nrebalance = 'daily'", "rebalance without weights"),
        ("weights = { SPX = 60, AGG = 40 }", "write 60 in a hundred as 0.6"),
        ("weights = { SPX = 1 }\nlater = ['0.5*SPX + 0.5*AGG']", "a day for each later set"),
    ],
)
def test_mistakes_of_settings(tmp_path, table, words):
    """Each is said with its line."""
    from trimtab.config.read import find_mistakes

    (tmp_path / "trimtab.toml").write_text(f"[benchmarks.policy]\n{table}\n")
    mistakes = find_mistakes(tmp_path)
    assert words in " ".join(f"{m.expected} {m.found} {m.try_next}" for m in mistakes)
    assert all(m.origin.line for m in mistakes)
