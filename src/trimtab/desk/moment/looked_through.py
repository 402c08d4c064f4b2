"""Holdings as they are measured: funds through what they hold, European options with the forward of their chain."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from math import log
from typing import TypeAlias

from trimtab.exposure.pricing.parity import ParityForward
from trimtab.market.daycount import years_between
from trimtab.model.portfolio import Portfolio, Position

__all__ = ["Forwards", "Funds", "look_through", "with_forwards"]

#: What funds hold: (symbol, weight) pairs by fund.
Funds: TypeAlias = dict[str, tuple[tuple[str, Decimal], ...]]
#: What chains of options imply, by underlying and last day.
Forwards: TypeAlias = dict[tuple[str, dt.date], ParityForward]


def look_through(portfolio: Portfolio, funds: Funds) -> Portfolio:
    """Give the portfolio with each fund's holdings written on it."""
    positions = tuple(
        replace(p, instrument=p.instrument.holding(funds[p.symbol])) if p.symbol in funds else p
        for p in portfolio.positions
    )
    return replace(portfolio, positions=positions)


def with_forwards(portfolio: Portfolio, forwards: Forwards, day: dt.date) -> Portfolio:
    """Give European options of the portfolio the forward and the rate that their chain implies.

    A forward or rate that a row states itself is kept. American chains do not obey parity and are left alone, as are
    premiums in coin, whose underlying is the forward already.
    """
    return replace(portfolio, positions=tuple(_with_forward(p, forwards, day) for p in portfolio.positions))


def _with_forward(position: Position, forwards: Forwards, day: dt.date) -> Position:
    option = position.instrument
    if not option.obeys_parity or option.expiry is None:
        return position
    fit = forwards.get((option.written_on[0], option.expiry))
    years = years_between(day, option.expiry)
    if fit is None or years <= 0:
        return position
    stated = position.stated
    return replace(
        position,
        stated=replace(
            stated,
            forward=fit.forward if stated.forward is None else stated.forward,
            rate=-log(fit.discount) / years if stated.rate is None else stated.rate,
        ),
    )
