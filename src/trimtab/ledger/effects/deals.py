"""Units that come and go for money: the one place where lots open and close and gains are realised."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from trimtab.ledger.effect import Effect
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Disposal, Holding, Lot
from trimtab.ledger.lots.lots import opened, take
from trimtab.ledger.posting import Account, exact
from trimtab.model.instrument import Instrument
from trimtab.model.lot_order import held_long

__all__ = ["Deal", "deal", "drop", "pay_fee"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """Units for money.

    Parameters
    ----------
    units
        Signed: positive = received.
    money
        What they are worth in all, signed like the units, in the currency the thing is traded in. None: not known,
        and neither is then a cost or a gain.
    fees
        Tax cost beside it, zero or more, same currency.
    name
        Of the lot that opens.
    named
        (lot, units) pairs for the method "specific".
    """

    units: Decimal
    money: Decimal | None
    fees: Decimal = _ZERO
    name: str | None = None
    named: tuple[tuple[str, Decimal], ...] = ()


def deal(effect: Effect, key: str, instrument: Instrument, made: Deal) -> None:
    """Close what is held on the other side, then open the rest; post cost and gain, but neither cash nor fees.

    The postings sum to the money of the deal: whoever calls posts what was paid.
    """
    holding = effect.get(key)
    if holding is None:
        lot = _opening(effect, key, instrument, made)
        effect.put(Holding(key=key, instrument=instrument, quantity=made.units, lots=(lot,), stated=effect.day))
        return
    quantity, lots = holding.quantity, holding.lots
    rest: Deal | None = made
    if (quantity > 0) is not (made.units > 0):
        closing, rest = _parts(made, abs(quantity))
        lots = _close(effect, key, instrument, lots, closing)
    if rest is not None:
        lots = opened(lots, _opening(effect, key, instrument, rest))
    # Made anew: of what a thing without settlement keeps nothing else is there, and `replace` takes twice as long.
    effect.put(
        Holding(
            key=key, instrument=holding.instrument, quantity=quantity + made.units, lots=lots,
            # A trade adds to a number that somebody stated earlier, and does not state it anew.
            stated=effect.day if rest is not None and rest is not made else holding.stated,
            said=holding.said,
        )
    )  # fmt: skip


def _parts(made: Deal, quantity: Decimal) -> tuple[Deal, Deal | None]:
    """Give the part of a deal that closes what is held on the other side, and the part that opens, if any."""
    units = abs(made.units)
    if quantity >= units:
        return made, None
    part = quantity / units
    closing = Deal(
        units=quantity if made.units > 0 else -quantity,
        money=None if made.money is None else exact(made.money * part),
        fees=exact(made.fees * part),
        named=made.named,
    )
    rest = Deal(
        units=made.units - closing.units,
        money=None if made.money is None or closing.money is None else made.money - closing.money,
        fees=made.fees - closing.fees,
        name=made.name,
    )
    return closing, rest


def _opening(effect: Effect, key: str, instrument: Instrument, rest: Deal) -> Lot:
    currency = instrument.paid_in
    if rest.money is None:
        effect.tell(
            FindingKind.COST_UNKNOWN, instrument.symbol, f"what {rest.units.normalize():f} units cost is unknown"
        )
    effect.post(Account.POSITION, currency, rest.money or _ZERO, key, rest.units)
    return Lot(
        name=rest.name or effect.fact.id or effect.day.isoformat(),
        acquired=effect.day,
        quantity=rest.units,
        cost=rest.money,
        fees=rest.fees,
        base=_in_base(effect, currency, None if rest.money is None else rest.money + rest.fees),
    )


def _in_base(effect: Effect, currency: str, amount: Decimal | None) -> Decimal | None:
    rate = effect.state.rules.rate(currency, effect.day)
    if rate is None or amount is None:
        return None
    return amount if rate == 1 else exact(amount * rate)


def _close(
    effect: Effect,
    key: str,
    instrument: Instrument,
    lots: tuple[Lot, ...],
    share: Deal,
) -> tuple[Lot, ...]:
    """Realise a part of what is held, and give the lots that stay."""
    units, method = abs(share.units), effect.state.rules.method
    if method == "specific":
        _check_named(effect, instrument, lots, units, share.named)
    left, gone = take(lots, units, method, share.named)
    currency, proceeds = instrument.paid_in, None if share.money is None else -share.money
    costs = [part.cost for part in gone if part.cost is not None]
    cost = sum(costs, _ZERO)
    effect.post(Account.POSITION, currency, -cost, key, share.units)
    if proceeds is None:
        effect.post(Account.UNCOSTED, currency, cost, key)
    elif len(costs) == len(gone):
        effect.post(Account.GAIN, currency, cost - proceeds, key)
    rate = effect.state.rules.rate(currency, effect.day)
    if rate is None and proceeds is not None:
        effect.tell(
            FindingKind.NO_RATE,
            instrument.symbol,
            f"no rate of {currency} that day, so its gain in {effect.state.rules.base} is unknown",
        )
    # What each lot received decides nothing else where every cost is known and nobody asks.
    if effect.asked or (proceeds is not None and len(costs) < len(gone)):
        for part, received, fees in _received(gone, units, proceeds, share.fees):
            if received is not None and len(costs) < len(gone):
                where = Account.UNCOSTED if part.cost is None else Account.GAIN
                effect.post(where, currency, (part.cost or _ZERO) - received, key)
            effect.disposals.append(_disposal(effect, key, instrument, part, (received, fees, rate)))
    return left


def _received(
    gone: tuple[Lot, ...], units: Decimal, proceeds: Decimal | None, fees: Decimal
) -> Iterator[tuple[Lot, Decimal | None, Decimal]]:
    """Divide money and fees among lots by units; the last takes what is left."""
    for part in gone:
        size = abs(part.quantity)
        whole = size == units
        received = proceeds if whole or proceeds is None else exact(proceeds * size / units)
        paid = fees if whole else exact(fees * size / units)
        units -= size
        proceeds = None if proceeds is None or received is None else proceeds - received
        fees -= paid
        yield part, received, paid


def _disposal(
    effect: Effect,
    key: str,
    instrument: Instrument,
    part: Lot,
    got: tuple[Decimal | None, Decimal, Decimal | None],
) -> Disposal:
    """Write down a lot that went; `got` is what was received, fees, and the day's rate."""
    received, fees, rate = got
    return Disposal(
        key=key,
        symbol=instrument.symbol,
        lot=part.name,
        acquired=part.acquired,
        disposed=effect.day,
        quantity=part.quantity,
        proceeds=received or _ZERO,
        cost=None if received is None else part.cost,
        fees=fees + part.fees,
        currency=instrument.paid_in,
        base_proceeds=None if received is None or rate is None else exact((received - fees) * rate),
        base_cost=part.base,
        long_term=_is_long(part, effect.day),
    )


