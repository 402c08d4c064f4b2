"""A book at the end of a day: what is held, what money there is, and everything that was posted since the start."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trimtab.errors import UnknownSymbolError
from trimtab.ledger.facts.corporate import MultiplierChange
from trimtab.ledger.finding import Finding, FindingKind
from trimtab.ledger.holding import Holding, Lot
from trimtab.ledger.identity import worth
from trimtab.ledger.posting import Account
from trimtab.model.instrument import Cash, Instrument
from trimtab.model.near import nearest
from trimtab.model.portfolio import Portfolio, Position, TaxLot

__all__ = ["Book", "book_of", "empty_book"]

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A portfolio at the end of a day, with its accounts. It is also what a fold goes on from.

    Parameters
    ----------
    day
        The day; None before the first fact.
    base
        Currency it is counted in. No fact takes its currency from here.
    holdings
        By key, without money.
    cash
        By currency; negative = owed.
    totals
        What each account (`trimtab.ledger.posting.Account`) has received in each currency since the start, with the
        signs of postings; cash and positions are left out, they are above.
    findings
        Everything told so far.
    opened
        Day of the snapshot it starts from; None: it starts from nothing.
    instruments
        Everything ever held, by key: what is bought again is known.
    names
        Keys by symbol.
    terms
        Changes of contract terms so far.
    renamed
        Old names with their last new one.
    """

    day: dt.date | None
    base: str
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    cash: Mapping[str, Decimal] = field(default_factory=dict)
    totals: Mapping[tuple[Account, str], Decimal] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    opened: dt.date | None = None
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: tuple[MultiplierChange, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def holding(self, symbol: str) -> Holding:
        """Give the one holding under a symbol.

        Raises
        ------
        UnknownSymbolError
            If none is held under it, or several are.
        """
        matches = [h for h in self.holdings.values() if h.symbol == symbol]
        if len(matches) != 1:
            symbols_held = ", ".join(sorted({h.symbol for h in self.holdings.values()})[:8]) or "nothing"
            raise UnknownSymbolError(
                expected=f"one holding of {symbol} on {self.day}",
                found=f"{len(matches)}; held are {symbols_held}",
                try_next=nearest(symbol, (h.symbol for h in self.holdings.values() if h.symbol != symbol))
                or "name one that is held",
            )
        return matches[0]

    def quantity(self, symbol: str) -> Decimal:
        """Give the units held under a symbol, 0 if none; the amount, for a currency."""
        if symbol in self.cash:
            return self.cash[symbol]
        return sum((h.quantity for h in self.holdings.values() if h.symbol == symbol), _ZERO)

    def total(self, account: Account, currency: str) -> Decimal:
        """Give what an account has received, as people count: income, flows and gains positive when they add."""
        amount = self.totals.get((account, currency), _ZERO)
        return amount if account is Account.EXPENSE or amount == 0 else -amount

    def deferred(self) -> tuple[Finding, ...]:
        """Give the futures whose gains up to this day no settlement has turned into money.

        A weekend has no settlement of its own: that of the Friday before counts.
        """
        if self.day is None:
            return ()
        last = self.day - dt.timedelta(days=max(0, self.day.weekday() - 4))
        findings = []
        for holding in self.holdings.values():
            if not holding.settles_each_evening or (holding.settled is not None and holding.settled >= last):
                continue
            if self.opened is not None and last <= self.opened and holding.stated == self.opened:
                continue  # a snapshot's money knows what its evening settled
            since = f"since {holding.settled}" if holding.settled else "since it was opened"
            findings.append(
                Finding(
                    kind=FindingKind.DEFERRED,
                    day=self.day,
                    symbol=holding.symbol,
                    detail=f"not settled {since}: what it gained is not in cash; give its settlement price of {last}",
                )
            )
        return tuple(findings)

    @property
    def whole(self) -> bool:
        """Whether nothing is told that makes a number of this book doubtful."""
        return not any(f.leaves_open for f in self.findings) and not self.deferred()

    def portfolio(self, name: str = "portfolio") -> Portfolio:
        """Give what is held as the rest of trimtab reads it: in the order it came, then money.

        What the last snapshot stated beside the number goes with it. A perpetual carries its entry price, so that its
        open gain counts in NAV; a future is worth nothing there.
        Lots whose cost or day is not known are left out, all of that position.
        """
        day = self.day or dt.date.min
        positions = [_position(h, day) for h in self.holdings.values()]
        for currency, amount in self.cash.items():
            positions.append(Position(instrument=Cash(currency=currency), quantity=_short(amount)))
        return Portfolio(positions=tuple(positions), base=self.base, name=name)


def empty_book(base: str) -> Book:
    """Give books before anything was written into them."""
    return Book(day=None, base=base)


def book_of(holding: Holding, day: dt.date, base: str) -> Book:
    """Give a book of one holding, which knows it by its name."""
    return Book(
        day=day, base=base, holdings={holding.key: holding}, instruments={holding.key: holding.instrument},
        names={holding.symbol: (holding.key,)},
    )  # fmt: skip


def _short(value: Decimal) -> Decimal:
    """Write a number without the zeros behind it."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def _position(holding: Holding, day: dt.date) -> Position:
    stated = holding.said
    if holding.instrument.keeps_entry:
        stated = replace(stated, entry=_entry(holding, day))
    return Position(
        instrument=holding.instrument, quantity=_short(holding.quantity), lots=_tax_lots(holding, day), stated=stated
    )


def _entry(holding: Holding, day: dt.date) -> Decimal | None:
    """Give the price that keeps a perpetual's gain open: as it was stated, where that still is what is carried."""
    stated = holding.said.entry
    if stated is not None and worth(holding.instrument, holding.quantity, stated, day) == holding.carried:
        return stated
    entry = holding.entry(day)
    return None if entry is None else _short(entry)


def _tax_lots(holding: Holding, day: dt.date) -> tuple[TaxLot, ...]:
    lots = []
    for lot in holding.lots:
        if lot.cost is None or lot.acquired is None:
            return ()
        lots.append(TaxLot(quantity=_short(lot.quantity), price=_unit_cost(holding, lot, day), acquired=lot.acquired))
    return tuple(lots)


def _unit_cost(holding: Holding, lot: Lot, day: dt.date) -> Decimal:
    """Give the cost of one unit with fees, in whole currency (never in pence) for a quoted price of 1."""
    unit = holding.instrument.price_unit(day, minor=False)
    # A short was sold for its cost less fees: both are signed like the quantity, and fees are always paid.
    return ((lot.cost or _ZERO) + lot.fees) / (lot.quantity * unit)
