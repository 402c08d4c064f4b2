"""A small watched book, recorded quotes, and ports whose time the test decides."""

import datetime as dt
from decimal import Decimal

import numpy as np
from given import given_betas, given_market

from trimtab.desk.watch.quotes import Batch, Tick
from trimtab.desk.watch.watching import Watch
from trimtab.exposure.live.book import LiveBook
from trimtab.model.instrument import Cash, Option, OptionRight, Spot, Terms
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio, Position, Stated

START = 1_709_296_200_000_000  # 2024-03-01 12:30 UTC, microseconds
SECOND = 1_000_000
UTC = dt.UTC


def small_portfolio() -> Portfolio:
    """Give shares, a put on the index with its own price, and cash."""
    put = Option(
        symbol="PUT", underlying="M", currency="USD", right=OptionRight.PUT, strike=Decimal(480),
        expiry=dt.date(2024, 6, 21), terms=(Terms(multiplier=Decimal(100)),),
    )  # fmt: skip
    return Portfolio(
        positions=(
            Position(instrument=Spot(symbol="A", currency="USD"), quantity=Decimal(1000)),
            Position(instrument=Spot(symbol="B", currency="USD"), quantity=Decimal(500)),
            Position(instrument=put, quantity=Decimal(2), stated=Stated(rate=0.05)),
            Position(instrument=Cash(currency="USD"), quantity=Decimal(50_000)),
        ),
        base="USD",
    )


def small_watch(*, band: float = 0.03, name: str = "growth", jump: float = 0.25) -> Watch:
    """Watch it: beta begins at about 0.62."""
    market = given_market({"M": 500.0, "A": 100.0, "B": 40.0, "PUT": 9.0})
    betas = given_betas("M", {"A": (1.2, 0.02), "B": (0.7, 0.02)})
    held = small_portfolio()
    mandate = Mandate(benchmark="M", target=0.70, band=band)
    return Watch(LiveBook(held, market, betas), held, mandate, name=name, jump=jump)


def recorded(count: int = 80, seed: int = 1) -> tuple[Tick, ...]:
    """Give quotes that swing beta through its band, with bad ones among them."""
    rng = np.random.default_rng(seed)
    level = {"M": 500.0, "A": 100.0, "B": 40.0, "PUT": 9.0}
    ticks, at = [], START
    for i in range(count):
        name = list(level)[int(rng.integers(4))]
        at += int(rng.integers(0, 4 * SECOND))
        swing = 1.0 + 0.18 * np.sin(i / 6.0) * (name == "A")
        price = level[name] * swing * float(np.exp(rng.normal(0, 0.01)))
        if i % 17 == 5:
            price = -price
        if i % 19 == 7:
            price *= 2
        ticks.append(Tick(symbol="NOPE" if i % 23 == 9 else name, price=price, at=at))
    return tuple(ticks)


class ListFeed:
    """Recorded quotes in batches of a given size."""

    def __init__(self, ticks, size=7) -> None:
        self.ticks, self.size, self.ended, self.reads = ticks, size, False, 0

    def read(self, cursor):
        """Give the next batch."""
        self.reads += 1
        start = 0 if cursor is None else cursor["row"]
        if start >= len(self.ticks):
            self.ended = True
            return None
        return Batch(ticks=self.ticks[start : start + self.size], after=lambda k: {"row": start + k})


class HandPorts:
    """Time that passes only by waiting, and a stop after a number of looks."""

    def __init__(self, *, stop_after: int | None = None, start: int = START) -> None:
        self.moment = dt.datetime(1970, 1, 1, tzinfo=UTC) + dt.timedelta(microseconds=start)
        self.left = stop_after
        self.waits = []

    def now(self):
        """Give the time."""
        return self.moment

    def wait(self, seconds):
        """Let time pass."""
        self.waits.append(seconds)
        self.moment += dt.timedelta(seconds=seconds)

    def stopping(self):
        """Say stop after so many looks."""
        if self.left is None:
            return False
        self.left -= 1
        return self.left < 0
