"""Risk-free rates by currency: what money earns is a fact of the currency that it is in."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log1p

import numpy as np

from trimtab.market.rates.risk_free import RiskFree

__all__ = ["Interest", "interest_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Risk-free rates, each of one currency.

    Parameters
    ----------
    by_currency
        Rates through time by currency code. A currency that is not here has no known rate: none is borrowed from
        another.

    Examples
    --------
    >>> known = Interest(by_currency={"USD": RiskFree.constant(0.05), "EUR": RiskFree.constant(0.03)})
    >>> known.annual("EUR", dt.date(2024, 1, 5)), known.annual("JPY", dt.date(2024, 1, 5))
    (0.03, None)
    """

    by_currency: Mapping[str, RiskFree] = field(default_factory=dict)

    def of(self, currency: str) -> RiskFree | None:
        """Give the rate of a currency through time; None if it is not known."""
        return self.by_currency.get(currency)

    def annual(self, currency: str, day: dt.date) -> float | None:
        """Give the yearly rate of a currency, simple, as known on a day; None if none is."""
        rates = self.of(currency)
        return None if rates is None else rates.on(np.datetime64(day, "D"))

    def continuous(self, currency: str, day: dt.date) -> float | None:
        """Give the same rate continuously compounded, log(1 + r): what option models take.

        Examples
        --------
        >>> round(Interest(by_currency={"USD": RiskFree.constant(0.05)}).continuous("USD", dt.date(2024, 1, 5)), 6)
        0.04879
        """
        annual = self.annual(currency, day)
        return None if annual is None else log1p(annual)


def interest_of(source: "RiskFree | Interest | None", base: str) -> Interest:
    """Take a rate of the base currency alone for what it is: the rate of that currency, and of no other.

    Examples
    --------
    >>> interest_of(RiskFree.constant(0.04), "EUR").annual("EUR", dt.date(2024, 1, 5))
    0.04
    """
    if isinstance(source, Interest):
        return source
    return Interest() if source is None else Interest(by_currency={base: source})
