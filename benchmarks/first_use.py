"""What a command costs at its first use, in a new process with kernels kept, and when only help is asked for.

    python benchmarks/first_use.py

A review of 50 shares over 1,000 days, each time in a process of its own: "first" has an empty kernel cache, "cold" one
that was filled. Seconds of processor time (median of 5; first once a round, of 3), beside `import numba` alone in the
same run, and the load of the machine. Nothing is compared with another moment: a busy machine is slow in all lines.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

REVIEW = ["-m", "trimtab", "review", "--prices", "prices.csv", "--holdings", "book.csv", "--benchmark", "M"]


def write_files(folder: Path, positions: int = 50, days: int = 1000) -> None:
    """Make prices of shares that follow a market, and a book of all of them."""
    rng = np.random.default_rng(1)
    market = rng.normal(0.0003, 0.01, days)
    own = rng.normal(0.0, 0.015, (days, positions))
    returns = np.column_stack([market, rng.uniform(0.5, 1.5, positions) * market[:, None] + own])
    prices = 100.0 * np.exp(np.cumsum(returns, axis=0))
    dates = np.busday_offset("2022-01-03", np.arange(days), roll="forward")
    names = ["M", *(f"S{i}" for i in range(positions))]
    columns = {"date": dates.astype(str), **dict(zip(names, prices.T, strict=True))}
    pl.DataFrame(columns).write_csv(folder / "prices.csv")
    pl.DataFrame({"symbol": names[1:], "quantity": range(100, 100 + positions)}).write_csv(folder / "book.csv")


def seconds(words: list[str], folder: Path, cache: Path) -> tuple[float, float]:
    """Give processor and wall seconds of one process."""
    env = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=folder, env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_files(folder)
        kept = folder / "kept"
        seconds(REVIEW, folder, kept)
        rounds = {
            "trimtab --help": [seconds(["-m", "trimtab", "--help"], folder, kept) for _ in range(5)],
            "review, cold": [seconds(REVIEW, folder, kept) for _ in range(5)],
            "review, first": [seconds(REVIEW, folder, folder / f"empty{i}") for i in range(3)],
            "import numba": [seconds(["-c", "import numba"], folder, kept) for _ in range(5)],
        }
    unit = statistics.median(cpu for cpu, _ in rounds["import numba"])
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{'':16}{'processor s':>13}{'wall s':>9}{'of import numba':>17}")
    for what, pairs in rounds.items():
        cpu, wall = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{what:16}{cpu:13.2f}{wall:9.2f}{cpu / unit:16.1f}x")


if __name__ == "__main__":
    main()
