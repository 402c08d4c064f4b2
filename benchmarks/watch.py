"""The live book beside `expose` from scratch: quotes per second, and time from a quote to the new portfolio beta.

    python benchmarks/watch.py            1,000 positions, 200 of them options; 100,000 quotes one by one
    python benchmarks/watch.py --quick    the same book, 10,000 quotes

The book has 700 shares (two currencies), 100 futures and perpetuals with prices of their own, 200 options (100 European
on the index, 100 American on shares, each with its own price), and an exchange rate. Two mixes of quotes:

    alike      each symbol as often as any other: one quote in five is an option's own
    shares     an option is quoted a tenth as often as anything else: one in forty is its own

An American option's own quote is by far the dearest: its volatility has to be found, because portfolio beta depends on
it. One by one, portfolio beta is known after every quote; in batches it is known after every batch of 10,000. One core.
"""

import argparse
import datetime as dt
import os
import platform
import time
from decimal import Decimal

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

import numpy as np

from trimtab.beta.estimate import BetaEstimate, Betas
from trimtab.exposure.expose import expose
from trimtab.exposure.live.book import LiveBook
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import Market, market_at
from trimtab.model.instrument import (
    Cash,
    Exercise,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Portfolio, Position, Stated

START = 1_709_251_200_000_000
AIM_RATE, AIM_P99 = 100_000, 1000.0


def book(seed: int = 1) -> tuple[Portfolio, Market, Betas]:
    """Make 1,000 positions, their prices, and betas with errors that move together."""
    rng = np.random.default_rng(seed)
    one, hundred = (Terms(multiplier=Decimal(1)),), (Terms(multiplier=Decimal(100)),)
    prices = {"SPX": 5000.0, "BTCUSD": 60_000.0}
    currency = {}
    held = [Position(instrument=Cash(currency="USD"), quantity=Decimal(50_000_000))]
    for i in range(699):
        name = f"S{i}"
        prices[name] = float(rng.uniform(20, 400))
        currency[name] = "EUR" if i % 5 == 0 else "USD"
        quantity = Decimal(int(rng.integers(-500, 2000)))
        held.append(Position(instrument=Spot(symbol=name, currency=currency[name]), quantity=quantity or Decimal(1)))
    for i in range(100):
        name = f"F{i}"
        prices[name] = 5000.0 + i if i < 80 else 60_000.0 + i
        future = Future(symbol=name, root=name, currency="USD", terms=one, underlying=("SPX",))
        inverse = Perpetual(
            symbol=name, currency="USD", settlement="BTC", payoff=PerpetualPayoff.INVERSE, terms=one,
            underlying=("BTCUSD",),
        )  # fmt: skip
        held.append(
            Position(
                instrument=future if i < 80 else inverse, quantity=Decimal(1 - 2 * (i % 2)), stated=Stated(entry=None)
            )
        )
    for i in range(200):
        american = i >= 100
        under = f"S{i}" if american else "SPX"
        strike = prices[under] * float(np.exp(rng.uniform(-0.15, 0.15)))
        right = OptionRight.CALL if i % 2 else OptionRight.PUT
        expiry = dt.date(2024, 3, 1) + dt.timedelta(days=int(rng.integers(20, 300)))
        option = Option(
            symbol=f"O{i}", underlying=under, currency=currency.get(under, "USD"), right=right,
            strike=Decimal(str(round(strike, 2))), expiry=expiry,
            terms=hundred, exercise=Exercise.AMERICAN if american else Exercise.EUROPEAN,
        )  # fmt: skip
        stated = Stated(rate=0.05, dividend_yield=0.01)
        held.append(Position(instrument=option, quantity=Decimal(int(rng.integers(1, 20))), stated=stated))
        alone = Portfolio(
            positions=(held[0], Position(instrument=option, quantity=Decimal(1), stated=Stated(rate=0.05, vol=0.25))),
            base="USD",
        )
        table = PriceTable.of({"SPX": [5000.0], under: [prices[under]]}, dates=["2024-03-01"])
        fx = FxRates.of({"EURUSD": [1.0]}, dates=["2024-03-01"])
        line = expose(alone, market_at(table, base="USD", fx=fx), _betas(["SPX"], rng)).positions[1]
        prices[f"O{i}"] = line.price or 1.0
    table = PriceTable.of({n: [p] for n, p in prices.items()}, dates=["2024-03-01"], currency=None)
    fx = FxRates.of({"EURUSD": [1.08], "GBPUSD": [1.26]}, dates=["2024-03-01"])
    betas = _betas([n for n in prices if n[0] != "O"], rng)
    return Portfolio(positions=tuple(held), base="USD"), market_at(table, base="USD", fx=fx), betas


def _betas(names: list[str], rng: np.random.Generator) -> Betas:
    values = rng.normal(1.0, 0.3, len(names))
    estimates = tuple(
        BetaEstimate(asset=n, value=float(v), stderr=0.1, n_obs=250, n_eff=250.0, first=None, last=None, method="given")
        for n, v in zip(names, values, strict=True)
    )
    return Betas(
        benchmark=names[0], as_of=np.datetime64("2024-03-01"), method="given", estimates=estimates,
        scores=rng.normal(0, 0.005, (250, len(names))), own_variance=np.full(len(names), 1e-4),
    )  # fmt: skip


def stream(
    live: LiveBook, market: Market, count: int, seed: int, options: float = 1.0
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Make random quotes near the first prices; an option is quoted `options` times as often as anything else."""
    rng = np.random.default_rng(seed)
    names = [n for n in market.prices.symbols if n != "BTCUSD"] + ["EURUSD"]
    level = np.array([(live.last(n) or (1.0,))[0] for n in names])
    often = np.array([options if n[0] == "O" else 1.0 for n in names])
    which = rng.choice(len(names), count, p=often / often.sum())
    prices = level[which] * np.exp(rng.normal(0, 0.002, count))
    return [names[i] for i in which], prices, START + 1 + np.arange(count)


def one_by_one(live: LiveBook, market: Market, count: int, options: float = 1.0) -> dict[str, np.ndarray]:
    """Time each quote from the call to the new beta, in microseconds, by kind of symbol."""
    names, prices, moments = stream(live, market, count, 2, options)
    taken = np.empty(count)
    clock = time.perf_counter_ns
    for i, (name, price, moment) in enumerate(zip(names, prices.tolist(), moments.tolist(), strict=True)):
        start = clock()
        live.quote(name, price, moment)
        taken[i] = clock() - start
    kinds = np.array([_kind(n) for n in names])
    return {"all": taken / 1e3, **{kind: taken[kinds == kind] / 1e3 for kind in dict.fromkeys(kinds)}}


def _kind(name: str) -> str:
    if name == "EURUSD":
        return "exchange rate"
    if name == "SPX":
        return "index with 100 options"
    if name[0] != "O":
        return "share or future"
    return "American option" if int(name[1:]) >= 100 else "European option"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    count = 10_000 if parser.parse_args().quick else 100_000
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, one core")
    portfolio, market, betas = book()
    live = LiveBook(portfolio, market, betas)
    one_by_one(live, market, 3_000)  # compiled code is loaded, caches are warm

    scratch = []
    for _ in range(3):
        start = time.perf_counter()
        expose(live.portfolio(), live.market(), betas)
        scratch.append(time.perf_counter() - start)
    again = min(scratch) * 1e6
    exposure, reading = live.exposure(), live.read()
    gap = max(abs(exposure.beta.value / reading.beta.value - 1), abs(exposure.nav / reading.nav - 1))
    print(
        f"{len(reading.positions)} positions, {len(reading.slow)} by the slow path; differs from expose by {gap:.1e}\n"
    )

    for words, options in (("alike", 1.0), ("shares", 0.1)):
        show(words, options, (portfolio, market, betas), count, again)
    start = time.perf_counter()
    live.read()
    print(f"\nfull reading with error:   {(time.perf_counter() - start) * 1e6:12,.0f} us")
    print(f"expose from scratch:       {again:12,.0f} us")


def show(words: str, options: float, given: tuple[Portfolio, Market, Betas], count: int, again: float) -> None:
    """Measure one mix of quotes, one by one and in batches."""
    live = LiveBook(*given)
    times = one_by_one(live, given[1], count, options)
    own = sum(len(t) for kind, t in times.items() if kind.endswith("option"))
    print(f"\nmix {words!r}: {own / count:.1%} of the quotes are options' own")
    print(f"{count:,} quotes one by one, microseconds from quote to portfolio beta")
    print(f"{'':26}{'share':>7}{'p50':>9}{'p99':>9}{'max':>10}{'quotes/s':>12}{'expose/p50':>12}")
    for kind, t in times.items():
        p50, p99 = np.percentile(t, [50, 99])
        part = len(t) / count
        print(f"{kind:26}{part:7.1%}{p50:9.1f}{p99:9.1f}{t.max():10.0f}{1e6 / t.mean():12,.0f}{again / p50:12,.0f}x")
    live = LiveBook(*given)
    names, prices, moments = stream(live, given[1], 10 * count, 3, options)
    slots = np.array([live.slot(n) for n in names])
    start = time.perf_counter()
    for i in range(0, len(slots), 10_000):
        live.quotes(slots[i : i + 10_000], prices[i : i + 10_000], moments[i : i + 10_000])
    rate, alone = len(slots) / (time.perf_counter() - start), 1e6 / float(times["all"].mean())
    p99 = float(np.percentile(times["all"], 99))
    print(f"one by one:                {alone:12,.0f} quotes/s  (aim {AIM_RATE:,}: {alone / AIM_RATE:.1f}x)")
    print(f"in batches of 10,000:      {rate:12,.0f} quotes/s  (aim {AIM_RATE:,}: {rate / AIM_RATE:.1f}x)")
    print(f"p99 one by one:            {p99:12,.0f} us        (aim under {AIM_P99:,.0f}: {AIM_P99 / p99:.1f}x)")


if __name__ == "__main__":
    main()
