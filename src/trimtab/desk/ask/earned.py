"""What an account earned on the money that was in it: returns with flows taken out, each under its own name."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.ledger.returns import modified_dietz, money_weighted, time_weighted
from trimtab.ledger.statement import Statement
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.stats.arrays import Floats

__all__ = ["DatedFlow", "Earned", "earned", "flows_by_day", "jump_of", "nav_of", "without_flows"]

#: A day of NAV asks for flows where it moves at least so far, so many times a usual day, and so many times the market.
_LEAST_JUMP, _TIMES_USUAL, _TIMES_MARKET = 0.03, 10.0, 3.0
_MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFlow:
    """Money that came in or went out.

    Parameters
    ----------
    day
        When.
    amount
        Positive = in.
    currency
        Of the amount; None: that of NAV.
    """

    day: dt.date
    amount: float
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What was earned between two evenings, in the currency of NAV.

    Parameters
    ----------
    first, last
        The evenings.
    opening, closing
        Net asset value of them.
    flows
        What came in less what went out in between: neither gain nor loss.
    days_with_flows
        On how many days something came or went.
    time_weighted
        Return over the whole time, whatever money came: product of the days, flows counted at the end of their day.
        None where a day begins with nothing.
    money_weighted
        Yearly rate at which all flows are worth nothing together (XIRR, actual/365); None if there is none or several.
    modified_dietz
        Gain over the money that was at work on average, for the whole time.
    change
        Income, expense, gains and exchange rates apart, of a book; None of a column of NAV.
    reasons
        Why one of them is not known.
    """

    first: dt.date
    last: dt.date
    opening: float
    closing: float
    flows: float
    days_with_flows: int
    time_weighted: float | None
    money_weighted: float | None
    modified_dietz: float | None
    change: Statement | None = None
    reasons: tuple[str, ...] = ()

    @property
    def gain(self) -> float:
        """Closing less opening less flows."""
        return self.closing - self.opening - self.flows


def earned(
    days: Sequence[dt.date], navs: Sequence[float], flows: Mapping[dt.date, float], *, weighted: float | None = None
) -> Earned:
    """Work out returns of net asset values with flows between them.

    Parameters
    ----------
    days, navs
        Evenings in order, and the values of them.
    flows
        Money by day, positive = in; a day between two evenings counts with the later one. Those of the first evening
        and before are in its value already.
    weighted
        The time-weighted return where it is known already.

    Raises
    ------
    InputError
        If a flow is of a day after the last.

    Examples
    --------
    >>> days = [dt.date(2023, 1, 1), dt.date(2023, 7, 2), dt.date(2024, 1, 1)]
    >>> done = earned(days, [100.0, 160.0, 176.0], {days[1]: 50.0})
    >>> round(done.time_weighted, 6), done.gain
    (0.21, 26.0)
    """
    late = sorted(day for day in flows if day > days[-1])
    if late:
        raise InputError(
            expected=f"flows up to {days[-1]}, the last day with a value",
            found=f"one of {late[0]}",
            try_next="leave later flows out, or give values that reach as far",
        )
    inside = {day: amount for day, amount in flows.items() if day > days[0] and amount}
    reasons: list[str] = []
    if weighted is None:
        weighted = _known(lambda: time_weighted(list(navs), _between(days, inside)), reasons)
    invested = [(days[0], -navs[0]), *((day, -amount) for day, amount in inside.items()), (days[-1], navs[-1])]
    length = (days[-1] - days[0]).days
    passed = [((day - days[0]).days / length, amount) for day, amount in inside.items()]
    return Earned(
        first=days[0],
        last=days[-1],
        opening=float(navs[0]),
        closing=float(navs[-1]),
        flows=sum(inside.values()),
        days_with_flows=len(inside),
        time_weighted=weighted,
        money_weighted=_known(lambda: money_weighted(invested), reasons),
        modified_dietz=_known(lambda: modified_dietz(navs[0], navs[-1], passed), reasons),
        reasons=tuple(reasons),
    )


def _known(work_out: Callable[[], float], reasons: list[str]) -> float | None:
    try:
        return work_out()
    except NotEnoughDataError as missing:
        reasons.append(f"{missing.expected} needed, {missing.found} found: {missing.try_next}")
        return None


def _between(days: Sequence[dt.date], flows: Mapping[dt.date, float]) -> list[float]:
    """Give what came after each evening up to the next."""
    at = np.searchsorted(np.array(days, dtype="datetime64[D]"), np.array(list(flows), dtype="datetime64[D]"))
    sums = np.zeros(len(days) - 1)
    np.add.at(sums, at - 1, list(flows.values()))
    sums_between: list[float] = sums.tolist()
    return sums_between


