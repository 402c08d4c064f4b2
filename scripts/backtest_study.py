"""Replay rules of hedging through 2000-02, 2008, 2020 and 2022, and print the tables of docs/backtest.md.

python scripts/backtest_study.py                         the bundled sample alone
python scripts/backtest_study.py --data ../shared/data   and 200 members of the S&P 500 for the years before 2018

The same data give the same tables.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

import trimtab as tt
from trimtab import sample
from trimtab.desk.ask.backtest.replay import Backtest
from trimtab.market.prices import Flag, PriceTable

SPANS = (
    ("2000-01-03", "2002-12-31"),
    ("2007-10-01", "2009-06-30"),
    ("2020-01-02", "2020-12-31"),
    ("2022-01-03", "2022-12-28"),
)
NAMES = ("2000-02", "2008", "2020", "2022")
POLICIES = ("never", "monthly", "quarterly", "band:0.05:edge", "band:0.05:centre", "best")
#: Worth of each share on the last day of a span, and cash beside them.
EACH, CASH = 500_000, 500_000
MANDATE = tt.Mandate(benchmark="SPX", target=1.0, band=0.05)


def shares() -> PriceTable:
    """Give the sample's index and the shares of its portfolio."""
    prices = tt.read_prices(sample.prices_path())
    owned = {p.symbol for p in tt.read_portfolio(sample.portfolio_path()).positions}
    funds = {"MTUM", "QUAL", "SIZE", "USMV", "VLUE"}
    return prices.select([s for s in prices.symbols if s == "SPX" or (s in owned and s not in funds)])


def members(data: Path) -> PriceTable:
    """Give an index and 200 members of the S&P 500 that were there from 1999 on, every k-th by name."""
    index = pl.read_parquet(data / "index_levels_daily.parquet").filter(pl.col("index") == "SP500")
    dates = index["date"].cast(pl.Date)
    wide = (
        pl.read_parquet(data / "us_equity_daily_sp500.parquet")
        .with_columns(pl.col("date").cast(pl.Date), pl.col("adj_close").cast(pl.Float64))
        .pivot(on="ticker", index="date", values="adj_close")
        .sort("date")
    )
    joined = pl.DataFrame({"date": dates, "SPX": index["close"]}).join(wide, on="date", how="inner").sort("date")
    full = [c for c in sorted(joined.columns) if c not in {"date", "SPX", "", "ES"} and joined[c].null_count() == 0]
    # ES is a share as well as a family of futures. A doubled price without news is a split that the source lacks.
    sane = [c for c in full if np.abs(np.diff(np.log(joined[c].to_numpy()))).max() < 0.4]
    chosen = sane[:: max(1, len(sane) // 200)][:200]
    columns = {name: joined[name].to_numpy() for name in ("SPX", *chosen)}
    made = PriceTable.of(columns, dates=joined["date"].to_numpy().astype("datetime64[s]"), currency="USD")
    return replace(made, flags=((), *((Flag.ADJUSTED_CHOSEN,),) * len(chosen)))


def replay(prices: PriceTable, span: tuple[str, str], each: float) -> Backtest:
    """Replay the policies on a book that has as much of each share on the last day."""
    first, last = span
    until = prices.until(last)
    held = {s: max(1, round(each / float(until.values[-1, until.column(s)]))) for s in prices.symbols if s != "SPX"}
    rows = [{"symbol": s, "quantity": str(q)} for s, q in held.items()]
    book = pl.DataFrame([*rows, {"symbol": "USD", "quantity": str(CASH)}])
    return tt.run_backtest(
        prices, book, MANDATE, hedge="ES", start=first, as_of=last, policies=POLICIES, method="default"
    )


def table(result: Backtest, name: str) -> list[str]:
    """Write one replay as lines of Markdown."""
    lines = [
        f"**{name}**, {str(result.first)[:10]} to {str(result.last)[:10]}, own beta {result.own_beta[0]:.2f} to "
        f"{result.own_beta[1]:.2f}: {result.compared.conclusion}.",
        "",
        "| policy | realised beta | rms gap | realised | cost, bp | total, bp | trades a year | estimation, thousand |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| `{o.policy}` | {o.realised_beta:.3f} ± {o.stderr:.3f} | {o.rms_gap:.3f} | {o.rms_gap_realised:.3f} | "
        f"{o.cost_bp_year:.2f} | {o.total_bp_year:.1f} | {o.trades_year:.1f} | {o.pnl.estimation / 1000.0:,.0f} |"
        for o in result.outcomes
    ]
    return [*lines, ""]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=None)
    asked = parser.parse_args()
    lines = []
    for name, span in zip(NAMES, SPANS, strict=True):
        lines += table(replay(shares(), span, EACH), f"{name}, the sample's twelve shares")
    if asked.data is not None:
        prices = members(asked.data)
        for name, span in zip(NAMES[:2], (("2001-01-02", "2002-12-31"), SPANS[1]), strict=True):
            what = f"{name}, {len(prices.symbols) - 1} members of the S&P 500"
            lines += table(replay(prices, span, EACH / 10.0), what)
    print("\n".join(lines).strip())


if __name__ == "__main__":
    main()
