"""What can go wrong, in one tree, and why a value is missing.

    TrimtabError
    ├── InputError              what was given cannot be used                     exit 1
    │   ├── FileFormatError     a file or frame cannot be read as what it should be
    │   ├── UnknownSymbolError  a name is not in the data
    │   └── UsageError          the question itself is asked wrongly              exit 2
    ├── NotEnoughDataError      the data cannot support the answer asked for      exit 4
    ├── InfeasibleError         no plan satisfies every limit                     exit 5
    ├── MissingExtraError       an optional part is not installed                 exit 1
    ├── DefectError             the program broke: its fault, not that of what was given   exit 1
    ├── ServiceError            a service did not answer as it should             exit 69
    └── StorageError            a file could not be read or written               exit 74

Every error says three things: what was expected, what was found and where, and what to try next.
A single bad row is not an error: it becomes a `Failure` beside the good rows. A value that cannot be
given carries a `Reason` in its place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

__all__ = [
    "DefectError",
    "Failure",
    "FileFormatError",
    "InfeasibleError",
    "InputError",
    "MissingExtraError",
    "NotEnoughDataError",
    "Reason",
    "ServiceError",
    "StorageError",
    "TrimtabError",
    "UnknownSymbolError",
    "UsageError",
    "printable",
]

#: What moves a cursor, colours a screen or turns the order of writing: control characters but for the ends of lines,
#: marks of direction, separators of lines and paragraphs, and halves of surrogate pairs, which no stream can write.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Write out what a terminal would obey instead of show; every other sign stays as it is.

    Names of files, accounts and columns, and the cells of a file, are somebody else's: shown as they are, they could
    hide a line or pretend another.

    Examples
    --------
    >>> print(printable("a\x1b[31mb.csv"))
    a\x1b[31mb.csv
    >>> printable("Zürich, 1\xa0000 €") == "Zürich, 1\xa0000 €"
    True
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), text)


class TrimtabError(Exception):
    """Base of every error that trimtab raises on purpose.

    Parameters
    ----------
    expected
        What would have been right.
    found
        What was there instead, and where (file, row, symbol, date).
    try_next
        What the user can do about it.

    Examples
    --------
    >>> print(InputError(expected="a positive price", found="-3 for ABC in row 7", try_next="correct row 7"))
    Expected: a positive price
    Found: -3 for ABC in row 7
    Try: correct row 7
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, *, expected: str, found: str, try_next: str) -> None:
        self.expected = printable(expected)
        self.found = printable(found)
        self.try_next = printable(try_next)
        super().__init__(str(self))

    def __str__(self) -> str:
        """Give the three parts, a line each."""
        return f"Expected: {self.expected}\nFound: {self.found}\nTry: {self.try_next}"

    def call(self, names: Mapping[str, str]) -> None:
        """Put the names that a person knows in the place of others, longer ones first.

        Parameters
        ----------
        names
            Name in the words so far -> name to be shown.

        Examples
        --------
        >>> error = InputError(expected="a rate", found="'x' in 3f2a.csv", try_next="correct it")
        >>> error.call({"3f2a.csv": "rates.csv"})
        >>> error.found
        "'x' in rates.csv"
        """
        for name in sorted(names, key=len, reverse=True):
            shown = printable(names[name])
            self.expected = self.expected.replace(name, shown)
            self.found = self.found.replace(name, shown)
            self.try_next = self.try_next.replace(name, shown)

    def __reduce__(self) -> tuple[object, ...]:
        """Rebuild from the three parts, so that errors cross process borders."""
        return (_rebuild, (type(self), self.expected, self.found, self.try_next))


def _rebuild(kind: type[TrimtabError], expected: str, found: str, try_next: str) -> TrimtabError:
    return kind(expected=expected, found=found, try_next=try_next)


class InputError(TrimtabError, ValueError):
    """What was given cannot be used."""


class FileFormatError(InputError):
    """A file or frame cannot be read as what it should be."""


class UsageError(InputError):
    """The question itself is asked wrongly: an option or argument cannot be used, whatever the data."""

    exit_code = 2


class UnknownSymbolError(InputError):
    """A symbol, contract or method is not known."""


