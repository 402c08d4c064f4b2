"""Curves made of text."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["curves"]

_MARKS = "●○+x"


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
