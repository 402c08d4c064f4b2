"""Snapshots: the first opens the books; a later one is compared, told, and then stands.

Where they disagree the difference is posted to an account of its own (`Account.UNEXPLAINED`), so that it is neither a
gain nor a deposit, and stays visible for ever.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from trimtab.ledger.compare import StatedHolding, differences, stated_holdings
from trimtab.ledger.effect import Effect
from trimtab.ledger.effects.contracts import is_far, settle
from trimtab.ledger.effects.deals import drop
from trimtab.ledger.facts.snapshots import Snapshot
from trimtab.ledger.finding import FindingKind
from trimtab.ledger.holding import Holding, Lot
from trimtab.ledger.identity import with_terms, worth
from trimtab.ledger.lots.lots import joined
from trimtab.ledger.posting import Account, exact, money

__all__ = ["apply_snapshot"]

_ZERO = Decimal(0)


def apply_snapshot(effect: Effect, fact: Snapshot) -> None:
    """Open the books with a snapshot, or compare them with it."""
    state = effect.state
    if state.opened is None and not (state.holdings or state.cash or state.totals):
        _open(effect, fact)
        return
    stated, _ = stated_holdings(fact)
    for key, line in stated.items():
        _settle_at_stated(effect, effect.get(key), line, fact)
    for gap in differences({**state.holdings, **effect.changed}, _cash_so_far(effect), fact):
        effect.tell(FindingKind.DIFFERENCE, gap.symbol, str(gap))
        if gap.key in stated or gap.key in state.holdings:
            _adopt(effect, gap.key, effect.get(gap.key), stated.get(gap.key))
        else:
            effect.post(Account.CASH, gap.key, gap.gap)
            effect.post(Account.UNEXPLAINED, gap.key, -gap.gap)
    for key, line in stated.items():
        holding = effect.get(key)
        if holding is not None:
            effect.put(_restated(effect, holding, line))
    for key, holding in {key: effect.get(key) for key in stated}.items():
        if holding is not None and holding.settles_each_evening and _states_money(fact, holding.instrument.paid_in):
            effect.put(_settled_by_money(effect, holding, stated[key]))


def _settle_at_stated(effect: Effect, holding: Holding | None, line: StatedHolding, fact: Snapshot) -> None:
    """Settle a contract at the price the snapshot states, where the money of its evening is stated too."""
    if holding is None or not holding.settles_each_evening or holding.carried is None:
        return
    if not _states_money(fact, holding.instrument.paid_in):
        return
    price = _mark(effect, holding.symbol, line.price)
    if price is None or holding.settled == effect.day or is_far(price, holding.mark):
        return
    settle(effect, holding, price)


def _states_money(fact: Snapshot, currency: str) -> bool:
    """Tell whether a snapshot says how much of a currency there is; a whole one that lists money says so of all."""
    listed = {p.instrument.currency for p in fact.positions if p.instrument.is_money}
    return currency in listed or (fact.whole and bool(listed))


def _settled_by_money(effect: Effect, holding: Holding, line: StatedHolding) -> Holding:
    """Count a contract as settled where the money of its currency is stated: what it gained until then is in there."""
    if holding.settled is not None and holding.settled >= effect.day:
        return holding
    price = _mark(effect, holding.symbol, line.price)
    return replace(
        holding,
        carried=None if price is None else worth(holding.instrument, holding.quantity, price, effect.day),
        size=holding.instrument.terms_on(effect.day).multiplier,
        settled=effect.day,
        mark=holding.mark if price is None else price,
        stated=effect.day,
    )


def _cash_so_far(effect: Effect) -> Mapping[str, Decimal]:
    cash = dict(effect.state.cash)
    for posting in effect.postings:
        if posting.account is Account.CASH:
            cash[posting.currency] = cash.get(posting.currency, _ZERO) + posting.amount
    return cash


def _open(effect: Effect, fact: Snapshot) -> None:
    effect.opens = True
    stated, cash = stated_holdings(fact)
    without = []
    for key, line in stated.items():
        if line.quantity == 0:
            continue
        effect.put(_opening(effect, key, line, Account.OPENING))
        holding = effect.get(key)
        if holding is not None and not holding.settles and holding.cost is None:
            without.append(holding.symbol)
    for currency, amount in cash.items():
        effect.post(Account.CASH, currency, amount)
        effect.post(Account.OPENING, currency, -amount)
    if without:
        effect.tell(
            FindingKind.COST_UNKNOWN,
            "",
            f"no lots are stated for {', '.join(without[:5])}"
            + (f" and {len(without) - 5} more" if len(without) > 5 else "")
            + ": gains on them cannot be worked out for taxes",
        )


def _opening(effect: Effect, key: str, line: StatedHolding, against: Account) -> Holding:
    instrument = with_terms(line.instrument, effect.state.terms)
    currency = instrument.paid_in
    if instrument.settles_daily:
        effect.post(Account.POSITION, currency, _ZERO, key, line.quantity)
        price = _mark(effect, instrument.symbol, line.price)
        if instrument.keeps_entry:
            price = next((r.stated.entry for r in line.rows if r.stated.entry is not None), price)
        carried = None if price is None else worth(instrument, line.quantity, price, effect.day)
        return Holding(
            key=key,
            instrument=instrument,
            quantity=line.quantity,
            carried=carried,
            size=instrument.terms_on(effect.day).multiplier,
            mark=price,
            stated=effect.day,
            said=line.said,
        )
    lots = _lots(effect, line)
    cost = sum((lot.cost for lot in lots if lot.cost is not None), _ZERO)
    effect.post(Account.POSITION, currency, cost, key, line.quantity)
    effect.post(against, currency, -cost, key)
    return Holding(key=key, instrument=instrument, quantity=line.quantity, lots=lots, stated=effect.day, said=line.said)


def _mark(effect: Effect, symbol: str, stated: Decimal | None) -> Decimal | None:
    fact = effect.fact
    return fact.marks.get(symbol, stated) if isinstance(fact, Snapshot) else stated


def _lots(effect: Effect, line: StatedHolding) -> tuple[Lot, ...]:
    """Give the lots a snapshot states, oldest first; rows without lots are lots of unknown cost."""
    unit = line.instrument.price_unit(effect.day, minor=False)
    rules, currency = effect.state.rules, line.instrument.paid_in
    lots: list[Lot] = []
    for row in line.rows:
        for tax in row.lots:
            cost = money(tax.quantity, tax.price, unit)
            rate = rules.rate(currency, tax.acquired)
            lots.append(
                Lot(
                    name=f"{tax.acquired.isoformat()}",
                    acquired=tax.acquired,
                    quantity=tax.quantity,
                    cost=cost,
                    base=None if rate is None else exact(cost * rate),
                )
            )
        if not row.lots and row.quantity:
            lots.append(Lot(name="opening", acquired=None, quantity=row.quantity, cost=None))
    ordered = sorted(lots, key=lambda lot: (lot.name, lot.quantity, lot.cost or _ZERO))
    return joined((), ordered)


def _adopt(effect: Effect, key: str, holding: Holding | None, line: StatedHolding | None) -> None:
    """Change the units of a holding to what is stated, against `UNEXPLAINED`."""
    quantity = _ZERO if line is None else line.quantity
    if holding is None:
        if line is not None and quantity:
            _adopt_new(effect, key, line)
        return
    if holding.settles:
        _adopt_contract(effect, holding, quantity)
        return
    price = None if line is None else line.price
    if holding.quantity * quantity > 0 and abs(quantity) < abs(holding.quantity):
        _lose(effect, holding, abs(holding.quantity) - abs(quantity), price)
    elif holding.quantity * quantity > 0:
        _gain_units(effect, holding, quantity - holding.quantity, price)
    else:
        _lose(effect, holding, abs(holding.quantity), price)
        if line is not None and quantity:
            _adopt_new(effect, key, line)


def _adopt_new(effect: Effect, key: str, line: StatedHolding) -> None:
    new = _opening(effect, key, line, Account.UNEXPLAINED)
    effect.put(new)
    if not new.settles and new.cost is not None and line.price is not None:
        value = money(new.quantity, line.price, new.instrument.price_unit(effect.day, minor=False))
        _bring(effect, new, value - new.cost)
    elif not new.settles and line.price is not None:
        _bring(effect, new, money(new.quantity, line.price, new.instrument.price_unit(effect.day, minor=False)))


def _bring(effect: Effect, holding: Holding, gain: Decimal) -> None:
    """Keep what had been gained on units nobody explained out of this book's gains."""
    currency = holding.instrument.paid_in
    effect.post(Account.UNEXPLAINED, currency, -gain, holding.key)
    effect.post(Account.BROUGHT, currency, gain, holding.key)


