"""Performance: what a portfolio earned apart from its beta, and whether its hedge was right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.files import Files, Table
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Choice, DayValue, Number, Text, Whole
from trimtab.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from trimtab.desk.questions.groups.files import KeptFile, PathLike
    from trimtab.desk.questions.groups.measuring import TableLike
    from trimtab.performance.present_value import Compounding

__all__ = ["HedgeReviewed", "PerformanceQuestion", "Worth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeReviewed:
    """A hedge whose outcome is compared with what was believed of it.

    Parameters
    ----------
    file
        What it held: date, held (value / NAV), cost.
    instrument
        Symbol that it follows; None takes the benchmark.
    book_beta, instrument_beta
        Betas that it was planned with: of the unhedged book and of the instrument.
    target, tolerance
        Beta that the hedged book should have, and the half-width of its band.
    yearly_cost
        Expected cost, share of NAV a year.

    Examples
    --------
    >>> HedgeReviewed(file="hedge.csv", book_beta=1.1).tolerance
    0.05
    """

    file: "TableLike | None" = option(
        Table("hedge.csv"), "What the hedge held: date, held (value / NAV), cost.", flags=("--hedge-file",),
        otherwise="none",
    )  # fmt: skip
    instrument: str | None = option(
        Text("SYMBOL", "a symbol in the prices", "SPX"), "Symbol that the hedge follows.", otherwise="the benchmark"
    )
    book_beta: float | None = option(
        Number("BETA", example="1.1"), "Beta of the unhedged book that was planned with.",
        flags=("--planned-book-beta",), otherwise="none",
    )  # fmt: skip
    instrument_beta: float = option(
        Number("BETA", example="1"), "Beta of the instrument that was planned with.", flags=("--planned-hedge-beta",),
        default=1.0,
    )  # fmt: skip
    target: float = option(
        Number("BETA", example="0"), "Beta the hedged book should have.", flags=("--hedge-target",), default=0.0
    )
    tolerance: float = option(
        Number("BETA", least=0, example="0.05"), "Half-width of its band.", flags=("--hedge-tolerance",), default=0.05
    )
    yearly_cost: float | None = option(
        Number("SHARE", example="0.002"), "Expected cost, share of NAV a year.", flags=("--hedge-cost",),
        otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        if self.file is not None and self.book_beta is None:
            raise UsageError(
                expected="book_beta (--planned-book-beta), the beta of the unhedged book that the hedge was planned "
                "with, together with file (--hedge-file)",
                found="none", try_next="give for example 1.1",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What flows to come are worth today, and a hedge's price against its benefit.

    Parameters
    ----------
    flows
        File of flows to come: date, amount.
    rate, compounding
        Yearly rate that they are discounted with; "annual" or "continuous".
    money
        Money hedged: weighs the hedge's price against its benefit.
    years
        For which it goes on as it was.
    risk_aversion
        Of whose money it is.

    Examples
    --------
    >>> Worth(rate=0.03).compounding
    'annual'
    """

    flows: "TableLike | None" = option(
        Table("flows.csv"), "Flows to come (date, amount): their net present value.", flags=("--cash-flows",),
        otherwise="none",
    )  # fmt: skip
    rate: float | None = option(
        Number("RATE", above=-1, example="0.03"), "Yearly rate they are discounted with.", otherwise="none"
    )
    compounding: "Compounding" = option(
        Choice["Compounding"]("annual", "continuous"), "Of that rate.", default="annual"
    )
    money: float | None = option(
        Number("MONEY", above=0, example="1000000"), "Money hedged: weighs the hedge's price against its benefit.",
        flags=("--hedge-nav",), otherwise="none",
    )  # fmt: skip
    years: int = option(
        Whole("YEARS", least=1, example="5"), "Years for which the hedge goes on as it was.", flags=("--hedge-years",),
        default=5,
    )  # fmt: skip
    risk_aversion: float = option(
        Number("NUMBER", above=0, example="3"), "Of whose money it is; 2 to 4 is usual.", default=3.0
    )

    def __post_init__(self) -> None:
        check(self)
        if self.rate is None and (self.flows is not None or self.money is not None):
            raise UsageError(
                expected="rate (--rate) together with flows (--cash-flows) and money (--hedge-nav)", found="none",
                try_next="give for example 0.03",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceQuestion:
    """Take apart what a portfolio earned: alpha apart from beta, ratios, attribution, and whether its hedge was right.

    Parameters
    ----------
    mandate, measuring, instruments
        Benchmark, how betas are measured, and what is known of instruments.
    start
        First day, in a workspace; None takes that of the first snapshot.
    periods_per_year
        For annualisation; None takes the calendar's.
    trials, trials_spread
        Variants tried before this one was chosen, and the deviation of their Sharpe ratios, per period.
    beta_held
        Beta that the mandate holds, for attribution; None takes its target.
    nav
        Column of NAV among the prices; None takes the only one beside the benchmark.
    returns
        Files of returns (0.01 is 1%).
    flows
        Money that came in or went out, of files: date, amount; optional currency, kind (a workspace knows it).
    transactions, weights
        Files of transactions (for cost basis) and of what was held (for attribution).
    hedge, worth
        The hedge that is reviewed, and what is valued.

    Examples
    --------
    >>> PerformanceQuestion(mandate=MandateTerms(benchmark="SPX")).trials
    1
    """

    ask: ClassVar[str] = "performance"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark",))
    measuring: Measuring = part(Measuring, only=("method", "as_of", "risk_free", "benchmark_returns", "base", "fx"))
    instruments: Instruments = part(Instruments, only=())
    start: "str | dt.date | None" = option(
        DayValue(), "First day, in a workspace.", flags=("--from",), otherwise="that of the first snapshot"
    )
    periods_per_year: float | None = option(
        Number("COUNT", above=0, example="252"), "For annualisation.", otherwise="the calendar's"
    )
    trials: int = option(Whole("COUNT", least=1, example="20"), "Variants tried before this one was chosen.", default=1)
    trials_spread: float | None = option(
        Number("RATIO", least=0, example="0.1"), "Deviation of their Sharpe ratios, per period.", otherwise="none"
    )
    beta_held: float | None = option(
        Number("BETA", example="1"), "Beta the mandate holds, for attribution.",
        otherwise="1, or the target of the workspace's mandate",
    )  # fmt: skip
    nav: str | None = option(
        Text("SYMBOL", "a symbol in the prices", "nav"), "Column of NAV among the prices.",
        otherwise="the only one beside the benchmark",
    )  # fmt: skip
    returns: "Sequence[str | PathLike | KeptFile] | str | PathLike | None" = option(
        Files("returns.csv"), "File of returns (0.01 is 1%); may be given more than once.", otherwise="none"
    )
    flows: "TableLike | None" = option(
        Table("flows.csv"), "Money that came into NAV or went out (date, amount; currency, kind): no gain.",
        otherwise="none",
    )  # fmt: skip
    transactions: "TableLike | None" = option(
        Table("transactions.csv"), "Transactions (date, symbol, quantity, price, fee): cost basis.", otherwise="none"
    )
    weights: "TableLike | None" = option(
        Table("weights.csv"), "What was held (date, symbol, weight): attribution.", otherwise="none"
    )
    hedge: HedgeReviewed = part(HedgeReviewed)
    worth: Worth = part(Worth)

    def __post_init__(self) -> None:
        check(self)
