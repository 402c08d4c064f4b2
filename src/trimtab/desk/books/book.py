"""A book while time passes over it: trades, their cash, splits, changes of symbol and of contract terms.

Cash moves with each trade:

    spot       - quantity x price x scale
    option     - quantity x multiplier x premium
    future     quantity x multiplier x (settlement - trade price), day by day: a future is worth 0 in NAV, and what it
               gained is in cash (`trimtab.exposure.value`)
    perpetual  as a future where it has no entry price; with one, what was closed moves cash and the rest stays open

less fees. A settlement price that is not known leaves the gain out, which is said: the book then is not whole.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from trimtab.desk.books.actions import Action, ActionKind
from trimtab.desk.books.transactions import Transaction
from trimtab.errors import Failure, InputError, Reason
from trimtab.model.instrument import (
    Cash,
    Instrument,
    Terms,
)
from trimtab.model.instruments.checks import is_currency
from trimtab.model.lot_order import LotMethod, take_lots
from trimtab.model.portfolio import Portfolio, Position, Stated, TaxLot

__all__ = ["Book", "PriceOn", "ReadPortfolio"]

ReadPortfolio = Callable[[Sequence[Mapping[str, str]], str, dt.date], Portfolio]
"""Makes a portfolio of rows of a holdings file: (rows, base currency, day for contract years)."""
PriceOn = Callable[[Instrument, dt.date], Decimal | None]
"""Gives the settlement price of a contract at the end of a day; None where it is not known."""
_ONE = Decimal(1)


@dataclass(slots=True)
class _Unsettled:
    """A contract whose gains are settled into cash: what was held at which price since it was last settled."""

    instrument: Instrument
    legs: list[tuple[Decimal, Decimal]] = field(default_factory=list)  # (quantity, price)
    lost: dt.date | None = None  # the day whose price was not known: nothing after it can be settled


class Book:
    """A portfolio that changes; `trimtab.desk.books.holdings_at` walks it through time.

    Parameters
    ----------
    start
        What is held at the end of a day.
    day
        That day.
    read
        Reads the rows of trades in instruments that are not held.
    price_on
        Settlement prices.
    lot_order
        Which tax lots go first when a position shrinks.
    """

    def __init__(
        self, start: Portfolio, day: dt.date, *, read: ReadPortfolio, price_on: PriceOn, lot_order: LotMethod = "fifo"
    ) -> None:
        self.notes: list[str] = []
        self.reasons: list[Failure] = []
        self._positions = list(start.positions)
        self._day = day
        self._start, self._read, self._price_on, self._lot_order = start, read, price_on, lot_order
        self._unsettled: dict[str, _Unsettled] = {}
        self._terms: list[Action] = []
        for position in start.positions:
            if _settles(position):
                self._open(position.instrument, position.quantity, price_on(position.instrument, day), day)

    def portfolio(self) -> Portfolio:
        """Give what is held now."""
        return replace(self._start, positions=tuple(self._positions))

    # -- trades

    def trade(self, trade: Transaction) -> None:
        """Apply a trade and its cash.

        Raises
        ------
        InputError
            If it is in another currency than the instrument that is held.
        """
        held = self._find(trade)
        read = self._read_row(trade) if held is None else self._as_traded(trade, self._positions[held])
        self._check(trade, read.instrument)
        self._doubt(trade, read.instrument, None if held is None else self._positions[held].instrument)
        self._pay(read, trade, trade.price or Decimal(0))
        if read.instrument.is_money:
            return
        # Paying may have added a cash position, but moves none.
        position = replace(read, quantity=Decimal(0)) if held is None else self._positions[held]
        changed = self._changed(position, trade, trade.price or Decimal(0))
        if held is None:
            self._positions.append(changed)
        elif changed.quantity == 0:
            del self._positions[held]
        else:
            self._positions[held] = changed

    def _check(self, trade: Transaction, instrument: Instrument) -> None:
        cash = instrument.is_money
        if cash and trade.price not in {None, _ONE}:
            raise InputError(
                expected="cash without a price",
                found=f"{trade.describe()}",
                try_next="write an exchange as two rows: the money that came, and the money that went",
            )
        if trade.price is None and not cash:
            raise InputError(
                expected=f"a price for {trade.symbol}", found=f"none: {trade.describe()}", try_next="correct the row"
            )

    def _doubt(self, trade: Transaction, said: Instrument, held: Instrument | None) -> None:
        """Say where a share seems to have been traded at a hundred times its price: pence written as pounds."""
        if held is None or not (said.is_owned and held.is_owned) or said.minor == held.minor or not trade.price:
            return
        quoted = self._price_on(held, trade.day)
        # Near a factor of 100 the trade was quoted as the prices are, whatever its row says of the currency.
        if quoted is not None and quoted > 0 and _ONE / 2 < trade.price / quoted < 2:
            self._missing(
                trade.symbol,
                Reason.CONFLICT,
                f"{trade.describe()} says {'pence' if said.minor else 'whole ' + said.currency}, but stands near the "
                f"day's {quoted.normalize():f}, which is in {'pence' if held.minor else 'whole ' + held.currency}: "
                "give its currency as GBX, or its quotation",
            )

    def _find(self, trade: Transaction) -> int | None:
        """Find the position a trade changes: by symbol, and an option also by its terms."""
        for at, position in enumerate(self._positions):
            if position.symbol == trade.symbol:
                return at
        if "strike" not in trade.terms:
            return None
        wanted = self._read_row(trade).instrument.exercised_as
        options = (at for at, p in enumerate(self._positions) if wanted and p.instrument.exercised_as == wanted)
        return next(options, None)

    def _read_row(self, trade: Transaction) -> Position:
        """Read what a trade is in from its own row, with the changes of terms there were."""
        row = {"symbol": trade.symbol, "quantity": str(trade.quantity), **trade.terms}
        position = self._read([row], self._start.base, trade.day).positions[0]
        if "multiplier" not in trade.terms:
            for action in self._terms:
                position = replace(position, instrument=_with_terms(position.instrument, action))
        return position

    def _as_traded(self, trade: Transaction, position: Position) -> Position:
        """Give what is held as a trade quotes it: in pence or in pounds, but in no other currency."""
        if not {"currency", "quotation"} & set(trade.terms):
            return position
        said, held = self._read_row(trade).instrument, position.instrument
        if "currency" in trade.terms and said.currency != held.currency:
            raise InputError(
                expected=f"trades of {trade.symbol} in {held.currency}, as it is held",
                found=f"{said.currency}: {trade.describe()}",
                try_next="give the price in the instrument's currency, and the exchange as two cash rows",
            )
        return replace(position, instrument=held.quoted_like(said))

    def _pay(self, position: Position, trade: Transaction, price: Decimal) -> None:
        """Move the cash of a trade and its fee."""
        instrument, currency = position.instrument, position.instrument.paid_in
        money = instrument.cash_of_trade(trade.quantity, price, trade.day) - (trade.fee or Decimal(0))
        if _settles(position):
            self._open(instrument, trade.quantity, price, trade.day)
        if not is_currency(currency):
            self._missing(
                instrument.symbol,
                Reason.NO_RATE,
                f"the premium of {trade.describe()} is in a coin that {currency} does not name",
            )
            return
        self._cash(currency, money)

    def _changed(self, position: Position, trade: Transaction, price: Decimal) -> Position:
        """Give a position after a trade: its quantity, lots and, for an open perpetual, entry price."""
        quantity = position.quantity + trade.quantity
        if position.quantity == 0 and position.instrument.keeps_entry:
            # What is opened here is settled, as the snapshot's positions without an entry are.
            return replace(position, quantity=quantity)
        if position.instrument.keeps_entry and position.stated.entry is not None:
            return self._perpetual(position, trade, price)
        lots = position.lots
        if lots:
            lots = self._lots(position, trade, price)
        return replace(position, quantity=quantity, lots=lots if quantity != 0 else ())

    def _lots(self, position: Position, trade: Transaction, price: Decimal) -> tuple[TaxLot, ...]:
        new = TaxLot(quantity=trade.quantity, price=price, acquired=trade.day)
        if position.quantity * trade.quantity > 0:
            return (*position.lots, new)
        ordered = sorted(position.lots, key=lambda lot: lot.acquired)
        units = min(abs(trade.quantity), abs(position.quantity))
        taken = dict(take_lots([(lot.quantity, lot.price) for lot in ordered], units, self._lot_order))
        sign = 1 if position.quantity > 0 else -1
        left = [replace(lot, quantity=lot.quantity - sign * taken.get(i, Decimal(0))) for i, lot in enumerate(ordered)]
        kept = [lot for lot in left if lot.quantity != 0]
        beyond = position.quantity + trade.quantity
        if beyond * position.quantity < 0:
            kept.append(replace(new, quantity=beyond))
        return tuple(kept)

    def _perpetual(self, position: Position, trade: Transaction, price: Decimal) -> Position:
        """Change a perpetual with an entry price: what is closed is settled, what is added moves the entry."""
        instrument = position.instrument
        held, added, entry = position.quantity, trade.quantity, position.stated.entry or price
        total = held + added
        if held * added > 0:
            linear = not instrument.inverse
            new = (held * entry + added * price) / total if linear else total / (held / entry + added / price)
            return replace(position, quantity=total, stated=replace(position.stated, entry=new))
        closed = -added if abs(added) <= abs(held) else held
        self._cash(instrument.paid_in, _gain(instrument, closed, entry, price, trade.day))
        new = entry if total * held > 0 else price
        return replace(position, quantity=total, stated=replace(position.stated, entry=new))

    def _cash(self, currency: str, amount: Decimal) -> None:
        if amount == 0:
            return
        for at, position in enumerate(self._positions):
            if position.instrument.is_money and position.instrument.currency == currency:
                self._positions[at] = replace(position, quantity=position.quantity + amount, lots=())
                return
        self._positions.append(Position(instrument=Cash(currency=currency), quantity=amount))

    # -- contracts that settle into cash

    def _open(self, instrument: Instrument, quantity: Decimal, price: Decimal | None, day: dt.date) -> None:
        unsettled = self._unsettled.setdefault(instrument.symbol, _Unsettled(instrument))
        if price is None or price <= 0:
            unsettled.lost = unsettled.lost or day
            return
        unsettled.legs.append((quantity, price))

    def _settle(self, symbol: str, day: dt.date) -> None:
        """Settle a contract at a day's price: its gain becomes cash, and counting starts anew from that price."""
        unsettled = self._unsettled[symbol]
        held = sum((q for q, _ in unsettled.legs), Decimal(0))
        price = None if unsettled.lost else self._price_on(unsettled.instrument, day)
        if price is None and held != 0:
            unsettled.lost = unsettled.lost or day
        if unsettled.lost:
            return
        # A closed position needs no price: it drops out of the sum.
        at = price if price is not None else _ONE
        gain = sum((_gain(unsettled.instrument, q, p, at, day) for q, p in unsettled.legs), Decimal(0))
        self._cash(unsettled.instrument.paid_in, gain)
        unsettled.legs = [(held, at)] if held != 0 else []

    def close(self, as_of: dt.date) -> None:
        """Settle everything up to a day, take expired futures out, and say what could not be worked out."""
        for symbol, unsettled in self._unsettled.items():
            expiry = unsettled.instrument.expiry
            self._settle(symbol, as_of if expiry is None else min(as_of, expiry))
            if unsettled.lost and (unsettled.lost < as_of or unsettled.legs):
                self._missing(
                    symbol,
                    Reason.NO_PRICE,
                    f"no price of its own near {unsettled.lost}, so what it gained since is not in cash",
                )
            if unsettled.instrument.keeps_entry and as_of > self._day:
                self.notes.append(f"{symbol}: funding paid or received is not known; give it as cash")
        kept = []
        for position in self._positions:
            expiry = position.instrument.expiry
            if expiry is None or expiry >= as_of:
                kept.append(position)
            elif position.instrument.settles_daily:
                self.notes.append(f"{position.symbol} expired on {expiry} and was settled in cash")
            else:
                kept.append(position)
                self._missing(
                    position.symbol,
                    Reason.EXPIRED,
                    f"it expired on {expiry}: give its exercise, assignment or expiry (a price of 0) as a transaction",
                )
        self._positions = kept

    def _missing(self, symbol: str, reason: Reason, detail: str) -> None:
        self.reasons.append(Failure(where=symbol, reason=reason, detail=detail))

    # -- actions

    def act(self, action: Action) -> None:
        """Apply a corporate action, as of the opening of its effective day."""
        match action.kind:
            case ActionKind.SPLIT:
                self._positions = [self._split(p, action) for p in self._positions]
            case ActionKind.SYMBOL:
                self._positions = [_renamed(p, action) for p in self._positions]
                if action.symbol in self._unsettled:
                    moved = self._unsettled.pop(action.symbol)
                    moved.instrument = moved.instrument.renamed({action.symbol: str(action.new_symbol)})
                    self._unsettled[str(action.new_symbol)] = moved
            case ActionKind.DIVIDEND:
                for position in list(self._positions):
                    if position.instrument.is_owned and position.symbol == action.symbol:
                        money = position.quantity * (action.amount or Decimal(0))
                        self._cash(action.currency or position.instrument.currency, money)
            case ActionKind.MULTIPLIER:
                self._change_terms(action)

    def _change_terms(self, action: Action) -> None:
        self._terms.append(action)
        before = action.effective - dt.timedelta(days=1)
        for symbol, unsettled in self._unsettled.items():
            if unsettled.instrument.goes_by(action.symbol):
                self._settle(symbol, before)
                unsettled.instrument = _with_terms(unsettled.instrument, action)
        self._positions = [replace(p, instrument=_with_terms(p.instrument, action)) for p in self._positions]

    def _split(self, position: Position, action: Action) -> Position:
        ratio = action.ratio or _ONE
        if not position.instrument.splits_with(action.symbol):
            return position
        if position.instrument.written_on:
            return self._split_option(position, action, ratio)
        quantity = _times(position.quantity, ratio)
        lots = tuple(
            replace(lot, quantity=_times(lot.quantity, ratio), price=lot.price / ratio) for lot in position.lots
        )
        if lots and sum((lot.quantity for lot in lots), Decimal(0)) != quantity:
            lots = ()
            self.notes.append(f"{position.symbol}: its tax lots do not divide evenly and were dropped")
        if quantity != quantity.to_integral_value() and position.quantity == position.quantity.to_integral_value():
            self.notes.append(
                f"{position.symbol}: the split leaves a fraction, {quantity}; cash in lieu of it is not known"
            )
        return replace(position, quantity=quantity, lots=lots, stated=_stated_after(position.stated, ratio))

    def _split_option(self, position: Position, action: Action, ratio: Decimal) -> Position:
        """Adjust an option: more contracts where the ratio is whole, otherwise more units in each."""
        whole = ratio == ratio.to_integral_value()
        adjusted = position.instrument.on_split(
            lambda strike: strike / ratio, None if whole else lambda size: _times(size, ratio)
        )
        strike, size = adjusted.strike or Decimal(0), adjusted.terms[-1].multiplier
        quantity = position.quantity * ratio if whole else position.quantity
        self.notes.append(
            f"{position.symbol}: adjusted for the split of {action.symbol} on {action.effective} "
            f"to a strike of {strike.normalize():f}, "
            + (f"{quantity.normalize():f} contracts" if whole else f"multiplier {size.normalize():f}")
            + "; check it against the clearing house"
        )
        return replace(
            position, instrument=adjusted, quantity=quantity, lots=(), stated=_stated_after(position.stated, ratio)
        )


