"""`trimtab plan --ways`: from texts to a comparison, and from the comparison to files and a screen."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.errors import InputError, StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.hedge.options.records import Aim
    from trimtab.hedge.ways.records import Ways

__all__ = [
    "AimOption", "DividendYield", "Floor", "Horizon", "MaxMargin", "Mix", "OptionChainFile", "OptionDays",
    "OptionExpiry", "OptionOn", "OptionSkew", "OptionVol", "Sheet", "Tickets", "WaysOption", "exit_code", "parse_aim",
    "parse_ways", "write_ways",
]  # fmt: skip

WaysOption = Annotated[
    str | None,
    typer.Option("--ways", help="Compare ways: futures,reallocate,options, or single strategies such as collar."),
]
AimOption = Annotated[
    str | None, typer.Option("--aim", help="With --ways: trade to the edge of the band, the default, or to the target.")
]
OptionVol = Annotated[float | None, typer.Option("--option-vol", help="Volatility that options are priced at (0.2).")]
OptionSkew = Annotated[
    float, typer.Option("--option-skew", help="Change of that volatility per unit of ln(strike / price), such as -0.3.")
]
OptionOn = Annotated[
    str | None,
    typer.Option("--option-on", help="What options are on: the benchmark by default; needed with --option-chain."),
]
OptionDays = Annotated[int, typer.Option("--option-days", help="Least days to the expiry of options.")]
OptionChainFile = Annotated[
    str | None, typer.Option("--option-chain", help="CSV of quotes: right, strike, bid, ask; instead of a volatility.")
]
OptionExpiry = Annotated[str | None, typer.Option("--option-expiry", help="Expiry of the chain, YYYY-MM-DD.")]
Floor = Annotated[float | None, typer.Option("--floor", help="Money that protective puts should hold at expiry.")]
DividendYield = Annotated[
    list[str] | None,
    typer.Option("--dividend-yield", help="Dividend yield a year of a symbol, such as SPX=0.015; repeatable."),
]
Horizon = Annotated[float, typer.Option("--horizon", help="Years for which a way's yearly cost counts.")]
MaxMargin = Annotated[float | None, typer.Option("--max-margin", help="Most margin that a way may use.")]
Mix = Annotated[bool, typer.Option("--mix/--no-mix", help="Look for a cheaper mix of two ways.")]
Tickets = Annotated[str | None, typer.Option("--tickets", help="Write the marked way's orders as CSV.")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Write its order sheet: HTML if it ends in .html.")]


def parse_aim(text: str) -> "Aim":
    """Read ``edge`` or ``target``.

    Examples
    --------
    >>> parse_aim("edge").value
    'edge'
    """
    from trimtab.hedge.options.records import Aim

    try:
        return Aim(text)
    except ValueError:
        raise InputError(
            expected="--aim edge or --aim target", found=f"{text!r}", try_next="choose one of the two"
        ) from None


def parse_ways(text: str) -> tuple[str, ...]:
    """Read ``futures,reallocate,options``.

    Examples
    --------
    >>> parse_ways("futures, collar")
    ('futures', 'collar')
    """
    from trimtab.desk.ask.ways import find_ways

    return find_ways(tuple(part.strip().replace("-", "_") for part in text.split(",") if part.strip()))


def write_ways(
    ways: "Ways",
    console: "Console",
    *,
    json: bool = False,
    tickets: str | None = None,
    sheet: str | None = None,
) -> str | None:
    """Show a comparison, or give its JSON; and write tickets and an order sheet where asked.

    Parameters
    ----------
    ways
        The comparison.
    console
        Where tables go.
    json
        Give the document as text instead of tables.
    tickets
        Path for the marked way's tickets, CSV.
    sheet
        Path for its order sheet: HTML if the name ends in .html, text otherwise.

    Returns
    -------
    The JSON text, or None.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    from trimtab.report import documents
    from trimtab.report.documents.ways import ways_document
    from trimtab.report.tables.ways import show_ways
    from trimtab.report.tickets import order_sheet, order_sheet_html, tickets_csv

    if tickets is not None:
        _write(tickets, tickets_csv(ways))
    if sheet is not None:
        _write(sheet, order_sheet_html(ways) if sheet.endswith(".html") else order_sheet(ways))
    if json:
        return documents.dumps(ways_document(ways))
    show_ways(ways, console)
    return None


def exit_code(ways: "Ways") -> int:
    """Give the exit code: 0 if a way is marked, 4 if the verdict is undecided, 5 if none satisfies the mandate."""
    if ways.cheapest is not None:
        return 0
    return 4 if ways.verdict.status.value == "undecided" else 5


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            expected=f"to write {path}", found=str(error.strerror or error), try_next="choose another path"
        ) from error
