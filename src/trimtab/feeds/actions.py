"""Read a file of corporate actions: splits, changes of symbol, changes of contract terms, cash dividends."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from trimtab.desk.books.actions import Action, ActionKind
from trimtab.desk.books.snapshots import ReadActions
from trimtab.errors import InputError
from trimtab.feeds.columns import Table, match_columns, plain_number, table_records
from trimtab.market.checks.findings import Findings, Origin

__all__ = ["read_actions"]

_SPELLINGS = {
    "effective": ("effective", "effectivedate", "exdate", "date", "day", "validfrom"),
    "symbol": ("symbol", "ticker", "oldsymbol", "oldticker", "asset", "instrument", "security", "root"),
    "type": ("type", "actiontype", "corporateaction", "action", "kind", "event"),
    "ratio": ("ratio", "splitratio", "split"),
    "new_symbol": ("newsymbol", "newticker", "newname", "to"),
    "multiplier": ("multiplier", "newmultiplier"),
    "tick": ("tick", "ticksize"),
    "lot": ("lot", "lotsize"),
    "amount": ("amount", "dividend", "cash"),
    "currency": ("currency", "ccy"),
    "status": ("status", "state"),
    "id": ("id", "reference", "actionid", "eventid"),
}
_TYPES = {
    "split": ActionKind.SPLIT, "reverse split": ActionKind.SPLIT, "stock split": ActionKind.SPLIT,
    "symbol": ActionKind.SYMBOL, "symbol change": ActionKind.SYMBOL, "rename": ActionKind.SYMBOL,
    "ticker change": ActionKind.SYMBOL, "multiplier": ActionKind.MULTIPLIER, "terms": ActionKind.MULTIPLIER,
    "multiplier change": ActionKind.MULTIPLIER, "dividend": ActionKind.DIVIDEND, "cash dividend": ActionKind.DIVIDEND,
}  # fmt: skip
_PARTS = re.compile(r"(?P<new>[\d.]+)\s*(?::|/|for|-for-)\s*(?P<old>[\d.]+)", re.IGNORECASE)


def read_actions(
    frame: pl.DataFrame, *, origin: Origin, findings: Findings | None = None, date_format: str | None = None
) -> ReadActions:
    """Read corporate actions.

    Parameters
    ----------
    frame
        Columns for the effective day, symbol, and, by type: ratio of a split (``4``, ``4:1``, ``1:10``: units after
        for units before), new_symbol, multiplier (with tick and lot), or amount of a dividend; optional type where
        the other columns do not tell it, status (cancelled), and id: a dividend under an id that is known corrects it.
    origin
        Where the rows came from.
    findings
        What was noticed while the text was taken apart.
    date_format
        How dates are written; found out if None.

    Raises
    ------
    FileFormatError
        If columns are missing or rows cannot be read (all of them are named).

    Examples
    --------
    >>> frame = pl.DataFrame({"effective": ["2020-08-31"], "symbol": ["AAPL"], "ratio": ["4:1"]})
    >>> read_actions(frame, origin=Origin(name="a.csv")).rows[0].ratio
    Decimal('4')
    """
    header, rows = table_records(frame, origin, findings or Findings())
    columns = match_columns(header, _SPELLINGS, needed=("effective", "symbol"), where=origin.name)
    table = Table(origin.name, rows, columns)
    _, days = table.stamps("effective", date_format)
    made = []
    for row, (record, day) in enumerate(zip(table.records, days, strict=True)):
        if not day:
            continue
        try:
            made.append(_action(record, dt.date.fromisoformat(day)))
        except InputError as error:
            table.fault(row, error)
    table.settle()
    named = {at: name for name, at in columns.items()}
    return ReadActions(
        name=origin.name,
        rows=tuple(made),
        columns=tuple((head, named.get(i, "")) for i, head in enumerate(header)),
        notes=tuple(table.notes),
    )


def _action(record: Mapping[str, str], effective: dt.date) -> Action:
    if "symbol" not in record:
        raise InputError(expected="a symbol", found="none", try_next="correct the row")
    kind = _kind(record)
    return Action(
        kind=kind,
        symbol=record["symbol"],
        effective=effective,
        ratio=_ratio(record) if kind is ActionKind.SPLIT else None,
        new_symbol=record.get("new_symbol") if kind is ActionKind.SYMBOL else None,
        multiplier=_number(record, "multiplier") if kind is ActionKind.MULTIPLIER else None,
        tick=_number(record, "tick") if kind is ActionKind.MULTIPLIER else None,
        lot=_number(record, "lot") if kind is ActionKind.MULTIPLIER else None,
        amount=_number(record, "amount") if kind is ActionKind.DIVIDEND else None,
        currency=record.get("currency") if kind is ActionKind.DIVIDEND else None,
        cancelled=record.get("status", "").lower() in {"cancelled", "canceled", "void", "deleted"},
        id=record.get("id", ""),
    )


def _kind(record: Mapping[str, str]) -> ActionKind:
    """Take the type as written, or tell it from the one column that is filled in."""
    if "type" in record:
        word = record["type"].lower().replace("_", " ").replace("-", " ")
        if word not in _TYPES:
            raise InputError(
                expected="a type among split, symbol, multiplier, dividend",
                found=repr(record["type"]),
                try_next="correct the row",
            )
        return _TYPES[word]
    tells = {
        "ratio": ActionKind.SPLIT,
        "new_symbol": ActionKind.SYMBOL,
        "multiplier": ActionKind.MULTIPLIER,
        "amount": ActionKind.DIVIDEND,
    }
    kinds = [kind for name, kind in tells.items() if name in record]
    if len(kinds) != 1:
        raise InputError(
            expected="a type, or one of ratio, new_symbol, multiplier, amount",
            found=f"{len(kinds)} of these for {record['symbol']}",
            try_next="add a column type",
        )
    return kinds[0]


def _ratio(record: Mapping[str, str]) -> Decimal | None:
    """Read 4, 4:1, 4/1, 4 for 1: units after for units before."""
    if "ratio" not in record:
        return None
    parts = _PARTS.fullmatch(record["ratio"].strip())
    if parts is None:
        return _number(record, "ratio")
    new, old = Decimal(plain_number(parts["new"])), Decimal(plain_number(parts["old"]))
    if old == 0:
        raise InputError(expected="a ratio such as 4:1", found=repr(record["ratio"]), try_next="correct the row")
    return new / old


def _number(record: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(plain_number(record[name])) if name in record else None
