"""What a setting may be: each check says it in words, reads the value, and reads it from a line of text."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from trimtab.config.durations import read_duration
from trimtab.errors import InputError
from trimtab.model.decimals import as_decimal
from trimtab.model.near import nearest

__all__ = [
    "Check", "WrongValueError", "choice", "currency", "dates", "duration", "key", "method", "money", "number", "path",
    "paths", "rate", "switch", "text", "texts", "time_of_day", "time_zone", "url", "whole",
]  # fmt: skip

_CURRENCY: Final = re.compile(r"[A-Z][A-Z0-9]{2,7}")
_REFERENCE: Final = re.compile(r"env:[A-Za-z_]\w*")
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class WrongValueError(Exception):
    """A value is not what it should be; the text says what to try, if more than what was expected is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a setting may be.

    Parameters
    ----------
    expected
        In words that follow "expected".
    read
        From the value in the file to the value in the settings; raises `WrongValueError`.
    from_text
        From a line of text (environment, command line) to what the file would hold; raises `ValueError`.
    refers
        Section whose names the value must be one of, or empty.
    on_disk
        Whether the value is the path of a file that must be there.
    """

    expected: str
    read: Callable[[Any], Any]
    from_text: Callable[[str], Any] = str
    refers: str = ""
    on_disk: bool = False


def text(expected: str = "a text in quotes", *, refers: str = "") -> Check:
    """Take any text that is not empty."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise WrongValueError
        return value

    return Check(expected=expected, read=read, refers=refers)


def url(expected: str, *schemes: str) -> Check:
    """Take an address that begins with one of `schemes`, or the name of a variable that holds one."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise WrongValueError
        scheme, colon, rest = value.partition("://")
        if _REFERENCE.fullmatch(value):
            return value
        if not colon or scheme.partition("+")[0].lower() not in schemes:
            raise WrongValueError(f"begin it with {' or '.join(f'{s}://' for s in schemes)}")
        if scheme.lower().startswith("sqlite") and rest.lstrip("/") in {"", ":memory:"}:
            raise WrongValueError("name a file: what is kept in memory is gone when the command ends")
        if not scheme.lower().startswith("sqlite") and not _is_reachable(value, needs_host=scheme.startswith("http")):
            raise WrongValueError("its host or port cannot be read: write host or host:port, IPv6 in brackets")
        return value

    return Check(expected=expected, read=read)


def _is_reachable(address: str, *, needs_host: bool) -> bool:
    """Tell whether an address has a host (a database may be on this machine) and a port that can be one."""
    try:
        parts = urlsplit(address)
        return (bool(parts.hostname) or not needs_host) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        return False


def choice(*names: str) -> Check:
    """Take one of a few words."""

    def read(value: Any) -> str:
        if value not in names:
            raise WrongValueError(nearest(str(value), names))
        return str(value)

    return Check(expected="one of " + ", ".join(names), read=read)


def switch() -> Check:
    """Take true or false."""

    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise WrongValueError
        return value

    def from_text(line: str) -> Any:
        return {"true": True, "false": False}.get(line.strip().lower(), line)

    return Check(expected="true or false", read=read, from_text=from_text)


def _number(value: Any, low: float, high: float, *, open_low: bool, open_high: bool) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongValueError("write a number without quotes" if isinstance(value, str) else "")
    try:
        real = float(value)
    except OverflowError:
        raise WrongValueError from None
    below = real <= low if open_low else real < low
    above = real >= high if open_high else real > high
    if not isfinite(real) or below or above:
        raise WrongValueError
    return real


def _parsed(line: str) -> Any:
    """Read a number from text; what is none stays text, for the check to refuse."""
    for kind in (int, float):
        try:
            return kind(line.strip())
        except ValueError:
            continue
    return line


def number(
    expected: str, *, low: float = -float("inf"), high: float = float("inf"), open_low: bool = False,
    open_high: bool = False,
) -> Check:  # fmt: skip
    """Take a finite number in a range."""
    return Check(
        expected=expected,
        read=lambda value: _number(value, low, high, open_low=open_low, open_high=open_high),
        from_text=_parsed,
    )


def money(expected: str) -> Check:
    """Take a number of zero or more, kept as the decimal that was written."""

    def read(value: Any) -> Decimal:
        _number(value, 0.0, float("inf"), open_low=False, open_high=True)
        return as_decimal(value, "money")

    return Check(expected=expected, read=read, from_text=_parsed)


def whole(expected: str, *, low: int, high: int = 2**53) -> Check:
    """Take a whole number in a range."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise WrongValueError("write it without a decimal point" if isinstance(value, float) else "")
        return value

    return Check(expected=expected, read=read, from_text=_parsed)


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.split(",") if part.strip()]


