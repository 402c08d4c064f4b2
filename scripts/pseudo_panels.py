"""Hold the default against published bswa + Vasicek on many panels cut from the real ones.

    python scripts/pseudo_panels.py --data ../shared/data --out gains.csv             all panels
    python scripts/pseudo_panels.py --data ../shared/data --out gains.csv --most 10   ten more of them
    python scripts/pseudo_panels.py --show docs/data/pseudo_panels.csv                the table of a kept run, at once

The panels are cut from S&P 500 members (1999-2017) and from names that later disappeared: windows of 4.7 years that
know nothing from before, thirds by volatility (all years and each half), 25 to 27 names drawn by a seed, and other
benchmarks (an equal-weighted index of the names, the S&P 500's and the Nasdaq's price index). They overlap, so their
number is no sample size. Each goes through `validate`, as `trimtab league` does, price checks and all. `welch|vasicek`
is bswa + Vasicek as published. A market of one stock is not among them: no rule is safe there.

A panel's line is written to the file as soon as it is judged, in an order drawn by a seed, and what the file has is not
judged again; so a run may be stopped at any time and gone on with. Lines that another method or other sources made are
left alone and do not count.
"""

import argparse
import csv
import hashlib
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

import trimtab
from trimtab.desk.moment.validate import validate
from trimtab.market.prices import PriceTable

LEAGUE = runpy.run_path(str(Path(__file__).with_name("league.py")))
HORIZONS = (252, 63, 21)
WINDOW, WINDOWS, DRAWS, SEED = 1184, 14, 13, 5
#: Of both sets: windows, draws, nine thirds and nine on other benchmarks.
PANELS = 2 * (WINDOWS + DRAWS + 9 + 9)
#: Moves beyond this say more of a source than of a share; they do not enter an equal-weighted index or a ranking.
WILD = 0.5
#: What a panel's numbers hang on: estimators and the league, their arithmetic, and what is made of prices.
SOURCES = ("beta", "stats", "market", "feeds/series")
HEADS = ("made_with", "panel", "kind", *(f"{what}_{days}" for what in ("gain", "coverage") for days in HORIZONS))


class Panel(NamedTuple):
    """One panel, cut when it is wanted: all at once would not fit in memory."""

    name: str
    kind: str
    cut: Callable[[], pl.DataFrame]
    benchmark: str


class Result(NamedTuple):
    """What came of one panel: gains in percent and coverage, by horizon."""

    kind: str
    gains: tuple[float, ...]
    coverage: tuple[float, ...]


def long_frame(which: str, folder: Path) -> pl.DataFrame:
    """Give shares and SPY of one set in the shape of a user's long file, from November 1999 on."""
    rows: pl.DataFrame = LEAGUE["_members"](folder) if which == "sp500" else LEAGUE["gone_rows"](folder)
    return rows.filter(pl.col("date").dt.date() >= pl.date(1999, 11, 1))


