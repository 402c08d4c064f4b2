"""Spin-offs, mergers and delistings: what becomes of units and of their cost."""

from dataclasses import replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.deals import Deal, deal
from trimtab.ledger.effects.splits import is_whole, options_on, pay_fraction
from trimtab.ledger.facts.corporate import Delisting, Merger, SpinOff
from trimtab.ledger.facts.header import Subject
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Disposal, Holding, Lot
from trimtab.ledger.lots.lots import joined, parted
from trimtab.ledger.posting import Account, exact, money
from trimtab.model.instrument import Instrument, Spot
from trimtab.model.lot_order import held_long

__all__ = ["apply_delisting", "apply_merger", "apply_spin_off"]

_ZERO, _ONE = Decimal(0), Decimal(1)


def apply_spin_off(effect: Effect, fact: SpinOff) -> None:
    """Receive units of another company with a part of the parent's cost; days of purchase go along."""
    parent = effect.held(fact.of, everywhere=fact.everywhere)
    _tell_options(effect, fact.of.symbol, "spin-off")
    if parent is None:
        return
    key, child = _received(effect, fact.into, parent)
    total = exact(parent.quantity * fact.new / fact.old)
    stay, come = parted(parent.lots, fact.basis, parent.quantity, total)
    cost = sum((lot.cost for lot in come if lot.cost is not None), _ZERO)
    effect.post(Account.POSITION, parent.instrument.paid_in, -cost, parent.key)
    effect.put(replace(parent, lots=stay))
    _receive(effect, key, child, total, come, cost)
    pay_fraction(effect, key, fact.fraction_price)


def _received(effect: Effect, into: Subject, parent: Holding) -> tuple[str, Instrument]:
    """Give what is received: as stated, held or listed, else a share quoted as its parent is."""
    target = effect.find(into)
    instrument: Instrument
    if target is not None:
        key, instrument = target.key, target.instrument
    else:
        minor = parent.instrument.is_owned and parent.instrument.minor
        instrument = Spot(symbol=into.symbol, currency=into.currency or parent.instrument.currency, minor=minor)
        key = instrument.key_on(effect.day)
    if not instrument.is_owned or instrument.paid_in != parent.instrument.paid_in:
        raise effect.refuse(
            expected=f"units in {parent.instrument.paid_in}, in which {parent.symbol} was paid for",
            found=f"{key} in {instrument.paid_in}",
            try_next="cost cannot pass into another currency by itself: write a sale and a purchase",
        )
    return key, instrument


def _receive(
    effect: Effect, key: str, instrument: Instrument, total: Decimal, lots: tuple[Lot, ...], cost: Decimal
) -> None:
    there = effect.get(key)
    if there is not None and there.quantity * total < 0:
        raise effect.refuse(
            expected=f"{instrument.symbol} on the side that is held",
            found=f"{there.quantity.normalize():f} held, {total.normalize():f} received",
            try_next="write the closing trade first",
        )
    effect.post(Account.POSITION, instrument.paid_in, cost, key, total)
    kept = tuple(lot for lot in lots if lot.quantity != 0)
    if there is None:
        effect.put(Holding(key=key, instrument=instrument, quantity=total, lots=kept, stated=effect.day))
    else:
        effect.put(replace(there, quantity=there.quantity + total, lots=joined(there.lots, kept)))


def apply_merger(effect: Effect, fact: Merger) -> None:
    """Give up units for units of another, for money, or for both.

    With both, the gain is realised up to the money (a loss is not), and the rest of the cost goes along: the cost of
    what is received is the old cost, less the money, plus the gain realised.
    """
    holding = effect.held(fact.of, everywhere=fact.everywhere)
    _tell_options(effect, fact.of.symbol, "merger")
    if holding is None:
        return
    if not holding.instrument.is_owned:
        raise effect.refuse(expected="shares that are taken over", found=holding.key, try_next="correct the symbol")
    target = effect.need(fact.of)
    unit = holding.instrument.price_unit(effect.day, minor=target.minor)
    paid = money(holding.quantity, fact.cash, unit)
    if fact.into is None or fact.new is None:
        effect.post(Account.CASH, holding.instrument.paid_in, paid)
        deal(effect, holding.key, holding.instrument, Deal(units=-holding.quantity, money=-paid))
        return
    key, into = _received(effect, fact.into, holding)
    total = exact(holding.quantity * fact.new / fact.old)
    price = None if fact.price is None else money(total, fact.price, into.price_unit(effect.day))
    lots = _boot(effect, holding, paid, price) if paid else holding.lots
    gone = sum((lot.cost for lot in holding.lots if lot.cost is not None), _ZERO)
    come = sum((lot.cost for lot in lots if lot.cost is not None), _ZERO)
    effect.post(Account.POSITION, holding.instrument.paid_in, -gone, holding.key, -holding.quantity)
    effect.holdings[holding.key] = None
    _, new_lots = parted(lots, _ONE, holding.quantity, total)
    _receive(effect, key, into, total, new_lots, come)
    if is_whole(holding.quantity):
        pay_fraction(effect, key, fact.fraction_price)


