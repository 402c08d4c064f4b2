"""Books of one option and cash, for the tests of options."""

import datetime as dt
from decimal import Decimal

import numpy as np

from trimtab.market.prices import PriceTable
from trimtab.market.snapshot import Market, market_at
from trimtab.model.instrument import Cash, Exercise, Option, OptionRight, Premium, Terms
from trimtab.model.portfolio import Portfolio, Position, Stated

DAY = dt.date(2024, 3, 1)
HUNDRED = (Terms(multiplier=Decimal(100)),)


def option(right: str, strike: float, days: int = 182, *, symbol: str = "OPT", **more: object) -> Option:
    """Give an option on S that expires in so many days after the tests' day."""
    given = {"currency": "USD", "terms": HUNDRED, "exercise": Exercise.EUROPEAN, **more}
    return Option(
        symbol=symbol, underlying="S", right=OptionRight(right), strike=Decimal(str(strike)),
        expiry=DAY + dt.timedelta(days=days), **given,
    )  # fmt: skip


def hold(instrument: Option, *, quantity: float = 1, **stated: object) -> Position:
    """Give a position with what is stated about it; prices may be written as text or numbers."""
    exact = {k: Decimal(str(v)) if k in {"price", "bid", "ask"} else v for k, v in stated.items()}
    return Position(instrument=instrument, quantity=Decimal(str(quantity)), stated=Stated(**exact))


def moment(**prices: float) -> Market:
    """Give the market of the tests' day."""
    dates = [np.datetime64(DAY) - 1, np.datetime64(DAY)]
    return market_at(PriceTable.of({n: [p, p] for n, p in prices.items()}, dates=dates), base="USD")


def with_cash(*positions: Position, cash: float = 1_000_000) -> Portfolio:
    """Give positions and base cash."""
    money = Position(instrument=Cash(currency="USD"), quantity=Decimal(str(cash)))
    return Portfolio(positions=(money, *positions), base="USD")


__all__ = ["DAY", "HUNDRED", "Premium", "hold", "moment", "option", "with_cash"]
