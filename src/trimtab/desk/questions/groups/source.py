"""Of what a question is asked: files that are named, or a workspace as it is or was known."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.files import Files, KeptFile
from trimtab.desk.questions.values import Text
from trimtab.errors import UsageError

if TYPE_CHECKING:
    from trimtab.desk.questions.groups.files import PathLike

__all__ = ["PRICES_ALONE", "Source"]

#: What counts for a question that needs no holdings, of files or of a workspace.
PRICES_ALONE = ("prices", "workspace", "account", "known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Files, or a workspace as it is or was known.

    Parameters
    ----------
    prices
        Files of prices; several are joined.
    holdings
        File of holdings, or a line such as ``100 AAPL, 5000 USD``.
    workspace
        Folder of the workspace, in place of files; None takes the nearest above the current folder.
    account
        Account (a portfolio of the workspace's settings); None takes the default.
    known
        As it was known then: a UTC time, a day, or a journal number.

    Examples
    --------
    >>> Source(prices=("prices.csv",), holdings="100 AAPL, 5000 USD").of_files
    True
    """

    prices: "tuple[str | KeptFile, ...] | str | PathLike | None" = option(
        Files("prices.csv"), "Price file (CSV, Parquet); may be given more than once.", otherwise="the workspace's"
    )
    holdings: str | None = option(
        Text("FILE|LINE", "a file of holdings, or a line of them", "'100 AAPL, 5000 USD'"),
        "Holdings file, or a line such as '100 AAPL, -2 ESZ26, 5000 USD'.", otherwise="the workspace's",
    )  # fmt: skip
    workspace: "str | PathLike | None" = option(
        Text("FOLDER", "the folder of a workspace", "desk"), "Workspace to ask, in place of files.",
        flags=("--workspace", "-w"), otherwise="TRIMTAB_WORKSPACE, or the nearest above this folder",
    )  # fmt: skip
    account: str | None = option(
        Text("NAME", "the name of an account of the workspace", "growth"), "Account (portfolio) of the workspace.",
        flags=("--portfolio", "-p"), otherwise="its default",
    )  # fmt: skip
    known: str | None = option(
        Text("MOMENT", "a UTC time, a day, or a journal number", "2022-07-01"),
        "As the workspace knew it then: a UTC time, a day, or a journal number.", otherwise="now",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        if self.prices and (self.account is not None or self.known is not None):
            raise UsageError(
                expected="files, or a workspace with account (--portfolio) and known (--known)", found="both",
                try_next="leave the files out, or the account and the moment",
            )  # fmt: skip

    def book(self) -> str:
        """Give the holdings beside the files of prices.

        Raises
        ------
        UsageError
            If only one of the two is there.
        """
        if self.holdings is None:
            raise UsageError(
                expected="holdings (--holdings) beside the prices: a file, or a line of them", found="none",
                try_next="give for example '100 AAPL, 5000 USD'",
            )  # fmt: skip
        if not self.prices:
            raise UsageError(
                expected="prices (--prices) of what is held and of the benchmark", found="none",
                try_next="give for example prices.csv",
            )  # fmt: skip
        return self.holdings

    @property
    def files(self) -> "tuple[str | KeptFile, ...]":
        """The files of prices; none for a workspace."""
        return self.prices if isinstance(self.prices, tuple) else ()

    @property
    def of_files(self) -> bool:
        """Whether files are named."""
        return bool(self.prices) or self.holdings is not None
