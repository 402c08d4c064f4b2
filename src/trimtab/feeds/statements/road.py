"""Tables into a statement: each table by what it is, what stands beside them, and what the file cannot settle."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trimtab.errors import FileFormatError
from trimtab.feeds.statements.booking.beside import (
    StatedDay,
    account_in,
    file_day,
    key_values,
    loose_cash,
    money_sign,
    summary_accounts,
)
from trimtab.feeds.statements.booking.bitmex import is_wallet, read_wallet
from trimtab.feeds.statements.booking.codes import with_codes
from trimtab.feeds.statements.booking.context import File, Remarks, UnitsHeld, table_days
from trimtab.feeds.statements.booking.facts import read_facts
from trimtab.feeds.statements.booking.legs import Ledger, is_ledger, read_legs
from trimtab.feeds.statements.booking.positions import money_row, read_positions
from trimtab.feeds.statements.booking.running import Step, follow_balances
from trimtab.feeds.statements.booking.unused import tell_unused
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import is_total
from trimtab.feeds.statements.columns.layout import Layout, lay_out, sheet_sign
from trimtab.feeds.statements.columns.mapping import header_key, suggest
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Sheet, Table
from trimtab.feeds.statements.known import Layout as KnownLayout
from trimtab.feeds.statements.known import recognise
from trimtab.feeds.statements.records import (
    Ask,
    CashReading,
    FactReading,
    Fault,
    Holds,
    LeftOut,
    PositionReading,
    Statement,
)
from trimtab.market.reading.numbers import is_empty, read_cell
from trimtab.model.contract import ContractTable
from trimtab.model.currencies import CURRENCIES
from trimtab.model.names.aliases import Aliases

__all__ = ["Settings", "read_sheet"]

_IDENTITY = (Role.SYMBOL, Role.NAME, Role.ISIN, Role.CUSIP, Role.CODE, Role.WKN, Role.SEDOL, Role.FIGI)
#: Words for a day, or its hour, in languages that write the day before the month.
_DAY_FIRST = frozenset(
    [
        "datum", "valutadatum", "buchungstag", "buchungsdatum", "handelstag", "valuta", "tijd", "uhrzeit", "zeit",
        "fecha", "hora", "heure", "jour", "dato", "kurs", "koers", "betrag", "bedrag", "importe", "importo", "montant",
        "quantite", "cantidad", "stuck", "aantal", "anzahl", "menge", "valeur",
    ]
)  # fmt: skip
#: Names of a bar of prices: two of them are no accident.
_BAR = {"open", "high", "low", "close", "adj close", "adjusted close", "volume", "vol", "vwap", "bar count"}
_ACCOUNT_KEYS = {"account", "account id", "konto", "compte", "cuenta", "conto", "rekening"}
#: Labels of a balance at the end of a period.
_ENDING = re.compile(
    r"^ending (?:cash|balance)|^end(?:barsaldo|saldo|bestand)|schlusssaldo|^solde final|^saldo final|^eindsaldo"
)
#: Columns that no table of holdings has.
_NEVER_HELD = (Role.ACTION, Role.NET, Role.SETTLE, Role.BOOKED)
_HAPPENED = (Role.ACTION, Role.SIDE, Role.NET, Role.FEE, Role.SETTLE, Role.GROSS, Role.BOOKED, Role.REF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user tells about a file.

    Parameters
    ----------
    contracts
        Families of futures that are known.
    as_of
        The day of its positions, where the file states none.
    account, currency
        Where the file names none.
    date_format, decimal, delimiter
        How it is written, where that cannot be told.
    mapped
        Roles of columns by the key of their header.
    saved
        What was said before of headers: mappings by the fingerprint of the header.
    sheet
        Name of the sheet of a workbook; empty: all of them.
    aliases
        Other names, such as tickers by security code for files that have no tickers; a mapping holds on every day.
    units_held
        Gives how many units of a symbol were held at the end of a day; None where that is not known.
    """

    contracts: ContractTable = field(default_factory=ContractTable)
    as_of: dt.date | None = None
    account: str = ""
    currency: str = ""
    date_format: str | None = None
    decimal: str | None = None
    delimiter: str | None = None
    mapped: Mapping[str, Role] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    aliases: Aliases | Mapping[str, str] = field(default_factory=Aliases)
    units_held: UnitsHeld | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.aliases, Aliases):
            object.__setattr__(self, "aliases", Aliases.always(self.aliases))
        object.__setattr__(self, "mapped", {header_key(name): role for name, role in self.mapped.items()})

    def names_on(self, day: dt.date | None) -> Mapping[str, str]:
        """Give symbols by the other names that hold on a day."""
        return self.aliases.on(day) if isinstance(self.aliases, Aliases) else self.aliases


