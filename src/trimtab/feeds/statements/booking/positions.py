"""Rows of a table of positions into positions and money.

Every stated value is held against quantity times price: it proves the size of a contract, a price in percent or in
pence, and refuses a row in which two numbers contradict each other.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trimtab.errors import InputError
from trimtab.feeds.statements.booking.context import File, Remarks, chosen_level, say, table_days
from trimtab.feeds.statements.booking.identity import identify
from trimtab.feeds.statements.booking.proofs import agrees, ratio_to, rounding
from trimtab.feeds.statements.booking.spreads import split_spread
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.words import direction, is_cash_name, is_total, kind_word
from trimtab.feeds.statements.columns.layout import Layout, currency_code
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import (
    Ask,
    CashReading,
    Fault,
    Identity,
    LeftOut,
    NameKind,
    PositionReading,
)
from trimtab.market.reading.numbers import Cell, is_empty, read_cell
from trimtab.model.currencies import whole_currency
from trimtab.model.names.futures import read_future
from trimtab.model.names.options import read_option
from trimtab.model.names.read import read_name
from trimtab.model.names.records import CashName

__all__ = ["Holdings", "money_row", "prove_position", "read_positions"]


@dataclass(slots=True)
class Holdings:
    """What the rows of a table held."""

    positions: list[PositionReading] = field(default_factory=list)
    cash: list[CashReading] = field(default_factory=list)
    values: list[Decimal] = field(default_factory=list)


def read_positions(table: Table, layout: Layout, file: File, remarks: Remarks) -> Holdings:
    """Read the rows of a table of positions.

    Parameters
    ----------
    table, layout
        Its rows, and what its columns are.
    file
        What is known of the file.
    remarks
        Takes what is left out, asked and refused.
    """
    days = table_days(table, layout, file)
    holdings = Holdings()
    group = ""
    rows = _without_parents(chosen_level(table, layout, remarks), layout, file.as_of, remarks)
    for at, row in enumerate(rows):
        first = row.filled[0] if row.filled else ""
        names = [n for n in (layout.text(row, Role.SYMBOL), layout.text(row, Role.NAME), first) if n]
        if not names or (not layout.text(row, Role.PRICE) and (is_total(first) or is_total(names[0]))):
            _check_total(row, layout, holdings, remarks)
        elif _is_money(row, layout, names):
            _take_money(row, layout, names[0], file, holdings, remarks)
        elif _is_group(row, rows[at + 1] if at + 1 < len(rows) else None, layout):
            group = names[0]
            remarks.left_out.append(LeftOut((row.line,), f"the row of the group {group}: no quantity of its own"))
        else:
            _take_position(row, layout, days, group, file, holdings, remarks)
    _ask_side(holdings, remarks)
    _refuse_doubles(holdings, remarks)
    return holdings


def _ask_side(holdings: Holdings, remarks: Remarks) -> None:
    """Ask about shorts whose value is positive where nothing is long: the minus may be how quantities are written."""
    if (
        remarks.unsigned
        and all(p.quantity < 0 for p in holdings.positions if p.line in remarks.unsigned)
        and not any(
            p.quantity > 0 and p.what.kind not in {NameKind.OPTION, NameKind.FUTURE} for p in holdings.positions
        )
    ):
        remarks.ask(
            Ask("direction", "quantities are negative, their values positive, and no share is held long", taken="short",
                lines=tuple(remarks.unsigned))
        )  # fmt: skip
    remarks.unsigned.clear()


def _is_group(row: Row, below: Row | None, layout: Layout) -> bool:
    """Tell a row that only names what stands below it: no numbers of a holding, and no ticker below."""
    roles = (Role.QUANTITY, Role.PRICE, Role.VALUE, Role.BASE_VALUE, Role.UNIT_COST)
    if below is None or layout.has(Role.VALUE, Role.ISIN) or any(layout.text(row, r) for r in roles):
        return False
    name = layout.text(below, Role.SYMBOL)
    return " " in name and read_option(name) is None and read_future(name) is None


def _without_parents(rows: Sequence[Row], layout: Layout, as_of: dt.date | None, remarks: Remarks) -> list[Row]:
    """Leave out a row of a family (/MES) whose contracts follow with the same quantity."""
    kept = []
    named = [read_future(layout.text(row, Role.SYMBOL), as_of=as_of) for row in rows]
    contracts = {name.root for name in named if name is not None and name.year is not None}
    for row, name in zip(rows, named, strict=True):
        if name is not None and name.year is None and name.root in contracts:
            remarks.left_out.append(LeftOut((row.line,), "the row of a family: its contracts follow"))
            continue
        kept.append(row)
    return kept


def _is_money(row: Row, layout: Layout, names: Sequence[str]) -> bool:
    if any(is_cash_name(n) for n in names[:2]):
        return True
    if kind_word(layout.text(row, Role.KIND)) is NameKind.CASH and not layout.text(row, Role.PRICE):
        return not layout.text(row, Role.QUANTITY) or isinstance(read_name(names[0]), CashName)
    return isinstance(read_name(names[0]), CashName)


def money_row(row: Row, layout: Layout) -> Cell | None:
    """Give the amount of a row of money: its value, else its quantity, else the one number that it holds.

    Examples
    --------
    >>> from trimtab.feeds.statements.columns.layout import lay_out
    >>> table = Table(
    ...     header=("Symbol", "Last Price Change", "Value"), line=1, rows=(Row(2, ("Pending Activity", "$-5", "")),)
    ... )
    >>> money_row(table.rows[0], lay_out(table)).value
    Decimal('-5')
    """
    for role in (Role.VALUE, Role.NET, Role.AMOUNT, Role.BALANCE, Role.QUANTITY, Role.BASE_VALUE):
        cell = layout.number(row, role)
        if cell is not None:
            return cell
    if not layout.has(Role.VALUE):
        return None
    # Fidelity writes the amount of what is pending one column before the value.
    cells = [read_cell(c) for c in row.cells if not is_empty(c)]
    numbers = {c.value: c for c in cells if c is not None and not c.percent and c.value}
    return next(iter(numbers.values())) if len(numbers) == 1 else None


def _take_money(row: Row, layout: Layout, name: str, file: File, holdings: Holdings, remarks: Remarks) -> None:
    cell = money_row(row, layout)
    if cell is None:
        remarks.faults.append(Fault(line=row.line, why=f"no amount of {name!r}"))
        return
    read = read_name(name)
    named = read.currency if isinstance(read, CashName) else None
    bracket = next(
        (c for c in ("USD", "EUR", "GBP", "CHF", "CAD", "SEK", "DKK", "NOK", "JPY", "AUD") if f"({c})" in name), None
    )
    currency = named or bracket or cell.currency or layout.row_currency(row) or file.currency or None
    if cell.value == 0:
        remarks.left_out.append(LeftOut((row.line,), f"{name}: 0"))
        return
    holdings.cash.append(
        CashReading(line=row.line, account=_account(row, layout, file), currency=currency, amount=cell.value, note=name)
    )
    holdings.values.append(cell.value)


def _account(row: Row, layout: Layout, file: File) -> str | None:
    return layout.text(row, Role.ACCOUNT) or layout.text(row, Role.ACCOUNT_NAME) or file.account or None


def _take_position(
    row: Row, layout: Layout, days: Days, group: str, file: File, holdings: Holdings, remarks: Remarks
) -> None:
    try:
        texts = say(row, layout, days, group)
        legs = split_spread(texts.symbol)
        if legs is not None:
            holdings.positions += _spread(row, layout, days, group, legs, file)
            remarks.note("a spread stands in one row: its price is of the pair, the legs have none")
            return
        what = identify(texts, contracts=file.contracts, as_of=file.as_of)
        if group and what.kind in {NameKind.SHARE, NameKind.FUND} and not texts.symbol.startswith("/"):
            what = replace(what, kind=NameKind.SHARE, symbol=group, stated=None, name=texts.symbol)
        made = _position(row, layout, what, file, remarks)
    except InputError as error:
        remarks.faults.append(
            Fault(line=row.line, why=f"{error.found} (expected {error.expected})", try_next=error.try_next)
        )
        return
    holdings.positions.append(made)
    remarks.prove(proved=made.price is not None and made.market_value is not None and made.value_currency is None)
    if made.market_value is not None and made.what.kind is not NameKind.FUTURE:
        holdings.values.append(made.market_value)


def _spread(
    row: Row, layout: Layout, days: Days, group: str, legs: tuple[str, str], file: File
) -> list[PositionReading]:
    quantity = _quantity(row, layout)
    made = []
    for name, sign in zip(legs, (1, -1), strict=True):
        texts = say(row, layout, days, group)
        stated, texts.symbol = texts.symbol, name
        what = identify(texts, contracts=file.contracts, as_of=file.as_of)
        source = "stated" if stated.split()[0].isdigit() else what.multiplier_from
        made.append(
            PositionReading(
                line=row.line, account=_account(row, layout, file),
                what=replace(what, stated=stated, multiplier_from=source), quantity=quantity.value * sign,
                currency=_currency(row, layout, file), spread=f"line {row.line}",
            )
        )  # fmt: skip
    return made


def _quantity(row: Row, layout: Layout) -> Cell:
    cell = layout.number(row, Role.QUANTITY)
    if cell is None:
        stated = layout.text(row, Role.QUANTITY)
        raise InputError(
            expected=f"a quantity of {layout.text(row, Role.SYMBOL) or layout.text(row, Role.NAME)!r}",
            found=f"{stated!r}, which is no number or could be two" if stated else "none",
            try_next="write the number plainly, such as 1234.5",
        )
    side = direction(layout.text(row, Role.SIDE)) if layout.text(row, Role.SIDE) else None
    if side == -1 and cell.value > 0:
        return replace(cell, value=-cell.value)
    if side == 1 and cell.value < 0:
        raise InputError(
            expected="one direction of a position", found=f"{cell.value} and {layout.text(row, Role.SIDE)!r}",
            try_next="correct the row",
        )  # fmt: skip
    return cell


def _currency(row: Row, layout: Layout, file: File) -> str | None:
    price, value = layout.number(row, Role.PRICE), layout.number(row, Role.VALUE)
    stated = [c.currency for c in (price, value) if c is not None and c.currency]
    named = layout.row_currency(row) or (stated[0] if stated else "") or _instrument_currency(row, layout)
    return named or file.currency or None


def _instrument_currency(row: Row, layout: Layout) -> str:
    """Give the currency of an instrument where no column of prices owns it."""
    for column in layout.of(Role.CURRENCY):
        if column.owner == -2 and column.at < len(row.cells) and (code := currency_code(row.cells[column.at])):
            return code
    return ""


def _position(row: Row, layout: Layout, what: Identity, file: File, remarks: Remarks) -> PositionReading:
    # What is gross in a table of trades (Kurswert) is what a holding is worth.
    price, value = layout.number(row, Role.PRICE), layout.number(row, Role.VALUE) or layout.number(row, Role.GROSS)
    base = layout.number(row, Role.BASE_VALUE)
    currency = _currency(row, layout, file)
    if value is None and base is not None and _value_currency(None, base, currency, layout) == currency:
        value, base = base, None
    if (
        layout.number(row, Role.QUANTITY) is None
        and value is not None
        and price is None
        and _is_core(row, layout, what)
    ):
        remarks.note("a money market fund without a quantity is read as units of 1.00")
        quantity = value
    else:
        quantity = _quantity(row, layout)
    worth = base if value is None else value
    bare = PositionReading(
        line=row.line, account=_account(row, layout, file), what=what, quantity=quantity.value, currency=currency,
        price=None if price is None else price.value,
        market_value=None if worth is None else worth.value,
        value_currency=_value_currency(value, base, currency, layout),
    )  # fmt: skip
    if price is not None and value is not None and bare.value_currency is None:
        bare = prove_position(bare, quantity, price, value, remarks)
    elif what.kind is NameKind.FUTURE and price is not None:
        bare = _proved_by_gain(bare, row, layout, price)
    elif what.kind is NameKind.BOND and price is not None:
        remarks.ask(
            Ask(
                "unit",
                f"the price of {what.label}: percent of face, or money for one?",
                taken="percent",
                lines=(row.line,),
            )
        )
        bare = replace(bare, price_unit="percent")
    if what.kind is NameKind.FUTURE and bare.what.multiplier_from == "unknown":
        raise InputError(
            expected=f"the multiplier of {what.symbol}", found="none, and its family is not known",
            try_next="add the family to a table of contracts",
        )  # fmt: skip
    if currency is not None and whole_currency(currency)[1]:
        bare = replace(bare, currency=whole_currency(currency)[0], price_unit="minor")
    return bare


def _is_core(row: Row, layout: Layout, what: Identity) -> bool:
    return what.kind is NameKind.MONEY_MARKET or layout.text(row, Role.SYMBOL).endswith("**")


def _value_currency(value: Cell | None, base: Cell | None, currency: str | None, layout: Layout) -> str | None:
    if value is not None:
        return value.currency if value.currency not in {None, currency} and currency else None
    if base is None:
        return None
    column = layout.first(Role.BASE_VALUE)
    named = next((w for w in (column.header if column else "").upper().split() if len(w) == 3 and w.isalpha()), "")
    return named or "base"


def prove_position(
    bare: PositionReading, quantity: Cell, price: Cell, value: Cell, remarks: Remarks
) -> PositionReading:
    """Hold the stated value against quantity, price and multiplier; it decides what the file does not say."""
    what, product = bare.what, quantity.value * price.value
    stated = what.multiplier if what.multiplier_from == "stated" else Decimal(1)
    if what.kind in {NameKind.OPTION, NameKind.FUTURE, NameKind.FUTURE_OPTION} and what.multiplier_from != "stated":
        size = ratio_to(value.value, product)
        if size is not None and size >= 1 and not (size == 1 and what.kind is NameKind.FUTURE):
            if value.value * product < 0 and not quantity.value < 0 < value.value and what.kind is not NameKind.FUTURE:
                raise InputError(
                    expected=f"a value of {what.label} with the sign of its quantity",
                    found=f"{quantity.value} worth {value.value}", try_next="correct the row",
                )  # fmt: skip
            if what.multiplier_from == "contract" and size != what.multiplier:
                remarks.ask(
                    Ask("multiplier", f"{what.label}: its value says {size:f} units a contract, {what.multiplier:f} "
                        "are usual", taken=f"{size:f}", lines=(bare.line,))
                )  # fmt: skip
            return replace(bare, what=replace(what, multiplier=size, multiplier_from="value"))
        stated = what.multiplier
    if agrees(product * stated, value.value, rounding(quantity, price, value, stated)):
        return bare
    if agrees(-product * stated, value.value, rounding(quantity, price, value, stated)) and value.value > 0:
        # Some write the value of a short without its sign.
        remarks.unsigned.append(bare.line)
        return replace(bare, market_value=-value.value)
    size = ratio_to(value.value, product * stated)
    if size == Decimal("0.01") and value.value * product > 0:
        return _hundredth(bare, remarks)
    if what.kind is NameKind.FUTURE:
        return bare
    raise InputError(
        expected=f"a value of {what.label} that is quantity x price = {product * stated}",
        found=f"{value.value}",
        try_next="check quantity, price and value of the row",
    )


def _hundredth(bare: PositionReading, remarks: Remarks) -> PositionReading:
    """Tell percent of face from pence where the value is a hundredth of quantity times price."""
    if bare.what.kind is NameKind.BOND or (
        bare.what.code("cusip") and any(c.isdigit() for c in bare.what.symbol or "9")
    ):
        remarks.note("bonds are priced in percent of face: the stated values prove it")
        return replace(bare, price_unit="percent", what=replace(bare.what, kind=NameKind.BOND))
    if bare.currency in {"GBP", "ZAR", "ILS"} or (bare.currency and whole_currency(bare.currency)[1]):
        remarks.note(f"prices in hundredths of {whole_currency(bare.currency)[0]}: the stated values prove it")
        return replace(bare, price_unit="minor")
    raise InputError(
        expected=f"a value of {bare.what.label} that is quantity x price",
        found="a hundredth of it: percent of face, or pence?",
        try_next="state its kind (bond) or its currency (GBX) in a column",
    )


def _proved_by_gain(bare: PositionReading, row: Row, layout: Layout, price: Cell) -> PositionReading:
    """Take the size of a future from its stated gain, where no value is stated."""
    cost = layout.number(row, Role.UNIT_COST)
    if bare.what.multiplier_from == "stated" or cost is None:
        return bare
    moved = bare.quantity * (price.value - cost.value)
    for column in layout.columns:
        if column.role is not Role.INERT:
            continue
        gain = layout.cell(row, column)
        if gain is not None and not gain.percent and moved and gain.value == moved * bare.what.multiplier:
            return replace(bare, what=replace(bare.what, multiplier_from="value"))
    return bare


def _check_total(row: Row, layout: Layout, holdings: Holdings, remarks: Remarks) -> None:
    """Compare a row of totals with the rows above it; it is no holding."""
    stated = layout.number(row, Role.VALUE)
    remarks.left_out.append(LeftOut((row.line,), "a row of totals"))
    if stated is None or not holdings.values:
        return
    added = sum(holdings.values, Decimal(0))
    if abs(added - stated.value) > Decimal("0.01") * len(holdings.values):
        remarks.ask(
            Ask("total", f"the total in line {row.line} is {stated.value}, the rows that were read add up to {added}",
                lines=(row.line,))
        )  # fmt: skip
    holdings.values.clear()


def _refuse_doubles(holdings: Holdings, remarks: Remarks) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for made in holdings.positions:
        key = (made.account, made.what, made.quantity, made.price, made.market_value)
        if key in seen and made.quantity:
            remarks.faults.append(
                Fault(
                    line=made.line, why=f"the same row as in line {seen[key]}: {made.quantity} {made.what.label}",
                    try_next="take one of the two rows out",
                )
            )  # fmt: skip
        seen.setdefault(key, made.line)
    balances: dict[tuple[object, ...], int] = {}
    for row in holdings.cash:
        same = (row.account, row.currency, row.amount, row.note)
        if same in balances:
            remarks.faults.append(
                Fault(line=row.line, why=f"the same balance as in line {balances[same]}: {row.amount} {row.note}",
                      try_next="take one of the two rows out")
            )  # fmt: skip
        balances.setdefault(same, row.line)
