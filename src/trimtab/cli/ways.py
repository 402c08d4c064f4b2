"""`trimtab plan --ways`: from texts to a comparison, and from the comparison to files and a screen."""

# ruff: noqa: PLC0415 - imports inside functions keep start-up short; a test holds it
import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trimtab.errors import InputError, StorageError

if TYPE_CHECKING:
    from rich.console import Console

    from trimtab.desk.ways import OptionTerms
    from trimtab.hedge.options_way_chain import OptionChain
    from trimtab.hedge.options_way_plan import Aim
    from trimtab.hedge.ways import Ways

__all__ = [
    "AimOption", "Floor", "Horizon", "MaxMargin", "Mix", "OptionChainFile", "OptionDays", "OptionExpiry", "OptionOn",
    "OptionSkew", "OptionVol", "Sheet", "Tickets", "WaysOption", "exit_code", "parse_aim", "parse_ways",
    "read_option_terms", "write_ways",
]  # fmt: skip

WaysOption = Annotated[
    str | None,
    typer.Option("--ways", help="Compare ways: futures,reallocate,options, or single strategies such as collar."),
]
AimOption = Annotated[str, typer.Option("--aim", help="Trade to the edge of the band, or to the target.")]
OptionVol = Annotated[float | None, typer.Option("--option-vol", help="Volatility that options are priced at (0.2).")]
OptionSkew = Annotated[
    float, typer.Option("--option-skew", help="Change of that volatility per unit of ln(strike / price), such as -0.3.")
]
OptionOn = Annotated[str | None, typer.Option("--option-on", help="What options are on; the benchmark by default.")]
OptionDays = Annotated[int, typer.Option("--option-days", help="Least days to the expiry of options.")]
OptionChainFile = Annotated[
    str | None, typer.Option("--option-chain", help="CSV of quotes: right, strike, bid, ask; instead of a volatility.")
]
OptionExpiry = Annotated[str | None, typer.Option("--option-expiry", help="Expiry of the chain, YYYY-MM-DD.")]
Floor = Annotated[float | None, typer.Option("--floor", help="Money that protective puts should hold at expiry.")]
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
    from trimtab.hedge.options_way_plan import Aim

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
    from trimtab.desk.ways import find_ways

    return find_ways(tuple(part.strip().replace("-", "_") for part in text.split(",") if part.strip()))


def read_option_terms(
    *,
    chain: str | None = None,
    expiry: str | None = None,
    vol: float | None = None,
    skew: float = 0.0,
    on: str | None = None,
    currency: str = "USD",
    days: int = 60,
    floor: float | None = None,
    rate: float = 0.0,
    dividend_yield: float = 0.0,
) -> "OptionTerms":
    """Make the terms of options from what was said: a file of quotes, or a volatility.

    Parameters
    ----------
    chain, expiry, on, currency
        CSV with the columns right, strike, bid, ask; last day of its options (YYYY-MM-DD); what they are on (needed).
    vol, skew, days
        Stated volatility, its skew, and the least days to expiry, used without a chain.
    floor
        Money that protective puts should hold.
    rate, dividend_yield
        Of the chain, per year.
    """
    from trimtab.desk.ways import OptionTerms
    from trimtab.hedge.options_way_chain import StatedVolatility
    from trimtab.hedge.options_way_plan import OptionRequest, Strategy

    return OptionTerms(
        chain=None if chain is None else _read_chain(chain, expiry, on, currency, rate, dividend_yield),
        volatility=None if vol is None else StatedVolatility(vol=vol, skew=skew),
        underlying=on,
        expiry_days=days,
        request=OptionRequest(strategy=Strategy.PROTECTIVE_PUT, floor=floor),
    )


def _read_chain(
    path: str, expiry: str | None, on: str | None, currency: str, rate: float, dividend_yield: float
) -> "OptionChain":
    from trimtab.hedge.options_way_chain import OptionChain, quotes_from_rows

    try:
        last = dt.date.fromisoformat(expiry or "")
    except ValueError:
        last = None
    if last is None or on is None:
        raise InputError(
            expected="with a chain of options its expiry (YYYY-MM-DD) and what the options are on",
            found=f"expiry {expiry!r}, underlying {on!r}",
            try_next="add --option-expiry 2023-03-17 --option-on SPX",
        )
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            quotes = quotes_from_rows(csv.DictReader(file))
    except OSError as error:
        raise StorageError(
            expected=f"to read {path}", found=str(error.strerror or error), try_next="check the path"
        ) from error
    return OptionChain(
        underlying=on, currency=currency, expiry=last, quotes=quotes, rate=rate, dividend_yield=dividend_yield,
        source=f"quotes in {Path(path).name}",
    )  # fmt: skip


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
    from trimtab.report import ways as report

    if tickets is not None:
        _write(tickets, report.tickets_csv(ways))
    if sheet is not None:
        _write(sheet, report.order_sheet_html(ways) if sheet.endswith(".html") else report.order_sheet(ways))
    if json:
        return documents.dumps(report.ways_document(ways))
    report.show_ways(ways, console)
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
