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
    Future,
    Instrument,
    Option,
    Perpetual,
    PerpetualPayoff,
    Premium,
    Spot,
    Terms,
)
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

    instrument: Future | Perpetual
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
        if isinstance(read.instrument, Cash):
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
        cash = isinstance(instrument, Cash)
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
        if not isinstance(said, Spot) or not isinstance(held, Spot) or said.minor == held.minor or not trade.price:
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
        wanted = self._read_row(trade).instrument
        for at, position in enumerate(self._positions):
            if isinstance(wanted, Option) and isinstance(position.instrument, Option):
                one, other = position.instrument, wanted
                if (one.underlying, one.right, one.strike, one.expiry) == (
                    other.underlying, other.right, other.strike, other.expiry,
                ):  # fmt: skip
                    return at
        return None

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
        if "currency" in trade.terms and _currency(said) != _currency(held):
            raise InputError(
                expected=f"trades of {trade.symbol} in {_currency(held)}, as it is held",
                found=f"{_currency(said)}: {trade.describe()}",
                try_next="give the price in the instrument's currency, and the exchange as two cash rows",
            )
        if isinstance(said, Spot) and isinstance(held, Spot):
            return replace(position, instrument=replace(held, minor=said.minor))
        return position

    def _pay(self, position: Position, trade: Transaction, price: Decimal) -> None:
        """Move the cash of a trade and its fee."""
        quantity, fee = trade.quantity, trade.fee or Decimal(0)
        match position.instrument:
            case Cash(currency=currency):
                self._cash(currency, quantity - fee)
            case Spot(currency=currency, scale=scale, minor=minor):
                self._cash(currency, -quantity * price * scale / (100 if minor else 1) - fee)
            case Option() as option:
                money = -quantity * option.terms_on(trade.day).multiplier * price
                if option.premium is Premium.COIN:
                    self._coin_premium(option, money, fee, trade)
                else:
                    self._cash(option.currency, money - fee)
            case Future() as future:
                self._open(future, quantity, price, trade.day)
                self._cash(future.currency, -fee)
            case Perpetual() as perpetual:
                if position.stated.entry is None:
                    self._open(perpetual, quantity, price, trade.day)
                self._cash(_gain_currency(perpetual), -fee)

    def _coin_premium(self, option: Option, money: Decimal, fee: Decimal, trade: Transaction) -> None:
        coin = option.underlying
        if coin.isalnum() and coin == coin.upper() and 2 <= len(coin) <= 10:
            self._cash(coin, money - fee)
            return
        self._missing(
            option.symbol, Reason.NO_RATE, f"the premium of {trade.describe()} is in a coin that {coin} does not name"
        )

    def _changed(self, position: Position, trade: Transaction, price: Decimal) -> Position:
        """Give a position after a trade: its quantity, lots and, for an open perpetual, entry price."""
        quantity = position.quantity + trade.quantity
        if position.quantity == 0 and isinstance(position.instrument, Perpetual):
            # What is opened here is settled, as the snapshot's positions without an entry are.
            return replace(position, quantity=quantity)
        if isinstance(position.instrument, Perpetual) and position.stated.entry is not None:
            return self._perpetual(position, position.instrument, trade, price)
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

    def _perpetual(self, position: Position, perpetual: Perpetual, trade: Transaction, price: Decimal) -> Position:
        """Change a perpetual with an entry price: what is closed is settled, what is added moves the entry."""
        held, added, entry = position.quantity, trade.quantity, position.stated.entry or price
        total = held + added
        if held * added > 0:
            inverse = perpetual.payoff is PerpetualPayoff.INVERSE
            new = total / (held / entry + added / price) if inverse else (held * entry + added * price) / total
            return replace(position, quantity=total, stated=replace(position.stated, entry=new))
        closed = -added if abs(added) <= abs(held) else held
        self._cash(_gain_currency(perpetual), _gain(perpetual, closed, entry, price, trade.day))
        new = entry if total * held > 0 else price
        return replace(position, quantity=total, stated=replace(position.stated, entry=new))

    def _cash(self, currency: str, amount: Decimal) -> None:
        if amount == 0:
            return
        for at, position in enumerate(self._positions):
            if isinstance(position.instrument, Cash) and position.instrument.currency == currency:
                self._positions[at] = replace(position, quantity=position.quantity + amount, lots=())
                return
        self._positions.append(Position(instrument=Cash(currency=currency), quantity=amount))

    # -- contracts that settle into cash

    def _open(self, instrument: Instrument, quantity: Decimal, price: Decimal | None, day: dt.date) -> None:
        if not isinstance(instrument, Future | Perpetual):
            return
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
        self._cash(_gain_currency(unsettled.instrument), gain)
        unsettled.legs = [(held, at)] if held != 0 else []

    def close(self, as_of: dt.date) -> None:
        """Settle everything up to a day, take expired futures out, and say what could not be worked out."""
        for symbol, unsettled in self._unsettled.items():
            expiry = unsettled.instrument.expiry if isinstance(unsettled.instrument, Future) else None
            self._settle(symbol, as_of if expiry is None else min(as_of, expiry))
            if unsettled.lost and (unsettled.lost < as_of or unsettled.legs):
                self._missing(
                    symbol,
                    Reason.NO_PRICE,
                    f"no price of its own near {unsettled.lost}, so what it gained since is not in cash",
                )
            if isinstance(unsettled.instrument, Perpetual) and as_of > self._day:
                self.notes.append(f"{symbol}: funding paid or received is not known; give it as cash")
        kept = []
        for position in self._positions:
            expiry = getattr(position.instrument, "expiry", None)
            if expiry is None or expiry >= as_of:
                kept.append(position)
            elif isinstance(position.instrument, Future):
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
                    moved.instrument = replace(moved.instrument, symbol=str(action.new_symbol))
                    self._unsettled[str(action.new_symbol)] = moved
            case ActionKind.DIVIDEND:
                for position in list(self._positions):
                    if isinstance(position.instrument, Spot) and position.symbol == action.symbol:
                        money = position.quantity * (action.amount or Decimal(0))
                        self._cash(action.currency or position.instrument.currency, money)
            case ActionKind.MULTIPLIER:
                self._change_terms(action)

    def _change_terms(self, action: Action) -> None:
        self._terms.append(action)
        before = action.effective - dt.timedelta(days=1)
        for symbol, unsettled in self._unsettled.items():
            if _concerns(unsettled.instrument, action):
                self._settle(symbol, before)
                changed = _with_terms(unsettled.instrument, action)
                if isinstance(changed, Future | Perpetual):
                    unsettled.instrument = changed
        self._positions = [replace(p, instrument=_with_terms(p.instrument, action)) for p in self._positions]

    def _split(self, position: Position, action: Action) -> Position:
        ratio = action.ratio or _ONE
        instrument = position.instrument
        if isinstance(instrument, Spot) and instrument.symbol == action.symbol:
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
        if isinstance(instrument, Option) and action.symbol in {instrument.underlying, *instrument.aliases}:
            return self._split_option(position, instrument, action, ratio)
        return position

    def _split_option(self, position: Position, option: Option, action: Action, ratio: Decimal) -> Position:
        """Adjust an option: more contracts where the ratio is whole, otherwise more units in each."""
        whole = ratio == ratio.to_integral_value()
        terms = option.terms
        if not whole:
            terms = tuple(replace(t, multiplier=_times(t.multiplier, ratio)) for t in terms)
        adjusted = replace(option, strike=option.strike / ratio, terms=terms)
        quantity = position.quantity * ratio if whole else position.quantity
        self.notes.append(
            f"{position.symbol}: adjusted for the split of {action.symbol} on {action.effective} "
            f"to a strike of {adjusted.strike.normalize():f}, "
            + (f"{quantity.normalize():f} contracts" if whole else f"multiplier {terms[-1].multiplier.normalize():f}")
            + "; check it against the clearing house"
        )
        return replace(
            position, instrument=adjusted, quantity=quantity, lots=(), stated=_stated_after(position.stated, ratio)
        )


