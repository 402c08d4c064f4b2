"""Read a file of transactions: what was bought and sold, and what came and went as cash.

A row that cannot be read refuses the whole file, with every such row named: a book with a trade missing looks right
and is wrong.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import polars as pl

from trimtab.desk.books.actions import Action
from trimtab.desk.books.transactions import ReadTransactions, Transaction
from trimtab.errors import InputError
from trimtab.feeds.columns import Table, match_columns, table_records
from trimtab.feeds.facts import DETAIL_NUMBERS, DETAILS, is_fact_word, market_action, stated_fact
from trimtab.feeds.holding_cells import lacks_quotation
from trimtab.feeds.holdings import KINDS, NAMES, NUMBERS
from trimtab.market.checks.findings import Findings, Origin
from trimtab.market.reading.fields import spelling
from trimtab.model import instrument
from trimtab.model.currencies import CURRENCIES

__all__ = ["OWN_NAMES", "read_transactions"]

#: How the columns of a file of transactions may be called, in the spelling that is compared.
OWN_NAMES = {
    "time": (
        "tradedate", "executiontime", "executed", "executedat", "transacttime", "datetime", "timestamp", "tradetime",
        "date", "time", "day", "effective", "exdate",
    ),
    "symbol": ("symbol", "ticker", "asset", "instrument", "security", "isin"),
    "quantity": ("quantity", "qty", "shares", "units", "contracts", "size", "amount", "lastqty", "lastshares"),
    "price": ("price", "tradeprice", "executionprice", "fillprice", "lastpx", "avgprice", "averageprice"),
    "fee": ("fee", "fees", "commission", "commissions"),
    "id": ("id", "tradeid", "transactionid", "execid", "executionid", "fillid", "reference"),
    "order": ("order", "clordid", "clientorderid", "orderid", "orderref", "orderreference"),
    "status": ("status", "state"),
    "side": ("side", "buysell", "action", "direction"),
    "clock": ("time",),
    "fact": ("fact", "factkind", "kindoffact"),
    **{name: (name.replace("_", ""),) for name in DETAILS},
}  # fmt: skip
#: What a holdings file says of an instrument, and a transaction may say as well.
_TERMS = (
    "kind", "currency", "multiplier", "expiry", "tick", "lot", "root", "underlying", "leverage", "right", "strike",
    "exercise", "premium", "quotation", "payoff", "settlement",
)  # fmt: skip
_SIDES = {"buy": 1, "b": 1, "bot": 1, "bought": 1, "cover": 1, "sell": -1, "s": -1, "sld": -1, "sold": -1, "short": -1}
_CANCELLED = {"cancelled", "canceled", "cancel", "void", "voided", "busted", "deleted", "reversed"}
_DONE = {"", "filled", "executed", "done", "settled", "confirmed", "complete", "completed", "ok", "active", "new"}


def read_transactions(
    frame: pl.DataFrame,
    *,
    origin: Origin,
    findings: Findings | None = None,
    date_format: str | None = None,
    decimal: str | None = None,
    keep_rest: bool = False,
) -> ReadTransactions:
    """Read transactions.

    Parameters
    ----------
    frame
        Columns for time (or date), symbol, quantity and price; optional fee, id, status (cancelled), side (buy, sell:
        then quantities may be unsigned), and those that describe an instrument as in holdings (kind, currency,
        multiplier, expiry, strike, ...). Cash that comes or goes is a row with a currency code as its symbol and no
        price.
    origin
        Where the rows came from.
    findings
        What was noticed while the text was taken apart.
    date_format, decimal
        How dates and numbers are written; found out if None.
    keep_rest
        Whether rows that are right are read where others are not: these are set aside and named.

    Raises
    ------
    FileFormatError
        If columns are missing or rows cannot be read (all of them are named) and the rest is not to be kept.

    Examples
    --------
    >>> frame = pl.DataFrame(
    ...     {"date": ["2024-01-02"], "symbol": ["A"], "side": ["sell"], "quantity": ["10"], "price": ["5.50"]}
    ... )
    >>> read_transactions(frame, origin=Origin(name="t.csv")).rows[0].describe()
    '-10 A at 5.5 on 2024-01-02'
    """
    header, rows = table_records(frame, origin, findings or Findings())
    spellings = {**OWN_NAMES, **{name: tuple(spelling(way) for way in NAMES[name]) for name in _TERMS}}
    says = any(spelling(name) in OWN_NAMES["fact"] for name in header)
    needed = ("time",) if says else ("time", "symbol", "quantity")
    columns = match_columns(header, spellings, needed=needed, where=origin.name)
    if "clock" in columns:
        # Day and time of day stand apart.
        rows = [(line, _joined(cells, columns["time"], columns["clock"])) for line, cells in rows]
    table = Table(
        origin.name, rows, {name: at for name, at in columns.items() if name != "clock"}, delimiter=origin.delimiter
    )
    numbers = ("quantity", "price", "fee", *(n for n in NUMBERS if n in _TERMS), *DETAIL_NUMBERS)
    sign = table.plain_numbers([n for n in numbers if n in columns], decimal)
    moments, days = table.stamps("time", date_format)
    for record in table.records:
        _take_word(record)
    table.require(_wrong)
    made, actions = _made(table, moments, days, origin.name)
    failures = table.set_aside() if keep_rest else ()
    table.settle()
    named = {at: name for name, at in columns.items()}
    notes = (*table.notes, *(("numbers read with a decimal comma",) if sign == "," else ()))
    return ReadTransactions(
        name=origin.name,
        rows=made,
        columns=tuple((head, named.get(i, "")) for i, head in enumerate(header)),
        notes=notes,
        actions=actions,
        failures=failures,
    )


def _joined(cells: list[str], day: int, clock: int) -> list[str]:
    joined = list(cells)
    joined[day] = f"{cells[day].strip()} {cells[clock].strip()}".strip()
    return joined


def _take_word(record: dict[str, str]) -> None:
    """Take a kind of fact from the column of kinds, where no column of its own says it."""
    if "fact" not in record and is_fact_word(record.get("kind", "")):
        record["fact"] = record.pop("kind")


def _made(
    table: Table, moments: Sequence[str], days: Sequence[str], name: str
) -> tuple[tuple[Transaction, ...], tuple[Action, ...]]:
    """Give transactions, and what companies did; a row that is no fact is at fault."""
    signed = any(r.get("quantity", "")[:1] == "-" for r in table.records)
    rows: list[Transaction] = []
    actions: list[Action] = []
    acted: dict[str, int] = {}
    for at, (record, moment, day) in enumerate(zip(table.records, moments, days, strict=True)):
        if at in table.bad:
            continue
        try:
            made = _transaction(record, moment, day, where=f"{name}, row {table.lines[at]}", signed=signed)
            made = replace(
                made, row=table.lines[at], cancelled=made.cancelled or _is_taken_back(record),
                order=record.get("order", ""),
            )  # fmt: skip
            action = market_action(made)
        except (InputError, ArithmeticError) as error:
            table.fault(at, error if isinstance(error, InputError) else "numbers that cannot be read")
            continue
        if action is None:
            rows.append(made)
        else:
            acted[made.id or ""] = len(actions)
            actions.append(action)
    # An id of another file is looked for where the file is compared with what is known.
    back = {row.id for row in rows if row.id and row.cancelled and row.id in acted}
    for name_of in back:
        actions[acted[name_of]] = replace(actions[acted[name_of]], cancelled=True)
    return tuple(row for row in rows if row.id not in back), tuple(actions)


def _wrong(record: Mapping[str, str]) -> str | None:
    """Say what is wrong with a row, if anything."""
    if "fact" in record:
        return _wrong_status(record)  # the maker of its fact looks at the rest
    for name in ("symbol", "quantity"):
        if name not in record:
            return f"no {name}"
    try:
        quantity = Decimal(record["quantity"])
    except InvalidOperation:
        return None  # said already
    side = record.get("side", "").lower()
    kind = record.get("kind", "").lower()
    wrong = {
        f"{record.get('side')!r} in side (expected buy or sell)": side not in {"", *_SIDES},
        f"a negative quantity, {record['quantity']}, that was bought": _SIDES.get(side) == 1 and quantity < 0,
        "a quantity of 0 and no id (expected bought +, sold -)": quantity == 0 and "id" not in record,
        f"no price for {record['symbol']} (expected one, but for cash)": "price" not in record
        and not _is_cash(record)
        and not _is_cancelled(record),
        f"{kind!r} in kind (expected {', '.join(sorted(set(KINDS.values())))})": kind not in {"", *KINDS},
        f"no quotation for {record['symbol']}, a bond (expected percent, of face, or unit)": lacks_quotation(record),
    }
    return _wrong_status(record) or next((what for what, is_so in wrong.items() if is_so), None)


def _wrong_status(record: Mapping[str, str]) -> str | None:
    if record.get("status", "").lower() in _CANCELLED | _DONE:
        return None
    return f"{record['status']!r} in status (expected filled or cancelled)"


def _is_taken_back(record: Mapping[str, str]) -> bool:
    return record.get("status", "").lower() in _CANCELLED


def _is_cancelled(record: Mapping[str, str]) -> bool:
    return _is_taken_back(record) or Decimal(record["quantity"]) == 0


def _is_cash(record: Mapping[str, str]) -> bool:
    kind = KINDS.get(record.get("kind", "").lower())
    return record["symbol"] in CURRENCIES if kind is None else instrument.KINDS[kind].is_money


def _transaction(record: Mapping[str, str], moment: str, day: str, *, where: str, signed: bool) -> Transaction:
    terms = {name: record[name] for name in _TERMS if name in record}
    if not record.get("symbol", "").isprintable():
        raise InputError(
            expected="a symbol of signs that can be printed", found=f"{record['symbol']!a}", try_next="correct the row"
        )
    if "fact" in record:
        return stated_fact(record, where, moment=moment, day=day, terms=terms, signed=signed)
    quantity = Decimal(record["quantity"])
    side = _SIDES.get(record.get("side", "").lower())
    if side is not None:
        quantity = abs(quantity) * side
    return Transaction(
        time=moment,
        day=dt.date.fromisoformat(day),
        symbol=record["symbol"],
        quantity=quantity,
        price=Decimal(record["price"]) if "price" in record else None,
        fee=Decimal(record["fee"]) if "fee" in record else None,
        id=record.get("id"),
        cancelled=_is_cancelled(record),
        terms=terms,
    )
