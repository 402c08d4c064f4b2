"""Small tables of records: what was traded, what the hedge held, what the book weighed, what is known of a holding.

Each reader refuses the whole file if a row cannot be read, and names the rows: a record that is missing changes the
answer without a sign.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from trimtab.desk.ask.earned import DatedFlow
from trimtab.desk.ask.fields import HoldingFields
from trimtab.desk.ask.learned import HedgeRecord, WeightHistory
from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.columns import check_currency, decimal_sign, plain_number, refused_rows, shown, table_records
from trimtab.feeds.series.prices import read_frame_file
from trimtab.feeds.statements.cells.words import direction
from trimtab.feeds.statements.columns.roles import Role, candidates
from trimtab.market.checks.findings import Findings
from trimtab.market.daycount import date_of
from trimtab.market.reading.stamps import read_stamps
from trimtab.market.records import frame_records
from trimtab.model.currencies import whole_currency
from trimtab.model.portfolio import TaxLot
from trimtab.performance.cost_basis import Trade

__all__ = ["read_cash_flows", "read_fields", "read_flows", "read_hedge", "read_lots", "read_trades", "read_weights"]

T = TypeVar("T")
_DATES = ("date", "day", "datetime", "trade_date", "time")
_SYMBOLS = ("symbol", "ticker", "asset", "instrument", "security")
#: What a column may be that changes what the numbers of its row mean.
_TELLING = frozenset([Role.CURRENCY, Role.SIDE, Role.FEE, Role.TAX, Role.MULTIPLIER, Role.UNIT])
#: What a currency of a row may be called the currency of.
_OF_ROW = frozenset(["", "trade", "price", "transaction", "local", "instrument", "security", "asset", "quote"])
#: Words for money from outside, and for money to it.
_IN = ("deposit", "contribution", "subscription", "transfer_in")
_OUT = ("withdrawal", "redemption", "transfer_out")


def read_trades(source: Any) -> dict[str, tuple[Trade, ...]]:
    """Read trades: date, symbol, quantity (bought +, sold -), price; optional fee, name and lots (``a:50;b:10``).

    A column of currencies, whatever it is called, is that of price and fee; one of directions (buy, sell) signs the
    quantity. A further column that changes what a row means, such as a tax or a multiplier, refuses the file.

    Returns
    -------
    trades by symbol, in order of date; trades of one day keep the order of the file

    Examples
    --------
    >>> frame = pl.DataFrame({"date": ["2024-01-02"], "symbol": ["AAPL"], "quantity": [100], "price": [185.5]})
    >>> read_trades(frame)["AAPL"][0].price
    Decimal('185.5')
    """
    spellings = {
        "date": _DATES,
        "symbol": _SYMBOLS,
        "quantity": ("quantity", "qty", "shares", "units"),
        "price": ("price",),
        "fee": ("fee", "fees", "commission"),
        "name": ("name", "lot"),
        "lots": ("lots",),
        "currency": ("currency", "ccy", "cur"),
        "side": ("side", "action", "direction"),
    }

    def trade(record: Mapping[str, str], day: dt.date) -> tuple[str, Trade]:
        lots = tuple(
            (lot.strip(), _decimal(units, "units of a lot"))
            for lot, _, units in (item.partition(":") for item in record.get("lots", "").split(";") if item.strip())
        )
        made = Trade(
            date=day,
            quantity=_sided(_decimal(record["quantity"], "a quantity"), record.get("side", "")),
            price=_decimal(record["price"], "a price"),
            fee=_decimal(record.get("fee", "0"), "a fee"),
            name=record.get("name"),
            lots=lots,
            currency=record.get("currency"),
        )
        return record["symbol"], made

    rows = _read(
        source,
        spellings,
        needed=("date", "symbol", "quantity", "price"),
        make=trade,
        numbers=("quantity", "price", "fee"),
    )
    trades: dict[str, list[Trade]] = {}
    for symbol, made in rows:
        trades.setdefault(symbol, []).append(made)
    return {symbol: tuple(sorted(made, key=lambda t: t.date)) for symbol, made in trades.items()}


def read_hedge(source: Any) -> HedgeRecord:
    """Read what a hedge held: date and held (value / NAV at the end of that day, negative for a short).

    Optional, as shares of NAV on that day: cost (paid, positive); roll and funding (gained +, paid -), where they are
    not in the prices of the instrument already.

    Examples
    --------
    >>> read_hedge(pl.DataFrame({"date": ["2024-01-02"], "held": [-0.8]})).held.tolist()
    [-0.8]
    """
    spellings = {
        "date": _DATES, "held": ("held", "hedge", "weight", "ratio"), "cost": ("cost", "costs", "paid"),
        "roll": ("roll", "roll_yield", "rolls"), "funding": ("funding", "interest", "financing"),
    }  # fmt: skip

    def row(record: Mapping[str, str], day: dt.date) -> tuple[dt.date, float, float, float, float]:
        cost, roll, funding = (_number(record.get(name, "0"), name) for name in ("cost", "roll", "funding"))
        return day, _number(record["held"], "held"), cost, roll, funding

    rows = sorted(
        _read(source, spellings, needed=("date", "held"), make=row, numbers=("held", "cost", "roll", "funding"))
    )
    return HedgeRecord(
        dates=np.array([r[0] for r in rows], dtype="datetime64[D]"),
        held=np.array([r[1] for r in rows]),
        cost=np.array([r[2] for r in rows]),
        roll=np.array([r[3] for r in rows]),
        funding=np.array([r[4] for r in rows]),
    )


def read_cash_flows(source: Any) -> tuple[tuple[dt.date, float], ...]:
    """Read dated cash flows: date and amount, positive = received; several on one day add up.

    Examples
    --------
    >>> read_cash_flows(pl.DataFrame({"date": ["2025-01-02", "2024-01-02"], "amount": ["5", "-3"]}))
    ((datetime.date(2024, 1, 2), -3.0), (datetime.date(2025, 1, 2), 5.0))
    """
    spellings = {"date": _DATES, "amount": ("amount", "cash_flow", "flow", "value", "money")}

    def row(record: Mapping[str, str], day: dt.date) -> tuple[dt.date, float]:
        return day, _number(record["amount"], "an amount")

    return tuple(sorted(_read(source, spellings, needed=("date", "amount"), make=row, numbers=("amount",))))


def read_flows(source: Any) -> tuple[DatedFlow, ...]:
    """Read money that came into an account or went out of it: date, amount; optional currency and kind.

    Without a kind an amount is positive = in. A deposit, contribution, subscription or transfer_in came in, whatever
    sign it is written with a withdrawal, redemption or transfer_out went out. What is earned or charged inside the
    account (a dividend, interest, a fee) is no flow: it is in NAV already, and such a row is refused.

    Examples
    --------
    >>> frame = pl.DataFrame({"date": ["2024-01-02"], "amount": ["500"], "kind": ["withdrawal"], "currency": ["EUR"]})
    >>> read_flows(frame)
    (DatedFlow(day=datetime.date(2024, 1, 2), amount=-500.0, currency='EUR'),)
    """
    spellings = {
        "date": _DATES, "amount": ("amount", "cash_flow", "flow", "value", "money"),
        "currency": ("currency", "ccy", "cur"), "kind": ("kind", "type", "fact"),
    }  # fmt: skip

    def row(record: Mapping[str, str], day: dt.date) -> DatedFlow:
        amount, kind = _number(record["amount"], "an amount"), record.get("kind", "").lower().replace(" ", "_")
        if kind not in {"", *_IN, *_OUT}:
            raise InputError(
                expected=f"a flow from outside: {', '.join((*_IN, *_OUT))}",
                found=f"{record['kind']!r}",
                try_next="leave out what was earned or charged inside the account: NAV has it already",
            )
        if kind in _IN and amount < 0:
            raise InputError(
                expected=f"a positive amount of a {kind}", found=f"{amount:g}",
                try_next="write money that went out as a withdrawal",
            )  # fmt: skip
        currency, pence = (None, False) if "currency" not in record else whole_currency(record["currency"])
        signed = -abs(amount) if kind in _OUT else amount
        return DatedFlow(day=day, amount=signed / 100 if pence else signed, currency=currency)

    return tuple(_read(source, spellings, needed=("date", "amount"), make=row, numbers=("amount",)))


def read_lots(source: Any) -> dict[str, tuple[TaxLot, ...]]:
    """Read tax lots: symbol, quantity (signed like the position), price paid per unit, and the day acquired.

    Lots of a symbol keep the order of their rows: "specific" counts them from 1 in it.

    Examples
    --------
    >>> frame = pl.DataFrame({"symbol": ["A"], "quantity": ["10"], "price": ["7.5"], "acquired": ["2024-01-02"]})
    >>> read_lots(frame)["A"][0].acquired
    datetime.date(2024, 1, 2)
    """
    spellings = {
        "acquired": ("acquired", "acquired_on", "bought", "opened", *_DATES),
        "symbol": _SYMBOLS,
        "quantity": ("quantity", "units", "shares"),
        "price": ("price", "cost", "unit_cost", "cost_basis"),
    }

    def lot(record: Mapping[str, str], day: dt.date) -> tuple[str, TaxLot]:
        quantity = _decimal(record["quantity"], "a quantity")
        if quantity == 0:
            raise InputError(expected="a quantity other than zero", found="0", try_next="leave the row out")
        return record["symbol"], TaxLot(quantity=quantity, price=_decimal(record["price"], "a price"), acquired=day)

    lots: dict[str, list[TaxLot]] = {}
    for symbol, made in _read(
        source, spellings, needed=("acquired", "symbol", "quantity", "price"), make=lot, numbers=("quantity", "price")
    ):
        lots.setdefault(symbol, []).append(made)
    return {symbol: tuple(made) for symbol, made in lots.items()}


def read_weights(source: Any) -> WeightHistory:
    """Read what the book weighed: date, symbol, weight (share of NAV at the end of that day; a book is all its rows).

    Examples
    --------
    >>> frame = pl.DataFrame({"date": ["2024-01-02"] * 2, "symbol": ["A", "B"], "weight": [0.6, 0.4]})
    >>> read_weights(frame).weights.tolist()
    [[0.6, 0.4]]
    """
    spellings = {"date": _DATES, "symbol": _SYMBOLS, "weight": ("weight", "share", "weights")}

    def row(record: Mapping[str, str], day: dt.date) -> tuple[dt.date, str, float]:
        return day, record["symbol"], _number(record["weight"], "a weight")

    rows = _read(source, spellings, needed=("date", "symbol", "weight"), make=row, numbers=("weight",))
    days = sorted({day for day, _, _ in rows})
    symbols = tuple(dict.fromkeys(symbol for _, symbol, _ in rows))
    weights = np.zeros((len(days), len(symbols)))
    place = {day: i for i, day in enumerate(days)}
    for day, symbol, weight in rows:
        weights[place[day], symbols.index(symbol)] += weight
    return WeightHistory(dates=np.array(days, dtype="datetime64[D]"), symbols=symbols, weights=weights)


def read_fields(source: Any) -> dict[str, HoldingFields]:
    """Read what is known of holdings: symbol and any of sector, issuer, rating, duration, spread_duration, pe, pb, ...

    Examples
    --------
    >>> read_fields(pl.DataFrame({"symbol": ["A"], "sector": ["tech"], "pe": [25.0]}))["A"].price_earnings
    25.0
    """
    spellings = {
        "symbol": _SYMBOLS,
        "sector": ("sector", "industry"),
        "issuer": ("issuer", "company"),
        "rating": ("rating",),
        "duration": ("duration", "modified_duration"),
        "spread_duration": ("spread_duration",),
        "price_earnings": ("pe", "price_earnings", "p/e"),
        "price_book": ("pb", "price_book", "p/b"),
        "supply": ("supply", "shares_outstanding"),
        "daily_value": ("daily_value", "adv", "daily_traded"),
        "half_spread": ("half_spread",),
        "margin": ("margin", "margin_rate"),
    }
    words = {"sector", "issuer", "rating"}

    def row(record: Mapping[str, str], _: dt.date) -> tuple[str, HoldingFields]:
        given = {
            name: text if name in words else _number(text, name) for name, text in record.items() if name != "symbol"
        }
        return record["symbol"], HoldingFields(**given)  # type: ignore[arg-type]

    return dict(
        _read(
            source,
            spellings,
            needed=("symbol",),
            make=row,
            numbers=[name for name in spellings if name not in {"symbol", *words}],
            describes=True,
        )
    )


def _read(
    source: Any,
    spellings: Mapping[str, tuple[str, ...]],
    *,
    needed: tuple[str, ...],
    make: Callable[[Mapping[str, str], dt.date], T],
    numbers: Collection[str],
    describes: bool = False,
) -> list[T]:
    """Read each row with its date (the first day there is, where the table has none), its numbers plainly written.

    A table that `describes` what is held, and says nothing of how much, has no row that another column could change.
    """
    header, rows, where, delimiter = _open(source)
    spelled = {name.strip().lower(): i for i, name in reversed(list(enumerate(header)))}
    columns = {name: next((spelled[s] for s in ways if s in spelled), None) for name, ways in spellings.items()}
    if not describes:
        _take_telling(header, rows, columns, where)
    lacking = [name for name in needed if columns[name] is None]
    if lacking:
        raise FileFormatError(
            expected=f"columns {', '.join(needed)}",
            found=f"no {' and no '.join(lacking)} in {where}, which has: {', '.join(header) or 'no header'}",
            try_next="name the columns so in the first line",
        )
    records = [
        (
            line,
            {
                n: cells[i].strip()
                for n, i in columns.items()
                if i is not None and cells[i : i + 1] and cells[i].strip()
            },
        )
        for line, cells in rows
    ]
    records = [(line, record) for line, record in records if record]
    dated = next((name for name in ("date", "acquired") if name in needed), None)
    days = _days([record.get(dated or "", "") for _, record in records], f"{where}, column {dated}")
    sign = _sign(records, numbers, where=where, delimiter=delimiter)
    made, faults = [], []
    for line, record in records:
        empty = [name for name in needed if name not in record]
        if empty:
            faults.append(f"row {line}: no {empty[0]}")
            continue
        try:
            day = dt.date.min if dated is None else _day(record[dated], days)
            _write_plainly(record, numbers, sign)
            _check_used(record, spellings)
            made.append(make(record, day))
        except InputError as error:
            faults.append(f"row {line}: {error.found} (expected {error.expected})")
    if faults or not made:
        raise refused_rows(where, faults)
    return made


def _take_telling(
    header: Sequence[str], rows: Sequence[tuple[int, list[str]]], columns: dict[str, int | None], where: str
) -> None:
    """Take columns that change what a row means under whatever name, in place; refuse those the table has no use for.

    Raises
    ------
    FileFormatError
        If a column of currencies, directions, costs, units or multipliers would be passed over.
    """
    for at, name in enumerate(header):
        cells = [row[at].strip() for _, row in rows if at < len(row) and row[at].strip()]
        role = None if at in columns.values() or not cells else _telling_role(name, cells)
        if role is None:
            continue
        if role in columns and columns[role] is None and _is_of_row(name, role):
            columns[role] = at
            continue
        taken = ", ".join(header[i] for i in columns.values() if i is not None)
        raise FileFormatError(
            expected=f"no column that changes what a row means beside {taken}",
            found=f"{name!r} in {where}, which is a {role}",
            try_next="leave the column out, or write what it says into the others"
            + (": numbers are in the currency of what is held" if role == "currency" else ""),
        )


def _is_of_row(name: str, role: str) -> bool:
    """Tell whether a currency is that of all numbers of a row, and not of its fee alone."""
    of = next((of for meant, of in candidates(name) if meant.value == role), "")
    return role != Role.CURRENCY.value or of in _OF_ROW


def _telling_role(name: str, cells: Sequence[str]) -> str | None:
    """Say which of the roles that change a row a column has; None if it has none of them."""
    meant = [role for role, _ in candidates(name)]
    if all(direction(cell) is not None for cell in cells):
        return "side" if any(len(cell) > 1 for cell in cells) or Role.SIDE in meant else None
    role = meant[0] if meant else None
    return role.value if role in _TELLING else None


def _sided(quantity: Decimal, side: str) -> Decimal:
    """Sign a quantity by its direction.

    Raises
    ------
    InputError
        If the direction is none, or units that were bought have a minus.
    """
    if not side:
        return quantity
    way = direction(side)
    if way is None or quantity < 0 < way:
        raise InputError(
            expected="a direction: buy or sell" if way is None else "units that were bought without a minus",
            found=f"{side!r} of {quantity}", try_next="correct the row",
        )  # fmt: skip
    return abs(quantity) * way


def _check_used(record: Mapping[str, str], spellings: Collection[str]) -> None:
    """Refuse a currency that a cell names where the table has no use for one: it would be dropped."""
    if "currency" in record and "currency" not in spellings:
        raise InputError(
            expected="numbers without a currency", found=record["currency"], try_next="leave the currency out"
        )


def _sign(
    records: Sequence[tuple[int, Mapping[str, str]]], numbers: Collection[str], *, where: str, delimiter: str | None
) -> str:
    """Decide the decimal sign of the numbers by all of them."""
    texts = [pl.Series([r[n] for _, r in records if n in r], dtype=pl.String) for n in numbers]
    return decimal_sign(texts, where=where, delimiter=delimiter)


def _write_plainly(record: dict[str, str], numbers: Collection[str], sign: str) -> None:
    for name in (n for n in numbers if n in record):
        try:
            check_currency(record, name)
            record[name] = plain_number(record[name], sign)
        except InputError as error:
            raise InputError(
                expected=f"{error.expected} in {name}", found=error.found, try_next=error.try_next
            ) from None


def _open(source: Any) -> tuple[tuple[str, ...], list[tuple[int, list[str]]], str, str | None]:
    if not isinstance(source, str | Path):
        return (*frame_records(source), "the frame", None)
    findings = Findings()
    frame, origin, _ = read_frame_file(Path(source), findings=findings)
    return (*table_records(frame, origin, findings), Path(source).name, origin.delimiter)


def _days(texts: Sequence[str], where: str) -> dict[str, dt.date]:
    """Read all dates of a table together: which of two numbers is the month, the whole column shows."""
    distinct = [text for text in dict.fromkeys(texts) if text]
    if not distinct:
        return {}
    stamps = read_stamps(pl.Series(distinct, dtype=pl.String), where=where)
    return {text: date_of(np.datetime64(int(stamps.wall[i]), "s")) for i, text in enumerate(distinct) if stamps.ok[i]}


def _day(text: str, days: Mapping[str, dt.date]) -> dt.date:
    if text not in days:
        raise InputError(expected="a date like 2024-01-31", found=f"{text!r}", try_next="write YYYY-MM-DD")
    return days[text]


def _decimal(text: str, what: str) -> Decimal:
    try:
        value = Decimal(plain_number(text))
    except InputError:
        raise InputError(expected=f"{what} as a number", found=shown(text), try_next="write 1234.5") from None
    return value


def _number(text: str, what: str) -> float:
    return float(_decimal(text, what))
