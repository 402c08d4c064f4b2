"""How much of an answer a terminal shows: what is asked first, or all of it."""

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from trimtab.errors import Failure
from trimtab.report.tables.parts import counted_remarks, remarks

__all__ = ["EVERYTHING", "FIRST_ROWS", "Depth"]

#: How many rows a table of a short form has.
FIRST_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much is shown.

    Parameters
    ----------
    top
        Rows of each table that ranks; None leaves it to `full`.
    full
        Every table and note; else the short form, whose notes are counted and which ends with the next step.

    Examples
    --------
    >>> Depth(full=False).rows, Depth(full=False, top=9).rows, Depth().rows
    (5, 9, None)
    """

    top: int | None = None
    full: bool = True

    @property
    def rows(self) -> int | None:
        """How many rows; None is all."""
        if self.top is not None:
            return self.top
        return None if self.full else FIRST_ROWS

    def end(
        self, console: Console, notes: tuple[str, ...], failures: tuple[Failure, ...] = (), *, next_step: str
    ) -> None:
        """Print notes and what was set aside: listed in the full form; counted in the short one, with the next step."""
        if self.full:
            remarks(console, notes, failures)
            return
        counted_remarks(console, notes, failures)
        console.print(Text.assemble(("Next: ", "bold"), next_step))


EVERYTHING = Depth()
