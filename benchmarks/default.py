"""What the default beta costs: a panel's month-ends and one day more, beside peers in the same process.

    python benchmarks/default.py            5,000 names x 205 month-ends of daily returns, a minute or two, 3 GB
    python benchmarks/default.py --quick    400 names x 37 month-ends

Made-up shares whose betas wander, in 18 years of business days. Each line has the median of some turns in CPU seconds
of this process, its threads together, and by the clock; a busy machine shows in the second. Peers: the package's own
`ols` and `welch|vasicek` at the same month-ends, and pandas' rolling covariance over variance, timed on few names and
scaled; its last betas are compared with those of `ols` before its line is shown. Compilation is not timed.
"""

import argparse
import importlib
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from trimtab.beta.method import parse_method
from trimtab.beta.running import RunningState, begin, read, update
from trimtab.beta.walk import walk
from trimtab.market.prices import PriceTable
from trimtab.market.returns import PairedReturns, pair_returns

MONTHS, START, SEED, WINDOW = 205, "2000-11", 20261130, 252
#: Names that pandas is timed on.
FEW = 100
FULL = 5_000
#: In CPU seconds, which one thread needs by the clock of an idle machine: what the project wants on that many names.
AIMS = {"auto": 20.0, "a day more": 0.2}


class Taken(NamedTuple):
    """Median seconds of a piece of work."""

    cpu: float
    wall: float


def timed(work: Callable[[], object], turns: int) -> Taken:
    """Time a piece of work some times."""
    cpu, wall = [], []
    for _ in range(turns):
        before = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - before[0])
        wall.append(time.perf_counter() - before[1])
    return Taken(statistics.median(cpu), statistics.median(wall))


