"""From a Parquet file of daily prices to betas with errors: trimtab beside pandas and empyrical, in one run.

    python benchmarks/intake.py            500 names x 20 years
    python benchmarks/intake.py --quick    100 names x 5 years

The prices are made here, with known betas, and each name misses 2% of the days, on days of its own: the file is as
holed as real ones are. Every contestant reads the same file. Beside the time stands the worst distance from the true
beta, because a fast wrong number is no use.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SEED = 20240102
_MISSING = 0.02


def make_prices(path: Path, *, names: int, days: int) -> dict[str, float]:
    """Write a long Parquet file of made-up prices and give the true betas."""
    rng = np.random.default_rng(_SEED)
    dates = np.busday_offset("2004-01-01", np.arange(days), roll="forward")
    market = rng.normal(0.0003, 0.01, days)
    true = rng.uniform(0.3, 1.8, names)
    returns = market[:, None] * true + rng.normal(0, 0.015, (days, names))
    prices = 100 * np.cumprod(1 + np.column_stack([market, returns]), axis=0)
    symbols = ["MKT", *(f"S{i:04d}" for i in range(names))]
    there = rng.random(prices.shape) > _MISSING
    there[:, 0] = True
    rows, columns = np.nonzero(there)
    pl.DataFrame(
        {"date": dates[rows], "symbol": np.array(symbols)[columns], "price": prices[rows, columns]}
    ).write_parquet(path)
    return dict(zip(symbols[1:], true.tolist(), strict=True))


def with_trimtab(path: Path, window: int) -> dict[str, tuple[float, float]]:
    """Estimate in this process."""
    import trimtab as tt  # noqa: PLC0415 - its import is part of what is timed

    betas = tt.estimate_betas(path, benchmark="MKT", method="ols", window=window)
    return {b.asset: (b.value, b.stderr) for b in betas.estimates if b.asset != "MKT" and b.value is not None}


def with_trimtab_command(path: Path, window: int) -> dict[str, tuple[float, float]]:
    """Estimate by the one command, start of the interpreter and JSON included."""
    command = [sys.executable, "-m", "trimtab", "beta", "--prices", str(path), "--benchmark", "MKT", "--method", "ols"]
    done = subprocess.run([*command, "--window", str(window), "--json"], capture_output=True, text=True, check=True)
    betas = json.loads(done.stdout)["betas"]
    return {b["asset"]: (b["value"], b["stderr"]) for b in betas if b["asset"] != "MKT"}


def with_pandas(path: Path, window: int) -> dict[str, tuple[float, float]]:  # noqa: ARG001
    """Do the same job with pandas: for each name join with the benchmark, take returns, fit a line with its error."""
    import pandas as pd  # noqa: PLC0415

    long = pd.read_parquet(path)
    market = long[long["symbol"] == "MKT"][["date", "price"]]
    found = {}
    for symbol, own in long[long["symbol"] != "MKT"].groupby("symbol"):
        pair = own.merge(market, on="date", suffixes=("", "_m")).sort_values("date")
        returns = pair[["price", "price_m"]].pct_change().dropna().to_numpy()
        (slope, _), cov = np.polyfit(returns[:, 1], returns[:, 0], 1, cov=True)
        found[str(symbol)] = (float(slope), float(np.sqrt(cov[0, 0])))
    return found


def with_pandas_positions(path: Path, window: int) -> dict[str, tuple[float, float]]:  # noqa: ARG001
    """Do it the usual short way: pivot, returns of each column, one covariance for each name; no error is given."""
    import pandas as pd  # noqa: PLC0415

    wide = pd.read_parquet(path).pivot_table(index="date", columns="symbol", values="price")
    returns = wide.pct_change(fill_method=None)
    market = returns.pop("MKT")
    return {
        str(name): (float(column.cov(market) / market[column.notna()].var()), float("nan"))
        for name, column in returns.items()
    }


def with_empyrical(path: Path, window: int) -> dict[str, tuple[float, float]]:  # noqa: ARG001
    """Do it with empyrical's beta for each name, on returns taken after joining; no error is given."""
    import empyrical  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    wide = pd.read_parquet(path).pivot_table(index="date", columns="symbol", values="price")
    found = {}
    for name in wide.columns.drop("MKT"):
        pair = wide[[name, "MKT"]].dropna().pct_change().dropna()
        found[str(name)] = (float(empyrical.beta(pair[name], pair["MKT"])), float("nan"))
    return found


_CONTESTANTS: dict[str, Callable[[Path, int], dict[str, tuple[float, float]]]] = {
    "trimtab (Python)": with_trimtab,
    "trimtab beta (command)": with_trimtab_command,
    "pandas, join per name": with_pandas,
    "pandas, pivot": with_pandas_positions,
    "empyrical per name": with_empyrical,
}


def _errors(found: dict[str, tuple[float, float]], true: dict[str, float]) -> tuple[float, float]:
    """Give the worst distance from the truth, and the worst in standard errors (NaN where none are given)."""
    off: NDArray[np.float64] = np.array([[found[s][0] - t, found[s][1]] for s, t in true.items()], dtype=np.float64)
    return float(np.abs(off[:, 0]).max()), float(np.abs(off[:, 0] / off[:, 1]).max())


def run(*, names: int, days: int, repeats: int) -> None:
    """Time every contestant and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices.parquet"
        true = make_prices(path, names=names, days=days)
        print(f"{names} names x {days} days, {path.stat().st_size / 1e6:.0f} MB Parquet, best of {repeats} runs")
        print(f"{'':28}{'seconds':>9}{'ratio':>8}{'names':>7}{'worst error':>13}{'in stderr':>11}")
        base = float("nan")
        for name, job in _CONTESTANTS.items():
            try:
                best, found = float("inf"), {}
                for _ in range(repeats):
                    start = time.perf_counter()
                    found = job(path, days - 1)
                    best = min(best, time.perf_counter() - start)
            except ImportError as error:
                print(f"{name:28}  not run: {error}")
                continue
            base = best if name.startswith("trimtab (") else base
            worst, in_errors = _errors(found, true)
            print(f"{name:28}{best:9.2f}{best / base:8.1f}{len(found):7d}{worst:13.4f}{in_errors:11.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100 names x 5 years, one run")
    quick = parser.parse_args().quick
    run(names=100 if quick else 500, days=1260 if quick else 5040, repeats=1 if quick else 3)
