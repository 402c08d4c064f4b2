"""How long a large file of daily prices takes to be read, and how much memory: 3,000 names x 20 years.

    python benchmarks/prices.py            3,000 names x 5,040 days: wide and long, Parquet and CSV
    python benchmarks/prices.py --quick    300 names x 1,260 days

Files are written by one process and each is read by another: a process begins with the peak of memory of the one that
started it (Linux hands ru_maxrss on), so the one that starts them does nothing else. What reads has imported trimtab
before the clock starts. Prices are made here with two decimals; each name misses 1% of the days.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

_LAYOUTS = ("wide.parquet", "long.parquet", "wide.csv", "long.csv")


def write(folder: Path, *, names: int, days: int) -> None:
    """Write the same prices in each layout."""
    rng = np.random.default_rng(3000)
    dates = np.busday_offset("2004-01-02", np.arange(days), roll="forward")
    symbols = [f"S{i:04d}" for i in range(names)]
    prices = np.round(100 * np.exp(np.cumsum(rng.normal(0.0002, 0.015, (days, names)), axis=0)), 2)
    prices[rng.random(prices.shape) < 0.01] = np.nan
    wide = pl.DataFrame({"date": dates, **{s: prices[:, i] for i, s in enumerate(symbols)}}).fill_nan(None)
    wide.write_parquet(folder / "wide.parquet")
    wide.write_csv(folder / "wide.csv")
    row, column = np.nonzero(~np.isnan(prices))
    named = pl.Series("symbol", symbols).gather(column)
    long = pl.DataFrame({"date": dates[row], "symbol": named, "close": prices[row, column]})
    long.write_parquet(folder / "long.parquet")
    long.write_csv(folder / "long.csv")


def read(path: Path) -> None:
    """Read one file and print seconds by the clock, CPU seconds of all threads, and the peak of memory in GB."""
    from trimtab.feeds.series.prices import read_prices  # noqa: PLC0415 - its import is not part of what is timed

    begun, worked = time.perf_counter(), time.process_time()
    table = read_prices(path)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - worked
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = most / 1e9 if sys.platform == "darwin" else most * 1024 / 1e9
    print(
        f"{path.name:14s} {table.shape[1]:,} x {table.shape[0]:,}  {seconds:6.2f} s  {cpu:6.2f} s CPU  {peak:5.2f} GB"
    )


def main() -> None:
    """Write the files, then read each in its own process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read is not None:
        read(asked.read)
        return
    if asked.write is not None:
        names, days = (300, 1260) if asked.quick else (3000, 5040)
        write(asked.write, names=names, days=days)
        return
    with tempfile.TemporaryDirectory() as folder:
        size = ["--quick"] if asked.quick else []
        subprocess.run([sys.executable, __file__, "--write", folder, *size], check=True)
        for layout in _LAYOUTS:
            subprocess.run([sys.executable, __file__, "--read", str(Path(folder) / layout)], check=True)


if __name__ == "__main__":
    main()
