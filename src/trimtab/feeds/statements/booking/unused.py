"""Columns whose meaning is known and which no reading of a row took: none of them is passed over.

A column that says another unit, direction, currency or contract size than the numbers of its row were read in is told,
or refuses the file where the numbers could mean something else.
"""

from collections.abc import Mapping

from trimtab.feeds.statements.booking.context import Remarks
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.columns.layout import Column, Layout, currency_code
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import Ask, FactReading, Fault, NameKind, PositionReading
from trimtab.market.reading.numbers import is_empty
from trimtab.model.currencies import CURRENCIES, whole_currency
from trimtab.model.names.coins import COINS

__all__ = ["tell_unused"]

#: Words under which a quantity is a number of pieces, or of money for what is quoted in percent.
_PIECES = frozenset(
    [
        "stuck", "stk", "stucke", "shares", "share", "units", "unit", "nominal", "nominale", "ns", "pa", "nc", "st",
        "stuks", "qty", "pieces", "piece", "pcs", "pc", "contracts", "contract", "coins", "coin", "titres", "acciones",
        "azioni", "aandelen", "aktien", "each", "face amount", "par", "principal amount", "number of shares",
    ]
)  # fmt: skip
_SIZED = frozenset([NameKind.OPTION, NameKind.FUTURE, NameKind.FUTURE_OPTION])


def tell_unused(
    table: Table,
    layout: Layout,
    made: Mapping[int, PositionReading | FactReading],
    remarks: Remarks,
    *,
    by_sign: bool,
) -> None:
    """Tell, or refuse, what columns say and no reading took.

    Parameters
    ----------
    table, layout
        Its rows, and what its columns are.
    made
        Positions and facts by the line they were read from.
    remarks
        Takes what is asked and refused.
    by_sign
        Whether the table is one of amounts, each of which its own sign and size say, whatever else says one.
    """
    for column in layout.of(Role.UNIT):
        _check_unit(table, column, remarks)
    for column in (*layout.of(Role.SIDE), *layout.of(Role.MULTIPLIER)) if by_sign else ():
        remarks.ask(Ask("column", f"column {column.header!r} was not read", taken="the amounts as they are"))
    for column in () if by_sign else layout.of(Role.MULTIPLIER):
        _tell_size(table, layout, column, made, remarks)
    _tell_currency(table, layout, made, remarks)


def _check_unit(table: Table, column: Column, remarks: Remarks) -> None:
    """Refuse a unit of quantities that is not understood."""
    cells = {row.cells[column.at] for row in table.rows if column.at < len(row.cells)}
    strange = sorted(
        cell for cell in cells
        if not is_empty(cell) and plain_words(cell) not in _PIECES and cell.upper() not in CURRENCIES | set(COINS)
    )  # fmt: skip
    if strange:
        remarks.faults.append(
            Fault(
                line=table.line, why=f"column {column.header!r} says {strange[0]!r}, a unit that is not understood",
                try_next="say what the column is with --map (ignore if it changes nothing)", column=column.header,
            )
        )  # fmt: skip


def _tell_size(
    table: Table, layout: Layout, column: Column, made: Mapping[int, PositionReading | FactReading], remarks: Remarks
) -> None:
    """Tell of a contract size that stands beside something that is no contract."""
    for row in table.rows:
        reading, size = made.get(row.line), layout.cell(row, column)
        what = None if reading is None else reading.what
        if what is None or size is None or size.value in {0, 1} or what.kind in _SIZED:
            continue
        remarks.ask(
            Ask(
                "unit", f"column {column.header!r} says {size.value.normalize():f} for {what.label}",
                taken="units are counted as they are", lines=(row.line,),
            )
        )  # fmt: skip
        return


def _tell_currency(
    table: Table, layout: Layout, made: Mapping[int, PositionReading | FactReading], remarks: Remarks
) -> None:
    """Tell of a currency of the row that is another than that of every number in it."""
    columns = [c for c in layout.of(Role.CURRENCY) if c.owner == -1]
    if len(columns) > 1:
        _check_one_currency(table, columns, remarks)
    for row in table.rows if columns else ():
        reading, stated = made.get(row.line), layout.row_currency(row)
        if reading is None or reading.currency is None or not stated:
            continue
        others = {reading.currency}
        if isinstance(reading, FactReading):
            others |= {c for c in (reading.price_currency, reading.fee_currency) if c}
            others |= {reading.what.symbol} if reading.what is not None and reading.what.symbol else set()
        if whole_currency(stated)[0] not in {whole_currency(code)[0] for code in others}:
            header = columns[0].header
            remarks.ask(
                Ask(
                    "currency", f"column {header!r} says {stated} where amounts say {reading.currency}",
                    taken=f"{reading.currency}", lines=(row.line,),
                )
            )  # fmt: skip
            return


def _check_one_currency(table: Table, columns: list[Column], remarks: Remarks) -> None:
    """Refuse two columns of which each says another currency of the whole row."""
    for row in table.rows:
        codes = {c.header: currency_code(row.cells[c.at]) for c in columns if c.at < len(row.cells)}
        if len({code for code in codes.values() if code}) > 1:
            remarks.faults.append(
                Fault(
                    line=row.line, why=" and ".join(f"column {name!r} says {code}" for name, code in codes.items()),
                    try_next="say which is the currency of the row, and of the other ignore, with --map",
                    column=columns[-1].header,
                )
            )  # fmt: skip
            return
