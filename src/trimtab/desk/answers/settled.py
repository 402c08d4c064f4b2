"""Where every answer of a portfolio starts: its book read, its hedges found, the moment with its betas."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.desk.answers.inputs import Inputs
from trimtab.desk.ask.propose import find_hedges
from trimtab.desk.moment.asset_facts import with_funds
from trimtab.desk.moment.followed import check_readings
from trimtab.desk.moment.looked_through import look_through, with_forwards
from trimtab.desk.moment.setting import Setting, set_up
from trimtab.desk.moment.stated_rates import with_funding, with_multiples, with_rates
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.errors import InputError
from trimtab.market.daycount import as_moment, date_of
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Cash, Instrument
from trimtab.model.mandate import Mandate
from trimtab.model.portfolio import Portfolio

if TYPE_CHECKING:
    from trimtab.desk.answers.reading import HoldingsLike
    from trimtab.desk.questions.groups.instruments import FundingLike

__all__ = ["Settled", "last_day", "read_book", "settle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The moment with its betas, what is held in it, and what may be traded as a hedge."""

    contracts: ContractTable
    setting: Setting
    held: Portfolio
    hedges: tuple[Instrument, ...]


def settle(
    inputs: Inputs,
    mandate: Mandate,
    measuring: Measuring,
    *,
    hedge: tuple[str, ...] = (),
    currencies: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> Settled:
    """Read the book, find its hedges, and take the moment with its betas.

    `currencies` may be traded though they are not held: their rates are measured like a price. `also` are further
    benchmarks. Which reading of beta
    is measured is the question's to say, else the mandate's.
    """
    day = last_day(inputs, measuring)
    fundings = {} if inputs.funding is None else inputs.reader.funding(inputs.funding, day)
    portfolio = with_funding(with_rates(read_book(inputs, inputs.holdings, day), inputs.interest, day), fundings)
    hedges = find_hedges(hedge, inputs.contracts, day, prices=inputs.prices, held=portfolio) if hedge else ()
    _check_funding(inputs.funding, fundings, (*(x.instrument for x in portfolio.positions), *hedges), inputs.contracts)
    # A gain that a trade closes becomes money in the coin: its column must then say the same as the contract's reading.
    coins = (Cash(currency=h.paid_in) for h in hedges if h.pays_funding and h.paid_in != portfolio.base)
    check_readings(inputs.prices, (*(p.instrument for p in portfolio.positions), *hedges, *coins), portfolio.base)
    setting = set_up(
        with_funds(inputs.prices, inputs.contracts),
        portfolio,
        benchmark=mandate.benchmark,
        extra=(*hedges, *(Cash(currency=c) for c in currencies)),
        method=measuring.estimator(),
        as_of=as_moment(measuring.as_of),
        risk_free=inputs.interest,
        fx=inputs.fx,
        benchmark_returns=measuring.benchmark_returns,
        reading=measuring.reading or mandate.reading,
        also=also,
        stated=inputs.stated,
    )
    return Settled(contracts=inputs.contracts.with_funding(fundings), setting=setting, held=portfolio, hedges=hedges)


def _check_funding(
    source: "FundingLike | None", fundings: Mapping[str, float], used: tuple[Instrument, ...], contracts: ContractTable
) -> None:
    """Refuse funding that is stated of a name that no perpetual has; a file may hold more than is used."""
    if not (isinstance(source, Mapping) or (isinstance(source, str) and "=" in source)):
        return
    names = {i.symbol for i in used if i.pays_funding} | {s.root for s in contracts.specs if s.perpetual is not None}
    unused = sorted(set(fundings) - names)
    if unused:
        raise InputError(
            expected=f"funding of perpetuals that are held, hedge, or stand in the contract table "
            f"({', '.join(sorted(names)) or 'none'})",
            found=f"funding of {', '.join(unused)}",
            try_next="correct the name in --funding, or leave it out",
        )


def read_book(inputs: Inputs, holdings: "HoldingsLike", day: dt.date) -> Portfolio:
    """Read holdings as of a day, with the multiples of the contract table, looked through funds, forwards of chains."""
    portfolio = inputs.reader.portfolio(holdings, base=inputs.base, contracts=inputs.contracts, as_of=day)
    portfolio = with_multiples(portfolio, inputs.contracts)
    if inputs.funds is not None:
        portfolio = look_through(portfolio, inputs.funds)
    return portfolio if inputs.forwards is None else with_forwards(portfolio, inputs.forwards, day)


def last_day(inputs: Inputs, measuring: Measuring) -> dt.date:
    """Give the day asked about: the last with prices if none is named."""
    moment = as_moment(measuring.as_of)
    return date_of(inputs.prices.dates[-1] if moment is None else moment)
