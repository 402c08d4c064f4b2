"""Cells of a holdings file: numbers, money, days and choices by name; tax lots and dividends, several in a cell."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from trimtab.errors import FileFormatError, InputError
from trimtab.feeds.columns import shown
from trimtab.model.decimals import is_in_reach
from trimtab.model.expiry import third_friday
from trimtab.model.instruments.kind import KindWord
from trimtab.model.instruments.perpetual import PerpetualPayoff
from trimtab.model.names.days import day_in
from trimtab.model.portfolio import TaxLot
from trimtab.model.stated_beta import StatedBeta

__all__ = [
    "CORRECT", "KINDS", "MINOR", "MINOR_WORDS", "ask_quotations", "is_minor", "lacks_quotation", "read_choice",
    "read_date", "read_decimal", "read_dividends", "read_lots", "read_money", "read_number", "refuse_settlement",
    "row_fault",
    "vendor_betas",
]  # fmt: skip

#: What to try where nothing better can be said.
CORRECT = "correct the row"
#: How the kinds of instruments may be called.
KINDS: dict[str, KindWord] = {
    "spot": "spot", "share": "spot", "stock": "spot", "equity": "spot", "etf": "spot", "fund": "spot", "coin": "spot",
    "crypto": "spot", "bond": "spot", "stk": "spot", "index": "spot",
    "future": "future", "futures": "future", "fut": "future",
    "perpetual": "perpetual", "perp": "perpetual", "swap": "perpetual",
    "option": "option", "opt": "option", "call": "option", "put": "option",
    "cash": "cash", "currency": "cash", "money": "cash",
}  # fmt: skip
#: Quotations in hundredths of a currency.
MINOR_WORDS = ("pence", "cents")
#: Codes under which a hundredth of a currency is written.
MINOR = {"GBX": "GBP", "GBp": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ILA": "ILS", "USX": "USD", "USc": "USD"}


def row_fault(expected: str, found: str) -> InputError:
    """Make the error of a row."""
    return InputError(expected=expected, found=found, try_next=CORRECT)


def refuse_settlement(symbol: str, payoff: PerpetualPayoff, settled: str, *, quoted: str, listed: str | None) -> None:
    """Refuse a perpetual that settles otherwise than the contract table says, or than a linear one can.

    Raises
    ------
    InputError
        If it does.
    """
    if listed is not None and settled != listed:
        raise row_fault(f"settlement {listed} for {symbol}, as in the contract table", settled)
    if listed is None and payoff is PerpetualPayoff.LINEAR and settled != quoted:
        raise InputError(
            expected=f"settlement {quoted} for {symbol}, the money it is quoted in, which a linear perpetual pays",
            found=settled,
            try_next="leave settlement out, or write payoff inverse or quanto if it pays in another money",
        )


def read_lots(record: Mapping[str, str]) -> tuple[TaxLot, ...]:
    """Read tax lots written as 50@120.5@2020-01-15;25@130@2021-03-01: quantity, price, day."""
    lots = []
    for item in record.get("lots", "").split(";"):
        if not item.strip():
            continue
        try:
            quantity, price, day = (part.strip() for part in item.split("@"))
            made = TaxLot(quantity=Decimal(quantity), price=Decimal(price), acquired=dt.date.fromisoformat(day))
        except (ValueError, InvalidOperation):
            raise row_fault(
                f"lots of {record['symbol']} like 50@120.5@2020-01-15;25@130@2021-03-01", f"{item!r}"
            ) from None
        if not (is_in_reach(made.quantity) and is_in_reach(made.price)):
            raise row_fault(f"finite numbers in the lots of {record['symbol']}", f"{item!r}")
        lots.append(made)
    return tuple(lots)


def read_dividends(record: Mapping[str, str]) -> tuple[tuple[dt.date, float], ...]:
    """Read dividends written as 2026-12-15:0.25;2027-03-15:0.25."""
    if "dividends" not in record:
        return ()
    dividends = []
    for item in record["dividends"].split(";"):
        day, _, amount = item.partition(":")
        try:
            dividends.append((dt.date.fromisoformat(day.strip()), float(amount)))
        except ValueError:
            raise row_fault(
                f"dividends of {record['symbol']} like 2026-12-15:0.25;2027-03-15:0.25", f"{item!r}"
            ) from None
    return tuple(dividends)


def read_money(record: Mapping[str, str], name: str) -> Decimal | None:
    """Read an amount per unit: pence become pounds here, once. A premium in coin is no money."""
    value = read_decimal(record, name)
    paid_in_coin = record.get("premium", "").lower() == "coin" and name in {"price", "bid", "ask"}
    return value / 100 if value is not None and is_minor(record) and not paid_in_coin else value


def read_number(record: Mapping[str, str], name: str) -> float | None:
    """Give a number, None where the row states none."""
    value = read_decimal(record, name)
    return None if value is None else float(value)


def is_minor(record: Mapping[str, str]) -> bool:
    """Tell whether a row's price is in hundredths of its currency: GBX, or pence."""
    return record.get("currency", "") in MINOR or record.get("quotation", "").lower() in MINOR_WORDS


