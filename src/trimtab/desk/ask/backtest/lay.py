"""Lay the tape of a backtest: a book as it is held today on every past day, its betas of the past, and one future."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.backtest.best import Past, best_widths, own_errors
from trimtab.backtest.exact import Desk
from trimtab.backtest.tape import Tape
from trimtab.beta.history import BetaHistory
from trimtab.beta.method import Estimator
from trimtab.desk.ask.backtest.contracts import Chain, Costing, FuturePrices, chain_of, costing_of, future_prices
from trimtab.desk.moment.history import beta_history
from trimtab.errors import InfeasibleError, InputError, NotEnoughDataError
from trimtab.exposure.kinds.of import spot_in
from trimtab.market.checks.jumps import judge_jumps
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.contract import ContractSpec
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio
from trimtab.stats.arrays import Floats

__all__ = ["LAG", "Book", "Laid", "Terms", "lay_tape"]

#: Prices after a day by which that day's own price is judged (`trimtab.market.checks.jumps`): a beta is used so many
#: prices later, or it would know how they turned out.
LAG = 5
#: Calendar days between two days with all prices beyond which nobody knows what happened.
_LONGEST_GAP = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What is held on every day of a backtest.

    Parameters
    ----------
    symbols, units
        Shares and funds, with what a price of 1 makes of them.
    cash
        Base currency.
    left_out
        What else the holdings have.
    """

    symbols: tuple[str, ...]
    units: Floats
    cash: float
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a tape is laid by.

    Parameters
    ----------
    mandate
        Benchmark, band and costs.
    spec
        The family of futures that is traded.
    start
        First day; None takes the first on which everything can be measured.
    roll_days
        Days before expiry from which on the next contract is traded.
    risk_aversion
        Relative.
    risk_free
        Rate that returns are measured over.
    """

    mandate: Mandate
    spec: ContractSpec
    start: dt.date | None
    roll_days: int
    risk_aversion: float
    risk_free: RiskFree | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A tape, and what a slow replay needs beside it.

    Parameters
    ----------
    tape
        From the first day on.
    table
        Prices of what is held, of the benchmark and of the future, on the days of the tape.
    history, lagged
        Betas, and the row of them that each day uses.
    chain, costing
        Of the future, on the days of the tape.
    book, terms
        What it was laid of, and by what.
    notes
        What was decided, in words.
    """

    tape: Tape
    table: PriceTable
    history: BetaHistory
    lagged: NDArray[np.intp]
    chain: Chain
    costing: Costing
    book: Book
    terms: Terms
    notes: tuple[str, ...]

    @property
    def desk(self) -> Desk:
        """What a slow replay starts from."""
        spec, chain = self.terms.spec, self.chain
        return Desk(
            tape=self.tape,
            table=self.table,
            history=self.history,
            lagged=self.lagged,
            spec=spec,
            futures=tuple(spec.future(symbol=s, expiry=e) for s, e in zip(chain.symbols, chain.expiries, strict=True)),
            spots=tuple(zip(self.book.symbols, self.book.units.tolist(), strict=True)),
            cash=self.book.cash,
            costs=self.terms.mandate.costs,
        )

    def since(self, first: np.datetime64) -> "Laid":
        """Give the same from a later day on."""
        row = int(np.searchsorted(self.tape.dates, first))
        if row == 0:
            return self
        return replace(
            self,
            tape=_cut(self.tape, slice(row, None)),
            table=self.table.at(np.arange(row, len(self.tape))),
            lagged=self.lagged[row:],
            chain=replace(self.chain, traded=self.chain.traded[row:]),
        )


def book_of(portfolio: Portfolio) -> Book:
    """Take the shares, funds and base money of a portfolio; what else there is, is named.

    Raises
    ------
    InputError
        If nothing is left.
    """
    spots = [p for p in portfolio.positions if spot_in(p.instrument) is not None and p.quantity != 0]
    money = [p for p in portfolio.positions if p.instrument.is_money]
    foreign = [p.symbol for p in money if p.symbol != portfolio.base and p.quantity != 0]
    if not spots or foreign:
        raise InputError(
            expected=f"shares or funds, and money in {portfolio.base} alone",
            found=f"money in {', '.join(foreign)}" if foreign else "no share and no fund",
            try_next="convert or leave out what is in another money" if foreign else "add what is to be hedged",
        )
    others = [p.symbol for p in portfolio.positions if p not in spots and p not in money]
    day = portfolio.stated_on or dt.date.max
    scales = [float(p.quantity * p.instrument.price_unit(day, minor=False)) for p in spots]
    return Book(
        symbols=tuple(p.symbol for p in spots),
        units=np.array(scales),
        cash=float(sum(p.quantity for p in money)),
        left_out=tuple(others),
    )


