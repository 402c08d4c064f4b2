"""Taking facts in: what a file would add to what is known, before anything is kept.

Everything here compares rows that were read with facts that are known, and says what is new, what is known already,
and what corrects a known fact. Nothing is written: whoever asked keeps the facts of a preview, or does not.

Two rules hold for every kind of file:

* A row that says what is known already adds nothing, whatever its file is called and wherever it stands in it.
* A row that says what was known once and has been corrected since adds nothing either: an old file that comes again
  does not undo a correction. Only `restate` says that the older statement is right after all.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from trimtab.desk.books.journal import Fact
from trimtab.errors import Failure, TrimtabError

__all__ = [
    "CORRECTIONS_LISTED", "Correction", "Imported", "Kind", "Outcome", "Preview", "Records", "fingerprint",
    "format_fact",
]  # fmt: skip

#: Corrections listed one by one in a preview; the others are counted.
CORRECTIONS_LISTED = 100


class Kind(StrEnum):
    """What a file holds."""

    PRICES = "prices"
    HOLDINGS = "holdings"
    TRANSACTIONS = "transactions"
    ACTIONS = "actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The rows of a small table as texts, under the names that trimtab uses.

    Parameters
    ----------
    name
        The file, for messages.
    rows
        For each row its cells by name; empty cells are left out. Decimals stand as they were written, with a point.
    lines
        The line of each row in the file.
    columns
        (header in the file, name it was read as), in the order of the file; an empty name: not read.
    notes
        What was decided while reading, in words.
    """

    name: str
    rows: tuple[Mapping[str, str], ...]
    lines: tuple[int, ...]
    columns: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A known fact and what is now said in its place."""

    where: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What importing a file would do.

    Parameters
    ----------
    kind
        What the file was taken for.
    name
        The file.
    new, same, corrected, aside
        Rows that say something new; that are known already; that correct a known fact; that were set aside.
    corrections
        The first of the corrections.
    failures
        What was set aside, with its reason.
    columns
        (header, what it was read as).
    head
        The first rows as they were read, a header line first.
    notes
        What was decided, in words.
    doubts
        Why a person should look before this is kept, even where the format is known; empty if nothing is odd.
    facts
        What is to be written down (for prices: nothing here, see `trimtab.desk.books.intake_prices.PriceChange`).
    """

    kind: Kind
    name: str
    new: int
    same: int
    corrected: int
    aside: int = 0
    corrections: tuple[Correction, ...] = ()
    failures: tuple[Failure, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    head: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = field(default=(), repr=False)


class Outcome(StrEnum):
    """What became of a file."""

    KEPT = "kept"  # its new rows and corrections were written down
    NOTHING_NEW = "nothing_new"  # it says nothing that was not known
    SHOWN = "shown"  # a dry run was asked for
    NEW_FORMAT = "new_format"  # not kept: its format was not seen before and was not accepted
    DOUBTFUL = "doubtful"  # not kept: something about it is odd, and it was not accepted
    FAILED = "failed"  # it could not be read, or contradicts what is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one file.

    Parameters
    ----------
    source
        Its path.
    outcome
        What became of it.
    preview
        What it says against what is known; None if it could not be read.
    portfolio
        Whose holdings or transactions they are; None for prices and actions.
    entries
        Numbers of the journal entries written.
    error
        Why it failed; None if it did not.
    """

    source: str
    outcome: Outcome
    preview: Preview | None = None
    portfolio: str | None = None
    entries: tuple[int, ...] = ()
    error: TrimtabError | None = None


def fingerprint(kind: Kind, *, columns: Sequence[str], source: str, read_as: Sequence[str] = ()) -> str:
    """Name a format: the same columns from the same source, read in the same way, have the same name.

    Parameters
    ----------
    kind
        What the file holds.
    columns
        Its column names; for a wide table of prices the date column alone, because its other columns are symbols.
    source
        The label its user gave to where it comes from; may be empty.
    read_as
        Choices that the cells decided: the order of day and month, the decimal sign, the field of the price.

    Examples
    --------
    >>> one = fingerprint(Kind.HOLDINGS, columns=["symbol", "quantity"], source="broker")
    >>> one == fingerprint(Kind.HOLDINGS, columns=["quantity", "symbol"], source="broker")
    True
    >>> one == fingerprint(Kind.HOLDINGS, columns=["symbol", "quantity"], source="custodian")
    False
    """
    headline = [kind.value, sorted(columns), source, sorted(read_as)]
    return hashlib.sha256(json.dumps(headline).encode()).hexdigest()[:16]


def format_fact(name: str, kind: Kind, columns: Sequence[str], source: str) -> Fact:
    """Give the fact that a format was looked at and accepted.

    Examples
    --------
    >>> format_fact("0f", Kind.PRICES, ["date"], "").kind
    'format'
    """
    return Fact(kind="format", subject=name, body={"kind": kind.value, "columns": list(columns), "source": source})
