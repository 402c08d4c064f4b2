"""Curves made of text."""

import math

import numpy as np

from trimtab.desk.series.records import Along, Series
from trimtab.stats.arrays import Floats

__all__ = ["curves"]

_MARKS = "●○+x"


def curves(series: Series, *, width: int = 72, least: int = 0, height: int = 12, spec: str = "{:+.0%}") -> str:
    """Draw the lines of a series over one another; the first lies on top.

    Parameters
    ----------
    series
        Its values; what is not known draws nothing.
    width, height
        Of the plot at the most, characters.
    least
        Fewer points than this are drawn several columns wide each.
    spec
        How heights are written.
    """
    columns = {line.name: _fit(line.values, width, least) for line in series.lines}
    labels = _ends(series.along)
    finite = np.concatenate([c[np.isfinite(c)] for c in columns.values()])
    if finite.size == 0:
        return ""
    low, high = float(finite.min()), float(finite.max())
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


def _fit(values: Floats, width: int, least: int) -> Floats:
    if len(values) > width:
        rows = np.round(np.linspace(0, len(values) - 1, width)).astype(int)
    else:
        rows = np.repeat(np.arange(len(values)), max(1, least // max(1, len(values))))
    return np.take(values, rows)


def _ends(along: Along) -> tuple[str, str]:
    """Write what stands under the left and right ends."""
    if along.days is not None:
        return str(along.days[0].astype("datetime64[D]")), str(along.days[-1].astype("datetime64[D]"))
    assert along.numbers is not None  # noqa: S101 - one of the two is there
    return f"{along.numbers[0]:g}", f"{along.numbers[-1]:g}"
