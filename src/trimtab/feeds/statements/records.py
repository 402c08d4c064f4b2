"""What a statement says, row by row: positions, money, facts, prices; what was left out; what must be asked."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = [
    "Ask", "CashReading", "Fact", "FactReading", "Fault", "Holds", "Identity", "LeftOut", "NameKind",
    "PositionReading", "PriceReading", "Statement",
]  # fmt: skip


class Holds(StrEnum):
    """What a statement holds."""

    POSITIONS = "positions"
    TRANSACTIONS = "transactions"
    CASH = "cash"
    MIXED = "mixed"


class NameKind(StrEnum):
    """What a row is about. Whether a share is one of a fund is often not said: `SHARE` then means either."""

    SHARE = "share"
    FUND = "fund"
    MONEY_MARKET = "money_market"
    BOND = "bond"
    OPTION = "option"
    FUTURE = "future"
    FUTURE_OPTION = "future_option"
    COIN = "coin"
    CASH = "cash"


class Fact(StrEnum):
    """What happened."""

    BUY = "buy"
    SELL = "sell"
    SHORT = "short"
    DIVIDEND = "dividend"
    INTEREST = "interest"
    STAKING = "staking"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER = "transfer"
    EXCHANGE = "exchange"
    FEE = "fee"
    TAX = "tax"
    FUNDING = "funding"
    EXPIRY = "expiry"
    REALISED_PNL = "realised_pnl"
    SWEEP = "sweep"
    SETTLEMENT = "settlement"
    SPLIT = "split"
    SYMBOL_CHANGE = "symbol_change"
    MERGER = "merger"
    SPIN_OFF = "spin_off"
    STOCK_DIVIDEND = "stock_dividend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a row is about.

    Parameters
    ----------
    kind
        Share, option, ...
    symbol
        In the house's spelling: options as 21 characters, classes behind a dot; None where the file has no ticker.
    stated
        As the file writes it, where that differs.
    name
        The description.
    codes
        (scheme, code) pairs: isin, cusip, sedol, wkn, figi.
    underlying, expiry, right, strike
        Terms of a derivative or a bond; `right` is C or P.
    multiplier
        Units of a contract; 1 for all else.
    multiplier_from
        ``stated``, ``value`` (another number of the row proves it), ``contract`` (known from the contract only).
    """

    kind: NameKind
    symbol: str | None = None
    stated: str | None = None
    name: str | None = None
    codes: tuple[tuple[str, str], ...] = ()
    underlying: str | None = None
    expiry: dt.date | None = None
    right: str | None = None
    strike: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    multiplier_from: str | None = None

    def code(self, scheme: str) -> str | None:
        """Give the code of a scheme; None if the file states none."""
        return dict(self.codes).get(scheme)

    @property
    def label(self) -> str:
        """How to call it in a message."""
        return self.symbol or self.code("isin") or self.name or self.code("cusip") or self.stated or "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionReading:
    """A position as stated.

    Parameters
    ----------
    line
        Where it stands in the file.
    account
        As written; None if the file names none.
    what
        What is held.
    quantity
        Signed: units, contracts, face of bonds.
    currency
        Of the price; None where it must be asked.
    price
        As stated; in percent of face with `price_unit` ``percent``, in hundredths with ``minor``.
    market_value
        As stated, in `value_currency`, or in `currency` if that is None.
    notes
        What was decided for this row.
    """

    line: int
    account: str | None
    what: Identity
    quantity: Decimal
    currency: str | None
    price: Decimal | None = None
    price_unit: str = "unit"
    market_value: Decimal | None = None
    value_currency: str | None = None
    underlying_value: Decimal | None = None
    spread: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReading:
    """Money, or coins, stated as a balance."""

    line: int
    account: str | None
    currency: str | None
    amount: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactReading:
    """Something that happened.

    Parameters
    ----------
    lines
        Where it stands: one row, or the rows of its legs.
    account
        As written; None if the file names none.
    day
        The day as written, on the file's own clock.
    fact
        What happened.
    what
        What it is about; None for money alone.
    quantity
        Signed units; None where none moved, or where the file does not say which way.
    price, price_currency
        Of one unit as quoted; `price_currency` only where it is not `currency` (``GBX`` is pence).
    currency, cash
        Signed effect on money, costs included.
    fee, fee_currency, tax, tax_currency
        What was paid, already inside `cash` (unless the fee is in another coin); None: not stated. The currencies only
        where they are not `currency`.
    costs_implied
        What is left over where costs have no column.
    price_derived
        Where only amounts stand.
    fx, fx_means
        Rate as stated, and what it is: ``USD per EUR``.
    counter
        The other side of an exchange: (symbol, signed quantity).
    ratio
        Of what a company did: (new units, for old ones).
    into
        The ticker, or code, that units have from then on.
    shares, value, income
        Told, not booked.
    settles, booked
        Later days.
    action
        The file's own word.
    id
        The file's own name of it.
    order
        The order, or other thing, that the row refers to; None if it names none.
    notes
        What was decided for this row.
    """

    lines: tuple[int, ...]
    account: str | None
    day: dt.date
    fact: Fact
    what: Identity | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    price_currency: str | None = None
    currency: str | None = None
    cash: Decimal | None = None
    fee: Decimal | None = None
    fee_currency: str | None = None
    tax: Decimal | None = None
    tax_currency: str | None = None
    costs_implied: Decimal | None = None
    price_derived: Decimal | None = None
    fx: Decimal | None = None
    fx_means: str | None = None
    counter: tuple[str, Decimal] | None = None
    ratio: tuple[Decimal, Decimal] | None = None
    into: str | None = None
    shares: Decimal | None = None
    value: Decimal | None = None
    income: Decimal | None = None
    settles: dt.date | None = None
    booked: dt.date | None = None
    action: str = ""
    id: str | None = None
    order: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReading:
    """A price that a statement tells beside its bookings."""

    line: int
    symbol: str
    day: dt.date
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that are no booking, and why."""

    lines: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What the file cannot settle.

    Parameters
    ----------
    what
        ``day``, ``account``, ``currency``, ``unit``, ``direction``, ``transfer``, ...
    why
        In words.
    taken
        The careful reading that stands until somebody answers; empty if there is none.
    lines
        Rows it is about; empty: the whole file.
    """

    what: str
    why: str
    taken: str = ""
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A row or column that could not be read: the file is refused until it is settled.

    Parameters
    ----------
    line
        Where it stands.
    why, try_next
        What is wrong, and what to do.
    column
        Name of the column that it is about; empty for a row.
    """

    line: int
    why: str
    try_next: str = "correct the row"
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A file, read.

    Parameters
    ----------
    name
        The file, for messages.
    format
        What it was recognised as (``schwab-positions-csv``), or ``table`` where its columns alone say what it is.
    why
        What it was recognised by.
    holds
        Positions, transactions, cash, or both of the first two.
    as_of
        The day of positions or balances as stated; None: it must be asked.
    prices_of
        The day of the prices where that is another one.
    accounts
        As written, in the order of the file.
    positions, cash, balances, facts, prices
        What was read. A row is in one of them. `balances` are coins that a running balance tells of.
    left_out
        Rows that are no booking.
    notes
        What was decided for the file.
    asks
        What the file cannot settle.
    faults
        What could not be read. A statement with faults is not to be booked.
    columns
        (header, what it was read as) of every column of the tables that were read.
    """

    name: str
    format: str
    why: str
    holds: Holds
    as_of: dt.date | None = None
    prices_of: dt.date | None = None
    accounts: tuple[str, ...] = ()
    positions: tuple[PositionReading, ...] = ()
    cash: tuple[CashReading, ...] = ()
    balances: tuple[tuple[str, Decimal], ...] = ()
    facts: tuple[FactReading, ...] = ()
    prices: tuple[PriceReading, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    faults: tuple[Fault, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def cash_totals(self) -> dict[str | None, Decimal]:
        """Money by currency, over all accounts."""
        totals: dict[str | None, Decimal] = {}
        for row in self.cash:
            totals[row.currency] = totals.get(row.currency, Decimal(0)) + row.amount
        return totals
