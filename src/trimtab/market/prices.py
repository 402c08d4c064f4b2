"""Prices as observed: one table of dates by symbols, and for each missing cell why it is missing.

This module holds the table only. Reading files is `trimtab.feeds`; frames are `trimtab.market.reading.frames`;
judging the prices is `trimtab.market.checks.quality` (each column alone) and `trimtab.market.checks.jumps`
(against the benchmark); turning them into returns is `trimtab.market.returns`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Failure, InputError, Reason, UnknownSymbolError
from trimtab.market.asset_facts import NO_FACTS, AssetFacts
from trimtab.model.near import nearest
from trimtab.stats.arrays import Floats

__all__ = [
    "MISSING", "PRESENT", "Flag", "PriceTable", "absence", "as_cells", "code_of", "day_of", "reason_of",
    "unknown_symbol",
]  # fmt: skip

#: Codes in `PriceTable.why`: 0 means that a price is present, k > 0 means MISSING[k - 1].
MISSING: tuple[Reason, ...] = (
    Reason.ABSENT,
    Reason.NOT_LISTED,
    Reason.NOT_FINITE,
    Reason.NOT_POSITIVE,
    Reason.UNPARSABLE,
    Reason.CONFLICT,
    Reason.BAD_PRINT,
    Reason.UNCONFIRMED_JUMP,
    Reason.STALE,
    Reason.NO_RATE,
)
PRESENT = 0


class Flag(StrEnum):
    """Something about a series or an estimate that a reader should know, though a number is given."""

    DUPLICATES_DROPPED = "duplicates_dropped"  # rows that repeat one another exactly
    OUT_OF_ORDER = "out_of_order"  # rows came in another order than time
    ADJUSTED_CHOSEN = "adjusted_chosen"  # the prices are stated as adjusted; with raw closes beside them those value
    NOT_FINITE = "not_finite"
    NOT_POSITIVE = "not_positive"
    UNPARSABLE = "unparsable"
    CONFLICT = "conflict"
    BAD_PRINT = "bad_print"
    UNCONFIRMED_JUMP = "unconfirmed_jump"
    SPLIT_SUSPECTED = "split_suspected"
    STALE = "stale"
    GAP = "gap"
    TIMEZONE_DROPPED = "timezone_dropped"  # stamps carried a zone; their own local date was used
    CLOSE_HOURS_DIFFER = "close_hours_differ"  # stamps of asset and benchmark show different hours
    SEVEN_DAY = "seven_day"  # weekend prices, compounded over the benchmark's intervals
    INTERVALS_JOINED = "intervals_joined"  # some returns span more than one session because a price was missing
    LEAD_LAG = "lead_lag"  # yesterday's or tomorrow's benchmark return explains today's: stale or asynchronous prices
    SHORT_HISTORY = "short_history"
    PRIOR_STATED = "prior_stated"  # too few assets to estimate the shrinkage prior
    CONVERTED = "converted"  # prices were converted into the base currency
    IDENTITY = "identity"  # known by definition, not estimated
    PRICE_STATED = "price_stated"  # the price came from the holdings, not from the price table
    PRICE_FROM_SIBLING = "price_from_sibling"  # a contract of another size on the same index trades at the same price
    PRICE_FROM_UNDERLYING = "price_from_underlying"  # a future without a price of its own: its index stands in
    BETA_FROM_UNDERLYING = "beta_from_underlying"  # the beta of its index, of a sibling, or of a fund that tracks it
    BETA_STATED = "beta_stated"  # the beta was given, with its error, its source and its last day
    BETA_FROM_PROXY = "beta_from_proxy"  # the beta of another series times a factor, as stated
    OWN_ERROR_UNKNOWN = "own_error_unknown"  # of a proxy: what the asset does on its own is not in the error
    MODEL_PRICE = "model_price"  # no price was given: the model's, at the volatility used
    VOL_STATED = "vol_stated"  # the volatility was given
    VOL_IMPLIED = "vol_implied"  # the volatility was taken from the option's price
    DELTA_STATED = "delta_stated"  # a vendor's delta was taken as it was given
    RATE_ASSUMED = "rate_assumed"  # no interest rate was given: 0
    FORWARD_USED = "forward_used"  # a forward was stated beside a yield or dividends, which it holds already
    YIELD_AND_DIVIDENDS = "yield_and_dividends"  # a yield was stated beside dividends: it is counted on top of them
    EXPIRES_TODAY = "expires_today"  # alive until the close: no volatility, vega or theta, and no gamma while it lives
    CROSSED_QUOTE = "crossed_quote"  # bid above ask: the quote was not used
    ZERO_BID = "zero_bid"  # nothing was bid: worth between exercise and the ask, the middle was taken
    ONE_SIDED_QUOTE = "one_sided_quote"  # a bid without an ask: not used as a price
    ABOVE_BOUND = "above_bound"  # an ask above what the option can be worth: the bound was taken
    BELOW_INTRINSIC = "below_intrinsic"  # a quote at or below intrinsic value says nothing about volatility
    LEVERAGED_FUND = "leveraged_fund"  # the promised multiple is shown beside the measured beta
    MULTIPLE_CONTRADICTED = "multiple_contradicted"  # its returns did something else than the multiple stated of it
    LOOK_THROUGH = "look_through"  # measured through what the fund holds
    WEIGHTS_NOT_ONE = "weights_not_one"  # the weights of a fund's holdings do not add up to 1
    BOUND_BINDS = "bound_binds"  # a bound of the method clips more than a twentieth of the days
    PRIOR_FAR = "prior_far"  # the shrinkage prior lies far from what the data say
    NO_PRIOR = "no_prior"  # belongs to no population that a prior speaks of: drawn towards nothing
    STAMPS_UNCLEAR = "stamps_unclear"  # slow prices whose stamps may mean several sessions: no returns are taken
    OLD_PRICE = "old_price"  # the last price is older than the date asked about


_CODE = {reason: code for code, reason in enumerate(MISSING, start=1)}


def code_of(reason: Reason) -> int:
    """Give the cell code of a reason."""
    return _CODE[reason]


def reason_of(code: int) -> Reason | None:
    """Give the reason behind a cell code; None for a price that is present."""
    return None if code == PRESENT else MISSING[code - 1]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PriceTable:
    """Prices of several symbols over dates.

    Parameters
    ----------
    dates
        datetime64[s], strictly increasing, shape (n_dates,). Daily prices carry midnight of their session date.
    symbols
        Column names, unique, length n_assets.
    values
        Prices in each symbol's currency, float64, shape (n_dates, n_assets); NaN where missing. Always positive.
    why
        uint8, same shape: 0 where a price is present, otherwise a code of `MISSING`.
    currencies
        Currency of each column; None where nobody said.
    breaks
        Shape (n_breaks, 2): (row, column) where the step from the previous price must not become a return.
    flags
        For each column what a reader should know about it.
    volumes
        Units traded, shape (n_dates, n_assets), or None.
    notes
        What was decided while reading, in words.
    failures
        What was set aside while reading.
    frame
        The kind of frame the prices came in ("polars", "pandas", "pyarrow"); results are given in the same kind.
    to_quoted
        What a price is multiplied by to give the close as it was quoted that day, shape (n_dates, n_assets), NaN where
        nobody knows; None if all prices are as quoted. Returns are taken from the prices, positions are valued at
        the quoted close.
    vouched
        Shape (n, 2): (row, column) of steps that the user says are real or has recorded as a split; never judged.
    suspected
        Shape (n, 2): those `breaks` that are suspected splits.
    judged
        The benchmark against which jumps were judged (`trimtab.market.checks.jumps`); None if they were not yet.
    placed
        The benchmark on whose sessions weekly and monthly prices were put (`trimtab.market.checks.slow`); None if they
        were not yet.
    facts
        What is known of the assets beside their prices: kinds, and stated multiples. Everything that is estimated from
        the table knows it.

    Examples
    --------
    >>> import numpy as np
    >>> table = PriceTable.of({"A": [10.0, 11.0, np.nan]}, dates=["2024-01-02", "2024-01-03", "2024-01-04"])
    >>> table.shape, reason_of(int(table.why[2, 0])).value
    ((3, 1), 'not_listed')
    """

    dates: NDArray[np.datetime64]
    symbols: tuple[str, ...]
    values: Floats
    why: NDArray[np.uint8]
    currencies: tuple[str | None, ...]
    breaks: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), dtype=np.intp))
    flags: tuple[tuple[Flag, ...], ...] = ()
    volumes: Floats | None = None
    notes: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    frame: str = "polars"
    to_quoted: Floats | None = None
    vouched: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), dtype=np.intp))
    suspected: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), dtype=np.intp))
    judged: str | None = None
    placed: str | None = None
    facts: AssetFacts = NO_FACTS
    _columns: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_columns", {s: i for i, s in enumerate(self.symbols)})
        shape = (len(self.dates), len(self.symbols))
        if not self.flags:
            object.__setattr__(self, "flags", ((),) * shape[1])
        for name, got in (("values", self.values.shape), ("why", self.why.shape)):
            if got != shape:
                raise InputError(
                    expected=f"{name} of shape {shape}",
                    found=f"{got}",
                    try_next="give one row per date and one column per symbol",
                )
        if len(self.currencies) != shape[1] or len(self.flags) != shape[1]:
            raise InputError(
                expected=f"{shape[1]} currencies and flags, one per symbol",
                found=f"{len(self.currencies)} and {len(self.flags)}",
                try_next="give one entry per column",
            )
        if len(set(self.symbols)) != shape[1]:
            twice = sorted({s for s in self.symbols if self.symbols.count(s) > 1})
            raise InputError(
                expected="each symbol once",
                found=f"more than once: {', '.join(twice[:5])}",
                try_next="rename or drop the extra columns",
            )
        if shape[0] > 1 and not (np.diff(self.dates.astype("datetime64[s]").astype(np.int64)) > 0).all():
            raise InputError(
                expected="dates in increasing order, each once",
                found="dates out of order or repeated",
                try_next="sort the rows by date",
            )
        if (np.isnan(self.values) != (self.why != PRESENT)).any():
            raise InputError(
                expected="a reason for each missing price and none for the others",
                found="values and reasons that disagree",
                try_next="build the table with PriceTable.of or read_prices",
            )
        for array in (self.dates, self.values, self.why, self.breaks):
            array.setflags(write=False)

    @classmethod
    def of(
        cls,
        columns: dict[str, Sequence[float] | Floats],
        *,
        dates: Sequence[str] | NDArray[np.datetime64],
        currency: str | None = None,
    ) -> "PriceTable":
        """Build a table from columns of numbers that are already in order; NaN is missing."""
        stamps = np.asarray(dates, dtype="datetime64[s]")
        values = (
            np.column_stack([np.asarray(c, dtype=np.float64) for c in columns.values()])
            if columns
            else np.empty((len(stamps), 0))
        )
        return cls(
            dates=stamps,
            symbols=tuple(columns),
            values=values,
            why=absence(values),
            currencies=(currency,) * len(columns),
        )

    def __repr__(self) -> str:
        """Say what it holds, in a few lines."""
        names = ", ".join(self.symbols[:8]) + (", ..." if len(self.symbols) > 8 else "")
        span = " to ".join(str(d).removesuffix("T00:00:00") for d in self.dates[[0, -1]]) if len(self.dates) else "none"
        return (
            f"Prices of {len(self.symbols)} symbols on {len(self.dates)} dates, {span}\n  {names}\n"
            f"  rows or cells set aside: {len(self.failures)}; notes: {len(self.notes)}"
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(n_dates, n_assets)."""
        return (len(self.dates), len(self.symbols))

    def column(self, symbol: str) -> int:
        """Give the column number of a symbol, or say which symbols are near it."""
        if symbol not in self._columns:
            raise unknown_symbol(symbol, self.symbols)
        return self._columns[symbol]

    def __contains__(self, symbol: object) -> bool:
        """Tell whether a symbol has a column."""
        return symbol in self._columns

    def select(self, symbols: Iterable[str]) -> "PriceTable":
        """Give the table with only these symbols, in this order."""
        wanted = tuple(symbols)
        columns = [self.column(s) for s in wanted]
        position = {c: i for i, c in enumerate(columns)}

        def kept(cells: NDArray[np.intp]) -> NDArray[np.intp]:
            return as_cells((r, position[c]) for r, c in cells.tolist() if c in position)

        return replace(
            self,
            symbols=wanted,
            values=self.values[:, columns],
            why=self.why[:, columns],
            currencies=tuple(self.currencies[c] for c in columns),
            flags=tuple(self.flags[c] for c in columns),
            volumes=None if self.volumes is None else self.volumes[:, columns],
            to_quoted=None if self.to_quoted is None else self.to_quoted[:, columns],
            breaks=kept(self.breaks),
            vouched=kept(self.vouched),
            suspected=kept(self.suspected),
        )

    def until(self, as_of: np.datetime64 | str | None) -> "PriceTable":
        """Give the table as it stood at the end of a day: nothing later is in it."""
        if as_of is None:
            return self
        limit = day_of(as_of) + np.timedelta64(1, "D")
        rows = int(np.searchsorted(self.dates, limit.astype("datetime64[s]"), side="left"))
        if rows == 0:
            first = str(self.dates[0].astype("datetime64[D]")) if len(self.dates) else "no dates at all"
            raise InputError(
                expected=f"prices on or before {day_of(as_of)}",
                found=f"prices from {first} on",
                try_next="give a later --as-of, or prices that reach further back",
            )
        return replace(
            self,
            dates=self.dates[:rows],
            values=self.values[:rows],
            why=self.why[:rows],
            volumes=None if self.volumes is None else self.volumes[:rows],
            to_quoted=None if self.to_quoted is None else self.to_quoted[:rows],
            breaks=self.breaks[self.breaks[:, 0] < rows],
            vouched=self.vouched[self.vouched[:, 0] < rows],
            suspected=self.suspected[self.suspected[:, 0] < rows],
        )

    def at(self, rows: NDArray[np.intp]) -> "PriceTable":
        """Give the table at some of its dates; a break on a date that is left out falls on the next one kept."""

        def kept(cells: NDArray[np.intp]) -> NDArray[np.intp]:
            place = np.searchsorted(rows, cells[:, 0])
            return as_cells((r, c) for r, c in zip(place.tolist(), cells[:, 1].tolist(), strict=True) if r < len(rows))

        return replace(
            self,
            dates=self.dates[rows],
            values=self.values[rows],
            why=self.why[rows],
            volumes=None if self.volumes is None else self.volumes[rows],
            to_quoted=None if self.to_quoted is None else self.to_quoted[rows],
            breaks=kept(self.breaks),
            vouched=kept(self.vouched),
            suspected=kept(self.suspected),
        )

    def last(self, symbol: str) -> tuple[float, np.datetime64] | None:
        """Give the last close of a symbol, as it was quoted, and its date; None if it never had one.

        Where adjusted prices stand beside raw closes the raw one is given: what a unit was worth on that day.
        """
        column = self.column(symbol)
        rows = np.flatnonzero(~np.isnan(self.values[:, column]))
        if rows.size == 0:
            return None
        price = float(self.values[rows[-1], column])
        if self.to_quoted is not None and not np.isnan(self.to_quoted[rows[-1], column]):
            price *= float(self.to_quoted[rows[-1], column])
        return price, self.dates[rows[-1]]


