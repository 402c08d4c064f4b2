"""A run over many accounts, as a person reads it: how many are where, and the worst of them."""

import polars as pl
from rich.console import Console

from trimtab.desk.fleet.summary import FleetRun
from trimtab.report.tables.sheet import Sheet

__all__ = ["show_fleet"]


def show_fleet(run: FleetRun, console: Console) -> None:
    """Print counts, and the exceptions, worst first."""
    c = run.counts
    console.print(
        f"{c.accounts:,} accounts of {c.positions:,} positions: {c.outside:,} outside, {c.undecided:,} undecided, "
        f"{c.inside:,} inside"
    )
    if run.worst.height:
        more = f", the first {run.worst.height} of {c.exceptions:,}" if run.worst.height < c.exceptions else ""
        console.print(_exceptions(run.worst, f"Exceptions, worst first{more}"))
    if c.alone:
        console.print(f"- measured one by one (not in proportion, or not measured): {c.alone:,}")
    console.print(f"- everything is in {run.folder}: checks, exceptions.parquet, manifest.json")


def _exceptions(worst: pl.DataFrame, title: str) -> Sheet:
    sheet = Sheet(title)
    sheet.add_column("account")
    for name in ("beta", "+/-", "inside", "per 1%"):
        sheet.add_column(name, justify="right")
    sheet.add_column("trade")
    sheet.add_column("why")
    for row in worst.iter_rows(named=True):
        sheet.add_row(
            row["account"],
            _number(row["beta"], ".3f"),
            _number(row["stderr"], ".3f"),
            _number(row["probability_inside"], ".1%"),
            _number(row["money_per_1pct"], ",.0f"),
            ", ".join(f"{trade['quantity']:+,g} {trade['symbol']}" for trade in row["contracts"] or ()),
            row["reason"] or "",
        )
    return sheet


def _number(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"
