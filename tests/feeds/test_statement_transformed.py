"""Every look-alike written another way: the same book is read, or the book that the change makes, or it is refused.

One table of changes against all files. `SAME` changes how a file is written and nothing that it says: every file must
give the same numbers. `RISKY` changes what could be misunderstood: the numbers are those expected after the change, or
the file is refused, or something new is asked. A number that is neither is the worst thing that a reader can give.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from statement_files import BESIDE, OURS, is_safe, numbers, read
from trimtab.errors import TrimtabError
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.shapes import Shape, decode, sniff
from trimtab.feeds.statements.cells.sheets import Row, read_rows
from trimtab.feeds.statements.cells.words import is_total
from trimtab.feeds.statements.columns.layout import Column, Layout, lay_out, sheet_sign
from trimtab.feeds.statements.columns.roles import COUNTED, Role
from trimtab.feeds.statements.columns.tables import Table, split_tables
from trimtab.feeds.statements.known import recognise
from trimtab.feeds.statements.records import Statement
from trimtab.market.reading.numbers import is_empty, read_cell

FILES = [p for p in (*OURS, *BESIDE) if sniff(p.read_bytes(), name="a")[0] is Shape.DELIMITED]
Cells = list[list[str]]
Change = Callable[["Opened"], bytes]
_DATED = frozenset([Role.DATE, Role.SETTLE, Role.BOOKED, Role.AS_OF, Role.EXPIRY])
#: Numbers that grow with the size of an account.
_SIZED = frozenset(
    [
        Role.QUANTITY, Role.VALUE, Role.NET, Role.GROSS, Role.AMOUNT, Role.FEE, Role.TAX, Role.BALANCE, Role.COST,
        Role.BASE_VALUE, Role.ACCRUED,
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A file taken apart, with what each column is."""

    text: str
    rows: list[Row]
    tables: tuple[Table, ...]
    layouts: list[Layout]

    def grid(self) -> dict[int, list[str]]:
        """Give the cells of every row by its line."""
        return {row.line: list(row.cells) for row in self.rows}

    def month_first(self) -> bool:
        """Tell the order that the sender writes."""
        known, _ = recognise(h for t in self.tables for h in t.header)
        return bool(known is not None and known.month_first)

    def cells(
        self, change: Callable[[str, Column], str], roles: frozenset[Role], layouts: Sequence[Layout] | None = None
    ) -> dict[int, list[str]]:
        """Change the cells of some columns."""
        grid = self.grid()
        for table, layout in zip(self.tables, layouts or self.layouts, strict=True):
            off = shift(grid[table.line], table)
            for row in (*table.rows, *table.totals):
                for column in layout.columns:
                    at = column.at + off
                    if column.role in roles and at < len(grid[row.line]) and not is_empty(grid[row.line][at]):
                        grid[row.line][at] = change(grid[row.line][at], column)
        return grid


def shift(head: Sequence[str], table: Table) -> int:
    """Give how many cells stand before a table in a file whose rows name their section."""
    return next(i for i in range(1, len(head)) if head[i] == table.header[0]) if table.section else 0


def opened(path: Path) -> Opened:
    """Take a file apart."""
    text = decode(path.read_bytes())[0]
    rows, sign = read_rows(text, name="a file")
    tables = split_tables(rows).tables
    hint = sheet_sign(tables, sign)
    return Opened(text, rows, tables, [lay_out(t, hint=hint) for t in tables])


def written(rows: Sequence[Sequence[str]], delimiter: str = ",", *, quoted: bool = False) -> bytes:
    """Write rows."""
    out = io.StringIO()
    style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator="\n", delimiter=delimiter, quoting=style).writerows(rows)
    return out.getvalue().encode()


def plain(delimiter: str) -> Change:
    """Write a file between another sign."""
    return lambda file: written([row.cells for row in file.rows], delimiter)


def encoded(encoding: str) -> Change:
    """Write a file in another encoding."""
    return lambda file: file.text.encode(encoding)


def ruled(file: Opened) -> bytes:
    """Give every row as many cells as the widest, as spreadsheets do, with empty rows at both ends."""
    width = max(len(row.cells) for row in file.rows)
    return written([[""] * width, *([*r.cells, *[""] * (width - len(r.cells))] for r in file.rows), [""] * width])


def minus(style: str) -> Change:
    """Write negative numbers in another way."""

    def change(cell: str, column: Column) -> str:
        number = read_cell(cell, column.sign)
        if number is None or number.value >= 0 or "(" in cell:
            return cell
        return style.format(re.sub("[-\u2212]", "", cell, count=1))

    return lambda file: written(list(file.cells(change, COUNTED).values()))


