"""Futures and perpetuals: nothing is paid for them, and their gains become money.

A contract carries its worth at the prices it was opened or last settled at (`trimtab.ledger.identity.worth`). A trade
that closes a part of it realises that part at the average of what is carried; a settlement realises the rest.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.deals import pay_fee
from trimtab.ledger.facts.contracts import Delivery, Roll, Settlement
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Holding
from trimtab.ledger.identity import worth
from trimtab.ledger.posting import Account, exact
from trimtab.model.instrument import Instrument

__all__ = ["apply_roll", "apply_settlement", "deliver", "evening_before", "is_far", "settle", "trade_contract"]

_ZERO = Decimal(0)
#: A settlement price so many times the last known price, or its fraction, is taken for a mistake of unit.
_FAR = Decimal(20)


def trade_contract(effect: Effect, key: str, instrument: Instrument, units: Decimal, price: Decimal) -> None:
    """Change a position in a contract at a price; what is closed becomes money."""
    _check_price(effect, instrument, price)
    holding = effect.get(key)
    currency, size = instrument.paid_in, instrument.terms_on(effect.day).multiplier
    effect.post(Account.POSITION, currency, _ZERO, key, units)
    if holding is None:
        carried = worth(instrument, units, price, effect.day)
        effect.put(
            Holding(
                key=key,
                instrument=instrument,
                quantity=units,
                carried=carried,
                size=size,
                mark=price,
                stated=effect.day,
            )
        )
        return
    holding = _in_terms(effect, holding, effect.day)
    before, total = holding.quantity, holding.quantity + units
    if before * units > 0:
        more = _sum(holding.carried, worth(instrument, units, price, effect.day))
        effect.put(replace(holding, quantity=total, carried=more, stated=effect.day))
        return
    closing = -units if abs(units) <= abs(before) else before
    part = None if holding.carried is None else exact(holding.carried * closing / before)
    if part is None:
        _tell_lost(effect, holding)
    else:
        _gain(effect, key, currency, worth(instrument, closing, price, effect.day) - part)
    if total * before > 0:
        left = None if holding.carried is None or part is None else holding.carried - part
        effect.put(replace(holding, quantity=total, carried=left, stated=effect.day))
    else:
        # Through zero: the rest is opened anew at this price.
        carried = worth(instrument, total, price, effect.day)
        effect.put(replace(holding, quantity=total, carried=carried, settled=None, mark=price, stated=effect.day))


def _in_terms(effect: Effect, holding: Holding, day: dt.date) -> Holding:
    """Give a holding with what it carries in the terms of a day, and tell where gains from before a change count so."""
    instrument = holding.instrument
    if not holding.settles:
        return holding
    terms = instrument.terms_on(day)
    if holding.size is None or holding.size == terms.multiplier:
        return holding if holding.size is not None else replace(holding, size=terms.multiplier)
    eve = evening_before(terms.valid_from or day)
    if holding.settled is None or holding.settled < eve:
        effect.tell(
            FindingKind.DEFERRED,
            holding.symbol,
            f"its multiplier changed on {terms.valid_from}, and it was not settled the evening before: what it gained "
            f"until then counts with the new multiplier; give its settlement price of {eve}",
        )
    return replace(holding, carried=holding.carried_on(day), size=terms.multiplier)


def evening_before(day: dt.date) -> dt.date:
    """Give the last weekday before a day."""
    return day - dt.timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))


def _sum(carried: Decimal | None, more: Decimal) -> Decimal | None:
    return None if carried is None else carried + more


def _gain(effect: Effect, key: str, currency: str, amount: Decimal) -> None:
    effect.post(Account.CASH, currency, amount)
    effect.post(Account.GAIN, currency, -amount, key)


def _tell_lost(effect: Effect, holding: Holding) -> None:
    effect.tell(
        FindingKind.DEFERRED,
        holding.symbol,
        "no price is known from which its gain counts: give its settlement or entry price of the snapshot's day",
    )


def _check_price(effect: Effect, instrument: Instrument, price: Decimal) -> None:
    if instrument.inverse and price <= 0:
        raise effect.refuse(
            expected=f"a positive price of {instrument.symbol}", found=f"{price}", try_next="correct the row"
        )


def apply_settlement(effect: Effect, fact: Settlement) -> None:
    """Settle a contract at its own price of the day."""
    holding = effect.held(fact.of, everywhere=fact.everywhere)
    if holding is None:
        return
    settle(effect, holding, fact.price)
    if fact.final:
        _end(effect, holding)


def is_far(price: Decimal, last: Decimal | None) -> bool:
    """Tell whether a settlement price is so far from the last one known that its unit must be another."""
    return last is not None and last > 0 and price > 0 and not 1 / _FAR < price / last < _FAR


def settle(effect: Effect, holding: Holding, price: Decimal, *, on: dt.date | None = None) -> None:
    """Turn a contract's gain up to a price into money, with the terms of the fact's day or of another.

    Raises
    ------
    InputError
        If it is no future or perpetual, or the price is far from the last one known.
    """
    instrument = holding.instrument
    if not holding.settles:
        raise effect.refuse(
            expected="a future or a perpetual to settle", found=f"{holding.key}", try_next="correct symbol or kind"
        )
    _check_price(effect, instrument, price)
    last = holding.mark
    if last is not None and is_far(price, last):
        raise effect.refuse(
            expected=f"a settlement price of {holding.symbol} near {last.normalize():f}, the last one known",
            found=f"{price.normalize():f}, {max(price / last, last / price):.0f} times "
            + ("more" if price > last else "less"),
            try_next="give the price in the unit the contract is quoted in",
        )
    day = on or effect.day
    holding = _in_terms(effect, holding, day)
    now = worth(instrument, holding.quantity, price, day)
    if holding.carried is not None:
        _gain(effect, holding.key, instrument.paid_in, now - holding.carried)
    elif holding.stated != day:
        _tell_lost(effect, holding)
    effect.put(replace(holding, carried=now, settled=day, mark=price))


def _end(effect: Effect, holding: Holding) -> None:
    effect.post(Account.POSITION, holding.instrument.paid_in, _ZERO, holding.key, -holding.quantity)
    effect.holdings[holding.key] = None


def apply_roll(effect: Effect, fact: Roll) -> None:
    """Close one contract and open another."""
    holding = effect.held(fact.of)
    into = effect.need(fact.into)
    if holding is None or not holding.settles or not into.instrument.settles_daily:
        raise effect.refuse(
            expected="two futures to roll between",
            found=f"{fact.of.symbol} and {into.key}",
            try_next="add kind and terms to the row, or write two trades",
        )
    units = fact.quantity or abs(holding.quantity)
    if units > abs(holding.quantity):
        raise effect.refuse(
            expected=f"no more than the {abs(holding.quantity).normalize():f} contracts held",
            found=f"{units.normalize():f}",
            try_next="correct the quantity, or import the trade that is missing",
        )
    signed = units if holding.quantity > 0 else -units
    instrument = holding.instrument
    trade_contract(effect, holding.key, instrument, -signed, fact.price)
    trade_contract(effect, into.key, into.instrument, signed, fact.into_price)
    pay_fee(effect, fact.fee, instrument.paid_in, instrument.paid_in, holding.key)


def deliver(effect: Effect, fact: Delivery) -> tuple[Holding, Decimal]:
    """Settle a future for the last time, and give it with the units of the underlying that change hands (signed)."""
    holding = effect.held(fact.of)
    if holding is None or not holding.settles_each_evening:
        raise effect.refuse(
            expected="a future that ends in delivery", found=f"{fact.of.symbol}", try_next="correct symbol or kind"
        )
    settle(effect, holding, fact.price)
    _end(effect, holding)
    each = fact.units or holding.instrument.terms_on(effect.day).multiplier
    return holding, exact(holding.quantity * each)
