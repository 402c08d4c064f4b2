"""What an answer is worked out from, opened once: the same for files, for tables in Python and for a workspace."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from trimtab.desk.answers.reading import Reader
from trimtab.desk.moment.looked_through import Forwards, Funds
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest, interest_of
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.contract import ContractTable
from trimtab.model.stated_beta import StatedBeta, parse_stated_beta

if TYPE_CHECKING:
    from trimtab.desk.accounts.between import BooksBetween
    from trimtab.desk.accounts.extract import LedgerExtract
    from trimtab.desk.accounts.past import Past
    from trimtab.desk.answers.reading import HoldingsLike, PricesLike
    from trimtab.desk.questions.groups.instruments import FundingLike

__all__ = ["USUAL_BASE", "ExtractBetween", "Inputs", "PastSince", "open_inputs", "open_prices"]

#: Base currency of a portfolio whose question names none.
USUAL_BASE = "USD"


class PastSince(Protocol):
    """Gives what was held and earned from a day on."""

    def __call__(self, *, start: dt.date | None) -> "Past":
        """Work it out; None starts with the first snapshot."""
        ...


class ExtractBetween(Protocol):
    """Gives what happened between two days."""

    def __call__(self, *, start: dt.date | None, end: dt.date, symbol: str | None) -> "LedgerExtract":
        """Work it out; None starts with the first fact, or shows what concerns any symbol."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What an answer is worked out from.

    Parameters
    ----------
    reader
        Opens what the question names beside the following.
    prices
        All prices, up to whatever day.
    holdings
        What is held, still to be read where it is a file or a line; empty where only prices are asked.
    base
        Base currency.
    contracts, funds, forwards
        Terms of futures, what funds hold, and what option chains imply.
    funding
        Funding of perpetuals, still to be read where it is a file or a line.
    interest, fx
        Rates by currency, and exchange rates.
    stated
        Betas stated beside the holdings.
    name
        Of the portfolio.
    books, past, extract
        Give what was held on earlier days, what was earned from a day on, and what happened between two days: in a
        workspace.
    """

    reader: Reader
    prices: PriceTable
    holdings: "HoldingsLike" = ""
    base: str
    contracts: ContractTable
    funds: Funds | None = None
    forwards: Forwards | None = None
    funding: "FundingLike | None" = None
    interest: Interest
    fx: FxRates | None = None
    stated: tuple[StatedBeta, ...] = ()
    name: str = "portfolio"
    books: "BooksBetween | None" = None
    past: PastSince | None = None
    extract: ExtractBetween | None = None

    @property
    def risk_free(self) -> RiskFree | None:
        """The rate that returns in the base currency are measured over; None if none is known."""
        return self.interest.of(self.base)


def open_inputs(
    reader: Reader, prices: "PricesLike", holdings: "HoldingsLike", measuring: Measuring, instruments: Instruments
) -> Inputs:
    """Open the files and tables that a question of a portfolio names.

    Parameters
    ----------
    reader
        Opens them.
    prices, holdings
        Prices, and what is held.
    measuring, instruments
        Rates and base currency, and what is known of instruments.
    """
    base = measuring.base or USUAL_BASE
    return Inputs(
        reader=reader,
        prices=reader.prices(prices),
        holdings=holdings,
        base=base,
        contracts=reader.contracts(instruments.contracts),
        funds=reader.funds(instruments.funds),
        forwards=reader.chain(instruments.chain),
        funding=instruments.funding,
        interest=reader.interest(measuring.risk_free, base),
        fx=reader.fx(measuring.fx),
        stated=tuple(parse_stated_beta(line) for line in instruments.stated_betas or ()),
    )


def open_prices(reader: Reader, prices: "PricesLike", measuring: Measuring) -> Inputs:
    """Open what a question of prices alone names: without a base currency they are measured as they are quoted.

    Parameters
    ----------
    reader, prices, measuring
        As in `open_inputs`.
    """
    base = measuring.base
    if base is None:
        interest = interest_of(reader.risk_free(measuring.risk_free), USUAL_BASE)
    else:
        interest = reader.interest(measuring.risk_free, base)
    return Inputs(
        reader=reader, prices=reader.prices(prices), base=base or USUAL_BASE, contracts=ContractTable(),
        interest=interest, fx=reader.fx(measuring.fx),
    )  # fmt: skip
