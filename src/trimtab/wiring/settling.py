"""From what is named to what use cases take: files and tables opened once, then the moment, the book and its hedges."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

from trimtab.desk.ask.propose import find_hedges
from trimtab.desk.ask.review import Setting, set_up
from trimtab.desk.moment.stated_rates import with_rates
from trimtab.desk.questions.instruments import Instruments
from trimtab.desk.questions.measuring import Measuring
from trimtab.feeds.chain import Forwards, read_chain, with_forwards
from trimtab.feeds.contracts import bundled_contracts, read_contracts
from trimtab.feeds.funds import Funds, look_through, read_funds
from trimtab.feeds.holdings import read_holdings
from trimtab.feeds.series.prices import read_prices
from trimtab.market.daycount import date_of
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.model.contract import ContractTable
from trimtab.model.instrument import Cash, Future
from trimtab.model.mandate import Mandate
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio
from trimtab.wiring.inputs import as_fx, as_interest, as_moment, is_notation

if TYPE_CHECKING:
    from trimtab.desk.accounts.between import BooksBetween
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.questions.measuring import Frame

    #: Prices: a file, a frame or a table, or several of them.
    PricesLike: TypeAlias = "Source | Sequence[Source] | Mapping[str, Source]"
    Source: TypeAlias = "str | PathLike[str] | Frame | PriceTable"
    #: Holdings: a file, a line of notation, a frame or a portfolio.
    HoldingsLike: TypeAlias = "str | PathLike[str] | Frame | Portfolio"

__all__ = [
    "USUAL_BASE", "Inputs", "Settled", "files_of", "last_day", "open_chain", "open_contracts",
    "open_funds", "open_inputs", "read_book", "settle",
]  # fmt: skip

#: Base currency of a portfolio whose question names none.
USUAL_BASE = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What an answer is worked out from, opened: the same for files, tables in Python and workspaces.

    Parameters
    ----------
    prices
        All prices, up to whatever day.
    holdings
        What is held, still to be read where it is a file or a line.
    base
        Base currency.
    contracts, funds, forwards
        Terms of futures, what funds hold, and what option chains imply.
    interest, fx
        Rates by currency, and exchange rates.
    name
        Of the portfolio.
    books, past
        Give what was held on earlier days, and what was earned from a day on (``start``): in a workspace.
    """

    prices: PriceTable
    holdings: "HoldingsLike"
    base: str
    contracts: ContractTable
    funds: Funds | None = None
    forwards: Forwards | None = None
    interest: Interest
    fx: FxRates | None = None
    name: str = "portfolio"
    books: "BooksBetween | None" = None
    past: "Callable[..., Past] | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The moment with its betas, what is held in it, and the futures that may be traded."""

    contracts: ContractTable
    setting: Setting
    held: Portfolio
    hedges: tuple[Future, ...]


def open_inputs(
    prices: "PricesLike", holdings: "HoldingsLike", measuring: Measuring, instruments: Instruments
) -> Inputs:
    """Open the files and tables that a question names."""
    base = measuring.base or USUAL_BASE
    return Inputs(
        prices=read_prices(prices),
        holdings=holdings,
        base=base,
        contracts=open_contracts(instruments.contracts),
        funds=open_funds(instruments.funds),
        forwards=open_chain(instruments.chain),
        interest=as_interest(measuring.risk_free, base),
        fx=as_fx(measuring.fx),
    )


def open_contracts(source: Any) -> ContractTable:
    """Give the bundled contracts with each file on top; a table that is open already stands for itself."""
    if isinstance(source, ContractTable):
        return source
    table = bundled_contracts()
    for file in source or ():
        table = table.merged(read_contracts(file))
    return table


def open_funds(source: Any) -> Funds | None:
    """Give what funds hold, of all files; None if none are named."""
    if source is None or isinstance(source, dict):
        return source
    funds: Funds = {}
    for file in source:
        funds = {**funds, **read_funds(file)}
    return funds or None


def open_chain(source: Any) -> Forwards | None:
    """Give the forwards and rates that a chain implies; None if there is none."""
    return source if source is None or isinstance(source, dict) else read_chain(source)


def settle(
    inputs: Inputs,
    mandate: Mandate,
    measuring: Measuring,
    *,
    hedge: tuple[str, ...] = (),
    currencies: tuple[str, ...] = (),
) -> Settled:
    """Read the book, find its hedges, and take the moment with its betas.

    `currencies` may be traded though they are not held: their rates are measured like a price. Which reading of beta
    is measured is the question's to say, else the mandate's.
    """
    day = last_day(inputs, measuring)
    held = with_rates(read_book(inputs, inputs.holdings, day), inputs.interest, day)
    hedges = find_hedges(hedge, inputs.contracts, day) if hedge else ()
    setting = set_up(
        inputs.prices,
        held,
        benchmark=mandate.benchmark,
        extra=(*hedges, *(Cash(currency=c) for c in currencies)),
        method=measuring.method or "default",
        as_of=as_moment(measuring.as_of),
        risk_free=inputs.interest,
        fx=inputs.fx,
        benchmark_returns=measuring.benchmark_returns,
        reading=measuring.reading or mandate.reading,
        window=measuring.window,
        half_life=measuring.half_life,
        errors=measuring.errors,
    )
    return Settled(contracts=inputs.contracts, setting=setting, held=held, hedges=hedges)


def read_book(inputs: Inputs, holdings: "HoldingsLike", day: dt.date) -> Portfolio:
    """Read holdings as of a day, looked through funds, with the forwards of chains."""
    if isinstance(holdings, str) and is_notation(holdings):
        held = parse_portfolio(holdings, base=inputs.base, contracts=inputs.contracts, as_of=day)
    else:
        held = read_holdings(holdings, base=inputs.base, contracts=inputs.contracts, as_of=day)
    if inputs.funds is not None:
        held = look_through(held, inputs.funds)
    return held if inputs.forwards is None else with_forwards(held, inputs.forwards, day)


def last_day(inputs: Inputs, measuring: Measuring) -> dt.date:
    """Give the day asked about: the last with prices if none is named."""
    moment = as_moment(measuring.as_of)
    return date_of(inputs.prices.dates[-1] if moment is None else moment)


def files_of(source: Any) -> Any:
    """Give one file as a list of it; several, and what is open already, as they are."""
    return [source] if isinstance(source, str | PathLike) else source
