"""A report: over which period of an account."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.values import Value
from trimtab.model.json import Json

__all__ = ["PERIODS", "PeriodValue", "ReportQuestion"]

#: Periods with a name.
PERIODS = ("week", "month", "quarter")


class PeriodValue(Value[str]):
    """week, month or quarter up to the last day with prices, or two days as FROM:TO."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(
            "PERIOD", "week, month, quarter, or two days in order as FROM:TO such as 2022-09-30:2022-12-28", "month"
        )

    def read(self, words: Sequence[str]) -> str:
        """Read a name or two days."""
        return self.take(words[-1])

    def take(self, given: str) -> str:
        """Refuse a name that is none, and days that are none or not in order."""
        if given in PERIODS:
            return given
        first, last = (dt.date.fromisoformat(part) for part in given.split(":"))
        if first >= last:
            raise ValueError(given)
        return f"{first.isoformat()}:{last.isoformat()}"

    def write(self, value: str) -> Json:
        """Write it."""
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuestion:
    """Compose what is known of an account into one report.

    Parameters
    ----------
    period
        "week", "month" or "quarter" up to the last day with prices, or two days as ``FROM:TO``.

    Examples
    --------
    >>> ReportQuestion(period="2022-09-30:2022-12-28").period
    '2022-09-30:2022-12-28'
    """

    period: str | None = option(
        PeriodValue(), "week, month or quarter up to the last day with prices, or FROM:TO.",
        otherwise="the workspace's, or week",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
