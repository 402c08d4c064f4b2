"""Measure what the price checks catch and what they cost, and write the tables of docs/price-checks.md.

    python scripts/price_checks.py --panel sample       the bundled sample: needs no other data
    python scripts/price_checks.py --data ../shared/data              every panel, two minutes
    python scripts/price_checks.py --data ../shared/data --write      put the tables into docs/price-checks.md

Splits and bad prints are planted into real prices, one in each history, on days drawn at random (seeded); what the
checks find is compared with what was planted. Then the real prices are read as they are: adjusted, said or not said,
and least squares after the checks is compared with least squares on the file itself.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from trimtab import sample
from trimtab.desk.history import beta_history
from trimtab.errors import Reason
from trimtab.feeds.prices import read_prices
from trimtab.market.jumps import judge_jumps
from trimtab.market.prices import PriceTable, code_of

PAGE = Path(__file__).parents[1] / "docs" / "price-checks.md"
START, END = "<!-- made by: python scripts/price_checks.py -->", "<!-- made -->"
#: Histories in which the data's own notes mark defects of the source: no checks can be judged by them.
DEFECTS = ("ANTM", "KSU", "TRMB", "ZBRA", "BEL", "SO", "JCI", "LDOS", "HLT", "GNRC", "VER", "WETF")
#: Units after for units before.
SPLITS = {"2:1": 2.0, "3:2": 1.5, "10:1": 10.0, "1:8": 1 / 8}
PRINTS = {"x 10": 10.0, "/ 10": 0.1, "x 100": 100.0, "x 2": 2.0, "/ 2": 0.5}
WINDOW, AHEAD = 252, 63
NEAR = 0.02
SEED = 2024


@dataclass(frozen=True, slots=True)
class Panel:
    """Real prices in the shape of a user's file: long, with a column that says adjusted, and the benchmark in it."""

    name: str
    frame: pl.DataFrame
    benchmark: str

    @property
    def adjusted(self) -> PriceTable:
        """Read as the file says it."""
        return read_prices(self.frame)

    @property
    def unsaid(self) -> PriceTable:
        """Read with a header that does not say that the prices are adjusted."""
        return read_prices(self.frame.rename({"adj_close": "price"}))


def bundled() -> Panel:
    """Take 20 US shares and five funds, 1990 to 2022, from the bundled sample."""
    table = read_prices(sample.prices_path(), check=False)
    columns = {symbol: table.values[:, i] for i, symbol in enumerate(table.symbols)}  # noqa: PD011
    return Panel("sample", _long(pl.DataFrame({"date": table.dates.astype("datetime64[D]"), **columns})), "SPX")


def sp500(folder: Path) -> Panel:
    """Take S&P 500 members of April 2021, 1999 to 2017."""
    shares = pl.read_parquet(folder / "us_equity_daily_sp500.parquet", columns=["ticker", "date", "adj_close"])
    return Panel("S&P 500 members", _beside_spy(shares, folder), "SPY")


def gone(folder: Path) -> Panel:
    """Take small and failed companies whose tickers are gone, 1999 to 2017."""
    shares = pl.read_parquet(
        folder / "us_equity_daily_delisted_later_and_etf.parquet", columns=["ticker", "date", "adj_close", "kind"]
    )
    shares = shares.filter(~pl.col("kind").str.contains("(?i)etf")).drop("kind")
    return Panel("gone", _beside_spy(shares, folder), "SPY")


def _beside_spy(shares: pl.DataFrame, folder: Path) -> pl.DataFrame:
    spy = pl.read_parquet(folder / "spy_adjclose_pypfopt.parquet").rename({"SPY": "adj_close"})
    spy = spy.select(pl.lit("SPY").alias("ticker"), "date", "adj_close")
    named = shares.with_columns(pl.col("ticker").replace("", "T")).filter(~pl.col("ticker").is_in(DEFECTS))
    kept = spy.filter(pl.col("date") >= named["date"].min())
    return pl.concat([named.select("ticker", "date", "adj_close"), kept], how="vertical_relaxed")


