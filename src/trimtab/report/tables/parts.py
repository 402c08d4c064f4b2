"""How tables begin, and what stands under them."""

from rich.console import Console

from trimtab.errors import Failure
from trimtab.report.tables.sheet import Sheet
from trimtab.report.text.note_kinds import counted_kinds

__all__ = ["counted_remarks", "remarks", "titled"]

_MOST_FAILURES = 8


def titled(title: str, columns: tuple[str, ...], *, left: tuple[int, ...] = (0,), keys: int = 1) -> Sheet:
    """Begin a table: a bold title, columns to the right but for those named.

    Parameters
    ----------
    title, columns
        What stands above it, and above each column.
    left
        Places of the columns that stand to the left.
    keys
        How many columns say what a row is of.
    """
    table = Sheet(title, keys=keys)
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i in left else "right")
    return table


def remarks(console: Console, notes: tuple[str, ...], failures: tuple[Failure, ...]) -> None:
    """Print what was decided on the way, and the first of what was set aside."""
    for note in notes:
        console.print(f"note: {note}", style="dim", highlight=False)
    if failures:
        console.print(f"Set aside: {len(failures)} row(s) or cell(s)", style="yellow")
        for failure in failures[:_MOST_FAILURES]:
            console.print(f"  {failure}", style="yellow", highlight=False)
        if len(failures) > _MOST_FAILURES:
            console.print(f"  ... and {len(failures) - _MOST_FAILURES} more (--json lists up to 200)", style="yellow")


def counted_remarks(console: Console, notes: tuple[str, ...], failures: tuple[Failure, ...]) -> None:
    """Say how many notes there are on what, how many rows were set aside for which reason, and how to see them."""
    counts: dict[str, int] = {}
    for failure in failures:
        reason = f"set aside as {failure.reason.value.replace('_', ' ')}"
        counts[reason] = counts.get(reason, 0) + 1
    words = "; ".join(filter(None, (counted_kinds(notes), *(f"{count} {what}" for what, count in counts.items()))))
    if words:
        console.print(f"{words} (--full lists them)", style="yellow" if failures else "dim", highlight=False)
