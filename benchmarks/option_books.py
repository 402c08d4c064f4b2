"""A review of large books of options: processor time and most memory of one question, with its parts.

    python benchmarks/option_books.py                  5,000 positions, 2,000 of them options
    python benchmarks/option_books.py --book chain     a chain of 6,236 European options on one index
    python benchmarks/option_books.py --book cash      20 American options with cash dividends
    python benchmarks/option_books.py --profile        where the time goes

The large book has 3,000 shares over five years of days, 1,000 European options on the index and 1,000 American options
on the 50 largest shares, each with its own price, bid or ask. Everything counts that `tt.review` does from a table of
prices in memory: betas, exposure, moves, the stress and the replays behind "not enough". Each book is asked twice in
one process: "first" loads compiled kernels, "warm" does not. Compiling is not counted: run it twice on a new tree.
"""

import argparse
import cProfile
import datetime as dt
import os
import pstats
import resource
import time
from decimal import Decimal

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import numpy as np

import trimtab as tt
from trimtab.exposure.pricing.american import american_greeks
from trimtab.exposure.pricing.black import european_greeks
from trimtab.market.prices import PriceTable
from trimtab.model.instrument import Cash, Exercise, Option, OptionRight, Spot, Terms
from trimtab.model.portfolio import Portfolio, Position, Stated

AS_OF = dt.date(2024, 6, 28)
HUNDRED = (Terms(multiplier=Decimal(100)),)
AIMS = {"large": 5.0, "chain": 10.0, "cash": 2.0}


def prices(n_shares: int, n_days: int = 1260, seed: int = 1) -> PriceTable:
    """Make an index at about 5,000 and shares that follow it."""
    rng = np.random.default_rng(seed)
    market = rng.standard_t(5, n_days) * 0.008
    beta = rng.uniform(0.4, 1.8, n_shares)
    own = rng.standard_normal((n_days, n_shares)) * 0.015
    returns = np.column_stack([market, market[:, None] * beta + own])
    levels = 100.0 * np.exp(np.cumsum(returns, axis=0) - np.sum(returns, axis=0))
    levels[:, 0] *= 50.0
    days = np.busday_offset(np.datetime64(AS_OF), np.arange(1 - n_days, 1), roll="backward")
    return PriceTable.of(
        {name: levels[:, i] for i, name in enumerate(("SPX", *(f"S{i}" for i in range(n_shares))))}, dates=days
    )


def contract(name: str, under: str, spot: float, rng: np.random.Generator, *, american: bool) -> Option:
    """Make an option within a third of the money, from three days to two years."""
    strike = spot * float(np.exp(rng.normal(0.0, 0.12)))
    return Option(
        symbol=name, underlying=under, currency="USD", terms=HUNDRED, strike=Decimal(f"{strike:.1f}"),
        right=OptionRight.CALL if rng.random() < 0.5 else OptionRight.PUT,
        expiry=AS_OF + dt.timedelta(days=int(rng.integers(3, 730))),
        exercise=Exercise.AMERICAN if american else Exercise.EUROPEAN,
    )  # fmt: skip


def priced(option: Option, spot: float, quantity: int, rng: np.random.Generator) -> Position:
    """Quote an option about its own model: a middle, or a bid and an ask."""
    model = american_greeks if option.exercise is Exercise.AMERICAN else european_greeks
    years = (option.expiry - AS_OF).days / 365.0
    worth = float(
        model(
            right=option.delta_sign, spot=spot, strike=float(option.strike), vol=float(rng.uniform(0.15, 0.5)),
            time=years, rate=0.04, dividend_yield=0.01,
        ).value
    )  # fmt: skip
    middle = max(0.05, worth)
    if rng.random() < 0.5:
        stated = Stated(price=Decimal(f"{middle:.2f}"), rate=0.04, dividend_yield=0.01)
    else:
        bid, ask = Decimal(f"{0.98 * middle:.2f}"), Decimal(f"{1.02 * middle:.2f}")
        stated = Stated(bid=bid, ask=ask, rate=0.04, dividend_yield=0.01)
    return Position(instrument=option, quantity=Decimal(quantity), stated=stated)


def large(n_shares: int = 3000, n_options: int = 2000) -> tuple[PriceTable, Portfolio]:
    """Make the large book."""
    rng = np.random.default_rng(2)
    positions = [Position(instrument=Cash(currency="USD"), quantity=Decimal(1_000_000_000))]
    positions += [
        Position(instrument=Spot(symbol=f"S{i}", currency="USD"), quantity=Decimal(int(rng.integers(100, 20_000))))
        for i in range(n_shares - 1)
    ]
    for i in range(n_options):
        american = i % 2 == 1
        under, spot = (f"S{i % 50}", 100.0) if american else ("SPX", 5000.0)
        option = contract(f"O{i}", under, spot, rng, american=american)
        positions.append(priced(option, spot, int(rng.integers(-20, 20)) or 1, rng))
    return prices(n_shares), Portfolio(base="USD", positions=tuple(positions))


def chain() -> tuple[PriceTable, Portfolio]:
    """Make a chain of 6,236 European options."""
    rng = np.random.default_rng(3)
    positions = [Position(instrument=Cash(currency="USD"), quantity=Decimal(1_000_000_000))]
    for i in range(6236):
        option = contract(f"O{i}", "SPX", 5000.0, rng, american=False)
        positions.append(priced(option, 5000.0, 1 - 2 * (i % 2), rng))
    return prices(2), Portfolio(base="USD", positions=tuple(positions))


def cash() -> tuple[PriceTable, Portfolio]:
    """Make 20 American options on shares that pay four dividends a year."""
    rng = np.random.default_rng(4)
    positions = [Position(instrument=Cash(currency="USD"), quantity=Decimal(10_000_000))]
    paid = tuple((AS_OF + dt.timedelta(days=30 + 91 * k), 0.6) for k in range(8))
    for i in range(20):
        option = contract(f"O{i}", f"S{i % 5}", 100.0, rng, american=True)
        stated = Stated(rate=0.04, dividends=paid, vol=0.25) if i % 2 else Stated(
            rate=0.04, dividends=paid, price=priced(option, 100.0, 1, rng).stated.ask or Decimal(12)
        )  # fmt: skip
        positions.append(Position(instrument=option, quantity=Decimal(1 - 2 * (i % 2)), stated=stated))
    return prices(5), Portfolio(base="USD", positions=tuple(positions))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", choices=sorted(AIMS), default="large")
    parser.add_argument("--size", type=int, nargs=2, metavar=("SHARES", "OPTIONS"), default=(3000, 2000))
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    table, held = (
        large(*arguments.size) if arguments.book == "large" else {"chain": chain, "cash": cash}[arguments.book]()
    )
    print(f"{arguments.book}: {len(held.positions):,} positions; load {os.getloadavg()[0]:.1f}")

    def ask() -> "tt.Review":
        return tt.review(table, held, tt.Mandate(benchmark="SPX", target=1.0, band=0.2), base="USD")

    watch = cProfile.Profile(time.process_time)
    for turn in ("first", "warm"):
        start = time.process_time()
        if arguments.profile and turn == "warm":
            watch.enable()
        answer = ask()
        watch.disable()
        print(f"  {turn:5} {time.process_time() - start:7.2f} s of processor time   aim {AIMS[arguments.book]:g}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0**2
    print(f"  memory {peak:.2f} GB at most; beta {answer.exposure.beta.value!r} +- {answer.exposure.beta.stderr!r}")
    print(f"  after -20%: {next(m.pnl for m in answer.moves if m.move == -0.2)!r}")
    if arguments.profile:
        pstats.Stats(watch).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