def lay_tape(prices: PriceTable, book: Book, terms: Terms, *, base: str, method: Estimator) -> Laid:
    """Lay the tape.

    Parameters
    ----------
    prices
        In base currency, up to the last day.
    book
        What is held.
    terms, base, method
        What it is laid by, in which money, and how betas are estimated.

    Raises
    ------
    InputError
        If a price is missing at the start, for too long, or on every day; if a split is suspected; if the future has
        no past.
    NotEnoughDataError
        If a beta is not known at the start, or there are too few days.
    InfeasibleError
        If the book without its hedge is worth nothing or less on a day.
    """
    spec, benchmark = terms.spec, terms.mandate.benchmark
    whole = chain_of(spec, prices.dates, terms.roll_days)
    start = 0 if terms.start is None else int(np.searchsorted(prices.dates, np.datetime64(terms.start)))
    future = future_prices(spec, whole, prices, start)
    names = tuple(dict.fromkeys((benchmark, *book.symbols)))
    _check_start(prices, names, terms.start)
    closes = prices.values[:, [prices.column(s) for s in book.symbols]]
    level = prices.values[:, prices.column(benchmark)]
    complete = np.isfinite(closes).all(axis=1) & np.isfinite(level) & np.isfinite(future.price)
    judged_prices = judge_jumps(prices, benchmark)
    history = beta_history(
        judged_prices, benchmark=benchmark, method=method, risk_free=terms.risk_free, base=base
    ).history
    lagged = np.searchsorted(history.dates, prices.dates, side="right") - 1 - LAG
    betas = _of(history, book.symbols, lagged)
    own = _future_beta(history, future, benchmark, lagged)
    measured = np.isfinite(betas).all(axis=1) & np.isfinite(own)
    rows = np.flatnonzero(complete & measured)
    first = _first_row(prices, rows, start, terms, (betas, book.symbols))
    _check_gaps(prices, rows[first:], (*names, spec.root))
    _check_splits(judged_prices, book.symbols, int(rows[first]), int(rows[-1]))
    money = closes * book.units
    tape = _tape(prices, rows, money, book.cash, (betas, own), future, whole, terms, history)
    some = slice(first, None)
    _check_worth(tape, some, book)
    notes = _notes(book, rows[some], tape, terms)
    return Laid(
        tape=_cut(tape, some),
        table=_table(prices, rows[some], names, future, whole),
        history=history,
        lagged=lagged[rows[some]],
        chain=replace(whole, traded=whole.traded[rows[some]]),
        costing=costing_of(spec, terms.mandate.costs, prices.dates[rows[some]]),
        book=book,
        terms=terms,
        notes=notes,
    )


def _of(history: BetaHistory, symbols: tuple[str, ...], lagged: NDArray[np.intp]) -> Floats:
    columns = np.array([history.column(s) for s in symbols], dtype=np.intp)
    betas: Floats = np.where((lagged < 0)[:, None], np.nan, history.beta[np.ix_(np.maximum(lagged, 0), columns)])
    return betas


def _future_beta(history: BetaHistory, future: FuturePrices, benchmark: str, lagged: NDArray[np.intp]) -> Floats:
    """Give the beta of the future: its own column's, or its index's; 1 where that is the benchmark."""
    if future.follows == benchmark:
        return np.where(lagged < 0, np.nan, 1.0)
    beta: Floats = _of(history, (future.follows,), lagged)[:, 0]
    return beta