@dataclass(slots=True)
class _Read:
    """What the tables of a file gave."""

    positions: list[PositionReading] = field(default_factory=list)
    cash: list[CashReading] = field(default_factory=list)
    facts: list[FactReading] = field(default_factory=list)
    balances: dict[str, Decimal] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)
    last_day: dt.date | None = None
    understood: bool = False


def read_sheet(
    sheet: Sheet, *, name: str, delimiter: str, settings: Settings, format_name: str = "", why: str = "",
    as_of: dt.date | None = None,
) -> Statement:  # fmt: skip
    """Read the tables of a file.

    Parameters
    ----------
    sheet
        The file taken apart.
    name
        For messages.
    delimiter
        Sign between its fields.
    settings
        What the user tells.
    format_name, why
        What it was recognised as already, and by what; empty to find out by the columns.
    as_of
        The day that the file states outside of its tables.

    Raises
    ------
    FileFormatError
        If no table holds positions, transactions or balances.
    """
    known_layout, share = recognise(h for t in sheet.tables for h in t.header)
    month_first = known_layout.month_first if known_layout is not None else None
    if month_first is None and _DAY_FIRST & {plain_words(h) for t in sheet.tables for h in t.header}:
        month_first = False
    hint = settings.decimal or sheet_sign(sheet.tables, delimiter)
    layouts = [lay_out(t, hint=hint, mapped=settings.mapped) for t in sheet.tables]
    _check_mapped(sheet, settings.mapped, name)
    remarks, read = Remarks(), _Read()
    values = [pair for t in sheet.tables for pair in key_values(t) or ()]
    day = _day(sheet, values, layouts, settings, as_of, month_first)
    file = replace(_file(name, sheet, values, settings, known_layout, day), month_first=month_first)
    for table, layout in zip(sheet.tables, layouts, strict=True):
        if key_values(table) is not None:
            remarks.left_out.append(LeftOut(_lines(table), "names and values of the file"))
            continue
        own = _account_above(table, sheet) or file.account
        _read_table(table, layout, replace(file, account=own), read, remarks)
    read.positions, read.facts = with_codes(read.positions, read.facts, sheet.tables, layouts)
    first = min((t.line for t in sheet.tables), default=0)
    above = [r for r in sheet.loose if r.line < first]
    remarks.left_out += [LeftOut((r.line,), "above the tables: title, user or summary") for r in above]
    under = [r for r in sheet.loose if r.line >= first]
    read.cash += loose_cash(under, account=file.account or None, currency=file.currency, remarks=remarks)
    if not read.understood:
        raise _nothing(name, sheet)
    stated = settings.currency or known_layout is not None or any(lay.has(Role.CURRENCY) for lay in layouts)
    if not stated and money_sign(sheet.tables) == "USD":
        remarks.ask(Ask("currency", "the sign $ may be that of another dollar", taken="USD"))
    return _statement(name, known_layout, share, format_name, why, day, file, read, remarks)


def _check_mapped(sheet: Sheet, mapped: Mapping[str, Role], name: str) -> None:
    """Refuse a mapping of columns that are not there."""
    headers = [h for t in sheet.tables for h in t.header if h]
    missing = mapped.keys() - {header_key(h) for h in headers}
    if missing:
        raise FileFormatError(
            expected=f"the columns that --map names: {', '.join(sorted(missing))}",
            found=f"{', '.join(repr(h) for h in dict.fromkeys(headers)) or 'no table'} in {name}",
            try_next="name them as the file does",
        )


def _day(
    sheet: Sheet, values: Sequence[tuple[str, str]], layouts: Sequence[Layout], settings: Settings,
    as_of: dt.date | None, month_first: bool | None,
) -> StatedDay:  # fmt: skip
    stated = _stated_day(sheet, values, layouts, settings, as_of, month_first)
    if settings.as_of is not None and (stated.day is None or "was made" in stated.why):
        return StatedDay(settings.as_of, "as the user said")
    return stated