def _boot(effect: Effect, holding: Holding, paid: Decimal, price: Decimal | None) -> tuple[Lot, ...]:
    """Take the money of a merger that also gave units; give the lots with the cost that is left."""
    if holding.quantity < 0:
        raise effect.refuse(
            expected="units held in a merger for units and money",
            found=f"{holding.quantity.normalize():f}, sold short",
            try_next="write it as the purchase that closes it and a new short sale",
        )
    if price is None:
        effect.tell(
            FindingKind.CHECK,
            holding.symbol,
            "the value of what was received is not stated: money counts against the cost first, and only what is over "
            "as a gain; give its price",
        )
    currency = holding.instrument.paid_in
    effect.post(Account.CASH, currency, paid)
    lots, left = [], paid
    for i, lot in enumerate(holding.lots):
        share = lot.quantity / holding.quantity
        got = left if i == len(holding.lots) - 1 else exact(paid * share)
        left -= got
        lots.append(_lot_with_boot(effect, holding, lot, got, None if price is None else exact(price * share)))
    return tuple(lots)


def _lot_with_boot(effect: Effect, holding: Holding, lot: Lot, got: Decimal, worth: Decimal | None) -> Lot:
    currency = holding.instrument.paid_in
    if lot.cost is None:
        effect.post(Account.UNCOSTED, currency, -got, holding.key)
        return lot
    whole = None if worth is None else got + worth - lot.cost
    gain = max(got - lot.cost, _ZERO) if whole is None else max(min(got, whole), _ZERO)
    effect.post(Account.GAIN, currency, -gain, holding.key)
    rate = effect.state.rules.rate(currency, effect.day)
    base_gain, base_got = (None if rate is None else exact(x * rate) for x in (gain, got))
    if gain:
        effect.disposals.append(
            Disposal(
                key=holding.key,
                symbol=holding.symbol,
                lot=lot.name,
                acquired=lot.acquired,
                disposed=effect.day,
                quantity=_ZERO,
                proceeds=got,
                cost=got - gain,
                fees=_ZERO,
                currency=currency,
                base_proceeds=base_got,
                base_cost=None if base_got is None or base_gain is None else base_got - base_gain,
                long_term=None if lot.acquired is None else held_long(lot.acquired, effect.day),
            )
        )
    base = None if None in (lot.base, base_got, base_gain) else (lot.base or 0) - (base_got or 0) + (base_gain or 0)
    # The cost less the money, plus the gain: never more than was paid.
    return replace(lot, cost=lot.cost - got + gain, base=None if base is None else Decimal(base))


def apply_delisting(effect: Effect, fact: Delisting) -> None:
    """Pay out what is left of something that ends."""
    holding = effect.held(fact.of, everywhere=fact.everywhere)
    if holding is None:
        return
    if holding.settles:
        raise _not_delisted(effect, holding)
    target = effect.need(fact.of)
    value = money(holding.quantity, fact.price, holding.instrument.price_unit(effect.day, minor=target.minor))
    effect.post(Account.CASH, holding.instrument.paid_in, value)
    deal(effect, holding.key, holding.instrument, Deal(units=-holding.quantity, money=-value))


def _not_delisted(effect: Effect, holding: Holding) -> InputError:
    return effect.refuse(
        expected="shares that are delisted",
        found=holding.key,
        try_next="write a contract's end as its final settlement",
    )


def _tell_options(effect: Effect, symbol: str, what: str) -> None:
    for option in options_on(effect, symbol):
        effect.tell(
            FindingKind.CHECK,
            option.symbol,
            f"the {what} of {symbol} changes this option in a way the clearing house says: write its new terms as "
            "trades, or the option will be valued wrongly",
        )
