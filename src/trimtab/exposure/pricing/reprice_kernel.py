"""The loop of `reprice`, compiled: options in rows, scenarios in columns."""

# mypy: disallow-untyped-decorators=False
from math import isfinite, nan, sqrt

import numba
import numpy as np

from trimtab.exposure.pricing.american_kernel import american_one, boundary_of_put, put_from_boundary
from trimtab.exposure.pricing.european_kernel import european_one, run_in_chunks
from trimtab.stats.arrays import Floats
from trimtab.stats.kernels.compiling import njit

__all__ = ["reprice_many"]

_AMERICAN = 1.0
_COIN = 2.0

_ROW = numba.types.Array(numba.float64, 1, "A", readonly=True)
_GRID = numba.types.Array(numba.float64, 2, "A", readonly=True)
_TERMS = numba.types.UniTuple(_ROW, 4)  # type: ignore[no-untyped-call]
_STATES = numba.types.UniTuple(_GRID, 3)  # type: ignore[no-untyped-call]
_OUT = numba.types.Array(numba.float64, 3, "C")


@njit(cache=True, nogil=True, error_model="numpy")
def _american_row(
    w: float,
    k: float,
    r: float,
    q: float,
    spots: Floats,
    vols: Floats,
    times: Floats,
    out: Floats,
    row: int,
) -> None:
    """All scenarios of one American option; its boundary is kept while volatility and time stay as they are."""
    # a call is a put with spot and strike, and rate and yield, exchanged
    earn, lose = (r, q) if w < 0.0 else (q, r)
    coefficients, log_top, log_now = np.zeros(1), 0.0, 0.0
    last_vol = last_time = -1.0
    for j in range(spots.shape[0]):
        spot, vol, time = spots[j], vols[j], times[j]
        plain = spot > 0.0 and k > 0.0 and earn > 0.0 and time > 0.0 and isfinite(spot + k + vol + time + r + q)
        if not (plain and vol * sqrt(max(time, 0.0)) >= 1e-5):
            value, delta, _, _, _ = american_one(w, spot, k, vol, time, r, q, False)
            out[0, row, j], out[1, row, j] = value, delta
            continue
        if vol != last_vol or time != last_time:
            coefficients, log_top, log_now = boundary_of_put(earn, lose, vol, time)
            last_vol, last_time = vol, time
        z = spot / k if w < 0.0 else k / spot
        value, delta, _ = put_from_boundary(z, earn, lose, vol, time, coefficients, log_top, log_now)
        out[0, row, j] = value * (k if w < 0.0 else spot)
        out[1, row, j] = delta if w < 0.0 else value - z * delta


@njit(
    numba.void(_ROW, _TERMS, _STATES, _OUT, numba.int64, numba.int64),
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _fill(kind, terms, states, out, start, stop):  # type: ignore[no-untyped-def] # noqa: ANN001,ANN202
    right, strike, rate, carry = terms
    spots, vols, times = states
    for i in range(start, stop):
        w, k, r, q = right[i], strike[i], rate[i], carry[i]
        if kind[i] == _AMERICAN:
            _american_row(w, k, r, q, spots[i], vols[i], times[i], out, i)
            continue
        if kind[i] == _COIN:
            r = q = 0.0
        for j in range(spots.shape[1]):
            spot = spots[i, j]
            value, delta, _, _, _ = european_one(w, spot, k, vols[i, j], times[i, j], r, q)
            if kind[i] == _COIN:
                value = value * (1.0 / spot) if spot > 0.0 else nan
                delta -= value
            out[0, i, j] = value
            out[1, i, j] = delta


def reprice_many(
    kind: Floats, terms: tuple[Floats, Floats, Floats, Floats], spots: Floats, vols: Floats, times: Floats
) -> Floats:
    """Value and delta, shape (2, n_options, n_scenarios).

    Parameters
    ----------
    kind
        Codes of `reprice.Kind`, shape (n_options,).
    terms
        Right, strike, rate and dividend yield, each of that shape.
    spots, vols, times
        What each scenario has, shape (n_options, n_scenarios).
    """
    n_options, n_scenarios = spots.shape
    out = np.empty((2, n_options, n_scenarios))
    run_in_chunks(_fill, (kind, terms, (spots, vols, times), out), n_options, chunk=128)
    return out
