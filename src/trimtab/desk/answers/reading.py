"""The port by which answers open what questions name: files, frames and lines of text, read at the edge."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from trimtab.desk.ask.earned import DatedFlow
    from trimtab.desk.ask.fields import HoldingFields
    from trimtab.desk.ask.learned import HedgeRecord, WeightHistory
    from trimtab.desk.ask.limits import ReallocationTerms
    from trimtab.desk.ask.ways import OptionTerms
    from trimtab.desk.moment.looked_through import Forwards, Funds
    from trimtab.desk.questions.groups.files import KeptFile, PathLike
    from trimtab.desk.questions.groups.instruments import ContractsLike, FundingLike, FundsLike
    from trimtab.desk.questions.groups.limits import Limits, OptionWords, StandingLimits, Taxes
    from trimtab.desk.questions.groups.measuring import Frame, FxLike, RatesLike, TableLike
    from trimtab.market.prices import PriceTable
    from trimtab.market.rates.fx import FxRates
    from trimtab.market.rates.interest import Interest
    from trimtab.market.rates.risk_free import RiskFree
    from trimtab.model.contract import ContractTable
    from trimtab.model.portfolio import Portfolio, TaxLot
    from trimtab.performance.cost_basis import Trade

    PriceSource: TypeAlias = "str | PathLike | KeptFile | Frame | PriceTable"
    #: Prices: a file, a frame or a table, or several of them.
    PricesLike: TypeAlias = "PriceSource | Sequence[PriceSource] | Mapping[str, PriceSource]"
    #: Holdings: a file, a line of notation, a frame or a portfolio.
    HoldingsLike: TypeAlias = "str | PathLike | Frame | Portfolio"

__all__ = ["Reader"]


class Reader(Protocol):
    """Opens what a question names; what is open already stands for itself."""

    def prices(self, source: "PricesLike", *, check: bool = True) -> "PriceTable":
        """Read prices, joined; without `check` repeated ones are not looked at, for tables that were."""
        ...

    def portfolio(
        self, source: "HoldingsLike", *, base: str, contracts: "ContractTable", as_of: dt.date | None
    ) -> "Portfolio":
        """Read holdings as they are written down, or as a line of notation."""
        ...

    def rows(
        self, records: Sequence[Mapping[str, str]], *, base: str, contracts: "ContractTable", as_of: dt.date, name: str
    ) -> "Portfolio":
        """Read rows of a holdings file that were kept."""
        ...

    def contracts(self, source: "ContractsLike | None") -> "ContractTable":
        """Give the bundled contracts with each file on top."""
        ...

    def funds(self, source: "FundsLike | None") -> "Funds | None":
        """Give what funds hold, of all files; None if none are named."""
        ...

    def chain(self, source: "TableLike | None") -> "Forwards | None":
        """Give the forwards and rates that a chain of options implies; None if there is none."""
        ...

    def funding(self, source: "FundingLike", as_of: dt.date) -> "Mapping[str, float]":
        """Read funding of perpetuals per eight hours: as stated, or the mean of what a file says was paid."""
        ...

    def interest(self, source: "RatesLike | None", base: str) -> "Interest":
        """Read risk-free rates: one of the base currency, or one for each of several currencies."""
        ...

    def risk_free(self, source: "RatesLike | None") -> "RiskFree | None":
        """Read the one rate that returns are measured over where no base currency is named."""
        ...

    def fx(self, source: "FxLike | None") -> "FxRates | None":
        """Read exchange rates; None stays None."""
        ...

    def fields(self, source: "TableLike | None", holdings: "HoldingsLike") -> "Mapping[str, HoldingFields]":
        """Read what is known of holdings: of its own file, else of such columns in the file of the holdings."""
        ...

    def lots(self, source: "TableLike") -> "Mapping[str, tuple[TaxLot, ...]]":
        """Read tax lots by symbol."""
        ...

    def trades(self, source: "TableLike") -> "Mapping[str, tuple[Trade, ...]]":
        """Read trades by symbol."""
        ...

    def weights(self, source: "TableLike") -> "WeightHistory":
        """Read what was held through time, as weights."""
        ...

    def hedge(self, source: "TableLike") -> "HedgeRecord":
        """Read what a hedge held and cost."""
        ...

    def cash_flows(self, source: "TableLike") -> tuple[tuple[dt.date, float], ...]:
        """Read flows to come."""
        ...

    def flows(self, source: "TableLike") -> "tuple[DatedFlow, ...]":
        """Read money that came in or went out."""
        ...

    def reallocation(self, limits: "Limits", taxes: "Taxes", standing: "StandingLimits") -> "ReallocationTerms | None":
        """Make the limits of a reallocation of what stands, of a file and of words; None if nothing was said."""
        ...

    def options(self, words: "OptionWords") -> "OptionTerms":
        """Make the terms of options from a file of quotes, or from a stated volatility."""
        ...
