"""Charts made of text: signed bars and curves, and records made plain for JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["curves", "plain", "signed_bar"]

_PARTS = " ▏▎▍▌▋▊▉"
_MARKS = "●○+x"


def signed_bar(value: float | None, longest: float, *, width: int = 16) -> str:
    """Draw a bar to the right of a middle line for a gain, to the left for a loss.

    Examples
    --------
    >>> signed_bar(-1.0, 2.0, width=4), signed_bar(2.0, 2.0, width=4)
    ('  ██│', '    │████')
    """
    if value is None or not math.isfinite(value) or not longest > 0:
        return " " * width + "│"
    size = min(abs(value) / longest, 1.0) * width
    if value < 0:
        return ("█" * round(size)).rjust(width) + "│"
    eighths = round(size * 8)
    return " " * width + "│" + "█" * (eighths // 8) + _PARTS[eighths % 8].strip()


def curves(
    series: Mapping[str, ArrayLike],
    *,
    labels: tuple[str, str],
    width: int = 72,
    height: int = 12,
    spec: str = "{:+.0%}",
) -> str:
    """Draw curves over one another; the first named lies on top.

    Parameters
    ----------
    series
        Values by name, all of one length; NaN draws nothing.
    labels
        What stands under the left and right ends.
    width, height
        Of the plot, characters.
    spec
        How heights are written.
    """
    columns = {name: _thin(np.asarray(values, dtype=np.float64), width) for name, values in series.items()}
    known = np.concatenate([c[np.isfinite(c)] for c in columns.values()])
    if known.size == 0:
        return ""
    low, high = float(known.min()), float(known.max())
    span = (high - low) or 1.0
    n = max(len(c) for c in columns.values())
    grid = [[" "] * n for _ in range(height)]
    for mark, values in reversed(list(zip(_MARKS, columns.values(), strict=False))):
        for x, value in enumerate(values):
            if math.isfinite(value):
                grid[height - 1 - round((value - low) / span * (height - 1))][x] = mark
    scale = {0: high, height - 1: low, (height - 1) // 2: high - span * ((height - 1) // 2) / (height - 1)}
    names = [spec.format(scale[i]) if i in scale else "" for i in range(height)]
    margin = max(len(n) for n in names)
    lines = [f"{name:>{margin}} ┤{''.join(row).rstrip()}" for name, row in zip(names, grid, strict=True)]
    foot = " " * (margin + 2) + labels[0] + labels[1].rjust(max(n - len(labels[0]), len(labels[1]) + 1))
    legend = " " * (margin + 2) + "   ".join(f"{m} {name}" for m, name in zip(_MARKS, columns, strict=False))
    return "\n".join([*lines, foot, legend])


def _thin(values: np.ndarray[Any, np.dtype[np.float64]], width: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    if len(values) <= width:
        return values
    thinned: np.ndarray[Any, np.dtype[np.float64]] = values[
        np.round(np.linspace(0, len(values) - 1, width)).astype(int)
    ]
    return thinned


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
