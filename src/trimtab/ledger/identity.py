"""What a thing is: keys that tell contracts apart, what a unit of price is worth, and terms as they change."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.facts.corporate import MultiplierChange
from trimtab.ledger.posting import exact, money
from trimtab.model.instrument import (
    Cash,
    Future,
    Instrument,
    Option,
    OptionRight,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)

__all__ = ["concerns", "key_of", "named", "price_unit", "renamed", "traded_in", "with_terms", "worth"]

_ONE, _HUNDREDTH = Decimal(1), Decimal("0.01")


def key_of(instrument: Instrument, day: dt.date) -> str:
    """Give what tells a thing from all others: its kind and symbol, and for an option its terms.

    Two options under one symbol are two things, and an option under its share's symbol is not the share.

    Examples
    --------
    >>> key_of(Spot(symbol="ABC", currency="USD"), dt.date(2024, 1, 2))
    'spot ABC'
    """
    if isinstance(instrument, Spot):
        return f"spot {instrument.symbol}"
    match instrument:
        case Option() as option:
            size = option.terms_on(day).multiplier.normalize()
            terms = f"{option.expiry} {option.right.value} {option.strike.normalize():f} {size:f}"
            return f"option {option.underlying} {terms}"
        case Future():
            return f"future {instrument.symbol}"
        case Perpetual():
            return f"perpetual {instrument.symbol}"
        case Cash():
            return f"cash {instrument.symbol}"


def named(instrument: Instrument) -> Instrument:
    """Give an option that is written under its underlying's symbol a name of its own, which no price is listed under.

    Examples
    --------
    >>> option = Option(
    ...     symbol="ABC",
    ...     underlying="ABC",
    ...     currency="USD",
    ...     right=OptionRight.CALL,
    ...     strike=Decimal(30),
    ...     expiry=dt.date(2024, 6, 21),
    ...     terms=(Terms(multiplier=Decimal(100)),),
    ... )
    >>> named(option).symbol
    'ABC 30C 2024-06-21'
    """
    if not isinstance(instrument, Option) or instrument.symbol not in (instrument.underlying, *instrument.aliases):
        return instrument
    letter = "C" if instrument.right is OptionRight.CALL else "P"
    return replace(
        instrument,
        symbol=f"{instrument.underlying} {instrument.strike.normalize():f}{letter} {instrument.expiry.isoformat()}",
    )


def traded_in(instrument: Instrument) -> str:
    """Give the currency in which a thing is paid for; that of a contract's gains, for futures and perpetuals.

    An option whose premium is paid in coin is paid in its underlying.
    """
    if isinstance(instrument, Spot):
        return instrument.currency
    match instrument:
        case Perpetual(payoff=PerpetualPayoff.LINEAR):
            return instrument.currency
        case Perpetual():
            return instrument.settlement
        case Option(premium=Premium.COIN):
            return instrument.underlying
        case _:
            return instrument.currency


def price_unit(instrument: Instrument, day: dt.date, *, minor: bool | None = None) -> Decimal:
    """Give the money one unit is worth for a quoted price of 1, in whole currency.

    Examples
    --------
    >>> price_unit(Spot(symbol="VOD", currency="GBP", minor=True), dt.date(2024, 1, 2))
    Decimal('0.01')
    """
    match instrument:
        case Spot():
            pence = instrument.minor if minor is None else minor
            return instrument.scale * _HUNDREDTH if pence else instrument.scale
        case Option() | Future() | Perpetual():
            size = instrument.terms_on(day).multiplier
            return size * _HUNDREDTH if minor else size
        case Cash():
            return _ONE


def worth(instrument: Future | Perpetual, quantity: Decimal, price: Decimal, day: dt.date) -> Decimal:
    """Give the number whose change from one price to another is what a contract gains, in the currency it settles in.

    Linear and quanto contracts: quantity x multiplier x price; inverse ones: -quantity x multiplier / price.
    """
    size = instrument.terms_on(day).multiplier
    if isinstance(instrument, Perpetual) and instrument.payoff is PerpetualPayoff.INVERSE:
        return exact(-quantity * size / price)
    return money(quantity, price, size)


def concerns(instrument: Instrument, symbol: str) -> bool:
    """Tell whether a change of terms under a symbol is about a thing: by its own name, or its family's."""
    return symbol in (instrument.symbol, getattr(instrument, "root", instrument.symbol))


def with_terms(instrument: Instrument, changes: Iterable[MultiplierChange]) -> Instrument:
    """Give a contract with every change of terms that concerns it, each from its own day on."""
    if not isinstance(instrument, Future | Perpetual | Option):
        return instrument
    for change in changes:
        if not concerns(instrument, change.of.symbol):
            continue
        before = [t for t in instrument.terms if t.valid_from is None or t.valid_from < change.day]
        last = max(before, key=lambda t: t.valid_from or dt.date.min, default=instrument.terms[0])
        terms = Terms(
            multiplier=change.multiplier,
            tick=change.tick or last.tick,
            lot=change.lot or last.lot,
            valid_from=change.day,
        )
        # Terms that the instrument itself states from a later day on stay.
        later = [t for t in instrument.terms if t.valid_from is not None and t.valid_from > change.day]
        instrument = replace(instrument, terms=(*before, terms, *later))
    return instrument


def renamed(instrument: Instrument, names: Mapping[str, str]) -> Instrument:
    """Give an instrument under its new name; an option also on its underlying's."""
    if isinstance(instrument, Option):
        underlying = names.get(instrument.underlying, instrument.underlying)
        symbol = names.get(instrument.symbol, instrument.symbol)
        return replace(instrument, underlying=underlying, symbol=symbol)
    if isinstance(instrument, Cash) or instrument.symbol not in names:
        return instrument
    return replace(instrument, symbol=names[instrument.symbol])
