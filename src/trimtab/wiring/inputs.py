"""What every question needs first: contracts, dates, rates, holdings, the moment with its betas."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from trimtab import sample
from trimtab.desk.ask.propose import find_hedges
from trimtab.desk.ask.review import Setting, set_up
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.errors import InputError
from trimtab.feeds.chain import read_chain, with_forwards
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.funds import look_through, read_funds
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.interest import read_currency_rates
from trimtab.feeds.prices import read_prices
from trimtab.feeds.rates import read_fx
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest, interest_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Cash, Future
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio

__all__ = [
    "as_fx",
    "as_interest",
    "as_moment",
    "as_risk_free",
    "day_of",
    "demo_inputs",
    "is_notation",
    "load_contracts",
    "settle",
]


def load_contracts(source: str | Path | ContractTable | None) -> ContractTable:
    """Give the bundled contract table, with a user's file on top."""
    if isinstance(source, ContractTable):
        return source
    return bundled_contracts() if source is None else bundled_contracts().merged(read_contracts(source))


def settle(
    prices: Any,
    holdings: Any,
    mandate: Mandate,
    *,
    base: str,
    as_of: dt.date | str | None,
    risk_free: Any,
    fx: Any,
    contracts: Any,
    hedge: tuple[str, ...],
    funds: Any = None,
    chain: Any = None,
    currencies: tuple[str, ...] = (),
    **options: Any,
) -> tuple[ContractTable, Setting, Portfolio, tuple[Future, ...]]:
    """Read what a portfolio question needs: contracts, the moment with its betas, holdings, and hedges.

    `currencies` may be traded though they are not held: their rates are measured like a price. Which reading of beta
    is measured is the mandate's to say, unless `options` name another `reading`.
    """
    options.setdefault("reading", mandate.reading)
    table = read_prices(prices)
    families = load_contracts(contracts)
    day = _day(as_of, table)
    held = (
        parse_portfolio(holdings, base=base, contracts=families, as_of=day)
        if is_notation(holdings)
        else read_holdings(holdings, base=base, contracts=families, as_of=day)
    )
    if funds is not None:
        held = look_through(held, funds if isinstance(funds, dict) else read_funds(funds))
    if chain is not None:
        held = with_forwards(held, chain if isinstance(chain, dict) else read_chain(chain), day)
    interest = as_interest(risk_free, base)
    held = with_rates(held, interest, day)
    hedges = find_hedges(hedge, families, day) if hedge else ()
    setting = set_up(
        table,
        held,
        benchmark=mandate.benchmark,
        extra=(*hedges, *(Cash(currency=c) for c in currencies)),
        as_of=as_moment(as_of),
        risk_free=interest,
        fx=as_fx(fx),
        **options,
    )
    return families, setting, held, hedges


def as_moment(as_of: dt.date | str | None) -> np.datetime64 | None:
    """Read a date; None stays None."""
    if as_of is None:
        return None
    try:
        return np.datetime64(as_of, "D")
    except ValueError:
        raise InputError(
            expected="a date like 2022-12-28", found=f"{as_of!r}", try_next="write --as-of YYYY-MM-DD"
        ) from None


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


def demo_inputs() -> dict[str, Any]:
    """Give the bundled sample as arguments of `review` and `plan`."""
    return {
        "prices": [sample.prices_path(), sample.futures_path()],
        "holdings": sample.portfolio_path(),
        "mandate": Mandate(benchmark=sample.BENCHMARK, target=1.0, band=0.05),
        "base": sample.BASE_CURRENCY,
    }


def is_notation(holdings: Any) -> bool:
    """Tell one-line notation from a path: it has a blank between a number and a name, and names no file."""
    return (
        isinstance(holdings, str)
        and " " in holdings.strip()
        and holdings.strip()[0] in "+-.0123456789"
        and not Path(holdings).exists()
    )


def day_of(as_of: dt.date | str | None, prices: Any) -> dt.date:
    """Give the day of a question: the one asked for, else the last with prices."""
    moment = as_moment(as_of)
    return _day(None, read_prices(prices)) if moment is None else date_of(moment)


def _day(as_of: dt.date | str | None, table: PriceTable) -> dt.date:
    moment = as_moment(as_of)
    last = table.dates[-1] if moment is None else moment
    return date_of(last)
