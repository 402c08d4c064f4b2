"""Every reader of this folder behind the one port that answers ask (`trimtab.desk.answers.reading.Reader`).

What only some questions name (limits, lots, chains of options) is loaded when it is first read.
"""

# ruff: noqa: PLC0415 - see above
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trimtab.desk.moment.looked_through import Forwards, Funds
from trimtab.desk.questions.groups.files import PathLike
from trimtab.feeds.contracts import open_contracts
from trimtab.feeds.holdings import portfolio_of_records, read_holdings
from trimtab.feeds.series.interest import as_interest, as_risk_free
from trimtab.feeds.series.prices import read_prices
from trimtab.feeds.series.rates import read_fx
from trimtab.feeds.statements.doorway import Hints
from trimtab.market.prices import PriceTable
from trimtab.market.rates.fx import FxRates
from trimtab.market.rates.interest import Interest
from trimtab.market.rates.risk_free import RiskFree
from trimtab.model.contract import ContractTable
from trimtab.model.notation import parse_portfolio
from trimtab.model.portfolio import Portfolio

if TYPE_CHECKING:
    from trimtab.desk.answers.reading import HoldingsLike, PricesLike
    from trimtab.desk.ask.earned import DatedFlow
    from trimtab.desk.ask.fields import HoldingFields
    from trimtab.desk.ask.learned import HedgeRecord, WeightHistory
    from trimtab.desk.ask.limits import ReallocationTerms
    from trimtab.desk.ask.ways import OptionTerms
    from trimtab.desk.questions.groups.instruments import ContractsLike, FundingLike, FundsLike
    from trimtab.desk.questions.groups.limits import Limits, OptionWords, StandingLimits, Taxes
    from trimtab.desk.questions.groups.measuring import FxLike, RatesLike, TableLike
    from trimtab.model.portfolio import TaxLot
    from trimtab.performance.cost_basis import Trade

__all__ = ["FileReader"]


class FileReader:
    """Reads files, frames and lines of text; what is open already it gives back.

    Parameters
    ----------
    hints
        What somebody says of the columns and names of holdings files.
    """

    def __init__(self, hints: Hints | None = None) -> None:
        self._hints = hints

    def prices(self, source: "PricesLike", *, check: bool = True) -> PriceTable:
        """Read prices, joined; without `check` repeated ones are not looked at, for tables that were."""
        return read_prices(source, check=check)

    def portfolio(
        self, source: "HoldingsLike", *, base: str, contracts: ContractTable, as_of: dt.date | None
    ) -> Portfolio:
        """Read holdings, or a line of notation."""
        if isinstance(source, str) and _is_notation(source):
            return parse_portfolio(source, base=base, contracts=contracts, as_of=as_of)
        return read_holdings(source, base=base, contracts=contracts, as_of=as_of, hints=self._hints)

    def rows(
        self, records: Sequence[Mapping[str, str]], *, base: str, contracts: ContractTable, as_of: dt.date, name: str
    ) -> Portfolio:
        """Read rows of a holdings file that were kept."""
        numbered = list(enumerate(records, start=1))
        return portfolio_of_records(numbered, base=base, contracts=contracts, as_of=as_of, name=name)

    def contracts(self, source: "ContractsLike | None") -> ContractTable:
        """Give the bundled contracts with each file on top."""
        return open_contracts(source)

    def funds(self, source: "FundsLike | None") -> Funds | None:
        """Give what funds hold, of all files; None if none are named."""
        if source is None or isinstance(source, dict):
            return source
        from trimtab.feeds.funds import read_funds

        funds: Funds = {}
        for file in (source,) if isinstance(source, str | PathLike) else source:
            funds = {**funds, **read_funds(str(file))}
        return funds or None

    def chain(self, source: "TableLike | None") -> Forwards | None:
        """Give the forwards and rates that a chain of options implies; None if there is none."""
        if source is None or isinstance(source, dict):
            return source
        from trimtab.feeds.chain import read_chain

        return read_chain(str(source))

    def funding(self, source: "FundingLike", as_of: dt.date) -> Mapping[str, float]:
        """Read funding of perpetuals per eight hours: as stated, or the mean of what a file says was paid."""
        from trimtab.feeds.series.funding import read_funding

        return read_funding(source, as_of)

    def interest(self, source: "RatesLike | None", base: str) -> Interest:
        """Read risk-free rates: one of the base currency, or one for each of several currencies."""
        return as_interest(source, base)

    def risk_free(self, source: "RatesLike | None") -> RiskFree | None:
        """Read the one rate that returns are measured over where no base currency is named."""
        return as_risk_free(source, None)

    def fx(self, source: "FxLike | None") -> FxRates | None:
        """Read exchange rates; None stays None."""
        return source if source is None or isinstance(source, FxRates) else read_fx(source)

    def fields(self, source: "TableLike | None", holdings: "HoldingsLike") -> "Mapping[str, HoldingFields]":
        """Read what is known of holdings: of its own file, else of such columns in the file of the holdings."""
        if source is None and isinstance(holdings, str | Path) and Path(holdings).is_file():
            source = holdings
        if source is None:
            return {}
        from trimtab.feeds.records import read_fields

        return read_fields(source)

    def lots(self, source: "TableLike") -> "Mapping[str, tuple[TaxLot, ...]]":
        """Read tax lots by symbol."""
        from trimtab.feeds.records import read_lots

        return read_lots(source)

    def trades(self, source: "TableLike") -> "Mapping[str, tuple[Trade, ...]]":
        """Read trades by symbol."""
        from trimtab.feeds.records import read_trades

        return read_trades(source)

    def weights(self, source: "TableLike") -> "WeightHistory":
        """Read what was held through time, as weights."""
        from trimtab.feeds.records import read_weights

        return read_weights(source)

    def hedge(self, source: "TableLike") -> "HedgeRecord":
        """Read what a hedge held and cost."""
        from trimtab.feeds.records import read_hedge

        return read_hedge(source)

    def cash_flows(self, source: "TableLike") -> tuple[tuple[dt.date, float], ...]:
        """Read flows to come."""
        from trimtab.feeds.records import read_cash_flows

        return read_cash_flows(source)

    def flows(self, source: "TableLike") -> "tuple[DatedFlow, ...]":
        """Read money that came in or went out."""
        from trimtab.feeds.records import read_flows

        return read_flows(source)

    def reallocation(self, limits: "Limits", taxes: "Taxes", standing: "StandingLimits") -> "ReallocationTerms | None":
        """Make the limits of a reallocation of what stands, of a file and of words; None if nothing was said."""
        from trimtab.feeds.ways_terms import reallocation_terms

        return reallocation_terms(limits, taxes, standing)

    def options(self, words: "OptionWords") -> "OptionTerms":
        """Make the terms of options from a file of quotes, or from a stated volatility."""
        from trimtab.feeds.ways_terms import option_terms

        return option_terms(words)


def _is_notation(holdings: str) -> bool:
    """Tell one-line notation from a path: it has a blank between a number and a name, and names no file."""
    return " " in holdings.strip() and holdings.strip()[0] in "+-.0123456789" and not _is_there(holdings)


def _is_there(path: str) -> bool:
    """Tell whether there is a file; a line of holdings may be longer than a name can be."""
    try:
        return Path(path).exists()
    except OSError:
        return False
