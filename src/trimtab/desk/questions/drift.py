"""Drift: why a portfolio's beta changed, and where it is going."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.files import Table
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Choice, DayValue, Number, Switch, Text, Whole, Wholes
from trimtab.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

    from trimtab.desk.questions.groups.measuring import TableLike
    from trimtab.monitor.drift.causes import Orders

__all__ = ["Ahead", "By", "DriftQuestion"]

#: Steps of a drift.
By: TypeAlias = Literal["endpoints", "week", "day", "trade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Where beta is going from the last day on.

    Parameters
    ----------
    project, delta
        Whether to say where beta is going and when it leaves its band, and how fast deltas drift; either asks for both.
    tolerance
        How far the delta of one option may be off.
    horizons
        Trading days to look ahead.
    paths, seed
        Of the simulation.

    Examples
    --------
    >>> Ahead(project=True).horizons
    (1, 5, 21)
    """

    project: bool = option(Switch(), "Where beta is going, and when it leaves its band.", default=False)
    delta: bool = option(Switch(), "How fast deltas and beta drift (shown with --project as well).", default=False)
    tolerance: float = option(
        Number("DELTA", above=0, example="0.1"), "How far the delta of one option may be off.", default=0.1
    )
    horizons: tuple[int, ...] = option(
        Wholes(Whole("DAYS", least=1, example="5"), "1,5,21"), "Trading days to look ahead.", default=(1, 5, 21)
    )
    paths: int = option(Whole("COUNT", least=1, example="4000"), "Simulated paths.", default=4000)
    seed: int = option(Whole("NUMBER", least=0, example="0"), "Of the simulation.", default=0)

    def __post_init__(self) -> None:
        check(self)

    @property
    def asked(self) -> bool:
        """Whether to look ahead at all."""
        return self.project or self.delta


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftQuestion:
    """Say why a portfolio's beta changed between two days, by cause and by position, and where it is going.

    Parameters
    ----------
    mandate, measuring, instruments
        Benchmark and band, how betas are measured (its last day is that of the drift), what is known of instruments.
    start
        First day; a workspace takes that of the first snapshot if it is left out.
    by
        "endpoints" in one step, "trade", "week" or "day": links of a chain, along which causes add up.
    skip
        Leave a position that cannot be measured on one of the days out of all of them, and of NAV, and list it.
    holdings_end, transactions
        What was held on the last day, and what was traded in between, of files; a workspace knows them.
    orders
        Over which orders of the causes the mean is taken: "two" that mirror each other, or "all".
    ahead
        Whether to say where beta is going.

    Examples
    --------
    >>> DriftQuestion(start="2022-01-03", measuring=Measuring(as_of="2022-12-28")).by
    'endpoints'
    """

    ask: ClassVar[str] = "drift"

    mandate: MandateTerms = part(MandateTerms, only=("benchmark", "target", "band"))
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments)
    start: "str | dt.date | None" = option(
        DayValue(), "First day, YYYY-MM-DD; files need it, and --as-of, the last, but for --project alone.",
        flags=("--from",),
        otherwise="that of the workspace's first snapshot",
    )  # fmt: skip
    by: By = option(
        Choice[By]("endpoints", "trade", "week", "day"), "Steps; causes add up along them.", default="endpoints"
    )
    skip: bool = option(
        Switch(), "Leave out of all days, and of NAV, what cannot be measured on one; it is listed.",
        flags=("--skip-unmeasured",), default=False,
    )  # fmt: skip
    holdings_end: str | None = option(
        Text("FILE|LINE", "a file of holdings, or a line of them", "'100 AAPL, 5000 USD'"),
        "What was held on the last day (a workspace knows it).", otherwise="none",
    )  # fmt: skip
    transactions: "TableLike | None" = option(
        Table("transactions.csv"),
        "Transactions after the first day: date, symbol, quantity, price, fee (a workspace knows them).",
        otherwise="none",
    )  # fmt: skip
    orders: "Orders" = option(
        Choice["Orders"]("two", "all"), "Orders of causes that are averaged: two, or all (Shapley).", default="two"
    )
    ahead: Ahead = part(Ahead)

    def __post_init__(self) -> None:
        check(self)

    @property
    def needs_two_days(self) -> bool:
        """Whether files must say a first day: not where only the way ahead is asked, which starts on the last."""
        changes = (self.start, self.holdings_end, self.transactions)
        return not self.ahead.asked or any(one is not None for one in changes)

    def days(self) -> tuple[str, str]:
        """Give the first and the last day, which files do not know.

        Raises
        ------
        UsageError
            If one is not stated.
        """
        for what, day in (("start (--from)", self.start), ("as_of (--as-of)", self.measuring.as_of)):
            if day is None:
                raise UsageError(
                    expected=f"{what}: a date like 2022-12-28", found="none", try_next="give for example 2022-12-28"
                )
        return str(self.start), str(self.measuring.as_of)

    def refuse_files(self) -> None:
        """Refuse what a workspace knows and files state.

        Raises
        ------
        UsageError
            If holdings of the last day or transactions are stated.
        """
        if self.holdings_end is not None or self.transactions is not None:
            raise UsageError(
                expected="holdings_end (--holdings-end) and transactions (--transactions) beside files alone",
                found="a workspace, which takes these with `trimtab import`", try_next="leave them out",
            )  # fmt: skip