def _settles(position: Position) -> bool:
    """Tell whether a position's gains are settled into cash."""
    instrument = position.instrument
    return instrument.settles_daily and not (instrument.keeps_entry and position.stated.entry is not None)


def _gain(instrument: Instrument, quantity: Decimal, entry: Decimal, price: Decimal, day: dt.date) -> Decimal:
    """Give what a quantity gains from one price to another, in the currency it is settled in."""
    size = quantity * instrument.terms_on(day).multiplier
    if instrument.inverse:
        return size * (1 / entry - 1 / price)
    return size * (price - entry)


def _times(quantity: Decimal, ratio: Decimal) -> Decimal:
    """Multiply by a ratio of small whole numbers exactly: 300 units one for three are 100, not 99.99..."""
    exact = Fraction(quantity) * Fraction(ratio).limit_denominator(10_000)
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def _stated_after(stated: Stated, ratio: Decimal) -> Stated:
    """Restate prices that were stated before a split."""

    def less(price: Decimal | None) -> Decimal | None:
        return None if price is None else price / ratio

    return replace(
        stated,
        price=less(stated.price),
        bid=less(stated.bid),
        ask=less(stated.ask),
        forward=None if stated.forward is None else stated.forward / float(ratio),
        dividends=tuple((day, amount / float(ratio)) for day, amount in stated.dividends),
    )


def _renamed(position: Position, action: Action) -> Position:
    new, instrument = str(action.new_symbol), position.instrument
    return replace(position, instrument=instrument.renamed({action.symbol: new}))


def _with_terms(instrument: Instrument, action: Action) -> Instrument:
    if not instrument.is_contract or not instrument.goes_by(action.symbol):
        return instrument
    before = instrument.terms_on(action.effective)
    terms = Terms(
        multiplier=action.multiplier or before.multiplier,
        tick=action.tick or before.tick,
        lot=action.lot or before.lot,
        valid_from=action.effective,
    )
    kept = tuple(t for t in instrument.terms if t.valid_from is None or t.valid_from < action.effective)
    return instrument.with_terms((*kept, terms))
