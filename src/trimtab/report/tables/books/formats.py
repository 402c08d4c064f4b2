"""Which statements are read, as a table."""

from collections.abc import Sequence

from rich.console import Console

from trimtab.report.tables.sheet import Sheet

__all__ = ["show_formats"]


def show_formats(formats: Sequence[tuple[str, str, str]], console: Console) -> None:
    """Print each format: its name, whose it is, and what it holds.

    Examples
    --------
    >>> import io
    >>> screen = Console(width=60, file=io.StringIO())
    >>> show_formats([("ofx", "OFX and QFX", "positions")], screen)
    >>> "OFX and QFX" in screen.file.getvalue()
    True
    """
    table = Sheet(is_narrow=True)
    for name in ("format", "of", "holds"):
        table.add_column(name)
    for row in formats:
        table.add_row(*row)
    console.print(table)
