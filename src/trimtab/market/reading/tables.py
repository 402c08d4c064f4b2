"""From a plain frame to a price table: layout, dates, symbols, numbers, in that order.

Nothing is filled and nothing is dropped in silence: each cell that cannot be used gets its reason, and each row
that cannot be placed becomes a failure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trimtab.errors import FileFormatError, Reason
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.prices import MISSING, Flag, PriceTable, code_of
from trimtab.market.reading.cells import Cells, Grid, mark_unusable, to_grid
from trimtab.market.reading.layout import Layout, layout_of
from trimtab.market.reading.levels import as_long
from trimtab.market.reading.numerals import find_decimal, read_numbers
from trimtab.market.reading.returns_told import rows_of_returns
from trimtab.market.reading.sessions import Sessions, read_sessions
from trimtab.market.reading.stamps import Stamps, read_stamps
from trimtab.market.reading.unusable import report_rows
from trimtab.market.reading.wide import read_wide
from trimtab.stats.arrays import Floats

__all__ = ["Reading", "read_table"]

#: Prices in hundredths of a currency, as some exchanges quote them.
_HUNDREDTHS = {"GBX": "GBP", "GBp": "GBP", "GBpence": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A price table with what is needed to join it to others.

    Parameters
    ----------
    table
        The prices.
    intraday
        Whether there are several prices a day.
    hours, aware
        Usual hour of each column's stamps (NaN where there are only dates), and whether it is in UTC.
    """

    table: PriceTable
    intraday: bool
    hours: Floats
    aware: NDArray[np.bool_]

    @classmethod
    def of(cls, table: PriceTable) -> "Reading":
        """Take a price table as it is: daily if all its stamps are midnights."""
        count = len(table.symbols)
        intraday = bool((table.dates.astype("datetime64[s]").astype(np.int64) % 86_400).any())
        return cls(table=table, intraday=intraday, hours=np.full(count, np.nan), aware=np.zeros(count, dtype=bool))


def read_table(
    frame: pl.DataFrame,
    *,
    origin: Origin,
    symbol: str | None = None,
    date_format: str | None = None,
    decimal: str | None = None,
    currency: str | None = None,
    kind: str = "polars",
    findings: Findings | None = None,
    owned: bool = False,
) -> Reading:
    """Turn a plain frame into a price table.

    Parameters
    ----------
    frame
        Wide, long, or the history of one symbol; cells may be text.
    origin
        Where the rows came from.
    symbol
        Name for a history without a symbol.
    date_format, decimal
        How texts are to be read; None to find out.
    currency
        Currency of columns that do not say.
    kind
        The kind of frame that results are to be given in.
    findings
        What was noticed before.
    owned
        Whether columns may be taken out of the frame once they are read, so that their memory is free.

    Raises
    ------
    FileFormatError
        If there are no prices in it that could be told.

    Examples
    --------
    >>> frame = pl.DataFrame({"date": ["2024-01-02", "2024-01-03"], "A": ["10", "0"]})
    >>> reading = read_table(frame, origin=Origin(name="frame"))
    >>> reading.table.values[:, 0].tolist(), str(reading.table.failures[0])
    ([10.0, nan], 'frame row 1, column A: a price of 0 (not_positive)')
    """
    findings = findings or Findings()
    if frame.height == 0 or frame.width == 0:
        raise FileFormatError(
            expected="rows of prices",
            found=f"no rows in {origin.name}",
            try_next="check that the file was written completely",
        )
    frame, origin = as_long(frame if owned else frame.clone(), origin)
    layout = layout_of(frame, where=origin.name)
    stamps = _stamps(frame, layout, origin, date_format)
    _fail_dates(frame, layout, stamps, origin, findings)
    if layout.kind == "wide":
        symbols, grid, sessions = read_wide(frame, layout, stamps, decimal, origin, findings)
        currencies: tuple[str | None, ...] = (currency,) * len(symbols)
    else:
        symbols, grid, sessions, currencies = _long(
            frame, layout, stamps, (symbol, decimal, currency), origin, findings
        )
    _check_signs(symbols, origin)
    if layout.adjusted:
        findings.flag_all(symbols, Flag.ADJUSTED_CHOSEN)
    if layout.passed_over is not None:
        findings.note(
            f"{origin.name}: returns from adjusted prices ({layout.prices[0]}), positions valued at the closes "
            f"({layout.passed_over})"
        )
    grid, currencies = _in_whole_units(grid, symbols, currencies, findings)
    table = PriceTable(
        dates=grid.dates,
        symbols=tuple(symbols),
        values=grid.values,
        why=grid.why,
        currencies=currencies,
        flags=tuple(findings.flags_of(s) for s in symbols),
        volumes=grid.volumes,
        notes=findings.notes(),
        failures=findings.failures(),
        frame=kind,
        to_quoted=grid.quoted,
    )
    return Reading(table=table, intraday=sessions.intraday, hours=sessions.hours, aware=sessions.aware)


