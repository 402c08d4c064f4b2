"""Many accounts: each held against its own mandate, out of files that need not fit in memory."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from trimtab.desk.questions.fields import check, needed, option, part
from trimtab.desk.questions.groups.files import Files
from trimtab.desk.questions.groups.instruments import Instruments
from trimtab.desk.questions.groups.measuring import Measuring
from trimtab.desk.questions.values import Choice, Names, Switch, Text, Whole

if TYPE_CHECKING:
    from trimtab.desk.questions.groups.files import KeptFile, PathLike

__all__ = ["EXECUTORS", "ExecutorName", "FleetQuestion"]

#: Where the chunks of a run are worked.
ExecutorName = Literal["inline", "processes"]
EXECUTORS: Choice[ExecutorName] = Choice("inline", "processes")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetQuestion:
    """Hold many accounts against their mandates.

    Parameters
    ----------
    positions
        Parquet file, or a folder of such files, each a chunk: sorted by account, with account, symbol and quantity, and
        further columns as in a holdings file. No account may stand in two files.
    mandates
        File (CSV or Parquet) of account, benchmark, target and band; confidence and base where they are not 0.5 and
        the base currency of the question.
    prices
        Files of prices; several are joined.
    out
        New folder of what comes out.
    hedge
        One to four contracts or funds that an account outside its mandate may trade.
    executor
        "inline" in this process, or "processes" beside it.
    workers
        How many processes; None takes one for each processor.
    resume
        Go on with a run that was cut off: what it finished is kept.
    measuring, instruments
        How betas are measured, and what is known of instruments.

    Examples
    --------
    >>> FleetQuestion(positions="positions", mandates="m.csv", prices="prices.csv", out="checks", hedge="ES,MES").hedge
    ('ES', 'MES')
    """

    ask: ClassVar[str] = "fleet"

    positions: "str | PathLike" = needed(
        Text("POSITIONS", "a Parquet file or a folder of them", "positions"),
        "Parquet file or folder: account, symbol, quantity, sorted by account.", place=True,
    )  # fmt: skip
    mandates: "str | PathLike" = needed(
        Text("FILE", "a file of mandates", "mandates.csv"), "Mandates: account, benchmark, target, band."
    )
    prices: "tuple[str | KeptFile, ...] | str | PathLike" = needed(
        Files("prices.csv"), "Price file (CSV, Parquet); may be given more than once."
    )
    out: "str | PathLike" = needed(Text("FOLDER", "a new folder", "checks"), "New folder of what comes out.")
    hedge: tuple[str, ...] = option(
        Names("NAME,...", "contracts or funds separated by commas", "ES,MES"),
        "What accounts outside may trade: one to four contracts or funds.", default=(),
    )  # fmt: skip
    executor: ExecutorName = option(EXECUTORS, "Where chunks are worked.", default="inline")
    workers: int | None = option(
        Whole("COUNT", least=1, example="4"), "How many processes.", otherwise="one for each processor"
    )
    resume: bool = option(Switch(), "Go on with a run that was cut off.", default=False)
    measuring: Measuring = part(Measuring)
    instruments: Instruments = part(Instruments, only=("contracts", "funds", "funding"))

    def __post_init__(self) -> None:
        check(self)
