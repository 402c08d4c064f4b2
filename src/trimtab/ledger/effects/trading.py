"""Trades, options' ends and deliveries."""

from decimal import Decimal

from trimtab.ledger.effect import Effect, Found
from trimtab.ledger.effects.contracts import deliver, trade_contract
from trimtab.ledger.effects.deals import Deal, deal, drop, pay_fee
from trimtab.ledger.facts.contracts import Delivery, OptionEnd, OptionEndKind
from trimtab.ledger.facts.header import Subject
from trimtab.ledger.facts.trades import Side, Trade
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Holding
from trimtab.ledger.posting import Account, exact, money
from trimtab.model.instrument import Option, OptionRight, Premium, Spot

__all__ = ["apply_delivery", "apply_option_end", "apply_trade"]

_ZERO, _HUNDRED = Decimal(0), Decimal(100)


def apply_trade(effect: Effect, fact: Trade) -> None:
    """Trade units for money, or a contract at a price."""
    target = effect.need(fact.of)
    instrument, units = target.instrument, fact.signed
    if fact.side is Side.SELL or fact.side is Side.COVER:
        _check_side(effect, fact, target)
    paid_in = instrument.paid_in
    fees = pay_fee(effect, fact.fee, fact.fee_currency or paid_in, paid_in, target.key)
    if instrument.settles_daily:
        trade_contract(effect, target.key, instrument, units, fact.price)
    elif not instrument.is_money:
        if fact.price < 0:
            raise effect.refuse(
                expected=f"a price of {instrument.symbol} of zero or more",
                found=f"{fact.price}",
                try_next="the side says which way money goes; only futures trade below zero",
            )
        value = money(units, fact.price, instrument.price_unit(effect.day, minor=target.minor))
        if instrument.is_owned and instrument.minor is not target.minor:
            _doubt_unit(effect, fact, target)
        effect.post(Account.CASH, paid_in, -value)
        deal(effect, target.key, instrument, Deal(units=units, money=value, fees=fees, named=fact.lots))
    else:
        raise effect.refuse(
            expected="a trade in something that has a price",
            found=f"money ({instrument.symbol})",
            try_next="write a deposit or withdrawal, or a conversion of one currency into another",
        )


def _check_side(effect: Effect, fact: Trade, target: Found) -> None:
    """Tell where more is sold than held, or covered than is short.

    A sale that a sign alone tells may open a short position; one that goes through zero is told all the same.
    """
    holding = effect.get(target.key)
    quantity = _ZERO if holding is None else holding.quantity
    if fact.by_sign and quantity <= 0:
        return
    if fact.side is Side.SELL and target.instrument.is_owned and fact.quantity > max(quantity, _ZERO):
        verb, there = "sold", max(quantity, _ZERO)
    elif fact.side is Side.COVER and fact.quantity > max(-quantity, _ZERO):
        verb, there = "covered", max(-quantity, _ZERO)
    else:
        return
    effect.tell(
        FindingKind.OVERSOLD,
        target.instrument.symbol,
        f"{fact.quantity.normalize():f} {verb}, {there.normalize():f} there: a purchase, transfer or split is missing, "
        "or the side is short",
    )


def _doubt_unit(effect: Effect, fact: Trade, target: Found) -> None:
    """Tell where a share seems to trade at a hundred times its cost, or a hundredth: pence written as pounds."""
    instrument, holding = target.instrument, effect.get(target.key)
    if not instrument.is_owned or holding is None or not holding.cost:
        return
    mean = holding.cost / holding.quantity
    ratio = money(Decimal(1), fact.price, instrument.price_unit(effect.day, minor=target.minor)) / mean
    if _HUNDRED / 4 < ratio < _HUNDRED * 4 or _HUNDRED / 4 < 1 / (ratio or 1) < _HUNDRED * 4:
        effect.tell(
            FindingKind.CHECK,
            instrument.symbol,
            f"traded at {fact.price.normalize():f} {'pence' if target.minor else instrument.currency}, about a hundred "
            "times what the holding cost, or a hundredth: is the currency GBX or GBP?",
        )


