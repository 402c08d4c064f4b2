"""What commands that are no questions are told: one record for each thing they share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.desk.questions.fields import check, needed, option
from trimtab.desk.questions.groups.files import Files
from trimtab.desk.questions.groups.source import Source
from trimtab.desk.questions.values import BenchmarkName, DayValue, Names, Number, Switch, Text, Whole
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from trimtab.desk.questions.groups.files import KeptFile
    from trimtab.report.tables.depth import Depth

__all__ = [
    "ACCOUNT",
    "PLACE",
    "Accounts",
    "Decision",
    "Found",
    "ImportFiles",
    "Listed",
    "NewWorkspace",
    "Reading",
    "Services",
    "Shown",
    "folder_of",
]

#: What of a source counts: the workspace alone, or one account of it.
PLACE = ("workspace",)
ACCOUNT = ("workspace", "account")


def folder_of(source: Source) -> "Path":
    """Find the workspace that is meant, in the words of a command that takes no files."""
    from pathlib import Path  # noqa: PLC0415

    from trimtab.config.find import find_workspace  # noqa: PLC0415 - keeps start-up short

    return find_workspace(None if source.workspace is None else Path(str(source.workspace)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Of how many accounts."""

    all: bool = option(
        Switch(), "Every account of the workspace, or those of -p NAME,NAME; worst first.", default=False
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How much of an answer is shown.

    Parameters
    ----------
    top
        How many rows of each table that ranks.
    full
        All tables and notes.
    """

    top: int | None = option(
        Whole("COUNT", least=1, example="10"), "Rows of each table shown.", otherwise="5, and all with --full"
    )
    full: bool = option(Switch(), "Every table and note.", default=False)

    def __post_init__(self) -> None:
        check(self)

    def depth(self, *, folded: bool = True) -> "Depth":
        """Say it in the words of the tables; with nothing folded away the full form is shown unasked."""
        from trimtab.report.tables.depth import Depth  # noqa: PLC0415 - keeps start-up short

        return Depth(top=self.top, full=self.full or not folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A run by its number."""

    number: int = needed(Whole("NUMBER", least=1, example="12"), "Number of the run (see: trimtab runs).", place=True)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision on a plan."""

    number: int = needed(
        Whole("NUMBER", least=1, example="12"), "Number of the plan's run (see: trimtab runs).", place=True
    )
    decision: str = needed(
        Text("DECISION", "accepted, rejected or done", "accepted"), "accepted, rejected or done.", place=True
    )
    by: str = needed(Text("NAME", "who decided", "committee"), "Who decided.")
    note: str | None = option(Text("TEXT", "words", "on Monday"), "Why.", otherwise="none")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Which runs are listed."""

    command: str | None = option(
        Text("COMMAND", "a command", "review"), "Only of this command: review, plan, ways.", otherwise="all"
    )
    limit: int = option(Whole("COUNT", least=1, example="20"), "How many, newest first.", default=20)
    show: int | None = option(
        Whole("NUMBER", least=1, example="12"), "Print the answer of this run as it was given.", otherwise="a list"
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWorkspace:
    """A workspace that is made."""

    folder: str = needed(Text("FOLDER", "a folder", "desk"), "Folder of the new workspace.", place=True)
    sample: bool = option(Switch(), "Set it for the bundled sample, with its prices and holdings.", default=False)
    benchmark: str | None = option(
        BenchmarkName(), "Symbol of the benchmark in the prices, or a blend: '0.6*SPX + 0.4*AGG'.",
        flags=("--benchmark", "-b"), otherwise="none",
    )  # fmt: skip
    base: str = option(Text("CURRENCY", "the code of a currency", "USD"), "Base currency.", default="USD")
    target: float | None = option(Number("BETA", example="1.0"), "Beta the mandate asks for.", otherwise="1")
    band: float | None = option(
        Number("BETA", least=0, example="0.05"), "Half-width of the band around the target.", otherwise="0.05"
    )

    def __post_init__(self) -> None:
        check(self)
        if self.benchmark is None and not self.sample and not (self.target is None and self.band is None):
            raise UsageError(
                expected="benchmark (--benchmark) together with target (--target) and band (--band)", found="none",
                try_next="give for example SPX",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFiles:
    """Files that are taken into a workspace, and what is said of them."""

    files: "tuple[str | KeptFile, ...]" = needed(
        Files("prices.csv"), "Files, folders of them, or - for standard input.", place=True
    )
    kind: str | None = option(
        Text("KIND", "prices, holdings, transactions or actions", "prices"),
        "prices, holdings, transactions or actions.", otherwise="by the columns",
    )  # fmt: skip
    as_of: str | None = option(DayValue(), "Day of holdings that do not say it, YYYY-MM-DD.", otherwise="as they say")
    base: str | None = option(
        Text("CURRENCY", "the code of a currency", "USD"), "Base currency of holdings.", otherwise="the account's"
    )
    source: str | None = option(
        Text("NAME", "a name", "broker"), "Where the files come from; formats are remembered for each source.",
        otherwise="none",
    )  # fmt: skip
    yes: bool = option(
        Switch(), "Keep it, also if the format is new or something is odd.", flags=("--yes", "-y"), default=False
    )
    dry_run: bool = option(Switch(), "Show what would be kept, and keep nothing.", default=False)
    restate: bool = option(Switch(), "This file is right, even where it was corrected since.", default=False)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Services that are asked, and what becomes of their answers."""

    names: tuple[str, ...] = option(
        Names("NAME", "names of services", "coins"),
        "Services of [fetch.NAME] in trimtab.toml, with commas between them; every one if left out.", place=True,
        default=(),
    )  # fmt: skip
    yes: bool = option(
        Switch(), "Keep it, also if the format is new, history has changed or something is odd.",
        flags=("--yes", "-y"), default=False,
    )  # fmt: skip
    dry_run: bool = option(Switch(), "Show what would be kept, and keep nothing.", default=False)
    restate: bool = option(Switch(), "The service is right, even where it was corrected since.", default=False)
    again: bool = option(Switch(), "Ask, however fresh the last answer is.", default=False)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How imported files are read where they do not say it."""

    symbol: str | None = option(
        Text("SYMBOL", "a symbol", "AAPL"), "Symbol of a price history that has none.", otherwise="as it says"
    )
    adjusted: bool = option(Switch(), "Prices are adjusted, though no header says so.", default=False)
    currency: str | None = option(
        Text("CURRENCY", "the code of a currency", "USD"), "Currency of prices that do not say it.",
        otherwise="as they say",
    )  # fmt: skip
    date_format: str | None = option(
        Text("FORMAT", "a form of dates", "DD/MM/YYYY"), "Such as DD/MM/YYYY.", otherwise="by the dates"
    )
    decimal: str | None = option(
        Text("SIGN", "a decimal sign: . or ,", ","), "Decimal sign, a point or a comma.", otherwise="by the numbers"
    )
    delimiter: str | None = option(
        Text("SIGN", "a sign between fields", ";"), "Sign between fields.", otherwise="by the lines"
    )
    keep_rest: bool = option(
        Switch(), "Keep the transactions that are right where rows of the file are not; these are named.", default=False
    )
    mapping: str | None = option(
        Text("NAME=MEANING,...", "what columns are", "'Stück=quantity,Kurs=price'"),
        "What columns are, where their names do not say it; remembered for files with this header.", flags=("--map",),
        otherwise="by their names, or as said before",
    )  # fmt: skip
    sheet: str | None = option(
        Text("NAME", "the name of a sheet", "Positions"), "Sheet of a workbook.", flags=("--sheet-name",),
        otherwise="all of them",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
