"""performance, stress and risk at the command line: JSON with the promised keys, tables, errors in three parts."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

from trimtab.cli.app import app
from trimtab.errors import TrimtabError


def run(*args: object) -> tuple[int, str, TrimtabError | None]:
    """Run a command; give exit code, output, and the error that `main` would print."""
    done = CliRunner().invoke(app, [str(a) for a in args])
    error = done.exception if isinstance(done.exception, TrimtabError) else None
    if done.exception is not None and error is None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return (error.exit_code if error else done.exit_code), done.stdout, error


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Prices, holdings and records as a user would have them."""
    path = tmp_path_factory.mktemp("learn")
    rng = np.random.default_rng(3)
    market = rng.normal(0.0004, 0.011, 800)
    days = business_days(801)
    series = {"M": market, **{n: b * market + rng.normal(0, 0.008, 800) for n, b in (("A", 0.7), ("B", 1.5))}}
    series["NAV"] = 0.5 * series["A"] + 0.5 * series["B"]
    columns = {name: price_path(r) for name, r in series.items()}
    pl.DataFrame({"date": days.astype(str), **columns}).write_csv(path / "prices.csv")
    (path / "hedge.csv").write_text(f"date,held,cost\n{days[0]},-0.5,0.0001\n")
    (path / "weights.csv").write_text(f"date,symbol,weight\n{days[500]},A,0.5\n{days[500]},B,0.5\n")
    (path / "trades.csv").write_text("date,symbol,quantity,price\n2015-03-02,A,10,100\n2015-04-02,A,-4,110\n")
    (path / "book.csv").write_text("symbol,quantity,sector,duration\nA,500,one,0\nB,500,two,2\nUSD,20000,,0\n")
    return path


def test_performance_json_has_the_promised_keys(folder):
    """trimtab.performance/1 carries every key it names, with the parts that were asked for."""
    code, out, _ = run(
        "performance", "--prices", folder / "prices.csv", "-b", "M", "--nav", "NAV",
        "--hedge-file", folder / "hedge.csv", "--planned-book-beta", "1.1", "--weights", folder / "weights.csv",
        "--transactions", folder / "trades.csv",
        "--method", "ols", "--trials", "5", "--json",
    )  # fmt: skip
    d = json.loads(out)
    assert code == 0
    assert d["schema"] == "trimtab.performance/1"
    assert set(d["alpha"]) >= {"per_period", "arithmetic", "compounded", "beta", "lags", "critical"}
    assert set(d["relative"]) == {"arithmetic", "geometric"}
    assert set(d) >= {
        "sharpe", "probabilistic_sharpe", "deflated_sharpe", "sortino", "calmar", "capture", "timing", "conditional",
        "drawdowns", "hedge", "attribution", "cost_basis", "series", "conventions", "notes",
    }  # fmt: skip
    assert d["attribution"]["compound_return"] == pytest.approx(sum(d["attribution"]["linked"].values()))
    assert [m["method"] for m in d["cost_basis"][0]["methods"]] == ["average", "fifo", "lifo", "hifo"]


def test_performance_tables_name_conventions_and_draw(folder):
    """A person sees the answer in words, a curve, and how each figure was made."""
    code, out, _ = run("performance", "--prices", folder / "prices.csv", "-b", "M", "--nav", "NAV", "--full")
    assert code == 0
    assert "apart from its beta" in out.replace("\n", " ")
    assert "●" in out
    for words in ("p x alpha", "geometric", "sample", "sqrt(p)"):
        assert words in out


def test_performance_errors_say_what_to_do(folder):
    """Several columns without a name, a hedge without its plan, and unknown symbols are refused in three parts."""
    code, _, error = run("performance", "--prices", folder / "prices.csv", "-b", "M")
    assert (code, "nav (--nav)" in error.expected) == (2, True)
    code, _, error = run(
        "performance",
        "--prices",
        folder / "prices.csv",
        "-b",
        "M",
        "--nav",
        "NAV",
        "--hedge-file",
        folder / "hedge.csv",
    )
    assert code == 2
    assert "planned-book-beta" in error.expected
    assert run("performance", "--prices", folder / "prices.csv", "-b", "NOPE", "--nav", "NAV")[0] == 1
    assert run("performance", "--prices", folder / "nowhere.csv", "-b", "M", "--nav", "NAV")[0] == 74


