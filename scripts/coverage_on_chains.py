"""How many verdicts stand on books made from real option chains, some of whose quotes say little.

Run with the folder of real data::

    python scripts/coverage_on_chains.py ../shared/data

Twenty chains (root, day and expiry) of `lean_option_daily_quotes.parquet`, two of them on their last day. A book is
4.5m of the benchmark, 1m of cash, shares of the underlying and twenty options of the chain, long and short. Quotes are
taken as they are, and thinned: of the cheapest fifth a quarter of the options loses its bid; of all one in fifty is
crossed and one in two hundred loses its ask. The mandate's target lies up to .3 from beta, its band is .1. Counted are
verdicts that are given, and thinned options whose delta exposure at the whole quote lies inside the bounds told.
"""

import argparse
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.exposure.expose import Exposure, expose
from trimtab.hedge.verdict import Status, judge
from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import Market, market_at
from trimtab.model.instrument import Cash, Exercise, Option, OptionRight, Spot, Terms
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated

FILE = "lean_option_daily_quotes.parquet"
CHAINS = 20
_HUNDRED = (Terms(multiplier=Decimal(100)),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was counted over books."""

    books: int
    stand: int
    measured_alone: int
    thinned: int
    inside: int


def chains_of(folder: Path) -> Iterator[tuple[str, dt.date, dt.date, float, pl.DataFrame]]:
    """Give (root, day, expiry, spot, rows): the largest chains, with both that are on their last day."""
    rows = pl.read_parquet(folder / FILE).with_columns(pl.col("date").cast(pl.Date), pl.col("expiry").cast(pl.Date))
    sizes = rows.group_by("root", "date", "expiry").len()
    today = sizes.filter(pl.col("date") == pl.col("expiry")).sort("root", "date")
    others = sizes.join(today, on=["root", "date", "expiry"], how="anti")
    wide = others.sort("len", "root", "date", "expiry", descending=[True, False, False, False])
    per_root = wide.group_by("root", maintain_order=True).head(6)
    chosen = pl.concat([today, per_root]).head(CHAINS)
    for root, day, expiry, _ in chosen.iter_rows():
        chain = rows.filter((pl.col("root") == root) & (pl.col("date") == day) & (pl.col("expiry") == expiry))
        near = rows.filter((pl.col("root") == root) & (pl.col("date") == day))
        yield root, day, expiry, _spot(near.filter(pl.col("expiry") == near["expiry"].min())), chain


def _spot(rows: pl.DataFrame) -> float:
    """Give the spot that parity of the nearest expiry says, K + C - P in the median, rates left out."""
    middle = (pl.col("bid_close") + pl.col("ask_close")) / 2
    sides = [rows.filter(pl.col("right") == s).select("strike", middle.alias(s)) for s in ("C", "P")]
    pairs = sides[0].join(sides[1], on="strike")
    tight = pairs.with_columns((pl.col("C") - pl.col("P")).abs().alias("apart")).sort("apart").head(10)
    return float((tight["strike"] + tight["C"] - tight["P"]).median())


def _position(root: str, expiry: dt.date, row: dict[str, object], contracts: int) -> Position:
    option = Option(
        symbol=f"{root} {row['strike']}{row['right']}", underlying=root, currency="USD", expiry=expiry, terms=_HUNDRED,
        right=OptionRight.CALL if row["right"] == "C" else OptionRight.PUT, strike=Decimal(str(row["strike"])),
        exercise=Exercise.AMERICAN,
    )  # fmt: skip
    quote = {side: Decimal(str(round(float(row[f"{side}_close"]), 4))) for side in ("bid", "ask")}
    return Position(instrument=option, quantity=Decimal(contracts), stated=Stated(rate=0.002, **quote))


def thin(positions: list[Position], rng: np.random.Generator) -> list[Position]:
    """Take sides away: bids of cheap options, asks of a few, and cross a few."""
    asks = [float(p.stated.ask or 0) for p in positions]
    cheap = float(np.quantile(asks, 0.2))
    found = []
    for position, ask in zip(positions, asks, strict=True):
        stated, draw = position.stated, rng.random()
        if ask <= cheap and draw < 0.25:
            stated = replace(stated, bid=Decimal(0))
        elif draw > 0.98 and stated.bid != stated.ask:
            stated = replace(stated, bid=stated.ask, ask=stated.bid)
        elif draw > 0.975:
            stated = replace(stated, ask=None)
        found.append(replace(position, stated=stated))
    return found


def _measure(positions: list[Position], root: str, spot: float, day: dt.date) -> Exposure:
    dates = [str(day - dt.timedelta(days=1)), str(day)]
    market: Market = market_at(PriceTable.of({"M": [100.0, 100.0], root: [spot, spot]}, dates=dates), base="USD")
    book = [
        Position(instrument=Spot(symbol="M", currency="USD"), quantity=Decimal(45_000)),
        Position(instrument=Cash(currency="USD"), quantity=Decimal(1_000_000)),
        Position(instrument=Spot(symbol=root, currency="USD"), quantity=Decimal(1000)),
        *positions,
    ]
    return expose(Portfolio(positions=tuple(book), base="USD"), market, _betas(root))


def _betas(root: str) -> Betas:
    moment = np.datetime64("2015-01-01", "s")
    made = [
        BetaEstimate(
            asset=name, value=value, stderr=error, n_obs=252, n_eff=252.0, first=moment, last=moment, method="given"
        )
        for name, value, error in (("M", 1.0, 0.0), (root, 1.1, 0.1))
    ]
    return Betas(
        benchmark="M", as_of=moment, method="given", estimates=tuple(made), scores=np.zeros((1, 2)),
        own_variance=np.array([0.0, 0.01]),
    )  # fmt: skip


def count(folder: Path, *, books: int, options: int, thinned: bool, seed: int = 0) -> Count:
    """Count over `books` books for each chain."""
    rng = np.random.default_rng(seed)
    total = stand = alone = lost = inside = 0
    for root, day, expiry, spot, chain in chains_of(folder):
        rows = list(chain.iter_rows(named=True))
        for _ in range(books):
            picked = rng.choice(len(rows), size=min(options, len(rows)), replace=False)
            whole = [_position(root, expiry, rows[i], int(rng.choice([-5, -2, -1, 1, 2, 5]))) for i in picked]
            held = thin(whole, rng) if thinned else whole
            found = _measure(held, root, spot, day)
            asked = Mandate(benchmark="M", target=round(found.beta.value + rng.uniform(-0.3, 0.3), 3), band=0.1)
            verdict = judge(found, asked)
            total += 1
            stand += verdict.status is not Status.UNDECIDED
            alone += not found.coverage.bounds
            for old, new, line in zip(whole, held, found.positions[3:], strict=True):
                if old.stated == new.stated or line.bounds is None:
                    continue
                truth = _measure([old], root, spot, day).positions[3].delta_exposure
                slack = 1e-6 * abs(truth or 0.0) + 1e-6
                lost += 1
                inside += (
                    truth is not None and line.bounds.exposure_low - slack <= truth <= line.bounds.exposure_high + slack
                )
    return Count(books=total, stand=stand, measured_alone=alone, thinned=lost, inside=inside)


def table(folder: Path, *, books: int) -> tuple[str, ...]:
    """Give the table of docs/decisions: one row for quotes as they are, one for thinned ones."""
    rows = [
        "| quotes | books | fully measured | verdicts that stand | thinned options | true delta inside its bounds |",
        "|---|---|---|---|---|---|",
    ]
    for name, thinned in (("as they are", False), ("thinned", True)):
        c = count(folder, books=books, options=20, thinned=thinned)
        share = f"{c.stand} ({c.stand / c.books:.1%})"
        rows.append(f"| {name} | {c.books} | {c.measured_alone} | {share} | {c.thinned} | {c.inside} |")
    return tuple(rows)


def main() -> None:
    """Count and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--books", type=int, default=10, help="for each chain")
    asked = parser.parse_args()
    print("\n".join(table(asked.folder, books=asked.books)))


if __name__ == "__main__":
    main()