def texts(expected: str, *, refers: str = "", each: Check | None = None) -> Check:
    """Take a list of texts; commas separate them on a line."""
    one = each or text()

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise WrongValueError('put it in brackets: ["..."]' if isinstance(value, str) else "")
        items = tuple(one.read(item) for item in value)
        if len(set(items)) < len(items):
            raise WrongValueError("name each once")
        return items

    return Check(expected=expected, read=read, from_text=_split, refers=refers)


def path(expected: str, *, on_disk: bool = False) -> Check:
    """Take the path of a file or folder."""

    def read(value: Any) -> Path:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise WrongValueError
        return Path(value).expanduser()

    return Check(expected=expected, read=read, on_disk=on_disk)


def paths(expected: str) -> Check:
    """Take a list of paths of files that must be there."""
    inner = texts(expected, each=path(expected))
    return Check(expected=expected, read=inner.read, from_text=_split, on_disk=True)


def rate(expected: str) -> Check:
    """Take an annual rate as a decimal, or the path of a file of rates."""

    def read(value: Any) -> float | Path:
        if isinstance(value, str) and value.strip() and "\0" not in value:
            return Path(value).expanduser()
        return _number(value, -1.0, 1.0, open_low=True, open_high=False)

    return Check(expected=expected, read=read, from_text=_parsed, on_disk=True)


def key() -> Check:
    """Take a reference to a key: ``env:NAME`` or ``file:PATH``; a key itself may not stand in the settings."""
    expected = "env:NAME, or file:PATH of a file that its owner alone may read"

    def read(value: Any) -> str:
        if not isinstance(value, str) or not (_REFERENCE.fullmatch(value) or re.fullmatch(r"file:\S.*", value)):
            raise WrongValueError("put the key into an environment variable or a file, and write env:NAME or file:PATH")
        return value

    return Check(expected=expected, read=read)


def currency() -> Check:
    """Take a currency code in capitals."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
            raise WrongValueError(f'write "{value.upper()}"' if isinstance(value, str) and value.islower() else "")
        return value

    return Check(expected='a currency code such as "USD"', read=read)


def duration(*, least: dt.timedelta = dt.timedelta()) -> Check:
    """Take a length of time such as "15m"."""
    expected = 'a length of time such as "15m", "2d" or "1h30m"' + (" above zero" if least else "")

    def read(value: Any) -> dt.timedelta:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise WrongValueError(f'write its unit (s, m, h, d, w), for example "{value}s"')
        try:
            length = read_duration(value)
        except (ValueError, AttributeError):
            raise WrongValueError from None
        if length < least:
            raise WrongValueError
        return length

    return Check(expected=expected, read=read)


def time_of_day() -> Check:
    """Take a time such as "22:00"; TOML's own local time will do."""

    def read(value: Any) -> dt.time:
        if isinstance(value, dt.time):
            return value
        if not isinstance(value, str) or not (clock := _CLOCK.fullmatch(value)):
            raise WrongValueError
        return dt.time(int(clock[1]), int(clock[2]))

    return Check(expected='a time of day such as "22:00"', read=read)


def time_zone() -> Check:
    """Take the name of a time zone in the IANA database."""

    def read(value: Any) -> ZoneInfo:
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            raise WrongValueError(nearest(str(value), sorted(available_timezones()))) from None

    return Check(expected='an IANA time zone such as "Europe/London"', read=read)


def day() -> Check:
    """Take a day, as a TOML date or as text."""

    def read(value: Any) -> dt.date:
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        try:
            return dt.date.fromisoformat(value)
        except (ValueError, TypeError):
            raise WrongValueError("write YYYY-MM-DD") from None

    return Check(expected="a day: 2024-01-31", read=read)


def dates(expected: str) -> Check:
    """Take a list of dates, as TOML dates or as text."""

    def read(value: Any) -> tuple[dt.date, ...]:
        if not isinstance(value, list):
            raise WrongValueError
        days = []
        for item in value:
            if isinstance(item, dt.date) and not isinstance(item, dt.datetime):
                days.append(item)
                continue
            try:
                days.append(dt.date.fromisoformat(item))
            except (ValueError, TypeError):
                raise WrongValueError(f"{item!s} is not a date: write YYYY-MM-DD") from None
        return tuple(days)

    return Check(expected=expected, read=read, from_text=_split)


def method() -> Check:
    """Take an estimator by name, or a composition of them."""

    def read(value: Any) -> str:
        from trimtab.beta.method import parse_method  # noqa: PLC0415 - estimators are heavy, and most reads name none

        if not isinstance(value, str) or not value.strip():
            raise WrongValueError
        try:
            parse_method(value)
        except InputError as error:
            start = "" if error.found.strip("'") == value else f"{error.found}; "
            raise WrongValueError(f"{start}{error.try_next}") from None
        return value

    return Check(expected='a method such as "ols" or "welch|vasicek"', read=read)
