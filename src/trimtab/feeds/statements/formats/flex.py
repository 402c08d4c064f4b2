"""Interactive Brokers Flex query, XML (generation of 2024-2026).

Every row is an element whose attributes are its cells; the element's name is the table. Which attributes stand there is
chosen by the customer. ``levelOfDetail`` tells summaries from lots, ``BASE_SUMMARY`` is the sum of other currencies,
an empty attribute means not stated, days are ISO or without dashes, a semicolon parts day and time. Numbers have a
decimal point and no groups. Futures state their notional as value.
"""

from sys import intern
from xml.etree.ElementTree import Element

from trimtab.feeds.statements.cells.days import read_days
from trimtab.feeds.statements.cells.sheets import Row
from trimtab.feeds.statements.columns.tables import Sheet, Table
from trimtab.feeds.statements.formats.markup import children, local
from trimtab.feeds.statements.records import Statement
from trimtab.feeds.statements.road import Settings, read_sheet

__all__ = ["is_flex", "read_flex"]

#: Tables whose rows change a book; what else a customer may ask for is left out.
_BOOKED = {
    "OpenPosition", "CashReportCurrency", "Trade", "CashTransaction", "SecurityInfo", "Transfer", "Order",
    "CorporateAction",
}  # fmt: skip
#: Attributes of a row of balances that are its end: all others are movements of the period.
_BALANCE = {"accountId", "currency", "levelOfDetail", "endingCash"}


def is_flex(root: Element) -> bool:
    """Tell whether a document is a Flex query."""
    return local(root) == "FlexQueryResponse" or any(True for _ in children(root, "FlexStatement"))


def read_flex(root: Element, *, name: str, settings: Settings) -> Statement:
    """Read a Flex query: each kind of element is a table.

    Parameters
    ----------
    root
        The document; it is emptied.
    name
        For messages.
    settings
        What the user tells.
    """
    rows: dict[str, list[tuple[int, dict[str, str]]]] = {}
    others: dict[str, list[int]] = {}
    ends = [e.get("toDate", "") for e in children(root, "FlexStatement")]
    for line, element in enumerate(root.iter(), start=1):
        if local(element) in _BOOKED:
            rows.setdefault(local(element), []).append((line, element.attrib))
        elif element.attrib:
            others.setdefault(local(element), []).append(line)
    tables = tuple(_table(kind, records) for kind, records in rows.items())
    loose = tuple(Row(lines[0], (f"element {kind}: {len(lines)}",)) for kind, lines in others.items())
    as_of = read_days(ends[-1], where=name) if ends and ends[-1] else None
    # A long document is as large as all that is read from it: it goes before that is read.
    rows.clear()
    root.clear()
    return read_sheet(
        Sheet(tables=tables, loose=loose), name=name, delimiter=",", settings=settings, format_name="ibkr-flex-xml",
        why="elements of a Flex query", as_of=as_of,
    )  # fmt: skip


def _table(kind: str, records: list[tuple[int, dict[str, str]]]) -> Table:
    names = dict.fromkeys(key for _, row in records for key in row if kind != "CashReportCurrency" or key in _BALANCE)
    # Most cells say what another said: they are one text.
    rows = tuple(Row(line, tuple(intern(row.get(n, "").strip()) for n in names)) for line, row in records)
    return Table(header=tuple(names), line=records[0][0], rows=rows, section=kind)
