"""A stranger with statements of three brokers reviews them as one book, in three commands."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from trimtab import sample

EXAMPLES = Path(__file__).parents[2] / "examples" / "import"
#: 8,250.40 at Schwab, 1,200.50 at Interactive Brokers, 310.25 at Degiro; 90 and 25 shares of WMT.
BOOK = {"AAPL": 150, "MSFT": -20, "WMT": 115, "KO": 200, "USD": 9761.15}


def run(folder: Path, *words: str) -> str:
    """Run a command; outside of a mandate is an answer."""
    done = subprocess.run(
        [sys.executable, "-m", "trimtab", *words], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode in {0, 3, 4}, done.stderr
    return done.stdout


def test_three_statements_are_one_book_in_three_commands(tmp_path: Path) -> None:
    """Positions and money of the three are added, and the ISIN of Degiro is the ticker that the Flex query tells."""
    prices = pl.read_parquet(sample.prices_path()).select(
        "date", pl.col("SPX").alias("SPY"), "AAPL", "MSFT", "WMT", "KO"
    )
    prices.tail(800).write_csv(tmp_path / "prices.csv")
    files = [str(EXAMPLES / name) for name in ("schwab.csv", "flex.xml", "degiro.csv")]
    run(tmp_path, "init", "desk", "--benchmark", "SPY")
    told = run(tmp_path, "import", "prices.csv", *files, "-w", "desk", "--as-of", "2022-06-30", "--yes", "--json")
    assert "US9311421039 is WMT, as flex.xml says" in told
    review = json.loads(run(tmp_path, "review", "-w", "desk", "--json"))
    held = {row["asset"]: float(row["quantity"]) for row in review["positions"]}
    assert held == BOOK