def test_performance_drops_no_option_in_silence(folder, tmp_path):
    """What only files can answer is refused of a workspace, and what only a workspace can answer of files."""
    code, _, error = run(
        "performance", "-w", tmp_path, "-b", "M", "--fx", "fx.csv", "--weights", folder / "weights.csv"
    )
    assert (code, "--fx, --weights" in error.found) == (2, True)
    words = ("--prices", folder / "prices.csv", "-b", "M", "--nav", "NAV")
    code, _, error = run("performance", *words, "--from", "2015-03-02")
    assert (code, error.found.startswith("--from")) == (2, True)
    assert run("performance", *words, "-w", tmp_path)[0] == 2


def test_stress_json_has_the_promised_keys(folder):
    """trimtab.stress/1 carries every key it names; episodes and shocks may be the user's own."""
    code, out, _ = run(
        "stress", "--prices", folder / "prices.csv", "--holdings", folder / "book.csv", "-b", "M", "-m", "ols",
        "--episode", "own:2015-06-01:2015-09-01", "--shock", "drop:benchmark=-0.15,rates=0.01", "--json",
    )  # fmt: skip
    d = json.loads(out)
    assert code == 0
    assert d["schema"] == "trimtab.stress/1"
    assert set(d) >= {
        "nav", "beta", "coverage", "episodes", "episodes_skipped", "shocks", "regimes", "convergence", "pushed",
        "margin", "notes",
    }  # fmt: skip
    (e,) = d["episodes"]
    assert e["name"] == "own"
    assert set(e) >= {"share", "by_beta", "beyond_beta", "path", "worst", "losers", "observed", "coverage"}
    (s,) = d["shocks"]
    assert s["shock"]["benchmark"] == -0.15
    # The duration column stood in the holdings file.
    assert s["local"]["coverage"]["rates"] == 1.0


def test_stress_tables_say_what_was_assumed(folder):
    """A person sees shocks with bars, what could not be replayed, and what correction means."""
    code, out, _ = run(
        "stress", "--prices", folder / "prices.csv", "--holdings", folder / "book.csv", "-b", "M", "-m", "ols", "--full"
    )
    assert code == 0
    assert "Prices do not reach back to: 1998, 2000-02, 2008, 2011, 2020, 2022" in out
    assert "█" in out
    assert "corrected" in out


def test_stress_refuses_what_it_cannot_read(folder):
    """A shock without factors, a factor with a strange name and an episode without dates are named."""
    book = ("stress", "--prices", folder / "prices.csv", "--holdings", folder / "book.csv", "-b", "M")
    assert "shocks (--shock): name" in run(*book, "--shock", "crash")[2].expected
    assert "wobble" in run(*book, "--shock", "x:wobble=1")[2].found
    assert "--episode" in run(*book, "--episode", "2020")[2].expected


def test_risk_json_has_the_promised_keys(folder):
    """trimtab.risk/1 carries every key it names, with the page first."""
    code, out, _ = run(
        "risk", "--prices", folder / "prices.csv", "--holdings", folder / "book.csv", "-b", "M", "-m", "ols",
        "--role", "spending", "--json",
    )  # fmt: skip
    d = json.loads(out)
    assert code == 0
    assert d["schema"] == "trimtab.risk/1"
    assert d["role"] == "spending"
    assert 1 <= len(d["beta_is_not_enough"]) <= 5
    assert set(d["beta_is_not_enough"][0]) == {"kind", "loss", "scenario", "words"}
    assert set(d) >= {
        "concentration", "currency", "downside", "valuation", "credit", "sizes", "liquidity", "losses", "drawdowns",
        "horizons", "scaled", "convergence", "flows", "findings", "coverage", "notes",
    }  # fmt: skip
    assert set(d["concentration"]["by_sector"]["names"]) >= {"one", "two"}


