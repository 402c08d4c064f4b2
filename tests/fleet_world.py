"""Accounts made at random over every kind of instrument, for what many accounts at once must equal."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from law_positions import BESIDE, KINDS, terms
from law_world import ASSETS, CURRENCIES, DATES, World
from trimtab.desk.moment.setting import Setting, set_up
from trimtab.fleet.accounts import AccountBooks
from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.fx import FxRates
from trimtab.model.instrument import Cash, Perpetual, PerpetualPayoff, Spot
from trimtab.model.portfolio import Portfolio, Position


@dataclass(frozen=True)
class Fleet:
    """A moment, what can be held in it, and accounts that hold some of it."""

    setting: Setting
    positions: tuple[Position, ...]
    books: AccountBooks


def draw_fleet(seed: int, *, accounts: int, base: str = "EUR") -> Fleet:
    """Draw a moment with some forty things of every kind, and accounts of 1 to 12 positions in them and cash."""
    rng = np.random.default_rng(seed)
    world = World.draw(rng, base)
    columns: dict[str, tuple[str | None, np.ndarray]] = {"IDX": (world.base, world.benchmark)}
    columns |= {name: (home, world.home[name]) for name, (home, _, _) in ASSETS.items()}
    things: list[Position] = [*BESIDE]
    for k in range(60):
        drawn = KINDS[k % len(KINDS)](rng, world)
        strange = [c for c in drawn.columns if c[0] in columns and columns[c[0]][1] is not c[2]]
        if strange or "long" not in drawn.layouts:
            continue
        columns |= {name: (currency, series) for name, currency, series in drawn.columns}
        things.append(drawn.position)
    linear = Perpetual(
        symbol="LINEAR", currency="USD", settlement="USD", payoff=PerpetualPayoff.LINEAR, terms=terms(0.5),
        underlying=("BTC",),
    )  # fmt: skip
    things.append(Position(instrument=linear, quantity=Decimal(1)))
    things.append(Position(instrument=Spot(symbol="NOWHERE", currency="USD"), quantity=Decimal(1)))
    things.append(Position(instrument=Cash(currency=base), quantity=Decimal(1)))
    values = np.column_stack([series for _, series in columns.values()])
    prices = PriceTable(
        dates=DATES.astype("datetime64[s]"), symbols=tuple(columns), values=values, why=absence(values),
        currencies=tuple(currency for currency, _ in columns.values()),
    )  # fmt: skip
    fx = FxRates.of({f"{c}USD": world.dollars[c] for c in CURRENCIES if c != "USD"}, dates=DATES)
    held = Portfolio(positions=tuple(things), base=base)
    setting = set_up(prices, held, benchmark="IDX", method="ols", fx=fx)
    return Fleet(setting, setting.portfolio.positions, draw_books(rng, len(things), accounts))


def draw_books(rng: np.random.Generator, things: int, accounts: int) -> AccountBooks:
    """Draw accounts; the last two things are one that nobody knows, held by few, and base cash, held by most."""
    starts, units, quantities = [0], [], []
    for _ in range(accounts):
        few = rng.integers(0, things - 2, rng.integers(0, 12))
        units += few.tolist()
        quantities += (rng.integers(-300, 500, len(few)) / rng.choice([1, 1, 7, 1000])).tolist()
        if rng.random() < 0.03:
            units, quantities = [*units, things - 2], [*quantities, 5.0]
        if rng.random() < 0.95:
            units, quantities = [*units, things - 1], [*quantities, round(float(rng.uniform(1e3, 3e6)), 2)]
        starts.append(len(units))
    return AccountBooks(
        names=tuple(f"K{k:05d}" for k in range(accounts)),
        starts=np.array(starts, dtype=np.int64),
        units=np.array(units, dtype=np.int64),
        quantities=np.array(quantities),
    )
