"""Records as JSON: plain values, keys in a fixed order, numbers in full, and what is not known null."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trimtab.errors import Failure

__all__ = ["Document", "date_text", "drawdown_day", "dumps", "failures_document", "finite", "plain"]

Document = dict[str, Any]


def dumps(document: Document) -> str:
    r"""Write a document as JSON text: keys in a fixed order, numbers in full, never NaN.

    Examples
    --------
    >>> dumps({"a": 0.1})
    '{\n  "a": 0.1\n}'
    """
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


_MOST_FAILURES = 200


def failures_document(failures: tuple[Failure, ...]) -> Document:
    """Write what was set aside: how much, and the first 200 of it."""
    shown = [{"where": f.where, "reason": f.reason.value, "detail": f.detail} for f in failures[:_MOST_FAILURES]]
    return {"count": len(failures), "shown": shown}


def date_text(stamp: np.datetime64 | None) -> str | None:
    """Write a stamp as a date, or with its time where it has one."""
    if stamp is None:
        return None
    day = stamp.astype("datetime64[D]")
    return str(day) if day == stamp else str(stamp.astype("datetime64[s]"))


def finite(value: Any) -> Any:
    """Give null for a number that is none."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def drawdown_day(dates: NDArray[np.datetime64], row: int | None) -> str | None:
    """Write the day of a drawdown's row: ``start`` before the first one, None where it has not come."""
    if row is None:
        return None
    return "start" if row < 0 else str(dates[row].astype("datetime64[D]"))


def plain(value: Any, *, without: Sequence[str] = ()) -> Any:  # noqa: PLR0911 - one line for each kind of value
    """Make a record plain for JSON: records to objects, arrays to lists, dates to text, what is not known to null.

    Parameters
    ----------
    value
        A record, or what records are made of.
    without
        Fields of the outermost record to leave out.

    Examples
    --------
    >>> plain({"a": (1.0, float("nan")), "b": np.datetime64("2024-01-31")})
    {'a': [1.0, None], 'b': '2024-01-31'}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in without}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items() if str(k) not in without}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[D]"))
    if isinstance(value, np.ndarray | np.generic):
        if np.issubdtype(value.dtype, np.datetime64):
            return np.asarray(value).astype("datetime64[D]").astype(str).tolist()
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
