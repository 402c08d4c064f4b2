"""Ledger: what happened to an account, fact by fact, and what it did to money, income and net asset value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from trimtab.desk.questions.fields import check, option, part
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.mandate import MandateTerms
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import DayValue, Text

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["LedgerQuestion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuestion:
    """Say what happened to an account between two days, and what it did to money, income, flows and net asset value.

    Parameters
    ----------
    mandate, measuring, instruments
        As of every question; the last day is that of `measuring`.
    start
        First day whose facts are shown; None shows them from the first on.
    symbol
        Only what concerns it: the thing under this name and earlier ones, options on it, or a currency.

    Examples
    --------
    >>> LedgerQuestion(start="2024-01-01", symbol="VOD").symbol
    'VOD'
    """

    ask: ClassVar[str] = "ledger"

    mandate: MandateTerms = part(MandateTerms, only=())
    measuring: Measuring = part(Measuring, only=("as_of",))
    instruments: Instruments = part(Instruments, only=())
    start: "str | dt.date | None" = option(
        DayValue(), "First day whose facts are shown.", flags=("--from",), otherwise="that of the first fact"
    )
    symbol: str | None = option(
        Text("SYMBOL", "a symbol, or the code of a currency", "VOD"),
        "Only what concerns it: under this name or an earlier one, options on it; or a currency.", otherwise="all",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
