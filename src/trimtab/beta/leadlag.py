r"""The lead-lag test: is today's return explained by yesterday's or tomorrow's benchmark return.

Prices that are stale, or taken at another hour than the benchmark's, move a day late or early. Part of the beta then
sits in the lag, and a same-day beta is too small: with a chance of .4 that a share does not trade on a day, a true beta
of 1.2 shows as 0.72.

The residual of the same-day line is regressed on the benchmark's neighbours

    e_t = g_lag x_{t-1} + g_lead x_{t+1} + u_t

and the neighbour counts as real when its slope is far from zero against its error, and not small in itself. It is a
check on past data, so looking one day ahead within the sample is allowed; no estimate uses it.
Source
    Dimson (1979), "Risk measurement when shares are subject to infrequent trading", Journal of Financial Economics 7.
"""

import numpy as np
from numpy.typing import NDArray

from trimtab.market.returns import PairedReturns

__all__ = ["lead_lag_assets"]

#: A neighbour's slope counts when it is this many standard errors, and this large.
_T_LIMIT, _SLOPE_LIMIT = 4.5, 0.15
_MIN_ROWS = 60
_ROWS = 1260


def lead_lag_assets(pairs: PairedReturns) -> NDArray[np.bool_]:
    """Tell for each asset whether a neighbouring benchmark return explains its own, shape (n_assets,)."""
    n_assets = len(pairs.symbols)
    y, x = pairs.asset[-_ROWS:], pairs.market[-_ROWS:]
    if len(y) < _MIN_ROWS + 2:
        return np.zeros(n_assets, dtype=bool)
    inner, now = y[1:-1], x[1:-1]
    late = _neighbour(inner, now, x[:-2])
    early = _neighbour(inner, now, x[2:])
    flagged: NDArray[np.bool_] = late | early
    return flagged


def _neighbour(y: NDArray[np.float64], x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell whether z explains y beyond x, column by column, with a heteroskedasticity-robust error."""
    known = np.isfinite(y) & np.isfinite(x) & np.isfinite(z)
    count = known.sum(axis=0)
    y, x, z = (_centred(a, known, count) for a in (y, x, z))
    s_xx = np.maximum(np.einsum("ti,ti->i", x, x), 1e-300)
    # Frisch-Waugh: take x out of both sides, then regress what is left.
    e = y - x * (np.einsum("ti,ti->i", x, y) / s_xx)
    r = z - x * (np.einsum("ti,ti->i", x, z) / s_xx)
    s_rr = np.maximum(np.einsum("ti,ti->i", r, r), 1e-300)
    slope = np.einsum("ti,ti->i", r, e) / s_rr
    u = e - r * slope
    error = np.sqrt(np.einsum("ti,ti,ti,ti->i", r, r, u, u)) / s_rr
    beyond = np.abs(slope) > _T_LIMIT * error
    result: NDArray[np.bool_] = (count >= _MIN_ROWS) & beyond & (np.abs(slope) > _SLOPE_LIMIT)
    return result


def _centred(a: NDArray[np.float64], known: NDArray[np.bool_], count: NDArray[np.intp]) -> NDArray[np.float64]:
    filled = np.where(known, a, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    return np.where(known, filled - mean, 0.0)
