"""The risk-free rate: what cash earned over an interval.

A rate quoted for a year is turned into simple interest for the days of the interval, actual/365, at the rate known
when the interval began: r x days / 365. A rate holds until the next one is published, so between two dates the last
known one is used; that is what a rate means, not a guess about a missing price.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.market.daycount import YEAR_DAYS
from trimtab.stats.arrays import Floats

__all__ = ["RiskFree"]

_LOW, _HIGH = -0.1, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFree:
    """A risk-free rate through time.

    Parameters
    ----------
    dates
        datetime64[D], strictly increasing: the day from which each rate is known. Empty for one constant rate.
    annual
        Rates for a year as decimals (0.05 is 5%), float64, one for each date; one only for a constant rate.
    note
        Where the rates came from and how they were read, in words.

    Examples
    --------
    >>> cash = RiskFree.constant(0.0365)
    >>> cash.interval(np.array(["2024-01-05"], "M8[D]"), np.array(["2024-01-08"], "M8[D]")).tolist()
    [0.0003]
    """

    dates: NDArray[np.datetime64]
    annual: Floats
    note: str = ""

    def __post_init__(self) -> None:
        if len(self.annual) != max(len(self.dates), 1):
            raise InputError(
                expected="one rate for each date",
                found=f"{len(self.annual)} for {len(self.dates)}",
                try_next="give both",
            )
        if len(self.dates) > 1 and not (np.diff(self.dates.astype("datetime64[D]").astype(np.int64)) > 0).all():
            raise InputError(
                expected="dates of rates in order, each once", found="others", try_next="sort the rates by date"
            )
        wrong = self.annual[~((self.annual >= _LOW) & (self.annual <= _HIGH))]
        if wrong.size:
            raise InputError(
                expected=f"yearly rates as decimals between {_LOW} and {_HIGH}",
                found=f"{wrong[0]:.10g}",
                try_next=f"write 5% as 0.05 (did you mean {wrong[0] / 100:.6g}?)"
                if np.isfinite(wrong[0])
                else "leave it out",
            )
        for array in (self.dates, self.annual):
            array.setflags(write=False)

    @classmethod
    def constant(cls, annual: float) -> "RiskFree":
        """Give one rate for all time."""
        return cls(
            dates=np.empty(0, dtype="datetime64[D]"),
            annual=np.array([annual], dtype=np.float64),
            note=f"{annual:.4%} a year",
        )

    def on(self, day: np.datetime64) -> float | None:
        """Give the annual rate known on a day; None before the first.

        Examples
        --------
        >>> RiskFree.constant(0.04).on(np.datetime64("2024-01-05"))
        0.04
        """
        if not len(self.dates):
            return float(self.annual[0])
        row = int(np.searchsorted(self.dates, day.astype("datetime64[D]"), side="right")) - 1
        return None if row < 0 else float(self.annual[row])

    def interval(self, start: NDArray[np.datetime64], end: NDArray[np.datetime64]) -> Floats:
        """Give what cash earned over each interval.

        Parameters
        ----------
        start, end
            Dates of any shapes that broadcast together.

        Returns
        -------
        Simple returns as decimals: rate known on the start date x calendar days / 365. NaN for intervals that begin
        before the first rate: such a return has no excess, and cannot be paired.

        Raises
        ------
        NotEnoughDataError
            If every interval begins before the first rate.
        """
        days = (end.astype("datetime64[s]") - start.astype("datetime64[s]")).astype(np.int64) / 86_400
        if not len(self.dates):
            return np.asarray(self.annual[0] * days / YEAR_DAYS)
        row = np.searchsorted(self.dates, start.astype("datetime64[D]"), side="right") - 1
        if row.size and (row < 0).all():
            raise NotEnoughDataError(
                expected=f"a rate known on {start.max().astype('datetime64[D]')} or before",
                found=f"rates from {self.dates[0]} on",
                try_next="give rates that reach further back, a constant rate, or a shorter window",
            )
        annual = np.where(row < 0, np.nan, self.annual[np.maximum(row, 0)])
        return np.asarray(annual * days / YEAR_DAYS)
