"""Which column of a table is what: by its header's meaning, by its cells, by its neighbour; and by what the user told.

Every column ends as used, as without consequence, or as told. A column that could change sign, currency, unit or kind
and is not understood is a fault: the file is refused with a mapping to fill in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.cells.spelling import plain_words
from trimtab.feeds.statements.cells.words import direction, is_total
from trimtab.feeds.statements.columns.fitting import by_cells, currency_code, fits, is_day, type_column
from trimtab.feeds.statements.columns.mapping import header_key
from trimtab.feeds.statements.columns.roles import COUNTED, Role, candidates
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.columns.twins import settle_twins
from trimtab.feeds.statements.records import Fault
from trimtab.market.reading.numbers import Cell, DecimalSign, decide_sign, is_empty, looks_numeric, read_cell
from trimtab.model.currencies import CURRENCIES

__all__ = ["Column", "Layout", "currency_code", "lay_out", "sheet_sign"]

#: Names of two columns of money, one for each way.
_CAME = re.compile(r"\bcredits?\b|\bhaben\b|\bgutschrift|\b(?:paid|money) in\b|\babonos?\b|\bavere\b|\bbij\b")
_WENT = re.compile(r"\bdebits?\b|\bsoll\b|\bbelastung|\b(?:paid|money) out\b|\bcargos?\b|\bdare\b|\baf\b")
_UNITS = {"stuck", "stk", "stucke", "shares", "units", "nominal", "nominale", "ns", "pa", "nc", "st", "stuks", "qty"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that was understood.

    Parameters
    ----------
    at
        Its place in a row.
    header
        Its name in the file; of a column without one, that of the column it belongs to.
    role
        What it is.
    owner
        For a currency: place of the column it is the currency of; -1 where it is that of the row.
    sign
        Decimal sign of its cells.
    way
        +1 for a column of money that came (credit), -1 for one of money that went (debit), where a table has both: its
        cells have no sign of their own; 0 for all other columns.
    """

    at: int
    header: str
    role: Role
    owner: int = -1
    sign: DecimalSign = "."
    way: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of a table by role, in the order of the file."""

    columns: tuple[Column, ...]
    unread: tuple[Column, ...] = ()
    faults: tuple[Fault, ...] = ()
    _by_role: dict[Role, list[Column]] = field(init=False, repr=False, compare=False)
    _currency_of: dict[int, Column] = field(init=False, repr=False, compare=False)
    #: Numbers by the place of their column, by text and text of its currency: a table writes few numbers many times.
    _numbers: dict[int, dict[str | tuple[str, str], Cell | None]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Columns are asked for in every row.
        by_role: dict[Role, list[Column]] = {}
        currency_of: dict[int, Column] = {}
        for column in self.columns:
            by_role.setdefault(column.role, []).append(column)
            if column.role is Role.CURRENCY:
                currency_of.setdefault(column.owner, column)
        object.__setattr__(self, "_by_role", by_role)
        object.__setattr__(self, "_currency_of", currency_of)
        object.__setattr__(self, "_numbers", {})

    def has(self, *roles: Role) -> bool:
        """Tell whether any of these roles has a column."""
        return any(role in self._by_role for role in roles)

    def of(self, role: Role) -> list[Column]:
        """Give the columns of a role."""
        return self._by_role.get(role, [])

    def first(self, role: Role) -> Column | None:
        """Give the first column of a role."""
        columns = self._by_role.get(role)
        return columns[0] if columns else None

    def text(self, row: Row, role: Role) -> str:
        """Give the first cell of a role that says something; empty if there is none."""
        for column in self._by_role.get(role, ()):
            if column.at < len(row.cells) and not is_empty(row.cells[column.at]):
                return row.cells[column.at]
        return ""

    def number(self, row: Row, role: Role) -> Cell | None:
        """Give the first number of a role; None if there is none."""
        nothing = None
        for column in self._by_role.get(role, ()):
            cell = self.cell(row, column)
            if cell is not None and (cell.value or not column.way):
                return cell
            nothing = nothing or cell
        return nothing

    def cell(self, row: Row, column: Column) -> Cell | None:
        """Give the number in a column of a row, with the currency that belongs to it."""
        cells, at = row.cells, column.at
        if at >= len(cells):
            return None
        text = cells[at]
        own = self._currency_of.get(at)
        key = text if own is None or own.at >= len(cells) else (text, cells[own.at])
        try:
            return self._numbers[at][key]
        except KeyError:
            cell = _cell(text, "" if isinstance(key, str) else key[1], column)
            self._numbers.setdefault(at, {})[key] = cell
            return cell

    def row_currency(self, row: Row) -> str:
        """Give the currency that a row states for all its numbers; empty if it states none."""
        for column in self._by_role.get(Role.CURRENCY, ()):
            if column.owner == -1 and column.at < len(row.cells):
                code = currency_code(row.cells[column.at])
                if code:
                    return code
        return ""


def _cell(text: str, stated: str, column: Column) -> Cell | None:
    """Read a number of a column, in the currency that its own column states unless it names one itself."""
    if is_empty(text):
        return None
    cell = read_cell(text, column.sign, (currency_code(stated) if stated else "") or None)
    if cell is None or not column.way:
        return cell
    return replace(cell, value=abs(cell.value) * column.way)


def sheet_sign(tables: Sequence[Table], delimiter: str) -> DecimalSign:
    """Decide what the decimal sign of a file is where a column does not tell, by all its cells and its delimiter."""
    texts = (c for t in tables for column in t.columns(t.rows) for c in dict.fromkeys(column))
    sign = decide_sign(texts, unless=is_day)
    if sign in {".", ","}:
        return sign
    return "." if delimiter in {",", "\t", "|"} and sign == "?" and not _has_lone_comma(tables) else "?"


def _has_lone_comma(tables: Sequence[Table]) -> bool:
    return any("," in c and looks_numeric(c) for t in tables for row in t.rows for c in row.cells)


def lay_out(table: Table, *, hint: DecimalSign = ".", mapped: Mapping[str, Role] | None = None) -> Layout:
    """Give every column of a table its role.

    Parameters
    ----------
    table
        As taken apart.
    hint
        Decimal sign of the file, for columns that do not tell.
    mapped
        Roles that the user told, by the key of the header (`mapping.header_key`).

    Examples
    --------
    >>> table = Table(header=("Ticker", "Menge"), line=1, rows=(Row(2, ("A", "1.000")), Row(3, ("B", "2,5"))))
    >>> [(c.role.value, c.sign) for c in lay_out(table).columns]
    [('symbol', '.'), ('quantity', ',')]
    """
    key = (hint, frozenset((mapped or {}).items()))
    laid = table.laid.get(key)
    if not isinstance(laid, Layout):
        laid = table.laid[key] = _lay_out(table, hint, mapped or {})
    return laid


def _lay_out(table: Table, hint: DecimalSign, mapped: Mapping[str, Role]) -> Layout:
    rows = [r for r in table.rows if not is_total(r.first)] or list(table.rows)
    cells = [_saying(column) for column in table.columns(rows)]
    width = len(cells)
    header = [*table.header, *[""] * (width - len(table.header))]
    roles = [_role(header, cells, i, mapped) for i in range(width)]
    _pair_unnamed(header, cells, roles)
    settle_twins(header, cells, roles)
    _take_only_day(roles)
    columns, unread = [], []
    for i in range(width):
        role = roles[i]
        if role is None:
            if cells[i]:
                name, sign = header[i] or f"column {i + 1}", decide_sign(dict.fromkeys(cells[i]), hint=hint)
                unread.append(Column(at=i, header=name, role=Role.INERT, sign=sign))
            continue
        sign = decide_sign(dict.fromkeys(cells[i]), hint=hint) if role in COUNTED else "."
        columns.append(Column(at=i, header=header[i], role=role, sign=sign))
    owned = tuple(replace(c, owner=_owner(c, columns)) if c.role is Role.CURRENCY else c for c in _both_ways(columns))
    return Layout(columns=owned, unread=tuple(unread), faults=tuple(_doubtful(unread, cells, owned, table.line)))


def _saying(column: list[str]) -> list[str]:
    """Give the cells of a column that say something."""
    silent = {text for text in dict.fromkeys(column) if is_empty(text)}
    return [text for text in column if text not in silent] if silent else column


def _take_only_day(roles: list[Role | None]) -> None:
    """Take the one day of rows of money for theirs; what was traded has another one than its settlement."""
    if {Role.DATE, Role.QUANTITY, Role.PRICE} & set(roles):
        return
    for role in (Role.SETTLE, Role.BOOKED):
        if roles.count(role) == 1:
            roles[roles.index(role)] = Role.DATE
            return


def _both_ways(columns: Sequence[Column]) -> list[Column]:
    """Give money that came and money that went, in two columns without signs, the sign that their names have."""
    ways = {c.at: way for c in columns if c.role is Role.AMOUNT and (way := _way(plain_words(c.header)))}
    return [replace(c, way=ways.get(c.at, 0)) if {1, -1} <= set(ways.values()) else c for c in columns]


def _way(words: str) -> int:
    if _CAME.search(words):
        return 1
    return -1 if _WENT.search(words) else 0


def _role(header: Sequence[str], cells: Sequence[list[str]], at: int, mapped: Mapping[str, Role]) -> Role | None:
    name, inside = header[at], cells[at]
    if header_key(name) in mapped:
        return mapped[header_key(name)]
    if not name:
        return None
    meant = [role for role, _ in candidates(name)]
    if {Role.ACTION, Role.KIND} <= set(meant) and plain_words(name) in {"type", "typ", "tipo", "art"}:
        return type_column(inside)
    chosen = next((role for role in meant if fits(role, inside)), None)
    if chosen is None and inside:
        # A number that is garbled in each cell is one still: its row is refused, and the column not passed over.
        garbled = meant and meant[0] in COUNTED and any(sign.isdigit() for cell in inside for sign in cell)
        garbled = garbled or (meant[:1] == [Role.SIDE] and any(direction(cell) is not None for cell in inside))
        return by_cells(inside) or (meant[0] if garbled else None)
    return chosen or (meant[0] if meant else None)


def _pair_unnamed(header: list[str], cells: Sequence[list[str]], roles: list[Role | None]) -> None:
    """Give columns without a name what they are by their cells and by the column before them."""
    for at, name in enumerate(header):
        before = at - 1
        if name or not cells[at]:
            continue
        if all(currency_code(c) for c in cells[at]):
            roles[at], header[at] = Role.CURRENCY, f"({header[before]})" if before >= 0 else "(currency)"
        elif before >= 0 and all(currency_code(c) for c in cells[before]) and fits(Role.AMOUNT, cells[at]):
            # The named column holds the currency, the one beside it the number.
            meant = [role for role, _ in candidates(header[before]) if role in COUNTED]
            roles[at], roles[before] = (meant[0] if meant else None), Role.CURRENCY
            header[at] = header[before]
        elif all(plain_words(c) in _UNITS for c in cells[at]):
            roles[at], header[at] = Role.UNIT, f"({header[before]})"


#: Of what a currency is the currency where its name says no column.
_OF_ROW = {"", "transaction", "buchungs", "local", "base", "account", "settlement", "trade"}
_OF_PRICE = {"instrument", "price", "security", "stock", "quote", "product", "share", "kurs", "asset", "listing"}


def _owner(column: Column, columns: Sequence[Column]) -> int:
    """Find which column a currency belongs to; -1 for the whole row."""
    if column.header.startswith("("):
        return _before(column.at, columns)
    if next((c for c in columns if c.header == column.header and c.at == column.at + 1 and c.role in COUNTED), None):
        return column.at + 1
    named = next((of for role, of in candidates(column.header) if role is Role.CURRENCY), "")
    if named in _OF_ROW:
        return -1
    roles = [Role.PRICE] if named in _OF_PRICE else [role for role, _ in candidates(named)]
    counted = [c for c in columns if c.role in COUNTED]
    if named == "quote" and not any(c.role is Role.PRICE for c in counted):
        roles = [Role.AMOUNT]
    exact = [] if named in _OF_PRICE else [c for c in counted if plain_words(c.header) == named]
    return next((c.at for c in (*exact, *(c for c in counted if c.role in roles))), -2)


def _before(at: int, columns: Sequence[Column]) -> int:
    return max((c.at for c in columns if c.at < at and c.role in COUNTED), default=-1)


def _doubtful(
    unread: Sequence[Column], cells: Sequence[list[str]], columns: Sequence[Column], line: int
) -> list[Fault]:
    """Refuse columns that are not understood and could change sign, currency or unit."""
    faults = []
    roles = {c.role for c in columns}
    for column in unread:
        inside = cells[column.at]
        if len(inside) > 0 and all(looks_numeric(c) for c in inside):
            continue  # What it may be, the numbers of the rows decide.
        if any(direction(c) is not None and len(c) > 1 for c in inside) and not roles & {Role.SIDE, Role.ACTION}:
            what = "looks like a direction"
        elif all(currency_code(c) in CURRENCIES for c in inside):
            what = "looks like a currency"
        else:
            continue
        faults.append(
            Fault(
                line=line,
                why=f"column {column.header!r} {what} and its name is not understood",
                try_next="say what it is with --map",
                column=column.header,
            )
        )
    return faults
