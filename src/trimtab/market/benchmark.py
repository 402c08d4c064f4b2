"""What a benchmark is besides its prices: its currency, whether dividends are in it, and its calendar."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from trimtab.market.frequency import frequency_of
from trimtab.market.prices import PriceTable
from trimtab.model.blend import parts_of

__all__ = ["Benchmark", "ReturnKind", "describe_benchmark", "index_currency", "thin_note"]

ReturnKind = Literal["price", "total", "unknown"]

#: Index symbols, without a leading ^ or dot, whose published level leaves dividends out, and some that reinvest them.
_PRICE = frozenset(
    [
        "SPX",
        "GSPC",
        "SP500",
        "INX",
        "NDX",
        "DJI",
        "DJIA",
        "INDU",
        "RUT",
        "MID",
        "SX5E",
        "STOXX50E",
        "HSI",
        "N225",
        "FTSE",
    ]
)
_TOTAL = frozenset(["SPXTR", "SP500TR", "XNDX", "DJITR", "RUTTR", "DAX", "GDAXI", "SX5T"])


#: Of the indices above, those that are not published in dollars.
_CURRENCY = dict.fromkeys(("SX5E", "STOXX50E", "SX5T", "DAX", "GDAXI"), "EUR") | {
    "HSI": "HKD", "N225": "JPY", "FTSE": "GBP",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A benchmark, described.

    Parameters
    ----------
    symbol
        In the price table.
    currency
        Of its prices; None where nobody said.
    returns
        "price" if dividends are left out, "total" if they are in, "unknown" where nobody said: a name says nothing of
        what a column holds.
    published_as
        How an index of that name is published, "price" or "total"; None for all other names.
    calendar
        Spacing of its dates: daily, daily-7, weekly, monthly, ...
    periods_per_year
        For annualisation.
    """

    symbol: str
    currency: str | None
    returns: ReturnKind
    published_as: ReturnKind | None = None
    calendar: str
    periods_per_year: float

    def note(self) -> str | None:
        """Say what follows for a reader; None if nothing does."""
        if self.returns == "price":
            return f"{self.symbol} is without dividends, which hardly moves beta but raises alpha"
        if self.returns == "unknown" and self.published_as == "price":
            indices = [part for part in parts_of(self.symbol) if _published(part) == "price"]
            return (
                f"an index named {' and '.join(indices)} is published without dividends; if these are its levels, "
                "that hardly moves beta but raises alpha (say which with benchmark returns: price or total)"
            )
        return None


def index_currency(symbol: str) -> str | None:
    """Give the currency of a well-known index by its name; None for all others.

    Examples
    --------
    >>> index_currency("^GSPC"), index_currency("SX5E"), index_currency("AAPL")
    ('USD', 'EUR', None)
    """
    bare = symbol.upper().lstrip("^.")
    return _CURRENCY.get(bare, "USD" if bare in _PRICE | _TOTAL else None)


def describe_benchmark(prices: PriceTable, symbol: str, *, returns: ReturnKind | None = None) -> Benchmark:
    """Describe a benchmark from its prices and what the user says.

    Parameters
    ----------
    prices
        Holds the benchmark.
    symbol
        Its name there.
    returns
        What the user says; None leaves it unknown.

    Examples
    --------
    >>> table = PriceTable.of({"^GSPC": [1.0, 2.0]}, dates=["2024-01-02", "2024-01-03"], currency="USD")
    >>> described = describe_benchmark(table, "^GSPC")
    >>> described.returns, described.published_as
    ('unknown', 'price')
    """
    column = prices.column(symbol)
    frequency = frequency_of(prices.dates[~np.isnan(prices.values[:, column])])
    return Benchmark(
        symbol=symbol,
        currency=prices.currencies[column],
        returns="unknown" if returns is None else returns,
        published_as=_published(symbol),
        calendar=frequency.name,
        periods_per_year=frequency.periods_per_year,
    )


def _published(symbol: str) -> ReturnKind | None:
    """Say how an index is published; a blend is without dividends if any part of it is."""
    names = {part.upper().lstrip("^.") for part in parts_of(symbol)}
    if names & _PRICE:
        return "price"
    return "total" if names <= _TOTAL else None


#: A benchmark is thin where it lacks more than this share of the weekdays on which half of the others have prices.
_LACKING = 0.1


def thin_note(prices: PriceTable, symbol: str) -> str | None:
    """Say that a benchmark lacks many of the days that the assets have; None if it does not.

    Returns span its gaps on both sides, so betas stay right, but they stand on fewer pairs, and a file of a benchmark
    may have lost days on its way. Weekly and monthly benchmarks have a note of their own
    (`trimtab.market.checks.slow`).

    Examples
    --------
    >>> days = np.busday_offset("2024-01-01", np.arange(40))
    >>> level = np.where(np.arange(40) % 2, np.nan, 100.0 + np.arange(40.0))
    >>> thin_note(PriceTable.of({"A": 10.0 + np.arange(40.0), "M": level}, dates=days), "M")
    'M has no price on 19 of 39 days on which other prices are known: returns span these days on both sides'
    """
    own = ~np.isnan(prices.values[:, prices.column(symbol)])
    if not own.any() or frequency_of(prices.dates[own]).periods_per_year <= 52:
        return None
    rows = np.flatnonzero(own)
    span = slice(int(rows[0]), int(rows[-1]) + 1)
    weekdays = (prices.dates[span].astype("datetime64[D]").astype(np.int64) + 3) % 7 < 5
    there = ~np.isnan(prices.values[span])
    usual = there.any(axis=0).sum() - 1
    days = weekdays & (2 * (there.sum(axis=1) - own[span]) >= usual) & (usual > 0)
    lacking = int((days & ~own[span]).sum())
    if lacking <= _LACKING * days.sum():
        return None
    return (
        f"{symbol} has no price on {lacking:,} of {int(days.sum()):,} days on which other prices are known: returns "
        "span these days on both sides"
    )