class NotEnoughDataError(TrimtabError):
    """The data cannot support the answer asked for."""

    exit_code: ClassVar[int] = 4


class InfeasibleError(TrimtabError):
    """No plan satisfies every limit."""

    exit_code: ClassVar[int] = 5


class MissingExtraError(TrimtabError, ImportError):
    """An optional part is not installed."""


class DefectError(TrimtabError):
    """The program broke where it should have answered: its own fault.

    Parameters
    ----------
    expected, found, try_next
        As of every error.
    report
        The file that tells how it came about; None if none could be written.
    """

    def __init__(self, *, expected: str, found: str, try_next: str, report: str | None = None) -> None:
        super().__init__(expected=expected, found=found, try_next=try_next)
        self.report = report


class ServiceError(TrimtabError):
    """A service elsewhere did not answer, or not as it should.

    Parameters
    ----------
    expected, found, try_next
        As of every error.
    wait
        Seconds that the service asks to be left alone for; None if it does not say.
    """

    exit_code: ClassVar[int] = 69

    def __init__(self, *, expected: str, found: str, try_next: str, wait: float | None = None) -> None:
        super().__init__(expected=expected, found=found, try_next=try_next)
        self.wait = wait


class StorageError(TrimtabError, OSError):
    """A file could not be read or written."""

    exit_code: ClassVar[int] = 74


class Reason(StrEnum):
    """Why a value is missing, a row was set aside, or an estimate was refused."""

    ABSENT = "absent"  # listed, but no price on this date (holiday or no trade)
    NOT_LISTED = "not_listed"  # before the first or after the last price
    NOT_FINITE = "not_finite"  # infinite
    NOT_POSITIVE = "not_positive"  # zero or negative
    UNPARSABLE = "unparsable"  # not a number, or not a date
    MALFORMED_ROW = "malformed_row"  # wrong number of fields, or a required field is empty
    CONFLICT = "conflict"  # two different prices for one symbol and date
    BAD_PRINT = "bad_print"  # a jump that was taken back by the next price
    UNCONFIRMED_JUMP = "unconfirmed_jump"  # a jump waiting for the next price to confirm it
    SPLIT_SUSPECTED = "split_suspected"  # a jump by a simple ratio that stayed: an unadjusted split?
    STALE = "stale"  # unchanged for so long that no trade can be assumed
    GAP = "gap"  # too long between two prices to count as one return
    NO_RATE = "no_rate"  # no exchange rate into the base currency
    TOO_FEW_PAIRS = "too_few_pairs"
    STAMPS_UNCLEAR = "stamps_unclear"  # weekly or monthly prices whose stamps may mean several sessions
    NO_BENCHMARK_VARIANCE = "no_benchmark_variance"
    UNKNOWN_INSTRUMENT = "unknown_instrument"
    NO_PRICE = "no_price"
    NO_BETA = "no_beta"
    STATED_EXPIRED = "stated_expired"  # a beta was stated, until a day before this one
    UNSUPPORTED_KIND = "unsupported_kind"
    EXPIRED = "expired"
    NO_UNDERLYING = "no_underlying"  # an option with a price, and none of what it is written on: its delta is open
    NO_VOLATILITY = "no_volatility"  # an option with neither a price, a quote, a volatility nor a delta
    BELOW_INTRINSIC = "below_intrinsic"  # an option quoted at or below what exercise is worth
    ABOVE_BOUND = "above_bound"  # an option quoted above what it can be worth
    CROSSED_QUOTE = "crossed_quote"  # bid above ask
    ONE_SIDED_QUOTE = "one_sided_quote"  # a bid without an ask: the value has no upper end
    CARRY_CONFLICT = "carry_conflict"  # forward, rate, yield and dividends contradict one another
    MODEL_UNDEFINED = "model_undefined"  # terms for which the pricing model has no value


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that was set aside while the rest went on.

    Parameters
    ----------
    where
        File, row, symbol or date: enough to find it again.
    reason
        The machine-readable reason.
    detail
        What was found, in words.
    """

    where: str
    reason: Reason
    detail: str

    def __str__(self) -> str:
        """Return the failure as one line."""
        return printable(f"{self.where}: {self.detail} ({self.reason.value})")