def _stated_day(
    sheet: Sheet, values: Sequence[tuple[str, str]], layouts: Sequence[Layout], settings: Settings,
    as_of: dt.date | None, month_first: bool | None,
) -> StatedDay:  # fmt: skip
    """Find the day that a file states: by its envelope, by a column, by a title, or as the day it was made."""
    if as_of is not None:
        return StatedDay(as_of, "as the file states")
    for table, layout in zip(sheet.tables, layouts, strict=True):
        column = layout.first(Role.AS_OF)
        # In a table of what happened it is the day of a row.
        if column is not None and not (layout.has(Role.DATE) and layout.has(*_HAPPENED, Role.AMOUNT)):
            file = File(name="the file", contracts=ContractTable(), date_format=settings.date_format)
            days = table_days(table, layout, file)
            stated = {days.day(r.cells[column.at]) for r in table.rows if column.at < len(r.cells)} - {None}
            if len(stated) == 1:
                return StatedDay(stated.pop(), f"column {column.header!r}")
    return file_day(sheet.loose, values, month_first=month_first)


def _file(
    name: str, sheet: Sheet, values: Sequence[tuple[str, str]], settings: Settings, known_layout: KnownLayout | None,
    day: StatedDay,
) -> File:  # fmt: skip
    account = settings.account or next((v for k, v in values if k.lower() in _ACCOUNT_KEYS), "")
    account = account or next((a for r in sheet.loose if (a := account_in(r))), "")
    sign = money_sign(sheet.tables)
    currency, asked = settings.currency, ""
    if not currency and sign:
        currency = sign
    elif not currency and known_layout is not None and known_layout.currency:
        currency, asked = known_layout.currency, known_layout.asked
    return File(
        name=name, contracts=settings.contracts, as_of=day.day, account=account, currency=currency, currency_from=asked,
        date_format=settings.date_format, units_held=settings.units_held,
        format="table" if known_layout is None else known_layout.name,
    )  # fmt: skip


def _account_above(table: Table, sheet: Sheet) -> str:
    """Give the account named in the lines between the table before and this one, or in the section above it."""
    before = max((max(_lines(t)) for t in sheet.tables if t.line < table.line), default=0)
    between = [r for r in sheet.loose if before < r.line < table.line]
    titled = next((a for r in reversed(between) if (a := account_in(r))), "")
    above = [pair for t in sheet.tables if t.line < table.line for pair in key_values(t) or ()]
    return titled or next((v for k, v in reversed(above) if k.lower() in _ACCOUNT_KEYS), "")


def _lines(table: Table) -> tuple[int, ...]:
    return (table.line, *(r.line for r in table.rows))


def _read_table(table: Table, layout: Layout, file: File, read: _Read, remarks: Remarks) -> None:
    """Read one table by what its columns say that it is."""
    lines = (remarks.proved, remarks.unproved)
    if _is_price_history(table):
        remarks.left_out.append(LeftOut(_lines(table), "a history of prices"))
        return
    if is_wallet(table):
        _take_ledger(read_wallet(table, layout, file, remarks), read)
    elif is_ledger(table, layout):
        _take_ledger(read_legs(table, layout, file, remarks), read)
    elif layout.has(Role.DATE) and layout.has(*_HAPPENED, Role.QUANTITY, Role.AMOUNT) and not _is_dated_book(layout):
        read.facts += read_facts(table, layout, file, remarks)
        _take_balances(table, layout, file, read, remarks)
    elif layout.has(*_IDENTITY) and layout.has(*_NEVER_HELD):
        remarks.faults.append(
            Fault(line=table.line, why="transactions without a day", try_next="call the column of days date")
        )
    elif _is_repeated(table, layout):
        remarks.left_out.append(LeftOut(_lines(table), f"{table.section}: says again what other sections say"))
        return
    elif layout.has(*_IDENTITY) and layout.has(Role.QUANTITY):
        holdings = read_positions(table, layout, file, remarks)
        read.positions += holdings.positions
        read.cash += holdings.cash
    elif _is_cash_table(layout):
        read.cash += _cash_rows(table, layout, file, remarks)
        remarks.prove(proved=True)
    else:
        accounts = summary_accounts(table, layout)
        why = "a summary" if accounts else "a table of neither positions, transactions nor balances"
        remarks.left_out.append(LeftOut(_lines(table), why))
        read.accounts += [a for a in accounts if a not in read.accounts]
        if layout.has(*_IDENTITY) and layout.has(Role.PRICE) and layout.has(Role.VALUE) and not table.section:
            remarks.faults.append(
                Fault(line=table.line, why="names, prices and values, and no column that is a quantity",
                      try_next="call the column of quantities quantity")
            )  # fmt: skip
        return
    read.understood = True
    made = {p.line: p for p in read.positions} | {line: f for f in read.facts for line in f.lines}
    tell_unused(table, layout, made, remarks, by_sign=_is_of_amounts(table, layout))
    proved = remarks.unproved == lines[1] and remarks.proved > lines[0]
    _report_columns(table, layout, read, remarks, proved=proved)


