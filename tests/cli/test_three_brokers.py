"""A stranger with statements of three brokers reviews them as one book, in three commands."""

import datetime as dt
import json
import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from trimtab import sample
from trimtab.cli.app import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "import"
BESIDE = ROOT.parent / "shared" / "data" / "broker"
#: 8,250.40 at Schwab, 1,200.50 at Interactive Brokers, 310.25 at Degiro; 90 and 25 shares of WMT.
BOOK = {"AAPL": 150, "MSFT": -20, "WMT": 115, "KO": 200, "USD": 9761.15}
#: Positions of the three look-alikes: 90,204.10 and 15,000 of a money market fund, and 36,125.75 are dollars.
WHOLE = {
    "MSFT": 140, "BRK.B": 22, "TSLA": -60, "SPY   260918P00560000": -8, "AAPL": 320, "VOD": 9000, "MESU6": -3,
    "GBP": 4000, "NL0010273215": 12, "US67066G1040": 55, "IE00B4L5Y983": 40, "AEX   260918P00540000": -1,
    "EUR": 1204.11, "USD": 90204.10 + 15000 + 36125.75,
}  # fmt: skip
#: The last price of each as the statements state it, and whose moves of the sample it is given.
STATED = {
    "SPY": ("SPX", 601.2), "MSFT": ("MSFT", 471.22), "BRK.B": ("JPM", 498.30), "TSLA": ("AMD", 301.15),
    "AAPL": ("AAPL", 214.1), "VOD": ("PG", 0.7431), "MESU6": ("SPX", 6012.25), "NL0010273215": ("AMD", 655.4),
    "US67066G1040": ("AMD", 161.08), "IE00B4L5Y983": ("SPX", 103.42), "AEX": ("SPX", 561.3),
    "EURUSD": ("KO", 1.1735), "GBPUSD": ("PG", 1.2712),
}  # fmt: skip


def run(*words: str) -> str:
    """Run a command; outside of a mandate is an answer."""
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})
    assert done.exit_code in {0, 3, 4}, done.output
    return done.stdout


def one_book(*files: Path, day: str) -> tuple[str, str]:
    """Give what the three commands print, the last one as a document."""
    run("init", "desk", "--benchmark", "SPY")
    told = run("import", "prices.csv", *map(str, files), "-w", "desk", "--as-of", day, "--yes")
    return told, run("review", "-w", "desk", "--json")


def held(review: str) -> dict[str, float]:
    """Give the quantities of a review."""
    return {row["asset"]: float(row["quantity"]) for row in json.loads(review)["positions"]}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRIMTAB_WORKSPACE", raising=False)


def test_three_statements_are_one_book_in_three_commands() -> None:
    """Positions and money are added, the ISIN of Degiro is the ticker of the Flex query, and the page shows it."""
    prices = pl.read_parquet(sample.prices_path()).select(
        "date", pl.col("SPX").alias("SPY"), "AAPL", "MSFT", "WMT", "KO"
    )
    prices.tail(1300).write_csv("prices.csv")
    files = [EXAMPLES / name for name in ("schwab.csv", "flex.xml", "degiro.csv")]
    told, review = one_book(*files, day="2022-06-30")
    assert "US9311421039 is WMT, as flex.xml says" in told
    assert held(review) == BOOK
    page = (ROOT / "docs/import.md").read_text(encoding="utf-8")
    block = next(part for part in re.findall(r"```text\n(.*?)```", page, flags=re.DOTALL) if "degiro.csv" in part)
    # How wide a table is, is no part of what it says.
    printed = " ".join((told + run("review", "-w", "desk")).split())
    assert [line for line in block.splitlines() if " ".join(line.split()) not in printed] == []


@pytest.mark.skipif(not BESIDE.is_dir(), reason="the look-alikes of broker files lie beside the repository")
def test_the_look_alikes_of_three_brokers_are_one_book_in_three_commands() -> None:
    """Options, a future, pounds, euros and codes without tickers: all is measured; NAV is that of the statements."""
    pytest.importorskip("defusedxml")
    moves = pl.read_parquet(sample.prices_path()).tail(400)
    days = [day for n in range(700) if (day := dt.date(2026, 6, 30) - dt.timedelta(n)).weekday() < 5][:400][::-1]
    columns = {name: moves[of] / moves[of][-1] * last for name, (of, last) in STATED.items()}
    pl.DataFrame({"date": days, **columns}).write_csv("prices.csv", float_precision=6)
    names = ("schwab_positions.csv", "ibkr_flex.xml", "degiro_portfolio.csv")
    told, review = one_book(*(BESIDE / name for name in names), day="2026-06-30")
    assert "US67066G1040 is NVIDIA CORP" in " ".join(told.split())
    assert held(review) == pytest.approx(WHOLE)
    answer = json.loads(review)
    # 160,128.50 at Schwab; 114,284.21 at Interactive Brokers; 12,290.71 euros and 8,859.40 dollars at Degiro.
    flex = 68512 + 6687.9 * 1.2712 - 3940 + 36125.75 + 4000 * 1.2712
    assert answer["nav"] == pytest.approx(160128.50 + flex + 12290.71 * 1.1735 + 8859.40, abs=1)
    assert answer["coverage"]["share"] == pytest.approx(1)