def lacks_quotation(record: Mapping[str, str]) -> bool:
    """Tell whether a row says that it is a bond, and not whether its price is in percent of face.

    Examples
    --------
    >>> lacks_quotation({"symbol": "UST45", "kind": "bond"})
    True
    >>> lacks_quotation({"symbol": "UST45", "kind": "bond", "quotation": "percent"})
    False
    """
    return record.get("kind", "").lower() == "bond" and "quotation" not in record and not is_minor(record)


def ask_quotations(records: Iterable[tuple[int, Mapping[str, str]]], where: str) -> None:
    """Refuse bonds whose quotation nobody states: read as money for one they would be a hundred times too much.

    Raises
    ------
    FileFormatError
        If there are such rows; the first of them are named.
    """
    open_rows = [f"row {line} ({record.get('symbol', '')})" for line, record in records if lacks_quotation(record)]
    if open_rows:
        raise FileFormatError(
            expected="the quotation of each bond: percent (of face), or unit (money for one)",
            found=f"none in {where}, {', '.join(open_rows[:5])}",
            try_next="add a column quotation, with percent where a price such as 97.05 is for 100 of face",
        )


def read_decimal(record: Mapping[str, str], name: str) -> Decimal | None:
    """Give a number as it is written, None where the row states none."""
    if name not in record:
        return None
    # Thousands separators are dropped only where they separate groups of three, so that 1,5 is not read as 15.
    text = record[name].replace(" ", "").replace("_", "")
    head, *groups = text.split(",")
    if groups and head.lstrip("+-").isdigit() and all(len(g.split(".")[0]) == 3 for g in groups):
        text = head + "".join(groups)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise row_fault(f"a number in {name} of {record['symbol']}", f"{record[name]!r}") from None
    if not is_in_reach(value):
        raise row_fault(f"a finite number from 1e-30 to 1e21 in {name} of {record['symbol']}", shown(record[name]))
    return value


def read_date(record: Mapping[str, str], name: str) -> dt.date | None:
    """Give a day; of a month alone, its third Friday."""
    if name not in record:
        return None
    text = record[name]
    if re.fullmatch(r"\d{4}-\d\d", text):
        return third_friday(int(text[:4]), int(text[5:]))
    day = day_in(text.partition("T")[0])
    if day is None:
        raise row_fault(f"a date like 2026-12-18 in {name} of {record['symbol']}", f"{text!r}")
    return day[0]


def vendor_betas(records: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[str, ...]:
    """Say of which rows a beta stands alone: a vendor's, of unknown benchmark and error, which is not used."""
    beside = {"proxy", "beta_stderr", "beta_source", "beta_expires", "proxy_factor"}
    names = list(
        dict.fromkeys(r["symbol"] for _, r in records if "symbol" in r and "beta" in r and not beside & set(r))
    )
    if not names:
        return ()
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"the column beta of {', '.join(names[:3])}{more} is not used: a stated beta needs its error, source "
        "and last day (beta_stderr, beta_source, beta_expires)",
    )


def read_stated_beta(record: Mapping[str, str]) -> StatedBeta | None:
    """Read a stated beta or a proxy; a column ``beta`` alone is a vendor's, which has no error and is not used.

    Raises
    ------
    InputError
        If its error, its source or its last day is missing.
    """
    symbol, proxy = record["symbol"], record.get("proxy")
    beside = [name for name in ("beta_stderr", "beta_source", "beta_expires", "proxy_factor") if name in record]
    if proxy is None and ("beta" not in record or not beside):
        if beside:
            raise row_fault(f"a beta or a proxy of {symbol} beside {beside[0]}", "neither")
        return None
    source, expires = record.get("beta_source"), read_date(record, "beta_expires")
    if source is None or expires is None:
        lacking = "beta_source" if source is None else "beta_expires"
        raise row_fault(f"source and last day of the beta stated of {symbol} (beta_source, beta_expires)",
                        f"no {lacking}")  # fmt: skip
    return StatedBeta(
        asset=symbol, value=read_number(record, "beta"), stderr=read_number(record, "beta_stderr"), proxy=proxy,
        factor=1.0 if (factor := read_number(record, "proxy_factor")) is None else factor, source=source,
        expires=expires,
    )  # fmt: skip


def read_choice(record: Mapping[str, str], name: str, kind: Any, default: Any) -> Any:
    """Give one of the words of a kind."""
    if name not in record:
        return default
    try:
        return kind(record[name].lower())
    except ValueError:
        raise row_fault(f"{name} among {', '.join(kind)} for {record['symbol']}", f"{record[name]!r}") from None
