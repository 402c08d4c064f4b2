"""What is known of instruments beside their prices: terms of contracts, what funds hold, funding, chains of options."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from trimtab.desk.questions.fields import check, option
from trimtab.desk.questions.groups.files import Files, KeptFile, PathLike, Table
from trimtab.desk.questions.values import Text, Value
from trimtab.errors import InputError, UsageError
from trimtab.model.json import Json
from trimtab.model.stated_beta import StatedBeta, parse_stated_beta

if TYPE_CHECKING:
    from trimtab.model.contract import ContractTable

    #: One file or several; in Python also what was read from them.
    FilesLike: TypeAlias = "str | PathLike | Sequence[str | PathLike | KeptFile]"
    ContractsLike: TypeAlias = "FilesLike | ContractTable"
    FundingLike: TypeAlias = "str | PathLike | KeptFile | Mapping[str, float]"
    FundsLike: TypeAlias = "FilesLike | Mapping[str, Sequence[tuple[str, float]]]"

__all__ = ["Instruments"]


class Tables(Files):
    """Files, or in Python what was read from them."""

    __slots__ = ()

    def take(self, given: "FilesLike") -> "tuple[str | KeptFile, ...]":
        """Leave what is read already as it is."""
        opened = isinstance(given, Mapping) or hasattr(given, "specs")
        return given if opened else super().take(given)  # type: ignore[return-value]

    def write(self, value: "tuple[str | KeptFile, ...]") -> Json:
        """Refuse what is read already."""
        if not isinstance(value, tuple):
            raise ValueError(f"a {type(value).__name__}")  # noqa: TRY004 - one kind of error, whatever is wrong
        return super().write(value)


class Funding(Table):
    """Funding per eight hours by symbol, or a file of rates that were paid."""

    __slots__ = ()
    WORDS = re.compile(r"\s*[^=,]+=[^,=]+(,\s*[^=,]+=[^,=]+)*")

    def __init__(self) -> None:
        expects = "funding per eight hours by symbol (XBTUSD=0.0001), or a file with date, symbol and rate"
        super().__init__("XBTUSD=0.0001", unit="SYMBOL=RATE,...|FILE", expects=expects)

    def is_file(self, given: "str | KeptFile | Mapping[str, float]") -> bool:
        """Tell a path from rates by symbol."""
        return isinstance(given, KeptFile) or (isinstance(given, str) and not self.WORDS.fullmatch(given))

    def write(self, value: "str | KeptFile") -> Json:
        """Write words as they are."""
        return value if isinstance(value, str) else super().write(value)


class StatedBetas(Value[tuple[str, ...]]):
    """Betas and proxies that are stated, each in its one line; the option may be given more than once."""

    __slots__ = ()
    repeats = True

    def __init__(self) -> None:
        super().__init__(
            "ASSET=BETA...", "asset=beta +- error until day: source, or asset=factor*proxy in place of the beta",
            "FUND=0.8 +- 0.1 until 2027-06-30: two years of NAVs",
        )  # fmt: skip

    def read(self, words: Sequence[str]) -> tuple[str, ...]:
        """Read each."""
        return self.take(words)

    def take(self, given: "Sequence[str | StatedBeta]") -> tuple[str, ...]:
        """Refuse what cannot be read; records of Python are written as lines."""
        lines = (given,) if isinstance(given, str) else tuple(given)
        try:
            return tuple(str(parse_stated_beta(str(line))) for line in lines)
        except InputError as error:
            raise UsageError(
                expected=f"stated_betas (--stated-beta): {error.expected}", found=error.found, try_next=error.try_next
            ) from None

    def write(self, value: tuple[str, ...]) -> Json:
        """Write a list."""
        return list(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """What is known of instruments beside their prices.

    Parameters
    ----------
    contracts
        Files of contracts, or of the margin rules of a venue, that add to the bundled ones.
    funds
        Files of what funds hold, to measure them through.
    chain
        File of an option chain: European options take the forward and rate that put-call parity gives.
    funding
        Funding of perpetuals per eight hours: XBTUSD=0.0001, or a file of paid rates (date, symbol, rate).
    mapping
        What the columns of a holdings file are, where it does not say so: ``Stück=quantity,Kurs=price``.
    sheet
        Sheet of the workbook that a holdings file is; None reads all of them.
    stated_betas
        Betas of what has no prices, or proxies for it, each in its one line (`trimtab.model.stated_beta`).

    Examples
    --------
    >>> Instruments(funds="funds.csv").funds
    ('funds.csv',)
    """

    contracts: "ContractsLike | None" = option(
        Tables("contracts.csv"),
        "Contracts, or margin rules of a venue, that add to the bundled ones; repeatable.",
        otherwise="none",
    )
    funds: "FundsLike | None" = option(
        Tables("funds.csv"), "What funds hold (fund, symbol, weight), to look through them; repeatable.",
        otherwise="none",
    )  # fmt: skip
    chain: "str | PathLike | KeptFile | None" = option(
        Table("chain.csv"), "Option chain (underlying, expiry, strike, call, put): forwards by parity.",
        otherwise="none",
    )  # fmt: skip
    funding: "FundingLike | None" = option(
        Funding(), "Funding of perpetuals per eight hours, or a file (date, symbol, rate); longs pay where positive.",
        otherwise="the holdings', or the contract table's",
    )  # fmt: skip
    mapping: str | None = option(
        Text("NAME=MEANING,...", "what columns are", "'Stück=quantity,Kurs=price'"),
        "What columns of the holdings file are, where their names do not say it.", flags=("--map",),
        otherwise="by their names",
    )  # fmt: skip
    sheet: str | None = option(
        Text("NAME", "the name of a sheet", "Positions"), "Sheet of the workbook that the holdings file is.",
        flags=("--sheet-name",), otherwise="all of them",
    )  # fmt: skip

    stated_betas: tuple[str, ...] | None = option(
        StatedBetas(), "Beta of what has no prices, or FACTOR*PROXY, with error, last day and source; repeatable.",
        flags=("--stated-beta",), otherwise="the holdings' and the settings'",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
