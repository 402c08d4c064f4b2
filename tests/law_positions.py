"""Random positions for the law of exposure: what the product is given, and what it is worth by our own arithmetic.

Each `draw_*` gives a position and a function of the benchmark's move m: the value in base currency when everything that
the position holds moves by its own slope times m. What settles daily is worth its gain since m = 0.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import log

import numpy as np

from law_world import ASSETS, TODAY, World, black_scholes, normal, vol_of
from trimtab.model.instrument import (
    Cash,
    Future,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
from trimtab.model.portfolio import Position, Stated

Worth = Callable[[float], float]
SHARES = ("SAP", "VOD", "AAPL", "NESN", "TM")


@dataclass(frozen=True)
class Drawn:
    """A position, its worth at a move, columns beyond those of the world, and the layouts in which it may stand."""

    position: Position
    worth: Worth
    columns: tuple[tuple[str, str, np.ndarray], ...] = ()
    layouts: tuple[str, ...] = ("long", "wide")
    #: Of the difference quotient: small beside what bends the worth.
    step: float = 1e-5


def terms(multiplier: float) -> tuple[Terms, ...]:
    return (Terms(multiplier=Decimal(repr(float(multiplier)))),)


def size(rng: np.random.Generator, least: int = 1, most: int = 400) -> Decimal:
    return Decimal(int(rng.integers(least, most)) * int(rng.choice([-1, 1])))


def draw_cash(rng: np.random.Generator, world: World) -> Drawn:
    """Money in a currency or coin."""
    code = str(rng.choice(["USD", "EUR", "GBP", "JPY", "CHF", "BTC", "ETH"]))
    rate = world.rate(code)
    value, beta = 1000.0 * rate[-1], world.slope(rate)
    layouts = ("long",) if code in {"BTC", "ETH"} and world.base != "USD" else ("long", "wide")
    return Drawn(
        Position(instrument=Cash(currency=code), quantity=Decimal(1000)),
        lambda m: value * (1.0 + beta * m),
        layouts=layouts,
    )


def draw_spot(rng: np.random.Generator, world: World) -> Drawn:
    """A share, which follows its price in base currency."""
    name = str(rng.choice(SHARES))
    n = size(rng)
    series = world.price(name, world.base)
    value, beta = float(n) * series[-1], world.slope(series)
    spot = Spot(symbol=name, currency=ASSETS[name][0])
    return Drawn(Position(instrument=spot, quantity=n), lambda m: value * (1.0 + beta * m))


def draw_fund(rng: np.random.Generator, world: World) -> Drawn:
    """A fund through its holdings, in mixed currencies, with a rest that follows the fund itself."""
    n, currency = size(rng), str(rng.choice(["USD", "EUR", "GBP"]))
    names = [str(x) for x in rng.choice(SHARES, size=3, replace=False)]
    weights = [Decimal("0.5"), Decimal("0.3"), Decimal("0.15")]
    own = 10.0 + 3.0 * world.home["AAPL"] / world.home["AAPL"][-1]
    in_base = own * world.rate(currency)
    value = float(n) * in_base[-1]
    beta = sum(float(w) * world.slope(world.price(s, world.base)) for s, w in zip(names, weights, strict=True))
    beta += 0.05 * world.slope(in_base)
    fund = Spot(symbol="FUND", currency=currency, constituents=tuple(zip(names, weights, strict=True)))
    return Drawn(
        Position(instrument=fund, quantity=n), lambda m: value * (1.0 + beta * m), (("FUND", currency, own),), ("long",)
    )


def draw_future(rng: np.random.Generator, world: World) -> Drawn:
    """A future: through its own column, its root's, a sibling's, its index, or a tracker beside a stated price."""
    n, through = size(rng, 1, 9), str(rng.choice(["own", "root", "sibling", "index", "tracker"]))
    index, currency, multiplier = ("SX5E", "EUR", 10.0) if rng.random() < 0.6 else ("N225", "JPY", 500.0)
    tracker = "FEZ" if index == "SX5E" else "DXJ"
    home = world.home[index]
    basis = home * (1.01 + 0.002 * np.sin(np.arange(len(home))))
    column = {"own": "FXZ4", "root": "FX", "sibling": "FMZ4"}.get(through)
    price, stated = basis, Stated()
    if through == "index":
        price = home
    if through == "tracker":
        # Its tracker is listed elsewhere: what counts is its return in the contract's currency.
        price, stated = world.price(tracker, currency), Stated(price=Decimal("4321.5"))
    future = Future(
        symbol="FXZ4", root="FX", currency=currency, terms=terms(multiplier), siblings=("FM",),
        underlying=("NONE",) if through == "tracker" else (index,), trackers=(tracker,), expiry=dt.date(2024, 12, 20),
    )  # fmt: skip
    level = 4321.5 if through == "tracker" else price[-1]
    beta, f, rate = world.slope(price), world.slope(world.rate(currency)), world.rate(currency)[-1]

    def worth(m: float) -> float:
        return float(n) * multiplier * level * beta * m * rate * (1.0 + f * m)

    return Drawn(
        Position(instrument=future, quantity=n, stated=stated), worth,
        () if column is None else ((column, currency, basis),),
        # A column that states no currency is read in the contract's: right for a tracker that is listed there.
        ("long",) if through == "tracker" and ASSETS[tracker][0] != currency else ("long", "wide"),
    )  # fmt: skip


def draw_quanto_future(rng: np.random.Generator, world: World) -> Drawn:
    """A future that pays dollars for points of a yen index."""
    n = size(rng, 1, 9)
    future = Future(
        symbol="QZ4", root="Q", currency="USD", terms=terms(5.0), underlying=("N225",), quanto=True,
        expiry=dt.date(2024, 12, 20),
    )  # fmt: skip
    level, beta = world.home["N225"][-1], world.slope(world.home["N225"])
    f, rate = world.slope(world.rate("USD")), world.rate("USD")[-1]
    return Drawn(
        Position(instrument=future, quantity=n),
        lambda m: float(n) * 5.0 * level * beta * m * rate * (1.0 + f * m),
    )


def draw_currency_future(rng: np.random.Generator, world: World) -> Drawn:
    """A future on an exchange rate: dollars per euro, whatever the base currency is."""
    n = size(rng, 1, 5)
    future = Future(symbol="6EZ4", root="6E", currency="USD", terms=terms(125000.0), expiry=dt.date(2024, 12, 16))
    price = world.rate("EUR", "USD") * 1.004
    beta, f, rate = world.slope(price), world.slope(world.rate("USD")), world.rate("USD")[-1]
    return Drawn(
        Position(instrument=future, quantity=n),
        lambda m: float(n) * 125000.0 * price[-1] * beta * m * rate * (1.0 + f * m),
        (("6E", "USD", price),),
    )


def draw_perpetual(rng: np.random.Generator, world: World) -> Drawn:
    """A perpetual: linear, inverse or quanto, with and without an entry, by its own column or its coin's."""
    n = size(rng, 1, 60)
    payoff = PerpetualPayoff(str(rng.choice(["linear", "inverse", "quanto"])))
    coin = "ETH" if payoff is PerpetualPayoff.QUANTO else "BTC"
    own = rng.random() < 0.5
    price = world.home[coin] * (1.003 if own else 1.0)
    now = price[-1]
    m_ = {"linear": 0.5, "inverse": 1000.0, "quanto": 1e-5}[payoff]
    entry = now * float(rng.uniform(0.7, 1.3)) if rng.random() < 0.6 else None
    perpetual = Perpetual(
        symbol="PERP", currency="USD", settlement="USD" if payoff is PerpetualPayoff.LINEAR else "BTC", payoff=payoff,
        terms=terms(m_), underlying=(coin,),
    )  # fmt: skip
    start = now if entry is None else float(Decimal(repr(float(entry))))
    b, paid = world.slope(world.home[coin]), "USD" if payoff is PerpetualPayoff.LINEAR else "BTC"
    f, rate = world.slope(world.rate(paid)), world.rate(paid)[-1]

    def worth(m: float) -> float:
        level = now * (1.0 + b * m)
        gained = 1.0 / start - 1.0 / level if payoff is PerpetualPayoff.INVERSE else level - start
        return float(n) * m_ * gained * rate * (1.0 + f * m)

    stated = Stated() if entry is None else Stated(entry=Decimal(repr(float(entry))))
    columns = (("PERP", "USD", price),) if own else ()
    return Drawn(Position(instrument=perpetual, quantity=n, stated=stated), worth, columns)