def path(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give prices that have these returns."""
    return np.asarray(100 * np.cumprod(1 + returns), dtype=np.float64)


def panel(n_names: int, months: int) -> PairedReturns:
    """Make shares with wandering betas; a year comes before the first month-end that is asked for."""
    first = np.datetime64(START) - np.timedelta64(12, "M")
    last = np.datetime64(START) + np.timedelta64(months, "M")
    days = np.arange(first, last, dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    rng = np.random.default_rng(SEED)
    market = rng.normal(0.0003, 0.01, len(days))
    prices: dict[str, Sequence[float] | NDArray[np.float64]] = {"M": path(market)}
    for i in range(n_names):
        beta = rng.normal(1, 0.4) + np.cumsum(rng.normal(0, 0.01, len(days)))
        returns = beta * market + rng.uniform(0.01, 0.03) * rng.standard_normal(len(days))
        prices[f"A{i}"] = path(np.maximum(returns, -0.5))
    return pair_returns(PriceTable.of(prices, dates=days), benchmark="M")


def month_ends(pairs: PairedReturns, months: int) -> NDArray[np.intp]:
    """Give the last row of each of the last months."""
    month = pairs.dates.astype("datetime64[M]")
    ends = np.flatnonzero(np.append(month[1:] != month[:-1], True))
    return ends[-months:].astype(np.intp)


def rows_of(pairs: PairedReturns, rows: slice) -> PairedReturns:
    """Cut rows out of paired returns."""
    tables = {field: getattr(pairs, field)[rows] for field in ("dates", "asset", "market", "joined", "gaps")}
    return replace(pairs, **tables)


def pandas_month_ends(pairs: PairedReturns, ends: NDArray[np.intp], few: int) -> Callable[[], NDArray[np.float64]]:
    """Prepare pandas' rolling beta of the first names, read at the month-ends."""
    pandas = importlib.import_module("pandas")
    own = pairs.symbols.index(pairs.benchmark)
    market = pandas.Series(pairs.asset[:, own])
    names = [i for i in range(len(pairs.symbols)) if i != own][:few]
    columns = [pandas.Series(pairs.asset[:, i]) for i in names]

    def beta() -> NDArray[np.float64]:
        variance = market.rolling(WINDOW).var()
        return np.column_stack([(c.rolling(WINDOW).cov(market) / variance).to_numpy()[ends] for c in columns])

    return beta


def month_end_lines(pairs: PairedReturns, ends: NDArray[np.intp], turns: int) -> dict[str, Taken]:
    """Time whole histories."""
    taken: dict[str, Taken] = {}
    for name in ("auto", "welch|vasicek", "ols"):
        estimator = parse_method(name)
        taken[name] = timed(lambda estimator=estimator: walk(pairs, estimator, rows=ends), turns)  # type: ignore[misc]
    try:
        theirs = pandas_month_ends(pairs, ends, FEW)
    except ImportError:
        return taken
    names = [i for i, s in enumerate(pairs.symbols) if s != pairs.benchmark][:FEW]
    ours = walk(pairs, parse_method(f"ols(window={WINDOW})"), rows=ends).beta[-1, names]
    apart = float(np.abs(theirs()[-1] - ours).max())
    if not apart < 1e-6:
        message = f"pandas gives other betas than ols, by {apart:.1e}: not the same work"
        raise SystemExit(message)
    scale = (len(pairs.symbols) - 1) / len(names)
    few = timed(theirs, turns)
    taken[f"pandas rolling cov / var, {len(names)} names scaled"] = Taken(few.cpu * scale, few.wall * scale)
    return taken


def day_lines(pairs: PairedReturns, turns: int) -> dict[str, Taken]:
    """Time one day more: on a day within a month, at a month's first day, and of `ewma`."""
    month = pairs.dates.astype("datetime64[M]")
    turn = int(np.flatnonzero(month == month[-1])[0])
    taken: dict[str, Taken] = {}
    for name, method, row in (
        ("a day more", "auto", turn - 5),
        ("a month's first day", "auto", turn),
        ("a day more, ewma", "ewma(window=none)", turn - 5),
    ):
        estimator = parse_method(method)
        state: RunningState = begin(estimator, rows_of(pairs, slice(0, row)))  # type: ignore[arg-type]
        more = rows_of(pairs, slice(row, row + 1))
        read(update(state, more))
        taken[name] = timed(lambda state=state, more=more: read(update(state, more)), max(turns, 5))  # type: ignore[misc]
    return taken


def show(lines: dict[str, Taken], heading: str, aims: dict[str, float]) -> None:
    """Print lines under a heading; an aim is held against CPU seconds, which a busy machine does not change."""
    print(f"\n{heading:<52}{'CPU, s':>10}{'clock, s':>10}")
    for name, taken in lines.items():
        aim = aims.get(name)
        verdict = "" if aim is None else f"   aim {aim:g}: {'met' if taken.cpu <= aim else 'NOT met'}"
        print(f"{name:<52}{taken.cpu:>10.3f}{taken.wall:>10.3f}{verdict}")


def main() -> None:
    """Print the lines."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--names", type=int, default=FULL)
    options.add_argument("--turns", type=int, default=3)
    options.add_argument("--quick", action="store_true", help="400 names x 37 month-ends")
    chosen = options.parse_args()
    n_names, months = (400, 37) if chosen.quick else (chosen.names, MONTHS)
    small = panel(30, 24)
    for name in ("auto", "welch|vasicek", "ols"):
        walk(small, parse_method(name), rows=month_ends(small, 12))
    pairs = panel(n_names, months)
    ends = month_ends(pairs, months)
    print(
        f"{n_names:,} names x {len(pairs.dates):,} days, {len(ends)} month-ends, {numba.get_num_threads()} threads,",
        end=" ",
    )
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, numba {numba.__version__}")
    aims = {} if n_names < FULL else AIMS
    show(month_end_lines(pairs, ends, chosen.turns), "all month-ends", aims)
    show(day_lines(pairs, chosen.turns), "one day's update", aims)
    if not aims:
        print(f"\nThe aims are for {FULL:,} names.")
    print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


if __name__ == "__main__":
    main()