def as_cells(cells: Iterable[tuple[int, int]]) -> NDArray[np.intp]:
    """Give (row, column) pairs as an array of shape (n, 2), sorted, each once."""
    return np.array(sorted(set(cells)), dtype=np.intp).reshape(-1, 2)


def day_of(moment: np.datetime64 | str) -> np.datetime64:
    """Give the day of a stamp or of a text such as 2022-12-28."""
    day: np.datetime64 = np.asarray([moment], dtype="datetime64[D]")[0]
    return day


def absence(values: Floats) -> NDArray[np.uint8]:
    """Give cell codes for NaN: not listed outside the first and last price of a column, absent inside.

    Parameters
    ----------
    values
        Prices, shape (n_dates, n_assets).

    Returns
    -------
    uint8 codes of the same shape.
    """
    present = ~np.isnan(values)
    started = np.maximum.accumulate(present, axis=0)
    ended = np.maximum.accumulate(present[::-1], axis=0)[::-1]
    # In bytes from the start: whole numbers of 15 million cells would be two arrays of 120 MB for a moment.
    codes = np.where(started & ended, np.uint8(_CODE[Reason.ABSENT]), np.uint8(_CODE[Reason.NOT_LISTED]))
    codes[present] = PRESENT
    return codes


def unknown_symbol(symbol: str, symbols: Sequence[str], *, where: str = "in the price table") -> UnknownSymbolError:
    """Make the error for a symbol that is not in the price table, or not `where` it was looked for."""
    hint = nearest(symbol, symbols, most=3) or f"use one of the symbols {where}"
    shown = ", ".join(symbols[:8]) + (", ..." if len(symbols) > 8 else "")
    return UnknownSymbolError(expected=f"one of {len(symbols)} symbols: {shown}", found=f"{symbol!r}", try_next=hint)