def _is_long(part: Lot, day: dt.date) -> bool | None:
    if part.quantity < 0:
        return False
    return None if part.acquired is None else held_long(part.acquired, day)


def _check_named(
    effect: Effect,
    instrument: Instrument,
    lots: tuple[Lot, ...],
    units: Decimal,
    named: tuple[tuple[str, Decimal], ...],
) -> None:
    if not named:
        effect.tell(
            FindingKind.LOTS_CHOSEN,
            instrument.symbol,
            f"{units.normalize():f} units closed without naming lots: the oldest were taken",
        )
        return
    sizes = {lot.name: abs(lot.quantity) for lot in lots}
    names = [name for name, _ in named]
    fits = len(set(names)) == len(names) and all(part <= sizes.get(name, _ZERO) for name, part in named)
    if not fits or sum((part for _, part in named), _ZERO) != units:
        raise effect.refuse(
            expected=f"lots of {instrument.symbol} that are held and add up to {units.normalize():f}, each named once",
            found=", ".join(f"{part.normalize():f} of {name}" for name, part in named),
            try_next=f"held are {', '.join(f'{size.normalize():f} of {name}' for name, size in sizes.items())}",
        )


def drop(
    effect: Effect, holding: Holding, units: Decimal, named: tuple[tuple[str, Decimal], ...] = ()
) -> tuple[Lot, ...]:
    """Take units out of a holding without realising anything, and give the lots that left; their cost is posted."""
    left, gone = take(holding.lots, units, effect.state.rules.method, named)
    currency = holding.instrument.paid_in
    for part in gone:
        effect.post(Account.POSITION, currency, -(part.cost or _ZERO), holding.key, -part.quantity)
    signed = units if holding.quantity > 0 else -units
    effect.put(replace(holding, quantity=holding.quantity - signed, lots=left))
    return gone


def pay_fee(effect: Effect, fee: Decimal, paid_in: str, counted_in: str, key: str) -> Decimal:
    """Post a fee as an expense, and give it in another currency, for tax costs."""
    if not fee:
        return _ZERO
    effect.post(Account.CASH, paid_in, -fee)
    effect.post(Account.EXPENSE, paid_in, fee, key)
    if paid_in == counted_in:
        return fee
    one, other = (effect.state.rules.rate(c, effect.day) for c in (paid_in, counted_in))
    if one is None or other is None:
        effect.tell(FindingKind.NO_RATE, key, f"no rate from {paid_in} to {counted_in}: the fee is not in the tax cost")
        return _ZERO
    return exact(fee * one / other)
