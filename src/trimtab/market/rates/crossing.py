"""From one currency or coin into the base currency: through the file of rates, price columns, or one after the other.

A rate is found along the first of these ways that has a number:

    1. the file of rates, directly or through one common currency
    2. a column that prices it in the base currency: EURUSD, EUR-USD, EUR/USD, or BTC alone for a coin
    3. a column that prices the base currency in it (USDEUR), upside down
    4. a column that prices it in another currency (BTCEUR, or BTC stated in EUR), times that currency's own rate

A bare name counts for coins only, because EUR or CAD alone could be a share; and a column counts only if the currency
that it states, where it states one, is the one that its name says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from trimtab.model.currencies import CURRENCIES

__all__ = ["Columns", "Step", "coin_column", "local_name", "money_name", "ways_to_base"]


class Columns(Protocol):
    """The names that have prices, and what they are priced in."""

    def has_column(self, name: str) -> bool:
        """Tell whether there is such a column."""
        ...

    def currency_of(self, symbol: str) -> str | None:
        """Give the currency that a column states; None if it states none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One factor of a rate.

    Parameters
    ----------
    column
        The price column it is read from; None for the file of rates.
    pair
        (from, into) in the file of rates; None for a column.
    inverse
        True if the factor is one over the price.
    """

    column: str | None = None
    pair: tuple[str, str] | None = None
    inverse: bool = False


def ways_to_base(
    currency: str, base: str, columns: Columns, pairs: Iterable[tuple[str, str]], *, silent: str | None = None
) -> Iterator[list[Step]]:
    """Give the ways from a currency or coin into the base currency, best first.

    Parameters
    ----------
    currency, base
        Codes; not the same.
    columns
        Of the price table.
    pairs
        Of the file of rates; empty without one.
    silent
        Currency in which a coin's column is read that states none; the base currency unless the reader says otherwise.
    """
    pairs_known = tuple(pairs)
    unsaid = base if silent is None else silent
    yield from _straight(currency, base, columns, pairs_known, unsaid)
    for unit in sorted((CURRENCIES | {c for pair in pairs_known for c in pair}) - {currency, base}):
        for name in _names(currency, unit):
            if columns.has_column(name) and _is_in(columns, name, unit, unsaid):
                yield from ([Step(column=name), *rest] for rest in _straight(unit, base, columns, pairs_known, base))


def _straight(
    currency: str, base: str, columns: Columns, pairs: tuple[tuple[str, str], ...], silent: str
) -> Iterator[list[Step]]:
    """Give the ways that need no third currency but one of the file of rates."""
    codes = {c for pair in pairs for c in pair}
    if currency in codes and base in codes:
        yield [Step(pair=(currency, base))]
    direct = coin_column(currency, base, columns, silent=silent)
    if direct is not None:
        yield [Step(column=direct)]
    if currency in CURRENCIES:
        for name in _pair_names(base, currency):
            if columns.has_column(name) and columns.currency_of(name) in {None, currency}:
                yield [Step(column=name, inverse=True)]


def coin_column(currency: str, base: str, columns: Columns, *, silent: str | None = None) -> str | None:
    """Give the column that holds the price of a currency or coin in the base currency; None if there is none."""
    unsaid = base if silent is None else silent
    names = (name for name in _names(currency, base) if columns.has_column(name))
    return next((name for name in names if _is_in(columns, name, base, unsaid)), None)


def money_name(currency: str, base: str, columns: Columns) -> str:
    """Give the name under which the own beta of a currency or coin stands: its code, unless a column has that name."""
    return f"{currency} in {base}" if columns.has_column(currency) else currency


def local_name(symbol: str, currency: str) -> str:
    """Give the name under which the beta of a price in a currency other than base stands.

    Examples
    --------
    >>> local_name("SX5E", "EUR")
    'SX5E in EUR'
    """
    return f"{symbol} in {currency}"


def _names(currency: str, unit: str) -> tuple[str, ...]:
    return _pair_names(currency, unit) if currency in CURRENCIES else (*_pair_names(currency, unit), currency)


def _pair_names(one: str, other: str) -> tuple[str, ...]:
    return (f"{one}{other}", f"{one}-{other}", f"{one}/{other}")


def _is_in(columns: Columns, name: str, unit: str, silent: str) -> bool:
    """Tell whether a column prices in a currency: it states it, has it in its name, or is read so."""
    stated = columns.currency_of(name)
    return stated == unit or (stated is None and (name.endswith(unit) or silent == unit))
