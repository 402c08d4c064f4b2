"""Exchange rates by date."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import InputError, NotEnoughDataError
from trimtab.stats.arrays import Floats

__all__ = ["FxRates"]

_MAX_AGE_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class FxRates:
    """Exchange rates of several pairs over dates.

    Parameters
    ----------
    dates
        datetime64[D], strictly increasing, shape (n_dates,).
    pairs
        (base, quote) of each column: the rate says how many units of `quote` one unit of `base` costs.
    values
        Rates, float64, shape (n_dates, n_pairs); NaN where none was given. Positive.
    max_age_days
        A rate is used for so many days after its own and no longer.

    Examples
    --------
    >>> fx = FxRates.of({"EURUSD": [1.10, 1.12]}, dates=["2024-01-02", "2024-01-03"])
    >>> rate, day = fx.rate("USD", "EUR", np.datetime64("2024-01-04"))
    >>> round(rate, 6), str(day)
    (0.892857, '2024-01-03')
    """

    dates: NDArray[np.datetime64]
    pairs: tuple[tuple[str, str], ...]
    values: Floats
    max_age_days: int = _MAX_AGE_DAYS
    _graph: dict[str, dict[str, tuple[int, int]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.dates), len(self.pairs)):
            raise InputError(
                expected=f"rates of shape {(len(self.dates), len(self.pairs))}",
                found=f"{self.values.shape}",
                try_next="give one row for each date and one column for each pair",
            )
        if len(self.dates) > 1 and not (np.diff(self.dates.astype("datetime64[D]").astype(np.int64)) > 0).all():
            raise InputError(expected="dates of rates in order, each once", found="others", try_next="sort by date")
        if ((self.values <= 0) | np.isinf(self.values)).any():
            raise InputError(
                expected="positive exchange rates",
                found="zero, negative or infinite ones",
                try_next="leave such cells empty",
            )
        graph: dict[str, dict[str, tuple[int, int]]] = {}
        for column, (base, quote) in enumerate(self.pairs):
            if base == quote or quote in graph.get(base, {}):
                raise InputError(
                    expected="each pair of currencies once",
                    found=f"{base}/{quote} again",
                    try_next="drop one of the columns",
                )
            graph.setdefault(base, {})[quote] = (column, 1)
            graph.setdefault(quote, {})[base] = (column, -1)
        object.__setattr__(self, "_graph", graph)
        for array in (self.dates, self.values):
            array.setflags(write=False)

    @classmethod
    def of(cls, columns: dict[str, list[float] | Floats], *, dates: list[str] | NDArray[np.datetime64]) -> "FxRates":
        """Build rates from columns named by pair, such as EURUSD: US dollars for one euro."""
        days = np.asarray(dates, dtype="datetime64[D]")
        values = [np.asarray(c, dtype=np.float64) for c in columns.values()]
        return cls(
            dates=days,
            pairs=tuple((name[:3], name[3:]) for name in columns),
            values=np.column_stack(values) if values else np.empty((len(days), 0)),
        )

    def rate(self, base: str, quote: str, date: np.datetime64) -> tuple[float, np.datetime64]:
        """Give the price of one unit of `base` in `quote`, and the date of the rate (the older one of a cross).

        Raises
        ------
        NotEnoughDataError
            If no path of pairs leads from one to the other, or the last rate is older than `max_age_days`.
        """
        day = np.asarray(date).astype("datetime64[D]").reshape(1)
        rates, rate_days = self.rates(base, quote, day)
        if np.isnan(rates[0]):
            available = "none" if not self._ways(base, quote) else f"none from the {self.max_age_days} days before"
            raise NotEnoughDataError(
                expected=f"an exchange rate from {base} to {quote} on {day[0]}",
                found=f"{available}; there are {', '.join('/'.join(p) for p in self.pairs[:8]) or 'no rates'}",
                try_next=f"give rates with a column {base}{quote} (--fx)",
            )
        return float(rates[0]), rate_days[0]

    def rates(self, base: str, quote: str, dates: NDArray[np.datetime64]) -> tuple[Floats, NDArray[np.datetime64]]:
        """Give the rate on each of several dates, NaN where there is none, and the dates of the rates.

        A direct pair or its inverse is preferred; where it has no rate that is young enough, a cross through one
        common currency stands in (the first in alphabetical order that has both).
        """
        days = np.asarray(dates).astype("datetime64[D]")
        best = np.full(len(days), np.nan)
        oldest_days = np.full(len(days), np.datetime64("NaT"), dtype="datetime64[D]")
        if base == quote:
            return np.ones(len(days)), days.copy()
        for way in self._ways(base, quote):
            legs = [self._leg(column, sign, days) for column, sign in way]
            rates = np.prod([rate for rate, _ in legs], axis=0)
            oldest = np.min([day for _, day in legs], axis=0)
            fill = np.isnan(best) & ~np.isnan(rates)
            best[fill], oldest_days[fill] = rates[fill], oldest[fill]
        return best, oldest_days

    def _ways(self, base: str, quote: str) -> list[list[tuple[int, int]]]:
        """List the ways from one currency to another: direct, then through one other."""
        ways = [[self._graph[base][quote]]] if quote in self._graph.get(base, {}) else []
        near = self._graph.get(base, {})
        return ways + [[near[via], self._graph[via][quote]] for via in sorted(near) if quote in self._graph[via]]

    def _leg(self, column: int, sign: int, days: NDArray[np.datetime64]) -> tuple[Floats, NDArray[np.datetime64]]:
        """Give the last rate of one pair on or before each day, NaN where it is too old."""
        rows = np.flatnonzero(~np.isnan(self.values[:, column]))
        at = np.searchsorted(self.dates[rows], days, side="right") - 1
        if rows.size == 0:
            return np.full(len(days), np.nan), np.full(len(days), np.datetime64("NaT"), dtype="datetime64[D]")
        row = rows[np.maximum(at, 0)]
        own = self.dates[row].astype("datetime64[D]")
        young = (at >= 0) & ((days - own).astype(np.int64) <= self.max_age_days)
        value = self.values[row, column]
        return np.where(young, value if sign > 0 else 1.0 / value, np.nan), own
