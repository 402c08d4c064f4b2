"""Read a file of holdings as records that are to be kept: texts as written, numbers plainly, each row with its day."""

import datetime as dt

import polars as pl

from trimtab.desk.books.intake import Records
from trimtab.errors import FileFormatError
from trimtab.feeds.columns import Table, match_columns, table_records
from trimtab.feeds.holding_cells import ask_quotations
from trimtab.feeds.holdings import NUMBERS, holding_columns
from trimtab.market.checks.findings import Findings, Origin

__all__ = ["read_snapshots"]

_DAY = ("asof", "asofdate", "positiondate", "valuedate", "date", "day", "datetime", "timestamp")


def read_snapshots(
    frame: pl.DataFrame,
    *,
    origin: Origin,
    findings: Findings | None = None,
    as_of: dt.date | None = None,
    date_format: str | None = None,
    decimal: str | None = None,
) -> tuple[Records, tuple[dt.date, ...]]:
    """Read holdings and the day of each row.

    Parameters
    ----------
    frame
        One row for each position; a column as_of (or date) where the file says its day, or has several.
    origin, findings
        Where the rows came from, and what was noticed while the text was taken apart.
    as_of
        The day where the file does not say it.
    date_format, decimal
        How dates and numbers are written; found out if None.

    Returns
    -------
    the rows under the names of a holdings file, and their days

    Raises
    ------
    FileFormatError
        If columns are missing, rows cannot be read, or no day is said.

    Examples
    --------
    >>> frame = pl.DataFrame({"symbol": ["A"], "quantity": ["1,000.50"]})
    >>> records, days = read_snapshots(frame, origin=Origin(name="h.csv"), as_of=dt.date(2024, 1, 2))
    >>> records.rows[0]["quantity"], days[0].isoformat()
    ('1000.50', '2024-01-02')
    """
    header, rows = table_records(frame, origin, findings or Findings())
    columns = holding_columns(header, origin.name)
    dated = match_columns(header, {"day": _DAY}, needed=(), where=origin.name)
    table = Table(origin.name, rows, {**columns, **dated}, delimiter=origin.delimiter)
    sign = table.plain_numbers([n for n in NUMBERS if n in columns], decimal)
    if dated:
        _, texts = table.stamps("day", date_format)
    elif as_of is not None:
        texts = [as_of.isoformat()] * len(table.records)
    else:
        raise FileFormatError(
            expected="the day of these holdings: a column as_of, or --as-of",
            found=f"neither, in {origin.name}",
            try_next="give --as-of YYYY-MM-DD",
        )
    table.require(lambda record: next((f"no {name}" for name in ("symbol", "quantity") if name not in record), None))
    table.settle()
    ask_quotations(zip(table.lines, table.records, strict=True), origin.name)
    days = tuple(dt.date.fromisoformat(text) for text in texts)
    if as_of is not None and set(days) != {as_of}:
        raise FileFormatError(
            expected=f"holdings of {as_of}, as --as-of says",
            found=f"{min(days)}{f' to {max(days)}' if len(set(days)) > 1 else ''} in {origin.name}",
            try_next="leave --as-of out where the file says its day",
        )
    named = {at: name for name, at in {**columns, **dated}.items()}
    records = Records(
        name=origin.name,
        rows=tuple({n: text for n, text in record.items() if n != "day"} for record in table.records),
        lines=tuple(table.lines),
        columns=tuple((head, named.get(i, "")) for i, head in enumerate(header)),
        notes=(*table.notes, *(("numbers read with a decimal comma",) if sign == "," else ())),
    )
    return records, days
