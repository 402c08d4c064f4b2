"""An extract of a ledger as tables."""

from decimal import Decimal

from rich.console import Console
from rich.text import Text

from trimtab.desk.accounts.extract import LedgerExtract
from trimtab.ledger.statement import Statement
from trimtab.report.tables.sheet import Sheet
from trimtab.report.words import cash

__all__ = ["show_ledger"]

_COLUMNS = ("date", "fact", "symbol", "quantity", "price", "currency", "cash", "income", "flow", "nav", "source")
_WORDS = frozenset(["date", "fact", "symbol", "currency", "source"])


def show_ledger(extract: LedgerExtract, console: Console) -> None:
    """Print what happened, how net asset value came to change, and what is told beside the numbers."""
    of = f", {extract.symbol} alone" if extract.symbol else ""
    title = f"{extract.account}, {extract.start} to {extract.end}{of}, base {extract.base}"
    if extract.rows:
        console.print(_rows(extract, title))
    else:
        console.print(Text(title, style="bold"))
        console.print("Nothing happened.")
    if extract.statement is not None:
        console.print(_change(extract.statement, extract.base))
    elif extract.without:
        console.print(f"How net asset value changed cannot be said: {extract.without}")
    for finding in extract.findings:
        console.print(f"- {finding}", style="yellow" if finding.leaves_open else None)
    for note in extract.notes:
        console.print(f"- {note}")


def _rows(extract: LedgerExtract, title: str) -> Sheet:
    sheet = Sheet(title, keys=3)
    kept = [c for c in _COLUMNS if any(getattr(row, c) for row in extract.rows)]
    for column in kept:
        sheet.add_column(column, justify="left" if column in _WORDS else "right")
    for row in extract.rows:
        money_of = dict.fromkeys(("cash", "income", "flow"), row.currency or extract.base) | {"nav": extract.base}
        sheet.add_row(*(_cell(column, getattr(row, column), money_of.get(column)) for column in kept))
    return sheet


def _cell(column: str, text: str | None, currency: str | None) -> str:
    if text is None or column in _WORDS:
        return text or ""
    return _number(text) if currency is None else cash(Decimal(text), currency)


def _number(text: str) -> str:
    """Write a number with its thousands parted, to at least cents where it has any."""
    number = Decimal(text)
    whole = number == number.to_integral_value()
    return f"{number:,.0f}" if whole else f"{round(number, 2) if abs(number) >= 1 else number:,}"


def _change(made: Statement, base: str) -> Sheet:
    sheet = Sheet(f"Net asset value, {base}")
    for column in ("what", "amount"):
        sheet.add_column(column, justify="left" if column == "what" else "right")
    lines = (
        (f"evening of {made.start}", made.opening),
        ("flows from outside", made.flows),
        ("income", made.income),
        ("expense", -made.expense),
        ("gains of prices", made.gains),
        ("exchange rates", made.currency),
        ("not explained", made.unexplained),
    )
    for what, amount in lines:
        if amount or what.startswith("evening"):
            sheet.add_row(what, f"{amount:,.2f}")
    sheet.add_section()
    sheet.add_row(f"evening of {made.end}", f"{made.closing:,.2f}", style="bold")
    sheet.caption = f"of the gains {made.realised:,.2f} were realised, counted where the cost is known"
    return sheet
