"""How long many accounts take to be checked, beside the mean alone by Polars and DuckDB, and beside reading the files.

    python benchmarks/fleet.py                      1,000,000 accounts, 29.5 million positions, 5,000 instruments
    python benchmarks/fleet.py --accounts 10000     fewer
    python benchmarks/fleet.py --processes 2        in processes
    python benchmarks/fleet.py --hedge ES,MES       with whole lots

Accounts are made here from a seed: 20 to 39 positions each in shares, a future and base cash. Files are written by one
process; each measurement is another, so that its peak of memory is its own. Betas of the instruments are timed apart.
DuckDB is measured where it is installed.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

_DAYS, _CHUNK = 300, 20_000
_MEAN = """
    SELECT account, sum(quantity * price * beta) / sum(quantity * price)
    FROM held JOIN facts USING (symbol) GROUP BY account
"""


def write(folder: Path, *, accounts: int, instruments: int) -> None:
    """Write prices, mandates and positions, in files of 20,000 accounts."""
    rng = np.random.default_rng(21)
    dates = np.busday_offset("2023-01-02", np.arange(_DAYS), roll="forward")
    market = rng.normal(0.0003, 0.01, _DAYS)
    slopes = rng.uniform(0.2, 1.8, instruments)
    moves = 1.0 + market[:, None] * slopes + rng.normal(0, 0.015, (_DAYS, instruments))
    prices = np.round(rng.uniform(10, 500, instruments) * np.cumprod(moves, axis=0), 4)
    names = np.array([f"S{k:05d}" for k in range(instruments)])
    table = {"date": dates, "SPX": np.round(5000 * np.cumprod(1.0 + market), 4)}
    table |= dict(zip(names.tolist(), prices.T, strict=True))
    pl.DataFrame(table).write_parquet(folder / "prices.parquet")
    facts = {"symbol": [*names, "ESM4", "USD"], "price": [*prices[-1], 0.0, 1.0], "beta": [*slopes, 0.0, 0.0]}
    pl.DataFrame(facts).write_parquet(folder / "facts.parquet")
    labels = [f"K{k:08d}" for k in range(accounts)]
    pl.DataFrame(
        {
            "account": labels,
            "benchmark": "SPX",
            "target": 0.9,
            "band": 0.1,
            "confidence": rng.choice([0.5, 0.9], accounts),
        }
    ).write_parquet(folder / "mandates.parquet")
    (folder / "positions").mkdir()
    for first in range(0, accounts, _CHUNK):
        part = labels[first : first + _CHUNK]
        counts = rng.integers(20, 40, len(part))
        owner = np.repeat(np.arange(len(part)), counts)
        which = rng.integers(0, instruments, len(owner))
        symbols, quantities = names[which].astype(object), rng.integers(1, 400, len(owner)).astype(float)
        ends = np.cumsum(counts) - 1
        symbols[ends], quantities[ends] = "USD", rng.integers(1000, 200_000, len(part)).astype(float)
        futures = ends[rng.random(len(part)) < 0.05] - 1
        symbols[futures], quantities[futures] = "ESM4", -1.0
        frame = pl.DataFrame(
            {"account": pl.Series(part).gather(owner), "symbol": symbols.astype(str), "quantity": quantities}
        )
        frame.write_parquet(folder / "positions" / f"{first:08d}.parquet")


def measure(folder: Path, what: str, options: argparse.Namespace) -> dict[str, float]:
    """Do one thing, and say how long it took and how much memory."""
    import trimtab as tt  # noqa: PLC0415 - by the process that measures

    held = str(folder / "positions" / "*.parquet")
    begun, used = time.perf_counter(), time.process_time()
    if what == "read":
        for path in sorted((folder / "positions").glob("*.parquet")):
            pl.read_parquet(path)
    elif what == "polars":
        facts = pl.scan_parquet(folder / "facts.parquet")
        value = pl.col("quantity") * pl.col("price")
        joined = pl.scan_parquet(held).join(facts, on="symbol")
        joined.group_by("account").agg((value * pl.col("beta")).sum() / value.sum()).collect()
    elif what == "duckdb":
        import duckdb  # noqa: PLC0415 - where it is installed

        base = duckdb.connect()
        base.read_parquet(held).create_view("held")
        base.read_parquet(str(folder / "facts.parquet")).create_view("facts")
        base.execute(_MEAN).arrow()
    elif what == "betas":
        tt.estimate_betas(folder / "prices.parquet", benchmark="SPX", method="ols", window=252)
    else:
        run = tt.fleet_check(
            folder / "positions", mandates=folder / "mandates.parquet", prices=folder / "prices.parquet",
            out=folder / f"out-{what}", hedge=options.hedge, method="ols", window=252,
            executor="processes" if options.processes else "inline", workers=options.processes or None,
        )  # fmt: skip
        print(f"{run.counts}", file=sys.stderr)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - used + children.ru_utime + children.ru_stime,
        "mebibytes": peak / 1024,
    }


def main() -> None:
    """Write the files, measure each thing in a process of its own, and print a table."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--accounts", type=int, default=1_000_000)
    words.add_argument("--instruments", type=int, default=5_000)
    words.add_argument("--processes", type=int, default=0)
    words.add_argument("--hedge", default="")
    words.add_argument("--do", help=argparse.SUPPRESS)
    words.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = words.parse_args()
    if options.do == "write":
        write(options.folder, accounts=options.accounts, instruments=options.instruments)
        return
    if options.do:
        print(json.dumps(measure(options.folder, options.do, options)))
        return
    again = [sys.executable, __file__, *sys.argv[1:]]
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([*again, "--do", "write", "--folder", place], check=True)
        rows = sum(
            int(pl.scan_parquet(p).select(pl.len()).collect().item()) for p in Path(place, "positions").glob("*")
        )
        print(f"{options.accounts:,} accounts, {rows:,} positions, {options.instruments:,} instruments")
        others = ["duckdb"] if importlib.util.find_spec("duckdb") else []
        for what in ("read", "polars", *others, "betas", "first", "fleet"):
            done = subprocess.run(
                [*again, "--do", what, "--folder", place], check=True, stdout=subprocess.PIPE, text=True
            )
            taken = json.loads(done.stdout.splitlines()[-1])
            print(
                f"{what:8} {taken['seconds']:8.2f} s {taken['cpu']:8.2f} s of processor {taken['mebibytes']:7.0f} MiB"
            )


if __name__ == "__main__":
    main()