def _stamps(frame: pl.DataFrame, layout: Layout, origin: Origin, date_format: str | None) -> Stamps:
    column = frame[layout.date]
    if layout.clock is not None and frame[layout.clock].dtype in (pl.String, pl.Time):
        day = column.cast(pl.String) if column.dtype != pl.String else column
        column = pl.select(pl.concat_str(day, pl.lit(" "), frame[layout.clock].cast(pl.String))).to_series()
    stamps = read_stamps(column, where=f"{origin.name}, column {layout.date}", date_format=date_format)
    if not stamps.ok.any():
        text = next((str(v) for v in column.to_list() if v is not None), "nothing")
        raise FileFormatError(
            expected=f"dates in column {layout.date!r}",
            found=f"{text!r} and no readable date in {origin.name}",
            try_next="write dates as YYYY-MM-DD, or check the delimiter; trimtab import also takes --date-format",
        )
    return stamps


def _fail_dates(frame: pl.DataFrame, layout: Layout, stamps: Stamps, origin: Origin, findings: Findings) -> None:
    if stamps.ok.all():
        return
    texts = frame[layout.date]
    findings.fail(
        Reason.UNPARSABLE,
        np.flatnonzero(~stamps.ok & ~stamps.empty),
        lambda i: (f"{origin.row(i)}, column {layout.date}", f"{texts[i]!r} is not a date"),
    )
    findings.fail(
        Reason.MALFORMED_ROW, np.flatnonzero(~stamps.ok & stamps.empty), lambda i: (origin.row(i), "the date is empty")
    )


def _long(
    frame: pl.DataFrame,
    layout: Layout,
    stamps: Stamps,
    options: tuple[str | None, str | None, str | None],
    origin: Origin,
    findings: Findings,
) -> tuple[list[str], Grid, Sessions, tuple[str | None, ...]]:
    given, decimal, currency = options
    codes_of, symbols = _symbol_codes(frame, layout, given, origin)
    # Texts of millions of rows weigh more than all that is made of them.
    frame.drop_in_place(layout.date)
    if layout.symbol is not None:
        frame.drop_in_place(layout.symbol)
    price = frame.drop_in_place(layout.prices[0])
    sign = find_decimal([price] if price.dtype == pl.String else [], where=origin.name, decimal=decimal)
    values, bad = read_numbers(price, sign)
    spoilt = rows_of_returns(values, codes_of, symbols, origin, findings)
    values, codes = mark_unusable(np.where(spoilt, np.nan, values) if spoilt.any() else values, bad)
    unusable = np.flatnonzero(codes)
    texts = price.gather(unusable)
    del price, bad
    findings.fail(
        Reason.MALFORMED_ROW,
        np.flatnonzero(stamps.ok & (codes_of < 0)),
        lambda i: (origin.row(i), "the symbol is empty"),
    )
    named = stamps.ok & (codes_of >= 0)
    whole = bool(named.all())
    rows = np.arange(len(named)) if whole else np.flatnonzero(named)
    if rows.size == 0:
        raise FileFormatError(
            expected="rows with a date and a symbol",
            found=f"none in {origin.name}",
            try_next="check the columns' names and the delimiter",
        )
    columns = codes_of if whole else codes_of[rows]
    values, codes = (values, codes) if whole else (values[rows], codes[rows])
    currencies, foreign = _currencies(frame, layout, rows, columns, symbols, currency, findings, origin)
    if foreign is not None:
        values, codes = (
            np.where(foreign, np.nan, values),
            np.where(foreign, np.uint8(MISSING.index(Reason.CONFLICT) + 1), codes),
        )
    report_rows(codes, columns, symbols, findings, lambda i: (
        f"{origin.row(int(rows[i]))}, column {layout.prices[0]} ({symbols[int(columns[i])]})",
        texts[int(np.searchsorted(unusable, rows[i]))],
    ))  # fmt: skip
    codes[spoilt if whole else spoilt[rows]] = code_of(Reason.NOT_POSITIVE)
    volumes = None
    if layout.volume is not None:
        volumes = read_numbers(frame[layout.volume], ".")[0][rows]
    sessions = read_sessions(
        stamps if whole else stamps.only(rows),
        columns,
        symbols,
        where=origin.name,
        findings=findings,
        row=lambda i: origin.row(int(rows[i])),
    )
    quoted = _closes_over(frame, layout, decimal, values, rows, origin)
    cells = Cells(
        seconds=sessions.seconds, columns=columns, values=values, codes=codes, rows=rows, volumes=volumes, quoted=quoted
    )
    return symbols, to_grid(cells, symbols, origin=origin, findings=findings), sessions, currencies