def decimal_comma(file: Opened) -> bytes:
    """Write numbers with the other decimal sign, between semicolons."""
    turn = str.maketrans(".,", ",.")
    changed = file.cells(lambda c, column: c if read_cell(c, column.sign) is None else c.translate(turn), COUNTED)
    return written(list(changed.values()), ";")


def dated(form: str) -> Change:
    """Write dates in another way."""

    def change(file: Opened) -> bytes:
        grid = file.grid()
        for table, layout in zip(file.tables, file.layouts, strict=True):
            places = [c.at for c in layout.columns if c.role in _DATED]
            texts = [row.cells[at] for row in table.rows for at in places if at < len(row.cells)]
            try:
                days = Days(texts, where="a", month_first=file.month_first())
            except TrimtabError:
                continue
            one = Opened(file.text, file.rows, (table,), [layout])
            for line, cells in one.cells(lambda c, _, days=days: moment(c, days, form), _DATED).items():
                if line in {r.line for r in table.rows}:
                    grid[line] = cells
        return written(list(grid.values()))

    return change


def moment(cell: str, days: Days, form: str) -> str:
    """Write the moment of a cell, its hour if it has one."""
    second = days.second(cell)
    if second is None or " as of " in cell:
        return cell
    when = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=second)  # noqa: DTZ001 - a moment on the file's own clock
    return when.strftime(f"{form} %H:%M:%S" if second % 86400 else form)


def headed(change: Callable[[str], str]) -> Change:
    """Write the names of columns in another way."""

    def changed(file: Opened) -> bytes:
        grid = file.grid()
        for table in file.tables:
            off = shift(grid[table.line], table)
            grid[table.line] = [*grid[table.line][:off], *(change(c) for c in grid[table.line][off:])]
        return written(list(grid.values()))

    return changed


def snake(name: str) -> str:
    """Write a name as programs do."""
    return re.sub(r"[^0-9a-zäöüß]+", "_", name.lower()).strip("_")


def totals_cut(file: Opened) -> bytes:
    """Leave out the rows of totals under the tables."""
    return written([r.cells for r in file.rows if not (r.filled and is_total(r.filled[0]))])


def with_a_column(file: Opened) -> bytes:
    """Put a column of words in the middle."""
    grid = file.grid()
    for table in file.tables:
        if not table.section:
            at = len(table.header) // 2
            for line in (table.line, *(r.line for r in table.rows)):
                if len(grid[line]) >= at:
                    grid[line].insert(at, "Foo bar" if line == table.line else "lorem ipsum")
    return written(list(grid.values()))


SAME: dict[str, Change] = {
    "semicolons": plain(";"),
    "tabs": plain("\t"),
    "bars": plain("|"),
    "all quoted": lambda file: written([row.cells for row in file.rows], quoted=True),
    "as wide as the widest row": ruled,
    "UTF-16": encoded("utf-16"),
    "UTF-16 without its mark": encoded("utf-16-le"),
    "UTF-8 with its mark": encoded("utf-8-sig"),
    "line ends of Windows": lambda file: file.text.replace("\r\n", "\n").replace("\n", "\r\n").encode(),
    "minus in brackets": minus("({})"),
    "minus behind": minus("{}-"),
    "a true minus": minus("\u2212{}"),
    "dates as 2026-06-30": dated("%Y-%m-%d"),
    "dates as 30-Jun-2026": dated("%d-%b-%Y"),
    "dates as Jun 30, 2026": dated("%b %d, %Y"),
    "dates as 20260630": dated("%Y%m%d"),
    "a column of words": with_a_column,
}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
@pytest.mark.parametrize("change", SAME)
def test_another_way_of_writing_is_the_same_file(path: Path, change: str) -> None:
    """Delimiters, encodings, signs, dates and columns of words change nothing that is booked."""
    copy = read(SAME[change](opened(path)))
    assert (copy.faults, numbers(copy)) == ((), numbers(read(path.read_bytes())))


