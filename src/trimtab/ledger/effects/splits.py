"""Splits, reverse splits and the fractions they leave, for shares and for options on them."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.deals import Deal, deal
from trimtab.ledger.facts.corporate import Split
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Holding
from trimtab.ledger.lots.lots import joined, rescaled
from trimtab.ledger.posting import Account, exact, money
from trimtab.model.instrument import Instrument
from trimtab.model.portfolio import Stated

__all__ = ["apply_split", "is_whole", "moved", "options_on", "pay_fraction"]

_ZERO, _DUST = Decimal(0), Decimal("1e-9")


def apply_split(effect: Effect, fact: Split) -> None:
    """Exchange units, with their cost unchanged; adjust the options on them."""
    target = effect.find(fact.of)
    options = options_on(effect, fact.of.symbol)
    holding = effect.held(fact.of, everywhere=fact.everywhere or bool(options))
    if holding is not None and not holding.instrument.is_owned:
        raise effect.refuse(
            expected="units that split", found=holding.key, try_next="correct symbol, or write new contract terms"
        )
    if holding is not None:
        total = exact(holding.quantity * fact.new / fact.old)
        effect.post(Account.POSITION, holding.instrument.paid_in, _ZERO, holding.key, total - holding.quantity)
        effect.put(
            replace(
                holding,
                quantity=total,
                lots=rescaled(holding.lots, holding.quantity, total),
                said=_said_after(holding.said, fact),
            )
        )
        if is_whole(holding.quantity):
            pay_fraction(effect, holding.key, fact.fraction_price, minor=target.minor if target else None)
    # One option may become what another one was: all leave before any arrives.
    changed = [_split_option(effect, h, fact) for h in options]
    leaving = {option.key for option in options}
    effect.holdings.update(dict.fromkeys(leaving))
    for scaled, adjusted in changed:
        moved(effect, scaled, adjusted, leaving)


def is_whole(quantity: Decimal) -> bool:
    """Tell whether units are whole, but for what rounding left."""
    return abs(quantity - quantity.to_integral_value()) < _DUST


def pay_fraction(effect: Effect, key: str, price: Decimal | None, *, minor: bool | None = None) -> None:
    """Pay out the fraction of a unit that an exchange left, or tell that nobody did."""
    holding = effect.get(key)
    fraction = (
        _ZERO if holding is None else holding.quantity - holding.quantity.to_integral_value(rounding="ROUND_DOWN")
    )
    if holding is None or is_whole(holding.quantity):
        return
    if price is None:
        effect.tell(
            FindingKind.FRACTION,
            holding.symbol,
            f"the exchange leaves a fraction, {holding.quantity.normalize():f}: give the price it was paid out at",
        )
        return
    value = money(fraction, price, holding.instrument.price_unit(effect.day, minor=minor))
    effect.post(Account.CASH, holding.instrument.paid_in, value)
    deal(effect, key, holding.instrument, Deal(units=-fraction, money=-value))


def options_on(effect: Effect, symbol: str) -> list[Holding]:
    """Give the options held on a share, by key; on a day of new names, under the old one where the new is nobody's."""
    options = [h for _, h in sorted(effect.state.holdings.items()) if h.instrument.written_on]
    if not options:
        return []
    for name in (symbol, effect.aliases.get(symbol)):
        on = [h for h in options if name in h.instrument.written_on]
        if on or name in effect.state.names:
            return on
    return []


def moved(effect: Effect, holding: Holding, instrument: Instrument, others: Iterable[str] = ()) -> None:
    """Hold the same under another instrument; lay it together with what is held of that already.

    `others` are keys that are themselves on the move, and not yet there.
    """
    key = instrument.key_on(effect.day)
    effect.holdings.setdefault(holding.key, None)
    there = effect.holdings.get(key) if key in others else effect.get(key)
    if there is None or key == holding.key:
        effect.put(replace(holding, key=key, instrument=instrument))
        return
    if there.instrument.paid_in != instrument.paid_in or there.quantity * holding.quantity < 0:
        raise effect.refuse(
            expected=f"nothing held of {instrument.symbol} yet, or more of the same side and currency",
            found=f"{there.quantity.normalize():f} in {there.instrument.paid_in}",
            try_next="correct the new name",
        )
    one, other = there.carried_on(effect.day), holding.carried_on(effect.day)
    effect.put(
        replace(
            there,
            quantity=there.quantity + holding.quantity,
            lots=joined(there.lots, holding.lots),
            carried=None if one is None or other is None else one + other,
            size=there.instrument.terms_on(effect.day).multiplier if there.settles else None,
        )
    )


def _split_option(effect: Effect, holding: Holding, fact: Split) -> tuple[Holding, Instrument]:
    """Adjust an option: more contracts where the ratio is whole, otherwise more units in each."""
    whole = fact.new % fact.old == 0
    adjusted = holding.instrument.on_split(
        lambda strike: exact(strike * fact.old / fact.new).normalize(),
        None if whole else lambda size: exact(size * fact.new / fact.old),
    )
    total = holding.quantity * fact.new / fact.old if whole else holding.quantity
    size = adjusted.terms[-1].multiplier.normalize()
    effect.tell(
        FindingKind.CHECK,
        holding.symbol,
        f"adjusted for the split of {fact.of.symbol} to a strike of {adjusted.strike:f}, "
        + (f"{total.normalize():f} contracts" if whole else f"{size:f} units in each")
        + ": compare it with the clearing house",
    )
    effect.post(Account.POSITION, adjusted.paid_in, _ZERO, holding.key, total - holding.quantity)
    lots = rescaled(holding.lots, holding.quantity, total)
    return replace(holding, quantity=total, lots=lots, said=_said_after(holding.said, fact)), adjusted


def _said_after(terms: Stated, fact: Split) -> Stated:
    """Restate prices that were stated before a split."""

    def less(price: Decimal | None) -> Decimal | None:
        return None if price is None else (price * fact.old / fact.new).normalize()

    ratio = float(fact.new / fact.old)
    return replace(
        terms,
        price=less(terms.price),
        bid=less(terms.bid),
        ask=less(terms.ask),
        forward=None if terms.forward is None else terms.forward / ratio,
        dividends=tuple((day, amount / ratio) for day, amount in terms.dividends),
    )