def _lose(effect: Effect, holding: Holding, units: Decimal, price: Decimal | None) -> None:
    gone = drop(effect, holding, units)
    cost = sum((lot.cost for lot in gone if lot.cost is not None), _ZERO)
    effect.post(Account.UNEXPLAINED, holding.instrument.paid_in, cost, holding.key)
    if price is not None:
        signed = units if holding.quantity > 0 else -units
        _bring(effect, holding, cost - money(signed, price, holding.instrument.price_unit(effect.day, minor=False)))


def _gain_units(effect: Effect, holding: Holding, units: Decimal, price: Decimal | None) -> None:
    new = Lot(name=f"snapshot {effect.day.isoformat()}", acquired=None, quantity=units, cost=None)
    effect.post(Account.POSITION, holding.instrument.paid_in, _ZERO, holding.key, units)
    effect.put(
        replace(holding, quantity=holding.quantity + units, lots=joined(holding.lots, (new,)), stated=effect.day)
    )
    if price is not None:
        _bring(effect, holding, money(units, price, holding.instrument.price_unit(effect.day, minor=False)))


def _adopt_contract(effect: Effect, holding: Holding, quantity: Decimal) -> None:
    """Hold another number of contracts, at the price the others are carried at."""
    effect.post(Account.POSITION, holding.instrument.paid_in, _ZERO, holding.key, quantity - holding.quantity)
    carried = None if holding.carried is None else exact(holding.carried * quantity / holding.quantity)
    effect.put(replace(holding, quantity=quantity, carried=carried, stated=effect.day))


def _restated(effect: Effect, holding: Holding, line: StatedHolding) -> Holding:
    """Note that the number was confirmed, and take lots that are stated where the books know none."""
    holding = replace(holding, said=line.said)
    if holding.settles or holding.cost is not None or not all(row.lots for row in line.rows):
        return replace(holding, stated=effect.day)
    lots = _lots(effect, line)
    if sum((lot.quantity for lot in lots), _ZERO) != holding.quantity:
        return replace(holding, stated=effect.day)
    cost = sum((lot.cost for lot in lots if lot.cost is not None), _ZERO)
    before = sum((lot.cost for lot in holding.lots if lot.cost is not None), _ZERO)
    effect.post(Account.POSITION, holding.instrument.paid_in, cost - before, holding.key)
    effect.post(Account.UNCOSTED, holding.instrument.paid_in, before - cost, holding.key)
    return replace(holding, lots=lots, stated=effect.day)
