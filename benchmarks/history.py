"""How fast beta through time is, beside a memory copy of the same bytes and beside other libraries.

    python benchmarks/history.py            5,000 assets x 2,520 days, a minute or two
    python benchmarks/history.py --quick    a small run that shows every line
    python benchmarks/history.py --large    also 50,000 x 5,000 on disk in blocks (4 GB of temporary files)

Everything is timed in this one process. The kernels and the copies take turns, and medians over the turns are given, so
that a busy moment of the machine hits them alike. Slow libraries are timed on fewer assets and scaled up, and the line
says so. Each library's last betas are compared with ours: a line is only shown for the same numbers.
"""

import argparse
import importlib
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# A parallel copy leaves its threads spinning for some milliseconds, which would slow whatever is timed next.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numba
import numpy as np
from numpy.typing import NDArray

from trimtab.stats.kernels import (
    RollingHistory,
    in_column_blocks,
    kalman_history,
    rolling_beta,
    two_speed_history,
    weighted_history,
)

Table = NDArray[np.float64]


@numba.njit(parallel=True, cache=True)
def copy_table(source: Table, target: Table) -> None:
    for i in numba.prange(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(works: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Time each work in turn, several rounds, after one round to compile and warm up."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repeats + 1):
        for name, work in works.items():
            taken = seconds(work)
            if turn:
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def panel(n_dates: int, n_assets: int) -> tuple[Table, Table]:
    rng = np.random.default_rng(20261121)
    m = rng.normal(0.0003, 0.01, n_dates)
    y = rng.normal(0.0, 0.02, (n_dates, n_assets))
    y += m[:, None] * rng.normal(1.0, 0.3, n_assets)
    return y, m


def scattered(y: Table, share: float = 0.05) -> Table:
    return np.where(np.random.default_rng(1).random(y.shape) < share, np.nan, y)


def empty_history(y: Table) -> RollingHistory:
    return RollingHistory(np.empty_like(y), np.empty_like(y), np.empty_like(y), np.empty(y.shape, np.int32))


def kernels(y: Table, m: Table, window: int, repeats: int) -> dict[str, float]:
    gaps = scattered(y)
    slope = RollingHistory(np.empty_like(y), None, None, None)
    full = empty_history(y)
    source = empty_history(y)
    for table in source:
        table[:] = 1

    def copy_outputs() -> None:
        for one, other in zip(source, full, strict=True):
            copy_table(one, other)

    options = {"window": window, "min_obs": window // 2}
    reference = np.full(len(m), -4.0)
    return medians(
        {
            "copy, one table": lambda: copy_table(y, slope.beta),
            "copy, the four outputs": copy_outputs,
            "rolling beta": lambda: rolling_beta(y, m, **options, out=slope),
            "rolling beta, 5% missing": lambda: rolling_beta(gaps, m, **options, out=slope),
            "rolling beta, alpha, error, count": lambda: rolling_beta(y, m, **options, out=full),
            "  the same, 5% missing": lambda: rolling_beta(gaps, m, **options, out=full),
            "exponential weights, all outputs": lambda: weighted_history(y, m, half_life=90, min_obs=60),
            "  the same, slope-winsorised": lambda: weighted_history(y, m, half_life=90, min_obs=60, slopes=(-2, 4)),
            "Kalman, clipped": lambda: kalman_history(y, m, noise=4e-4, drift=1e-4, clip=2.0),
            "two-speed, universe prior": lambda: two_speed_history(y, m, horizon=252),
            "two-speed, benchmark prior": lambda: two_speed_history(
                y, m, horizon=252, universe=False, reference=reference
            ),
        },
        repeats,
    )


def numbagg_beta(y: Table, m: Table, window: int) -> Callable[[], Table]:
    numbagg = importlib.import_module("numbagg")
    # its functions work along the last axis: give them the layout they like best
    assets, market = np.ascontiguousarray(y.T), np.ascontiguousarray(np.broadcast_to(m, y.T.shape))

    def beta() -> Table:
        with np.errstate(all="ignore"):
            cov = numbagg.move_cov(assets, market, window=window, min_count=window // 2)
            return np.asarray((cov / numbagg.move_var(m, window=window, min_count=window // 2)).T)

    return beta


def numbagg_pairs_beta(y: Table, m: Table, window: int) -> Callable[[], Table]:
    numbagg = importlib.import_module("numbagg")
    assets = np.ascontiguousarray(y.T)

    def beta() -> Table:
        # where returns are missing, the benchmark's variance must be over each asset's own pairs
        with np.errstate(all="ignore"):
            market = np.where(np.isnan(assets), np.nan, m)
            cov = numbagg.move_cov(assets, market, window=window, min_count=window // 2)
            return np.asarray((cov / numbagg.move_var(market, window=window, min_count=window // 2)).T)

    return beta


def pandas_beta(y: Table, m: Table, window: int) -> Callable[[], Table]:
    pandas = importlib.import_module("pandas")
    assets, market = pandas.DataFrame(y), pandas.Series(m)

    def beta() -> Table:
        variance = market.rolling(window, min_periods=window // 2).var()
        columns = [assets[a].rolling(window, min_periods=window // 2).cov(market) / variance for a in assets]
        return np.column_stack([column.to_numpy() for column in columns])

    return beta


def polars_beta(y: Table, m: Table, window: int) -> Callable[[], Table]:
    pl = importlib.import_module("polars")
    frame = pl.DataFrame(y).with_columns(market=m)
    columns = frame.columns[:-1]
    options = {"window_size": window, "min_samples": window // 2}

    def beta() -> Table:
        variance = pl.col("market").rolling_var(**options)
        return np.asarray(
            frame.select(pl.rolling_cov(a, "market", **options).alias(a) / variance for a in columns).to_numpy()
        )

    return beta


def polars_ols_beta(y: Table, m: Table, window: int) -> Callable[[], Table]:
    ols = importlib.import_module("polars_ols")
    pl = importlib.import_module("polars")
    frame = pl.DataFrame(y).with_columns(market=m)
    columns = frame.columns[:-1]
    rolling = ols.RollingKwargs(window_size=window, min_periods=window // 2)

    def fit(column: str) -> Any:
        return ols.compute_rolling_least_squares(
            column, pl.col("market"), add_intercept=True, mode="coefficients", rolling_kwargs=rolling
        )

    def beta() -> Table:
        fits = frame.select(fit(a).struct.field("market").alias(a) for a in columns)
        return np.asarray(fits.to_numpy())

    return beta


def statsmodels_beta(y: Table, m: Table, window: int) -> Callable[[], Table]:
    rolling = importlib.import_module("statsmodels.regression.rolling")
    design = np.column_stack([np.ones_like(m), m])

    def beta() -> Table:
        fits = [rolling.RollingOLS(y[:, a], design, window=window).fit(params_only=True) for a in range(y.shape[1])]
        return np.column_stack([fit.params[:, 1] for fit in fits])

    return beta


PEERS: dict[str, tuple[str, Callable[[Table, Table, int], Callable[[], Table]], int]] = {
    "numbagg, complete data only": ("numbagg", numbagg_beta, 10**9),
    "numbagg, pairs with missing values": ("numbagg", numbagg_pairs_beta, 10**9),
    "pandas rolling cov / var": ("pandas", pandas_beta, 100),
    "Polars rolling_cov / rolling_var": ("polars", polars_beta, 100),
    "polars-ols rolling": ("polars_ols", polars_ols_beta, 100),
    "statsmodels RollingOLS": ("statsmodels", statsmodels_beta, 4),
}


def peers(y: Table, m: Table, window: int) -> dict[str, tuple[float, float, str] | None]:
    """Time each library that is installed, in turns with ours: seconds for all assets, times ours, and a note."""
    slope = RollingHistory(np.empty_like(y), None, None, None)

    def ours() -> None:
        rolling_beta(y, m, window=window, min_obs=window // 2, out=slope)

    ours()
    results: dict[str, tuple[float, float, str] | None] = {}
    for name, (module, prepare, most) in PEERS.items():
        try:
            importlib.import_module(module)
        except ImportError:
            results[name] = None
            continue
        n_assets = min(most, y.shape[1])
        work = prepare(np.ascontiguousarray(y[:, :n_assets]), m, window)
        apart = float(np.max(np.abs(work()[-1] - slope.beta[-1, :n_assets])))
        if not apart < 1e-6:
            message = f"{name} gives other betas than trimtab, by {apart:.1e}: not the same work"
            raise SystemExit(message)
        times = medians({"theirs": work, "ours": ours}, 5 if n_assets == y.shape[1] else 2)
        taken = times["theirs"] * y.shape[1] / n_assets
        note = "" if n_assets == y.shape[1] else f"timed on {n_assets} assets, scaled"
        results[name] = (taken, taken / times["ours"], note)
    return results


def growth(y: Table, m: Table, window: int) -> None:
    """Show the cost per asset-day for parts of the table: linear cost is a constant."""
    print("\nCost as the table grows, ns per asset-day")
    print(f"{'':>34}{'rolling beta':>14}{'two-speed':>12}")
    n_dates, n_assets = y.shape
    for rows, columns in ((n_dates, n_assets // 4), (n_dates, n_assets // 2), (n_dates // 2, n_assets), y.shape):
        part, market = np.ascontiguousarray(y[:rows, :columns]), m[:rows]
        out = RollingHistory(np.empty_like(part), None, None, None)
        works: dict[str, Callable[[], object]] = {
            "rolling": lambda part=part, market=market, out=out: rolling_beta(  # type: ignore[misc]
                part, market, window=window, min_obs=window // 2, out=out
            ),
            "two": lambda part=part, market=market: two_speed_history(part, market, horizon=252),  # type: ignore[misc]
        }
        taken = medians(works, 3)
        per = [taken[name] / part.size * 1e9 for name in works]
        print(f"{columns:>20,} x {rows:<11,}{per[0]:>14.2f}{per[1]:>12.2f}")


def large(window: int) -> None:
    """Work a 50,000 x 5,000 table on disk into another, by blocks."""
    n_dates, n_assets = 5_000, 50_000
    with tempfile.TemporaryDirectory() as folder:
        source = np.memmap(Path(folder) / "returns", np.float64, "w+", shape=(n_dates, n_assets))
        target = np.memmap(Path(folder) / "beta", np.float64, "w+", shape=(n_dates, n_assets))
        rng = np.random.default_rng(2)
        m = rng.normal(0.0003, 0.01, n_dates)
        for t in range(0, n_dates, 100):
            source[t : t + 100] = m[t : t + 100, None] + rng.normal(0, 0.02, (100, n_assets))

        def slope(y: Table, x: Table) -> tuple[Table]:
            return (rolling_beta(y, x, window=window, min_obs=window // 2, beta_only=True).beta,)

        taken = seconds(lambda: in_column_blocks(slope, source, m, [target]))
        print(f"\n50,000 assets x 5,000 days on disk, by blocks of 2,048 assets: {taken:.1f} s,", end=" ")
        print(f"{taken / source.size * 1e9:.1f} ns per asset-day")
        ours = 2 * 8 * n_dates * 2048 / 1e6
        print(f"memory beyond the mapped tables: about {ours:.0f} MB, whatever the number of assets")


def verdicts(taken: dict[str, float], others: dict[str, tuple[float, float, str] | None], size: int) -> None:
    """Hold the times against the aims."""
    beta, full = taken["rolling beta"], taken["rolling beta, alpha, error, count"]
    missing = max(taken["rolling beta, 5% missing"] / beta, taken["  the same, 5% missing"] / full)
    numbagg = others["numbagg, pairs with missing values"]
    rows = [
        ("rolling beta, times the copy", beta / taken["copy, one table"], 2.0, False),
        ("with alpha, error, count, times the copy of these", full / taken["copy, the four outputs"], 2.0, False),
        ("scattered missing values, times complete data", missing, 2.0, False),
        ("two-speed, ns per asset-day", taken["two-speed, universe prior"] / size * 1e9, 40.0, False),
    ]
    if numbagg:
        rows.append(("rolling beta, times faster than numbagg on pairs", numbagg[1], 4.0, True))
    print("\nAims")
    for name, value, aim, more in rows:
        met = value >= aim if more else value <= aim
        print(f"{name:<52}{value:>8.2f}   aim {'>=' if more else '<='} {aim:<5g} {'met' if met else 'NOT met'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=5_000)
    parser.add_argument("--dates", type=int, default=2_520)
    parser.add_argument("--window", type=int, default=252)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="400 assets x 504 days")
    parser.add_argument("--large", action="store_true", help="also 50,000 x 5,000 on disk")
    chosen = parser.parse_args()
    n_assets, n_dates = (400, 504) if chosen.quick else (chosen.assets, chosen.dates)
    y, m = panel(n_dates, n_assets)
    print(
        f"{n_assets:,} assets x {n_dates:,} days, window {chosen.window}, {numba.get_num_threads()} threads,", end=" "
    )
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, numba {numba.__version__}")

    taken = kernels(y, m, chosen.window, chosen.repeats)
    copy = taken["copy, one table"]
    print(f"\n{'median of ' + str(chosen.repeats) + ' turns':<38}{'ms':>10}{'ns/asset-day':>14}{'x copy':>10}")
    for name, value in taken.items():
        print(f"{name:<38}{value * 1e3:>10.1f}{value / y.size * 1e9:>14.2f}{value / copy:>10.2f}")

    others = peers(y, m, chosen.window)
    print(f"\n{'other libraries, beta alone':<38}{'ms':>10}{'ns/asset-day':>14}{'x ours':>10}")
    for name, result in others.items():
        if result is None:
            print(f"{name:<38}not installed")
        else:
            value, ratio, note = result
            print(f"{name:<38}{value * 1e3:>10.0f}{value / y.size * 1e9:>14.1f}{ratio:>10.1f}  {note}")
    growth(y, m, chosen.window)
    if chosen.quick:
        print("\nThe aims are for 5,000 x 2,520: a table this small fits in the cache, and starting threads dominates.")
    else:
        verdicts(taken, others, y.size)
    if chosen.large:
        large(chosen.window)
    print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