def flows_by_day(
    flows: Sequence[DatedFlow], rate_of: Callable[[str, dt.date], float | None], currency: str | None
) -> dict[dt.date, float]:
    """Add flows up by day, in the currency of NAV.

    Parameters
    ----------
    flows
        In their own currencies.
    rate_of
        Gives what one unit of a currency was worth in that of NAV on a day.
    currency
        That of NAV; None if nobody says.

    Raises
    ------
    NotEnoughDataError
        If a rate is missing.
    """
    sums: dict[dt.date, float] = {}
    for flow in flows:
        rate = 1.0 if flow.currency in (None, currency) else rate_of(str(flow.currency), flow.day)
        if rate is None:
            raise NotEnoughDataError(
                expected=f"an exchange rate of {flow.currency} into {currency or 'the currency of NAV'} on {flow.day}",
                found="none",
                try_next="give rates with --fx, say the currency of NAV with --base, or write the flow in it",
            )
        sums[flow.day] = sums.get(flow.day, 0.0) + flow.amount * rate
    return sums


def without_flows(table: PriceTable, symbol: str, flows: Mapping[dt.date, float]) -> PriceTable:
    """Give a table whose column of NAV is an index that no flow moves: what came counts at the end of its day.

    Raises
    ------
    InputError
        If more came in on a day than there was at its end.

    Examples
    --------
    >>> table = PriceTable.of({"nav": [100.0, 160.0]}, dates=["2023-01-02", "2023-01-03"])
    >>> without_flows(table, "nav", {dt.date(2023, 1, 3): 50.0}).values.ravel().round(6).tolist()
    [100.0, 110.0]
    """
    days, navs, rows = nav_of(table, symbol)
    came = np.array(_between(days, {day: amount for day, amount in flows.items() if days[0] < day <= days[-1]}))
    left = navs[1:] - came
    if (left <= 0).any():
        at = int(np.argmax(left <= 0))
        raise InputError(
            expected=f"a NAV on {days[at + 1]} above the {came[at]:,.2f} that came in until then",
            found=f"{navs[at + 1]:,.2f}",
            try_next="correct the flow's day, sign or currency",
        )
    values = table.values.copy()
    values[rows, table.column(symbol)] = navs[0] * np.concatenate([[1.0], np.cumprod(left / navs[:-1])])
    return replace(table, values=values)


def nav_of(table: PriceTable, symbol: str) -> tuple[list[dt.date], Floats, NDArray[np.intp]]:
    """Give the days, values and rows of a column, missing values left out.

    Raises
    ------
    NotEnoughDataError
        If there are fewer than two values.
    """
    column = table.values[:, table.column(symbol)]
    rows = np.flatnonzero(np.isfinite(column))
    if len(rows) < 2:
        raise NotEnoughDataError(
            expected=f"at least two values of {symbol}", found=f"{len(rows)}", try_next="give a longer history"
        )
    return [date_of(table.dates[row]) for row in rows], column[rows], rows


def jump_of(table: PriceTable, symbol: str, benchmark: str) -> str | None:
    """Say which day of a NAV looks as if money had come or gone; None if none does."""
    both = table.values[:, [table.column(symbol), table.column(benchmark)]]
    rows = np.flatnonzero(np.isfinite(both).all(axis=1))
    if len(rows) < 12:
        return None
    moves = both[rows][1:] / both[rows][:-1] - 1.0
    nav, market = moves[:, 0], np.abs(moves[:, 1])
    usual = _MAD_TO_DEVIATION * float(np.median(np.abs(nav)))
    odd = np.abs(nav) > np.maximum(max(_LEAST_JUMP, _TIMES_USUAL * usual), _TIMES_MARKET * market)
    if not odd.any():
        return None
    at = int(np.argmax(np.where(odd, np.abs(nav), 0.0)))
    day, others = date_of(table.dates[rows[at + 1]]), int(np.count_nonzero(odd)) - 1
    return (
        f"{symbol} moved {nav[at]:+.1%} on {day}, where {benchmark} moved {moves[at, 1]:+.1%} and a usual day of "
        f"{symbol} is {usual:.1%}"
        + (f" ({others} other days are like it)" if others else "")
        + ": if money came in or went out, state it with --flows, or it counts as a gain or a loss"
    )
