"""Cash flows and hedges in today's money, as a use case and at the command line."""

import datetime as dt
import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from given import business_days, price_path

from trimtab.cli.app import app
from trimtab.desk.ask.present import present_worth
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.records import read_cash_flows


def test_flows_are_discounted_by_actual_days():
    """Both conventions by hand over 365 and 730 days; what is past is left out and counted."""
    flows = ((dt.date(2024, 6, 1), 7.0), (dt.date(2026, 1, 1), 50.0), (dt.date(2027, 1, 1), 50.0))
    day = dt.date(2025, 1, 1)
    found = present_worth(flows, as_of=day, rate=0.04)
    assert found.value == pytest.approx(50 / 1.04 + 50 / 1.04**2, rel=1e-12)
    assert (found.count, found.past, found.total) == (2, 1, 100.0)
    continuous = present_worth(flows, as_of=day, rate=0.04, compounding="continuous")
    assert continuous.value == pytest.approx(50 * np.exp(-0.04) + 50 * np.exp(-0.08), rel=1e-12)
    with pytest.raises(InputError, match="all of them past"):
        present_worth(flows, as_of=dt.date(2028, 1, 1), rate=0.04)


def test_a_file_of_flows_is_read_whole_or_not_at_all():
    """Rows come in order of date, and one that cannot be read refuses the file."""
    frame = pl.DataFrame({"date": ["2026-01-01", "2025-01-01"], "amount": ["-5", "105.5"]})
    assert read_cash_flows(frame) == ((dt.date(2025, 1, 1), 105.5), (dt.date(2026, 1, 1), -5.0))
    with pytest.raises(FileFormatError, match="row 1"):
        read_cash_flows(pl.DataFrame({"date": ["2026-01-01"], "amount": ["much"]}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("present")
    rng = np.random.default_rng(3)
    market = rng.normal(0.0004, 0.011, 600)
    days = business_days(601)
    nav = 1.1 * market + rng.normal(0, 0.003, 600) - 0.6 * market - 0.00002
    frame = pl.DataFrame({"date": days.astype(str), "M": price_path(market), "NAV": price_path(nav)})
    frame.write_csv(path / "prices.csv")
    (path / "hedge.csv").write_text("date,held,cost\n" + "".join(f"{d},-0.6,0.00002\n" for d in days))
    (path / "flows.csv").write_text("date,amount\n2030-01-01,1000\n2031-01-01,1000\n")
    return path


def run(folder, *more):
    return CliRunner().invoke(
        app,
        [
            "performance",
            "--prices",
            str(folder / "prices.csv"),
            "-b",
            "M",
            "--nav",
            "NAV",
            "--method",
            "ols",
            *map(str, more),
        ],
    )


def test_the_command_weighs_flows_and_the_hedge(folder):
    """NPV and the hedge's net worth are those of the formulas on the review's own figures."""
    hedge = ("--hedge-file", folder / "hedge.csv", "--planned-book-beta", 1.1, "--hedge-target", 0.5)
    asked = ("--cash-flows", folder / "flows.csv", "--rate", 0.03, "--hedge-nav", 1e6, "--hedge-years", 4, *hedge)
    document = json.loads(run(folder, *asked, "--json").stdout)
    last = dt.date.fromisoformat(document["last"])
    years = [(dt.date(y, 1, 1) - last).days / 365 for y in (2030, 2031)]
    assert document["present_value"]["flows"]["value"] == pytest.approx(sum(1000 * 1.03**-t for t in years), rel=1e-12)
    h, worth = document["hedge"], document["present_value"]["hedge"]
    annuity = sum(1.03**-k for k in range(1, 5))
    assert worth["costs"] == pytest.approx(h["yearly_cost"] * 1e6 * annuity, rel=1e-12)
    removed = 0.5 * (h["unhedged_volatility"] ** 2 - h["volatility"] ** 2) * 1e6 * annuity
    assert worth["benefit"] == pytest.approx(3 * removed, rel=1e-12)
    assert worth["break_even_risk_aversion"] == pytest.approx(worth["costs"] / removed, rel=1e-12)
    shown = " ".join(run(folder, *asked).stdout.split())
    assert "2 cash flows to come" in shown
    assert "It pays from an aversion of" in shown
    assert json.loads(run(folder, "--json").stdout)["present_value"] is None


def test_what_is_missing_is_named(folder):
    """A rate, a hedge and a known compounding are needed, and each lack says so."""
    assert "--rate" in run(folder, "--cash-flows", folder / "flows.csv").exception.expected
    assert "hedge to weigh" in run(folder, "--rate", 0.03, "--hedge-nav", 1e6).exception.expected
    odd = run(folder, "--cash-flows", folder / "flows.csv", "--rate", 0.03, "--compounding", "weekly")
    assert "annual or continuous" in odd.exception.expected