def _closes_over(
    frame: pl.DataFrame,
    layout: Layout,
    decimal: str | None,
    values: Floats,
    rows: NDArray[np.intp],
    origin: Origin,
) -> Floats | None:
    """Give the closes as quoted over the adjusted prices beside them; None where a file has but one price."""
    if layout.passed_over is None:
        return None
    column = frame[layout.passed_over]
    sign = find_decimal([column] if column.dtype == pl.String else [], where=origin.name, decimal=decimal)
    closes = mark_unusable(*read_numbers(column, sign))[0][rows]
    ratio: Floats = closes / values
    return ratio


def _symbol_codes(
    frame: pl.DataFrame, layout: Layout, given: str | None, origin: Origin
) -> tuple[NDArray[np.int64], list[str]]:
    """Give symbols numbers in order of appearance; -1 where the symbol is empty."""
    if layout.symbol is None:
        if given is None:
            raise FileFormatError(
                expected="a symbol for these prices",
                found=f"a history without a symbol in {origin.name} (columns {', '.join(map(str, frame.columns[:8]))})",
                try_next="add a symbol column, or give read_prices({'SPY': frame})",
            )
        return np.zeros(frame.height, dtype=np.int64), [given]
    column = frame[layout.symbol]
    if column.dtype.is_float():
        column = column.fill_nan(None).cast(pl.Int64)
    text = column.cast(pl.String)
    if text.str.contains(r"^\s|\s$").any():
        text = text.str.strip_chars()
    text = text.replace("", None) if (text == "").any() else text
    symbols = text.drop_nulls().unique(maintain_order=True).to_list()
    if not symbols:
        raise FileFormatError(
            expected=f"symbols in column {layout.symbol!r}",
            found=f"empty cells only, in {origin.name}",
            try_next="fill in the symbols",
        )
    codes = text.cast(pl.Enum(symbols)).to_physical().cast(pl.Int64).fill_null(-1)
    return codes.to_numpy(), symbols


def _currencies(
    frame: pl.DataFrame,
    layout: Layout,
    rows: NDArray[np.intp],
    columns: NDArray[np.int64],
    symbols: Sequence[str],
    currency: str | None,
    findings: Findings,
    origin: Origin,
) -> tuple[tuple[str | None, ...], NDArray[np.bool_] | None]:
    """Give each symbol's currency, and the rows that name another one than the symbol's first."""
    if layout.currency is None:
        return (currency,) * len(symbols), None
    text = frame[layout.currency].cast(pl.String).str.strip_chars().replace("", None).gather(rows.tolist())
    pairs = pl.DataFrame({"column": columns, "currency": text}).drop_nulls().unique(maintain_order=True)
    first: dict[int, str] = {}
    mixed: set[int] = set()
    for column, name in pairs.iter_rows():
        if first.setdefault(column, name) != name:
            mixed.add(column)
    named = tuple(first.get(c, currency) for c in range(len(symbols)))
    if not mixed:
        return named, None
    expected = pl.Series(list(named), dtype=pl.String).gather(columns.tolist())
    foreign = ((text != expected) & text.is_not_null()).fill_null(False).to_numpy()
    names = ", ".join(symbols[c] for c in sorted(mixed)[:5])
    findings.note(
        f"{origin.name}: several currencies for {names}: the first one is the symbol's, rows in another are set aside"
    )
    return named, foreign


def _in_whole_units(
    grid: Grid, symbols: Sequence[str], currencies: tuple[str | None, ...], findings: Findings
) -> tuple[Grid, tuple[str | None, ...]]:
    """Turn prices in pence, cents or agorot into prices in the whole currency."""
    small = [i for i, c in enumerate(currencies) if c in _HUNDREDTHS]
    if not small:
        return grid, tuple(c.upper() if c is not None else None for c in currencies)
    values = grid.values.copy()
    values[:, small] /= 100
    shown = ", ".join(symbols[i] for i in small[:5])
    findings.note(f"prices quoted in hundredths (pence, cents) divided by 100: {shown}")
    whole = tuple(_HUNDREDTHS.get(c, c.upper()) if c is not None else None for c in currencies)
    return replace(grid, values=values), whole


def _check_signs(symbols: Sequence[str], origin: Origin) -> None:
    """Refuse symbols that would speak to a terminal."""
    strange = next((symbol for symbol in symbols if not symbol.isprintable()), None)
    if strange is not None:
        raise FileFormatError(
            expected="symbols of signs that can be printed", found=f"{strange!a} in {origin.name}", try_next="rename it"
        )