def draw_option(rng: np.random.Generator, world: World) -> Drawn:
    """An option on a share, a coin or a future; volatility stated or from its own price, or a vendor's delta alone."""
    n = size(rng, 1, 40)
    name = str(rng.choice([*SHARES, "BTC"]))
    home, in_coin = ASSETS[name][0], name == "BTC" and rng.random() < 0.6
    on_future = not in_coin and rng.random() < 0.25
    # Now and then struck in another currency than the shares are quoted in: a compo.
    currency = "EUR" if not in_coin and not on_future and rng.random() < 0.15 else home
    column = "UNDZ4" if on_future else name
    series = world.home[name] * 1.01 if on_future else world.price(name, currency)
    spot, right = series[-1], str(rng.choice(["call", "put"]))
    strike = round(spot * float(rng.uniform(0.85, 1.15)), 6)
    expiry = TODAY + dt.timedelta(days=int(rng.integers(20, 500)))
    years, vol = (expiry - TODAY).days / 365.0, float(rng.uniform(0.12, 0.9))
    rate = 0.0 if in_coin else float(rng.choice([0.0, 0.03]))
    carry = 0.0 if in_coin else rate if on_future else float(rng.choice([0.0, 0.02]))
    multiplier = 1.0 if in_coin else 100.0
    option = Option(
        symbol="OPT", underlying=column, currency=currency, right=OptionRight(right),
        strike=Decimal(repr(float(strike))), expiry=expiry, terms=terms(multiplier), on_future=on_future,
        premium=Premium.COIN if in_coin else Premium.MONEY,
    )  # fmt: skip
    how = str(rng.choice(["vol", "price", "delta"]))
    value = black_scholes(right, spot, strike, vol, years, rate, carry)
    common = {"rate": rate, "dividend_yield": None if on_future else carry}
    quoted = round(value * 1.01 / (spot if in_coin else 1.0), 10)
    if how != "vol" and not quoted > 1e-3 * (spot / (spot if in_coin else 1.0)):
        how = "vol"
    if how == "price":
        vol = vol_of(quoted * (spot if in_coin else 1.0), right, spot, strike, years, rate, carry)
    delta = 0.42 if right == "call" else -0.37
    stated = {
        "vol": Stated(vol=vol, **common),
        "price": Stated(price=Decimal(repr(float(quoted))), **common),
        "delta": Stated(price=Decimal(repr(float(quoted))), delta=delta, **common),
    }[how]
    if how == "delta":
        vol = vol_of(quoted * (spot if in_coin else 1.0), right, spot, strike, years, rate, carry)
    b, f, fx = world.slope(series), world.slope(world.rate(currency)), world.rate(currency)[-1]
    step = 1e-5 * spot
    model_delta = (
        black_scholes(right, spot + step, strike, vol, years, rate, carry)
        - black_scholes(right, spot - step, strike, vol, years, rate, carry)
    ) / (2.0 * step)

    def worth(m: float) -> float:
        level = spot * (1.0 + b * m)
        unit = black_scholes(right, level, strike, vol, years, rate, carry)
        if how == "delta":
            # The vendor's delta replaces the model's, and the model keeps its curve.
            unit += (delta - model_delta) * (level - spot)
        # Nobody owes for an option that is held, wherever a line leads.
        unit = max(unit, 0.0)
        return float(n) * multiplier * unit * fx * (1.0 + f * m)

    columns = (("UNDZ4", home, series),) if on_future else ()
    layouts = ("long",) if currency != home else ("long", "wide")
    return Drawn(Position(instrument=option, quantity=n, stated=stated), worth, columns, layouts)