def _long(wide: pl.DataFrame) -> pl.DataFrame:
    long = wide.unpivot(index="date", variable_name="ticker", value_name="adj_close")
    return long.filter(pl.col("adj_close").is_not_nan()).select("ticker", "date", "adj_close")


def plant(
    table: PriceTable, benchmark: str, rng: np.random.Generator, spoil: Callable[[np.ndarray, int], None]
) -> tuple[PriceTable, list[tuple[int, int]]]:
    """Spoil each history once, on a day drawn at random, and say where; `spoil` changes the prices of one history."""
    values = table.values.copy()  # noqa: PD011
    planted = []
    for column, symbol in enumerate(table.symbols):
        rows = np.flatnonzero(~np.isnan(values[:, column]))
        if symbol == benchmark or rows.size < 60:
            continue
        at = int(rng.integers(1, rows.size - 1))
        prices = values[rows, column]
        spoil(prices, at)
        values[rows, column] = prices
        planted.append((int(rows[at]), column))
    return replace(table, values=values), planted


def caught_splits(panel: Panel, rounds: int) -> dict[str, tuple[int, int]]:
    """Plant each split; give (caught, planted) by ratio."""
    rng = np.random.default_rng(SEED)
    table = panel.unsaid
    found: dict[str, tuple[int, int]] = {}
    for name, ratio in SPLITS.items():
        hits = count = 0
        for _ in range(rounds):

            def spoil(prices: np.ndarray, at: int, ratio: float = ratio) -> None:
                prices[:at] *= ratio

            spoilt, planted = plant(table, panel.benchmark, rng, spoil)
            breaks = {tuple(b) for b in judge_jumps(spoilt, panel.benchmark).breaks.tolist()}
            hits += sum(cell in breaks for cell in planted)
            count += len(planted)
        found[name] = hits, count
    return found


def caught_prints(panel: Panel, rounds: int) -> dict[str, tuple[int, int]]:
    """Plant each bad print; give (caught, planted) by size."""
    rng = np.random.default_rng(SEED + 1)
    table = panel.unsaid
    bad = code_of(Reason.BAD_PRINT)
    found: dict[str, tuple[int, int]] = {}
    for name, factor in PRINTS.items():
        hits = count = 0
        for _ in range(rounds):

            def spoil(prices: np.ndarray, at: int, factor: float = factor) -> None:
                prices[at] *= factor

            spoilt, planted = plant(table, panel.benchmark, rng, spoil)
            why = judge_jumps(spoilt, panel.benchmark).why
            hits += sum(int(why[cell]) == bad for cell in planted)
            count += len(planted)
        found[name] = hits, count
    return found


@dataclass(frozen=True, slots=True)
class Cost:
    """What the checks set aside of real adjusted prices, and what follows for least squares."""

    cells: int
    jumps: int
    splits_if_unsaid: int
    repeats: int
    near: float
    name_dates: int
    dearer: float


def cost(panel: Panel) -> Cost:
    """Read real prices, and compare 252-day least squares after the checks with plain least squares on the file."""
    read = panel.adjusted
    checked = judge_jumps(read, panel.benchmark)
    unsaid = judge_jumps(panel.unsaid, panel.benchmark)
    stale = int((read.why == code_of(Reason.STALE)).sum())
    history = beta_history(read, benchmark=panel.benchmark, method="ols", window=WINDOW, step="month-end").history
    betas = pd.DataFrame(history.beta, index=pd.to_datetime(history.dates), columns=list(history.symbols))
    plain, ahead = _plain(panel)
    plain, ahead = (f.reindex(index=betas.index, columns=betas.columns) for f in (plain, ahead))
    both = betas.notna() & plain.notna()
    both[panel.benchmark] = False
    near = float(((betas - plain).abs()[both] <= NEAR).to_numpy().sum() / both.to_numpy().sum())
    judged = both & ahead.notna()
    rmse = [float(np.sqrt(np.nanmean(((f - ahead)[judged]).to_numpy() ** 2))) for f in (betas, plain)]
    return Cost(
        cells=int((~np.isnan(read.values)).sum()) + stale,
        jumps=int((checked.why != read.why).sum()) + len(checked.suspected),
        splits_if_unsaid=len(unsaid.suspected),
        repeats=stale,
        near=near,
        name_dates=int(both.to_numpy().sum()),
        dearer=rmse[0] / rmse[1] - 1.0,
    )


