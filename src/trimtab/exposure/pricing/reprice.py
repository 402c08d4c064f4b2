"""A book of options revalued in full over many scenarios.

Each scenario moves every option's spot, shifts its volatility and passes time. European and coin-premium options are
priced by the compiled closed form; American ones by their exercise boundary, which is found once for each run of
scenarios that leave volatility and time as they were in the one before, because it does not depend on the spot.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from trimtab.errors import InputError
from trimtab.exposure.pricing.inputs import broadcast_terms, check_right
from trimtab.stats.arrays import Floats

__all__ = ["Kind", "Repriced", "reprice"]


class Kind(IntEnum):
    """How an option is exercised and paid."""

    EUROPEAN = 0
    AMERICAN = 1
    COIN = 2  # European; value in coin and net transaction delta; spot is the forward, rate and yield are not used


@dataclass(frozen=True, slots=True, kw_only=True)
class Repriced:
    """Value and delta of each option in each scenario.

    Parameters
    ----------
    value
        Shape (n_options, n_scenarios), money per share (coin for `Kind.COIN`). NaN where the option has expired by
        then or has no price; see `undefined_reason`.
    delta
        Same shape, per 1 of the shocked spot (net transaction delta in coin for `Kind.COIN`).
    """

    value: Floats
    delta: Floats


def reprice(
    *,
    kind: ArrayLike,
    right: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    vol: ArrayLike,
    time: ArrayLike,
    rate: ArrayLike = 0.0,
    dividend_yield: ArrayLike = 0.0,
    spot_move: ArrayLike = 0.0,
    vol_shift: ArrayLike = 0.0,
    time_shift: ArrayLike = 0.0,
) -> Repriced:
    """Revalue every option in every scenario.

    Parameters
    ----------
    kind
        Codes of `Kind`, shape (n_options,) or one for all.
    right, spot, strike, vol, time, rate, dividend_yield
        As in `european_greeks`, shape (n_options,).
    spot_move
        Fraction, -.1 = the spot falls 10%. Shape (n_scenarios,) for all options alike, or (n_options, n_scenarios),
        for instance each underlying by its own beta. A fall of more than 100% stops at 0.
    vol_shift
        Added to the volatility, .05 = five points; same shapes. The result is kept at or above 0.
    time_shift
        Years that pass; same shapes. An option whose time is over before then is NaN.

    Raises
    ------
    InputError
        When shapes do not fit, `right` is not +1 or -1, or `kind` is unknown.

    Examples
    --------
    >>> after = reprice(
    ...     kind=Kind.EUROPEAN, right=[1, -1], spot=100, strike=100, vol=0.2, time=0.5, spot_move=[-0.2, 0.0, 0.2]
    ... )
    >>> after.value.round(2).tolist()
    [[0.31, 5.64, 20.72], [20.31, 5.64, 0.72]]
    """
    terms = broadcast_terms(right, spot, strike, vol, time, rate, dividend_yield, kind)
    columns = tuple(np.atleast_1d(term) for term in terms)
    check_right(columns[0])
    kinds = columns[7]
    if columns[0].ndim != 1 or not np.all(np.isin(kinds, list(Kind))):
        raise InputError(
            expected="one entry per option, and kinds 0 (European), 1 (American) or 2 (coin premium)",
            found=f"terms of shape {columns[0].shape}, kinds {np.unique(kinds).tolist()}",
            try_next="pass one-dimensional terms and codes of Kind",
        )
    n_options = columns[0].shape[0]
    shifts = broadcast_terms(*(_by_scenario(shift) for shift in (spot_move, vol_shift, time_shift)))
    n_scenarios = shifts[0].shape[1]
    if shifts[0].shape[0] not in {1, n_options}:
        raise InputError(
            expected=f"scenario shifts of shape (n_scenarios,) or ({n_options}, n_scenarios)",
            found=f"{shifts[0].shape}",
            try_next="put options in rows and scenarios in columns",
        )
    moves, vols, times = (np.broadcast_to(shift, (n_options, n_scenarios)) for shift in shifts)
    from trimtab.exposure.pricing.reprice_kernel import reprice_many  # noqa: PLC0415 - half a second to load

    right, spot, strike, vol, time, rate, carry = columns[:7]
    # a wrong term stays wrong in every scenario
    start = np.where((spot >= 0.0) & (vol >= 0.0), spot, np.nan)[:, None]
    value, delta = reprice_many(
        kinds,
        (right, strike, rate, carry),
        np.maximum(start * (1.0 + moves), 0.0),
        np.maximum(vol[:, None] + vols, 0.0),
        time[:, None] - times,
    )
    return Repriced(value=value, delta=delta)


def _by_scenario(shift: ArrayLike) -> Floats:
    """Return a shift as (1 or n_options, n_scenarios)."""
    array = np.asarray(shift, dtype=np.float64)
    return array if array.ndim == 2 else np.atleast_1d(array)[None, :]
