"""Whose returns an instrument may follow, and in which currency: what has to be measured before it can be valued."""

from dataclasses import dataclass
from typing import assert_never

from trimtab.exposure.kinds.future import sibling_names
from trimtab.exposure.kinds.perpetual import perpetual_names, settling_currency
from trimtab.model.currencies import CURRENCIES
from trimtab.model.instrument import Cash, Future, Instrument, Option, Perpetual, PerpetualPayoff, Spot

__all__ = ["Followed", "followed", "money_of", "readings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One series that an instrument may follow.

    Parameters
    ----------
    symbol
        Column of prices; None for the rate of a currency or coin.
    currency
        What the price is taken in (None: whatever it is quoted in); for a rate, the currency or coin itself.
    silent
        Currency in which a coin's column is read that states none, for a rate; None for the base currency.
    """

    symbol: str | None
    currency: str | None
    silent: str | None = None


def followed(instrument: Instrument) -> tuple[Followed, ...]:
    """Give every series that an instrument may follow, whether or not there is such a column."""
    money = tuple(Followed(symbol=None, currency=c, silent=s) for c, s in _money(instrument))
    match instrument:
        case Cash():
            return money
        case Spot():
            # In base currency; its own currency and its price there are wanted where a currency moves alone.
            names = (instrument.symbol, *(symbol for symbol, _ in instrument.constituents))
            return (*money, *(Followed(symbol=s, currency=None) for s in names))
        case Future():
            own = (instrument.symbol, instrument.root, *sibling_names(instrument))
            beyond = (*instrument.underlying, *instrument.trackers)
            points = None if instrument.quanto else instrument.currency
            return (
                *money,
                *(Followed(symbol=s, currency=instrument.currency) for s in own),
                *(Followed(symbol=s, currency=points) for s in beyond),
            )
        case Perpetual():
            return (*money, *(Followed(symbol=s, currency=instrument.currency) for s in perpetual_names(instrument)))
        case Option():
            points = None if instrument.quanto else instrument.currency
            names = (instrument.underlying, *instrument.aliases)
            return (*money, *(Followed(symbol=s, currency=points) for s in names))
        case _ as never:
            assert_never(never)


def money_of(instrument: Instrument) -> tuple[str, ...]:
    """Give the currencies and coins whose rates an instrument is counted with."""
    return tuple(dict.fromkeys((instrument.currency, *(currency for currency, _ in _money(instrument)))))


def _money(instrument: Instrument) -> tuple[tuple[str, str | None], ...]:
    """Give what it moves with as money, each with the currency in which a silent column of it is read."""
    if isinstance(instrument, Perpetual):
        return ((settling_currency(instrument), instrument.currency),)
    return ((instrument.currency, None),)


def readings(instrument: Instrument, base: str) -> tuple[tuple[str, str, bool], ...]:
    """Give (column, currency, in hundredths) for each price that an instrument reads in a currency of its choice.

    Where the price table states no currency for such a column, two instruments that read it differently cannot both be
    right. Money in a coin reads the coin's price in base currency.
    """
    match instrument:
        case Cash():
            return () if instrument.currency in CURRENCIES else ((instrument.currency, base, False),)
        case Spot():
            return ((instrument.symbol, instrument.currency, instrument.minor),)
        case Future():
            own = (instrument.symbol, instrument.root, *sibling_names(instrument))
            names = own if instrument.quanto else (*own, *instrument.underlying)
            return tuple((name, instrument.currency, instrument.minor) for name in dict.fromkeys(names))
        case Perpetual():
            names = perpetual_names(instrument)
            if instrument.payoff is not PerpetualPayoff.LINEAR:
                names = (*names, instrument.settlement)
            return tuple((name, instrument.currency, False) for name in dict.fromkeys(names))
        case Option():
            names = () if instrument.quanto else (instrument.underlying, *instrument.aliases)
            return tuple((name, instrument.currency, instrument.minor) for name in dict.fromkeys(names))
        case _ as never:
            assert_never(never)