def _plain(panel: Panel) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give plain least squares on the file by pandas: of the last 252 returns, and of the 63 that follow."""
    wide = panel.frame.to_pandas().pivot_table(index="date", columns="ticker", values="adj_close")
    wide.index = pd.to_datetime(wide.index)
    wide = wide[wide[panel.benchmark].notna()]
    market = wide[panel.benchmark]

    def slope(window: int) -> pd.DataFrame:
        found = {}
        for name in wide.columns:
            # Prices are joined first: a day that one of the two lacks is spanned by both.
            pair = pd.concat([wide[name], market], axis=1, keys=["a", "m"]).dropna().pct_change().dropna()
            found[name] = pair["a"].rolling(window).cov(pair["m"]) / pair["m"].rolling(window).var()
        return pd.DataFrame(found).reindex(wide.index)

    return slope(WINDOW), slope(AHEAD).shift(-AHEAD)


def markdown(panel: Panel, rounds: int) -> str:
    """Write the tables of one panel."""
    splits, prints, costs = caught_splits(panel, rounds), caught_prints(panel, rounds), cost(panel)
    lines = [
        f"### {panel.name}",
        "",
        "| planted | caught | of | share |",
        "|---|---|---|---|",
        *(f"| split {n} | {a:,} | {b:,} | {a / b:.2%} |" for n, (a, b) in splits.items()),
        _total("all splits", splits),
        *(f"| bad print {n} | {a:,} | {b:,} | {a / b:.2%} |" for n, (a, b) in prints.items()),
        _total("all bad prints", prints),
        "",
        "| real prices | |",
        "|---|---|",
        f"| cells | {costs.cells:,} |",
        f"| set aside as jumps, header says adjusted | {_rate(costs.jumps, costs.cells)} |",
        f"| suspected splits, header silent | {_rate(costs.splits_if_unsaid, costs.cells)} |",
        f"| repeated prices taken as no trade | {_rate(costs.repeats, costs.cells)} |",
        f"| 252-day least squares within {NEAR} of plain least squares | {costs.near:.3%} of {costs.name_dates:,} |",
        f"| forecast RMSE of least squares, 63 days, against plain | {costs.dearer:+.3%} |",
        "",
    ]
    return "\n".join(lines)


def _rate(count: int, cells: int) -> str:
    return f"{count:,} ({1e5 * count / cells:.2f} in 100,000)"


def _total(name: str, found: dict[str, tuple[int, int]]) -> str:
    hits, count = (sum(v[i] for v in found.values()) for i in (0, 1))
    return f"| **{name}** | {hits:,} | {count:,} | **{hits / count:.2%}** |"


def main() -> int:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the Parquet files")
    parser.add_argument("--panel", default="all", choices=["all", "sample"], help="all, or the bundled sample alone")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/price-checks.md")
    given = parser.parse_args()
    tables = markdown(bundled(), 20)
    if given.panel == "all":
        if not given.data.is_dir():
            sys.exit(f"no folder {given.data}: give the folder of the Parquet files with --data")
        tables += "\n" + "\n".join(markdown(read(given.data), rounds) for read, rounds in ((sp500, 3), (gone, 6)))
    if not given.write:
        sys.stdout.write(tables)
        return 0
    page = PAGE.read_text(encoding="utf-8")
    head, tail = page.partition(START)[0], page.partition(END)[2]
    PAGE.write_text(f"{head}{START}\n\n{tables}\n{END}{tail}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