def apply_option_end(effect: Effect, fact: OptionEnd) -> None:
    """Exercise, assign, let expire or settle an option.

    Raises
    ------
    InputError
        If it is not held (or not written, for an assignment), or fewer contracts are.
    """
    holding = effect.held(fact.of)
    option = None if holding is None else holding.instrument
    if holding is None or not isinstance(option, Option):
        raise effect.refuse(
            expected=f"an option to be {fact.kind.value}", found=f"{fact.of.symbol}", try_next="correct symbol or terms"
        )
    units = fact.quantity or abs(holding.quantity)
    wrong_side = (fact.kind is OptionEndKind.EXERCISED and holding.quantity < 0) or (
        fact.kind is OptionEndKind.ASSIGNED and holding.quantity > 0
    )
    if wrong_side or units > abs(holding.quantity):
        raise effect.refuse(
            expected=f"{units.normalize():f} contracts of {holding.symbol} "
            + ("written, to be assigned" if fact.kind is OptionEndKind.ASSIGNED else "held"),
            found=f"{holding.quantity.normalize():f}",
            try_next="what is held is exercised, what is written is assigned; correct the row or import the trade",
        )
    fees = pay_fee(effect, fact.fee, option.paid_in, option.paid_in, holding.key)
    signed = units if holding.quantity > 0 else -units
    if fact.kind in (OptionEndKind.EXERCISED, OptionEndKind.ASSIGNED):
        _take_up(effect, holding, option, signed, fees)
        return
    value = _settled_value(effect, fact, option, signed)
    effect.post(Account.CASH, option.paid_in, value)
    deal(effect, holding.key, option, Deal(units=-signed, money=-value, fees=fees))


def _intrinsic(option: Option, price: Decimal) -> Decimal:
    return max(price - option.strike if option.right is OptionRight.CALL else option.strike - price, _ZERO)


def _settled_value(effect: Effect, fact: OptionEnd, option: Option, signed: Decimal) -> Decimal:
    """Give what contracts pay at the end, in the currency of the premium."""
    size = option.terms_on(effect.day).multiplier
    price = fact.settlement
    if price is None:
        return _ZERO
    value = _intrinsic(option, price)
    if fact.kind is OptionEndKind.EXPIRED:
        if value > 0:
            raise effect.refuse(
                expected=f"an option without value at {price.normalize():f}",
                found=f"{option.symbol}, worth {value.normalize():f}",
                try_next="write it as exercised, assigned or cash_settled",
            )
        return _ZERO
    if option.premium is Premium.COIN:
        if price <= 0:
            raise effect.refuse(expected="a positive settlement price", found=f"{price}", try_next="correct the row")
        return exact(signed * size * value / price)
    return money(signed, value, size)


def _take_up(effect: Effect, holding: Holding, option: Option, signed: Decimal, fees: Decimal) -> None:
    """Change an option into what it is on, at the strike; its cost becomes part of that trade's."""
    gone = drop(effect, holding, abs(signed))
    unknown = any(lot.cost is None for lot in gone)
    premium = sum((lot.cost for lot in gone if lot.cost is not None), _ZERO)
    fees += sum((lot.fees for lot in gone), _ZERO)
    calls = option.right is OptionRight.CALL
    units = exact((signed if calls else -signed) * option.terms_on(effect.day).multiplier)
    target = effect.find(Subject(symbol=option.underlying))
    if target is not None and target.instrument.settles_daily:
        # A future has no cost that a premium could join: the premium is realised now.
        effect.post(Account.UNCOSTED if unknown else Account.GAIN, option.paid_in, premium, holding.key)
        contracts = exact(units / target.instrument.terms_on(effect.day).multiplier)
        trade_contract(effect, target.key, target.instrument, contracts, option.strike)
        return
    if option.on_future or option.premium is Premium.COIN:
        raise effect.refuse(
            expected=f"the future {option.underlying} that {option.symbol} becomes" if option.on_future
            else f"{option.symbol} to be settled in coin",
            found="none held or listed" if option.on_future else "an exercise",
            try_next="list the future, or write the end of the option as cash_settled",
        )  # fmt: skip
    share = target.instrument if target is not None else Spot(symbol=option.underlying, currency=option.currency)
    key = target.key if target is not None else share.key_on(effect.day)
    # Without a currency of its own the strike is in the unit the share is quoted in.
    paid = money(units, option.strike, share.price_unit(effect.day))
    effect.post(Account.CASH, option.currency, -paid)
    whole = paid + premium
    if unknown:
        effect.post(Account.UNCOSTED, option.currency, whole)
    deal(effect, key, share, Deal(units=units, money=None if unknown else whole, fees=fees))


def apply_delivery(effect: Effect, fact: Delivery) -> None:
    """End a future in units of its underlying, at its last price."""
    future, units = deliver(effect, fact)
    subject = fact.underlying
    target = effect.need(subject)
    if not target.instrument.is_owned:
        raise effect.refuse(
            expected="something that can be delivered", found=target.key, try_next="correct the underlying"
        )
    value = money(units, fact.price, target.instrument.price_unit(effect.day, minor=target.minor))
    effect.post(Account.CASH, target.instrument.paid_in, -value, future.key)
    deal(effect, target.key, target.instrument, Deal(units=units, money=value))