_WORDS: dict[str, dict[Role, str]] = {
    "German": {
        Role.SYMBOL: "Symbol", Role.NAME: "Bezeichnung", Role.QUANTITY: "Stück", Role.PRICE: "Kurs",
        Role.VALUE: "Marktwert", Role.NET: "Nettobetrag", Role.GROSS: "Bruttobetrag", Role.AMOUNT: "Betrag",
        Role.BALANCE: "Saldo", Role.FEE: "Gebühren", Role.TAX: "Steuern", Role.FX: "Wechselkurs",
        Role.CURRENCY: "Währung", Role.EXPIRY: "Verfall", Role.STRIKE: "Basispreis", Role.ACTION: "Buchungsart",
        Role.DATE: "Datum", Role.SETTLE: "Valuta", Role.COST: "Einstandswert", Role.UNIT_COST: "Einstandskurs",
        Role.ACCOUNT: "Konto", Role.KIND: "Gattung", Role.SIDE: "Kauf/Verkauf", Role.NOTE: "Notiz",
    },
    "Dutch": {
        Role.SYMBOL: "Symbool", Role.NAME: "Naam", Role.QUANTITY: "Aantal", Role.PRICE: "Koers", Role.VALUE: "Waarde",
        Role.NET: "Nettobedrag", Role.GROSS: "Brutobedrag", Role.AMOUNT: "Bedrag", Role.BALANCE: "Saldo",
        Role.FEE: "Kosten", Role.TAX: "Belasting", Role.FX: "Wisselkoers", Role.CURRENCY: "Valuta",
        Role.DATE: "Datum", Role.SETTLE: "Valutadatum", Role.ACCOUNT: "Rekening", Role.SIDE: "Koop/Verkoop",
    },
    "French": {
        Role.SYMBOL: "Symbole", Role.NAME: "Libellé", Role.QUANTITY: "Quantité", Role.PRICE: "Cours",
        Role.VALUE: "Valorisation", Role.NET: "Montant net", Role.GROSS: "Montant brut", Role.AMOUNT: "Montant",
        Role.BALANCE: "Solde", Role.FEE: "Frais", Role.TAX: "Impôts", Role.FX: "Taux de change",
        Role.CURRENCY: "Devise", Role.EXPIRY: "Échéance", Role.STRIKE: "Prix d'exercice", Role.ACTION: "Opération",
        Role.SETTLE: "Date de valeur", Role.UNIT_COST: "PRU", Role.ACCOUNT: "Compte", Role.SIDE: "Sens",
    },
    "Spanish": {
        Role.SYMBOL: "Símbolo", Role.NAME: "Descripción", Role.QUANTITY: "Cantidad", Role.PRICE: "Precio",
        Role.VALUE: "Valor de mercado", Role.NET: "Importe neto", Role.GROSS: "Importe bruto", Role.AMOUNT: "Importe",
        Role.BALANCE: "Saldo", Role.FEE: "Comisión", Role.TAX: "Impuestos", Role.FX: "Tipo de cambio",
        Role.CURRENCY: "Divisa", Role.EXPIRY: "Vencimiento", Role.DATE: "Fecha", Role.SETTLE: "Fecha valor",
        Role.ACTION: "Tipo de operación", Role.ACCOUNT: "Cuenta", Role.UNIT_COST: "Precio medio",
    },
    "Italian": {
        Role.SYMBOL: "Simbolo", Role.NAME: "Titolo", Role.QUANTITY: "Quantità", Role.PRICE: "Prezzo",
        Role.VALUE: "Controvalore", Role.NET: "Importo netto", Role.GROSS: "Importo lordo", Role.AMOUNT: "Importo",
        Role.BALANCE: "Saldo", Role.FEE: "Commissioni", Role.TAX: "Imposte", Role.FX: "Tasso di cambio",
        Role.CURRENCY: "Divisa", Role.EXPIRY: "Scadenza", Role.DATE: "Data", Role.SETTLE: "Data valuta",
        Role.ACTION: "Operazione", Role.ACCOUNT: "Conto", Role.SIDE: "Segno", Role.UNIT_COST: "Prezzo medio",
    },
    "another English": {
        Role.SYMBOL: "Ticker", Role.NAME: "Security name", Role.QUANTITY: "Units", Role.PRICE: "Unit price",
        Role.VALUE: "Market value", Role.NET: "Net amount", Role.GROSS: "Gross amount", Role.AMOUNT: "Amount",
        Role.BALANCE: "Running balance", Role.FEE: "Commission", Role.TAX: "Withholding tax", Role.FX: "FX rate",
        Role.CURRENCY: "Ccy", Role.EXPIRY: "Expiration", Role.STRIKE: "Strike price", Role.ACTION: "Activity",
        Role.DATE: "Trade date", Role.SETTLE: "Settlement date", Role.ACCOUNT: "Account no", Role.SIDE: "B/S",
        Role.COST: "Total cost", Role.UNIT_COST: "Average cost", Role.KIND: "Security type", Role.NOTE: "Memo",
        Role.MULTIPLIER: "Contract size", Role.UNDERLYING: "Underlying symbol",
    },
}  # fmt: skip


