"""The rate and the yields that a year of a hedge is counted at: those of the moment, or assumed ones that say so."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log1p

from trimtab.market.facts import Facts

__all__ = ["ASSUMED_RATE", "ASSUMED_YIELD", "YearTerms"]

#: Taken where the moment knows none and none is stated; every answer that uses one says so.
ASSUMED_RATE, ASSUMED_YIELD = 0.03, 0.015


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTerms:
    """What a year of a hedge is counted with: calendar, interest and yields.

    Parameters
    ----------
    facts
        What the moment knows.
    rate, dividend_yield
        Used for a currency or an asset of which the moment knows none.
    rate_assumed, yield_assumed
        Whether these two are assumptions, and not stated.
    window, per_year
        Past returns looked at for volatility and R2, and returns in a year.
    """

    facts: Facts
    rate: float
    dividend_yield: float
    rate_assumed: bool
    yield_assumed: bool
    window: int
    per_year: float

    def rate_of(self, currency: str) -> float:
        """Give the rate of a currency: stated for the base, else the moment's, else the one assumed for all."""
        currency_rate = self.facts.rate(currency)
        stated_base = currency == self.facts.base and not self.rate_assumed
        return self.rate if currency_rate is None or stated_base else currency_rate

    def continuous_of(self, currency: str) -> float:
        """Give the same as option models take it: the moment's as log(1 + r), a stated or assumed one as it stands."""
        rate, stated_rate = self.rate_of(currency), self.facts.rate(currency)
        return log1p(rate) if stated_rate is not None and rate == stated_rate else rate

    def yield_of(self, names: Iterable[str]) -> float:
        """Give the dividend yield of an asset that goes by several names."""
        stated_yield = self.facts.dividend_yield(names)
        return self.dividend_yield if stated_yield is None else stated_yield

    def notes(self, currencies: Iterable[str], assets: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
        """Say which of the rates and yields that were used are assumptions, with their values.

        Parameters
        ----------
        currencies
            Whose rates were used.
        assets
            Whose yields were used, each by its names.
        """
        rates = [c for c in currencies if self.rate_assumed and self.facts.rate(c) is None]
        yields = [a[0] for a in assets if self.yield_assumed and self.facts.dividend_yield(a) is None]
        return (
            *((f"rate of {_some(rates)} assumed: {self.rate:.1%} a year; state it with --risk-free",) if rates else ()),
            *(
                (
                    f"dividend yield of {_some(yields)} assumed: {self.dividend_yield:.1%} a year; state it with "
                    f"--dividend-yield {yields[0]}=0.02, or in the holdings",
                )
                if yields
                else ()
            ),
        )


def _some(names: list[str]) -> str:
    listed = list(dict.fromkeys(names))
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