def panels(which: str, folder: Path) -> Iterator[Panel]:
    """Say how one set is cut."""
    rows = long_frame(which, folder)
    days = rows["date"].unique().sort()
    middle = days[len(days) // 2]
    shares = rows.filter(pl.col("ticker") != LEAGUE["BENCHMARK"])
    returns = shares.sort("ticker", "date").with_columns(
        r=pl.col("adj_close") / pl.col("adj_close").shift(1).over("ticker") - 1
    )
    returns = returns.filter(pl.col("r").abs() < WILD)
    halves = {"": (days[0], days[-1]), "1st half": (days[0], middle), "2nd half": (middle, days[-1])}
    for start in np.linspace(0, len(days) - WINDOW - 1, WINDOWS).astype(int).tolist():
        cut = partial(between, rows, days[start], days[start + WINDOW])
        yield Panel(f"{which} from {days[start]:%Y-%m}", "window", cut, LEAGUE["BENCHMARK"])
    ranked = returns.group_by("ticker").agg(pl.std("r")).sort("r", "ticker")["ticker"].to_list()
    for i, names in enumerate(np.array_split(np.array(ranked), 3)):
        for half, (first, last) in halves.items():
            cut = partial(between, rows, first, last, names.tolist())
            yield Panel(f"{which} third {i + 1} {half}".strip(), "third", cut, LEAGUE["BENCHMARK"])
    rng = np.random.default_rng(SEED)
    for i in range(DRAWS):
        drawn = rng.choice(sorted(ranked), 25 + i % 3, replace=False).tolist()
        cut = partial(between, rows, days[0], days[-1], drawn)
        yield Panel(f"{which} draw {i + 1}", "25-27 names", cut, LEAGUE["BENCHMARK"])
    for name, series in benchmarks(returns, folder).items():
        both = pl.concat([shares, series], how="vertical_relaxed")
        for half, (first, last) in halves.items():
            yield Panel(f"{which} on {name} {half}".strip(), "benchmark", partial(between, both, first, last), name)


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


def between(rows: pl.DataFrame, first: datetime, last: datetime, names: list[str] | None = None) -> pl.DataFrame:
    """Keep days from one to another, and some names and SPY."""
    kept = rows.filter(pl.col("date").is_between(first, last))
    return kept if names is None else kept.filter(pl.col("ticker").is_in([*names, LEAGUE["BENCHMARK"]]))


def judged(panel: Panel, method: str) -> Result:
    """Hold the method against bswa + Vasicek on one panel, on what users run."""
    table: PriceTable = LEAGUE["_read"](panel.cut())
    league = validate(table, benchmark=panel.benchmark, methods=[method], horizons=HORIZONS)
    scores = [league.score(method, days) for days in HORIZONS]
    return Result(panel.kind, tuple(100 * s.gain_shrunk for s in scores), tuple(s.coverage for s in scores))


def made_with(method: str) -> str:
    """Name the method and the sources it hangs on, so that lines of another version are not taken for this one's."""
    digest = hashlib.sha256()
    root = Path(trimtab.__file__).parent
    for path in sorted(path for part in SOURCES for path in (root / part).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return f"{method} {digest.hexdigest()[:12]}"


def earlier(out: Path, maker: str) -> dict[str, Result]:
    """Read the panels that an earlier run judged with this method and these sources."""
    if not out.exists():
        return {}
    with out.open(newline="", encoding="utf-8") as file:
        lines = [line for line in csv.DictReader(file) if line["made_with"] == maker]
    n = len(HORIZONS)
    values = {line["panel"]: (line["kind"], [float(line[head]) for head in HEADS[3:]]) for line in lines}
    return {name: Result(kind, tuple(v[:n]), tuple(v[n:])) for name, (kind, v) in values.items()}


def write_line(out: Path, maker: str, name: str, result: Result) -> None:
    """Add one panel's line to the file."""
    new = not out.exists()
    with out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(HEADS)
        numbers = [f"{v:.6f}" for v in (*result.gains, *result.coverage)]
        writer.writerow([maker, name, result.kind, *numbers])


def kept(path: Path) -> list[Result]:
    """Read a run that was kept: all its lines have one maker."""
    with path.open(newline="", encoding="utf-8") as file:
        makers = sorted({line["made_with"] for line in csv.DictReader(file)})
    if len(makers) != 1:
        sys.exit(f"{path} holds {len(makers)} runs ({', '.join(makers)}), where a kept one has a single maker")
    return list(earlier(path, makers[0]).values())


def summary(results: list[Result], total: int) -> str:
    """Add the panels up by kind; say how many of all there are."""
    lines = [f"{len(results)} of {total} panels" + ("" if len(results) == total else ": not the full run"), ""]
    lines += ["| panels | days | number | mean gain, % | worst | losing more than 1% | 90% intervals hold |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for kind in (*sorted({r.kind for r in results}), "all"):
        of_kind = [r for r in results if kind in (r.kind, "all")]
        for i, days in enumerate(HORIZONS):
            gain, cover = np.array([(r.gains[i], r.coverage[i]) for r in of_kind]).T
            lines.append(
                f"| {kind} | {days} | {len(gain)} | {gain.mean():+.1f} | {gain.min():+.1f} | {(gain < -1).sum()} |"
                f" {cover.mean():.3f} ({cover.min():.2f}-{cover.max():.2f}) |"
            )
    return "\n".join(lines)


def main() -> None:
    """Judge the panels that the file does not have, and print how all add up."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the Parquet files")
    options.add_argument("--out", type=Path, default=Path("pseudo_panels.csv"), help="each panel's line goes here")
    options.add_argument("--most", type=int, help="stop after so many new panels; 0 prints what the file has")
    options.add_argument("--show", type=Path, help="print the table of a kept run, and judge nothing")
    options.add_argument("--method", default="auto", help="the method that is held against bswa + Vasicek")
    given = options.parse_args()
    if given.show is not None:
        print(summary(kept(given.show), PANELS))
        return
    every = [panel for which in ("sp500", "gone") for panel in panels(which, given.data)]
    maker = made_with(given.method)
    results = earlier(given.out, maker)
    order = np.random.default_rng(SEED).permutation(len(every)).tolist()
    for panel in [every[i] for i in order if every[i].name not in results][: given.most]:
        started = time.perf_counter(), time.process_time()
        results[panel.name] = judged(panel, given.method)
        write_line(given.out, maker, panel.name, results[panel.name])
        wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
        shown = " ".join(f"{g:+.1f}" for g in results[panel.name].gains)
        print(f"{panel.name}: {shown} ({wall:.0f} s, {cpu:.0f} s CPU)", file=sys.stderr, flush=True)
    if results:
        print(summary(list(results.values()), len(every)))


if __name__ == "__main__":
    main()
