"""Other names of things, each with the days on which it holds: a ticker for a security code, ^GSPC for SPX."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Alias", "Aliases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One other name.

    Parameters
    ----------
    name
        As files write it.
    symbol
        What is meant.
    first, last
        Days from and until which it holds.
    """

    name: str
    symbol: str
    first: dt.date = dt.date.min
    last: dt.date = dt.date.max


@dataclass(frozen=True, slots=True)
class Aliases:
    """Other names of things.

    Examples
    --------
    >>> old = Alias(name="FB", symbol="META", last=dt.date(2022, 6, 8))
    >>> Aliases((old,)).on(dt.date(2022, 6, 1)), Aliases((old,)).on(dt.date(2024, 1, 2))
    ({'FB': 'META'}, {})
    """

    every: tuple[Alias, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.every)

    @classmethod
    def always(cls, names: Mapping[str, str]) -> "Aliases":
        """Make those that hold on every day.

        Examples
        --------
        >>> Aliases.always({"SPX": "^GSPC"}).on(None)
        {'SPX': '^GSPC'}
        """
        return cls(tuple(Alias(name=name, symbol=symbol) for name, symbol in names.items()))

    def on(self, day: dt.date | None) -> dict[str, str]:
        """Give the symbols by the names that hold on a day; None: on days without an end."""
        on = day or dt.date.max
        return {a.name: a.symbol for a in self.every if a.first <= on <= a.last}
