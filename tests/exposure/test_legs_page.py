"""The table of legs in docs/instruments.md, row by row: what each follows, in which currency, and how much."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from trimtab.exposure.value import value_position
from trimtab.market.prices import PriceTable, absence
from trimtab.market.rates.fx import FxRates
from trimtab.market.snapshot import market_at
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

PAGE = Path(__file__).parents[2] / "docs" / "instruments.md"
N, M, S, BTC, FX, E, V, U, W = 7.0, 4.0, 100.0, 50000.0, 1.1, 80.0, 6.0, 0.06, 0.25
#: Base currency per coin: the coin is quoted in dollars, the base currency.
C = BTC
TERMS = (Terms(multiplier=Decimal(4)),)
CALL = {
    "symbol": "O", "underlying": "X", "currency": "EUR", "right": OptionRight.CALL, "strike": Decimal(100),
    "expiry": dt.date(2024, 9, 20), "terms": TERMS,
}  # fmt: skip
PERPETUAL = {"symbol": "Z", "currency": "EUR", "terms": TERMS, "underlying": ("X",)}

HELD = {
    "share": Spot(symbol="X", currency="EUR"),
    "fund with holdings": Spot(symbol="X", currency="EUR", constituents=(("H", Decimal("0.25")),)),
    "future": Future(symbol="Z", root="Z", currency="EUR", terms=TERMS, underlying=("X",)),
    "quanto future": Future(symbol="Z", root="Z", currency="EUR", terms=TERMS, underlying=("Y",), quanto=True),
    "option": Option(**CALL),
    "coin-premium option": Option(**CALL, premium=Premium.COIN),
    "linear perpetual": Perpetual(**PERPETUAL, settlement="EUR", payoff=PerpetualPayoff.LINEAR),
    "inverse perpetual": Perpetual(**PERPETUAL, settlement="BTC", payoff=PerpetualPayoff.INVERSE),
    "quanto perpetual": Perpetual(**PERPETUAL, settlement="BTC", payoff=PerpetualPayoff.QUANTO),
    "foreign money": Cash(currency="EUR"),
}
STATED = {
    "option": Stated(price=Decimal(6)),
    "coin-premium option": Stated(price=Decimal("0.06")),
    **{f"{kind} perpetual": Stated(entry=Decimal(80)) for kind in ("linear", "inverse", "quanto")},
}
#: What a leg's name is, by what the page says it follows and in which currency.
NAMES = {
    "base": "{}",
    "the contract": "{} in EUR",
    "the strike": "{} in EUR",
    "the quote": "{} in EUR",
    "the index": "{} in JPY",
}
FOLLOWED = {
    "the holding": "H",
    "the strike's currency": "EUR",
    "the quote currency": "EUR",
    "the currency or coin": "EUR",
}


def rows() -> list[list[str]]:
    """Read the table below its mark."""
    below = (
        PAGE.read_text(encoding="utf-8")
        .partition("<!-- legs:")[2]
        .partition("\n\n")[2]
        .partition("\n\n")[0]
        .splitlines()
    )
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in below if line.startswith("|")]
    return cells[2:]


def market():
    """Give a market in dollars with everything in euro, an index in yen, and a coin in dollars."""
    columns = {"X": (S, "EUR"), "H": (5.0, "GBP"), "Y": (S, "JPY"), "BTC": (BTC, "USD")}
    values = np.array([[price for price, _ in columns.values()]])
    table = PriceTable(
        dates=np.array(["2024-03-01"], "M8[s]"), symbols=tuple(columns), values=values, why=absence(values),
        currencies=tuple(currency for _, currency in columns.values()),
    )  # fmt: skip
    rates = {"EURUSD": [FX], "USDJPY": [150.0], "GBPUSD": [1.25]}
    return market_at(table, base="USD", fx=FxRates.of(rates, dates=["2024-03-01"]))


def test_the_table_has_every_kind():
    """Each kind that can be held stands in the table, and nothing else does."""
    assert {row[0] for row in rows()} == set(HELD)


@pytest.mark.parametrize("kind", HELD)
def test_the_legs_of_a_kind_are_those_of_the_page(kind):
    """Names, currencies and amounts of the legs equal what the page says, in its order."""
    position = Position(instrument=HELD[kind], quantity=Decimal(7), stated=STATED.get(kind, Stated()))
    valued = value_position(position, market())
    known = {"N": N, "m": M, "P": S, "F": S, "S": S, "FX": FX, "C": C, "E": E, "V": V, "u": U, "w": W}
    told = [row for row in rows() if row[0] == kind]
    legs = valued.legs[:1] if kind == "fund with holdings" else valued.legs
    assert len(legs) == len(told)
    for leg, (_, _, follows, currency, exposure) in zip(legs, told, strict=True):
        amount = eval(exposure.replace(" x ", " * "), {}, known | {"delta": valued.delta})  # noqa: S307 - our own page
        assert leg.delta_exposure == pytest.approx(amount, rel=1e-12)
        own = "Y" if kind == "quanto future" else "BTC" if follows == "the coin" and currency == "base" else "X"
        assert NAMES[currency].format(FOLLOWED.get(follows, own)) in (*leg.follows, *leg.stand_ins)
