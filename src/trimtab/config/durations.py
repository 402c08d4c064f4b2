"""Lengths of time as people write them: ``15m``, ``2d``, ``1h30m``."""

import datetime as dt
import re
from typing import Final

__all__ = ["read_duration", "write_duration"]

_SECONDS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([wdhms])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")


def read_duration(text: str) -> dt.timedelta:
    """Read a length of time.

    Parameters
    ----------
    text
        Numbers, each followed by w, d, h, m (minutes) or s, largest unit first: ``90s``, ``1h30m``.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> read_duration("1h30m").total_seconds()
    5400.0
    """
    joined = text.replace(" ", "")
    if not _WHOLE.fullmatch(joined):
        raise ValueError(f"{text!r} is no length of time")
    parts = _PART.findall(joined)
    units = [list(_SECONDS).index(unit) for _, unit in parts]
    if units != sorted(set(units)):
        raise ValueError(f"{text!r} names its units twice or out of order")
    try:
        return dt.timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))
    except OverflowError:
        raise ValueError(f"{text!r} is too long") from None


def write_duration(length: dt.timedelta) -> str:
    """Write a length of time so that `read_duration` gives it back.

    Examples
    --------
    >>> import datetime as dt
    >>> write_duration(dt.timedelta(days=2)), write_duration(dt.timedelta(seconds=5400)), write_duration(dt.timedelta())
    ('2d', '1h30m', '0s')
    """
    micro = length // dt.timedelta(microseconds=1)
    written = []
    for unit in ("d", "h", "m"):
        count, micro = divmod(micro, _SECONDS[unit] * 1_000_000)
        written += [f"{count}{unit}"] if count else []
    if micro or not written:
        written.append(f"{micro / 1_000_000:.6f}".rstrip("0").rstrip(".") + "s")
    return "".join(written)