def draw_last_day(rng: np.random.Generator, world: World) -> Drawn:
    """An option on its last day: with a price it holds the deviation that is left, else it is worth exercise."""
    n = size(rng, 1, 40)
    name = str(rng.choice([*SHARES, "BTC"]))
    home, in_coin = ASSETS[name][0], name == "BTC" and rng.random() < 0.6
    spot, right = world.home[name][-1], str(rng.choice(["call", "put"]))
    strike = round(spot * float(rng.uniform(0.985, 1.015)), 6)
    multiplier = 1.0 if in_coin else 100.0
    option = Option(
        symbol="OPT", underlying=name, currency=home, right=OptionRight(right), strike=Decimal(repr(float(strike))),
        expiry=TODAY, terms=terms(multiplier), premium=Premium.COIN if in_coin else Premium.MONEY,
    )  # fmt: skip
    sign = 1.0 if right == "call" else -1.0
    left, priced = float(rng.uniform(0.001, 0.03)), rng.random() < 0.8
    coin = spot if in_coin else 1.0
    quoted = round(black_scholes(right, spot, strike, left, 1.0, 0.0, 0.0) / coin, 12)
    exercise = max(0.0, sign * (spot - strike))
    alive = priced and quoted * coin > exercise + 1e-7 * spot
    if alive:
        left = vol_of(quoted * coin, right, spot, strike, 1.0, 0.0, 0.0)
        d1 = log(spot / strike) / left + left / 2.0
        # Within .05 of exercise's delta it counts as exercised.
        alive = abs(sign * normal(sign * d1) - sign * (sign * (spot - strike) > 0)) > 0.05
    basis = quoted * coin - exercise if priced and not alive else 0.0
    b, f, fx = world.slope(world.home[name]), world.slope(world.rate(home)), world.rate(home)[-1]

    def worth(m: float) -> float:
        level = spot * (1.0 + b * m)
        unit = (
            black_scholes(right, level, strike, left, 1.0, 0.0, 0.0)
            if alive
            else max(0.0, sign * (level - strike)) + basis
        )
        return float(n) * multiplier * unit * fx * (1.0 + f * m)

    stated = Stated(price=Decimal(repr(float(quoted)))) if priced else Stated()
    return Drawn(Position(instrument=option, quantity=n, stated=stated), worth, step=3e-5 * left)


