"""What every question needs first: contracts, dates, rates, holdings, the moment with its betas."""

from pathlib import Path
from typing import Any

from trimtab.errors import InputError
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.series.interest import read_currency_rates
from trimtab.feeds.series.rates import read_fx
from trimtab.market.daycount import as_moment
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest, interest_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.contract import ContractTable

__all__ = [
    "as_fx",
    "as_interest",
    "as_moment",
    "as_risk_free",
    "is_notation",
    "load_contracts",
]


def load_contracts(source: str | Path | ContractTable | None) -> ContractTable:
    """Give the bundled contract table, with a user's file on top."""
    if isinstance(source, ContractTable):
        return source
    return bundled_contracts() if source is None else bundled_contracts().merged(read_contracts(source))


def as_interest(source: Any, base: str) -> Interest:
    """Read risk-free rates: one of the base currency, or one for each of several currencies.

    Raises
    ------
    InputError
        If rates of currencies were given and the base has none: then returns could not be measured over it.
    """
    if source is None or isinstance(source, Interest | RiskFree):
        return interest_of(source, base)
    found = read_currency_rates(source)
    if isinstance(found, RiskFree):
        return interest_of(found, base)
    if base not in found:
        raise InputError(
            expected=f"a rate of {base}, the base currency, among the rates by currency",
            found=", ".join(found),
            try_next=f"add {base}=RATE, for example --risk-free {base}=0.04,{next(iter(found), 'EUR')}=0.03",
        )
    return Interest(by_currency=found)


def as_risk_free(source: Any, base: str | None) -> RiskFree | None:
    """Read the risk-free rate that returns in the base currency are measured over; None stays None.

    Raises
    ------
    InputError
        If rates of several currencies were given without a base.
    """
    if source is None or isinstance(source, RiskFree):
        return source
    if base is not None:
        return as_interest(source, base).of(base)
    found = source if isinstance(source, Interest) else read_currency_rates(source)
    if isinstance(found, RiskFree):
        return found
    raise InputError(
        expected="a base currency beside rates by currency", found="none", try_next="add for example --base USD"
    )


def as_fx(source: Any) -> FxRates | None:
    """Read exchange rates; None stays None."""
    return source if source is None or isinstance(source, FxRates) else read_fx(source)


def is_notation(holdings: Any) -> bool:
    """Tell one-line notation from a path: it has a blank between a number and a name, and names no file."""
    return (
        isinstance(holdings, str)
        and " " in holdings.strip()
        and holdings.strip()[0] in "+-.0123456789"
        and not Path(holdings).exists()
    )
