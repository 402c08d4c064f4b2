r"""The lead-lag test tells whether yesterday's or tomorrow's benchmark return explains today's.

Prices that are stale, or taken at another hour than the benchmark's, move a day late or early. Part of the beta then
sits in the lag, and a same-day beta is too small: with a chance of .4 that a share does not trade on a day, a true beta
of 1.2 shows as 0.72.

The residual of the same-day line is regressed on the benchmark's neighbours, one at a time

    e_t = g x_{t-1} + u_t   and   e_t = g x_{t+1} + u_t

and the neighbour counts as real when its slope is far from zero against its error, and not small in itself. It is a
check on past data, so looking one day ahead within the sample is allowed; no estimate uses it.
Source
    Dimson (1979), "Risk measurement when shares are subject to infrequent trading", Journal of Financial Economics 7.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trimtab.market.returns import PairedReturns
from trimtab.stats.arrays import Floats

__all__ = ["LeadLag", "lead_lag", "lead_lag_assets"]

#: A neighbour's slope counts when it is this many standard errors, and this large.
_T_LIMIT, _SLOPE_LIMIT = 4.5, 0.15
_MIN_ROWS = 60
_ROWS = 1260
#: Columns that are worked on together.
_BLOCK = 512


class LeadLag(NamedTuple):
    """Slopes of residuals on the benchmark's neighbours, each of shape (n_assets,); NaN with too few rows."""

    lag_slope: Floats
    """On yesterday's benchmark return: the asset answers late."""
    lag_error: Floats
    lead_slope: Floats
    """On tomorrow's: the benchmark is the late one."""
    lead_error: Floats

    @property
    def late(self) -> NDArray[np.bool_]:
        """Tell which assets answer the benchmark late."""
        return _real(self.lag_slope, self.lag_error)

    @property
    def early(self) -> NDArray[np.bool_]:
        """Tell which assets move before the benchmark."""
        return _real(self.lead_slope, self.lead_error)


def lead_lag(pairs: PairedReturns) -> LeadLag:
    """Measure how much a neighbouring benchmark return explains each asset's, over the last 1,260 rows."""
    y, x = pairs.asset[-_ROWS:], pairs.market[-_ROWS:]
    if len(y) < _MIN_ROWS + 2:
        nothing = np.full(len(pairs.symbols), np.nan)
        return LeadLag(nothing, nothing, nothing, nothing)
    return LeadLag(*np.concatenate([_both_sides(y[:, a:b], x[:, a:b]) for a, b in _blocks(y.shape[1])], axis=1))


def _blocks(columns: int) -> list[tuple[int, int]]:
    """Cut columns into blocks whose tables stay near the processor; none is narrower than one, so no sum changes."""
    borders = [columns * k // max(1, columns // _BLOCK) for k in range(max(1, columns // _BLOCK) + 1)]
    return list(pairwise(borders))


def _both_sides(y: Floats, x: Floats) -> Floats:
    """Give slope and error of the row before, then of the row after, shape (4, n_assets)."""
    inner, now = y[1:-1], x[1:-1]
    return np.array([*_neighbour(inner, now, x[:-2]), *_neighbour(inner, now, x[2:])])


def lead_lag_assets(pairs: PairedReturns) -> NDArray[np.bool_]:
    """Tell for each asset whether a neighbouring benchmark return explains its own, shape (n_assets,)."""
    result = lead_lag(pairs)
    flagged: NDArray[np.bool_] = result.late | result.early
    return flagged


def _real(slope: Floats, error: Floats) -> NDArray[np.bool_]:
    has_slope = np.isfinite(slope)
    real: NDArray[np.bool_] = has_slope & (np.abs(slope) > _T_LIMIT * error) & (np.abs(slope) > _SLOPE_LIMIT)
    return real


def _neighbour(y: Floats, x: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Give the slope of y on z beyond x, column by column, with a heteroskedasticity-robust error."""
    is_complete = np.isfinite(y) & np.isfinite(x) & np.isfinite(z)
    count = is_complete.sum(axis=0)
    y, x, z = (_centred(a, is_complete, count) for a in (y, x, z))
    s_xx = np.maximum(np.einsum("ti,ti->i", x, x), 1e-300)
    # Frisch-Waugh: take x out of both sides, then regress what is left.
    e = y - x * (np.einsum("ti,ti->i", x, y) / s_xx)
    r = z - x * (np.einsum("ti,ti->i", x, z) / s_xx)
    s_rr = np.maximum(np.einsum("ti,ti->i", r, r), 1e-300)
    slope = np.einsum("ti,ti->i", r, e) / s_rr
    u = e - r * slope
    error = np.sqrt(np.einsum("ti,ti,ti,ti->i", r, r, u, u)) / s_rr
    enough = count >= _MIN_ROWS
    return np.where(enough, slope, np.nan), np.where(enough, error, np.nan)


def _centred(a: Floats, is_complete: NDArray[np.bool_], count: NDArray[np.intp]) -> Floats:
    filled = np.where(is_complete, a, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    return np.where(is_complete, filled - mean, 0.0)
