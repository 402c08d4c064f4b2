"""What an account held on the days that a drift compares, in the units of the last."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.desk.accounts.account import Account
from trimtab.desk.ask.drift import By, DatedPortfolio, points_between
from trimtab.errors import InputError
from trimtab.market.prices import PRESENT, PriceTable
from trimtab.market.rates.interest import Interest

__all__ = ["LEAST_RETURNS", "BooksBetween", "HeldBetween", "held_between"]

#: Daily returns before the first day of a drift that nobody chose: a quarter of a year.
LEAST_RETURNS = 63
BooksBetween = Callable[[str | None, By], "HeldBetween"]
"""Gives what was held from a first day (None: that of the first snapshot) in steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBetween:
    """What was held on some days.

    Parameters
    ----------
    books
        One for each day that ends a step, the first and the last among them.
    notes
        What was decided while they were worked out, in words.
    """

    books: tuple[DatedPortfolio, ...]
    notes: tuple[str, ...]


def held_between(
    account: Account,
    prices: PriceTable,
    *,
    start: dt.date | None,
    by: By,
    end: dt.date,
    benchmark: str,
    rates: Interest,
) -> HeldBetween:
    """Work out what an account held on the first and last day of a drift and on those in between.

    Quantities, strikes and names from before a split or a change of symbol are those after it, as prices are.

    Parameters
    ----------
    account
        As known.
    prices
        As known, up to the last day and in its units.
    start
        First day; None takes that of the first snapshot, or the first on which betas can be measured if that is later.
    by
        As in `trimtab.desk.ask.drift.drift`; days with transactions or a new snapshot count as changes of what is held.
    end
        Last day.
    benchmark
        The symbol whose prices say which days there are.
    rates
        Risk-free rates by currency, for options that state none.

    Raises
    ------
    InputError
        If the end is before the start.
    NotEnoughDataError
        If no snapshot is known by the first day, or a day's book could not be worked out.
    """
    dates = prices.dates[prices.why[:, prices.column(benchmark)] == PRESENT]
    first, why_later = (start, "") if start is not None else _first_measured(account.first_snapshot(), end, dates)
    if first == end:
        return _of_one_day(account, end, rates, is_asked=start is not None)
    if not first < end:
        raise InputError(
            expected="an end after the start",
            found=f"{first} to {end}" + ("" if start else f"; the first holdings of {account.name} are of {first}"),
            try_next="give --from and --to in order; import holdings of an earlier day if there are none",
        )
    days = set(points_between(dates, start=first, end=end, by=by))
    if by != "endpoints":
        changed = {*account.changed(first, end), *account.snapshots()}
        days |= {day for day in changed if first < day < end}
    books, notes = _books_on(account, sorted(days), end, rates)
    return HeldBetween(books=books, notes=(*([why_later] if why_later else []), *notes))


def _of_one_day(account: Account, day: dt.date, rates: Interest, *, is_asked: bool) -> HeldBetween:
    """Give what was held on the only day there is: enough to look ahead from, and for no cause of a change."""
    books, notes = _books_on(account, [day], day, rates)
    why = f"first and last day are both {day}"
    if not is_asked:
        why = f"the first holdings of {account.name} are of {day}, the last day"
    return HeldBetween(books=books, notes=(f"why beta changed takes holdings of two days: {why}", *notes))


def _books_on(
    account: Account, days: Sequence[dt.date], end: dt.date, rates: Interest
) -> tuple[tuple[DatedPortfolio, ...], tuple[str, ...]]:
    actions = account.actions(end)
    books: list[DatedPortfolio] = []
    notes: dict[str, None] = {}
    for day in days:
        portfolio, day_notes = account.book_on(
            day, actions, rates, try_next="import what is missing, or choose other days"
        )
        notes.update(dict.fromkeys(day_notes))
        books.append(DatedPortfolio(day=day, portfolio=portfolio))
    return tuple(books), tuple(notes)


def _first_measured(first: dt.date, end: dt.date, dates: NDArray[np.datetime64]) -> tuple[dt.date, str]:
    """Give the first day from a day on that has returns enough before it, and why it is later; the day if none has."""
    quoted = dates.astype("datetime64[D]").astype(object).tolist()
    if sum(day <= first for day in quoted) > LEAST_RETURNS or len(quoted) <= LEAST_RETURNS:
        return first, ""
    later = quoted[LEAST_RETURNS]
    if later >= end:
        return first, ""
    why = (
        f"from {later}: before it are fewer than {LEAST_RETURNS} returns to measure betas with; holdings are known "
        f"from {first} (--from says another day)"
    )
    return later, why
