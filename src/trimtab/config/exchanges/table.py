"""Calendars of exchanges: the table that the package ships.

The table is written by ``scripts/calendars.py`` from exchange_calendars, and compared there with a second library.
"""

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from trimtab import sample
from trimtab.errors import UnknownSymbolError
from trimtab.model.calendar import Calendar
from trimtab.model.near import nearest

__all__ = ["ExchangeDays", "exchange_calendar", "exchange_codes", "exchanges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeDays:
    """A row of the table: a calendar, and where its days come from.

    Parameters
    ----------
    code, name
        Of the exchange: its market identifier (ISO 10383) where it has one.
    also
        Other codes of the same days.
    calendar
        Its days.
    source
        Library and version they come from.
    compared
        What they were compared with, and how many days differed; empty where there was nothing independent.
    """

    code: str
    name: str
    also: tuple[str, ...]
    calendar: Calendar
    source: str
    compared: str


@cache
def exchanges() -> Mapping[str, ExchangeDays]:
    """Give the table by code, in its order.

    Examples
    --------
    >>> exchanges()["XNYS"].also[:1], exchanges()["XNYS"].calendar.close
    (('XNAS',), datetime.time(16, 0))
    """
    with sample.calendars_path().open(encoding="utf-8", newline="") as file:
        return {row["exchange"]: _read(row) for row in csv.DictReader(file)}


@cache
def exchange_codes() -> tuple[str, ...]:
    """Give every code of the table, the other names included."""
    return tuple(code for one in exchanges().values() for code in (one.code, *one.also))


def exchange_calendar(code: str) -> Calendar:
    """Give the calendar of an exchange.

    Parameters
    ----------
    code
        As in the table, such as XNYS, XETR, CMES or 24/7.

    Raises
    ------
    UnknownSymbolError
        If the table has no such exchange.

    Examples
    --------
    >>> new_york = exchange_calendar("XNAS")
    >>> new_york.is_session(dt.date(2025, 1, 9)), new_york.early[dt.date(2026, 11, 27)]
    (False, datetime.time(13, 0))
    """
    one = next((e for e in exchanges().values() if code in {e.code, *e.also}), None)
    if one is None:
        raise UnknownSymbolError(
            expected="an exchange of the table that trimtab ships",
            found=repr(code),
            try_next=nearest(code, exchange_codes()) or f"take one of {', '.join(exchanges())}",
        )
    return one.calendar


def _read(row: Mapping[str, str]) -> ExchangeDays:
    early = dict(item.split("=") for item in row["early"].split())
    calendar = Calendar(
        name=row["exchange"],
        week=tuple(number for number, mark in enumerate(row["week"]) if mark == "1"),
        holidays=_days(row["holidays"]),
        extra=_days(row["extra"]),
        time_zone=ZoneInfo(row["time_zone"]),
        close=dt.time.fromisoformat(row["close"]) if row["close"] else None,
        early={dt.date.fromisoformat(day): dt.time.fromisoformat(clock) for day, clock in early.items()},
        first=dt.date.fromisoformat(row["first"]),
        # coins rest on no day, in no year
        last=None if row["week"] == "1111111" else dt.date.fromisoformat(row["valid_until"]),
    )
    return ExchangeDays(
        code=row["exchange"], name=row["name"], also=tuple(row["also"].split()), calendar=calendar,
        source=row["source"], compared=row["compared"],
    )  # fmt: skip


def _days(text: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(day) for day in text.split())
