"""What was noticed while prices were read: flags for columns, notes in words, and what was set aside.

A reader of prices goes on after a bad cell; this is where it writes the cell down. The list of failures is capped
for each reason, because a file of text where numbers should be would otherwise list every one of its cells;
the rest is counted in a note.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Failure, Reason
from trimtab.market.prices import Flag

__all__ = ["FAILURES_KEPT", "Findings", "Origin"]

#: Failures listed one by one for each reason; the others are counted.
FAILURES_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where rows came from, so that a bad one can be found again.

    Parameters
    ----------
    name
        File name, or the kind of frame.
    lines
        Line number in the file of each row (the first line is 1); None for frames, whose rows count from 0.
    delimiter
        Sign between the fields of a text; None for anything else.
    rows
        Rows of the source, where each stands for several of the table, one after the other for each symbol.
    """

    name: str
    lines: NDArray[np.int64] | None = None
    delimiter: str | None = None
    rows: int | None = None

    def row(self, position: int) -> str:
        """Name one row: the line of a file, or the position in a frame."""
        own = position if self.rows is None else position % self.rows
        number = own if self.lines is None else int(self.lines[position])
        return f"{self.name} row {number}"


@dataclass(slots=True, kw_only=True)
class Findings:
    """A collector that one reading fills and then empties into a price table.

    Examples
    --------
    >>> findings = Findings()
    >>> findings.fail(Reason.NOT_POSITIVE, [4, 9], lambda i: (f"p.csv row {i}", "price 0"))
    >>> findings.flag("ABC", Flag.NOT_POSITIVE)
    >>> [str(f) for f in findings.failures()], findings.flags_of("ABC")[0].value
    (['p.csv row 4: price 0 (not_positive)', 'p.csv row 9: price 0 (not_positive)'], 'not_positive')
    """

    _failures: list[Failure] = field(default_factory=list)
    _count: Counter[Reason] = field(default_factory=Counter)
    _flags: dict[str, set[Flag]] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)

    def fail(
        self, reason: Reason, positions: Iterable[int] | NDArray[np.intp], describe: Callable[[int], tuple[str, str]]
    ) -> None:
        """Set things aside: `describe` gives (where, detail) for a position and is called only for those listed."""
        for position in positions:
            if self._count[reason] < FAILURES_KEPT:
                where, detail = describe(int(position))
                self._failures.append(Failure(where=where, reason=reason, detail=detail))
            self._count[reason] += 1

    def flag(self, symbol: str, flag: Flag) -> None:
        """Attach a flag to a column."""
        self._flags.setdefault(symbol, set()).add(flag)

    def flag_all(self, symbols: Iterable[str], flag: Flag) -> None:
        """Attach a flag to several columns."""
        for symbol in symbols:
            self.flag(symbol, flag)

    def note(self, text: str) -> None:
        """Say something about the whole table, once."""
        if text not in self._notes:
            self._notes.append(text)

    def flags_of(self, symbol: str) -> tuple[Flag, ...]:
        """Give the flags of a column, in the order in which `Flag` lists them."""
        mine = self._flags.get(symbol, set())
        return tuple(flag for flag in Flag if flag in mine)

    def failures(self) -> tuple[Failure, ...]:
        """Give the failures listed."""
        return tuple(self._failures)

    def notes(self) -> tuple[str, ...]:
        """Give the notes, with a count of the failures that were not listed."""
        more = [
            f"{count - FAILURES_KEPT:,} more cells were set aside as {reason.value} than are listed"
            for reason, count in self._count.items()
            if count > FAILURES_KEPT
        ]
        return (*self._notes, *more)
