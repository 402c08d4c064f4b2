"""Money and things from outside, exchanges of currencies, and what is earned and charged in money."""

from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.deals import Deal, deal, drop, pay_fee
from trimtab.ledger.facts.money import CashItem, CashKind, Conversion, Deposit, Direction, Transfer, Withdrawal
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Holding, Lot
from trimtab.ledger.lots.lots import joined
from trimtab.ledger.posting import Account, exact, money

__all__ = ["apply_conversion", "apply_item", "apply_money", "apply_transfer"]

_ZERO = Decimal(0)
_ALWAYS_EXPENSE = frozenset([CashKind.FEE, CashKind.TAX, CashKind.BORROW_COST])


def apply_money(effect: Effect, fact: Deposit | Withdrawal) -> None:
    """Let money in or out."""
    amount = fact.amount if isinstance(fact, Deposit) else -fact.amount
    effect.post(Account.CASH, fact.currency, amount)
    effect.post(Account.FLOW, fact.currency, -amount)


def apply_conversion(effect: Effect, fact: Conversion) -> None:
    """Change one currency into another."""
    effect.post(Account.CASH, fact.sold_currency, -fact.sold)
    effect.post(Account.EXCHANGE, fact.sold_currency, fact.sold)
    effect.post(Account.CASH, fact.bought_currency, fact.bought)
    effect.post(Account.EXCHANGE, fact.bought_currency, -fact.bought)
    paid_in = fact.fee_currency or fact.sold_currency
    pay_fee(effect, fact.fee, paid_in, paid_in, "")


def apply_item(effect: Effect, fact: CashItem) -> None:
    """Post interest, a fee, a tax, funding, the cost of borrowing, a rebate or a gain paid as money."""
    key, currency = "", fact.currency
    if fact.of is not None:
        target = effect.find(fact.of, any_currency=True)
        if target is None and currency is None:
            target = effect.need(fact.of)
        if target is not None:
            key, currency = target.key, currency or target.instrument.paid_in
    if currency is None:
        raise effect.refuse(expected="a currency", found="none", try_next="add a currency to the row")
    effect.post(Account.CASH, currency, fact.amount)
    if fact.kind is CashKind.GAIN:
        effect.post(Account.GAIN, currency, -fact.amount, key)
        _settle_paid(effect, key, currency, fact.amount)
        return
    received = fact.amount > 0 and fact.kind not in _ALWAYS_EXPENSE
    effect.post(Account.INCOME if received else Account.EXPENSE, currency, -fact.amount, key)


def _settle_paid(effect: Effect, key: str, currency: str, amount: Decimal) -> None:
    """Let a contract that is held owe less of its gain: the next settlement price pays what is left of it."""
    holding = effect.get(key) if key else None
    if key and holding is None:
        effect.tell(
            FindingKind.CHECK, key,
            f"a gain of {amount.normalize():f} {currency} was paid, and none is held: where the trade that closed it "
            "is in the files too, the gain is counted twice; leave one of them out",
        )  # fmt: skip
    if holding is not None and holding.settles and holding.carried is not None:
        if holding.instrument.paid_in != currency:
            raise effect.refuse(
                expected=f"a gain of {holding.symbol} in {holding.instrument.paid_in}, in which it is settled",
                found=currency, try_next="correct the currency, or leave the symbol out",
            )  # fmt: skip
        effect.put(replace(holding, carried=holding.carried + amount))


def apply_transfer(effect: Effect, fact: Transfer) -> None:
    """Let units in or out at the day's value; what they had gained before stays apart from this book's gains."""
    if fact.direction is Direction.IN:
        _bring(effect, fact)
    else:
        _take_away(effect, fact)


def _bring(effect: Effect, fact: Transfer) -> None:
    target = effect.need(fact.of)
    instrument, key = target.instrument, target.key
    if instrument.settles_daily:
        raise effect.refuse(
            expected="units of something that has a value",
            found=key,
            try_next="write a contract that moved as a trade at the day's settlement price",
        )
    currency = instrument.paid_in
    if fact.cost is not None and fact.cost * fact.quantity < 0:
        raise effect.refuse(
            expected="a cost signed like the quantity", found=f"{fact.cost}", try_next="correct the cost"
        )
    closing = _closed_by(effect.get(key), fact.quantity)
    unit = instrument.price_unit(effect.day, minor=target.minor)
    if closing:
        paid = money(closing, fact.price, unit)
        effect.post(Account.FLOW, currency, -paid, key)
        # Units that come in close what is owed at their value, as those that were bought for it would.
        deal(effect, key, instrument, Deal(units=closing, money=paid, named=fact.lots))
    units = fact.quantity - closing
    if not units:
        return
    part = units / fact.quantity
    stated = None if fact.cost is None else exact(fact.cost * part)
    rate = effect.state.rules.rate(currency, fact.acquired or effect.day)
    new = Lot(
        name=fact.id or f"transfer {effect.day.isoformat()}",
        acquired=fact.acquired,
        quantity=units,
        cost=stated,
        base=None if stated is None or fact.acquired is None or rate is None else exact(stated * rate),
    )
    value, cost = money(units, fact.price, unit), stated or _ZERO
    effect.post(Account.POSITION, currency, cost, key, units)
    effect.post(Account.FLOW, currency, -value, key)
    effect.post(Account.BROUGHT, currency, value - cost, key)
    if fact.cost is None:
        effect.tell(FindingKind.COST_UNKNOWN, fact.of.symbol, "the cost of what came in is not stated")
    holding = effect.get(key)
    if holding is None:
        effect.put(Holding(key=key, instrument=instrument, quantity=units, lots=(new,), stated=effect.day))
    else:
        effect.put(replace(holding, quantity=holding.quantity + units, lots=joined(holding.lots, (new,))))


def _closed_by(holding: Holding | None, units: Decimal) -> Decimal:
    """Give the part of some units, signed like them, that closes what is held on the other side."""
    if holding is None or holding.quantity * units >= 0:
        return _ZERO
    return units if abs(units) <= abs(holding.quantity) else -holding.quantity


def _take_away(effect: Effect, fact: Transfer) -> None:
    holding = effect.held(fact.of)
    target = effect.need(fact.of)
    if (
        holding is None
        or holding.settles
        or holding.quantity * fact.quantity < 0
        or (abs(fact.quantity) > abs(holding.quantity))
    ):
        raise effect.refuse(
            expected=f"no more than is held of {fact.of.symbol}, on its side",
            found=f"{fact.quantity.normalize():f}, where "
            f"{(holding.quantity if holding else _ZERO).normalize():f} is held",
            try_next="correct the quantity, or import what is missing",
        )
    currency = holding.instrument.paid_in
    value = money(fact.quantity, fact.price, holding.instrument.price_unit(effect.day, minor=target.minor))
    gone = drop(effect, holding, abs(fact.quantity), fact.lots if effect.state.rules.method == "specific" else ())
    cost = sum((lot.cost for lot in gone if lot.cost is not None), _ZERO)
    effect.post(Account.FLOW, currency, value, holding.key)
    effect.post(Account.BROUGHT, currency, cost - value, holding.key)
