"""Dividends, coupons and dividends in stock."""

from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.effect import Effect, Found
from trimtab.ledger.effects.deals import Deal, deal
from trimtab.ledger.facts.income import Payout, StockDividend
from trimtab.ledger.lots.lots import rescaled
from trimtab.ledger.posting import Account, exact, money

__all__ = ["apply_payout", "apply_stock_dividend"]

_HUNDREDTH, _ONE = Decimal("0.01"), Decimal(1)


def apply_payout(effect: Effect, fact: Payout) -> None:
    """Pay a dividend or coupon into cash; a short position pays it out."""
    target = effect.find(fact.of, any_currency=True)
    if fact.total is None:
        holding = effect.held(fact.of, everywhere=fact.everywhere)
        if holding is None or target is None:
            return
        if not holding.instrument.is_owned:
            raise effect.refuse(
                expected=f"a share, fund or bond that pays a {fact.kind.value}",
                found=holding.key,
                try_next="correct symbol or kind",
            )
        amount = money(holding.quantity, fact.per_unit or Decimal(0), _unit(target))
    else:
        # A whole amount may come after everything was sold: between ex-date and payment.
        target = target or effect.need(fact.of)
        amount = exact(fact.total * _unit(target))
    tax = exact(fact.tax * _unit(target))
    effect.post(Account.CASH, target.currency, amount)
    effect.post(Account.INCOME if amount > 0 else Account.EXPENSE, target.currency, -amount, target.key)
    effect.post(Account.CASH, target.currency, -tax)
    effect.post(Account.EXPENSE, target.currency, tax, target.key)


def _unit(target: Found) -> Decimal:
    return _HUNDREDTH if target.minor else _ONE


def apply_stock_dividend(effect: Effect, fact: StockDividend) -> None:
    """Add units: at the old cost, or as income at their value."""
    holding = effect.held(fact.of, everywhere=fact.everywhere)
    if holding is None:
        return
    target = effect.need(fact.of)
    instrument = holding.instrument
    if not instrument.is_owned or (fact.units is not None and holding.quantity < 0):
        raise effect.refuse(
            expected="shares held that give a stock dividend",
            found=f"{holding.quantity.normalize():f} of {holding.key}",
            try_next="correct symbol, or give new units for each one",
        )
    units = fact.units if fact.units is not None else exact(holding.quantity * (fact.per_unit or Decimal(0)))
    if fact.price is not None:
        value = money(units, fact.price, instrument.price_unit(effect.day, minor=target.minor))
        effect.post(Account.INCOME if value > 0 else Account.EXPENSE, instrument.paid_in, -value, holding.key)
        deal(effect, holding.key, instrument, Deal(units=units, money=value))
        return
    total = holding.quantity + units
    effect.post(Account.POSITION, instrument.paid_in, Decimal(0), holding.key, units)
    effect.put(replace(holding, quantity=total, lots=rescaled(holding.lots, holding.quantity, total)))