def _tape(
    prices: PriceTable,
    rows: NDArray[np.intp],
    money: Floats,
    cash: float,
    betas: tuple[Floats, Floats],
    future: FuturePrices,
    chain: Chain,
    terms: Terms,
    history: BetaHistory,
) -> Tape:
    beta, own = (one[rows] for one in betas)
    benchmark, spec = terms.mandate.benchmark, terms.spec
    # Terms may change before the first day of the test; those of its last day are looked at (`costing_of` checks them).
    costing = costing_of(spec, terms.mandate.costs, prices.dates[rows[-1:]])
    price, level = future.price[rows], prices.values[rows, prices.column(benchmark)]
    lot = own * price * costing.money
    gain = future.points(rows) * costing.money
    if future.is_model and future.follows == benchmark:
        # To the last digit, so that a model's basis is zero and not a rounding error.
        gain[1:] = lot[:-1] * (level[1:] / level[:-1] - 1.0)
    traded = chain.traded[rows]
    rolls = np.diff(traded, prepend=traded[0]) != 0
    assets = money[rows].sum(axis=1) + cash
    exposure = (money[rows] * beta).sum(axis=1)
    ones = np.ones(len(rows))
    past = Past(
        dates=prices.dates[rows], level=level, assets=assets, exposure=exposure, lot=lot, cost=costing.cost * ones
    )
    return Tape(
        benchmark=benchmark, base=spec.currency, method=history.method, dates=prices.dates[rows], level=level,
        assets=assets, exposure=exposure, error=own_errors(assets, level) * assets, lot=lot,
        cost=costing.cost * ones,
        best=best_widths(past, usual=terms.mandate.band, risk_aversion=terms.risk_aversion),
        price=price, gain=gain, roll=2.0 * costing.cost * rolls, commission=costing.commission * ones,
        contracts=chain.symbols, contract=traded, multiplier=costing.money, beta=own, is_model=future.is_model,
        source=future.source, per_year=history.frequency.days_per_year,
    )  # fmt: skip


def _cut(tape: Tape, some: slice) -> Tape:
    arrays = (
        "dates", "level", "assets", "exposure", "error", "lot", "cost", "best", "price", "gain", "roll", "commission",
        "contract", "beta",
    )  # fmt: skip
    _check_gain(tape, some)
    cut = replace(tape, **{name: getattr(tape, name)[some] for name in arrays})
    for name in ("gain", "roll"):
        getattr(cut, name)[0] = 0.0
    return cut


def _check_worth(tape: Tape, some: slice, book: Book) -> None:
    """Refuse a book that is worth nothing or less on a day, whatever a hedge would have gained."""
    lacking = np.flatnonzero(tape.assets[some] <= 0.0)
    if lacking.size:
        row = int(lacking[0])
        raise InfeasibleError(
            expected="a book worth more than nothing without its hedge on every day: its beta is a share of that",
            found=f"{tape.assets[some][row]:,.0f} {tape.base} on {date_of(tape.dates[some][row])}: the units of the "
            f"holdings at its prices, and {book.cash:,.0f} of cash",
            try_next="start later (--from), end before that day (--to), or hold as much cash as the book had then",
        )


def _check_gain(tape: Tape, some: slice) -> None:
    lacking = np.flatnonzero(~np.isfinite(tape.gain[some][1:]))
    if lacking.size:
        row = int(lacking[0]) + 1
        raise InputError(
            expected="the price of the contract that is left on the day it is rolled",
            found=f"none of {tape.contracts[tape.contract[some][row - 1]]} on {date_of(tape.dates[some][row])}",
            try_next="add that price, or roll earlier (--roll-days)",
        )


def _table(
    prices: PriceTable, rows: NDArray[np.intp], names: tuple[str, ...], future: FuturePrices, chain: Chain
) -> PriceTable:
    contracts = () if future.is_model or future.quotes.shape[1] == 1 else (s for s in chain.symbols if s in prices)
    return replace(prices.select(dict.fromkeys((*names, future.follows, *contracts))).at(rows), to_quoted=None)