def _settles(position: Position) -> bool:
    """Tell whether a position's gains are settled into cash."""
    return isinstance(position.instrument, Future) or (
        isinstance(position.instrument, Perpetual) and position.stated.entry is None
    )


def _currency(instrument: Instrument) -> str:
    return instrument.currency


def _gain_currency(instrument: Future | Perpetual) -> str:
    if isinstance(instrument, Perpetual) and instrument.payoff is not PerpetualPayoff.LINEAR:
        return instrument.settlement
    return instrument.currency


def _gain(instrument: Future | Perpetual, quantity: Decimal, entry: Decimal, price: Decimal, day: dt.date) -> Decimal:
    """Give what a quantity gains from one price to another, in the currency it is settled in."""
    size = quantity * instrument.terms_on(day).multiplier
    if isinstance(instrument, Perpetual) and instrument.payoff is PerpetualPayoff.INVERSE:
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
    if isinstance(instrument, Option) and instrument.underlying == action.symbol:
        instrument = replace(instrument, underlying=new)
    elif not isinstance(instrument, Cash) and instrument.symbol == action.symbol:
        instrument = replace(instrument, symbol=new)
    return replace(position, instrument=instrument)


def _concerns(instrument: Instrument, action: Action) -> bool:
    """Tell whether a change of terms is about an instrument: by its own name, or its family's."""
    return action.symbol in {instrument.symbol, getattr(instrument, "root", instrument.symbol)}


def _with_terms(instrument: Instrument, action: Action) -> Instrument:
    if not isinstance(instrument, Future | Perpetual | Option) or not _concerns(instrument, action):
        return instrument
    before = instrument.terms_on(action.effective)
    terms = Terms(
        multiplier=action.multiplier or before.multiplier,
        tick=action.tick or before.tick,
        lot=action.lot or before.lot,
        valid_from=action.effective,
    )
    kept = tuple(t for t in instrument.terms if t.valid_from is None or t.valid_from < action.effective)
    return replace(instrument, terms=(*kept, terms))
