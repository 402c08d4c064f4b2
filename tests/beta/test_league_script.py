"""`scripts/league.py` runs exactly what a user's `--league` runs: the same reading, checks and scores."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

from trimtab.desk.moment.validate import validate
from trimtab.report.documents import dumps
from trimtab.report.documents.beta import league_document

SCRIPT = Path(__file__).parents[2] / "scripts" / "league.py"


def rows() -> pl.DataFrame:
    """A long file of adjusted prices with a bad print that the checks set aside and a crash that they keep."""
    rng = np.random.default_rng(4)
    days = np.arange("2014-01-01", "2018-01-01", dtype="M8[D]")
    days = days[np.is_busday(days)]
    market = rng.standard_t(5, len(days)) * 0.008
    market[500] = -0.11
    columns = {"SPY": market}
    for name, beta in {"A": 0.7, "B": 1.0, "C": 1.4, "D": 3.0}.items():
        columns[name] = beta * market + rng.standard_t(5, len(days)) * 0.01
    prices = {name: 50 * np.cumprod(1 + np.maximum(r, -0.9)) for name, r in columns.items()}
    prices["B"][700] *= 10.0
    return pl.concat(pl.DataFrame({"ticker": name, "date": days, "adj_close": p}) for name, p in prices.items())


def test_the_script_gives_every_number_of_the_command(tmp_path: Path) -> None:
    """Each score of each method is the same to the last digit from the script's panel and from a user's file."""
    frame = rows()
    frame.write_csv(tmp_path / "prices.csv")
    league = validate(
        runpy.run_path(str(SCRIPT))["_read"](frame), benchmark="SPY", methods=["ols", "huber"], horizons=(63,)
    )
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", "league", "--prices", str(tmp_path / "prices.csv"), "--benchmark", "SPY",
         "--methods", "ols,huber", "--horizons", "63", "--json"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode in {0, 4}, done.stderr
    theirs, ours = json.loads(done.stdout), json.loads(dumps(league_document(league)))
    assert theirs == ours
    assert all(name in str(ours) for name in ("ols", "huber"))
