"""The command line as a user meets it: results, JSON, exit codes and errors."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from given import business_days, planted

import trimtab as tt
from trimtab import sample

GOLDEN = Path(__file__).parent / "golden"
BOOK = ["--prices", "prices.csv", "--holdings", "book.csv", "--benchmark", "M"]
REVIEW = ["review", *BOOK]
PLAN = ["plan", *BOOK, "--hedge"]


def run(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trimtab", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=120,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """A folder with prices and holdings as a user would have them."""
    folder = tmp_path_factory.mktemp("own")
    table = planted({"AAA": 0.6, "BBB": 1.3, "CCC": 1.9})
    columns = {
        "date": table.dates.astype("datetime64[D]").astype(str),
        **dict(zip(table.symbols, table.values.T, strict=True)),
    }
    pl.DataFrame(columns).write_csv(folder / "prices.csv")
    (folder / "book.csv").write_text("symbol,quantity\nBBB,5000\nCCC,5000\nUSD,100000\n")
    (folder / "partial.csv").write_text("symbol,quantity\nBBB,5000\nNOSUCH,5000\nUSD,100000\n")
    (folder / "contracts.csv").write_text("root,multiplier,currency,tick,underlying\nXM,20,USD,0.05,M\n")
    return folder


def test_no_page_shows_a_portfolio_beta_as_known_where_a_position_has_no_value(files):
    """One unpriced share of two: heading, figures, plan and risks say that they are of the rest."""
    book = ["--prices", files / "prices.csv", "--holdings", files / "partial.csv", "--benchmark", "M"]
    review = run("review", *book)
    assert review.returncode == 4
    for words in (
        "portfolio beta unknown 1 without a value",
        "beta of the rest",
        "value of the rest",
        "Beta of the rest",
    ):
        assert words in " ".join(review.stdout.replace("│", " ").split())
    assert "net asset value" not in review.stdout
    assert "probability inside unknown" in review.stdout
    plan = run("plan", *book, "--hedge", "XM", "--contracts", files / "contracts.csv", "--hedge-price", "XM=57")
    assert plan.returncode == 4
    assert "beta of the rest" in plan.stdout
    assert "distance from target" not in plan.stdout


def test_beta_json_has_the_promised_keys(files):
    """trimtab.beta/1 carries every key it names."""
    done = run("beta", "--prices", files / "prices.csv", "--benchmark", "M", "--method", "ols", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "trimtab.beta/1"
    assert {"benchmark", "as_of", "method", "betas"} <= set(document)
    assert {"asset", "value", "stderr", "n_obs", "first", "last", "flags", "reason"} <= set(document["betas"][0])


def test_review_json_has_the_promised_keys_and_exit_code(files):
    """trimtab.review/1 carries every key it names, and an outside verdict exits with 3."""
    done = run(
        "review", "--prices", files / "prices.csv", "--holdings", files / "book.csv", "--benchmark", "M", "--json"
    )
    assert done.returncode == 3, done.stderr
    d = json.loads(done.stdout)
    assert d["schema"] == "trimtab.review/1"
    assert {
        "as_of",
        "base_currency",
        "nav",
        "beta",
        "beta_exposure",
        "money_per_1pct",
        "gross_beta",
        "coverage",
        "mandate",
        "positions",
    } <= set(d)
    assert set(d["beta"]) >= {"value", "stderr", "low", "high"}
    assert set(d["coverage"]) >= {"share", "missing"}
    assert set(d["mandate"]) >= {"benchmark", "target", "lower", "upper", "probability_inside", "status", "why"}
    wanted = {
        "asset",
        "quantity",
        "value",
        "delta_exposure",
        "beta",
        "stderr",
        "beta_exposure",
        "contribution",
        "flags",
    }
    assert wanted <= set(d["positions"][0])


def test_plan_json_has_the_promised_keys(files):
    """trimtab.plan/1 carries every key it names, and its after lies in the band."""
    done = run(
        "plan", "--prices", files / "prices.csv", "--holdings", files / "book.csv", "--benchmark", "M",
        "--hedge", "XM", "--contracts", files / "contracts.csv", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    d = json.loads(done.stdout)
    assert d["schema"] == "trimtab.plan/1"
    assert {"status", "orders", "before", "after", "residual", "cost", "notes"} <= set(d)
    assert {"asset", "side", "quantity", "price", "notional", "cost"} <= set(d["orders"][0])
    assert 0.95 <= d["after"]["beta"]["value"] <= 1.05


def test_python_command_line_and_frames_agree_to_the_last_digit(files):
    """File paths, pandas, Polars and the command line give bit-equal numbers for betas, review and plan."""
    mandate = tt.Mandate(benchmark="M", target=1.0, band=0.05)
    frames = [files / "prices.csv", pl.read_csv(files / "prices.csv"), pd.read_csv(files / "prices.csv")]
    told = json.loads(run("beta", "--prices", files / "prices.csv", "--benchmark", "M", "--json").stdout)["betas"]
    args = ("--prices", files / "prices.csv", "--holdings", files / "book.csv", "--benchmark", "M")
    reviewed = json.loads(run("review", *args, "--json").stdout)
    planned = json.loads(run("plan", *args, "--hedge", "XM", "--contracts", files / "contracts.csv", "--json").stdout)
    for frame in frames:
        betas = tt.estimate_betas(frame, benchmark="M")
        assert [(e.value, e.stderr, e.n_obs) for e in betas.estimates] == [
            (b["value"], b["stderr"], b["n_obs"]) for b in told
        ]
        result = tt.review(frame, files / "book.csv", mandate)
        assert result.exposure.beta.value == reviewed["beta"]["value"]
        assert result.exposure.beta.stderr == reviewed["beta"]["stderr"]
        assert result.verdict.probability_inside == reviewed["mandate"]["probability_inside"]
        plan = tt.plan(frame, files / "book.csv", mandate, hedge="XM", contracts=files / "contracts.csv")
        assert plan.after.beta.value == planned["after"]["beta"]["value"]
        assert plan.cost == planned["cost"]


def test_frames_come_back_as_they_came_in(files):
    """A pandas frame in gives a pandas frame out; Polars gives Polars."""
    assert isinstance(tt.estimate_betas(pd.read_csv(files / "prices.csv"), benchmark="M").to_frame(), pd.DataFrame)
    assert isinstance(tt.estimate_betas(pl.read_csv(files / "prices.csv"), benchmark="M").to_frame(), pl.DataFrame)


def test_what_is_missing_is_undecided_and_exits_with_4(files):
    """An unknown symbol is listed under coverage and makes the verdict undecided."""
    done = run(
        "review", "--prices", files / "prices.csv", "--holdings", files / "partial.csv", "--benchmark", "M", "--json"
    )
    assert done.returncode == 4
    d = json.loads(done.stdout)
    assert d["coverage"]["missing"] == [{"asset": "NOSUCH", "reason": "unknown_instrument"}]
    assert d["mandate"]["status"] == "undecided"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["beta", "--prices", "prices.csv", "--benchmark", "MM"], 1, "did you mean M"),
        (["beta", "--prices", "nosuch.csv", "--benchmark", "M"], 74, "nosuch.csv"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--method", "olss"], 1, "did you mean ols"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--as-of", "1990-01-01"], 1, "on or before 1990-01-01"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--as-of", "soon"], 2, "2022-12-28"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--risk-free", "4"], 1, "did you mean 0.04"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--errors", "none"], 2, "robust"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--window", "1"], 1, "window"),
        (["beta", "--prices", "prices.csv"], 2, "--benchmark"),
        (["beta", "--prices", "prices.csv", "--benchmark", "M", "--window", "ten"], 2, "--window"),
        ([*REVIEW, "--band", "-1"], 2, "band"),
        ([*REVIEW, "--confidence", "95"], 2, "0.95"),
        ([*PLAN, "EX"], 1, "ES"),
        ([*PLAN, "ES"], 1, "--hedge-price"),
        ([*PLAN, "ES", "--hedge-price", "ES"], 2, "ES=3800"),
    ],
)  # fmt: skip
def test_mistakes_are_answered_with_the_way_out(files, args, code, words):
    """Each mistake has its exit code and a message that says what to try; nothing lands on standard output."""
    done = run(*args, cwd=files)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_infeasible_exits_with_5_and_still_shows_the_nearest_plan(files):
    """Limits that cannot be met are named; the nearest plan is on standard output."""
    done = run(
        "plan", "--prices", files / "prices.csv", "--holdings", files / "book.csv", "--benchmark", "M",
        "--hedge", "XM", "--contracts", files / "contracts.csv", "--max-contracts", "1", "--json",
    )  # fmt: skip
    assert done.returncode == 5
    assert "limit of 1 contracts" in " ".join(json.loads(done.stdout)["notes"])


def test_five_observations_give_a_reason_and_exit_4(tmp_path):
    """Too little data is an answer with a reason, not a number."""
    table = planted({"A": 1.0}, n=4)
    frame = pl.DataFrame(
        {"date": table.dates.astype("datetime64[D]").astype(str), "A": table.values[:, 1], "M": table.values[:, 0]}
    )
    frame.write_csv(tmp_path / "p.csv")
    done = run("beta", "--prices", tmp_path / "p.csv", "--benchmark", "M", "--json")
    assert done.returncode == 4
    assert {b["reason"] for b in json.loads(done.stdout)["betas"]} == {"too_few_pairs"}


def test_a_flat_benchmark_gives_a_reason_not_zero(tmp_path):
    """A benchmark that never moves supports no beta."""
    days = business_days(100).astype(str)
    frame = pl.DataFrame({"date": days, "A": np.exp(np.sin(np.arange(100.0))), "M": np.full(100, 50.0)})
    frame.write_csv(tmp_path / "p.csv")
    done = run("beta", "--prices", tmp_path / "p.csv", "--benchmark", "M", "--json")
    assert done.returncode == 4
    assert {b["reason"] for b in json.loads(done.stdout)["betas"]} == {"no_benchmark_variance"}


def test_demo_json_is_the_golden_run():
    """The demonstration gives the same numbers as the day it was checked, to nine digits, and none is rounded."""
    done = run("demo", "--json")
    assert done.returncode == 0, done.stderr
    golden = json.loads((GOLDEN / "demo.json").read_text())
    assert_close(json.loads(done.stdout), golden, "demo")


def assert_close(found, wanted, where: str) -> None:
    if isinstance(wanted, dict):
        assert set(found) >= set(wanted), where
        for key, value in wanted.items():
            assert_close(found[key], value, f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for i, value in enumerate(wanted):
            assert_close(found[i], value, f"{where}[{i}]")
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), where
    else:
        assert found == wanted, where


def test_demo_text_answers_the_questions():
    """The demonstration shows beta with error, money per 1%, the verdict, orders, the result, and what to do next."""
    done = run("demo")
    assert done.returncode == 0, done.stderr
    for words in ("portfolio beta", "per +1% of SPX", "OUTSIDE", "SELL", "Before and after", "trimtab review"):
        assert words in done.stdout
    assert "\x1b[" not in done.stdout


def test_demo_starts_outside_and_ends_inside():
    """The sample portfolio stands clearly outside its mandate and the plan brings it inside."""
    d = json.loads(run("demo", "--json").stdout)
    assert d["review"]["mandate"]["status"] == "outside"
    assert d["review"]["mandate"]["probability_inside"] < 0.01
    assert d["plan"]["after"]["status"] == "inside"
    assert {p["kind"] for p in d["review"]["positions"]} == {"spot", "future", "option", "cash"}


def test_doctor_finds_the_installation_fit():
    """Doctor looks at everything and finds no error here."""
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stdout
    topics = {f["topic"] for f in json.loads(done.stdout)["findings"]}
    assert {"Python", "SQLite", "working folder", "bundled sample", "extra [conic]"} <= topics


def test_doctor_says_what_is_wrong(monkeypatch, tmp_path):
    """A changed sample file is an error with advice."""
    from trimtab.cli import doctor

    broken = dict(sample.checksums())
    broken["prices_adjusted.parquet"] = "0" * 64
    monkeypatch.setattr(sample, "checksums", lambda: broken)
    found = [f for f in doctor.examine() if f.topic == "sample prices_adjusted.parquet"]
    assert found[0].level == "error"
    assert "install trimtab again" in found[0].advice


@pytest.mark.parametrize("command", ["beta", "review", "plan", "demo", "doctor"])
def test_every_command_has_help_with_an_example(command):
    """Help explains the command and shows how to call it."""
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example: trimtab" in done.stdout


def test_help_and_version_import_nothing_heavy():
    """Start-up stays light: asking for help loads no numerical library."""
    code = (
        "import sys; sys.argv = ['trimtab', '--help']\n"
        "from trimtab.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'polars', 'pandas', 'scipy', 'numba', 'narwhals', 'QuantLib'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert run("--version").stdout.strip() == f"trimtab {tt.__version__}"


def test_diagnosis_and_league_answer_in_json(files):
    """Diagnosis says what is known of each asset; a panel too short for the league gives exit code 4 and no winner."""
    done = run("beta", "--prices", files / "prices.csv", "--benchmark", "M", "--diagnose", "--json")
    assert done.returncode == 0, done.stderr
    assert {a["asset"] for a in json.loads(done.stdout)["assets"]} == {"AAA", "BBB", "CCC"}
    done = run(
        "league",
        "--prices",
        files / "prices.csv",
        "--benchmark",
        "M",
        "--methods",
        "ols,welch",
        "--horizons",
        "21",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == "trimtab.league/1"


def test_ways_side_by_side_answer_in_json(files):
    """Several ways stand beside doing nothing; the cheapest that satisfies the mandate is named, and brings beta in."""
    done = run(
        "plan", "--prices", files / "prices.csv", "--holdings", files / "book.csv", "--benchmark", "M", "--hedge", "XM",
        "--contracts", files / "contracts.csv", "--ways", "futures,reallocate", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    d = json.loads(done.stdout)
    assert d["schema"] == "trimtab.ways/1"
    assert {"do_nothing", "futures", "reallocate"} <= {w["name"] for w in d["ways"]}