def test_risk_page_speaks_plainly(folder):
    """The page leads, with numbers in words and the weights of the role; missing volumes are said."""
    code, out, _ = run(
        "risk", "--prices", folder / "prices.csv", "--holdings", folder / "book.csv", "-b", "M", "-m", "ols",
        "--role", "growth", "--full",
    )  # fmt: skip
    assert code == 0
    assert out.index("Beta is not enough") < out.index("Concentration")
    assert "For growth, these weigh 1.5 times" in out
    assert "not measured, since the prices have no volumes" in out


def test_risk_refuses_an_unknown_role_and_short_histories(folder, tmp_path):
    """A role that is none exits with 2, and a history too short for anything with 4."""
    book = ("--holdings", folder / "book.csv", "-b", "M")
    assert run("risk", "--prices", folder / "prices.csv", *book, "--role", "saving")[0] == 2
    lines = (folder / "prices.csv").read_text().splitlines()
    (tmp_path / "short.csv").write_text("\n".join(lines[:45]) + "\n")
    code, _, error = run("risk", "--prices", tmp_path / "short.csv", *book, "-m", "ols", "--window", "30")
    assert code == 4
    assert error.try_next


@pytest.fixture(scope="module")
def deposited(folder) -> Path:
    """The same NAV, but that 40 came in on row 400 and 30 went out on row 600 and grew, or not, with the rest."""
    table = pl.read_csv(folder / "prices.csv")
    growth = table["NAV"].to_numpy()
    navs = [growth[0]]
    for i, r in enumerate(growth[1:] / growth[:-1], start=1):
        navs.append(navs[-1] * r + {400: 40.0, 600: -30.0}.get(i, 0.0))
    table.with_columns(NAV=pl.Series(navs)).write_csv(folder / "deposited.csv")
    days = table["date"]
    rows = f"date,amount,kind,currency\n{days[400]},40,deposit,USD\n{days[600]},30,withdrawal,\n"
    (folder / "flows.csv").write_text(rows)
    return folder


def test_with_its_flows_a_nav_earned_what_it_earned_without_them(deposited):
    """Every figure of returns is that of the NAV into which no money came; nothing that came is a gain."""
    of = ("-b", "M", "--nav", "NAV", "--method", "ols", "--json")
    plain = json.loads(run("performance", "--prices", deposited / "prices.csv", *of)[1])
    code, out, _ = run(
        "performance", "--prices", deposited / "deposited.csv", "--flows", deposited / "flows.csv", "--base", "USD", *of
    )
    told = json.loads(out)
    assert code == 0
    for name in ("alpha_annualised", "sortino", "annual_return", "largest_drawdown"):
        assert told[name] == pytest.approx(plain[name], rel=1e-9)
    assert told["alpha"]["beta"]["value"] == pytest.approx(plain["alpha"]["beta"]["value"], rel=1e-9)
    earned = told["earned"]
    assert earned["flows"] == 10.0
    assert earned["days_with_flows"] == 2
    assert earned["time_weighted"] == pytest.approx(plain["earned"]["time_weighted"], rel=1e-9)
    assert earned["gain"] == pytest.approx(earned["closing"] - earned["opening"] - 10.0)
    assert earned["income"] is None
    # Without the file the day of the deposit stands out, and is asked about.
    asked = json.loads(run("performance", "--prices", deposited / "deposited.csv", *of)[1])
    assert "--flows" in asked["notes"][0]
    assert "--flows" not in " ".join(plain["notes"])


def test_flows_that_do_not_fit_are_refused_with_the_way_out(deposited):
    """A workspace has its own flows; a currency needs a rate; a row that is no flow is named."""
    of = ("performance", "--prices", deposited / "deposited.csv", "-b", "M", "--nav", "NAV")
    (deposited / "odd.csv").write_text("date,amount,kind\n2015-03-02,5,dividend\n")
    assert "'dividend'" in run(*of, "--flows", deposited / "odd.csv")[2].found
    (deposited / "odd.csv").write_text("date,amount,currency\n2015-03-02,5,EUR\n")
    assert "--fx" in run(*of, "--flows", deposited / "odd.csv", "--base", "USD")[2].try_next
    assert "--flows" in run("performance", "--flows", deposited / "flows.csv", "-b", "M")[2].found