def _is_price_history(table: Table) -> bool:
    """Tell the prices of a day from what happened on it: open, high, low, close, volume."""
    return len(_BAR & {plain_words(h) for h in table.header}) > 1


def _is_repeated(table: Table, layout: Layout) -> bool:
    """Tell a section of gains or of currencies from the one of positions, in a file of many sections."""
    if not table.section or layout.has(Role.LEVEL) or not layout.has(Role.QUANTITY):
        return False
    return "forex" in table.section.lower() or not (layout.has(Role.COST, Role.UNIT_COST) and layout.has(Role.VALUE))


def _is_dated_book(layout: Layout) -> bool:
    """Tell holdings of a day in a column from trades: values and costs, and nothing that happened."""
    books = layout.has(Role.VALUE, Role.UNIT_COST, Role.COST, Role.BASE_VALUE)
    return books and layout.has(Role.QUANTITY) and not layout.has(*_HAPPENED, Role.AMOUNT)


def _is_of_amounts(table: Table, layout: Layout) -> bool:
    return is_wallet(table) or is_ledger(table, layout) or _is_cash_table(layout)


def _is_cash_table(layout: Layout) -> bool:
    money = layout.has(Role.NET, Role.AMOUNT, Role.BALANCE, Role.VALUE)
    return layout.has(Role.CURRENCY) and money and not layout.has(Role.DATE, Role.SYMBOL, Role.ISIN, Role.QUANTITY)


def _cash_rows(table: Table, layout: Layout, file: File, remarks: Remarks) -> list[CashReading]:
    """Read balances by currency: those at the end of the period, the total in the base currency left out."""
    label = layout.first(Role.LABEL)
    rows = list(table.rows)
    if label is not None:
        ending = [r for r in rows if _ENDING.search(plain_words(r.cells[label.at]))]
        rest = [r for r in rows if r not in ending]
        if ending and rest:
            remarks.left_out.append(LeftOut(tuple(r.line for r in rest), "parts of the balances, not balances"))
        rows = ending or rows
    balances = []
    for row in rows:
        currency, cell = layout.row_currency(row), money_row(row, layout)
        if currency not in CURRENCIES or is_total(row.filled[0] if row.filled else ""):
            remarks.left_out.append(LeftOut((row.line,), "the total of the balances in the base currency"))
        elif cell is None:
            remarks.faults.append(Fault(line=row.line, why=f"no amount of {currency}"))
        else:
            account = layout.text(row, Role.ACCOUNT) or file.account or None
            balances.append(CashReading(line=row.line, account=account, currency=currency, amount=cell.value))
    return balances


def _take_ledger(ledger: Ledger, read: _Read) -> None:
    read.facts += ledger.facts
    if ledger.balances:
        read.last_day = ledger.last_day
    for asset, amount in ledger.balances.items():
        if asset in CURRENCIES or ledger.is_wallet:
            read.cash.append(CashReading(line=0, account=None, currency=asset, amount=amount, note="last balance"))
        else:
            read.balances[asset] = amount


def _take_balances(table: Table, layout: Layout, file: File, read: _Read, remarks: Remarks) -> None:
    """Take the last running balance of each currency."""
    if not layout.has(Role.BALANCE):
        return
    days = table_days(table, layout, file)
    rows = [(days.second(layout.text(r, Role.DATE)), r) for r in table.rows]
    dated = [(s, r) for s, r in rows if s is not None]
    newest_first = len(dated) > 1 and dated[0][0] > dated[-1][0]
    latest: dict[str, tuple[int, Row]] = {}
    for second, row in dated if newest_first else reversed(dated):
        stated = layout.number(row, Role.BALANCE)
        currency = (stated.currency if stated else None) or layout.row_currency(row) or file.currency
        if stated is not None and second > latest.get(currency, (-1, row))[0]:
            latest[currency] = (second, row)
    for currency, (_, row) in latest.items():
        cell = layout.number(row, Role.BALANCE)
        if cell is not None:
            account = layout.text(row, Role.ACCOUNT) or file.account or None
            read.cash.append(CashReading(line=row.line, account=account, currency=currency or None, amount=cell.value))
    _check_balances([r for _, r in (dated if not newest_first else reversed(dated))], layout, file, remarks)
    named = (days.day(layout.text(r, Role.DATE)) for _, r in dated)
    read.last_day = max((d for d in named if d is not None), default=None)


