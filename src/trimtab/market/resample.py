"""Returns over longer intervals: compounded between period ends, asset and benchmark over the same days.

    R_p = prod over t in p of (1 + r_t) - 1

Compounding pairs keeps them paired: where an asset has no price on the last day of a week, its week ends a day early,
and so does the benchmark's beside it. With complete prices the result is the return between period-end prices exactly.
Excess returns are compounded as they are; against compounding returns and interest apart this differs by products of
return and interest, a few parts in ten thousand of a monthly return.

- fixed ends: calendar periods (days, Monday-to-Sunday weeks, months, quarters). A period that the data did not see
  whole, at either end, gives no return.
- overlapping: every row ends an interval of `span` rows. Neighbours share all but one row, so their errors are
  correlated and need Newey-West lags longer than the overlap (Hansen and Hodrick 1980).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.daycount import YEAR_DAYS
from trimtab.market.frequency import SEVEN_DAY_YEAR, TRADING_YEAR, Frequency
from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats

__all__ = ["SPANS", "overlap_returns", "resample_returns"]

#: Rows of five-day daily data in a period, for overlapping intervals.
SPANS = {"weekly": 5, "monthly": 21, "quarterly": 63}
_PER_YEAR = {"daily": TRADING_YEAR, "weekly": 52.0, "monthly": 12.0, "quarterly": 4.0}
_TINY = 1e-12


def resample_returns(pairs: PairedReturns, frequency: str) -> PairedReturns:
    """Compound paired returns into calendar periods.

    Parameters
    ----------
    pairs
        Returns at a higher frequency, or the same.
    frequency
        "daily", "weekly", "monthly" or "quarterly".

    Returns
    -------
    PairedReturns
        One row per complete period, dated by its last benchmark date.

    Raises
    ------
    InputError
        If the frequency is not known, or the data are of a lower one.
    NotEnoughDataError
        If no period is complete.

    Examples
    --------
    Ten sessions are two weeks; the first week lacks the price before it, so one weekly return is left:

    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.returns import pair_returns
    >>> days = np.array([f"2024-01-{d:02}" for d in (8, 9, 10, 11, 12, 15, 16, 17, 18, 19)], dtype="datetime64[D]")
    >>> table = PriceTable.of({"M": np.arange(100.0, 110.0)}, dates=days)
    >>> weekly = resample_returns(pair_returns(table, benchmark="M"), "weekly")
    >>> weekly.dates.astype("datetime64[D]").tolist()[0].isoformat(), round(float(weekly.asset[0, 0]), 6)
    ('2024-01-19', 0.048077)
    """
    if frequency not in _PER_YEAR:
        raise InputError(
            expected=f"a frequency: {', '.join(_PER_YEAR)}", found=f"{frequency!r}", try_next="give for example weekly"
        )
    own = pairs.frequency
    if own.periods_per_year < _PER_YEAR[frequency]:
        raise InputError(
            expected=f"prices at least as frequent as {frequency}",
            found=f"{own.name} prices of {pairs.benchmark}",
            try_next=f"leave out {frequency}, or give more frequent prices",
        )
    period = _periods(pairs.dates, frequency)
    starts = np.flatnonzero(np.concatenate([[True], period[1:] != period[:-1]]))
    ends = np.concatenate([starts[1:], [len(period)]]) - 1
    # (n_periods, n_assets); the first row of all has no return, so its period is never whole.
    whole = _whole(pairs, starts, period)
    keep = np.ones(len(starts), dtype=bool)
    keep[-1] = _last_is_complete(pairs, frequency)
    asset, market, count = _compound(pairs, starts)
    usable = whole & (count > 0)
    keep &= usable.any(axis=1)
    if not keep.any():
        raise NotEnoughDataError(
            expected=f"at least one complete {frequency} period",
            found=f"{len(pairs.dates)} {own.name} dates of {pairs.benchmark}",
            try_next="give a longer history or a higher frequency",
        )
    return replace(
        pairs,
        dates=pairs.dates[ends][keep],
        asset=np.where(usable, asset, np.nan)[keep],
        market=np.where(usable, market, np.nan)[keep],
        joined=np.logical_or.reduceat(pairs.joined, starts, axis=0)[keep],
        gaps=np.logical_or.reduceat(pairs.gaps, starts, axis=0)[keep],
        frequency=_frequency(own, frequency),
    )


def overlap_returns(pairs: PairedReturns, span: int) -> PairedReturns:
    """Compound paired returns over the last `span` rows, at every row.

    Parameters
    ----------
    pairs
        Paired returns.
    span
        Rows in one interval, 2 or more.

    Examples
    --------
    >>> from trimtab.market.prices import PriceTable
    >>> from trimtab.market.returns import pair_returns
    >>> table = PriceTable.of(
    ...     {"M": [1.0, 2.0, 4.0, 8.0]}, dates=["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]
    ... )
    >>> overlap_returns(pair_returns(table, benchmark="M"), 2).asset[:, 0].round(9).tolist()
    [nan, nan, 3.0, 3.0]
    """
    if span < 2:
        raise InputError(expected="a span of at least 2 rows", found=f"{span}", try_next="give for example 5")
    paired = np.isfinite(pairs.asset) & np.isfinite(pairs.market)
    first = np.where(paired.any(axis=0), paired.argmax(axis=0), len(pairs.dates))
    rows = np.arange(len(pairs.dates))[:, None]
    usable = paired & (rows - span + 1 >= first)
    return replace(
        pairs,
        asset=np.where(usable, _moving(pairs.asset, paired, span), np.nan),
        market=np.where(usable, _moving(pairs.market, paired, span), np.nan),
    )


def _periods(dates: NDArray[np.datetime64], frequency: str) -> NDArray[np.int64]:
    """Give the number of each date's period."""
    days = dates.astype("datetime64[D]").astype(np.int64)
    if frequency == "daily":
        return days
    if frequency == "weekly":
        # 1970-01-01 was a Thursday: with three added, weeks run from Monday to Sunday.
        return (days + 3) // 7
    months = dates.astype("datetime64[M]").astype(np.int64)
    return months if frequency == "monthly" else months // 3


def _whole(pairs: PairedReturns, starts: NDArray[np.intp], period: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which periods an asset saw from their start: not the one in which its first return falls midway."""
    paired = np.isfinite(pairs.asset)
    first = np.where(paired.any(axis=0), paired.argmax(axis=0), 0)
    opens = starts[np.searchsorted(period[starts], period[first])] == first
    whole: NDArray[np.bool_] = (period[starts][:, None] > period[first]) | opens
    return whole


def _last_is_complete(pairs: PairedReturns, frequency: str) -> bool:
    """Tell whether the next session would fall into another period."""
    if frequency == "daily":
        return True
    last = pairs.dates[-1].astype("datetime64[D]")
    step = 31 if pairs.frequency.periods_per_year <= 12 else 1
    if pairs.frequency.name == "weekly":
        step = 7
    following = last + np.timedelta64(step, "D")
    weekend = np.mean((pairs.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7 >= 5) > 0.15
    while step == 1 and not weekend and (following.astype(np.int64) + 3) % 7 >= 5:
        following += np.timedelta64(1, "D")
    both = _periods(np.array([last, following], dtype="datetime64[s]"), frequency)
    return bool(both[0] != both[1])


def _compound(pairs: PairedReturns, starts: NDArray[np.intp]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Compound asset and market within periods, and count their pairs, shapes (n_periods, n_assets)."""
    paired = np.isfinite(pairs.asset) & np.isfinite(pairs.market)
    asset = np.expm1(np.add.reduceat(_logs(pairs.asset, paired), starts, axis=0))
    market = np.expm1(np.add.reduceat(_logs(pairs.market, paired), starts, axis=0))
    return asset, market, np.add.reduceat(paired.astype(np.intp), starts, axis=0)


def _moving(returns: Floats, paired: NDArray[np.bool_], span: int) -> Floats:
    """Compound over the last `span` rows by fresh sums: differences of running sums lose digits over the years."""
    logs = _logs(returns, paired)
    total = logs.copy()
    for lag in range(1, span):
        total[lag:] += logs[:-lag]
    moved: Floats = np.expm1(total)
    return moved


def _logs(returns: Floats, paired: NDArray[np.bool_]) -> Floats:
    # A price is positive, so a return is above -1; interest taken off a total loss could pass it.
    logs: Floats = np.log1p(np.maximum(np.where(paired, returns, 0.0), _TINY - 1.0))
    return logs


def _frequency(own: Frequency, name: str) -> Frequency:
    seven = name == "daily" and own.days_per_year == SEVEN_DAY_YEAR
    per_year = SEVEN_DAY_YEAR if seven else _PER_YEAR[name]
    return Frequency(
        name="daily-7" if seven else name,
        periods_per_year=per_year,
        max_gap_days=15.0 if name == "daily" else 3.5 * YEAR_DAYS / per_year,
    )