KINDS = (
    draw_cash, draw_spot, draw_fund, draw_future, draw_quanto_future, draw_currency_future, draw_perpetual, draw_option,
    draw_last_day,
)  # fmt: skip

#: What else may be held: said in agreement with the world, and far too small to matter.
BESIDE = (
    Position(instrument=Spot(symbol="SAP", currency="EUR"), quantity=Decimal("0.001")),
    Position(instrument=Spot(symbol="VOD", currency="GBP"), quantity=Decimal("0.001")),
    Position(instrument=Spot(symbol="BTC", currency="USD"), quantity=Decimal("0.000001")),
    Position(instrument=Cash(currency="EUR"), quantity=Decimal("0.01")),
    Position(instrument=Cash(currency="JPY"), quantity=Decimal("0.01")),
    Position(
        instrument=Future(symbol="FESXZ4", root="FESX", currency="EUR", terms=terms(0.001), underlying=("SX5E",)),
        quantity=Decimal(-1),
    ),
    Position(
        instrument=Option(
            symbol="BESIDE", underlying="AAPL", currency="USD", right=OptionRight.CALL, strike=Decimal(190),
            expiry=dt.date(2025, 6, 20), terms=terms(0.001),
        ),
        quantity=Decimal(1),
        stated=Stated(vol=0.3),
    ),
)  # fmt: skip