def _check_start(prices: PriceTable, names: tuple[str, ...], start: dt.date | None) -> None:
    """Refuse a book that has no price on its first day: nothing is filled in."""
    starts = {}
    for name in names:
        priced = np.flatnonzero(np.isfinite(prices.values[:, prices.column(name)]))
        if not priced.size:
            raise InputError(
                expected=f"past prices of {name}", found="a column without any", try_next="leave the position out"
            )
        starts[name] = date_of(prices.dates[priced[0]])
    late = {name: first for name, first in starts.items() if start is not None and first > _soon(start)}
    if late:
        last = max(late.values())
        shown = ", ".join(f"{name} from {first}" for name, first in sorted(late.items(), key=lambda one: one[1])[:5])
        raise InputError(
            expected=f"prices of all that is held from {start} on", found=f"prices of {shown} on only",
            try_next=f"start on {last} or later (--from {last}), or leave these positions out",
        )  # fmt: skip


def _soon(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=_LONGEST_GAP)


def _first_row(
    prices: PriceTable, rows: NDArray[np.intp], start: int, terms: Terms, betas: tuple[Floats, tuple[str, ...]]
) -> int:
    """Give the place among the rows of the first day."""
    first = int(np.searchsorted(rows, start))
    if rows.size - first < 3:
        raise NotEnoughDataError(
            expected="three days or more on which everything held has a price and a beta",
            found=f"{max(0, rows.size - first)}", try_next="give longer prices, or leave out what is new",
        )  # fmt: skip
    begins = date_of(prices.dates[rows[first]])
    if terms.start is not None and begins > _soon(terms.start):
        values, symbols = betas
        row = min(int(np.searchsorted(prices.dates, np.datetime64(_soon(terms.start)))), len(values) - 1)
        lacking = [s for s, b in zip(symbols, values[row], strict=True) if not np.isfinite(b)]
        raise NotEnoughDataError(
            expected=f"a beta of all that is held from {terms.start} on, measured with prices before",
            found=f"none yet of {', '.join(lacking[:5]) or terms.spec.root}: all can be measured from {begins} on",
            try_next=f"start on {begins} (--from {begins}), or give prices that reach further back",
        )
    return first


def _check_gaps(prices: PriceTable, rows: NDArray[np.intp], names: tuple[str, ...]) -> None:
    days = prices.dates[rows].astype("datetime64[D]")
    steps = np.diff(days).astype(np.int64)
    if steps.max() <= _LONGEST_GAP:
        return
    at = int(np.argmax(steps))
    between = prices.values[rows[at] + 1 : rows[at + 1]]
    lacking = [n for n in names if n in prices and len(between) and not np.isfinite(between[:, prices.column(n)]).all()]
    raise InputError(
        expected=f"prices of all that is held at most {_LONGEST_GAP} days apart",
        found=f"{steps[at]} days without them after {days[at]}: {', '.join(lacking[:5]) or 'no rows at all'}",
        try_next=f"give the missing prices, start on {days[at + 1]} (--from), or end on {days[at]} (--to)",
    )


def _check_splits(judged_prices: PriceTable, symbols: tuple[str, ...], first: int, last: int) -> None:
    """Refuse raw prices that hold a split: today's units were not those of before it."""
    for row, column in judged_prices.suspected.tolist():
        name = judged_prices.symbols[column]
        if name in symbols and first < row <= last:
            raise InputError(
                expected=f"prices of {name} adjusted for splits: its units of today are held on every day",
                found=f"a step on {date_of(judged_prices.dates[row])} that looks like a split",
                try_next="give adjusted prices, or a file with both (close and adj_close)",
            )


def _notes(book: Book, rows: NDArray[np.intp], tape: Tape, terms: Terms) -> tuple[str, ...]:
    left = int(rows[-1] - rows[0] + 1 - len(rows))
    notes = [
        f"the units of the holdings are held on every day, {book.cash:,.0f} {tape.base} of cash beside them without "
        "interest; adjusted prices stand for dividends bought back",
        f"price of {terms.spec.root}: {tape.source}",
        f"betas know the prices up to {LAG} sessions before the close that uses them: that many later prices judge "
        "whether a price was a bad print",
        f"rolled {terms.roll_days} days before expiry, both sides paid; interest on cash and on margin is left out",
    ]
    if book.left_out:
        notes.insert(0, f"left out of the book: {', '.join(book.left_out)}; the policies start without a hedge")
    if left > 0:
        notes.append(
            f"{left} days on which something held has no price are left out; what was gained counts on the next"
        )
    return tuple(notes)
