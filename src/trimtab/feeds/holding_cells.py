"""Cells of a holdings file that hold several values: tax lots, dividends."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from trimtab.errors import InputError
from trimtab.model.decimals import is_in_reach
from trimtab.model.portfolio import TaxLot

__all__ = ["CORRECT", "read_dividends", "read_lots", "row_fault"]

#: What to try where nothing better can be said.
CORRECT = "correct the row"


def row_fault(expected: str, found: str) -> InputError:
    """Make the error of a row."""
    return InputError(expected=expected, found=found, try_next=CORRECT)


def read_lots(record: Mapping[str, str]) -> tuple[TaxLot, ...]:
    """Read tax lots written as 50@120.5@2020-01-15;25@130@2021-03-01: quantity, price, day."""
    found = []
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
        found.append(made)
    return tuple(found)


def read_dividends(record: Mapping[str, str]) -> tuple[tuple[dt.date, float], ...]:
    """Read dividends written as 2026-12-15:0.25;2027-03-15:0.25."""
    if "dividends" not in record:
        return ()
    found = []
    for item in record["dividends"].split(";"):
        day, _, amount = item.partition(":")
        try:
            found.append((dt.date.fromisoformat(day.strip()), float(amount)))
        except ValueError:
            raise row_fault(
                f"dividends of {record['symbol']} like 2026-12-15:0.25;2027-03-15:0.25", f"{item!r}"
            ) from None
    return tuple(found)
