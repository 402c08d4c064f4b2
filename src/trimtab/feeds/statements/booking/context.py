"""What the builders of positions and of facts share: the file's facts, and what a row says of its thing."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from trimtab.feeds.statements.booking.identity import ThingTexts
from trimtab.feeds.statements.cells.days import Days
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.columns.layout import Layout
from trimtab.feeds.statements.columns.roles import Role
from trimtab.feeds.statements.columns.tables import Table
from trimtab.feeds.statements.records import Ask, Fault, LeftOut
from trimtab.model.contract import ContractTable

__all__ = ["File", "Remarks", "UnitsHeld", "chosen_level", "say", "table_days"]

#: Gives how many units of a symbol were held at the end of a day; None where that is not known.
UnitsHeld = Callable[[str, dt.date], Decimal | None]

_CODES = {
    Role.ISIN: "isin",
    Role.CUSIP: "cusip",
    Role.SEDOL: "sedol",
    Role.WKN: "wkn",
    Role.FIGI: "figi",
    Role.CODE: "code",
}
_LEVELS = ("summary", "order", "execution", "trade", "lot", "closed lot")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is known of a file before its rows are read.

    Parameters
    ----------
    name
        For messages.
    contracts
        Families of futures that are known.
    as_of
        Its day; None if it states none.
    account
        The account that the whole file is of; empty if it states none.
    currency
        Where rows state none: by the user, by a sign of money, or by the format; empty if nothing says it.
    currency_from
        In words, what says it; empty where it is stated.
    month_first
        Order of day and month that the format is known to have.
    date_format
        As the user said.
    format
        What it was recognised as.
    units_held
        Gives what books say was held; None where there are none.
    """

    name: str
    contracts: ContractTable
    as_of: dt.date | None = None
    account: str = ""
    currency: str = ""
    currency_from: str = ""
    month_first: bool | None = None
    date_format: str | None = None
    format: str = "table"
    units_held: UnitsHeld | None = None


@dataclass(slots=True)
class Remarks:
    """What is said beside the readings, gathered while rows are read."""

    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unsigned: list[int] = field(default_factory=list)
    proved: int = 0
    unproved: int = 0
    _asked: set[Ask] = field(default_factory=set)

    def prove(self, *, proved: bool) -> None:
        """Count a row whose numbers prove one another, or one that nothing proves."""
        self.proved += proved
        self.unproved += not proved

    def note(self, text: str) -> None:
        """Write down a decision once."""
        if text not in self.notes:
            self.notes.append(text)

    def ask(self, ask: Ask) -> None:
        """Write down a question once."""
        if ask not in self._asked:
            self._asked.add(ask)
            self.asks.append(ask)


def table_days(table: Table, layout: Layout, file: File) -> Days:
    """Read all dates of a table together."""
    roles = (Role.DATE, Role.SETTLE, Role.BOOKED, Role.AS_OF, Role.EXPIRY)
    places = [c.at for role in roles for c in layout.of(role)]
    texts = (row.cells[at] for row in table.rows for at in places if at < len(row.cells))
    return Days(texts, where=file.name, date_format=file.date_format, month_first=file.month_first)


def say(row: Row, layout: Layout, days: Days, group: str = "") -> ThingTexts:
    """Gather what a row says of its thing."""
    strike, multiplier = layout.number(row, Role.STRIKE), layout.number(row, Role.MULTIPLIER)
    expiry = layout.text(row, Role.EXPIRY)
    roots = [row.cells[c.at] for c in layout.of(Role.UNDERLYING) if c.at < len(row.cells)]
    return ThingTexts(
        symbol=layout.text(row, Role.SYMBOL),
        name=layout.text(row, Role.NAME),
        kind=layout.text(row, Role.KIND),
        codes={_CODES[role]: _code(layout.text(row, role), role) for role in _CODES if layout.has(role)},
        underlying=roots[-1].strip() if roots else "",
        expiry=days.day(expiry) if expiry else None,
        strike=None if strike is None or strike.value == 0 else strike.value,
        right=layout.text(row, Role.RIGHT),
        multiplier=None if multiplier is None or multiplier.value == 0 else multiplier.value,
        group=group,
        source=layout.text(row, Role.SOURCE),
    )


def _code(text: str, role: Role) -> str:
    """Give a code without what stands behind it: IE00B3RBWM25 (A1JX52)."""
    return text.split(maxsplit=1)[0] if role is Role.ISIN and text else text


def chosen_level(table: Table, layout: Layout, remarks: Remarks) -> Sequence[Row]:
    """Keep one level of detail: summaries and lots describe the same units."""
    column = layout.first(Role.LEVEL)
    if column is None:
        return table.rows
    levels = [
        row.cells[column.at].lower().replace("_", " ") if column.at < len(row.cells) else "" for row in table.rows
    ]
    levels_known = [level for level in _LEVELS if level in levels]
    if not levels_known:
        return table.rows
    keep = levels_known[0]
    others = {level for level in levels if level not in {keep, ""}} - {"base currency", "currency"}
    for level in sorted(others):
        lines = tuple(row.line for row, its in zip(table.rows, levels, strict=True) if its == level)
        remarks.left_out.append(LeftOut(lines, f"level of detail {level!r}: the same units as in the rows {keep!r}"))
    return [row for row, level in zip(table.rows, levels, strict=True) if level in {keep, ""}]
