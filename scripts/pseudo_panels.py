"""Hold the default against published bswa + Vasicek on many panels cut from the real ones.

    python scripts/pseudo_panels.py --data ../shared/data                all panels, half an hour
    python scripts/pseudo_panels.py --data ../shared/data --every 4      every fourth of them

The panels are cut from S&P 500 members (1999-2017) and from names that later disappeared: windows of 4.7 years that
know nothing from before, thirds by volatility (all years and each half), 25 to 27 names drawn by a seed, and other
benchmarks (an equal-weighted index of the names, the S&P 500's and the Nasdaq's price index). They overlap, so their
number is no sample size. Each goes through `validate`, as `trimtab league` does, price checks and all. `welch|vasicek`
is bswa + Vasicek as published. A market of one stock is not among them: no rule is safe there.
"""

import argparse
import runpy
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from trimtab.desk.moment.validate import validate
from trimtab.market.prices import PriceTable

LEAGUE = runpy.run_path(str(Path(__file__).with_name("league.py")))
HORIZONS = (252, 63, 21)
WINDOW, WINDOWS, DRAWS, SEED = 1184, 14, 13, 5
#: Moves beyond this say more of a source than of a share; they do not enter an equal-weighted index or a ranking.
WILD = 0.5


class Panel(NamedTuple):
    """One panel."""

    name: str
    kind: str
    rows: pl.DataFrame
    benchmark: str


def long_frame(which: str, folder: Path) -> pl.DataFrame:
    """Give shares and SPY of one set in the shape of a user's long file, from November 1999 on."""
    rows: pl.DataFrame = LEAGUE["_members"](folder) if which == "sp500" else LEAGUE["gone_rows"](folder)
    return rows.filter(pl.col("date").dt.date() >= pl.date(1999, 11, 1))


def panels(which: str, folder: Path) -> Iterator[Panel]:
    """Cut one set."""
    rows = long_frame(which, folder)
    days = rows["date"].unique().sort()
    shares = rows.filter(pl.col("ticker") != LEAGUE["BENCHMARK"])
    returns = shares.sort("ticker", "date").with_columns(
        r=pl.col("adj_close") / pl.col("adj_close").shift(1).over("ticker") - 1
    )
    returns = returns.filter(pl.col("r").abs() < WILD)
    halves = {"": rows, "1st half": until(rows, days[len(days) // 2]), "2nd half": since(rows, days[len(days) // 2])}
    for start in np.linspace(0, len(days) - WINDOW - 1, WINDOWS).astype(int).tolist():
        cut = until(since(rows, days[start]), days[start + WINDOW])
        yield Panel(f"{which} from {days[start]:%Y-%m}", "window", cut, LEAGUE["BENCHMARK"])
    ranked = returns.group_by("ticker").agg(pl.std("r")).sort("r", "ticker")["ticker"].to_list()
    for i, names in enumerate(np.array_split(np.array(ranked), 3)):
        for half, part in halves.items():
            yield Panel(f"{which} third {i + 1} {half}", "third", only(part, names.tolist()), LEAGUE["BENCHMARK"])
    rng = np.random.default_rng(SEED)
    for i in range(DRAWS):
        names = rng.choice(sorted(ranked), 25 + i % 3, replace=False)
        yield Panel(f"{which} draw {i + 1}", "25-27 names", only(rows, names.tolist()), LEAGUE["BENCHMARK"])
    for name, series in benchmarks(returns, folder).items():
        for half, part in halves.items():
            other = pl.concat([only(part, ranked).filter(pl.col("ticker") != "SPY"), series], how="vertical_relaxed")
            cut = until(since(other, part["date"].min()), part["date"].max())
            yield Panel(f"{which} on {name} {half}", "benchmark", cut, name)


def benchmarks(returns: pl.DataFrame, folder: Path) -> dict[str, pl.DataFrame]:
    """Give other benchmarks as long frames."""
    equal = returns.group_by("date").agg(pl.mean("r")).sort("date")
    frames = {
        "EQUAL": equal.select(pl.lit("EQUAL").alias("ticker"), "date", adj_close=100 * (1 + pl.col("r")).cum_prod())
    }
    levels = pl.read_parquet(folder / "index_levels_daily.parquet")
    for name in ("SP500", "NASDAQ"):
        one = levels.filter(pl.col("index") == name)
        frames[name] = one.select(pl.lit(name).alias("ticker"), "date", adj_close="close")
    kinds = pl.col("date").cast(pl.Datetime("us")), pl.col("adj_close").cast(pl.Float64)
    return {name: frame.with_columns(*kinds) for name, frame in frames.items()}


def only(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Keep some names and the benchmark."""
    return rows.filter(pl.col("ticker").is_in([*names, LEAGUE["BENCHMARK"]]))


def since(rows: pl.DataFrame, day: object) -> pl.DataFrame:
    """Keep a day and what comes after."""
    return rows.filter(pl.col("date") >= day)


def until(rows: pl.DataFrame, day: object) -> pl.DataFrame:
    """Keep a day and what comes before."""
    return rows.filter(pl.col("date") <= day)


def main() -> None:
    """Print what the default gains on each panel, and how that adds up."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the Parquet files")
    options.add_argument("--every", type=int, default=1, help="take every so many panels")
    options.add_argument("--method", default="auto", help="the method that is held against bswa + Vasicek")
    given = options.parse_args()
    gains: list[tuple[str, list[float], list[float]]] = []
    every = [p for which in ("sp500", "gone") for p in panels(which, given.data)][:: given.every]
    for panel in every:
        started = time.perf_counter()
        table: PriceTable = LEAGUE["_read"](panel.rows)
        league = validate(table, benchmark=panel.benchmark, methods=[given.method], horizons=HORIZONS)
        scores = [league.score(given.method, days) for days in HORIZONS]
        gains.append((panel.kind, [100 * s.gain_shrunk for s in scores], [s.coverage for s in scores]))
        shown = " ".join(f"{g:+.1f}" for g in gains[-1][1])
        print(f"{panel.name}: {shown} ({time.perf_counter() - started:.0f} s)", file=sys.stderr, flush=True)
    print("| panels | days | number | mean gain, % | worst | losing more than 1% | 90% intervals hold |")
    print("|---|---|---|---|---|---|---|")
    for kind in (*dict.fromkeys(k for k, _, _ in gains), "all"):
        for i, days in enumerate(HORIZONS):
            of_kind = [(g[i], c[i]) for k, g, c in gains if kind in (k, "all")]
            gain, cover = np.array(of_kind).T
            print(
                f"| {kind} | {days} | {len(gain)} | {gain.mean():+.1f} | {gain.min():+.1f} | {(gain < -1).sum()} |"
                f" {cover.mean():.3f} ({cover.min():.2f}-{cover.max():.2f}) |"
            )


if __name__ == "__main__":
    main()