def spoken(language: str) -> Change:
    """Name the columns in another language, the first of each role."""

    def change(file: Opened) -> bytes:
        grid = file.grid()
        for table, layout in zip(file.tables, file.layouts, strict=True):
            words, off = dict(_WORDS[language]), shift(grid[table.line], table)
            for column in layout.columns:
                stands = column.role in words and column.at + off < len(grid[table.line])
                if stands and column.owner == -1 and grid[table.line][column.at + off]:
                    grid[table.line][column.at + off] = words.pop(column.role)
        return written(list(grid.values()))

    return change


def larger(file: Opened) -> bytes:
    """Make every quantity and amount three times as large."""

    def change(cell: str, column: Column) -> str:
        number, body = read_cell(cell, column.sign), re.search(r"\d[\d.,'’ ]*\d|\d|[.,]\d+", cell)
        if number is None or body is None or re.search(r"\de[+-]?\d", cell.lower()):
            return re.sub(r"^\d+(?=[SL]$)", lambda m: str(int(m[0]) * 3), cell)
        text = f"{abs(number.value) * 3:f}"
        return cell[: body.start()] + (text.replace(".", ",") if column.sign == "," else text) + cell[body.end() :]

    return written(list(file.cells(change, _SIZED).values()))


RISKY: dict[str, Change] = {
    **{f"columns in {language}": spoken(language) for language in _WORDS},
    "decimal commas": decimal_comma,
    "dates as 30.06.2026": dated("%d.%m.%Y"),
    "names of columns in capitals": headed(str.upper),
    "names of columns as programs write them": headed(snake),
    "totals cut": totals_cut,
}
#: Few files may be refused or asked about: the rest is read, and read right.
_READ = Decimal("0.85")


@pytest.mark.parametrize("change", RISKY)
def test_a_change_of_words_or_signs_is_read_right_or_refused(change: str) -> None:
    """No file gives other numbers in silence, and most are read as the whole."""
    alike = 0
    for path in FILES:
        whole, data = read(path.read_bytes()), RISKY[change](opened(path))
        asked = currency_asked(whole, data)
        assert is_safe(whole, data) or asked, path.stem
        alike += asked or is_same(whole, data)
    assert alike >= _READ * len(FILES)


def currency_asked(whole: Statement, data: bytes) -> bool:
    """Tell whether a copy is the whole but for a currency that only the sender's layout tells, and that is asked."""
    try:
        copy = read(data)
    except TrimtabError:
        return False
    moved = [(f.day, f.quantity, f.cash) for f in copy.facts] == [(f.day, f.quantity, f.cash) for f in whole.facts]
    same = moved and numbers(copy)[0] == numbers(whole)[0]
    return not copy.faults and same and any(a.what == "currency" for a in copy.asks)


def is_same(whole: Statement, data: bytes) -> bool:
    """Tell whether a copy is read as the whole is."""
    try:
        copy = read(data)
    except TrimtabError:
        return False
    return not copy.faults and numbers(copy) == numbers(whole)


#: Files whose descriptions state units or sums as well, which a change of the columns alone contradicts.
_IN_PROSE = {"saxo_transactions", "degiro_account_nl", "degiro_account_en", "xtb"}
#: Files with money in lines of their own, which no column holds.
_BESIDE_TABLES = {"fidelity_positions", "thinkorswim_position_statement"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_an_account_three_times_as_large_is_three_times_the_book(path: Path) -> None:
    """Other numbers give other books: no number of a sample stands in the source."""
    copy, (held, moved, cash) = read(larger(opened(path))), numbers(read(path.read_bytes()))
    if path.stem in _IN_PROSE:
        assert copy.faults or copy.asks
        return
    got_held, got_moved, got_cash = numbers(copy)
    assert got_held == [(label, quantity * 3, unit, size) for label, quantity, unit, size in held]
    assert [tuple(m) for m in got_moved] == [
        (day, fact, None if units is None else units * 3, None if paid is None else paid * 3, currency)
        for day, fact, units, paid, currency in moved
    ]
    assert path.stem in _BESIDE_TABLES or got_cash == {code: amount * 3 for code, amount in cash.items()}