def _check_balances(rows: Sequence[Row], layout: Layout, file: File, remarks: Remarks) -> None:
    """Follow the running balance of each currency."""
    steps = []
    for row in rows:
        moved = layout.number(row, Role.NET) or layout.number(row, Role.AMOUNT)
        balance = layout.number(row, Role.BALANCE)
        if moved is not None and balance is not None:
            key = (layout.text(row, Role.ACCOUNT), balance.currency or layout.row_currency(row) or file.currency)
            steps.append(Step(row.line, key, moved.value, balance.value))
    follow_balances(steps, remarks)


def _report_columns(table: Table, layout: Layout, read: _Read, remarks: Remarks, *, proved: bool) -> None:
    """Say what every column was read as; refuse numbers that could be a cost, a unit or an amount."""
    remarks.faults += layout.faults
    read.columns += [(c.header, c.role.value) for c in layout.columns if c.header]
    for column in layout.unread:
        read.columns.append((column.header, ""))
        cells = [
            r.cells[column.at] for r in table.rows if column.at < len(r.cells) and not is_empty(r.cells[column.at])
        ]
        if not proved and any((n := read_cell(c, column.sign)) is not None and n.value for c in cells):
            remarks.faults.append(
                Fault(
                    line=table.line, why=f"column {column.header!r} holds numbers and its name is not understood",
                    try_next="say what it is with --map", column=column.header,
                )
            )  # fmt: skip
        else:
            remarks.ask(Ask("column", f"column {column.header!r} was not read", taken="it changes nothing"))


def _nothing(name: str, sheet: Sheet) -> FileFormatError:
    headers = "; ".join(", ".join(repr(h) for h in t.header[:8]) for t in sheet.tables[:3])
    return FileFormatError(
        expected="a table of positions (a name and a quantity), of transactions (a day and what happened) or balances",
        found=f"{headers or 'no table'} in {name}",
        try_next=f"say what the columns are: --map '{suggest(h for t in sheet.tables[:1] for h in t.header)}'"
        if sheet.tables
        else "name the columns symbol, quantity, price, or date, action, symbol, quantity, price, amount",
    )


def _statement(
    name: str, known_layout: KnownLayout | None, share: float, format_name: str, why: str, day: StatedDay, file: File,
    read: _Read, remarks: Remarks,
) -> Statement:  # fmt: skip
    holds = Holds.CASH
    if read.positions or (read.cash and not read.facts):
        holds = Holds.MIXED if read.facts else Holds.POSITIONS
    elif read.facts:
        holds = Holds.TRANSACTIONS
    as_of = day.day if holds is not Holds.TRANSACTIONS else read.last_day
    accounts = dict.fromkeys(
        a for rows in (read.positions, read.cash, read.facts) for a in (r.account for r in rows) if a
    )
    named = list(accounts) or read.accounts or ([file.account] if file.account else [])
    if not accounts and len(named) == 1:
        read.positions = [replace(p, account=named[0]) for p in read.positions]
        read.cash = [replace(c, account=named[0]) for c in read.cash]
    if read.positions and as_of is None:
        remarks.ask(Ask("day", "the file does not say of which day its positions are"))
    if not named:
        remarks.ask(Ask("account", "the file names no account"))
    if holds is Holds.TRANSACTIONS and (read.cash or read.balances):
        ends = [(c.amount, c.currency) for c in read.cash] + [(n, coin) for coin, n in read.balances.items()]
        listed = ", ".join(f"{amount.normalize():f} {of or ''}".rstrip() for amount, of in ends)
        remarks.note(f"the file ends with {listed}: no book, for what did not move is not in it; see trimtab holdings")
    if day.why:
        remarks.note(f"day of the file: {day.why}")
    return Statement(
        name=name, format=format_name or (known_layout.name if known_layout else "table"),
        why=why or (f"{share:.0%} of the columns of {known_layout.title}" if known_layout else "its columns alone"),
        holds=holds, as_of=as_of, prices_of=day.prices_of, accounts=tuple(named), positions=tuple(read.positions),
        cash=tuple(read.cash), balances=tuple(read.balances.items()), facts=tuple(read.facts),
        left_out=tuple(remarks.left_out), notes=tuple(remarks.notes), asks=tuple(remarks.asks),
        faults=tuple(remarks.faults),
        columns=tuple(dict.fromkeys(read.columns)),
    )  # fmt: skip
